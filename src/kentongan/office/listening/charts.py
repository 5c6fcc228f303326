"""Small pictures as numbers: where each bar stands. The templates draw them as SVG, without a script and without a style attribute.

Horizontal places are in percent and vertical ones in pixels, so one drawing fits a phone and a wall without its letters shrinking. Every
picture carries the words that say the same, and its table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from math import sqrt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from kentongan.office.listening import presenting

SPARK_HOURS = 24
SPARK_HEIGHT = 24
PLOT_TOP = 18
PLOT_HEIGHT = 150
CHART_HOURS = 48
LEAST_DRAWN = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour of a sparkline, in its own units: 4 wide an hour, SPARK_HEIGHT high."""

    x: int
    y: float
    height: float
    last: bool


@dataclass(frozen=True, slots=True)
class Spark:
    """The last SPARK_HOURS hours of a story. `words` says what the bars show."""

    bars: tuple[Bar, ...]
    width: int
    words: str


@dataclass(frozen=True, slots=True)
class Column:
    """One hour of the chart against usual. Places: `x` and `width` in percent, the rest in pixels from the top."""

    hour: datetime
    count: float
    expected: float | None
    low: float | None
    high: float | None
    x: float
    middle: float
    width: float
    bar_x: float
    bar_width: float
    bar_y: float
    bar_height: float
    band_y: float
    band_height: float
    usual_y: float
    above: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A label on an axis: `at` in percent (across) or pixels (down)."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Items an hour against the usual band. `usual` is False where nothing has compared the story with its past yet."""

    columns: tuple[Column, ...]
    hours: tuple[Mark, ...]
    lines: tuple[Mark, ...]
    base: float
    height: float
    usual: bool
    words: str
    daily: bool = False
    """Whether a column is a day instead of an hour."""


def spark(counts: Sequence[Sequence[Any]], now: datetime) -> Spark:
    """The sparkline of `counts` (hour as ISO text, number) for the hours up to `now`."""
    by_hour = {datetime.fromisoformat(str(at)): int(n) for at, n in counts}
    last = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [last - timedelta(hours=back) for back in range(SPARK_HOURS - 1, -1, -1)]
    values = [by_hour.get(at, 0) for at in hours]
    most = max(values)
    bars = tuple(
        Bar(4 * i, round(SPARK_HEIGHT - _share(n, most), 1), round(_share(n, most), 1), i == SPARK_HOURS - 1) for i, n in enumerate(values)
    )
    return Spark(bars, 4 * SPARK_HOURS - 1, _spark_words(values, hours))


def _share(n: int, most: int) -> float:
    return max(2.0, SPARK_HEIGHT * n / most) if n else 1.0


def _spark_words(values: Sequence[int], hours: Sequence[datetime]) -> str:
    total, most = sum(values), max(values)
    if not total:
        return gettext("Nothing in the last 24 hours.")
    said = ngettext("%(n)s item in the last 24 hours", "%(n)s items in the last 24 hours", total) % {"n": presenting.number(total)}
    peak = gettext("most at %(hour)s: %(n)s") % {"hour": presenting.hour(hours[values.index(most)]), "n": presenting.number(most)}
    return f"{said}; {peak}"


def against_usual(series: Sequence[Mapping[str, Any]]) -> Chart | None:
    """The chart of a series of engine `SeriesPoint`s as JSON; None where there is nothing to draw."""
    points = list(series)[-CHART_HOURS:]
    if not points:
        return None
    return _chart([(datetime.fromisoformat(p["hour"]), p["count"], p["expected"], p["low"], p["high"]) for p in points])


