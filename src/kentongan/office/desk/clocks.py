"""Clocks that a law sets: what is to be there by when, counted from a moment that a person types and signs. Pure: moments in, moments out.

A clock begins with an event that no program can know: that the office has received and handled an incident, that it found opinion divided,
that somebody said a publication is wrong. So a person begins it, says when that was, and stands for it by name. `LAWS` is data: a law that
changes is a row that ends and a row that begins, never a row that is changed, since the record names its code.

How time is counted. *Hours* run through nights and holidays. *Days* are days of the calendar in the office's zone; the day of the event is
not counted and the last one counts to its end, also where it is a holiday: earlier than some readings, never later. *At once* names no
length, so it is due from the event on, and what came later is neither in time nor late.

`known` says how far a row is to be trusted: no text of a law was compared yet, and every page that shows a clock says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Unit = Literal["at_once", "hour", "day"]
Meets = Literal["publication", "correction"]
Known = Literal["report", "memory"]
Outcome = Literal["kept", "late", "given", "missed", "open", "dropped"]
LAST_MINUTE = time(23, 59)
LONGEST_AGO = timedelta(days=90)
"""How far back a clock can be begun."""


@dataclass(frozen=True, slots=True)
class Law:
    """One term of a law. `since`: the first day it is in force, None where that is long ago; `known`: from a report of the law, or from
    memory alone. What `meets` it is the first publication about the issue, or a correction of what was called wrong."""

    code: str
    country: str
    unit: Unit
    amount: int
    meets: Meets
    since: date | None
    known: Known


LAWS: Mapping[str, Law] = {
    one.code: one
    for one in (
        Law("vn.first.received", "VN", "hour", 24, "publication", date(2026, 7, 1), "report"),
        Law("vn.first.determined", "VN", "hour", 24, "publication", date(2026, 7, 1), "report"),
        Law("vn.correction", "VN", "day", 10, "correction", date(2026, 9, 1), "report"),
        Law("id.at_once", "ID", "at_once", 0, "publication", None, "memory"),
    )
}
"""By code. Decree 244/2026 (first information; two events); the amended Law on Access to Information, article 22 (what is called wrong);
Law 14/2008, article 10 (`serta merta`)."""
AT_ONCE = frozenset(one.code for one in LAWS.values() if one.unit == "at_once")
"""The laws that name no length: what is due by them is never called overdue, it is due at once until it is there."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that somebody began. `number` counts within its issue; `of` is the statement that was called wrong; `ended` with `how`
    "done" where somebody said by name that the duty was met otherwise, "mistake" where it should not run."""

    law: Law
    issue: int
    number: int
    start: datetime
    due: datetime
    begun: datetime
    by: str = ""
    of: int | None = None
    ended: datetime | None = None
    how: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What came: a publication, which takes the place of `of` where it corrects; or that `of` was withdrawn (then nothing was said)."""

    at: datetime
    of: int | None = None
    said: bool = True


def offered(country: str, meets: Meets) -> list[Law]:
    """The clocks of a country for what is answered by a publication or by a correction; none where no law is known."""
    return [one for one in LAWS.values() if (one.country, one.meets) == (country, meets)]


def in_force(law: Law, start: datetime, zone: ZoneInfo) -> bool:
    """Whether the law was in force on the day of the event."""
    return law.since is None or start.astimezone(zone).date() >= law.since


def due(law: Law, start: datetime, zone: ZoneInfo) -> datetime:
    """By when it is due, to the minute."""
    if law.unit == "day":
        return datetime.combine(start.astimezone(zone).date() + timedelta(days=law.amount), LAST_MINUTE, zone)
    return start.astimezone(UTC) + timedelta(hours=law.amount if law.unit == "hour" else 0)


def came(clock: Clock, given: Iterable[Given]) -> datetime | None:
    """When what the clock asks for was there: the first that meets it from the event on, or what somebody ended it with."""
    corrects = clock.law.meets == "correction"
    found = [one.at for one in given if one.at >= clock.start and (one.of == clock.of if corrects else one.said)]
    if clock.how == "done" and clock.ended is not None:
        found.append(clock.ended)
    return min(found, default=None)


def outcome(clock: Clock, came: datetime | None, now: datetime) -> Outcome:
    """What became of it by now. *Given*: it came, and the law names no length it could be judged by."""
    if clock.how == "mistake":
        return "dropped"
    if clock.law.unit == "at_once":
        return "given" if came is not None else "open"
    if came is not None:
        return "kept" if came <= clock.due else "late"
    return "missed" if clock.due < now else "open"


def runs(clock: Clock, given: Iterable[Given], now: datetime) -> bool:
    """Whether it still asks for something: nobody ended it, and nothing that meets it came or will open in time."""
    at = came(clock, given)
    return not clock.how and (at is None or (at > now and at > clock.due))


def soonest(clocks: Sequence[Clock], given: Sequence[Given], now: datetime) -> Clock | None:
    """The clock that is due first of those that still run."""
    return min((one for one in clocks if runs(one, given, now)), key=lambda one: (one.due, one.number), default=None)
