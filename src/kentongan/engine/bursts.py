"""Bursts: a story, a word or a topic that rises against its own past, and one signal for one event.

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
signal updates that signal, and when two stories become one, their signals do. A signal falls back when nothing further
came for `quiet_hours`; one that rises again names the one before (`Burst.again`), so that the office's open signal goes on.

Topics (a city's service areas, `topics.py`) catch what is no event yet: many small stories of one matter, none of
which rises by itself (water off in five streets, each reported once). A topic counts only what no story's or word's
signal carries, needs several stories and outlets, counts nothing that a signal of the last days told already, and
yields: reports that turn out to be an event leave it for that event's signal. Its surprise stands alone, without gain
for harm, because a topic such as disasters always speaks of harm. It falls back when its last reports are no longer
out of the ordinary.

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

from bisect import insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log2
from typing import Literal

from kentongan.engine.burst_state import Burst, Kind, Series, kind_of
from kentongan.engine.burst_state import Sighting as Sighting
from kentongan.engine.burst_state import State as State
from kentongan.engine.burst_state import dump as dump
from kentongan.engine.burst_state import restore as restore
from kentongan.engine.counts import Usual, surprise, usual

HOUR = 3600.0
DAY = 24 * HOUR
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
    topic_items      reports a topic needs beside those other signals carry, topic_stories how many stories they must belong to, and
                     topic_surprise their surprise; it goes on while that stays above half of it; topic_learn_days as
                     learn_hours; topic_hours is its shortest window: what many small stories share does not rise within an hour
    overlap          share of a candidate's reports that must belong to a running signal to be one event with it
    quiet_hours      a signal falls back after so long without a further report
    event_days       a signal that rises again within so long after it fell back is the same event's
    learn_hours      words raise nothing before the stream has been heard for so long
    """

    windows_h: tuple[float, ...] = (2.0, 6.0, 24.0)
    small_stream: float = 150.0
    story_items: int = 4
    term_items: int = 5
    story_surprise: float = 8.0
    term_surprise: float = 9.0
    topic_items: int = 8
    topic_stories: int = 4
    topic_surprise: float = 2.5
    topic_hours: float = 6.0
    topic_learn_days: float = 7.0
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
    event_days: float = 14.0
    late_hours: float = 48.0
    keep_hours: float = 72.0
    learn_hours: float = 24.0
    sweep_items: int = 2048
    forget_below: float = 0.8


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
    topics = [f"c{topic}" for topic in sighting.topics]
    for key in (*keys, *topics):
        _count(state, key, at, sighting.article, now, settings)
    owner = _owner(state, sighting)
    if owner is not None:
        return changes + _grow(state, owner, sighting, at, settings)
    rises = [rise for key in keys if (rise := _rise(state, key, now, settings)) is not None]
    rises = [rise for rise in rises if rise.score >= _threshold(rise.kind, settings)]
    if rises:
        best = max(rises, key=lambda rise: (rise.kind == "story", rise.score, rise.key))
        return changes + _raise_or_absorb(state, best, sighting, now, settings) + _yield(state, now, settings)
    for topic in topics:
        changes += _topic(state, topic, sighting, now, settings)
    return changes


def tick(state: State, seconds: float, settings: Settings) -> list[Change]:
    """Time passes without an article."""
    state.watermark.now = max(state.watermark.now, seconds)
    return _pass(state, state.watermark.now, settings)


def merge(state: State, gone: str, into: str) -> list[Change]:
    """Story `gone` is now part of `into`: its counts go along. Two running signals of them become one, which is said."""
    old = state.series.pop(f"s{gone}", None)
    if old is not None:
        target = state.series.setdefault(f"s{into}", Series(first=old.first, past_at=old.past_at))
        target.recent = sorted([*target.recent, *old.recent])
        target.past += old.past
        target.first = min(target.first, old.first)
    if gone in state.fallen:
        state.fallen[into] = max(state.fallen.pop(gone), state.fallen.get(into, 0.0))
    if f"s{gone}" in state.told:
        last = state.told.pop(f"s{gone}")
        state.told[f"s{into}"] = max(last, state.told.get(f"s{into}", last), key=lambda one: one[1])
    for article, sighting in state.seen.items():
        if sighting.story == gone:
            state.seen[article] = replace(sighting, story=into)
    for burst in state.running.values():
        if gone in burst.stories:
            burst.stories[into] += burst.stories.pop(gone)
            burst.articles = {article: into if story == gone else story for article, story in burst.articles.items()}
    return _join(state, into)