def counts_only(counts: Sequence[Sequence[Any]], now: datetime) -> Chart | None:
    """The chart of a story without a signal, so without a series: bars without a band. None for fewer than LEAST_DRAWN items."""
    if sum(int(n) for _, n in counts) < LEAST_DRAWN:
        return None
    by_hour = {datetime.fromisoformat(str(at)): float(n) for at, n in counts}
    end = max(by_hour)
    if now - end < timedelta(hours=CHART_HOURS // 2):
        end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [end - timedelta(hours=back) for back in range(CHART_HOURS - 1, -1, -1)]
    return _chart([(at, by_hour.get(at, 0.0), None, None, None) for at in hours])


def by_day(counts: Sequence[int], expected: Sequence[float] | None, now: datetime, words: str) -> Chart | None:
    """The chart of a source: items of each local day up to `now` against what is usual, from the same number of hours. None for too few.

    The band is what chance alone would give (twice the root of what is expected); the first and the last day are not whole.
    """
    if sum(counts) < LEAST_DRAWN:
        return None
    totals: dict[date, list[float]] = {}
    for back, count in enumerate(reversed(counts)):
        day = totals.setdefault(timezone.localtime(now - timedelta(hours=back)).date(), [0.0, 0.0])
        day[0] += count
        day[1] += expected[len(counts) - 1 - back] if expected is not None else 0.0
    points: list[Point] = []
    for day, (count, usual) in sorted(totals.items()):
        at = timezone.make_aware(datetime.combine(day, time(12)))
        spread = 2 * sqrt(usual)
        known = expected is not None
        points.append((at, count, usual, max(0.0, usual - spread), usual + spread) if known else (at, count, None, None, None))
    drawn = _chart(points)
    marks = tuple(Mark(column.middle, presenting.short_day(column.hour)) for column in drawn.columns[::-7] if 6 < column.middle < 92)
    return replace(drawn, hours=marks, words=words, daily=True)


@dataclass(frozen=True, slots=True)
class Period:
    """A week or month of a chart: its count (None: not heard in full), what was usual, and whether it stands out. `few`: one to nine of
    a place, which is drawn hatched up to ten and never said as a number."""

    start: date
    count: int | None
    mean: float | None
    low: float | None
    high: float | None
    stands_out: bool
    few: bool = False


@dataclass(frozen=True, slots=True)
class PeriodChart:
    """Counts by week or month against what was usual for each. `rows` are the drawn columns with what they are of."""

    rows: tuple[tuple[Column, Period], ...]
    marks: tuple[Mark, ...]
    lines: tuple[Mark, ...]
    base: float
    height: float


FEW = 10
"""The height up to which what may not be said is drawn."""


def by_period(periods: Sequence[Period]) -> PeriodChart | None:
    """The chart of these weeks or months, the oldest first; None where there is nothing to draw."""
    if not any(one.count for one in periods):
        return None
    points: list[Point] = []
    for one in periods:
        at = timezone.make_aware(datetime.combine(one.start, time(12)))
        points.append((at, FEW if one.few else one.count or 0, one.mean, one.low, one.high))
    drawn = _chart(points)
    rows = tuple((replace(column, above=one.stands_out), one) for column, one in zip(drawn.columns, periods, strict=True))
    step = max(1, len(rows) // PERIODS_NAMED)
    marks = tuple(Mark(column.middle, presenting.day_and_month(one.start)) for column, one in rows[::-1][::step] if 5 < column.middle < 97)
    return PeriodChart(rows, marks, drawn.lines, drawn.base, drawn.height)


PERIODS_NAMED = 5
ROW, ROW_BAR = 52, 14
"""Height of a row of ranges, and of the bar in it."""
LEAST_WIDTH = 0.6


@dataclass(frozen=True, slots=True)
class Span:
    """A range with its middle, and what the plain forecast says. `words` name the row."""

    words: str
    low: int
    middle: int
    high: int
    plain: int


@dataclass(frozen=True, slots=True)
class RangeBar:
    """A row of ranges: places across in percent, down in pixels. `said` is the range in words."""

    words: str
    said: str
    x: float
    width: float
    middle_x: float
    plain_x: float
    text_y: int
    bar_y: int


@dataclass(frozen=True, slots=True)
class Ranges:
    """Ranges under one another on one scale from 0 to `top`."""

    bars: tuple[RangeBar, ...]
    top: float
    base: int
    height: int


def ranges(rows: Sequence[Span]) -> Ranges:
    """The drawing of at least one range. A range without width is drawn as a thin bar."""
    top = round_up(float(max(max(row.high, row.plain) for row in rows)))

    def x(value: float) -> float:
        return round(100 * value / top, 2)

    bars: list[RangeBar] = []
    for number, row in enumerate(rows):
        left = min(x(row.low), 100 - LEAST_WIDTH)
        width = round(max(LEAST_WIDTH, x(row.high) - left), 2)
        at = number * ROW
        bars.append(RangeBar(row.words, presenting.stretch(row.low, row.high), left, width, x(row.middle), x(row.plain), at + 14, at + 22))
    base = len(rows) * ROW
    return Ranges(tuple(bars), top, base, base + 24)


Point = tuple[datetime, float, float | None, float | None, float | None]


def _chart(points: Sequence[Point]) -> Chart:
    top = round_up(max(max(count, high or 0.0) for _, count, _, _, high in points))
    base = PLOT_TOP + PLOT_HEIGHT
    step = 100 / len(points)

    def y(value: float) -> float:
        return round(base - PLOT_HEIGHT * value / top, 1)

    columns = []
    for i, (at, count, expected, low, high) in enumerate(points):
        x = round(i * step, 3)
        columns.append(
            Column(
                at,
                count,
                expected,
                low,
                high,
                x,
                round(x + step / 2, 3),
                round(step + 0.05, 3),
                round(x + step * 0.15, 3),
                round(step * 0.7, 3),
                y(count),
                round(base - y(count), 1),
                y(high or 0),
                round(y(low or 0) - y(high or 0), 1),
                y(expected or 0),
                high is not None and count > high,
            )
        )
    usual = points[0][2] is not None
    lines = tuple(Mark(y(value), presenting.number(value)) for value in (top / 2, top) if value == int(value))
    return Chart(tuple(columns), tuple(_hours(columns)), lines, base, base + 40, usual, _chart_words(columns, usual))


def round_up(value: float) -> float:
    """The top of an axis that holds `value`."""
    for step in (2, 4, 6, 8, 10, 20, 40, 60, 80, 100, 200, 400, 600, 800, 1000):
        if value <= step:
            return float(step)
    return float(-(-value // 1000) * 1000)


def _hours(columns: Sequence[Column]) -> list[Mark]:
    """A label every six hours where there is room, with the weekday at midnight."""
    marks = []
    for column in columns:
        local = timezone.localtime(column.hour)
        if local.hour % 12 == 0 and 3 < column.x < 94:
            marks.append(Mark(column.x, presenting.short_day(column.hour) if local.hour == 0 else presenting.hour(column.hour)))
    return marks


def _chart_words(columns: Sequence[Column], usual: bool) -> str:
    peak = max(columns, key=lambda column: column.count)
    when = presenting.day_and_hour(peak.hour)
    said = {"when": when, "n": presenting.number(peak.count, 1)}
    many = 1 if peak.count == 1 else 2
    if usual and peak.expected is not None:
        said["usual"] = presenting.usual(peak.expected)
        words = ngettext(
            "Most at %(when)s: %(n)s item, where %(usual)s is usual.", "Most at %(when)s: %(n)s items, where %(usual)s is usual.", many
        )
        return words % said
    most = ngettext("Most at %(when)s: %(n)s item.", "Most at %(when)s: %(n)s items.", many) % said
    later = gettext("What is usual is drawn once the story raises a signal.")
    return f"{most} {later}"
