"""Bursts: a story, a word or a group of stories that rises against its own past, and one signal for one event.

Observed. A new event shows first as several reports of one story within hours; an event of many places (a flood in ten districts) shows as
many small stories that share a word; a matter of a city (water off in five streets) as small stories that share nothing but what they are
about. So stories, words and pairs of words (`term_memory.py`), topics, places, one topic in one place, kinds of source and of item
(`burst_groups.py`) are all counted, in event time, originals only: copies and repeated pages are one voice.

Method. What is usual for a series is its own share of the stream in its past times what the stream holds at this hour, on such a day and on
holidays (`usual_volume.py`), or what it holds now where that is more: more of everything is no news. The past forgets with a half-life of
weeks, leaves out the last days, and a day of a burst enters it with at most `past_cap` times what was usual, so that last week's flood does
not hide today's. A series without a past has that of all (a prior), so it works from the first day. Each arrival is a look at its series
over windows of 2, 6 and 24 hours; the surprise is -log10 of the chance of so many (negative binomial, `counts.py`).

Four questions follow. Is it more than chance, with hundreds of series looked at within the hour (`many_tests.py`)? What is it worth? A
word's surprise is worth less where its reports have nothing else in common ("kampung" in five unrelated reports); more is added for harm,
for distinct outlets and for distinct places, because a miss costs more there. Is it a new event? A candidate whose reports or story already
belong to a running signal updates that signal, a story speaks before a word and a word before a group, and when two stories become one, so
do their signals. Is it told? As many a day as the office wants, the last of them only what speaks of harm or what the office watches, and
every crisis (`alert_budget.py`; the caller knows the level and asks `may_tell`). A signal falls back when not enough further came for
`quiet_hours`; one that rises again names the one before (`Burst.again`).

Late reports count but raise nothing: a source that returns after a week brings no news. A clock that jumped and is right again leaves
nothing behind (`watermark.py`, `State.turn_back`).

Known failures. With one or two outlets reach says nothing. Announced events (a cup match) rise like any other: nothing here knows what was
to be expected but the days of the calendar. The first two weeks know no weekday. A slow rise over weeks is no burst. A large event that
runs for weeks holds its story; a new turn of it is an update, not a new signal.

Why not: an exponentially weighted mean and variance per word has no notion of chance for rare words; Kleinberg's automaton needs its rates
given; a learned ranking needs labels nobody has. What was tried, with figures and how to repeat them: docs/explanation/bursts.md.

Reading: Kleinberg 2002 (bursts); Fung et al. 2005 (words, then events); Weng & Lee 2011; Unkel et al. 2012 (review of outbreak detection);
Schubert, Weiler and Kriegel 2014 (SigniTrend).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kentongan.engine import burst_groups as groups
from kentongan.engine import burst_rises as rises
from kentongan.engine.burst_rises import DAY as DAY
from kentongan.engine.burst_rises import HOUR as HOUR
from kentongan.engine.burst_rises import Rise
from kentongan.engine.burst_settings import Settings as Settings
from kentongan.engine.burst_state import Burst, Series
from kentongan.engine.burst_state import Sighting as Sighting
from kentongan.engine.burst_state import State as State
from kentongan.engine.burst_state import dump as dump
from kentongan.engine.burst_state import restore as restore
from kentongan.engine.counts import Usual
from kentongan.engine.records import Level

_MOST_NEEDED = 8


@dataclass(frozen=True, slots=True)
class Change:
    """What a step changed: a burst was raised, grew or fell back, and `why` it fell: all was quiet, it was of a time that never was, or
    another signal carries its reports."""

    burst: Burst
    what: Literal["raised", "grew", "fell"]
    why: Literal["quiet", "clock", "carried"] = "quiet"


def step(state: State, sighting: Sighting, settings: Settings) -> list[Change]:
    """Count one original article. Returns what it raised or changed, and which signals fell back as time passed."""
    before = state.watermark.now
    now = state.watermark.advance(sighting.seconds)
    changes = (_turn_back(state, now) if now < before else []) + _pass(state, now, settings)
    if not now - settings.late_hours * HOUR <= sighting.seconds <= now + DAY:
        return changes
    at = min(sighting.seconds, now)
    state.since_sweep += 1
    if state.since_sweep >= settings.sweep_items:
        state.since_sweep = 0
        _sweep(state, now, settings)
    state.usual.count_at(int(now // HOUR), settings.special, int(at // HOUR))
    state.began = state.began or now
    state.volume = rises.decayed(state.volume, state.volume_at, now, settings) + 1.0
    state.volume_at = now
    state.seen[sighting.article] = sighting
    keys = [f"s{sighting.story}", *(f"t{term}" for term in sighting.terms)]
    counted = [(key, rises.count(state, key, at, sighting.article, now, settings)) for key in keys]
    wide = groups.narrowest_first(sighting.groups())
    for key in wide:
        rises.count(state, key, at, sighting.article, now, settings)
    owner = _owner(state, sighting)
    if owner is not None:
        return changes + _grow(state, owner, sighting, at, settings)
    if now - at > settings.fresh_hours * HOUR:
        return changes
    found = [one for key, series in counted if series is not None and (one := rises.look(state, key, series, now, settings)) is not None]
    best = _best(state, found, now, settings) if found else None
    if best is not None:
        return changes + _raise_or_absorb(state, best, sighting, now, settings) + _yield(state, now, settings)
    for key in wide:
        changes += _group(state, key, sighting, now, settings)
    return changes


def _best(state: State, found: Sequence[rises.Candidate], now: float, settings: Settings) -> Rise | None:
    """What is worth most of what is above the bar and more than the chance of so many tests, a story before a word.

    The most promising is weighed first, and what could not come before the best one is not weighed at all.
    """
    bar: float | None = None
    height = state.budget.height(settings.alert_budget, settings.price)
    best, place = None, (False, 0.0, "")
    for one in sorted(found, key=lambda one: one.rank, reverse=True):
        if best is not None and one.rank < place:
            break
        rise = rises.weigh(one, settings, place[1] if best is not None and best.kind == one.kind else 0.0)
        if rise is None or rise.score < rises.least(rise.kind, settings) + height:
            continue
        bar = state.tests.bar(now, settings.false_rate, len(settings.windows_h)) if bar is None else bar
        here = rise.kind == "story", rise.score, rise.key
        if rise.surprise >= bar and (best is None or here > place):
            best, place = rise, here
    return best


def tick(state: State, seconds: float, settings: Settings) -> list[Change]:
    """Time passes without an article."""
    state.watermark.pass_to(seconds)
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
            burst.top = ""
            burst.articles = {article: into if story == gone else story for article, story in burst.articles.items()}
    return _join(state, into)


def _join(state: State, story: str) -> list[Change]:
    """One signal of the running ones whose main story this is: the first takes the others in."""
    same = [burst for burst in state.running.values() if not burst.is_group and burst.main == story]
    same.sort(key=lambda burst: not burst.shown)
    for other in same[1:]:
        del state.running[other.id]
        first = same[0]
        new = [article for article in other.articles if article not in first.articles]
        first.articles.update((article, other.articles[article]) for article in new)
        first.stories.update(other.articles[article] for article in new)
        first.top = ""
        first.outlets |= other.outlets
        first.observed = float(len(first.articles))
        first.since, first.last = min(first.since, other.since), max(first.last, other.last)
        first.mark, first.further = max(first.mark, other.mark), 0
        first.updated, first.told = max(first.updated, other.updated), int(first.observed)
        first.again = other.id if other.shown else first.again
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
    return float(count), rises.expected(state, f"s{story}", series, now, hours, settings).mean


def expected_at(state: State, key: str, seconds: float, hours: float, settings: Settings) -> Usual:
    """What is usual for a series in the `hours` before `seconds`."""
    return rises.expected(state, key, rises.series_of(state, key) or Series(), seconds, hours, settings)


def may_tell(state: State, burst: Burst, level: Level, settings: Settings) -> bool:
    """Whether the office is told of a signal that rose: always of a crisis, of others while the budget of the day has room for them."""
    return level == "crisis" or state.budget.has_room(settings.alert_budget, is_wanted(state, burst))


def is_wanted(state: State, burst: Burst) -> bool:
    """Whether the reports speak of harm on average, or the office asked for the matter itself: then the last of the budget is for it."""
    if burst.kind in ("watch", "agency"):
        return True
    reports = rises.Reports()
    reports.widen([state.seen[article] for article in burst.articles if article in state.seen])
    return reports.speak_of_harm()


def tell(state: State, burst: Burst, settings: Settings) -> None:
    """The office is told of this signal now."""
    now = state.watermark.now
    burst.shown, burst.raised = True, max(burst.raised, now)
    state.budget.tell(now, burst.id, settings.alert_budget)


def hold(state: State, burst: Burst, subject: str) -> None:
    """The office is not told of this signal now; it is counted among those held back."""
    state.budget.hold(state.watermark.now, burst.id, subject)


def _owner(state: State, sighting: Sighting) -> Burst | None:
    """The running signal of a story or word that already holds the sighting's story."""
    for burst in state.running.values():
        if not burst.is_group and sighting.story in burst.stories:
            return burst
    return None


