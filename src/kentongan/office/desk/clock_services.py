"""The only code that begins and ends clocks set by law. A named person says when the event was; the line in the ledger is the clock.

There is no row besides: what a clock says is in the line that began it, which nobody can change, and what it means for the issue stands in
what is due of it. What somebody wrote as the reason is kept as a note.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext

from kentongan.errors import InputError, RefusedError
from kentongan.office.desk import clock_queries, clock_words, clocks, moves, queries, statement_queries
from kentongan.office.desk.clock_queries import BEGUN, ENDED
from kentongan.office.desk.clocks import Clock, Law
from kentongan.office.desk.models import Issue, Statement
from kentongan.office.desk.recording import record
from kentongan.office.desk.services import fit_to_clocks, held
from kentongan.office.desk.statement_pasting import why
from kentongan.office.people.models import User


@dataclass(frozen=True, slots=True)
class Event:
    """What begins a clock, as a person typed it: by which law, when it was, how they know; `of` is the statement called wrong, if any."""

    law: str
    start: datetime
    reason: str
    of: int | None = None


@transaction.atomic
def begin(by: User, issue: Issue, event: Event, version: int, now: datetime) -> Clock:
    """Begin a clock in one's own name. What is due of the issue follows it where it is sooner."""
    found = held(by, "issues.change", issue, version)
    if found.state in moves.ASLEEP:
        raise RefusedError(
            gettext("A clock begins on an issue that is being worked on. Check the facts or open it again first."), subject="law"
        )
    law, zone = clocks.LAWS.get(event.law), ZoneInfo(found.office.time_zone)
    if law is None or law.country != found.office.country:
        raise InputError(gettext("Choose one of the clocks."), subject="law")
    start = _need_start(law, event.start.replace(second=0, microsecond=0), zone, now)
    every = [found, *queries.get_parts(found)]
    reason, of = why(event.reason, "reason"), _need_of(by, every, law, event.of)
    begun = clock_queries.get_clocks(every)
    given = clock_queries.get_given(every) if begun else []
    if any((one.law, one.of) == (law, of) and clocks.runs(one, given, now) for one in begun):
        raise RefusedError(gettext("This clock runs already."), subject="law")
    number = sum(one.issue == found.pk for one in begun) + 1
    clock = Clock(law, found.pk, number, start, clocks.due(law, start, zone), now, by.shown, of)
    record(by, BEGUN, found, now, reason, **_recorded(clock), start=start.isoformat(), due=clock.due.isoformat())
    fit_to_clocks(by, found, now)
    return clock


def _need_start(law: Law, start: datetime, zone: ZoneInfo, now: datetime) -> datetime:
    if not now - clocks.LONGEST_AGO <= start <= now:
        said = gettext("Say when it was: a moment that is past, within %(n)s days.") % {"n": clocks.LONGEST_AGO.days}
        raise InputError(said, subject="start")
    if not clocks.in_force(law, start, zone):
        said = gettext("%(law)s: not in force yet on that day.") % {"law": clock_words.LAWS[law.code]}
        raise InputError(said, subject="start")
    return start


def _need_of(by: User, every: list[Issue], law: Law, of: int | None) -> int | None:
    """The published statement about these issues that was called wrong, for a clock that a correction meets; nothing for others."""
    if law.meets != "correction":
        return None
    if not statement_queries.get_seen(by).filter(issue__in=every, pk=of, state=Statement.State.PUBLISHED).exists():
        raise InputError(gettext("Only what is published is corrected."), subject="law")
    return of


@transaction.atomic
def end(by: User, issue: Issue, number: int, how: str, reason: str, now: datetime) -> None:
    """Say in one's own name that what the law asks for was done otherwise, or that the clock should not run. A second time it changes
    nothing."""
    found = held(by, "issues.change", issue, merged=True)
    clock = next((one for one in clock_queries.get_clocks([found]) if one.number == number), None)
    if clock is None:
        raise InputError(gettext("There is no such clock about this issue."), subject="number")
    if clock.how:
        return
    if how not in clock_words.ENDINGS:
        raise InputError(gettext("Choose what became of it."), subject="how")
    record(by, ENDED, found, now, why(reason, "reason"), **_recorded(clock), how=how)
    fit_to_clocks(by, found, now)


def _recorded(clock: Clock) -> dict[str, object]:
    """Which clock a line of the ledger is about."""
    return {"law": clock.law.code, "number": clock.number, **({"statement": clock.of} if clock.of is not None else {})}
