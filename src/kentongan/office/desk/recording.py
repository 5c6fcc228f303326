"""A line of the ledger about an issue, with what somebody wrote as its reason. For the services of this room."""

from __future__ import annotations

import hashlib
from datetime import datetime

from kentongan.office.desk.models import Issue, IssueNote
from kentongan.office.people import recording
from kentongan.office.people.models import User


def record(by: User, act: str, issue: Issue, now: datetime, reason: str = "", /, **detail: object) -> IssueNote | None:
    """`by` did `act`. The reason is kept as a note, which is given back; the line has its number and digest. Empty details are left out.

    No word of an issue goes into the ledger: whoever audits it may not be among those who may see the issue.
    """
    note = None
    if reason:
        note = IssueNote.objects.create(office_id=issue.office_id, issue=issue, text=reason, at=now)
        detail |= {"note": note.pk, "digest": digest_of(reason)}
    recording.record(by, act, issue, now, **{name: value for name, value in detail.items() if value != ""})
    return note


def digest_of(text: str) -> str:
    """SHA-256 of a note, by which it is known to be the one the line was written with."""
    return hashlib.sha256(text.encode()).hexdigest()
