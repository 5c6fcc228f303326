"""What is read to put a publication together again: its lines, what was deleted, the facts it rests on. Counted queries each.

Everything comes from the record and from rows that never change. Lines are found by the index on the subject, retention by that on the act.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Q

from kentongan.office.desk import evidence
from kentongan.office.desk.facts_models import FactVersion
from kentongan.office.desk.models import Issue, Publication, Sentence
from kentongan.office.ledger import queries as ledger
from kentongan.office.ledger.queries import Row
from kentongan.office.listening.models import Article

MOST_LINES = 500
MOST_ISSUES = 50
MOST_RUNS = 30
DECISIONS = (
    "issue.level_set", "issue.truth_decided", "fact.settled", "issue.watched", "question.prolonged", "issue.merged", "issue.parted",
    *(OF_CLOCKS := ("issue.clock_begun", "issue.clock_ended")),
)  # fmt: skip
"""What was decided about the issue that bears on what was said, or moved a term; besides each change of what is due."""
OF_FACTS = ("fact.added", "fact.changed", "fact.withdrawn")
"""What was done with the facts that it rests on, whenever that was."""
DELETED = ("issue.unlinked", "fact.withdrawn")
RETENTION = "retention.run"


@dataclass(frozen=True, slots=True)
class Rest:
    """One thing a sentence rests on: its id, what that says in words (the id alone where they may not be shown), and which fact it is."""

    id: str
    words: str
    fact: FactVersion | None = None


def get_issues(made: Publication) -> list[int]:
    """The issue, what it became part of, and what became part of either, by number. One query."""
    issue = made.statement.issue
    wholes = {one for one in (issue.pk, issue.merged_into_id) if one is not None}
    parts = Issue.objects.filter(office=made.office_id, merged_into__in=wholes).order_by("opened", "pk").values_list("pk", flat=True)
    return sorted(wholes | set(parts[:MOST_ISSUES]))


LINES = f"""{ledger.SELECT} AND l.subject = ANY(%s) AND (l.subject = %s
    OR (l.at <= %s AND (l.act = ANY(%s) OR (l.act = 'issue.changed' AND l.detail LIKE '%%"due"%%')))
    OR l.act = ANY(%s)
    OR (l.act = ANY(%s) AND l.detail::jsonb ->> 'statement' = %s)
    OR (l.act = ANY(%s) AND l.detail::jsonb ->> 'fact' = ANY(%s)))
ORDER BY l.subject <> %s, k.seq LIMIT %s"""
RUNS = f"{ledger.SELECT} AND l.act = '{RETENTION}' AND l.at >= %s ORDER BY l.id DESC LIMIT %s"


def lines_values(office: int, statement: int, issues: Collection[int], facts: Collection[int], until: datetime) -> list[Any]:
    """The values of `LINES`, in order."""
    about = f"statement:{statement}"
    subjects = [about, *(f"issue:{one}" for one in issues)]
    return [
        office, subjects, about, until, list(DECISIONS), list(DELETED), list(OF_CLOCKS), str(statement), list(OF_FACTS),
        [str(one) for one in facts], about, MOST_LINES,
    ]  # fmt: skip


def get_lines(made: Publication, issues: Collection[int], facts: Collection[int]) -> list[Row]:
    """What the record says of the statement, of decisions about its issues until it was published, of the clocks begun because somebody
    called it wrong and of the facts it rests on whenever that was, and of what was withdrawn or unlinked, in the order of the chain. The
    statement's own come first where there are too many. One query."""
    return sorted(_rows(LINES, lines_values(made.office_id, made.statement_id, issues, facts, made.at)), key=lambda row: row.seq)


def get_runs(made: Publication) -> list[Row]:
    """The latest deletions of what is kept no longer, since the statement was begun, in the order of the chain. One query."""
    return _rows(RUNS, [made.office_id, made.statement.made, MOST_RUNS])[::-1]


def _rows(asked: str, values: Sequence[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(asked, values)
        return [ledger.row_of(one) for one in cursor.fetchall()]


def get_facts(office: int, sentences: Sequence[Sentence]) -> list[FactVersion]:
    """The facts at the versions that sentences rest on; `newest` is the version at which each stands now. One query."""
    wanted = Q(pk__in=())
    for fact, version in sorted(set(evidence.facts_of(_proofs(sentences)))):
        wanted |= Q(fact=fact, version=version)
    rows = FactVersion.objects.filter(wanted, office=office).select_related("agency").annotate(newest=F("fact__version"))
    return list(rows.order_by("fact", "version"))


def get_titles(office: int, sentences: Sequence[Sentence]) -> dict[str, str]:
    """What the items are called that sentences rest on, by their id as evidence. One query."""
    found = Article.objects.filter(office=office, pk__in=evidence.articles_of(_proofs(sentences))).values_list("pk", "outlet", "title")
    return {f"article:{pk}": f"{outlet}: {title}" for pk, outlet, title in found}


def _proofs(sentences: Sequence[Sentence]) -> set[str]:
    return {proof for one in sentences for proof in one.evidence}


def rests_of(one: Sentence, facts: Mapping[str, FactVersion], titles: Mapping[str, str], *, words: bool) -> list[Rest]:
    """What a sentence rests on; where `words` may not be shown the ids alone. Pure."""
    if not words:
        return [Rest(proof, proof) for proof in one.evidence]
    return [Rest(proof, facts[proof].text if proof in facts else titles.get(proof, proof), facts.get(proof)) for proof in one.evidence]
