"""How many items are usual at each hour of the week: the beat against which everything else is heard.

Observed. Outlets write little at night, less on Sundays and on holidays, and a new source shifts the level for good. Method: for
each of the 168 hours of the week an exponentially forgetting mean of the items in that hour, shrunk towards the mean
of the same hour on all days and that towards the mean of all hours (a gamma-Poisson posterior mean with `_PRIOR`
hours of weight), so that after one day it knows the day and after three weeks the week. A special day (`SpecialDays`: public holidays,
joint leave) is another Sunday: it is expected to be one and teaches what Sundays are. Above the profile stands the *level* of the last
days, what was counted over what was usual, so that a new source or a slow trend is followed in days and not in weeks. Hours are counted
in UTC; the cycle is the same in any zone without summer time.

Robustness: an hour counts at most `_CAP` times what was usual, so that one flooded feed does not raise what is usual for weeks; a stretch
of silence in which `_OUTAGE` items were due is a stop of the collector and teaches nothing.

Reading: Farrington et al. 1996 and Noufaily et al. 2013 (past outbreaks weighed down); holidays as Sundays is common practice in the
forecasting of electric load (Hong 2010)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

HOURS = 168
_PRIOR = 3.0
_KEEP = 0.8
_CAP = 4.0
_FLOOR = 10.0
_OUTAGE, _OUTAGE_HOURS = 8.0, 4
_HEARD_BEFORE = 0.5
_LEVEL_KEEP = 0.5 ** (1 / 72)
_LEVEL_PRIOR_HOURS = 48.0
_LEVEL_BOUNDS = 0.5, 3.0
_KEPT_HOURS = 96
_MOST_KNOWN = 64
_DAY = 86_400
_SUNDAY = 4
"""Days since 1970 that were no Sunday yet: the first of January 1970 was a Thursday."""


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """Days on which as little is written as on a Sunday, as days since 1970 of the office's calendar; `offset_s` is its time zone."""

    days: frozenset[int] = frozenset()
    offset_s: int = 0

    def to_sunday_h(self, hour: int) -> int:
        """How many hours before `hour` the same hour of a Sunday was; 0 on a day that is not special."""
        day = (hour * 3600 + self.offset_s) // _DAY
        return 24 * ((day + _SUNDAY) % 7) if day in self.days else 0

    def within(self, start: float, end: float) -> list[tuple[float, float, int]]:
        """The special parts of a stretch: from, until (seconds since 1970), hours back to the Sunday."""
        if not self.days:
            return []
        first, last = int((start + self.offset_s) // _DAY), int((end + self.offset_s) // _DAY)
        parts: list[tuple[float, float, int]] = []
        for day in range(first, last + 1):
            back = 24 * ((day + _SUNDAY) % 7)
            if day in self.days and back:
                begin = float(day * _DAY - self.offset_s)
                parts.append((max(start, begin), min(end, begin + _DAY), back))
        return parts


NO_SPECIAL_DAYS = SpecialDays()


@dataclass(slots=True)
class Volume:
    """Sums and weights per hour of the week.

    `hour` (hours since 1970) is being counted now; -1 before the first item.
    """

    sums: list[float] = field(default_factory=lambda: [0.0] * HOURS)
    weights: list[float] = field(default_factory=lambda: [0.0] * HOURS)
    hour: int = -1
    count: int = 0
    usual: list[float] = field(default_factory=lambda: [0.0] * HOURS)
    sums_to: list[float] = field(default_factory=lambda: [0.0] * (HOURS + 1))
    heard: dict[int, int] = field(default_factory=dict[int, int])
    """Items of the last days by the hour of their event time."""
    lately: float = 0.0
    due: float = 0.0
    """What was counted in the last days and what the profile said, both forgetting."""
    known: dict[tuple[float, float, SpecialDays], float] = field(
        default_factory=dict[tuple[float, float, SpecialDays], float], compare=False, repr=False
    )
    """What `expected` gave since it changed last: one article asks dozens of times for the same few windows."""

    told: dict[tuple[float, float], float] = field(default_factory=dict[tuple[float, float], float], compare=False, repr=False)
    """What `counted` gave since then."""

    def count_at(self, hour: int, special: SpecialDays = NO_SPECIAL_DAYS, said: int | None = None) -> None:
        """One item at this hour; `said` is the hour of its own time. An hour before the present one counts as now: late news is news."""
        self.known.clear()
        self.told.clear()
        if self.hour < 0 or hour - self.hour > HOURS:
            self._close_if_counted(special)
            self.hour, self.count = max(hour, self.hour), 0
        elif hour > self.hour:
            self._close_if_counted(special)
            silent = range(self.hour, hour)
            if len(silent) < _OUTAGE_HOURS or self._learned(silent, special) < _OUTAGE:
                for _ in silent:
                    self._close(special)
            self.hour = hour
            self._smooth()
            self.heard = {at: count for at, count in self.heard.items() if at > hour - _KEPT_HOURS}
        self.count += 1
        at = hour if said is None else said
        self.heard[at] = self.heard.get(at, 0) + 1

    def turn_back(self, hour: int) -> None:
        """A clock had jumped and is right again: count on from this hour."""
        self.known.clear()
        self.told.clear()
        self.hour, self.count = hour, 0
        self.heard = {at: count for at, count in self.heard.items() if at <= hour}

    def pass_to(self, hour: int, special: SpecialDays = NO_SPECIAL_DAYS) -> None:
        """Close the present hour once it is over. Whether the silence after it was a quiet night or a stop is seen at the next item."""
        if 0 <= self.hour < hour and self.count:
            self.known.clear()
            self._close_if_counted(special)
            self._smooth()

    def expected(self, start: float, end: float, special: SpecialDays = NO_SPECIAL_DAYS) -> float:
        """Items usual between two moments (seconds since 1970)."""
        if end <= start:
            return 0.0
        known = self.known.get((start, end, special))
        if known is None:
            if len(self.known) >= _MOST_KNOWN:
                self.known.clear()
            known = self.known[start, end, special] = self._expected(start, end, special)
        return known

    def _expected(self, start: float, end: float, special: SpecialDays) -> float:
        total = self._until(end) - self._until(start)
        for begin, until, back in special.within(start, end):
            shift = back * 3600.0
            total += self._until(until - shift) - self._until(begin - shift) - self._until(until) + self._until(begin)
        return max(0.0, total) * self.level()

    def level(self) -> float:
        """How much more than the profile says was written in the last days; 1 where nothing is known."""
        prior = _LEVEL_PRIOR_HOURS * self.sums_to[HOURS] / HOURS
        if not prior:
            return 1.0
        low, high = _LEVEL_BOUNDS
        return min(high, max(low, (self.lately + prior) / (self.due + prior)))

    def counted(self, start: float, end: float) -> float:
        """Items heard whose own time lies between two moments of the last days, the first hour by its share."""
        told = self.told.get((start, end))
        if told is None:
            if len(self.told) >= _MOST_KNOWN:
                self.told.clear()
            first, last = int(start // 3600), int(end // 3600)
            share = 1.0 - (start / 3600.0 - first)
            told = self.heard.get(first, 0) * share + sum(self.heard.get(hour, 0) for hour in range(first + 1, last + 1))
            self.told[start, end] = told
        return told

    def _until(self, seconds: float) -> float:
        """Items usual from 1970 on: whole weeks, whole hours of the present one, the begun hour by its share."""
        hours = seconds / 3600.0
        whole = int(hours // 1)
        week, place = divmod(whole, HOURS)
        return week * self.sums_to[HOURS] + self.sums_to[place] + (hours - whole) * self.usual[place]

    def to_data(self) -> dict[str, Any]:
        """JSON values that `from_data` reads."""
        return {
            "sums": self.sums,
            "weights": self.weights,
            "hour": self.hour,
            "count": self.count,
            "usual": self.usual,
            "heard": sorted(self.heard.items()),
            "level": [self.lately, self.due],
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Volume:
        """The volume `to_data` described."""
        volume = cls(list(data["sums"]), list(data["weights"]), data["hour"], data["count"], list(data["usual"]))
        volume.sums_to = [0.0, *itertools.accumulate(volume.usual)]
        volume.heard = dict(data["heard"])
        volume.lately, volume.due = data["level"]
        return volume

    def _learned(self, hours: range, special: SpecialDays) -> float:
        """Items usual in these hours, by those hours of the week that were heard before: a first night is learned, whatever the mean is."""
        places = [(hour - special.to_sunday_h(hour)) % HOURS for hour in hours]
        return sum(self.usual[place] for place in places if self.weights[place] >= _HEARD_BEFORE)

    def _close_if_counted(self, special: SpecialDays) -> None:
        if self.count:
            self._close(special)

    def _close(self, special: SpecialDays) -> None:
        place = (self.hour - special.to_sunday_h(self.hour)) % HOURS
        usual = self.usual[place]
        counted = min(float(self.count), _CAP * usual + _FLOOR) if usual else float(self.count)
        self.sums[place] = self.sums[place] * _KEEP + counted
        self.weights[place] = self.weights[place] * _KEEP + 1.0
        self.lately = self.lately * _LEVEL_KEEP + (counted if usual else 0.0)
        self.due = self.due * _LEVEL_KEEP + usual
        self.hour, self.count = self.hour + 1, 0

    def _smooth(self) -> None:
        total, weight = sum(self.sums), sum(self.weights)
        mean = total / weight if weight else 0.0
        for hour in range(24):
            days = range(hour, HOURS, 24)
            daily = (sum(self.sums[place] for place in days) + _PRIOR * mean) / (sum(self.weights[place] for place in days) + _PRIOR)
            for place in days:
                self.usual[place] = (self.sums[place] + _PRIOR * daily) / (self.weights[place] + _PRIOR)
        self.sums_to = [0.0, *itertools.accumulate(self.usual)]
