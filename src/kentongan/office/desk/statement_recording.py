"""A line of the ledger about a statement: as of an issue, but that a detail nobody gave is left out, too. For the services of this room."""

from __future__ import annotations

from datetime import datetime

from kentongan.office.desk import recording
from kentongan.office.desk.models import Statement
from kentongan.office.people.models import User


def record(by: User | None, act: str, statement: Statement, now: datetime, note: str = "", /, **detail: object) -> None:
    """`by` (None: the system) did `act`. No word of the statement or of a note goes into the ledger, only numbers and digests."""
    recording.record(by, act, statement, now, note, **{name: value for name, value in detail.items() if value is not None})
