"""What the page of a story says of where it is going, and how often ranges held. Reads only what `forecasts` stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q
from django.utils.translation import gettext, ngettext

from kentongan.engine.forecast import LEAST_SAMPLES
from kentongan.office.listening import charts, forecasts, presenting
from kentongan.office.listening.charts import Ranges, Span
from kentongan.office.listening.forecasts_models import Forecast, ForecastFit
from kentongan.office.listening.held_models import HeldBack
from kentongan.office.listening.models import Signal, Story
from kentongan.office.people.models import Office

SHOWN_FOR = timedelta(hours=2)
"""Forecasts are made every hour; one that is older than this tells of a story that rises no more."""
LATELY = timedelta(days=14)
LEAST_SCORED = 10


@dataclass(frozen=True, slots=True)
class Held:
    """How many ranges of further items came due lately, and how many held what came."""

    n: int
    inside: int


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: until when, and the figures of items and of outlets where they were foretold."""

    hours: int
    until: datetime
    items: Forecast | None
    outlets: Forecast | None


@dataclass(frozen=True, slots=True)
class Ahead:
    """Where a story is going. Without `lines` it rises no more and nothing is foretold; `learned` is empty where the past is one's own."""

    lines: tuple[Line, ...] = ()
    words: str = ""
    plain: str = ""
    items: Ranges | None = None
    outlets: Ranges | None = None
    made: datetime | None = None
    learned: str = ""
    held: str = ""


def get_held(office: Office | int, now: datetime) -> Held:
    """How ranges held in the last fortnight. One query."""
    rows = Forecast.objects.filter(office=office, what=Forecast.What.ITEMS, due_at__gt=now - LATELY, due_at__lte=now)
    inside = Count("pk", filter=Q(outcome__gte=F("low"), outcome__lte=F("high")))
    found = rows.exclude(outcome=None).aggregate(n=Count("pk"), inside=inside)
    return Held(found["n"], found["inside"])


def get_ahead(story: Story, signals: Sequence[Signal], now: datetime) -> Ahead | None:
    """What the page of a story says; None where no signal of it runs, told or held back. At most four queries."""
    if not any(forecasts.is_running(signal, now) for signal in (*signals, *_held_back(story, signals, now))):
        return None
    rows = list(Forecast.objects.filter(story=story, made_at__gt=now - SHOWN_FOR, made_at__lte=now).order_by("-made_at")[:6])
    rows = [row for row in rows if row.made_at == rows[0].made_at]
    lines = _lines(rows)
    if not lines:
        return Ahead()
    return Ahead(
        lines=lines,
        words=_words(lines[-1], now),
        plain=_plain(lines[-1]),
        items=_drawn([(line, line.items) for line in lines], now),
        outlets=_drawn([(line, line.outlets) for line in lines], now),
        made=rows[0].made_at,
        learned="" if rows[0].own else _too_little(story.office_id),
        held=_held(get_held(story.office_id, now)),
    )


def _held_back(story: Story, signals: Sequence[Signal], now: datetime) -> list[HeldBack]:
    """The signals of a story that the day's budget held back; not asked for where one that was told runs."""
    if any(forecasts.is_running(signal, now) for signal in signals):
        return []
    return list(HeldBack.objects.filter(office=story.office_id, story=story).only("kind", "reasons", "updated"))


def _lines(rows: Sequence[Forecast]) -> tuple[Line, ...]:
    found = {(row.horizon_hours, row.what): row for row in rows}
    until = {row.horizon_hours: row.due_at for row in rows}
    return tuple(
        Line(hours, until[hours], found.get((hours, Forecast.What.ITEMS)), found.get((hours, Forecast.What.OUTLETS)))
        for hours in sorted(until)
    )


def _words(line: Line, now: datetime) -> str:
    """The sentence of the longest forecast."""
    said: list[str] = []
    if line.items is not None:
        n = presenting.stretch(line.items.low, line.items.high)
        said.append(ngettext("%(n)s further item", "%(n)s further items", line.items.high) % {"n": n})
    if line.outlets is not None:
        n = presenting.stretch(line.outlets.low, line.outlets.high)
        said.append(ngettext("%(n)s further outlet", "%(n)s further outlets", line.outlets.high) % {"n": n})
    what = said[0] if len(said) == 1 else gettext("%(items)s and %(outlets)s") % {"items": said[0], "outlets": said[1]}
    return gettext("Expected: %(what)s by %(when)s.") % {"what": what, "when": presenting.when(line.until, now)}


def _plain(line: Line) -> str:
    if line.items is None:
        return ""
    said = {"hours": line.hours, "n": presenting.number(line.items.baseline)}
    return gettext("As many as in the last %(hours)s hours would be %(n)s.") % said


def _drawn(rows: Sequence[tuple[Line, Forecast | None]], now: datetime) -> Ranges | None:
    spans = [
        Span(
            gettext("in %(hours)s hours, by %(when)s") % {"hours": line.hours, "when": presenting.when(line.until, now)},
            row.low, row.middle, row.high, row.baseline,
        )
        for line, row in rows if row is not None
    ]  # fmt: skip
    return charts.ranges(spans) if spans else None


def _too_little(office: int) -> str:
    """Why the office's own past was not used. One query."""
    samples = ForecastFit.objects.filter(office=office).values_list("samples", flat=True).first() or 0
    said = {"n": presenting.number(samples), "least": presenting.number(LEAST_SAMPLES)}
    return (
        gettext(
            "Your office has too little past of its own to learn from: %(n)s of %(least)s hours in which a story rose. "
            "Until then the figures of two large outlets have to do, and further outlets are left out. Take the range with care."
        )
        % said
    )


def _held(held: Held) -> str:
    if held.n < LEAST_SCORED:
        return gettext("Too few forecasts have come due in the last two weeks to say how often they hold.")
    said = {"inside": presenting.number(held.inside), "n": presenting.number(held.n)}
    return gettext("%(inside)s of the last %(n)s ranges held what came; 8 of 10 are meant to.") % said
