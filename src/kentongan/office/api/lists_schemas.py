"""What the API says of sources that may be added: starter packs and what articles name."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from kentongan.office.api import schemas

PackName = Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9-]*$")]
ProposalState = Literal["new", "declined"]


class Pack(Schema):
    """A starter pack: how many sources, how many of them the office has, and how well the addresses are known."""

    name: str
    title: str
    country: str
    note: str
    sources: int
    here: int
    evidence: dict[str, int]


class PackList(Schema):
    """The packs that are shipped."""

    rows: list[Pack]


class PackSource(Schema):
    """A source of a pack. `evidence` says how its address is known, `here` whether the office has it."""

    pack: str
    name: str
    url: str
    site_url: str
    kind: str
    source_kind: str
    language: str
    area: str
    evidence: str
    checked: str
    note: str
    here: bool


class PackSourcePage(Schema):
    """A page of sources of packs; `next` is the place after which to go on."""

    rows: list[PackSource]
    next: int | None


class Proposal(Schema):
    """An outlet that articles name and nobody listens to yet: how many name it, and one that does."""

    id: int
    host: str
    times: int
    first: datetime
    state: str
    example: schemas.Article | None


class ProposalPage(Schema):
    """A page of proposals; `next` is the number after which to go on."""

    rows: list[Proposal]
    next: int | None


class PackIn(schemas.Strict):
    """Which sources of a pack shall be added, by their addresses, and under which purpose (the register's first where none is named)."""

    pack: PackName
    urls: Annotated[list[schemas.Address], Field(min_length=1, max_length=2_000)]
    purpose: schemas.Number | None = None


class Refusal(Schema):
    """Why so many sources of a list were left out."""

    why: str
    sources: int


class Added(Schema):
    """What came of a list."""

    added: int
    there: int
    refused: list[Refusal]
