"""Shares, delays and agreement in words, and their pictures week by week. Few are said to be few; nothing is rounded into certainty."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext

from kentongan.engine.proof import FEW, Delays, Share
from kentongan.office.listening import presenting
from kentongan.office.listening.accuracy import Figures, Tone, Week
from kentongan.office.listening.charts import Mark, round_up

PLOT_TOP = 14
PLOT_HEIGHT = 110
INSIDE = (0.75, 0.85)
"""Where the share of forecasts inside their range should lie."""
GOOD = (0.8, 1.0)
"""From where on two people agree well enough."""


def percent(value: float) -> str:
    """0.7 as "70 %"."""
    return f"{presenting.number(100 * value)} %"


def share(one: Share | None) -> str:
    """A share with what it was counted from."""
    if one is None or one.value is None or one.interval is None:
        return gettext("none yet")
    told = {"k": presenting.number(one.k), "n": presenting.number(one.n)}
    if one.few:
        return gettext("%(k)s of %(n)s, too few for a share") % told
    low, high = one.interval
    told |= {"share": percent(one.value), "low": presenting.number(100 * low), "high": percent(high)}
    return gettext("%(share)s (%(k)s of %(n)s; likely between %(low)s and %(high)s)") % told


def delay(one: Delays) -> str:
    """Delays in hours, with how many there are."""
    if one.middle is None or one.p90 is None:
        return gettext("none yet")
    told = {"n": presenting.number(one.n), "hours": _hours(one.middle), "most": _hours(one.p90)}
    if one.n == 1:
        return gettext("%(hours)s (one case)") % told
    return gettext("%(hours)s (middle of %(n)s; nine in ten at most %(most)s)") % told


def _hours(value: float) -> str:
    """Hours as people say them: less than none is earlier."""
    told = {"n": presenting.number(abs(value), 1)}
    return (gettext("%(n)s hours earlier") if told["n"] != "0" and value < 0 else gettext("%(n)s hours")) % told


def printed(one: Mapping[str, float] | None) -> str:
    """A figure as the public reads it (`accuracy.get_public`)."""
    if not one:
        return gettext("fewer than ten so far")
    told = {name: presenting.number(value, 2) for name, value in one.items()}
    if "median" in one:
        return gettext("%(median)s hours (middle of %(n)s)") % told
    if "alpha" in one:
        return gettext("%(alpha)s over %(n)s items") % told
    told |= {name: percent(one[name]) for name in ("share", "high")} | {"low": presenting.number(100 * one["low"])}
    return gettext("%(share)s of %(n)s, likely between %(low)s and %(high)s") % told


@dataclass(frozen=True, slots=True)
class Strip:
    """Where a share and its interval stand on a line from 0 to 100."""

    low: float
    width: float
    middle: float


def strip(one: Share | Mapping[str, float] | None) -> Strip | None:
    """A share as it is drawn, also one of the public's; None for none, or from too few."""
    if not one or (isinstance(one, Share) and (one.few or one.interval is None)):
        return None
    if isinstance(one, Share):
        value, (low, high) = one.value or 0.0, one.interval or (0.0, 0.0)
    else:
        value, low, high = one["share"], one["low"], one["high"]
    return Strip(round(100 * low, 1), round(100 * (high - low), 1), round(100 * value, 1))


def agreement(value: float | None) -> str:
    """Krippendorff's alpha with two decimals."""
    return "–" if value is None else presenting.number(value, 2)


def finding(found: Figures) -> str:
    """The first line of the page."""
    if not found.all.signals and not found.events:
        return gettext("Nothing was told in the last twelve weeks, so nothing can be measured yet")
    signals = found.all.signals
    said = [ngettext("%(n)s signal in twelve weeks", "%(n)s signals in twelve weeks", signals) % {"n": presenting.number(signals)}]
    if found.all.useful.n:
        judged = {"k": presenting.number(found.all.useful.k), "n": presenting.number(found.all.useful.n)}
        said.append(gettext("%(k)s of %(n)s judged were useful") % judged)
    if found.all.recall.n:
        events = {"k": presenting.number(found.all.recall.k), "n": presenting.number(found.all.recall.n)}
        said.append(gettext("%(k)s of %(n)s recorded events were told") % events)
    return "; ".join(said)


@dataclass(frozen=True, slots=True)
class Column:
    """One week: its value, None for none; `low` and `high` bound it; places across in percent, down in pixels."""

    start: datetime
    value: float | None
    words: str
    few: bool
    x: float
    middle: float
    width: float
    y: float
    height: float
    low_y: float | None
    high_y: float | None

    @property
    def right(self) -> float:
        """Where it ends across, in percent."""
        return round(self.x + self.width, 3)


