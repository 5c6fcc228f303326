"""Groups: watches, agencies, topics, places, one topic in one place, kinds of source and of item. Many small stories of one matter.

Observed. Water is off in five streets, each reported once: no story and no word rises, the matter does. Method. A group counts only what
no story's or word's signal carries, needs several stories and outlets, counts nothing that a signal of the last days told already, and
yields: reports that turn out to be an event leave it for that event's signal. Its surprise stands alone, without gain for harm, because a
topic such as disasters always speaks of harm. The narrowest group that rises speaks (water in one ward before water, water before "press"),
and another group with the same reports is the same signal. It falls back when its last reports are no longer out of the ordinary.

Known failures: a group is as good as its word list or gazetteer; where one outlet alone reports, no group speaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from kentongan.engine.burst_rises import DAY, HOUR, Rise, expected, windows
from kentongan.engine.burst_settings import Settings
from kentongan.engine.burst_state import Burst, Kind, State, kind_of
from kentongan.engine.counts import surprise

_OTHERS = 1 / 6
"""Share of the reports that must come from other outlets than the one with most."""
Members = list[tuple[float, str]]
NARROW: dict[Kind, int] = {"watch": 0, "matter": 1, "topic": 2, "agency": 3, "place": 4, "kind": 5, "source": 6}
"""Groups from the narrowest to the widest."""
_SMALL = frozenset[Kind]({"matter", "watch"})
"""What is small by nature: one topic in one place, and what somebody in the office looks for."""


def narrowest_first(keys: Iterable[str]) -> list[str]:
    """The keys of groups in the order in which they may speak."""
    return sorted(keys, key=lambda key: NARROW[kind_of(key)])


def carried(state: State) -> set[str]:
    """The stories that running signals of stories and words hold."""
    return {story for burst in state.running.values() if not burst.is_group for story in burst.stories}


def rise_of(state: State, key: str, running: Burst | None, now: float, settings: Settings) -> tuple[Rise, Members] | None:
    """The most surprising window of what is said on a group beside the running signals, with its reports. A group whose signal is
    `running` goes on while its last day is out of the ordinary, whatever the days before were."""
    if now - state.began < settings.group_learn_days * DAY:
        return None
    series, kind = state.series[key], kind_of(key)
    threshold = (
        settings.group_surprise / 2.0
        if running
        else settings.group_surprise + state.budget.height(settings.alert_budget, settings.price) / 2.0
    )
    hours_of = settings.windows_h if running else windows(state, now, settings)
    others = carried(state) | {story for story, at in state.fallen.items() if now - at < settings.keep_hours * HOUR}
    best: tuple[Rise, Members] | None = None
    most = 0.0
    for hours in hours_of:
        if hours < settings.group_hours:
            continue
        seen = series.after(now - hours * HOUR)
        if seen < items(kind, settings):
            continue
        due = expected(state, key, series, now, hours, settings, seen)
        if surprise(seen, due) < threshold:
            continue
        members = [one for one in series.recent[-seen:] if state.seen[one[1]].story not in others]
        chance = surprise(len(members), due)
        most = max(most, chance)
        if chance >= threshold and is_wide(state, kind, members, settings) and (best is None or chance > best[0].score):
            best = Rise(kind, key, chance, chance, len(members), due.mean, hours), members
    if most:
        state.tests.look(key, most, now)
    return best


def items(kind: Kind, settings: Settings) -> int:
    """Reports a group needs."""
    return settings.matter_items if kind in _SMALL else settings.group_items


def is_wide(state: State, kind: Kind, members: Sequence[tuple[float, str]], settings: Settings) -> bool:
    """Enough reports of enough stories, none of which holds half of them (it would be an event, not a group), and not one outlet alone."""
    if len(members) < items(kind, settings):
        return False
    stories = Counter(state.seen[article].story for _, article in members)
    outlets = Counter(state.seen[article].outlet for _, article in members)
    enough = settings.matter_stories if kind in _SMALL else settings.group_stories
    others = len(members) - max(outlets.values())
    return len(stories) >= enough and 2 * max(stories.values()) < len(members) and others >= _OTHERS * len(members)
