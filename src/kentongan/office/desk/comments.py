"""Comments on an issue: what colleagues tell each other. Only added; kept as notes, so the ledger's line has number and digest, no word."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext, pgettext

from kentongan.errors import InputError
from kentongan.office.desk import services
from kentongan.office.desk.models import Issue, IssueNote
from kentongan.office.desk.recording import record
from kentongan.office.desk.statement_pasting import cleaned
from kentongan.office.listening import purposes
from kentongan.office.people.models import User

LONGEST = 2_000
ACT = "issue.commented"


@transaction.atomic
def comment(by: User, issue: Issue, text: str, now: datetime) -> IssueNote:
    """Say something to everybody who sees the issue. Nobody changes or removes it; what was wrong is said in another."""
    found = services.held(by, "issues.change", issue)
    said = cleaned(text, pgettext("on an issue", "Comment"), "text", longest=LONGEST)
    if not said:
        raise InputError(gettext("Write what your colleagues should know."), subject="text")
    purposes.need_no_identifiers(said, "text")
    note = record(by, ACT, found, now, said)
    assert note is not None
    return note
