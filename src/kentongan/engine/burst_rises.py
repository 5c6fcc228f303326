"""How surprising a series is: what is usual for it, the most surprising window, and what the surprise is worth.

Part of the bursts (`bursts.py` has the theory). Decides nothing: gives numbers."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import log2

from kentongan.engine.burst_settings import Settings
from kentongan.engine.burst_state import Kind, Series, Sighting, State, kind_of
from kentongan.engine.counts import Usual, surprise, usual
from kentongan.engine.records import GROUPS

HOUR = 3600.0
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Rise:
    """The most surprising window of a series. `score` is its surprise weighed, `surprise` that of chance alone."""

    kind: Kind
    key: str
    score: float
    surprise: float
    count: int
    expected: float
    hours: float


@dataclass(frozen=True, slots=True)
class Window:
    """A window of a story or word that may be worth telling, and its reports beside those of the window before."""

    hours: float
    count: int
    expected: float
    surprise: float
    gain: float
    more: list[Sighting]


@dataclass(slots=True)
class Candidate:
    """A story or word that may be worth telling: its windows, and what it is worth at `most`. Mutable while it is looked at."""

    kind: Kind
    key: str
    windows: list[Window] = field(default_factory=list[Window])
    most: float = 0.0
    unread: list[Sighting] = field(default_factory=list[Sighting])
    """Reports of windows that were worth nothing, which the next window holds too."""

    @property
    def rank(self) -> tuple[bool, float, str]:
        """What it can stand before at best: a story before a word, then by worth."""
        return self.kind == "story", self.most, self.key


@dataclass(slots=True)
class Reports:
    """The reports of a series in a window and what they have in common. Each window holds the one before: it is widened, and what stood in
    it is not counted again. Mutable."""

    number: int = 0
    urgency: int = 0
    outlets: set[str] = field(default_factory=set[str])
    places: set[str] = field(default_factory=set[str])
    stories: Counter[str] = field(default_factory=Counter[str])
    terms: Counter[str] = field(default_factory=Counter[str])
    uncounted: list[Sighting] = field(default_factory=list[Sighting])
    """Those whose words are not in `terms` yet: counting them costs most and is often not needed."""

    def widen(self, more: Sequence[Sighting]) -> None:
        """Take in the further reports of a longer window."""
        self.number += len(more)
        self.urgency += sum([one.urgency for one in more])
        self.outlets.update([one.outlet for one in more])
        self.places.update(chain.from_iterable([one.places for one in more]))
        self.uncounted += more

    def speak_of_harm(self) -> bool:
        """Whether they speak of harm on average; no reports do not."""
        return self.urgency >= max(1, self.number)

    def gain(self, settings: Settings) -> float:
        """What harm, distinct outlets and distinct places add to a surprise.

        Three reports of three outlets say no more of reach than of number.
        """
        outlets, places = len(self.outlets), len(self.places)
        wide = log2(outlets / 2) if outlets > 1 and self.number >= settings.story_items else 0.0
        reach = settings.outlet_gain + settings.reach_gain * wide if outlets > 1 else 0.0
        urgency = settings.urgency_gain * (self.urgency / self.number)
        return urgency + reach + (settings.place_gain * log2(places) if places > 1 else 0.0)

    def held_together(self, term: str, settings: Settings) -> float:
        """What is left of a word's surprise: less where the reports have nothing else in common and do not speak of harm."""
        urgent = min(1.0, self.urgency / self.number / 3.0) * settings.urgent_coherence
        return 1.0 - settings.coherence * (1.0 - max(self.coherence(term), urgent))

    def coherence(self, term: str) -> float:
        """The share of the reports that have one more thing in common: their story or another word."""
        self.stories.update([one.story for one in self.uncounted])
        self.terms.update(chain.from_iterable([one.terms for one in self.uncounted]))
        self.uncounted = []
        words, most = term.split(), max(self.stories.values())
        for other, count in [(other, count) for other, count in self.terms.items() if count > most]:
            if count > most and not any(word in other for word in words):
                most = count
        return most / self.number


def series_of(state: State, key: str) -> Series | None:
    """The series of a key; None where nothing was counted, or a word was said once."""
    return state.terms.series.get(key[1:]) if key[0] == "t" else state.series.get(key)


def count(state: State, key: str, at: float, article: str, now: float, settings: Settings) -> Series | None:
    """Count a report in a series; gives the series, None for a word that was said once."""
    edge = now - settings.keep_hours * HOUR
    if key[0] == "t":
        series = state.terms.count(key[1:], at, article, edge, settings.once_terms)
    else:
        series = state.series.get(key)
        if series is None:
            series = state.series[key] = Series(first=at, past_at=now)
        insort(series.recent, (at, article))
    if series is not None:
        age(state, key, series, now, settings)
    return series