def _join(state: State, story: str) -> list[Change]:
    """One signal of the running ones whose main story this is: the first takes the others in."""
    same = [burst for burst in state.running.values() if burst.kind != "topic" and burst.main == story]
    for other in same[1:]:
        del state.running[other.id]
        first = same[0]
        new = [article for article in other.articles if article not in first.articles]
        first.articles.update((article, other.articles[article]) for article in new)
        first.stories.update(other.articles[article] for article in new)
        first.outlets |= other.outlets
        first.observed = float(len(first.articles))
        first.since, first.last = min(first.since, other.since), max(first.last, other.last)
        first.updated, first.told, first.again = max(first.updated, other.updated), int(first.observed), other.id
    return [Change(same[0], "grew")] if len(same) > 1 else []


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
    return _expected(state, kind_of(key), series, seconds, hours, settings)


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
        mean = _expected(state, kind_of(key), series, at, 24.0, settings).mean
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
    if kind == "topic":
        volume = max(0.0, state.volume - day * max(hours, 24.0) / 24.0)
        return usual(past + before, volume + day, window, 0.4, day)
    volume = max(0.0, state.volume - day * settings.keep_hours / 24.0)
    return usual(past + min(before, settings.past_cap * 2.0), volume + 2.0 * day, window, 0.4, day)


def _rise(state: State, key: str, now: float, settings: Settings) -> _Rise | None:
    kind = kind_of(key)
    least = settings.story_items if kind == "story" else settings.term_items
    series = state.series[key]
    if len(series.recent) < least or (kind == "term" and now - state.began < settings.learn_hours * HOUR):
        return None
    best: _Rise | None = None
    for hours in _windows(state, now, settings):
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


def _windows(state: State, now: float, settings: Settings) -> tuple[float, ...]:
    small = state.usual.expected(now - DAY, now) < settings.small_stream
    return (*settings.windows_h, settings.keep_hours) if small else settings.windows_h


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
    return max([*others.values(), *stories.values()]) / len(members)


def _owner(state: State, sighting: Sighting) -> Burst | None:
    """The running signal of a story or word that already holds the sighting's story."""
    for burst in state.running.values():
        if burst.kind != "topic" and sighting.story in burst.stories:
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
    main = Counter(state.seen[article].story for _, article in members).most_common(1)[0][0]
    for burst in state.running.values():
        shared = sum(article in burst.articles or state.seen[article].story in burst.stories for _, article in members)
        if burst.kind != "topic" and (shared >= settings.overlap * len(members) or main in burst.stories):
            for seconds, article in members:
                _take(burst, article, state.seen[article].story, state.seen[article].outlet, seconds)
            return _grow(state, burst, sighting, now, settings)
    return [Change(_raise(state, rise, members, sighting, now, settings), "raised")]


def _raise(state: State, rise: _Rise, members: Sequence[tuple[float, str]], sighting: Sighting, now: float, settings: Settings) -> Burst:
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
    last, at = state.told.get(burst.event, ("", now))
    burst.again = last if now - at <= settings.event_days * DAY else ""
    state.running[burst.id] = burst
    return burst


