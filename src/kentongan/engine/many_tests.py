"""Many series are tested at once: which of them rose by more than chance, when some out of hundreds always seem to.

Observed. Every report is a look at a dozen series, an hour of a national stream at several hundred. At a chance of one in a thousand each,
something "rises" every hour although nothing happens. Method. Benjamini and Hochberg's step-up over the series tested within the last hour:
a rise counts when its chance is among the k smallest and at most k/m of the rate allowed, so that of what is raised the share owed to
chance stays below that rate. Each series counts once an hour, with its best look; the windows it was looked at are paid for by their number
(Bonferroni). Series that have too few reports to be significant at all are not counted among the m (Tarone): they were never a test.

Why not an online procedure (LORD, SAFFRON): they spend a wealth that a long quiet stretch uses up, so that a flood at three in the morning
would meet a stricter bar than one at noon, and their answer depends on the order of equal times. The hour asks only what else rose in the
same hour. Counts of one stream are positively dependent (words of one event), under which the step-up still holds. Its limit: the chances
are the model's; where news comes in heavier clusters than `counts.py` says, more is left to the bar and the budget (`alert_budget.py`).

Reading: Benjamini and Hochberg 1995; Benjamini and Yekutieli 2001; Tarone 1990; Gilbert 2005; Ramdas et al. 2018 (SAFFRON)."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from math import log10
from typing import Any

HOUR = 3600.0


@dataclass(slots=True)
class Looks:
    """The series tested within the last hour and the best surprise of each. Mutable."""

    best: dict[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])
    """key → (seconds of its last look, -log10 of its smallest chance)"""

    def look(self, key: str, surprise: float, seconds: float) -> None:
        """A series was looked at."""
        last = self.best.pop(key, None)
        if last is not None and seconds - last[0] < HOUR:
            surprise = max(surprise, last[1])
        self.best[key] = seconds, surprise

    def forget(self, seconds: float) -> None:
        """Let go of looks of more than an hour ago: the first ones, for a look that is repeated goes to the end."""
        old = list(takewhile(lambda key: seconds - self.best[key][0] >= HOUR, self.best))
        for key in old:
            del self.best[key]

    def counts(self, surprise: float, seconds: float, rate: float, windows: int) -> bool:
        """Whether a rise of this surprise is a discovery among all tests of the hour, at this false-discovery rate."""
        return surprise >= self.bar(seconds, rate, windows)

    def bar(self, seconds: float, rate: float, windows: int) -> float:
        """The surprise from which on a rise is a discovery."""
        self.forget(seconds)
        tests = max(1, len(self.best))
        base = log10(tests * windows / rate)
        least = base - log10(tests)  # what is below it passes at no rank
        found = sorted([value for _, value in self.best.values() if value >= least], reverse=True)
        passed = [value for rank, value in enumerate(found, start=1) if value >= base - log10(rank)]
        return min(passed[-1:], default=base)

    def to_data(self) -> list[list[Any]]:
        """JSON values that `from_data` reads."""
        return [[key, at, value] for key, (at, value) in self.best.items()]

    @classmethod
    def from_data(cls, data: list[list[Any]]) -> Looks:
        """The tests `to_data` described."""
        return cls({key: (at, value) for key, at, value in data})