def _grow(state: State, burst: Burst, sighting: Sighting, at: float, settings: Settings) -> list[Change]:
    """Take one more report in. Said again when the signal is half as large again or six hours have passed.

    Where its main story is now that of another signal too, the two are one event and become one.
    """
    _take(burst, sighting.article, sighting.story, sighting.outlet, at)
    if not burst.is_group and (joined := _join(state, burst.main)):
        return joined
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
        burst.count_story(story)
        burst.further += 1
    burst.last = max(burst.last, at)
    if burst.further >= needed(burst):
        burst.mark, burst.further = max(burst.mark, at), 0


def _raise_or_absorb(state: State, rise: Rise, sighting: Sighting, now: float, settings: Settings) -> list[Change]:
    series = rises.series_of(state, rise.key) or Series()
    members = series.recent[len(series.recent) - series.after(now - rise.hours * HOUR) :]
    main = Counter([state.seen[article].story for _, article in members]).most_common(1)[0][0]
    for burst in state.running.values():
        if not burst.is_group and (main in burst.stories or _shared(state, burst, members) >= settings.overlap * len(members)):
            for seconds, article in [one for one in members if one[1] not in burst.articles]:
                _take(burst, article, state.seen[article].story, state.seen[article].outlet, seconds)
            burst.last = max(burst.last, members[-1][0])
            return _grow(state, burst, sighting, now, settings)
    return [Change(_raise(state, rise, members, sighting, now, settings), "raised")]


