"""What was learned of an issue: what worked, why it went as it did, what to keep. Kept as notes, so the ledger's line has number, kind and
digest and no word; nobody changes or removes one. It is noted after the issue is closed, too.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext, pgettext, pgettext_lazy

from kentongan.errors import InputError
from kentongan.office.desk import queries, services
from kentongan.office.desk.models import Issue, IssueNote
from kentongan.office.desk.recording import record
from kentongan.office.desk.statement_pasting import cleaned
from kentongan.office.listening import purposes
from kentongan.office.listening.presenting import Words
from kentongan.office.people.models import User

ACT = "issue.learned"
KINDS: Mapping[str, Words] = {
    "worked": pgettext_lazy("of a review", "What worked"),
    "why": pgettext_lazy("of a review", "Why it went as it did"),
    "keep": pgettext_lazy("of a review", "What to keep"),
}
SHORTEST, LONGEST = 5, 1_000
"""Characters of one."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing that was learned: of which kind, in whose words, of which issue (this one or a part of it)."""

    id: int
    issue: int
    kind: str
    text: str
    by: str
    at: datetime

    @property
    def named(self) -> str:
        """The kind as people read it."""
        return str(KINDS.get(self.kind, self.kind))


@transaction.atomic
def note(by: User, issue: Issue, kind: str, text: str, now: datetime) -> IssueNote:
    """Keep one thing that was learned, for everybody who sees the issue."""
    found = services.held(by, "issues.change", issue)
    if kind not in KINDS:
        raise InputError(gettext("Choose what this is about."), subject="kind")
    said = cleaned(text, pgettext("of a review", "What was learned"), "text", longest=LONGEST)
    if len(said) < SHORTEST:
        raise InputError(gettext("Say in a sentence what was learned."), subject="text")
    purposes.need_no_identifiers(said, "text")
    made = record(by, ACT, found, now, said, kind=kind)
    assert made is not None
    return made


def get_lessons(issues: Collection[Issue]) -> list[Lesson]:
    """What was learned of issues that the person sees, by kind in the order of `KINDS`, the first first. Three queries at most."""
    lines = list(queries.get_said(issues, ACT).order_by("-id")[: queries.LINES])[::-1]
    told = [(line, json.loads(line.detail)) for line in lines]
    if not told:
        return []
    office = lines[0].office
    texts = queries.get_texts(office, [said["note"] for _, said in told])
    names = queries.get_names(office, {line.actor for line in lines})
    found = [
        Lesson(
            said["note"], int(line.subject.partition(":")[2]), said["kind"], texts.get(said["note"], ""), names.get(line.actor, ""), line.at
        )
        for line, said in told
    ]
    order = list(KINDS)
    return sorted(found, key=lambda one: order.index(one.kind))
