"""What an auditor reads of one publication: who decided what when, which version, what each sentence rests on, and whether it all agrees.

Everything is read from the record and from rows that never change; nothing here is remembered by anybody. People are numbers and roles, as
in the record. Of an issue that few may see, what was published is shown, and of what it rests on the numbers only.

What is verified when the page is asked for is bounded: the lines it shows (at most MOST_LINES) are hashed again. That no line before or
between them is missing is what the last verification of the whole chain said; the page names its day and its last line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext

from kentongan.engine.alignment import text_hash
from kentongan.office.administration import reconstructing_drafts, reconstructing_reads
from kentongan.office.administration.reconstructing_drafts import Draft, Drafts
from kentongan.office.administration.reconstructing_reads import DELETED, Rest
from kentongan.office.desk.facts_models import FactVersion
from kentongan.office.desk.models import Approval, Publication, Sentence
from kentongan.office.desk.statement_deputies import get_writers
from kentongan.office.ledger import queries as ledger
from kentongan.office.ledger.queries import Row
from kentongan.office.people.models import Office

PAGE = 50
PUBLISHED = ("statement.published", "statement.published_alone")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must agree, and whether it does; None while that is still open."""

    words: str
    ok: bool | None


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as it was published, what it rests on, in words where they may be shown, and the version that wrote it as it stands."""

    sentence: Sentence
    things: list[Rest]
    draft: Draft | None = None

    @property
    def rests(self) -> list[str]:
        """What it rests on, in words alone."""
        return [one.words for one in self.things]


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """A publication with everything that led to it. `runs`: what was deleted because it is kept no longer, since it was begun."""

    made: Publication
    checks: list[Check]
    sentences: list[Said]
    lines: list[Row]
    runs: list[Row]
    facts: list[FactVersion]
    drafts: Drafts
    verified: ledger.Verified | None

    @property
    def whole(self) -> bool:
        """Whether everything agrees."""
        return all(one.ok for one in self.checks)

    @property
    def wrong(self) -> bool:
        """Whether anything does not agree."""
        return any(one.ok is False for one in self.checks)

    @property
    def open_to_all(self) -> bool:
        """Whether what it rests on may be shown in words: not of an issue that few may see."""
        return not self.made.statement.issue.need_to_know

    @property
    def deleted(self) -> list[Row]:
        """What was withdrawn, unlinked or deleted, in the order of the chain."""
        return sorted([*(row for row in self.lines if row.act in DELETED), *self.runs], key=lambda row: row.seq)


def get_rows(office: Office) -> QuerySet[Publication]:
    """Every publication of an office."""
    return Publication.objects.filter(office=office).select_related("statement")


def get_published(office: Office, start: int) -> tuple[list[Publication], bool]:
    """Fifty publications, the latest first, and whether there are more. One query."""
    found = list(get_rows(office).order_by("-at", "-pk")[start : start + PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def get_made(office: Office, statement: int) -> Publication | None:
    """The publication of a statement with its sentences. Two queries."""
    rows = Publication.objects.filter(office=office, statement=statement).select_related("statement__issue", "version")
    return rows.prefetch_related("version__sentences").first()


def reconstruct(office: Office, statement: int, now: datetime) -> Reconstruction | None:
    """Everything about the publication of a statement. A constant number of queries."""
    made = get_made(office, statement)
    if made is None:
        return None
    sentences = list(made.version.sentences.all())
    facts = reconstructing_reads.get_facts(office.pk, sentences)
    lines = reconstructing_reads.get_lines(made, reconstructing_reads.get_issues(made), {one.fact_id for one in facts})
    drafts = reconstructing_drafts.get_drafts(made, lines)
    verified = ledger.get_verified(office.pk)
    runs = reconstructing_reads.get_runs(made)
    checks = _checks(made, _approval(made), get_writers(made.statement), lines, verified, now)
    checks.insert(-1, Check(gettext("Every line of the record below still gives its hash."), all(one.stands for one in (*lines, *runs))))
    said = _said(sentences, facts, drafts, reconstructing_reads.get_titles(office.pk, sentences), made)
    return Reconstruction(made, checks, said, lines, runs, facts, drafts, verified)


def _approval(made: Publication) -> Approval | None:
    """What approved the version that was published. Two queries."""
    rows = Approval.objects.filter(statement=made.statement_id, version=made.version_id, outcome=Approval.Outcome.APPROVED)
    return rows.prefetch_related("steps").order_by("-pk").first()


def _said(
    sentences: Sequence[Sentence], facts: Sequence[FactVersion], drafts: Drafts, titles: Mapping[str, str], made: Publication
) -> list[Said]:
    found = {f"fact:{one.fact_id}@{one.version}": one for one in facts}
    words = not made.statement.issue.need_to_know
    return [Said(one, reconstructing_reads.rests_of(one, found, dict(titles), words=words), drafts.since.get(one.key)) for one in sentences]


def _checks(
    made: Publication, approval: Approval | None, writers: set[int], lines: Sequence[Row], verified: ledger.Verified | None, now: datetime
) -> list[Check]:
    told = [row for row in lines if row.act in PUBLISHED and row.subject == f"statement:{made.statement_id}"]
    hashes = {json.loads(row.detail).get("text_hash") for row in told}
    digest = text_hash(made.version.text)
    checks = [
        Check(gettext("The text is the one that was published (digest)."), digest == made.text_hash),
        Check(gettext("The record names one publication with this digest."), len(told) == 1 and hashes == {made.text_hash}),
    ]
    if approval is not None:
        deciders = {one.by_id for one in approval.steps.all()}
        checks += [
            Check(gettext("What was approved is what was published (digest)."), approval.text_hash == made.text_hash),
            Check(gettext("Nobody who approved it wrote any of it."), bool(deciders) and not deciders & writers),
        ]
    elif made.review_due is not None:
        waits = made.reviewed_at is None and now <= made.review_due
        soon = made.reviewed_at is not None and made.reviewed_at <= made.review_due and made.reviewed_by_id not in writers | {made.by_id}
        checks.append(
            Check(gettext("Published by one person in an emergency; somebody else reviewed it within a day."), None if waits else soon)
        )
    else:
        checks.append(Check(gettext("It was approved before it was published."), False))
    last = max((row.seq for row in lines), default=0)
    checks.append(Check(gettext("The chain of the record was verified beyond its last line."), _covers(verified, last)))
    return checks


def _covers(verified: ledger.Verified | None, last: int) -> bool | None:
    """Whether the chain is whole beyond this line; None where nobody has looked since."""
    if verified is None or (verified.ok and verified.lines < last):
        return None
    return verified.ok and last > 0
