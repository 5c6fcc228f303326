"""How many items are usual at each hour of the week: the beat against which everything else is heard.

Observed. Outlets write little at night and less on Sundays, and a new source shifts the level for good. Method: for
each of the 168 hours of the week an exponentially forgetting mean of the items in that hour, shrunk towards the mean
of the same hour on all days and that towards the mean of all hours (a gamma-Poisson posterior mean with `_PRIOR`
hours of weight), so that after one day it knows the day and after three weeks the week. Hours are counted in UTC; the
cycle is the same in any zone without summer time.

Known failure: a public holiday looks like a quiet weekday. Robustness: an hour counts at most `_CAP` times what was
usual, so that one flooded feed does not raise what is usual for weeks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

HOURS = 168
_PRIOR = 3.0
_KEEP = 0.8
_CAP = 4.0
_FLOOR = 10.0


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

    def count_at(self, hour: int) -> None:
        """One item at this hour. An hour before the present one counts as now: late news is still news."""
        self.pass_to(hour)
        self.count += 1

    def pass_to(self, hour: int) -> None:
        """Close every hour before `hour`; a gap of more than a week is a stop of the collector and teaches nothing."""
        if self.hour < 0 or hour - self.hour > HOURS:
            self.hour, self.count = max(hour, self.hour), 0
            return
        if hour <= self.hour:
            return
        while self.hour < hour:
            self._close()
        self._smooth()

    def expected(self, start: float, end: float) -> float:
        """Items usual between two moments (seconds since 1970)."""
        return self._until(end) - self._until(start) if end > start else 0.0

    def _until(self, seconds: float) -> float:
        """Items usual from 1970 on: whole weeks, whole hours of the present one, the begun hour by its share."""
        hours = seconds / 3600.0
        whole = int(hours // 1)
        week, place = divmod(whole, HOURS)
        return week * self.sums_to[HOURS] + self.sums_to[place] + (hours - whole) * self.usual[place]

    def to_data(self) -> dict[str, Any]:
        """JSON values that `from_data` reads."""
        return {"sums": self.sums, "weights": self.weights, "hour": self.hour, "count": self.count, "usual": self.usual}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Volume:
        """The volume `to_data` described."""
        volume = cls(list(data["sums"]), list(data["weights"]), data["hour"], data["count"], list(data["usual"]))
        volume.sums_to = [0.0, *itertools.accumulate(volume.usual)]
        return volume

    def _close(self) -> None:
        place = self.hour % HOURS
        usual = self.usual[place]
        counted = min(float(self.count), _CAP * usual + _FLOOR) if usual else float(self.count)
        self.sums[place] = self.sums[place] * _KEEP + counted
        self.weights[place] = self.weights[place] * _KEEP + 1.0
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
