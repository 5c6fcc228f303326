"""The pictures of tone as numbers: a bar of the five answers, and a share by week with the band in which it may lie.

As in `charts`: across in percent, down in pixels; the templates draw SVG. Every answer has a sign and a word beside its colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext

from kentongan.engine.tone_shares import Part, Said, Share
from kentongan.office.listening import presenting
from kentongan.office.listening.tones_queries import Span

SIGNS = {"negative": "−", "mixed": "±", "neutral": "=", "positive": "+", "unclear": "?"}
JOINED = "joined"
PATTERNS = {"unclear": "hatched", JOINED: "dotted", "mixed": "both"}
"""What is filled with a pattern of `_tone_patterns.html` instead of a colour."""
TOP, HEIGHT = 8, 96
LABELLED = 4
"""Every so many weeks one is named on the axis."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the bar: where it stands, how it is drawn (`look`), its sign and the answers in it."""

    x: float
    width: float
    look: str
    sign: str
    tones: tuple[str, ...]
    count: int

    @property
    def pattern(self) -> str:
        """The name of its pattern, "" where it has a colour."""
        return PATTERNS.get(self.look, "")


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a line: `middle`, `x` and `width` across; the band and the point down. `share` is None where too few were told."""

    span: Span
    x: float
    width: float
    middle: float
    share: Share | None
    y: float = 0.0
    band_y: float = 0.0
    band_height: float = 0.0


@dataclass(frozen=True, slots=True)
class Join:
    """A piece of line between two weeks that follow each other."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Line:
    """The share of one pole by week. `words` says what it shows; `marks` are days on the axis with their places."""

    pole: str
    weeks: tuple[Week, ...]
    joins: tuple[Join, ...]
    marks: tuple[tuple[float, str], ...]
    words: str
    base: int = TOP + HEIGHT


def bar(said: Said) -> tuple[Segment, ...]:
    """The parts of what is said, one after the other."""
    segments, x = [], 0.0
    for part in said.parts:
        width = 100 * part.count / (said.n or 1)
        look = part.tones[0] if len(part.tones) == 1 else JOINED
        segments.append(Segment(round(x, 3), round(width, 3), look, _sign(part), part.tones, part.count))
        x += width
    return tuple(segments)


def _sign(part: Part) -> str:
    return " ".join(SIGNS[tone] for tone in part.tones)


def line(spans: Sequence[Span], pole: str) -> Line | None:
    """The share of a pole ("negative" or "positive") by week; None where no week has enough."""
    step = 100 / len(spans)
    weeks = tuple(_week(span, getattr(span.said, pole), number * step, step) for number, span in enumerate(spans))
    told = [week for week in weeks if week.share is not None]
    if not told:
        return None
    pairs = pairwise(weeks)
    joins = tuple(Join(a.middle, a.y, b.middle, b.y) for a, b in pairs if a.share is not None and b.share is not None)
    marks = tuple((week.middle, presenting.day_and_month(week.span.first)) for week in weeks[LABELLED // 2 :: LABELLED])
    return Line(pole, weeks, joins, marks, _words(told[-1]))


def _week(span: Span, share: Share | None, x: float, step: float) -> Week:
    places = (span, round(x, 3), round(step + 0.05, 3), round(x + step / 2, 3), share)
    if share is None:
        return Week(*places)
    return Week(*places, y=_down(share.share), band_y=_down(share.high), band_height=round(_down(share.low) - _down(share.high), 1))


def _down(share: float) -> float:
    return round(TOP + HEIGHT * (1 - share), 1)


def _words(week: Week) -> str:
    share = week.share
    if share is None:
        return ""
    said = {"share": percent(share.share), "low": percent(share.low), "high": percent(share.high), "of": presenting.number(share.of)}
    said["day"] = presenting.day_and_month(week.span.first)
    return gettext("Week from %(day)s: %(share)s of %(of)s, between %(low)s and %(high)s") % said


def percent(share: float) -> str:
    """A share as people read it: 0.344 is 34%."""
    return f"{presenting.number(round(100 * share))}%"
