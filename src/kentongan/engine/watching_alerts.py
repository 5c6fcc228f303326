"""What a watch would have done: how often it would have called somebody in the past, hour by hour. Pure.

Observed. Who writes a watch sees what it finds, not how often it will ring. The same count is nothing for "banjir" in the rainy season and
an alarm for "sirene bendungan".

Method. The rules by which a watch that runs rings (`burst_groups.py`, `burst_settings.py`: a test holds the numbers equal), on the hours of
a stored past. At the end of each hour the reports of the last 6 and 24 hours are compared with what is usual (`counts.py`), given the
watch's own past up to the day before, which forgets with a half-life of weeks, and given how much is written at these hours of the day.
Only reports count that no signal of a story or word carries or has told in the last days; `least_items` of them, of `least_stories` stories
none of which holds half, and not of one outlet alone, whose surprise reaches `enough`, are one signal. It goes on while its last day is
half as surprising; what it told is not counted again for `told_hours`. The first week is only listened to.

Known failures. The bar of the day's budget, which rises and sinks with what else is told, is left out; a weekday has no usual of its own;
the past of a watch is that of the words as they are stored, where a running one is counted as items come in. It is shown as an estimate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kentongan.engine.counts import surprise, usual

Spans = Sequence[tuple[int, int]]
"""Hours from the first to the last, both in it."""


@dataclass(frozen=True, slots=True)
class Rules:
    """When a rise is a signal; as the settings of the bursts for a watch. Hours of event time; surprises in powers of ten of a chance."""

    windows: tuple[int, ...] = (6, 24)
    least_items: int = 5
    least_stories: int = 3
    others: float = 1 / 6
    enough: float = 2.5
    half_life_days: float = 21.0
    past_cap: float = 3.0
    learn_hours: int = 168
    told_hours: int = 72


@dataclass(frozen=True, slots=True)
class Report:
    """One item that matched and is no copy: its outlet, and the story it belongs to."""

    outlet: str
    story: str


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour: items of the whole stream, and the reports that matched."""

    volume: int
    reports: Sequence[Report] = field(default_factory=tuple[Report, ...])


def alerts(hours: Sequence[Hour], carried: Mapping[str, Spans] | None = None, rules: Rules | None = None) -> list[int]:
    """The hours (their numbers) at whose end a signal would have been raised, one for each rise. `hours` are in order, without gaps.

    `carried` says of a story in which hours another signal carries it.
    """
    rules, told = rules or Rules(), _Told(carried or {})
    rhythm = _rhythm(hours)
    past, heard, running = 0.0, 0.0, False
    raised: list[int] = []
    decay = 0.5 ** (1 / (24 * rules.half_life_days))
    for now, hour in enumerate(hours):
        if now >= 24:
            past = past * decay + len(hours[now - 24].reports)
            heard = heard * decay + hours[now - 24].volume
        if now < rules.learn_hours or not (running or hour.reports):
            continue
        rise = _rise(hours, now, (past, heard), rhythm, told, rules, rules.enough / 2 if running else rules.enough)
        if rise and not running:
            raised.append(now)
        if rise:
            told.mine.update(rise)
        elif running:
            told.end(now, rules)
        running = bool(rise)
    return raised


@dataclass(slots=True)
class _Told:
    """Stories that count for nothing: carried by others, or told by a signal of the watch that fell back lately."""

    carried: Mapping[str, Spans]
    mine: set[str] = field(default_factory=set[str])
    until: dict[str, int] = field(default_factory=dict[str, int])

    def has(self, story: str, now: int) -> bool:
        return self.until.get(story, -1) >= now or any(first <= now <= last for first, last in self.carried.get(story, ()))

    def end(self, now: int, rules: Rules) -> None:
        self.until.update(dict.fromkeys(self.mine, now + rules.told_hours))
        self.mine.clear()


def _rhythm(hours: Sequence[Hour]) -> list[float]:
    """Items that are usual in each hour of the day."""
    totals, days = [0.0] * 24, [0] * 24
    for at, hour in enumerate(hours):
        totals[at % 24] += hour.volume
        days[at % 24] += 1
    return [total / n if n else 0.0 for total, n in zip(totals, days, strict=True)]


def _rise(
    hours: Sequence[Hour], now: int, past: tuple[float, float], rhythm: Sequence[float], told: _Told, rules: Rules, enough: float
) -> set[str]:
    """The stories of the first window that ends now and holds more than is usual; none where none does.

    `past` are the items that matched, and all, of before yesterday.
    """
    day = max(sum(rhythm), 1.0)
    for window in rules.windows:
        start = max(0, now - window + 1)
        reports = [one for hour in hours[start : now + 1] for one in hour.reports]
        if len(reports) < rules.least_items:
            continue
        before = sum(len(hour.reports) for hour in hours[max(0, now - 23) : start])
        held = sum(rhythm[at % 24] for at in range(start, now + 1))
        due = usual(past[0] + min(before, rules.past_cap * 2), past[1] + 2 * day, held, 0.4, day)
        mine = [one for one in reports if not told.has(one.story, now)]
        if surprise(len(mine), due) >= enough and _is_wide(mine, rules):
            return {one.story for one in mine}
    return set()


def _is_wide(reports: Sequence[Report], rules: Rules) -> bool:
    if len(reports) < rules.least_items:
        return False
    stories, outlets = Counter(one.story for one in reports), Counter(one.outlet for one in reports)
    others = len(reports) - max(outlets.values())
    return len(stories) >= rules.least_stories and 2 * max(stories.values()) < len(reports) and others >= rules.others * len(reports)