def _shared(state: State, burst: Burst, members: Sequence[tuple[float, str]]) -> int:
    """How many of these reports a running signal holds, themselves or their story."""
    return sum([article in burst.articles or state.seen[article].story in burst.stories for _, article in members])


def _raise(state: State, rise: Rise, members: Sequence[tuple[float, str]], sighting: Sighting, now: float, settings: Settings) -> Burst:
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
        mark=now,
    )
    for seconds, article in members:
        _take(burst, article, state.seen[article].story, state.seen[article].outlet, seconds)
    last, at = state.told.get(burst.event, ("", now))
    burst.further = 0
    burst.again = last if now - at <= settings.event_days * DAY else ""
    state.running[burst.id] = burst
    return burst


def _group(state: State, key: str, sighting: Sighting, now: float, settings: Settings) -> list[Change]:
    """One more report of a group that no other signal carries: its signal grows, or one is raised."""
    running = next((burst for burst in state.running.values() if burst.key == key), None)
    found = groups.rise_of(state, key, running, now, settings)
    if found is None:
        return []
    rise, members = found
    if running is not None:
        return _grow(state, running, sighting, now, settings)
    for burst in state.running.values():
        if burst.is_group and sum(article in burst.articles for _, article in members) >= settings.overlap * len(members):
            return _grow(state, burst, sighting, now, settings)
    if not state.tests.counts(rise.surprise, now, settings.false_rate, len(settings.windows_h)):
        return []
    return [Change(_raise(state, rise, members, sighting, now, settings), "raised")]


