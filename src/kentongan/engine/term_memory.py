"""Every word and pair of words of a stream in bounded memory: exact where one is said again, a sketch for the rest.

Observed. Of the words and pairs of a stream nine in ten come once in three days and never matter. Method (the idea of SigniTrend's heavy
hitters): what is said for the first time is remembered with its report only, in a table of bounded length; the second time within
`keep_hours` it becomes a series with its reports, of which there is a bounded number too; what grows old goes into the sketch
(`sketch.py`), which knows the past of all words alike. So nothing is lost of a word that rises: its first report is there when the second
comes.

Known failure: where more words are said once within three days than the table holds, the first report of the oldest is forgotten and its
rise is seen one report later. Fifty thousand words and pairs alive take less than 50 MB (`make bench ARGS=terms`)."""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass, field
from typing import Any

from kentongan.engine.sketch import Sketch

DAY = 86_400.0
_HALF_LIFE_DAYS = 21.0


@dataclass(slots=True)
class Series:
    """One series: sightings of the last 72 hours (seconds, article) and the decayed count of those before (of a word the sketch has it)."""

    recent: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    past: float = 0.0
    past_at: float = 0.0
    first: float = 0.0

    def after(self, start: float) -> int:
        """Recent sightings later than `start`."""
        return len(self.recent) - bisect_right(self.recent, (start, "\U0010ffff"))


@dataclass(slots=True)
class Terms:
    """The words and pairs that are alive. Mutable."""

    past: Sketch = field(default_factory=lambda: Sketch(_HALF_LIFE_DAYS * DAY))
    once: dict[str, tuple[float, str]] = field(default_factory=dict[str, tuple[float, str]])
    """Said once within the last days: when, and in which report."""
    series: dict[str, Series] = field(default_factory=dict[str, Series])
    """Said more often."""

    def count(self, term: str, at: float, article: str, edge: float, most: int) -> Series | None:
        """Count a word at its time; gives its series where it was said before, later than `edge`. `most`: entries of the table."""
        series = self.series.get(term)
        if series is not None:
            insort(series.recent, (at, article))
            return series
        before = self.once.pop(term, None)
        if before is not None and before[0] > edge:
            series = self.series[term] = Series(sorted([before, (at, article)]), first=min(before[0], at))
            return series
        if before is not None:
            self.past.add(term, 1.0, before[0])
        self.once[term] = at, article
        if len(self.once) > most:
            self._let_go(next(iter(self.once)))
        return None

    def sweep(self, edge: float, most: int) -> None:
        """Let what was said once before `edge` go into the past, and of too many series the ones with fewest reports."""
        for term in [term for term, (at, _) in self.once.items() if at <= edge]:
            self._let_go(term)
        for term in [term for term, series in self.series.items() if not series.recent]:
            del self.series[term]
        if len(self.series) > most:
            weakest = sorted(self.series, key=lambda term: (len(self.series[term].recent), self.series[term].recent[-1][0], term))
            for term in weakest[: len(self.series) - most]:
                series = self.series.pop(term)
                self.past.add(term, float(len(series.recent)), series.recent[-1][0])

    def turn_back(self, now: float) -> None:
        """Forget everything that bears a later time than `now`; a past that was counted in such a time is begun anew."""
        self.once = {term: said for term, said in self.once.items() if said[0] <= now}
        for term, series in list(self.series.items()):
            series.recent = [one for one in series.recent if one[0] <= now]
            if not series.recent:
                del self.series[term]
        if self.past.origin > now:
            self.past = Sketch(self.past.half_life, self.past.width)

    def to_data(self) -> dict[str, Any]:
        """JSON values that `from_data` reads."""
        return {
            "past": self.past.to_data(),
            "once": [[term, at, article] for term, (at, article) in self.once.items()],
            "series": [[term, one.recent, one.first] for term, one in self.series.items()],
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Terms:
        """The words `to_data` described."""
        terms = cls(Sketch.from_data(data["past"]), {term: (at, article) for term, at, article in data["once"]})
        for term, recent, first in data["series"]:
            terms.series[term] = Series([(seconds, article) for seconds, article in recent], first=first)
        return terms

    def _let_go(self, term: str) -> None:
        at, _ = self.once.pop(term)
        self.past.add(term, 1.0, at)
