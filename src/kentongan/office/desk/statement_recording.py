"""A line of the ledger about a statement, with what somebody wrote of it kept as a note of its issue. For the services of this room."""

from __future__ import annotations

from datetime import datetime

from kentongan.office.desk.models import IssueNote, Statement
from kentongan.office.desk.recording import digest_of
from kentongan.office.people import recording
from kentongan.office.people.models import User


def record(by: User | None, act: str, statement: Statement, now: datetime, note: str = "", /, **detail: object) -> None:
    """`by` (None: the system) did `act`. No word of the statement or of a note goes into the ledger, only numbers and digests."""
    if note:
        made = IssueNote.objects.create(office_id=statement.office_id, issue_id=statement.issue_id, text=note, at=now)
        detail |= {"note": made.pk, "digest": digest_of(note)}
    recording.record(by, act, statement, now, **{name: value for name, value in detail.items() if value not in ("", None)})
