"""Sources, how they are, and what came of visiting them."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext
from ninja import Router, Status

from kentongan.errors import InputError
from kentongan.office.api import schemas
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import READ, SOURCES
from kentongan.office.api.shapes import Shape, found, office_of
from kentongan.office.api.stories import Pk
from kentongan.office.listening import health, kinds, presenting, purposes, queries, services, silences
from kentongan.office.listening.models import Purpose, Source, Visit
from kentongan.office.people.requests import OfficeRequest

router = Router()
_PLAIN = (
    "name", "outlet", "url", "site_url", "kind", "source_kind", "language", "area", "paused", "paused_reason", "last_visit", "last_success",
    "last_item", "next_visit", "failures", "outcome", "version",
)  # fmt: skip


def _shape(one: health.Health) -> Shape:
    source = one.source
    own = {name: getattr(source, name) for name in _PLAIN}
    own["url"] = kinds.shown(source.url)
    return {
        "id": source.pk, "purpose": source.purpose_id, **own, "state": one.state, "reason": one.reason, "items_a_day": round(one.a_day, 2),
    }  # fmt: skip


def _source(request: OfficeRequest, pk: int) -> Source:
    return found(queries.get_source(office_of(request), pk))


def _told(request: OfficeRequest, pk: int) -> Shape:
    """One source with its state."""
    office, source = office_of(request), _source(request, pk)
    counts = queries.get_item_counts(office, request.now - health.WINDOW)
    quiet = silences.by_source(office, request.now)
    return _shape(health.health(source, counts.get(pk), quiet.get(pk), request.now))


@router.get("/sources", **door("list_sources", READ, "listening.read", schemas.SourceList))
def list_sources(request: OfficeRequest) -> Shape:
    """Every source by name, and how it is."""
    office = office_of(request)
    counts = queries.get_item_counts(office, request.now - health.WINDOW)
    quiet = silences.by_source(office, request.now)
    states = [health.health(one, counts.get(one.pk), quiet.get(one.pk), request.now) for one in queries.get_sources(office)]
    return {"rows": [_shape(one) for one in states]}


@router.get("/sources/{pk}", **door("get_source", READ, "listening.read", schemas.Source, 404, 422))
def get_source(request: OfficeRequest, pk: Pk) -> Shape:
    """One source and how it is."""
    return _told(request, pk)


@router.get("/sources/{pk}/visits", **door("list_visits", READ, "listening.read", schemas.VisitList, 404, 422))
def list_visits(request: OfficeRequest, pk: Pk) -> Shape:
    """The latest visits of a source and what came of each."""
    return {"rows": [_visit(one) for one in queries.get_visits(_source(request, pk))]}


def _visit(row: Visit) -> Shape:
    plain = {name: getattr(row, name) for name in ("at", "outcome", "detail", "status", "found", "new", "elapsed_ms")}
    return {**plain, "sentence": str(presenting.outcome(row.outcome))}


@router.post("/sources", **door("add_source", SOURCES, "sources.change", schemas.Source, 409, 422, status=201))
def add_source(request: OfficeRequest, draft: schemas.SourceIn) -> Status[Shape]:
    """Add a feed, sitemap or listing page. It is visited at once."""
    given = draft.model_dump(exclude={"purpose"})
    source = Source(office=office_of(request), **given)
    if draft.purpose is not None:
        source.purpose = purpose_of(request, draft.purpose)
    added = services.add_source(request.user, source, request.now)
    return Status(201, _told(request, added.pk))


def purpose_of(request: OfficeRequest, number: int) -> Purpose:
    """The row of the register that a body names."""
    purpose = purposes.get_purpose(office_of(request), number)
    if purpose is None:
        raise InputError(gettext("There is no such purpose in your office's register."), subject="purpose")
    return purpose


@router.post("/sources/{pk}/change", **door("change_source", SOURCES, "sources.change", schemas.Source, 404, 409, 422))
def change_source(request: OfficeRequest, pk: Pk, change: schemas.SourceChange) -> Shape:
    """Another name, outlet, place, pattern, language or purpose."""
    source = _source(request, pk)
    given = change.model_dump(exclude={"purpose", "version"}, exclude_none=True)
    purpose = source.purpose if change.purpose is None else purpose_of(request, change.purpose)
    services.change_source(request.user, source, change.version, replace(services.draft_of(source), **given), purpose, request.now)
    return _told(request, pk)


@router.post("/sources/{pk}/pause", **door("pause_source", SOURCES, "sources.change", schemas.Source, 404, 409, 422))
def pause_source(request: OfficeRequest, pk: Pk, decision: schemas.ReasonIn) -> Shape:
    """Do not visit a source for now, and why."""
    services.pause_source(request.user, _source(request, pk), decision.reason, request.now)
    return _told(request, pk)


@router.post("/sources/{pk}/resume", **door("resume_source", SOURCES, "sources.change", schemas.Source, 404, 409, 422))
def resume_source(request: OfficeRequest, pk: Pk) -> Shape:
    """Visit a paused source again."""
    services.resume_source(request.user, _source(request, pk), request.now)
    return _told(request, pk)


@router.post("/sources/{pk}/visit", **door("visit_source", SOURCES, "sources.change", schemas.Source, 404, 409, 422))
def visit_source(request: OfficeRequest, pk: Pk) -> Shape:
    """Visit a source at once instead of when it is due."""
    services.visit_now(request.user, _source(request, pk), request.now)
    return _told(request, pk)
