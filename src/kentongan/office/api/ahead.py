"""What the pages of stories and signals say besides: where a story is going, what was held back; and how far labels agree."""

from __future__ import annotations

from ninja import Router

from kentongan.office.api import recorded_schemas, schemas, shapes
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import READ
from kentongan.office.api.shapes import Shape, found, office_of
from kentongan.office.api.stories import Pk
from kentongan.office.listening import forecasts_queries, labels, queries
from kentongan.office.listening.forecasts_models import Forecast
from kentongan.office.listening.held_models import HeldBack
from kentongan.office.people.requests import OfficeRequest

router = Router()
_HELD = ("kind", "subject", "raised", "updated", "since", "level", "outlets")


def _range(row: Forecast | None) -> Shape | None:
    return None if row is None else {name: getattr(row, name) for name in ("low", "middle", "high", "baseline")}


@router.get("/stories/{pk}/ahead", **door("get_story_ahead", READ, "listening.read", recorded_schemas.Forecast, 404, 422))
def get_story_ahead(request: OfficeRequest, pk: Pk) -> Shape:
    """Further items and outlets of a rising story in 3, 6 and 24 hours, with ranges, and how often ranges held."""
    row = found(queries.get_story(office_of(request), pk))
    row = row.merged_into or row
    told = forecasts_queries.get_ahead(row, queries.get_story_signals(row), request.now) or forecasts_queries.Ahead()
    lines = [{"hours": one.hours, "until": one.until, "items": _range(one.items), "outlets": _range(one.outlets)} for one in told.lines]
    return {"rows": lines, "made": told.made, "sentence": told.words, "learned": told.learned, "held": told.held}


def _held(row: HeldBack) -> Shape:
    plain = {name: getattr(row, name) for name in _HELD}
    return {"id": row.pk, "story": row.story_id, **plain, "reasons": shapes.reasons(row.reasons)}


@router.get("/held-back", **door("list_held_back", READ, "listening.read", recorded_schemas.HeldBackPage, 422))
def list_held_back(request: OfficeRequest, after: schemas.After | None = None, size: schemas.Size = 30) -> Shape:
    """Signals of the last day that the budget held back, the latest first, and why."""
    return shapes.page(queries.get_held_rows(office_of(request), request.now), "updated", after, size, _held)


@router.get("/agreement", **door("list_agreement", READ, "listening.decide", recorded_schemas.AgreementList))
def list_agreement(request: OfficeRequest) -> Shape:
    """How far two people agree on the weekly sample, question by question, and how often the engine says the same. No label is given."""
    rows = []
    for one in labels.get_agreement(office_of(request)):
        right = None if one.right.few or one.right.value is None else round(one.right.value, 4)
        alpha = None if one.alpha is None else round(one.alpha, 4)
        rows.append({"what": one.what, "items": one.items, "alpha": alpha, "word": one.word, "agreed": one.agreed, "engine_right": right})
    return {"rows": rows}
