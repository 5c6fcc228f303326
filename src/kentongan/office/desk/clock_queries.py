"""What is read of clocks set by law: those that were begun about issues, from the ledger, and what came. Counted queries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation

from kentongan.office.desk import clock_words, clocks, queries, statement_queries
from kentongan.office.desk.clocks import Clock, Given
from kentongan.office.desk.models import Issue, Publication, Statement
from kentongan.office.ledger.models import Line
from kentongan.office.listening.presenting import Words

BEGUN, ENDED, ANSWERED = "issue.clock_begun", "issue.clock_ended", "issue.answered"


@dataclass(frozen=True, slots=True)
class Shown:
    """A clock as a page shows it, with when what it asks for came."""

    clock: Clock
    came: datetime | None
    outcome: clocks.Outcome

    @property
    def runs(self) -> bool:
        """Whether something is still to come, by the law or late."""
        return self.outcome in {"open", "missed"}

    @property
    def at_once(self) -> bool:
        """Whether the law names no length."""
        return self.clock.law.code in clocks.AT_ONCE

    @property
    def name(self) -> str:
        """What it is called, with its law."""
        return clock_words.named(self.clock.law)

    @property
    def known(self) -> Words:
        """How far its row is to be trusted."""
        return clock_words.KNOWN[self.clock.law.known]

    @property
    def said(self) -> Words:
        """What became of it."""
        return clock_words.OUTCOMES[self.outcome]


def get_clocks(issues: Sequence[Issue]) -> list[Clock]:
    """The clocks begun about issues, in the order in which they were. Two queries at most."""
    subjects = [f"issue:{one.pk}" for one in issues]
    rows = list(Line.objects.filter(office=issues[0].office_id, subject__in=subjects, act__in=(BEGUN, ENDED)).order_by("id"))
    names = queries.get_names(issues[0].office_id, {one.actor for one in rows if one.actor})
    details = [(row, json.loads(row.detail)) for row in rows]
    ends = {(row.subject, said["number"]): (row.at, said["how"]) for row, said in details if row.act == ENDED}
    found = []
    for row, said in details:
        if row.act == BEGUN:
            start, due = datetime.fromisoformat(said["start"]), datetime.fromisoformat(said["due"])
            ended, how = ends.get((row.subject, said["number"]), (None, ""))
            law, number, by = clocks.LAWS[said["law"]], int(row.subject.partition(":")[2]), names.get(row.actor or 0, "")
            found.append(Clock(law, number, said["number"], start, due, row.at, by, said.get("statement"), ended, how))
    return found


def get_given(issues: Sequence[Issue], now: datetime | None = None) -> list[Given]:
    """What was published about issues for everybody, corrected, withdrawn, or answered otherwise; with `now` only what could be read by
    then, else also what is held back until its moment. Two queries."""
    rows = Publication.objects.filter(statement__issue__in=[one.pk for one in issues], office=issues[0].office_id)
    found: list[Given] = []
    for made in rows.select_related("statement", "ending"):
        about, at = made.statement, made.readable_from
        ahead = now is None and not made.stopped and (about.state == Statement.State.PUBLISHED or about.moved >= at)
        if about.kind in statement_queries.FOR_EVERYBODY and (ahead or (now is not None and made.was_readable(now))):
            found.append(Given(at, about.corrects_id))
        if about.state == Statement.State.WITHDRAWN and not made.stopped:
            found.append(Given(about.moved, about.pk, said=False))
    return [*found, *(Given(one.at) for one in queries.get_said(issues, ANSWERED))]


def get_shown(issues: Sequence[Issue], now: datetime) -> list[Shown]:
    """The clocks begun about issues with what came of them by now. One query where there is none, four otherwise."""
    found = get_clocks(issues)
    given = get_given(issues, now) if found else []
    arrivals = [(one, clocks.came(one, given)) for one in found]
    return [Shown(one, came, clocks.outcome(one, came, now)) for one, came in arrivals]


def get_soonest(issue: Issue, now: datetime, *more: Given) -> Clock | None:
    """The clock due first of those that run about an issue and its parts, `more` having come. Two queries where there is none, five
    otherwise."""
    every = [issue, *queries.get_parts(issue)]
    found = get_clocks(every)
    return clocks.soonest(found, [*get_given(every), *more], now) if found else None


def note_of(law: clocks.Law, issue: Issue) -> str:
    """What is due by this law, in the language of the office."""
    with translation.override(issue.office.language):
        return clock_words.named(law)[:200]
