"""What goes in and out of the API of the register: purposes and watches."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field as Bound
from pydantic import StringConstraints

from kentongan.office.api.schemas import CLEAN, Article, Day, Number, Strict, Text, Version, Word


class Purpose(Schema):
    """A row of the purpose register."""

    id: int
    kind: str
    title: str
    purpose: str
    legal_basis: str
    owner: str | None
    starts: date
    ends: date
    state: str
    ended: datetime | None
    ended_reason: str
    version: int


class PurposeList(Schema):
    """The whole register."""

    rows: list[Purpose]


class WatchRow(Schema):
    """A watch without what matched it."""

    id: int
    name: str
    query: str
    places: list[str]
    examples: list[str]
    wide: bool
    version: int
    purpose: int
    created: datetime
    ended: datetime | None


class Watch(WatchRow):
    """Words that are looked for again and again, and how many items matched lately."""

    matched: int
    new: int


class WatchList(Schema):
    """The watches that run."""

    rows: list[Watch]


class WatchVersion(Schema):
    """What a watch was, and who wrote it so."""

    version: int
    name: str
    query: str
    places: list[str]
    examples: list[str]
    wide: bool
    by: str
    at: datetime


class WatchDetail(WatchRow):
    """One watch; `runs` is false where it was ended or its purpose is over. The latest of its last twenty versions first."""

    runs: bool
    versions: list[WatchVersion]


class WatchPreview(Schema):
    """What a watch would have found in the last 30 days: `matched` of `total` items, and the moments at which it would have called."""

    since: datetime
    total: int
    matched: int
    too_wide: bool
    alerts: list[datetime]
    latest: list[Article]


class WatchIn(Strict):
    """A watch as it would be written: words, codes of places, headlines like which it shall be."""

    name: Word
    query: Text = ""
    places: Annotated[list[Word], Bound(max_length=20)] = []
    examples: Annotated[list[Text], Bound(max_length=10)] = []
    wide: bool = False


class WatchBegin(WatchIn):
    """A watch that is begun under a purpose of the register."""

    purpose: Number


class WatchChange(WatchIn):
    """A watch as it shall be, whole, at the `version` that was read."""

    version: Version


class PurposeIn(Strict):
    """A row of the register. `owner` is the number of who answers for it; three years at most from `starts` to `ends`."""

    kind: Literal["sources", "watch", "alert"]
    title: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=CLEAN)]
    purpose: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=CLEAN)]
    legal_basis: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=CLEAN)]
    owner: Number
    starts: Day
    ends: Day


class PurposeChange(PurposeIn):
    """A row as it shall be, whole, at the `version` that was read. Its kind cannot change."""

    version: Version
