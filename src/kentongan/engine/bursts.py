"""Bursts: a story or a word that rises against its own past, and one signal for one event.

Observed. A new event shows first as several reports of one story within hours; an event of many places (a flood in
ten districts) shows as many small stories that share a word. So stories and words are both counted, in event time,
originals only: copies and repeated pages are one voice. What is usual differs by the hour of the day and the day of
the week (`usual_volume.py`) and by the past of the series itself (`counts.py`). A word's past forgets with a half-life
of weeks, leaves out the last days, and a day of a burst enters it with at most `past_cap` times what was usual, so that
last week's flood does not hide today's.

Method. Each arrival is counted in the series of its story and of the words and word pairs of its title, each over
windows of 2, 6 and 24 hours; the score is the surprise (-log10 of the chance of so many, negative binomial). A word's
surprise is worth less where its reports have nothing else in common ("kampung" in five unrelated reports), and more
is added for harm and for a second outlet, because a miss costs more there. The best series above its threshold makes a
signal, a story before a word. One event is one signal: a candidate whose reports or story already belong to a running
signal updates that signal. A signal falls back when nothing further came for `quiet_hours`.

Known failures. With one or two outlets reach says nothing. Announced events (a cup match, a holiday) rise like any
other: nothing here knows what was to be expected. The first two weeks know no weekday. A slow rise over weeks is no
burst. A large event that runs for weeks holds its story; a new turn of it is an update, not a new signal.

Why not: an exponentially weighted mean and variance per word has no notion of chance for rare words; Kleinberg's
automaton needs its rates given; a learned ranking needs labels nobody has. Surprise alone, without coherence, gave 16
alerts a day at the same share found (docs/explanation/bursts.md has the figures and how to repeat them).

Reading: Kleinberg 2002 (bursts); Fung et al. 2005 (words, then events); Weng & Lee 2011; Unkel et al. 2012 (review of
outbreak detection).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import log2
from typing import Any, Literal

from kentongan.engine.counts import Usual, surprise, usual
from kentongan.engine.usual_volume import Volume
from kentongan.engine.watermark import Watermark

HOUR = 3600.0
DAY = 24 * HOUR
Kind = Literal["story", "term"]
_LOG2 = 0.6931471805599453


@dataclass(frozen=True, slots=True)
class Settings:
    """When a rise is a signal. Hours and days are of event time; surprises and gains are in powers of ten of a chance.

    windows_h        a series is judged over each of these windows
    small_stream     with fewer items a day than this, over all of `keep_hours` too: a town's story grows in days, not in hours
    story_items      reports a story, and term_items a word, needs at least
    story_surprise   what the weighed surprise of a story, and term_surprise that of a word, must reach
    urgency_gain     added for each level of harm the reports speak of on average (0..4), because a miss costs more
    outlet_gain      added when two outlets or more report it
    reach_gain       added on top for each doubling of the outlets beyond two: outlets that each chose to report are evidence of their own
    coherence        share of a word's surprise that is lost when its reports have nothing else in common
    urgent_coherence reports of harm in many places share only the word; they count as coherent to this share
    half_life_days   how long a word's past is remembered; past_cap bounds what one day of a burst adds to it, in times of the usual
    overlap          share of a candidate's reports that must belong to a running signal to be one event with it
    quiet_hours      a signal falls back after so long without a further report
    learn_hours      words raise nothing before the stream has been heard for so long
    """

    windows_h: tuple[float, ...] = (2.0, 6.0, 24.0)
    small_stream: float = 150.0
    story_items: int = 4
    term_items: int = 5
    story_surprise: float = 8.0
    term_surprise: float = 9.0
    least_surprise: float = 1.0
    urgency_gain: float = 1.2
    outlet_gain: float = 1.0
    reach_gain: float = 3.0
    coherence: float = 0.7
    urgent_coherence: float = 0.6
    half_life_days: float = 21.0
    past_cap: float = 3.0
    overlap: float = 0.4
    quiet_hours: float = 12.0
    late_hours: float = 48.0
    keep_hours: float = 72.0
    learn_hours: float = 24.0
    sweep_items: int = 2048
    forget_below: float = 0.8


@dataclass(frozen=True, slots=True)
class Sighting:
    """One original article as the bursts see it.

    `terms` are words and word pairs of its title; `urgency` is its harm, 0..4.
    """

    article: str
    story: str
    seconds: float
    outlet: str
    terms: tuple[str, ...]
    urgency: int


@dataclass(slots=True)
class Series:
    """One story or word: sightings of the last 72 hours (seconds, article) and the decayed count of those before."""

    recent: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    past: float = 0.0
    past_at: float = 0.0
    first: float = 0.0

    def after(self, start: float) -> int:
        """Recent sightings later than `start`."""
        return len(self.recent) - bisect_right(self.recent, (start, "\U0010ffff"))


@dataclass(slots=True)
class Burst:
    """A running signal. `key` is the series that raised it; `stories` all that were absorbed; times in seconds."""

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


@dataclass(frozen=True, slots=True)
class Change:
    """What a step changed: a burst was raised, grew or fell back."""

    burst: Burst
    what: Literal["raised", "grew", "fell"]


@dataclass(frozen=True, slots=True)
class _Rise:
    """The most surprising window of a series."""

    kind: Kind
    key: str
    score: float
    count: int
    expected: float
    hours: float


@dataclass(slots=True)
class State:
    """All series and running signals. Mutable: changed by the functions of this module alone."""

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


def step(state: State, sighting: Sighting, settings: Settings) -> list[Change]:
    """Count one original article. Returns what it raised or changed, and which signals fell back as time passed."""
    now = state.watermark.advance(sighting.seconds)
    changes = _pass(state, now, settings)
    if not now - settings.late_hours * HOUR <= sighting.seconds <= now + DAY:
        return changes
    at = min(sighting.seconds, now)
    state.since_sweep += 1
    if state.since_sweep >= settings.sweep_items:
        state.since_sweep = 0
        _sweep(state, now, settings)
    state.usual.count_at(int(now // 3600))
    state.began = state.began or now
    state.volume = _decayed(state.volume, state.volume_at, now, settings) + 1.0
    state.volume_at = now
    state.seen[sighting.article] = sighting
    keys = [f"s{sighting.story}", *(f"t{term}" for term in sighting.terms)]
    for key in keys:
        _count(state, key, at, sighting.article, now, settings)
    owner = _owner(state, sighting)
    if owner is not None:
        return changes + _grow(state, owner, sighting, at, settings)
    rises = [rise for key in keys if (rise := _rise(state, key, now, settings)) is not None]
    rises = [rise for rise in rises if rise.score >= _threshold(rise.kind, settings)]
    if rises:
        best = max(rises, key=lambda rise: (rise.kind == "story", rise.score, rise.key))
        changes += _raise_or_absorb(state, best, sighting, now, settings)
    return changes


def tick(state: State, seconds: float, settings: Settings) -> list[Change]:
    """Time passes without an article."""
    state.watermark.now = max(state.watermark.now, seconds)
    return _pass(state, state.watermark.now, settings)


def merge(state: State, gone: str, into: str) -> None:
    """Story `gone` is now part of `into`: its counts go along."""
    old = state.series.pop(f"s{gone}", None)
    if old is not None:
        target = state.series.setdefault(f"s{into}", Series(first=old.first, past_at=old.past_at))
        target.recent = sorted([*target.recent, *old.recent])
        target.past += old.past
        target.first = min(target.first, old.first)
    for article, sighting in state.seen.items():
        if sighting.story == gone:
            state.seen[article] = replace(sighting, story=into)
    for burst in state.running.values():
        if gone in burst.stories:
            burst.stories[into] += burst.stories.pop(gone)


def move(state: State, articles: Sequence[str], story: str) -> None:
    """These articles are now another story. Signals that run keep what raised them."""
    moving = frozenset(articles)
    for article in articles:
        if article in state.seen:
            state.seen[article] = replace(state.seen[article], story=story)
    moved: list[tuple[float, str]] = []
    for key in [key for key in state.series if key[0] == "s"]:
        series = state.series[key]
        mine = [one for one in series.recent if one[1] in moving]
        if mine:
            moved += mine
            series.recent = [one for one in series.recent if one[1] not in moving]
    if moved:
        moved.sort()
        state.series[f"s{story}"] = Series(moved, first=moved[0][0], past_at=moved[0][0])


def growth(state: State, story: str, hours: float, settings: Settings) -> tuple[float, float]:
    """(observed, expected) originals of a story in the last `hours` of event time."""
    series = state.series.get(f"s{story}")
    if series is None:
        return 0.0, 0.0
    now = state.watermark.now
    count = series.after(now - hours * HOUR)
    return float(count), _expected(state, "story", series, now, hours, settings).mean


def expected_at(state: State, key: str, seconds: float, hours: float, settings: Settings) -> Usual:
    """What is usual for a series in the `hours` before `seconds`."""
    series = state.series.get(key, Series())
    return _expected(state, "story" if key[0] == "s" else "term", series, seconds, hours, settings)


def _count(state: State, key: str, at: float, article: str, now: float, settings: Settings) -> None:
    series = state.series.get(key)
    if series is None:
        series = state.series[key] = Series(first=at, past_at=now)
    _age(state, key, series, now, settings)
    insort(series.recent, (at, article))


def _age(state: State, key: str, series: Series, now: float, settings: Settings) -> None:
    """Let sightings older than `keep_hours` go into the past, hour by hour, each hour with at most `past_cap` times
    what was usual."""
    edge = now - settings.keep_hours * HOUR
    if not series.recent or series.recent[0][0] > edge:
        return
    by_day = Counter(int(seconds // DAY) for seconds, _ in series.recent if seconds <= edge)
    series.recent = [one for one in series.recent if one[0] > edge]
    for day in sorted(by_day):
        at = (day + 1) * DAY
        mean = _expected(state, "story" if key[0] == "s" else "term", series, at, 24.0, settings).mean
        series.past = _decayed(series.past, series.past_at, at, settings) + min(by_day[day], settings.past_cap * mean + 2.0)
        series.past_at = max(series.past_at, at)


def _decayed(value: float, since: float, now: float, settings: Settings) -> float:
    if now <= since or not value:
        return value
    return value * 2.0 ** (-(now - since) / (settings.half_life_days * DAY))


def _expected(state: State, kind: Kind, series: Series, now: float, hours: float, settings: Settings) -> Usual:
    window = max(state.usual.expected(now - hours * HOUR, now), 0.5)
    day = max(state.usual.expected(now - DAY, now), 1.0)
    if kind == "story":
        start = now - hours * HOUR
        before = len(series.recent) - series.after(start) + series.past
        age = max(0.0, start - series.first)
        return usual(before, age / DAY * day, window, 0.6, 2.0 * day)
    start = now - max(hours, 24.0) * HOUR
    before = len(series.recent) - series.after(start)
    past = _decayed(series.past, series.past_at, now, settings)
    volume = max(0.0, state.volume - day * settings.keep_hours / 24.0)
    return usual(past + min(before, settings.past_cap * 2.0), volume + 2.0 * day, window, 0.4, day)


def _rise(state: State, key: str, now: float, settings: Settings) -> _Rise | None:
    kind: Kind = "story" if key[0] == "s" else "term"
    least = settings.story_items if kind == "story" else settings.term_items
    series = state.series[key]
    if len(series.recent) < least or (kind == "term" and now - state.began < settings.learn_hours * HOUR):
        return None
    best: _Rise | None = None
    small = state.usual.expected(now - DAY, now) < settings.small_stream
    for hours in (*settings.windows_h, settings.keep_hours) if small else settings.windows_h:
        start = now - hours * HOUR
        count = series.after(start)
        if count < least:
            continue
        expected = _expected(state, kind, series, now, hours, settings)
        score = surprise(count, expected)
        if score < settings.least_surprise:
            continue
        members = [state.seen[article] for _, article in series.recent[-count:]]
        if score + _gain(members, settings) < _threshold(kind, settings):
            continue  # its coherence, which costs most, could only lower it
        score = _weighed(key, members, score, settings)
        if best is None or score > best.score:
            best = _Rise(kind, key, score, count, expected.mean, hours)
    return best


def _threshold(kind: Kind, settings: Settings) -> float:
    return settings.story_surprise if kind == "story" else settings.term_surprise


def _gain(members: Sequence[Sighting], settings: Settings) -> float:
    """What harm and distinct outlets add to a surprise."""
    urgency = sum(member.urgency for member in members) / len(members)
    outlets = len({member.outlet for member in members})
    reach = settings.outlet_gain + settings.reach_gain * log2(outlets / 2) if outlets > 1 else 0.0
    return settings.urgency_gain * urgency + reach


def _weighed(key: str, members: Sequence[Sighting], score: float, settings: Settings) -> float:
    """The surprise, less where the reports have nothing else in common, more where they speak of harm or come from
    several outlets."""
    gain = _gain(members, settings)
    if key[0] == "s":
        return score + gain
    urgency = sum(member.urgency for member in members) / len(members)
    coherent = max(_coherence(key[1:], members), min(1.0, urgency / 3.0) * settings.urgent_coherence)
    return score * (1.0 - settings.coherence * (1.0 - coherent)) + gain


def _coherence(term: str, members: Sequence[Sighting]) -> float:
    """The share of the reports that have one more thing in common: their story or another word."""
    words = term.split()
    others = Counter(other for member in members for other in member.terms if not any(word in other for word in words))
    stories = Counter(member.story for member in members)
    return max(*others.values(), *stories.values()) / len(members)


def _owner(state: State, sighting: Sighting) -> Burst | None:
    """The running signal that already holds the sighting's story."""
    for burst in state.running.values():
        if sighting.story in burst.stories:
            return burst
    return None


