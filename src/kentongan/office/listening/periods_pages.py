"""The page of weekly and monthly counts: what stands out first, each subject against its own past, one of them drawn at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from kentongan.office.listening import charts, counting, periods, presenting
from kentongan.office.listening.counting_models import PeriodCount
from kentongan.office.listening.presenting import Words
from kentongan.office.listening.register import need
from kentongan.office.listening.views import office_of, room
from kentongan.office.people.requests import OfficeRequest

DRAWN = 3
"""Of what stands out, so many are drawn without being asked for."""
GROUPS: tuple[tuple[str, Words], ...] = (
    (counting.TOPIC, gettext_lazy("Topics")),
    (counting.PLACE, gettext_lazy("Places")),
    (counting.WATCH + counting.AGENCY, gettext_lazy("Watches and agencies")),
    (counting.KIND, gettext_lazy("Kinds of item")),
    (periods.REPORTS, gettext_lazy("Complaints")),
)
"""The lists of the page, by what their subjects begin with."""
OUT = frozenset({PeriodCount.Verdict.RISE, PeriodCount.Verdict.FALL})


@dataclass(frozen=True, slots=True)
class Entry:
    """One subject: what it is called, its last period, and the sentence where that stands out."""

    name: str
    row: PeriodCount
    few: bool
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A subject with its chart."""

    entry: Entry
    chart: charts.PeriodChart


@room
@require_GET
def period_counts(request: OfficeRequest) -> HttpResponse:
    """Weeks, or months, of everything the office counts. Two or three queries, however many subjects there are."""
    need(request, "listening.read")
    grid = PeriodCount.Grid.MONTH if request.GET.get("by") == PeriodCount.Grid.MONTH else PeriodCount.Grid.WEEK
    office = office_of(request)
    rows = periods.get_periods(office, grid, request.now)
    series: dict[str, list[PeriodCount]] = {}
    for row in rows:
        series.setdefault(row.subject, []).append(row)
    names = periods.get_names(office, rows)
    entries = _entries(series, names)
    out = [one for subject, one in entries.items() if subject != periods.ALL and one.row.verdict in OUT]
    out.sort(key=lambda one: -one.row.evidence)
    asked = entries.get(request.GET.get("of", ""))
    shown = [asked] if asked is not None else out[:DRAWN] or [one for one in (entries.get(periods.ALL),) if one is not None]
    context = {
        "room": "office",
        "grid": grid,
        "title": _title(grid, out, max((row.start for row in rows if not row.subject.startswith(periods.REPORTS)), default=None)),
        "pictures": [picture for one in shown if (picture := _picture(one, series[one.row.subject])) is not None],
        "out": out,
        "groups": [(title, found) for kinds, title in GROUPS if (found := _of(kinds, entries.values()))],
        "asked": asked,
    }
    return render(request, "listening/periods.html", context)


def _entries(series: Mapping[str, Sequence[PeriodCount]], names: Mapping[str, str]) -> dict[str, Entry]:
    """The subjects of the last period that was closed, complaints of the last that was released."""
    last: dict[bool, date] = {}
    for rows in series.values():
        reports = rows[-1].subject.startswith(periods.REPORTS)
        last[reports] = max(last.get(reports, rows[-1].start), rows[-1].start)
    found: dict[str, Entry] = {}
    for subject, rows in series.items():
        row = rows[-1]
        if row.start == last[subject.startswith(periods.REPORTS)]:
            said = presenting.sentence(periods.reason_of(row, names)) if row.verdict in OUT else ""
            found[subject] = Entry(presenting.counted(periods.named(subject, names)), row, periods.hides(row), said)
    return found


def _of(kinds: str, entries: Iterable[Entry]) -> list[Entry]:
    """The subjects of one list, what stands out first, then by name."""
    rows = [one for one in entries if one.row.subject[0] in kinds]
    return sorted(rows, key=lambda one: (one.row.verdict not in OUT, one.name.casefold()))


def _picture(entry: Entry, rows: Sequence[PeriodCount]) -> Picture | None:
    drawn = [
        charts.Period(row.start, row.count, row.mean, row.low, row.high, row.verdict in OUT, periods.hides(row))
        for row in rows[-periods.RECENT :]
    ]
    chart = charts.by_period(drawn)
    return Picture(entry, chart) if chart is not None else None


def _title(grid: str, out: Sequence[Entry], last: date | None) -> str:
    """What the page says first."""
    if last is None:
        return gettext("No week is counted yet") if grid == PeriodCount.Grid.WEEK else gettext("No month is counted yet")
    told = {"n": presenting.number(len(out)), "day": presenting.day_and_month(last)}
    if grid == PeriodCount.Grid.WEEK:
        none = gettext("Nothing stood out in the week from %(day)s")
        some = ngettext("%(n)s count stood out in the week from %(day)s", "%(n)s counts stood out in the week from %(day)s", len(out))
    else:
        none = gettext("Nothing stood out in the month from %(day)s")
        some = ngettext("%(n)s count stood out in the month from %(day)s", "%(n)s counts stood out in the month from %(day)s", len(out))
    return (some if out else none) % told
