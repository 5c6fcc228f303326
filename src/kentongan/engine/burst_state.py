"""What the bursts remember: sightings, series, running signals, and how that is saved. No decisions are made here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from kentongan.engine.alert_budget import Budget
from kentongan.engine.many_tests import Looks
from kentongan.engine.records import GROUPS, SignalKind
from kentongan.engine.term_memory import Series as Series
from kentongan.engine.term_memory import Terms
from kentongan.engine.usual_volume import Volume
from kentongan.engine.watermark import Watermark
from kentongan.errors import StateError

VERSION = 2
Kind = SignalKind
_KINDS: dict[str, Kind] = {
    "s": "story",
    "t": "term",
    "c": "topic",
    "p": "place",
    "x": "matter",
    "k": "source",
    "q": "kind",
    "w": "watch",
    "a": "agency",
}


def kind_of(key: str) -> Kind:
    """What a series counts; its first letter says it."""
    return _KINDS[key[0]]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One original article as the bursts see it.

    `terms` are words and word pairs of its title; `urgency` is its harm, 0..4; `topics` what it is about (`topics.py`), `places` where
    (`places.py`), `source` the kind of its source, `kinds` of what kind it is (a question …), `marks` as `Arrive`.
    """

    article: str
    story: str
    seconds: float
    outlet: str
    terms: tuple[str, ...]
    urgency: int
    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    source: str = ""
    kinds: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    def groups(self) -> list[str]:
        """The keys of the series it counts in beside its story and its words."""
        keys = [f"c{topic}" for topic in self.topics] + [f"p{place}" for place in self.places]
        keys += [f"x{place}|{topic}" for place in self.places for topic in self.topics]
        return keys + ([f"k{self.source}"] if self.source else []) + [f"q{kind}" for kind in self.kinds] + list(self.marks)


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
    shown: bool = False
    """Whether the office was told of it; else it is held back."""
    mark: float = 0.0
    further: int = 0
    """When it had enough further reports last, and how many came since: what decides whether it falls back."""
    top: str = field(default="", compare=False, repr=False)
    """Its main story while that is known; empty after `stories` changed otherwise than by `count_story`."""

    @property
    def is_group(self) -> bool:
        """Whether many small stories carry it, none of which is it."""
        return self.kind in GROUPS

    @property
    def main(self) -> str:
        """The story most of its articles belong to; the first of equals."""
        if not self.top and self.stories:
            self.top = self.stories.most_common(1)[0][0]
        return self.top

    def count_story(self, story: str) -> None:
        """One more article of a story. A signal of thousands of stories is not searched for its main one each time."""
        self.stories[story] += 1
        ahead = self.stories[story] - self.stories[self.top] if self.top else 0
        if ahead > 0:
            self.top = story
        elif not ahead and story != self.top and self.stories[story] > 1:
            self.top = ""  # the first of equals: which came first is not known here

    @property
    def event(self) -> str:
        """The series by which the same event is known when it rises again: its main story's, or its group's."""
        return self.key if self.is_group else f"s{self.main}"


@dataclass(slots=True)
class State:
    """All series and running signals. Mutable: changed by the functions of `bursts` alone."""

    watermark: Watermark = field(default_factory=Watermark)
    usual: Volume = field(default_factory=Volume)
    series: dict[str, Series] = field(default_factory=dict[str, Series])
    """All series but those of the words."""
    terms: Terms = field(default_factory=Terms)
    tests: Looks = field(default_factory=Looks)
    budget: Budget = field(default_factory=Budget)
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
        if burst.shown:
            self.fallen.update(dict.fromkeys(burst.stories, now))
            self.told[burst.event] = burst.id, now

    def turn_back(self, now: float) -> None:
        """Forget everything that bears a later time than `now`."""
        for key, series in list(self.series.items()):
            series.recent = [one for one in series.recent if one[0] <= now]
            series.past_at = min(series.past_at, now)
            if not series.recent and series.first > now:
                del self.series[key]
        self.terms.turn_back(now)
        self.usual.turn_back(int(now // 3600))
        self.budget.turn_back(now)
        self.tests = Looks()
        self.volume_at, self.began = min(self.volume_at, now), min(self.began, now)
        self.fallen = {story: min(at, now) for story, at in self.fallen.items()}
        self.told = {event: (signal, min(at, now)) for event, (signal, at) in self.told.items()}


def dump(state: State) -> dict[str, Any]:
    """The state as JSON values; equal states give equal values."""
    return {
        "version": VERSION,
        "watermark": state.watermark.to_data(),
        "usual": state.usual.to_data(),
        "series": [[key, one.recent, one.past, one.past_at, one.first] for key, one in state.series.items()],
        "terms": state.terms.to_data(),
        "tests": state.tests.to_data(),
        "budget": state.budget.to_data(),
        "seen": [
            [
                *(s.article, s.story, s.seconds, s.outlet, list(s.terms), s.urgency),
                *(list(s.topics), list(s.places), s.source, list(s.kinds), list(s.marks)),
            ]
            for s in state.seen.values()
        ],
        "running": [_burst_row(burst) for burst in state.running.values()],
        "volume": [state.began, state.volume, state.volume_at],
        "since_sweep": state.since_sweep,
        "raised": state.raised,
        "fallen": state.fallen,
        "told": [[event, *last] for event, last in state.told.items()],
    }


def restore(data: dict[str, Any]) -> State:
    """The state `dump` gave. Raises `StateError` for one of another version."""
    if data.get("version") != VERSION:
        raise StateError(f"The bursts were saved as version {data.get('version', 1)}; this is version {VERSION}.", subject="bursts")
    state = State(
        Watermark.from_data(data["watermark"]),
        Volume.from_data(data["usual"]),
        terms=Terms.from_data(data["terms"]),
        tests=Looks.from_data(data["tests"]),
        budget=Budget.from_data(data["budget"]),
        began=data["volume"][0],
        volume=data["volume"][1],
        volume_at=data["volume"][2],
        since_sweep=data["since_sweep"],
        raised=data["raised"],
        fallen=dict(data["fallen"]),
        told={event: (signal, at) for event, signal, at in data["told"]},
    )
    for article, story, seconds, outlet, terms, urgency, topics, places, source, kinds, marks in data["seen"]:
        state.seen[article] = Sighting(
            article, story, seconds, outlet, tuple(terms), urgency, tuple(topics), tuple(places), source, tuple(kinds), tuple(marks)
        )
    for key, recent, past, past_at, first in data["series"]:
        state.series[key] = Series([(seconds, article) for seconds, article in recent], past, past_at, first)
    for row in data["running"]:
        state.running[row["id"]] = _burst_from(row)
    return state


def _burst_row(b: Burst) -> dict[str, Any]:
    return {
        "id": b.id,
        "kind": b.kind,
        "key": b.key,
        "times": [b.raised, b.updated, b.since, b.last],
        "counts": [b.observed, b.expected, b.hours, b.told],
        "stories": list(b.stories.items()),
        "articles": list(b.articles.items()),
        "outlets": list(b.outlets.items()),
        "again": b.again,
        "shown": b.shown,
        "further": [b.mark, b.further],
    }


def _burst_from(row: dict[str, Any]) -> Burst:
    raised, updated, since, last = row["times"]
    observed, expected, hours, told = row["counts"]
    return Burst(
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
        row["again"],
        row["shown"],
        *row["further"],
    )