def _grow(state: State, burst: Burst, sighting: Sighting, at: float, settings: Settings) -> list[Change]:
    """Take one more report in. Said again when the signal is half as large again or six hours have passed."""
    _take(burst, sighting.article, sighting.story, sighting.outlet, at)
    burst.observed = float(len(burst.articles))
    if burst.observed < 1.5 * burst.told and at - burst.updated < 6 * HOUR:
        return []
    burst.updated, burst.told = max(at, burst.updated), int(burst.observed)
    burst.hours = max(burst.hours, (burst.last - burst.since) / HOUR)
    burst.expected = expected_at(state, burst.key, burst.last, burst.hours, settings).mean
    return [Change(burst, "grew")]


def _take(burst: Burst, article: str, story: str, outlet: str, at: float) -> None:
    if article not in burst.articles:
        burst.articles[article] = story
        burst.outlets[outlet] += 1
        burst.stories[story] += 1
    burst.last = max(burst.last, at)


def _raise_or_absorb(state: State, rise: _Rise, sighting: Sighting, now: float, settings: Settings) -> list[Change]:
    start = now - rise.hours * HOUR
    members = [(seconds, article) for seconds, article in state.series[rise.key].recent if seconds > start]
    for burst in state.running.values():
        shared = sum(article in burst.articles or state.seen[article].story in burst.stories for _, article in members)
        if shared >= settings.overlap * len(members):
            for seconds, article in members:
                _take(burst, article, state.seen[article].story, state.seen[article].outlet, seconds)
            return _grow(state, burst, sighting, now, settings)
    state.raised += 1
    burst = Burst(
        id=f"g{sighting.article[:12]}{state.raised}",
        kind=rise.kind,
        key=rise.key,
        raised=now,
        updated=now,
        since=members[0][0],
        last=now,
        observed=float(rise.count),
        expected=rise.expected,
        hours=rise.hours,
        told=rise.count,
    )
    for seconds, article in members:
        _take(burst, article, state.seen[article].story, state.seen[article].outlet, seconds)
    state.running[burst.id] = burst
    return [Change(burst, "raised")]


