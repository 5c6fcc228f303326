"""The picture of an echo as numbers: a row for each outlet, a sign for each article at the time it came. The template draws it as SVG.

Across is in percent of the time since the publication, down in pixels (as in `listening.charts`). The sign says the way without colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext, ngettext

from kentongan.office.desk.echo_models import EchoTie
from kentongan.office.desk.echo_queries import OutletLine
from kentongan.office.listening import presenting

ROW, SIGN = 44, 30
"""Height of a row, and where its signs stand in it."""
MOST_ROWS = 12
SHORTEST = timedelta(hours=12)
MARGIN = 2.0
"""Percent on either side, so that no sign is cut."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One article: where it stands and in which way it carries the publication."""

    x: float
    way: str


@dataclass(frozen=True, slots=True)
class Row:
    """An outlet with its signs; `n` counts its articles. `said` is the row in words."""

    name: str
    n: int
    y: int
    sign_y: int
    signs: tuple[Sign, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The rows, and the labels of the axis below them; `left_out` outlets have no row."""

    rows: tuple[Row, ...]
    marks: tuple[tuple[float, str, str], ...]
    base: int
    height: int
    left_out: int
    ways: tuple[tuple[str, str], ...]


def picture(outlets: Sequence[OutletLine], since: datetime, until: datetime) -> Picture | None:
    """The picture of these outlets between the publication and now; None where there is nothing to draw."""
    if not outlets:
        return None
    span = max(until - since, SHORTEST)
    rows = []
    for number, one in enumerate(outlets[:MOST_ROWS]):
        signs = tuple(Sign(across(tie.at, since, span), tie.way) for tie in one.ties)
        said = ", ".join(f"{tie.get_way_display()} {presenting.day_and_hour(tie.at)}" for tie in one.ties[:3])
        rows.append(Row(one.name, len(one.ties), number * ROW + 14, number * ROW + SIGN, signs, said))
    base = len(rows) * ROW
    there = {tie.way for one in outlets for tie in one.ties}
    ways = tuple((value, str(label)) for value, label in EchoTie.Way.choices if value in there)
    return Picture(tuple(rows), _marks(since, since + span), base, base + 28, max(0, len(outlets) - MOST_ROWS), ways)


def across(at: datetime, since: datetime, span: timedelta) -> float:
    """Where a moment stands on an axis of so long a time, in percent; one outside of it stands at its end."""
    return round(MARGIN + (100 - 2 * MARGIN) * min(1.0, max(0.0, (at - since) / span)), 2)


def _marks(since: datetime, end: datetime) -> tuple[tuple[float, str, str], ...]:
    """Begin and end of the axis, as place, words and how the words stand there."""
    begun = gettext("published %(when)s") % {"when": presenting.day_and_hour(since)}
    return (MARGIN, begun, "start"), (100 - MARGIN, presenting.day_and_hour(end), "end")


def title_of(carrying: int, told: int, first: timedelta | None) -> str:
    """What came through, in one sentence."""
    if not carrying:
        if not told:
            return gettext("No outlet has carried it, and none has written about the matter")
        said = ngettext(
            "No outlet has carried it; %(n)s writes about the matter", "No outlet has carried it; %(n)s write about the matter", told
        )
        return said % {"n": presenting.number(told)}
    said = ngettext(
        "%(n)s of %(of)s outlets that write about it has carried it",
        "%(n)s of %(of)s outlets that write about it have carried it",
        carrying,
    ) % {"n": presenting.number(carrying), "of": presenting.number(told)}
    if first is None:
        return said
    soon = gettext("the first after %(time)s") % {"time": after(first)}
    return f"{said}, {soon}"


def after(time: timedelta) -> str:
    """A length of time in words: minutes below two hours, hours below two days, then days."""
    minutes = max(1, round(time.total_seconds() / 60))
    if minutes < 120:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": presenting.number(minutes)}
    if minutes < 2_880:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": presenting.number(minutes // 60)}
    return ngettext("%(n)s day", "%(n)s days", minutes // 1_440) % {"n": presenting.number(minutes // 1_440)}
