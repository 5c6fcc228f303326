"""What the API says of the record: lines as the auditor's page shows them, with their place in the chain, and how far it was verified."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema


class Line(Schema):
    """One line. `actor` is the number of the person (0: the office itself); names are not part of the record. Hashes in hex."""

    id: int
    seq: int
    at: datetime
    actor: int
    role: str
    act: str
    sentence: str
    subject: str
    detail: dict[str, Any]
    previous: str
    hash: str


class LinePage(Schema):
    """A page of fifty lines, the latest first; `next` is the number of the line after which to go on."""

    rows: list[Line]
    next: int | None


class Verified(Schema):
    """What the last verification found: `lines` are whole; `kind` names what is wrong at `place`, and is empty where nothing is."""

    ok: bool
    lines: int
    at: datetime
    kind: str
    place: int
    line: int


class Verification(Schema):
    """The last verification; null where there was none yet."""

    last: Verified | None
