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

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from kentongan.engine.alignment import text_hash
from kentongan.office.desk import evidence
from kentongan.office.desk.facts_models import FactVersion
from kentongan.office.desk.models import Approval, Publication, Sentence
from kentongan.office.desk.statement_deputies import get_writers
from kentongan.office.ledger import queries as ledger
from kentongan.office.ledger.queries import Row
from kentongan.office.listening.models import Article
from kentongan.office.people.models import Office

PAGE = 50
MOST_LINES = 500
PUBLISHED = ("statement.published", "statement.published_alone")
DECISIONS = ("issue.level_set", "issue.truth_decided", "fact.settled")
"""What was decided about the issue that bears on what was said."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must agree, and whether it does; None while that is still open."""

    words: str
    ok: bool | None


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as it was published, and what it rests on, in words where they may be shown."""

    sentence: Sentence
    rests: list[str]


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """A publication with everything that led to it."""

    made: Publication
    checks: list[Check]
    sentences: list[Said]
    lines: list[Row]
    verified: ledger.Verified | None

    @property
    def whole(self) -> bool:
        """Whether everything agrees."""
        return all(one.ok for one in self.checks)

    @property
    def wrong(self) -> bool:
        """Whether anything does not agree."""
        return any(one.ok is False for one in self.checks)


def get_rows(office: Office) -> QuerySet[Publication]:
    """Every publication of an office."""
    return Publication.objects.filter(office=office).select_related("statement")


def get_published(office: Office, start: int) -> tuple[list[Publication], bool]:
    """Fifty publications, the latest first, and whether there are more. One query."""
    found = list(get_rows(office).order_by("-at", "-pk")[start : start + PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def reconstruct(office: Office, statement: int, now: datetime) -> Reconstruction | None:
    """Everything about the publication of a statement. A constant number of queries."""
    rows = Publication.objects.filter(office=office, statement=statement).select_related("statement__issue", "version")
    made = rows.prefetch_related("version__sentences").first()
    if made is None:
        return None
    lines = _lines(office.pk, made)
    approval = (
        Approval.objects.filter(statement=made.statement_id, version=made.version_id, outcome=Approval.Outcome.APPROVED)
        .prefetch_related("steps")
        .order_by("-pk")
        .first()
    )
    writers = get_writers(made.statement)
    sentences = list(made.version.sentences.all())
    words = {} if made.statement.issue.need_to_know else _words(office.pk, sentences)
    said = [Said(one, [words.get(proof, proof) for proof in one.evidence]) for one in sentences]
    verified = ledger.get_verified(office.pk)
    return Reconstruction(made, _checks(made, approval, writers, lines, verified, now), said, lines, verified)


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
    checks.append(Check(gettext("Every line of the record below still gives its hash."), all(row.stands for row in lines)))
    checks.append(Check(gettext("The chain of the record was verified beyond its last line."), _covers(verified, last)))
    return checks


def _covers(verified: ledger.Verified | None, last: int) -> bool | None:
    """Whether the chain is whole beyond this line; None where nobody has looked since."""
    if verified is None or (verified.ok and verified.lines < last):
        return None
    return verified.ok and last > 0


def _lines(office: int, made: Publication) -> list[Row]:
    """What the record says of the statement, and of decisions about its issue until then, in the order of the chain. One query."""
    about, issue = f"statement:{made.statement_id}", f"issue:{made.statement.issue_id}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{ledger.SELECT} AND (l.subject = %s OR (l.subject = %s AND l.act = ANY(%s) AND l.at <= %s)) ORDER BY k.seq LIMIT %s",
            [office, about, issue, list(DECISIONS), made.at, MOST_LINES],
        )
        return [ledger.row_of(one) for one in cursor.fetchall()]


def _words(office: int, sentences: Sequence[Sentence]) -> Mapping[str, str]:
    """What the ids of evidence say. Two queries."""
    ids = {proof for one in sentences for proof in one.evidence}
    facts = set(evidence.facts_of(ids))
    wanted = Q(pk__in=())
    for fact, version in facts:
        wanted |= Q(fact=fact, version=version)
    found = {f"fact:{one.fact_id}@{one.version}": one.text for one in FactVersion.objects.filter(wanted, office=office)}
    articles = Article.objects.filter(office=office, pk__in=evidence.articles_of(ids)).values_list("pk", "outlet", "title")
    return found | {f"article:{pk}": f"{outlet}: {title}" for pk, outlet, title in articles}
