"""A line of the ledger about an issue or a statement, with what somebody wrote as its reason. For the services of this room."""

from __future__ import annotations

import hashlib
from datetime import datetime

from kentongan.office.desk.models import Issue, IssueNote, Statement
from kentongan.office.people import recording
from kentongan.office.people.models import User


def record(by: User | None, act: str, about: Issue | Statement, now: datetime, reason: str = "", /, **detail: object) -> IssueNote | None:
    """`by` (None: the system) did `act`. The reason is kept as a note of the issue, which is given back; the line has its number and
    digest. Empty details are left out.

    No word of an issue goes into the ledger: whoever audits it may not be among those who may see the issue.
    """
    note = None
    if reason:
        issue = about.issue_id if isinstance(about, Statement) else about.pk
        note = IssueNote.objects.create(office_id=about.office_id, issue_id=issue, text=reason, at=now)
        detail |= {"note": note.pk, "digest": digest_of(reason)}
    recording.record(by, act, about, now, **{name: value for name, value in detail.items() if value != ""})
    return note


def digest_of(text: str) -> str:
    """SHA-256 of a note, by which it is known to be the one the line was written with."""
    return hashlib.sha256(text.encode()).hexdigest()


def due_moved(before: datetime | None, after: datetime | None) -> dict[str, object]:
    """For a line: what was due when before and is due when now, in this order (null: nothing); no detail where it did not move."""
    return {} if before == after else {"due": [one.isoformat() if one is not None else None for one in (before, after)]}
