"""Whom a route reaches at a moment, by which channels, and when: pure, from the roster, the routes and everybody's own wishes.

On duty goes before everybody: a role reaches those who are on duty as it, together with whoever stands in for them; only where nobody is on
duty as it (a gap in the roster, which is written down) does it reach everybody who is it. Quiet hours hold back what would ring, except in
a crisis; they never hold back the list of alerts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from kentongan.office.alerting import deciding

LEADER = "leader"
ADMINISTRATOR = "administrator"
MOST_HOURS = 3
"""Hours that follow one another (one's own, a route's) are looked through so often; then it rings."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the day in which nothing rings, in the office's local time; over midnight where `start` is later than `end`."""

    start: time
    end: time

    def ends(self, local: datetime) -> datetime | None:
        """When the hours that run at `local` are over; None where none run. Equal edges are no hours."""
        clock = local.timetz().replace(tzinfo=None)
        if self.start == self.end:
            return None
        if self.start < self.end:
            inside, later = self.start <= clock < self.end, False
        else:
            inside, later = clock >= self.start or clock < self.end, clock >= self.start
        if not inside:
            return None
        return (local + timedelta(days=int(later))).replace(hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be told."""

    pk: int
    roles: frozenset[str]
    language: str = "en"
    email: str = ""
    mail: bool = True
    browsers: tuple[int, ...] = ()
    quiet: Quiet | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """A route as far as telling goes."""

    pk: int
    roles: tuple[str, ...] = ()
    people: tuple[int, ...] = ()
    channels: frozenset[str] = frozenset()
    addresses: tuple[int, ...] = ()
    agency: int | None = None
    quiet: Quiet | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is there: everybody by number, who is on duty as what, who stands in for whom at this moment."""

    people: Mapping[int, Person]
    on_duty: Sequence[tuple[int, str]] = ()
    standing_in: Sequence[tuple[int, int]] = ()
    """(person, who stands in for them)."""

    def of(self, role: str) -> tuple[list[int], bool]:
        """Who is reached as a role, and whether somebody is on duty as it."""
        there = [one for one, as_what in self.on_duty if as_what == role and one in self.people]
        return (there, True) if there else ([pk for pk, one in self.people.items() if role in one.roles], False)

    def with_stand_ins(self, people: Iterable[int]) -> list[int]:
        """The people, each followed by whoever stands in for them."""
        out: dict[int, None] = {}
        for pk in people:
            out.setdefault(pk)
            for absent, deputy in self.standing_in:
                if absent == pk and deputy in self.people:
                    out.setdefault(deputy)
        return [pk for pk in out if pk in self.people]


@dataclass(slots=True)
class Reached:
    """Who is told: each person with the routes by which, addresses and agencies likewise; roles as which nobody was on duty."""

    people: dict[int, list[Path]] = field(default_factory=dict)
    addresses: dict[int, list[Path]] = field(default_factory=dict)
    agencies: dict[int, list[Path]] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)


def routed(paths: Sequence[Path], roster: Roster) -> Reached:
    """Everybody the routes name. Where that is nobody at all, the administrators: an alert is never told to nobody."""
    found = Reached()
    for path in paths:
        wanted: list[int] = []
        for role in path.roles:
            people, covered = roster.of(role)
            wanted += people
            if not covered and role not in found.gaps:
                found.gaps.append(role)
        for pk in roster.with_stand_ins([*wanted, *path.people]):
            found.people.setdefault(pk, []).append(path)
        for number in path.addresses:
            found.addresses.setdefault(number, []).append(path)
        if path.agency is not None:
            found.agencies.setdefault(path.agency, []).append(path)
    if not found.people and not found.addresses and not found.agencies:
        _add(found, paths, roster.of(ADMINISTRATOR)[0], ())
    return found


def passed_on(step: int, paths: Sequence[Path], roster: Roster, told: Collection[int]) -> Reached:
    """Who is told when nobody answered and was not told before. Step 1: whoever stands in for those who were told, and colleagues of the
    routes' roles who are not on duty. Step 2: the leaders.
    """
    found = Reached()
    if step >= deciding.LAST_STEP:
        leaders, covered = roster.of(LEADER)
        found.gaps += [] if covered else [LEADER]
        _add(found, paths, roster.with_stand_ins(leaders), told)
        return found
    roles = {role for path in paths for role in path.roles}
    colleagues = [pk for pk, one in roster.people.items() if roles & one.roles]
    _add(found, paths, roster.with_stand_ins([*told, *colleagues]), told)
    return found


def _add(found: Reached, paths: Sequence[Path], people: Iterable[int], told: Collection[int]) -> None:
    for pk in people:
        if pk not in told:
            found.people.setdefault(pk, list(paths))


def channels(person: Person, paths: Sequence[Path]) -> list[tuple[str, int | None]]:
    """By which channels a person is told through these routes: (channel, browser). The list of alerts always comes first."""
    wanted = frozenset[str]().union(*(path.channels for path in paths))
    out: list[tuple[str, int | None]] = [("app", None)]
    if "mail" in wanted and person.mail and person.email:
        out.append(("mail", None))
    if "push" in wanted:
        out += [("push", browser) for browser in person.browsers]
    return out


def held_until(level: str, local: datetime, paths: Sequence[Path], own: Quiet | None) -> datetime | None:
    """Until when it is held back: by one's own quiet hours, and by the routes' where each of them has some now. None: it rings at once.

    `local` is the moment in the office's time. A crisis is never held back.
    """
    if level == "crisis":
        return None
    at = local
    for _ in range(MOST_HOURS):
        mine = own.ends(at) if own is not None else None
        theirs = [path.quiet.ends(at) if path.quiet is not None else None for path in paths]
        routes = min((end for end in theirs if end is not None), default=None) if theirs and all(theirs) else None
        ends = [end for end in (mine, routes) if end is not None]
        if not ends:
            break
        at = max(ends)
    return at if at > local else None