@dataclass(frozen=True, slots=True)
class Picture:
    """A measure week by week, with the line or band it is held against; `name` makes its ids its own."""

    name: str
    title: str
    words: str
    columns: tuple[Column, ...]
    marks: tuple[Mark, ...]
    lines: tuple[Mark, ...]
    base: float
    height: float
    aim_y: float | None
    aim_height: float
    aim: str


@dataclass(frozen=True, slots=True)
class _Value:
    """What a week shows."""

    value: float | None
    words: str
    few: bool = False
    interval: tuple[float, float] | None = None


def pictures(found: Figures) -> list[Picture]:
    """The measures that have something to show in any week."""
    budget = float(found.budget) or None
    made = [
        _picture("told", gettext("Signals a day"), found.weeks, _a_day, presenting.number, (0.0, budget) if budget else None,
                 gettext("at most %(n)s a day") % {"n": found.budget}),
        _picture("useful", gettext("Confirmed useful"), found.weeks, lambda week: _of(week.useful), percent, None, "", top=1.0),
        _picture("events", gettext("Recorded events that were told"), found.weeks, lambda week: _of(week.recall), percent, None, "",
                 top=1.0),
        _picture("delay", gettext("Hours from the first item to the signal"), found.weeks, lambda week: _middle(week.first),
                 presenting.number, None, ""),
        _picture("national", gettext("Hours from the first national outlet to the signal"), found.weeks,
                 lambda week: _middle(week.national), presenting.number, None, ""),
        _picture("forecast", gettext("Forecasts inside their range"), found.weeks, lambda week: _of(week.forecast), percent, INSIDE,
                 gettext("where they should lie"), top=1.0),
        _picture("tone", gettext("Two people agree on tone (Krippendorff's alpha)"), found.weeks, lambda week: _alpha(week.tone), _two,
                 GOOD, gettext("good enough to learn from"), top=1.0),
    ]  # fmt: skip
    return [one for one in made if one is not None]


def _a_day(week: Week) -> _Value:
    return _Value(week.a_day, presenting.number(week.a_day, 1))


def _alpha(one: Tone) -> _Value:
    """Drawn from nought: less than chance says so in words."""
    told = {"alpha": agreement(one.people), "n": presenting.number(one.items)}
    words = gettext("none yet") if one.people is None else gettext("%(alpha)s over %(n)s items") % told
    return _Value(None if one.people is None else max(0.0, one.people), words, one.items < FEW)


def _two(value: float) -> str:
    return presenting.number(value, 2)


def _middle(one: Delays) -> _Value:
    """Drawn from nought; what came before says so in words."""
    return _Value(None if one.middle is None else max(0.0, one.middle), delay(one), few=0 < one.n < 3)


def _of(one: Share) -> _Value:
    return _Value(one.value, share(one), one.few, one.interval)


def _picture(
    name: str, title: str, weeks: Sequence[Week], value_of: Callable[[Week], _Value], axis: Callable[[float], str],
    aim: tuple[float, float] | None, aim_words: str, *, top: float = 0.0,
) -> Picture | None:  # fmt: skip
    """One drawing; None where no week has a value."""
    values = [value_of(week) for week in weeks]
    known = [one.value for one in values if one.value is not None]
    if not known or (name == "told" and not any(known)):
        return None
    top = top or round_up(max(*known, aim[1] if aim else 0.0, 1.0))
    base, step = PLOT_TOP + PLOT_HEIGHT, 100 / len(values)

    def y(value: float) -> float:
        return round(base - PLOT_HEIGHT * min(value, top) / top, 1)

    columns = tuple(
        Column(
            week.start, one.value, one.words, one.few, round(place * step + step * 0.15, 3), round(place * step + step / 2, 3),
            round(step * 0.7, 3), y(one.value or 0.0), round(base - y(one.value or 0.0), 1),
            y(one.interval[0]) if one.interval else None, y(one.interval[1]) if one.interval else None,
        )
        for place, (week, one) in enumerate(zip(weeks, values, strict=True))
    )  # fmt: skip
    shown = [place for place in range(len(columns) - 1, -1, -1) if (len(columns) - 1 - place) % 4 == 0]
    marks = tuple(Mark(min(92.0, max(8.0, columns[place].middle)), presenting.short_day(columns[place].start)) for place in shown)
    week, last = next((week, one) for week, one in zip(reversed(weeks), reversed(values), strict=True) if one.value is not None)
    told = {"title": title, "day": presenting.short_day(week.start), "last": last.words}
    words = gettext("%(title)s. Week from %(day)s: %(last)s.") % told
    aim_y, aim_height = (y(aim[1]), round(max(1.0, y(aim[0]) - y(aim[1])), 1)) if aim else (None, 0.0)
    if aim and not aim[0]:
        aim_height = 1.0
    lines = tuple(Mark(y(value), axis(value)) for value in (top / 2, top))
    return Picture(name, title, words, columns, marks, lines, base, base + 26, aim_y, aim_height, aim_words if aim else "")
