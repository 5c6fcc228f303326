"""What a watch would have done: how often it would have called somebody in the past, hour by hour. Pure.

Observed. Who writes a watch sees what it finds, not how often it will ring. The same count is nothing for "banjir" in the rainy season and
an alarm for "sirene bendungan".

Method. The rules for a word that rises (`bursts.py`), on the hours of a stored past: at the end of each hour the items of the last 2, 6 and
24 hours are compared with what is usual (`counts.py`), given the watch's own past up to the day before, which forgets with a half-life of
weeks, and given how much is written at these hours of the day. A rise of at least `least_items` whose surprise, with what distinct outlets
add, reaches `enough` is one alert; it goes on until nothing came for `quiet_hours`. The first three days are only listened to.

Known failures. It knows neither stories nor places nor harm, so the signals themselves, which join what belongs to one event, will be
somewhat fewer. It knows no weekday, and a watch whose items all come at one hour of the day, day after day, rises each day. It is shown as
an estimate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log2

from kentongan.engine.counts import surprise, usual


@dataclass(frozen=True, slots=True)
class Rules:
    """When a rise is an alert; as the settings of the bursts for a word. Hours of event time; surprises in powers of ten of a chance."""

    windows: tuple[int, ...] = (2, 6, 24)
    least_items: int = 5
    enough: float = 9.0
    outlet_gain: float = 1.0
    reach_gain: float = 3.0
    half_life_days: float = 21.0
    past_cap: float = 3.0
    quiet_hours: int = 12
    learn_hours: int = 72


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour: items of the whole stream, and the outlets of those that matched, one for each item."""

    volume: int
    outlets: Sequence[str] = field(default_factory=tuple[str, ...])


def alerts(hours: Sequence[Hour], rules: Rules | None = None) -> list[int]:
    """The hours (their numbers) at whose end an alert would have been raised, one for each rise. `hours` are in order, without gaps."""
    rules = rules or Rules()
    rhythm = _rhythm(hours)
    past, heard, quiet_since, running = 0.0, 0.0, 0, False
    raised: list[int] = []
    decay = 0.5 ** (1 / (24 * rules.half_life_days))
    for now, hour in enumerate(hours):
        quiet_since = 0 if hour.outlets else quiet_since + 1
        if now >= 24:
            past = past * decay + len(hours[now - 24].outlets)
            heard = heard * decay + hours[now - 24].volume
        if running:
            running = quiet_since < rules.quiet_hours
        elif now >= rules.learn_hours and hour.outlets and _rises(hours, now, (past, heard), rhythm, rules):
            raised.append(now)
            running = True
    return raised


def _rhythm(hours: Sequence[Hour]) -> list[float]:
    """Items that are usual in each hour of the day."""
    totals, days = [0.0] * 24, [0] * 24
    for at, hour in enumerate(hours):
        totals[at % 24] += hour.volume
        days[at % 24] += 1
    return [total / n if n else 0.0 for total, n in zip(totals, days, strict=True)]


def _rises(hours: Sequence[Hour], now: int, past: tuple[float, float], rhythm: Sequence[float], rules: Rules) -> bool:
    """Whether one of the windows that end now holds more than is usual. `past` are the items that matched, and all, of before yesterday."""
    day = max(sum(rhythm), 1.0)
    for window in rules.windows:
        start = max(0, now - window + 1)
        outlets = Counter(name for hour in hours[start : now + 1] for name in hour.outlets)
        count = outlets.total()
        if count < rules.least_items:
            continue
        before = sum(len(hour.outlets) for hour in hours[max(0, now - 23) : start])
        held = sum(rhythm[at % 24] for at in range(start, now + 1))
        due = usual(past[0] + min(before, rules.past_cap * 2), past[1] + 2 * day, held, 0.4, day)
        if surprise(count, due) + _gain(len(outlets), rules) >= rules.enough:
            return True
    return False


def _gain(outlets: int, rules: Rules) -> float:
    """Outlets that each chose to report are evidence of their own."""
    return rules.outlet_gain + rules.reach_gain * log2(outlets / 2) if outlets >= 2 else 0.0
