"""What the bursts remember: sightings, series, running signals, and how that is saved. No decisions are made here."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from kentongan.engine.usual_volume import Volume
from kentongan.engine.watermark import Watermark

Kind = Literal["story", "term", "topic"]
_KINDS: dict[str, Kind] = {"s": "story", "t": "term", "c": "topic"}


def kind_of(key: str) -> Kind:
    """What a series counts; its first letter says it."""
    return _KINDS[key[0]]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One original article as the bursts see it.

    `terms` are words and word pairs of its title; `urgency` is its harm, 0..4; `topics` what it is about (`topics.py`).
    """

    article: str
    story: str
    seconds: float
    outlet: str
    terms: tuple[str, ...]
    urgency: int
    topics: tuple[str, ...] = ()


@dataclass(slots=True)
class Series:
    """One story, word or topic: sightings of the last 72 hours (seconds, article) and the decayed count of those before."""

    recent: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    past: float = 0.0
    past_at: float = 0.0
    first: float = 0.0

    def after(self, start: float) -> int:
        """Recent sightings later than `start`."""
        return len(self.recent) - bisect_right(self.recent, (start, "\U0010ffff"))


@dataclass(slots=True)
class Burst:
    """A running signal. `key` is the series that raised it; `stories` all that were absorbed; times in seconds.

    `again` is the id of the last signal of the same event, which fell back before or was joined to this one; empty for none.
    """

    id: str
    kind: Kind
    key: str
    raised: float
    updated: float
    since: float
    last: float
    observed: float
    expected: float
    hours: float
    stories: Counter[str] = field(default_factory=Counter[str])
    articles: dict[str, str] = field(default_factory=dict[str, str])
    outlets: Counter[str] = field(default_factory=Counter[str])
    told: int = 0
    again: str = ""

    @property
    def main(self) -> str:
        """The story most of its articles belong to; the first of equals."""
        return max(self.stories, key=lambda story: self.stories[story], default="")

    @property
    def event(self) -> str:
        """The series by which the same event is known when it rises again: its main story's, or its topic."""
        return self.key if self.kind == "topic" else f"s{self.main}"


@dataclass(slots=True)
class State:
    """All series and running signals. Mutable: changed by the functions of `bursts` alone."""

    watermark: Watermark = field(default_factory=Watermark)
    usual: Volume = field(default_factory=Volume)
    series: dict[str, Series] = field(default_factory=dict[str, Series])
    seen: dict[str, Sighting] = field(default_factory=dict[str, Sighting])
    running: dict[str, Burst] = field(default_factory=dict[str, Burst])
    began: float = 0.0
    volume: float = 0.0
    volume_at: float = 0.0
    since_sweep: int = 0
    raised: int = 0
    fallen: dict[str, float] = field(default_factory=dict[str, float])
    """Stories whose signal fell back, and when: a topic does not tell them once more."""
    told: dict[str, tuple[str, float]] = field(default_factory=dict[str, tuple[str, float]])
    """The event (`Burst.event`) of each signal that fell back: its id, and when."""

    def fall(self, burst: Burst, now: float) -> None:
        """The signal runs no longer; what it told is remembered."""
        del self.running[burst.id]
        burst.updated = max(burst.updated, now)
        self.fallen.update(dict.fromkeys(burst.stories, now))
        self.told[burst.event] = burst.id, now


def dump(state: State) -> dict[str, Any]:
    """The state as JSON values; equal states give equal values."""
    return {
        "watermark": state.watermark.to_data(),
        "usual": state.usual.to_data(),
        "series": [[key, one.recent, one.past, one.past_at, one.first] for key, one in state.series.items()],
        "seen": [[s.article, s.story, s.seconds, s.outlet, list(s.terms), s.urgency, list(s.topics)] for s in state.seen.values()],
        "running": [
            {
                "id": b.id,
                "kind": b.kind,
                "key": b.key,
                "times": [b.raised, b.updated, b.since, b.last],
                "counts": [b.observed, b.expected, b.hours, b.told],
                "stories": list(b.stories.items()),
                "articles": list(b.articles.items()),
                "outlets": list(b.outlets.items()),
                "again": b.again,
            }
            for b in state.running.values()
        ],
        "volume": [state.began, state.volume, state.volume_at],
        "since_sweep": state.since_sweep,
        "raised": state.raised,
        "fallen": state.fallen,
        "told": [[event, *last] for event, last in state.told.items()],
    }


def restore(data: dict[str, Any]) -> State:
    """The state `dump` gave."""
    state = State(
        Watermark.from_data(data["watermark"]),
        Volume.from_data(data["usual"]),
        began=data["volume"][0],
        volume=data["volume"][1],
        volume_at=data["volume"][2],
        since_sweep=data["since_sweep"],
        raised=data["raised"],
        fallen=dict(data["fallen"]),
        told={event: (signal, at) for event, signal, at in data.get("told", ())},
    )
    for article, story, seconds, outlet, terms, urgency, topics in data["seen"]:
        state.seen[article] = Sighting(article, story, seconds, outlet, tuple(terms), urgency, tuple(topics))
    for key, recent, past, past_at, first in data["series"]:
        state.series[key] = Series([(seconds, article) for seconds, article in recent], past, past_at, first)
    for row in data["running"]:
        raised, updated, since, last = row["times"]
        observed, expected, hours, told = row["counts"]
        state.running[row["id"]] = Burst(
            row["id"],
            row["kind"],
            row["key"],
            raised,
            updated,
            since,
            last,
            observed,
            expected,
            hours,
            Counter(dict(row["stories"])),
            dict(row["articles"]),
            Counter(dict(row["outlets"])),
            told,
            row.get("again", ""),
        )
    return state