def _yield(state: State, now: float, settings: Settings) -> list[Change]:
    """Reports that another signal carries now leave the groups' signals; one that is left with too few falls back."""
    changes: list[Change] = []
    wide = [burst for burst in state.running.values() if burst.is_group]
    carried = groups.carried(state) if wide else set[str]()
    for burst in [burst for burst in wide if carried & burst.stories.keys()]:
        left = [(state.seen[name].seconds, name) for name, story in burst.articles.items() if name in state.seen and story not in carried]
        if not groups.is_wide(state, burst.kind, left, settings):
            state.fall(burst, now)
            changes.append(Change(burst, "fell", "carried"))
            continue
        burst.articles = {name: state.seen[name].story for _, name in left}
        burst.stories, burst.top = Counter(burst.articles.values()), ""
        burst.outlets = Counter(state.seen[name].outlet for _, name in left)
        burst.observed, burst.told = float(len(left)), min(burst.told, len(left))
    return changes


def needed(burst: Burst) -> int:
    """Further reports a signal needs within `quiet_hours` to stay: one, of a large one more."""
    return min(_MOST_NEEDED, max(1, round(len(burst.articles) / 25)))


def _pass(state: State, now: float, settings: Settings) -> list[Change]:
    """Let signals fall back that have been quiet."""
    state.usual.pass_to(int(now // HOUR), settings.special)
    small = state.usual.expected(now - DAY, now, settings.special) < settings.small_stream
    state.budget.pass_to(now, settings.alert_budget, 0.0 if small or not settings.alert_budget else settings.lowest_bar)
    fallen = [burst for burst in state.running.values() if now - burst.mark >= settings.quiet_hours * HOUR]
    for burst in fallen:
        state.fall(burst, now)
    return [Change(burst, "fell") for burst in fallen]


def _turn_back(state: State, now: float) -> list[Change]:
    """A clock had jumped and is right again: what was heard in the time that never was is thrown away, the rest goes on."""
    fallen = [burst for burst in state.running.values() if burst.raised > now or burst.mark > now]
    for burst in fallen:
        state.fall(burst, now)
    state.turn_back(now)
    return [Change(burst, "fell", "clock") for burst in fallen]


def _sweep(state: State, now: float, settings: Settings) -> None:
    """Forget series without recent sightings and with next to no past, and articles nothing points at."""
    edge = now - settings.keep_hours * HOUR
    for key in list(state.series):
        series = state.series[key]
        if series.recent and series.recent[-1][0] > edge:
            continue
        rises.age(state, key, series, now, settings)
        if key[0] == "s" or rises.decayed(series.past, series.past_at, now, settings) < settings.forget_below:
            del state.series[key]
    for term, series in state.terms.series.items():
        rises.age(state, f"t{term}", series, now, settings)
    state.terms.sweep(edge, settings.heavy_terms)
    state.fallen = {story: at for story, at in state.fallen.items() if at > edge}
    state.told = {event: last for event, last in state.told.items() if now - last[1] <= settings.event_days * DAY}
    alive = {article for burst in state.running.values() for article in burst.articles}
    alive.update(article for series in state.series.values() for _, article in series.recent)
    alive.update(article for series in state.terms.series.values() for _, article in series.recent)
    alive.update(article for _, article in state.terms.once.values())
    state.seen = {article: sighting for article, sighting in state.seen.items() if article in alive}
