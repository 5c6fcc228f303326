"""How a claim spread: who published it first, from outlet to outlet, how far it reaches and whether it grows.

Over outlets, never over persons. Public posts are counted together as "public posts", whatever account they came from; nothing here
can name or order people. Copies of one text count for the outlet that carries them, and not for the number of independent tellings.

Growth compares the last `WINDOW` hours with the same span before, by outlets newly carrying it and by items. Counts are small, so "grows"
is said only where the rise is more than chance would give half of the time: at least two more, and by half.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kentongan.engine.records import Reason, SourceKind, need_utc

WINDOW = timedelta(hours=6)
PUBLIC = ""
"""Stands for all public posts together in a path."""
_LEAST_MORE, _BY = 2, 1.5
_SEVERAL, _WIDE, _DANGER = 3, 8, 4
"""Outlets from which growth speaks for an answer, from which the claim is known anyway, and the harm that cannot wait."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """The claim in one item. `copy` is whether the item repeats another's text."""

    outlet: str
    source_kind: SourceKind
    at: datetime
    copy: bool = False

    def __post_init__(self) -> None:
        need_utc(self, "at")


@dataclass(frozen=True, slots=True)
class Step:
    """An outlet on the path: when it first carried the claim, in how many items, `copied` where all of them repeat another's text."""

    outlet: str
    source_kind: SourceKind
    first: datetime
    items: int
    copied: bool


@dataclass(frozen=True, slots=True)
class Spread:
    """The path in order of time, and the reach: `outlets` without the public posts, `items`, and both in the last and the window before."""

    path: tuple[Step, ...]
    outlets: int
    items: int
    public_posts: int
    recent: int
    before: int
    recent_outlets: int

    @property
    def first(self) -> Step | None:
        """The first publisher among outlets: who said it first in public posts is not asked."""
        return next((step for step in self.path if step.source_kind != "public"), None)

    @property
    def grows(self) -> bool:
        return self.recent >= self.before + _LEAST_MORE and self.recent >= self.before * _BY

    @property
    def fades(self) -> bool:
        return self.before >= self.recent + _LEAST_MORE and self.before >= self.recent * _BY


def advice(told: Spread, harm: int) -> tuple[Reason, ...]:
    """Whether an answer would reach more people than the claim has: what speaks for watching first, and what for answering.

    `harm` is the level of `engine.harm` of its words. The first reason says which: `claim.watch` or `claim.answer`. A person decides.

    Repeating a false claim to people who have not heard it spreads it (Debunking Handbook 2020), so few outlets without growth speak for
    watching; danger to many lives, or what many have heard and more hear every hour, speaks for answering.
    """
    wide = told.outlets >= _WIDE
    danger = harm >= _DANGER
    answer = danger or (wide and not told.fades) or (told.grows and told.outlets >= _SEVERAL)
    reasons = [Reason("claim.answer" if answer else "claim.watch")]
    if danger:
        reasons.append(Reason("claim.danger"))
    if told.grows:
        reasons.append(Reason("claim.grows", {"recent": told.recent, "before": told.before}))
    elif told.fades:
        reasons.append(Reason("claim.fades", {"recent": told.recent, "before": told.before}))
    reasons.append(Reason("claim.wide" if wide else "claim.few", {"outlets": told.outlets}))
    return tuple(reasons)


def spread(sightings: Iterable[Sighting], now: datetime) -> Spread:
    """The spread of a claim until `now`. Equal sightings in any order give the same."""
    heard = sorted((one for one in sightings if one.at <= now), key=lambda one: (one.at, one.copy, one.outlet))
    by_outlet: dict[str, list[Sighting]] = {}
    for one in heard:
        by_outlet.setdefault(PUBLIC if one.source_kind == "public" else one.outlet, []).append(one)
    path = tuple(
        Step(outlet, ones[0].source_kind, ones[0].at, len(ones), all(one.copy for one in ones)) for outlet, ones in by_outlet.items()
    )
    recent = [one for one in heard if one.at > now - WINDOW]
    before = [one for one in heard if now - 2 * WINDOW < one.at <= now - WINDOW]
    return Spread(
        path,
        outlets=sum(outlet != PUBLIC for outlet in by_outlet),
        items=len(heard),
        public_posts=len(by_outlet.get(PUBLIC, ())),
        recent=len(recent),
        before=len(before),
        recent_outlets=sum(step.first > now - WINDOW for step in path if step.outlet != PUBLIC),
    )