def age(state: State, key: str, series: Series, now: float, settings: Settings) -> None:
    """Let sightings older than `keep_hours` go into the past, day by day, each day with at most `past_cap` times what was usual."""
    edge = now - settings.keep_hours * HOUR
    if len(series.recent) > settings.common_items and key[0] == "t":
        edge = max(edge, series.recent[-settings.common_items - 1][0])
    if not series.recent or series.recent[0][0] > edge:
        return
    old = len(series.recent) - series.after(edge)
    by_day = Counter(int(seconds // DAY) for seconds, _ in series.recent[:old])
    del series.recent[:old]
    for day in sorted(by_day):
        at = (day + 1) * DAY
        mean = expected(state, key, series, at, 24.0, settings).mean
        amount = min(by_day[day], settings.past_cap * mean + 2.0)
        if key[0] == "t":
            state.terms.past.add(key[1:], amount, at)
        else:
            series.past = decayed(series.past, series.past_at, at, settings) + amount
            series.past_at = max(series.past_at, at)


def decayed(value: float, since: float, now: float, settings: Settings) -> float:
    """What is left of a count of the past."""
    if now <= since or not value:
        return value
    return value * 2.0 ** (-(now - since) / (settings.half_life_days * DAY))


def expected(
    state: State, key: str, series: Series, now: float, hours: float, settings: Settings, own: int = 0, past: float | None = None
) -> Usual:
    """What is usual for a series in the `hours` before `now`: its share of the stream times what the stream usually holds.

    Where more is being written than usual without this series (`own` reports), its share of that: more of everything is no news. Not so of
    a story, which has no share to keep. `past` is what the sketch says of a word now, where that was asked before.
    """
    kind, special = kind_of(key), settings.special
    window = max(state.usual.expected(now - hours * HOUR, now, special), 0.5)
    day = max(state.usual.expected(now - DAY, now, special), 1.0)
    if kind == "story":
        start = now - hours * HOUR
        before = len(series.recent) - series.after(start) + series.past
        old = max(0.0, start - series.first)
        return usual(before, old / DAY * day, window, 0.6, 2.0 * day)
    window = max(window, state.usual.counted(now - hours * HOUR, now) - own)
    start = now - max(hours, 24.0) * HOUR
    before = len(series.recent) - series.after(start)
    if kind in GROUPS:
        faded = decayed(series.past, series.past_at, now, settings)
        volume = max(0.0, state.volume - day * max(hours, 24.0) / 24.0)
        return usual(faded + before, volume + day, window, 0.4, day)
    past = state.terms.past.estimate(key[1:], now) if past is None else past
    volume = max(0.0, state.volume - day * settings.keep_hours / 24.0)
    return usual(past + min(before, settings.past_cap * 2.0), volume + 2.0 * day, window, 0.4, day)


def windows(state: State, now: float, settings: Settings) -> tuple[float, ...]:
    """The windows a series is looked at in, in hours."""
    small = state.usual.expected(now - DAY, now, settings.special) < settings.small_stream
    return (*settings.windows_h, settings.keep_hours) if small else settings.windows_h


def least(kind: Kind, settings: Settings) -> float:
    """What the weighed surprise of a story or word must reach at least."""
    return settings.story_surprise if kind == "story" else settings.term_surprise


def look(state: State, key: str, series: Series, now: float, settings: Settings) -> Candidate | None:
    """Look at a story or word over its windows, which is one test of the hour. None where it can be worth nothing.

    What its reports have in common, which costs most, is left to `weigh`.
    """
    kind = kind_of(key)
    items = settings.story_items if kind == "story" else settings.term_items
    fewest = min(items, settings.harm_items) if kind == "story" else items
    if len(series.recent) < fewest or (kind == "term" and now - state.began < settings.learn_hours * HOUR):
        return None
    found = Candidate(kind, key)
    reports, most = Reports(), 0.0
    worth = least(kind, settings) + state.budget.height(settings.alert_budget, settings.price)
    past = state.terms.past.estimate(key[1:], now) if kind == "term" else None
    for hours in windows(state, now, settings):
        seen = series.after(now - hours * HOUR)
        if seen < fewest:
            continue
        due = expected(state, key, series, now, hours, settings, seen, past)
        chance = surprise(seen, due)
        most = max(most, chance)
        if chance < settings.least_surprise:
            continue
        end = len(series.recent)
        more = [state.seen[article] for _, article in series.recent[end - seen : end - reports.number]]
        reports.widen(more)
        found.unread += more
        if seen < items and not reports.speak_of_harm():
            continue
        gain = reports.gain(settings)
        if chance + gain >= worth:  # what the reports do not have in common could only lower it
            found.windows.append(Window(hours, seen, due.mean, chance, gain, found.unread))
            found.unread = []
            found.most = max(found.most, chance + gain)
    state.tests.look(key, most, now)
    return found if found.windows else None


def weigh(candidate: Candidate, settings: Settings, least: float = 0.0) -> Rise | None:
    """The window that is worth most, once it is known what its reports have in common; None where none can be worth `least`."""
    best: Rise | None = None
    reports = Reports()
    for one in candidate.windows:
        reports.widen(one.more)
        if one.surprise + one.gain < least or (best is not None and one.surprise + one.gain <= best.score):
            continue
        held = 1.0 if candidate.kind == "story" else reports.held_together(candidate.key[1:], settings)
        score = one.surprise * held + one.gain
        if best is None or score > best.score:
            best = Rise(candidate.kind, candidate.key, score, one.surprise, one.count, one.expected, one.hours)
    return best


def rise(state: State, key: str, series: Series, now: float, settings: Settings) -> Rise | None:
    """The window of a story or word that is worth most; None where none is out of the ordinary."""
    found = look(state, key, series, now, settings)
    return None if found is None else weigh(found, settings)
