"""How good the signals were: the figures of the page, as few as they are."""

from __future__ import annotations

from typing import Annotated

from ninja import Router
from ninja.params.functions import Query

from kentongan.engine.proof import Delays, Share
from kentongan.office.api import accuracy_schemas
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import READ
from kentongan.office.api.shapes import Shape, office_of
from kentongan.office.listening import accuracy, events
from kentongan.office.people.requests import OfficeRequest

router = Router()
Name = Annotated[str, Query(max_length=20, pattern=r"^[^\x00-\x1f]*$")]


@router.get("/accuracy", **door("get_accuracy", READ, "listening.read", accuracy_schemas.Accuracy))
def get_accuracy(request: OfficeRequest, language: Name = "", source_kind: Name = "") -> Shape:
    """How many, how useful, complete and soon, in twelve weeks: all, by language, kind of source and week; no share of fewer than ten.

    `language` and `source_kind` narrow the weeks; one of which nothing was told narrows nothing.
    """
    found = accuracy.get_figures(office_of(request), request.now, accuracy.Narrow(language, source_kind))
    return {
        "since": found.since,
        "days": round(found.days, 1),
        "signals_a_day": round(found.a_day, 2),
        "budget": found.budget,
        "national_outlets": found.nationals,
        "all": {**_part(found.all), "name": None},
        "horizons": [{"hours": hours, "inside": _counted(inside)} for hours, inside in found.horizons],
        "by_language": [_part(one) for one in found.languages],
        "by_source_kind": [_part(one) for one in found.kinds],
        "language": found.narrow.language,
        "source_kind": found.narrow.kind,
        "by_week": [_week(one) for one in found.weeks],
        "tone": [{**_tone(one), "language": one.name or None} for one in found.tone],
        "tone_by_source_kind": [{**_tone(one), "source_kind": one.name} for one in found.tone_kinds],
        "tone_by_what_was_judged": [{**_tone(one), "judged": one.name} for one in found.tone_toward],
        "events": [_event(row) for row in found.events],
    }


def _common(one: accuracy.Part | accuracy.Week) -> Shape:
    return {
        "signals": one.signals,
        "useful": _counted(one.useful),
        "events_told": _counted(one.recall),
        "hours_from_first_item": _hours(one.first),
        "hours_from_national_outlet": _hours(one.national),
        "forecasts_inside": _counted(one.forecast),
    }


def _part(one: accuracy.Part) -> Shape:
    return {
        **_common(one),
        "name": one.name,
        "hours_from_event": _hours(one.told),
        "before_national_outlets": _counted(one.ahead),
    }


def _week(one: accuracy.Week) -> Shape:
    days, a_day = round(one.days, 1), round(one.a_day, 2)
    return {**_common(one), "start": one.start, "days": days, "signals_a_day": a_day, "tone": _tone(one.tone)}


def _tone(one: accuracy.Tone) -> Shape:
    return {
        "items": one.items,
        "people": _rounded(one.people),
        "engine": _rounded(one.engine),
        "engine_right": _counted(one.right),
    }


def _event(row: events.Row) -> Shape:
    return {
        "id": row.event.pk,
        "what": row.event.what,
        "began": row.event.began,
        "ended": row.event.ended,
        "state": row.state,
        "judged": row.judged,
        "signal": row.signal,
        "hours": _rounded(row.delay),
    }


def _counted(one: Share) -> Shape:
    """A share is printed from ten on, as on the page; how many of how many always."""
    low, high = (None, None) if one.few or one.interval is None else one.interval
    share = None if one.few else one.value
    return {"k": one.k, "n": one.n, "share": _rounded(share), "low": _rounded(low), "high": _rounded(high)}


def _hours(one: Delays) -> Shape:
    return {"n": one.n, "median": _rounded(one.middle), "p90": _rounded(one.p90)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
