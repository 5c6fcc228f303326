"""The picture of an issue looked back on: one line for what was promised, one for what came, on the same time. Numbers for an SVG."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext, ngettext

from kentongan.office.desk.echo_drawing import across, after
from kentongan.office.desk.review_queries import Review
from kentongan.office.listening import presenting

SHORTEST = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign at a place across, in percent; `bad` for what was late or missed."""

    x: float
    bad: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """The signs of both lines, and the words at both ends."""

    promised: tuple[Mark, ...]
    came: tuple[Mark, ...]
    begun: str
    until: str


def picture(found: Review) -> Picture:
    """What was promised by when, and what came when, from the opening to the end or the last promise."""
    end = max([found.until, *(one.due for one in found.promises), *(one.came for one in found.promises if one.came)])
    span = max(end - found.begun, SHORTEST)

    promised = tuple(Mark(across(one.due, found.begun, span), one.outcome in {"late", "missed"}) for one in found.promises)
    came = tuple(Mark(across(one.came, found.begun, span), one.outcome == "late") for one in found.promises if one.came is not None)
    return Picture(promised, came, presenting.day_and_hour(found.begun), presenting.day_and_hour(found.begun + span))


def title_of(found: Review) -> str:
    """What was kept, in one sentence."""
    said = _first(found)
    due, kept = found.counted("update")
    if not due:
        return said
    words = ngettext("%(n)s of %(of)s promised update came in time", "%(n)s of %(of)s promised updates came in time", due)
    return f"{said}; {words % {'n': presenting.number(kept), 'of': presenting.number(due)}}"


def _first(found: Review) -> str:
    first = found.first
    if first is None:
        return gettext("No first answer was promised at this level")
    if first.came is None:
        return gettext("No answer was given in time") if first.outcome == "missed" else gettext("The first answer is still due")
    length = after(first.came - found.begun)
    if first.outcome == "kept":
        return gettext("The first answer came after %(time)s, in time") % {"time": length}
    return gettext("The first answer came after %(time)s, %(late)s late") % {"time": length, "late": after(first.late_by)}
