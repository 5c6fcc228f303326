"""What is read to look back on an issue: its line of time from the ledger, and what was promised against what came. Counted queries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from kentongan.office.desk import clock_queries, history, queries, review_rules, statement_queries, statement_words
from kentongan.office.desk.history import Step
from kentongan.office.desk.models import ApprovalStep, Issue, Publication, Statement
from kentongan.office.desk.review_rules import Promise, Said
from kentongan.office.ledger.models import Line
from kentongan.office.people.models import User

ANSWERED = "issue.answered"


@dataclass(frozen=True, slots=True)
class Paper:
    """A statement that was published: of how many sentences its text is, how many came from the template and stand there unchanged."""

    statement: Statement
    sentences: int
    template: int


@dataclass(frozen=True, slots=True)
class Review:
    """An issue looked back on: what was promised in order of time, every step there was, and the papers."""

    begun: datetime
    until: datetime
    promises: tuple[Promise, ...]
    steps: tuple[Step, ...]
    papers: tuple[Paper, ...]

    def counted(self, kind: str) -> tuple[int, int]:
        """How many promises of a kind are due by now, and how many of these were kept."""
        due = [one for one in self.promises if one.kind == kind and one.outcome not in {"open", "given"}]
        return len(due), sum(one.outcome == "kept" for one in due)

    @property
    def first(self) -> Promise | None:
        return next((one for one in self.promises if one.kind == "first"), None)


def get_review(person: User, issue: Issue, parts: Sequence[Issue], now: datetime) -> Review:
    """An issue and its parts, as far as the person sees them. Ten queries; three more where a clock was begun, one for other issues."""
    every = [issue, *parts]
    said = list(
        Publication.objects.filter(statement__issue__in=[one.pk for one in every], office=person.office_id)
        .select_related("statement", "version", "ending")
        .annotate(n=Count("version__sentences"), kept=Count("version__sentences", filter=Q(version__sentences__origin="template")))
        .order_by("at", "pk")
    )
    out = [one for one in said if one.was_readable(now) and one.statement.kind in statement_queries.FOR_EVERYBODY]
    own = history.history_of(person, issue, parts)
    steps = sorted([*own, *_statement_steps(person, every)], key=lambda one: one.at)
    answers = [*(one.readable_from for one in out), *(one.at for one in own if one.act == ANSWERED and one.issue == issue.pk)]
    begun = next((one.values for one in own if one.act == "issue.opened" and one.issue == issue.pk), {})
    level, term = str(begun.get("level", issue.level)), begun.get("term")
    first = review_rules.first_answer(level, issue.opened, answers, now, term if isinstance(term, int) else None)
    names = {one.pk: str(one.statement) for one in said}
    promises = [
        *([first] if first is not None else []),
        *review_rules.updates([Said(one.readable_from, one.version.next_update, names[one.pk]) for one in out], now),
        *(
            review_rules.promise("review", one.review_due, one.reviewed_at, now, names[one.pk])
            for one in said
            if one.review_due is not None
        ),
        *_approvals(every, now),
        *(
            Promise("law", one.clock.due, one.came, one.outcome, one.name)
            for one in clock_queries.get_shown(every, now)
            if one.outcome != "dropped"
        ),
    ]
    papers = tuple(Paper(one.statement, one.n, one.kept) for one in said)  # type: ignore[attr-defined]
    until = issue.moved if issue.state in {Issue.State.CLOSED, Issue.State.MERGED} else now
    return Review(issue.opened, max(until, issue.opened), tuple(sorted(promises, key=lambda one: one.due)), tuple(steps), papers)


def _statement_steps(person: User, issues: Sequence[Issue]) -> list[Step]:
    """What was done with the statements about these issues, as the ledger has it. Four queries."""
    rows = statement_queries.get_seen(person).filter(issue__in=[one.pk for one in issues]).order_by("made", "pk")[: queries.PAGE]
    titles = {f"statement:{one.pk}": str(one) for one in rows}
    office = issues[0].office_id
    found = list(reversed(Line.objects.filter(office=office, subject__in=titles).order_by("-id")[: queries.LINES]))
    names = queries.get_names(office, {line.actor for line in found if line.actor})
    notes = queries.get_notes(issues)
    return [statement_words.step_of(line, json.loads(line.detail), names, notes, titles[line.subject]) for line in found]


def _approvals(issues: Sequence[Issue], now: datetime) -> list[Promise]:
    """Each step of an approval that had its turn and was decided or is still to be. One query."""
    rows = ApprovalStep.objects.filter(approval__statement__issue__in=[one.pk for one in issues], due__isnull=False)
    rows = rows.exclude(decision="", approval__outcome__in=["over", "returned"]).select_related("approval__statement")
    return [
        review_rules.promise("step", one.due, one.at, now, f"{one.approval.statement}, {one.get_kind_display()}")
        for one in rows.order_by("due", "pk")[: queries.PAGE]
        if one.due is not None
    ]