def _pass(state: State, now: float, settings: Settings) -> list[Change]:
    """Let signals fall back that have been quiet."""
    state.usual.pass_to(int(now // 3600))
    fallen = [burst for burst in state.running.values() if now - burst.last >= settings.quiet_hours * HOUR]
    for burst in fallen:
        del state.running[burst.id]
        burst.updated = max(burst.updated, now)
    return [Change(burst, "fell") for burst in fallen]


def _sweep(state: State, now: float, settings: Settings) -> None:
    """Forget series without recent sightings and with next to no past, and articles nothing points at."""
    edge = now - settings.keep_hours * HOUR
    for key in list(state.series):
        series = state.series[key]
        if series.recent and series.recent[-1][0] > edge:
            continue
        _age(state, key, series, now, settings)
        if key[0] == "s" or _decayed(series.past, series.past_at, now, settings) < settings.forget_below:
            del state.series[key]
    alive = {article for burst in state.running.values() for article in burst.articles}
    alive.update(article for series in state.series.values() for _, article in series.recent)
    state.seen = {article: sighting for article, sighting in state.seen.items() if article in alive}


def dump(state: State) -> dict[str, Any]:
    """The state as JSON values; equal states give equal values."""
    return {
        "watermark": state.watermark.to_data(),
        "usual": state.usual.to_data(),
        "series": [[key, one.recent, one.past, one.past_at, one.first] for key, one in state.series.items()],
        "seen": [[s.article, s.story, s.seconds, s.outlet, list(s.terms), s.urgency] for s in state.seen.values()],
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
            }
            for b in state.running.values()
        ],
        "volume": [state.began, state.volume, state.volume_at],
        "since_sweep": state.since_sweep,
        "raised": state.raised,
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
    )
    for article, story, seconds, outlet, terms, urgency in data["seen"]:
        state.seen[article] = Sighting(article, story, seconds, outlet, tuple(terms), urgency)
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
        )
    return state