def _topic(state: State, key: str, sighting: Sighting, now: float, settings: Settings) -> list[Change]:
    """One more report on a topic that no other signal carries: its signal grows, or one is raised."""
    running = next((burst for burst in state.running.values() if burst.key == key), None)
    windows, threshold = _windows(state, now, settings), settings.topic_surprise
    if running is not None:  # it goes on while its last day is out of the ordinary, whatever the days before were
        windows, threshold = settings.windows_h, threshold / 2.0
    found = _topic_rise(state, key, now, settings, [hours for hours in windows if hours >= settings.topic_hours], threshold)
    if found is None:
        return []
    rise, members = found
    if running is not None:
        return _grow(state, running, sighting, now, settings)
    for burst in state.running.values():
        if burst.kind == "topic" and sum(article in burst.articles for _, article in members) >= settings.overlap * len(members):
            return _grow(state, burst, sighting, now, settings)
    return [Change(_raise(state, rise, members, sighting, now, settings), "raised")]


def _topic_rise(
    state: State, key: str, now: float, settings: Settings, windows: Sequence[float], threshold: float
) -> tuple[_Rise, list[tuple[float, str]]] | None:
    """The most surprising window of what is said on a topic beside the running signals, with its reports."""
    if now - state.began < settings.topic_learn_days * DAY:
        return None
    series = state.series[key]
    best: tuple[_Rise, list[tuple[float, str]]] | None = None
    carried = _carried(state) | {story for story, at in state.fallen.items() if now - at < settings.keep_hours * HOUR}
    for hours in windows:
        start = now - hours * HOUR
        count = series.after(start)
        expected = _expected(state, "topic", series, now, hours, settings)
        if count < settings.topic_items or surprise(count, expected) < threshold:
            continue
        members = [one for one in series.recent[-count:] if state.seen[one[1]].story not in carried]
        score = surprise(len(members), expected)
        if score >= threshold and _is_wide(state, members, settings) and (best is None or score > best[0].score):
            best = _Rise("topic", key, score, len(members), expected.mean, hours), members
    return best


def _carried(state: State) -> set[str]:
    """The stories that running signals of stories and words hold."""
    return {story for burst in state.running.values() if burst.kind != "topic" for story in burst.stories}


def _is_wide(state: State, members: Sequence[tuple[float, str]], settings: Settings) -> bool:
    """Enough reports of enough stories and two outlets, and no story that holds half of them: that would be an event, not a topic."""
    stories = Counter(state.seen[article].story for _, article in members)
    outlets = {state.seen[article].outlet for _, article in members}
    wide = len(members) >= settings.topic_items and len(stories) >= settings.topic_stories and len(outlets) > 1
    return wide and 2 * max(stories.values()) < len(members)


def _yield(state: State, now: float, settings: Settings) -> list[Change]:
    """Reports that another signal carries now leave the topics' signals; one that is left with too few falls back."""
    changes: list[Change] = []
    carried = _carried(state)
    for burst in [burst for burst in state.running.values() if burst.kind == "topic" and carried & burst.stories.keys()]:
        left = [(state.seen[name].seconds, name) for name, story in burst.articles.items() if name in state.seen and story not in carried]
        if not _is_wide(state, left, settings):
            state.fall(burst, now)
            changes.append(Change(burst, "fell"))
            continue
        burst.articles = {name: state.seen[name].story for _, name in left}
        burst.stories = Counter(burst.articles.values())
        burst.outlets = Counter(state.seen[name].outlet for _, name in left)
        burst.observed, burst.told = float(len(left)), min(burst.told, len(left))
    return changes


def _pass(state: State, now: float, settings: Settings) -> list[Change]:
    """Let signals fall back that have been quiet."""
    state.usual.pass_to(int(now // 3600))
    fallen = [burst for burst in state.running.values() if now - burst.last >= settings.quiet_hours * HOUR]
    for burst in fallen:
        state.fall(burst, now)
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
    state.fallen = {story: at for story, at in state.fallen.items() if at > edge}
    state.told = {event: last for event, last in state.told.items() if now - last[1] <= settings.event_days * DAY}
    alive = {article for burst in state.running.values() for article in burst.articles}
    alive.update(article for series in state.series.values() for _, article in series.recent)
    state.seen = {article: sighting for article, sighting in state.seen.items() if article in alive}
