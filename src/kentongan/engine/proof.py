"""How good the signals were: shares with their interval, events told or missed, delays, and what other settings would change. Pure.

Observed. Every maker of such software says "early"; few say how often it called for nothing, and nobody lists what it missed. What
people confirm is little: twenty judged signals in a month, six recorded events. A share of six is no share one may print alone.

Method. A *share* is k of n with Wilson's interval at 95 %: it keeps within 0 and 1, and says something for k = 0 and k = n, where the
textbook interval says "exactly none". Below `FEW` a share is shown as few. An *event* is what somebody recorded: words that a headline
of it has, when it began and when it was over. It is *told* by the first signal raised from `EARLY` before it began until it was over
that shows a headline with these words; else it was missed. A *delay* is from there to the signal, in hours, below zero for one that came
before; of many the middle and the point nine in ten lie below are given. Two runs over the same past (other settings) are laid side by
side: two signals are one where at least `SAME` of the smaller one's reports are the other's, each taken once, the likest first and the
nearest in time among equals; the rest appeared or vanished.

Known failures. Recorded events are those somebody remembered: recall over them flatters, because what nobody heard of is not recorded.
Words that are too wide ("kota") make every event told. Judged signals are not drawn by chance: people judge what annoyed or helped them.

Why not a Bayesian interval: with a flat prior it is nearly the same and needs a sentence more. Why not match by meaning: a person must
be able to check why an event counts as told.

Reading: Wilson 1927; Newcombe 1998 (the tests repeat his table); Brown, Cai and DasGupta 2001; Allan 2002 (topic detection and tracking).
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import sqrt

from kentongan.engine.watching import Group, matches

FEW = 10
EARLY = timedelta(hours=6)
SAME = 0.4
_Z = 1.959964
"""Of the normal distribution, for 95 %."""


def wilson(share: float, n: float) -> tuple[float, float]:
    """Wilson's interval of a share of `n` at 95 %; `n` need not be whole."""
    square = _Z * _Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = _Z * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


@dataclass(frozen=True, slots=True)
class Share:
    """`k` of `n`."""

    k: int = 0
    n: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.k <= self.n:
            raise ValueError(f"{self.k} of {self.n} is no share")

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None for nothing of nothing."""
        return self.k / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's, at 95 %; None for nothing of nothing."""
        return wilson(self.k / self.n, self.n) if self.n else None

    @property
    def few(self) -> bool:
        """Whether `n` is too small to print the share alone."""
        return self.n < FEW


@dataclass(frozen=True, slots=True)
class Delays:
    """The middle of `n` delays in hours, and the one nine in ten are at most; None for none."""

    n: int = 0
    middle: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What somebody recorded: a headline with `words` between two moments is of it."""

    key: str
    began: datetime
    ended: datetime
    words: Group


@dataclass(frozen=True, slots=True)
class Told:
    """A signal as it was told: when, with which headlines, and the ids of its reports (none where they are not known)."""

    key: str
    at: datetime
    titles: tuple[str, ...]
    articles: frozenset[str] = field(default_factory=frozenset[str])
    level: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two runs over one past: signals of both as (before, after), and those of one alone, each in order of time."""

    both: tuple[tuple[Told, Told], ...]
    vanished: tuple[Told, ...]
    appeared: tuple[Told, ...]

    @property
    def earlier(self) -> int:
        """How many of both are told earlier after the change."""
        return sum(after.at < before.at for before, after in self.both)

    @property
    def later(self) -> int:
        """How many of both are told later after the change."""
        return sum(after.at > before.at for before, after in self.both)


def delays(hours: Iterable[float]) -> Delays:
    """What delays in hours are like together."""
    ordered = sorted(hours)
    if not ordered:
        return Delays()
    return Delays(len(ordered), statistics.median(ordered), ordered[-(-9 * len(ordered) // 10) - 1])


def hours(since: datetime, at: datetime) -> float:
    """Hours from one moment to another."""
    return (at - since).total_seconds() / 3600


def told_by(event: Event, signals: Iterable[Told]) -> Told | None:
    """The first signal that told an event; None where it was missed."""
    found = [one for one in signals if event.began - EARLY <= one.at <= event.ended and _shows(event, one)]
    return min(found, key=lambda one: (one.at, one.key)) if found else None


def _shows(event: Event, signal: Told) -> bool:
    return any(matches(event.words, title, "") is not None for title in signal.titles)


def difference(before: Sequence[Told], after: Sequence[Told]) -> Difference:
    """Lay two runs side by side. Deterministic; the order of either does not matter."""
    before, after = _ordered(before), _ordered(after)
    places: dict[str, list[int]] = {}
    for place, signal in enumerate(after):
        for article in signal.articles:
            places.setdefault(article, []).append(place)
    close: list[tuple[float, float, int, int]] = []
    for number, signal in enumerate(before):
        shared = Counter(place for article in signal.articles for place in places.get(article, ()))
        for place, count in shared.items():
            likeness = count / min(len(signal.articles), len(after[place].articles))
            if likeness >= SAME:
                close.append((-likeness, abs(hours(signal.at, after[place].at)), number, place))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, number, place in sorted(close):
        if number not in pairs and place not in taken:
            pairs[number] = place
            taken.add(place)
    return Difference(
        tuple((before[number], after[place]) for number, place in sorted(pairs.items())),
        tuple(one for number, one in enumerate(before) if number not in pairs),
        tuple(one for place, one in enumerate(after) if place not in taken),
    )


def _ordered(signals: Sequence[Told]) -> list[Told]:
    return sorted(signals, key=lambda one: (one.at, one.key))
