"""The pages on how agencies and watches are spoken of: counts with n and an interval, no item and no person."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from kentongan.engine.tone_shares import Said, Share
from kentongan.office.listening import aspects, presenting, tones_charts, tones_queries
from kentongan.office.listening.aspects import Spoken
from kentongan.office.listening.labels_pages import TONE_WORDS
from kentongan.office.listening.presenting import Words
from kentongan.office.listening.register import need
from kentongan.office.listening.tones_charts import SIGNS, Segment
from kentongan.office.listening.tones_queries import Detail, Kind, Row, Span, Target
from kentongan.office.listening.views import office_of, room
from kentongan.office.people.models import Office
from kentongan.office.people.requests import OfficeRequest


@dataclass(frozen=True, slots=True)
class Told:
    """What a kind of source says of a target, ready to be drawn: `parts` are segments with their words."""

    who: Words
    said: Said
    parts: tuple[tuple[Segment, str], ...]
    lines: tuple[str, ...]


def told_of(who: Words, said: Said) -> Told:
    """What may be said of one kind of source, in words and as a bar."""
    parts = tuple((segment, ", ".join(str(TONE_WORDS[tone]) for tone in segment.tones)) for segment in tones_charts.bar(said))
    return Told(who, said, parts, _lines(said))


def _lines(said: Said) -> tuple[str, ...]:
    """The share of each pole with its interval."""
    poles = (("negative", said.negative), ("positive", said.positive))
    return tuple(_line(pole, share) for pole, share in poles if share is not None)


def _line(pole: str, share: Share) -> str:
    words = {
        "sign": SIGNS[pole],
        "pole": TONE_WORDS[pole],
        "share": tones_charts.percent(share.share),
        "low": tones_charts.percent(share.low),
        "high": tones_charts.percent(share.high),
        "of": presenting.number(share.of),
    }
    return gettext("%(sign)s %(pole)s: %(share)s of the %(of)s that are clear (95%% interval %(low)s to %(high)s)") % words


def _both(row: Row) -> tuple[Told, Told]:
    words = presenting.SOURCE_KIND_WORDS
    return told_of(words["press"], row.press), told_of(words["public"], row.public)


@room
@require_GET
def tone_list(request: OfficeRequest) -> HttpResponse:
    """All agencies and watches by name."""
    need(request, "listening.read")
    overview = tones_queries.get_overview(office_of(request), request.now)
    rows = [(row.target, _both(row), reverse(f"{row.target.kind}_tone", args=[row.target.pk])) for row in overview.rows]
    context = {"room": "office", "overview": overview, "rows": rows, "few": overview.rows and not overview.told}
    return render(request, "listening/tones.html", context)


def _tone(request: OfficeRequest, kind: Kind, pk: int) -> HttpResponse:
    need(request, "listening.read")
    office = office_of(request)
    target = tones_queries.get_target(office, kind, pk, request.now)
    if target is None:
        raise Http404(gettext("There is no such agency or watch in your office."))
    detail = tones_queries.get_detail(office, target, request.now)
    lines = [(TONE_WORDS[pole], tones_charts.line(detail.weeks, pole)) for pole in ("negative", "positive")]
    public = presenting.SOURCE_KIND_WORDS["public"]
    context = {
        "room": "office",
        "target": target,
        "both": _both(detail.row),
        "first": detail.spans[-1].first,
        "last": detail.spans[-1].last,
        "lines": [(pole, line) for pole, line in lines if line is not None],
        "weeks": [(span, _range(span.said.negative), _range(span.said.positive)) for span in detail.weeks],
        "spoken_of": _spoken_of(office, target, detail),
        "spans": [(span, told_of(public, span.said)) for span in reversed(detail.spans[:-1]) if _heard(span)],
    }
    return render(request, "listening/tone.html", context)


def _spoken_of(office: Office, target: Target, detail: Detail) -> list[tuple[Words, Spoken]]:
    """What the press and public posts say of a target, as aspects; nothing where it names a person."""
    if target.refused:
        return []
    words = presenting.SOURCE_KIND_WORDS
    told = aspects.of_mark(office, target.mark, detail.spans[-1].first, detail.spans[-1].last)
    return list(zip((words["press"], words["public"]), told, strict=True))


def _heard(span: Span) -> bool:
    return span.said.n != 0


def _range(share: Share | None) -> str:
    return f"{tones_charts.percent(share.share)} ({tones_charts.percent(share.low)}–{tones_charts.percent(share.high)})" if share else "–"


@room
@require_GET
def agency_tone(request: OfficeRequest, pk: int) -> HttpResponse:
    """One agency, with its past."""
    return _tone(request, "agency", pk)


@room
@require_GET
def watch_tone(request: OfficeRequest, pk: int) -> HttpResponse:
    """One watch, with its past."""
    return _tone(request, "watch", pk)
