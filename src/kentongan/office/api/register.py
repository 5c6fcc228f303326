"""Why it is listened to (purposes, watches), what is missing (silences), and what others say: warnings, fact-checks, places."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from django.conf import settings
from django.db.models import Count
from ninja import Router
from ninja.params.functions import Query

from kentongan.engine import disclosure
from kentongan.office.api import register_schemas, schemas, shapes
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import READ
from kentongan.office.api.shapes import Shape, found, office_of
from kentongan.office.api.stories import Pk
from kentongan.office.listening import periods, presenting, purposes, releases, silences, watches
from kentongan.office.listening.counting_models import PeriodCount
from kentongan.office.listening.models import Article, FactCheck, Hazard, Purpose, Silence, Source, Story, Watch
from kentongan.office.listening.retention_models import RetentionRun
from kentongan.office.people.models import Place
from kentongan.office.people.requests import OfficeRequest

router = Router()
_PURPOSE = ("kind", "title", "purpose", "legal_basis", "starts", "ends", "ended", "ended_reason", "version")
_WATCH = ("name", "query", "places", "examples", "wide", "version", "created", "ended")
_VERSION = ("version", "name", "query", "places", "examples", "wide", "at")
_HAZARD = (
    "identifier", "event", "headline", "severity", "urgency", "certainty", "areas", "sent", "onset", "expires", "instruction", "url",
    "sender", "ended",
)  # fmt: skip
_CHECK = ("claim", "rating", "checker", "url", "checked", "language", "seen")
_PLACE = ("code", "level", "name", "names", "since", "until", "latitude", "longitude", "population")


def purpose(row: Purpose, state: str) -> Shape:
    """A row of the register."""
    return {"id": row.pk, **{name: getattr(row, name) for name in _PURPOSE}, "owner": shapes.name_of(row.owner), "state": state}


@router.get("/purposes", **door("list_purposes", READ, "purposes.read", register_schemas.PurposeList))
def list_purposes(request: OfficeRequest) -> Shape:
    """The purpose register: why everything is listened to, what needs someone first."""
    return {"rows": [purpose(one.purpose, one.state) for one in purposes.get_purposes(office_of(request), request.now)]}


@router.get("/purposes/{pk}", **door("get_purpose", READ, "purposes.read", register_schemas.Purpose, 404, 422))
def get_purpose(request: OfficeRequest, pk: Pk) -> Shape:
    """One row of the register."""
    return purpose_now(request, pk)


def purpose_now(request: OfficeRequest, pk: int) -> Shape:
    """A row of the office's register as it stands."""
    office = office_of(request)
    row = found(purposes.get_purpose(office, pk))
    return purpose(row, purposes.state_of(row, purposes.today(office, request.now)))


def watch(row: Watch, recent: int = 0, new: int = 0) -> Shape:
    """A watch, and what matched lately: of one that does not run, nothing."""
    plain = {name: getattr(row, name) for name in _WATCH}
    return {"id": row.pk, **plain, "purpose": row.purpose_id, "matched": recent, "new": new}


@router.get("/watches", **door("list_watches", READ, "purposes.read", register_schemas.WatchList, 422))
def list_watches(request: OfficeRequest, ended: bool = False) -> Shape:
    """The watches that run, and how many items matched lately; or the last twenty that were ended."""
    if ended:
        return {"rows": [watch(row) for row in watches.get_ended(office_of(request))]}
    return {"rows": [watch(one.watch, one.recent, one.new) for one in watches.get_watches(office_of(request), request.now)]}


@router.post("/watches/preview", **door("preview_watch", READ, "watches.change", register_schemas.WatchPreview, 409, 422))
def preview_watch(request: OfficeRequest, wish: register_schemas.WatchIn) -> Shape:
    """What a watch would have found in the last 30 days, and how often it would have called. Nothing is saved."""
    draft = watches.Draft(wish.name, wish.query, wish.places, wish.examples, wish.wide)
    seen = watches.preview(request.user, office_of(request), draft, request.now)
    plain = {name: getattr(seen, name) for name in ("since", "total", "matched", "too_wide", "alerts")}
    return {**plain, "latest": [shapes.article(hit.article) for hit in seen.latest]}


@router.get("/watches/{pk}", **door("get_watch", READ, "purposes.read", register_schemas.WatchDetail, 404, 422))
def get_watch(request: OfficeRequest, pk: Pk) -> Shape:
    """One watch, whether it runs, and what it was in earlier versions."""
    return watch_now(request, pk)


def watch_now(request: OfficeRequest, pk: int) -> Shape:
    """A watch of the office as it stands; the list says how much matched."""
    row = found(watches.get_watch(office_of(request), pk))
    versions = [{"by": one.by.shown, **{name: getattr(one, name) for name in _VERSION}} for one in watches.get_versions(row)]
    plain = {name: value for name, value in watch(row).items() if name not in {"matched", "new"}}
    return {**plain, "runs": watches.runs(row, request.now), "versions": versions}


@router.get("/watches/{pk}/hits", **door("list_watch_hits", READ, "purposes.read", schemas.ArticlePage, 404, 422))
def list_watch_hits(request: OfficeRequest, pk: Pk) -> Shape:
    """What matched a watch in the last fortnight, the latest first."""
    office = office_of(request)
    row = found(watches.get_watch(office, pk))
    hits = watches.get_hits(office, row, request.now)
    return {"rows": [shapes.article(hit.article) for hit in hits], "next": None}


def _silence(row: Silence) -> Shape:
    plain = {name: getattr(row, name) for name in ("kind", "subject", "since", "noticed", "expected", "observed")}
    if row.kind == Silence.Kind.PLACE and disclosure.shown(int(row.observed)) is None:
        plain["observed"] = None
    return {"id": row.pk, **plain, "source": row.source_id, "reason": shapes.reason(row.reason)}


@router.get("/silences", **door("list_silences", READ, "listening.read", schemas.SilenceList))
def list_silences(request: OfficeRequest) -> Shape:
    """What should have spoken and did not, the longest first."""
    return {"rows": [_silence(row) for row in silences.get_open(office_of(request), request.now)]}


@router.get("/hazards", **door("list_hazards", READ, "listening.read", schemas.HazardPage, 422))
def list_hazards(request: OfficeRequest, after: schemas.After | None = None, size: schemas.Size = 30) -> Shape:
    """Warnings as their agencies last said them, the latest first."""
    rows = Hazard.objects.filter(office=office_of(request)).defer("polygons")
    return shapes.page(rows, "sent", after, size, lambda row: {"id": row.pk, **{name: getattr(row, name) for name in _HAZARD}})


@router.get("/fact-checks", **door("list_fact_checks", READ, "listening.read", schemas.FactCheckPage, 422))
def list_fact_checks(request: OfficeRequest, after: schemas.After | None = None, size: schemas.Size = 30) -> Shape:
    """Claims that fact-checkers have looked at, in the checkers' own words, the latest first."""
    rows = FactCheck.objects.filter(office=office_of(request))
    return shapes.page(rows, "seen", after, size, lambda row: {"id": row.pk, **{name: getattr(row, name) for name in _CHECK}})


@router.get("/topic-counts", **door("list_topic_counts", READ, "listening.read", schemas.CountTables))
def list_topic_counts(request: OfficeRequest) -> Shape:
    """Complaints by topic and place, month by month, in groups of ten or more. There is no filter: two filters could be subtracted."""
    office = office_of(request)
    tables = releases.get_tables(office)
    rows = [{"month": one.month, "groups": releases.readable(office, one), "withheld": one.content["withheld"]} for one in tables]
    return {"rows": rows}


@router.get("/period-counts", **door("list_period_counts", READ, "listening.read", schemas.PeriodCounts, 422))
def list_period_counts(request: OfficeRequest, by: Literal["week", "month"] = "week", of: str | None = None) -> Shape:
    """Counts of the last week or month of every topic, place, watch, agency and of complaints; or the course of one subject, `of`."""
    office = office_of(request)
    rows = periods.get_periods(office, by, request.now)
    last = {row.subject: row for row in rows}
    chosen = [row for row in rows if row.subject == of] if of is not None else [last[name] for name in sorted(last)]
    names = periods.get_names(office, chosen)
    return {"rows": [_period(row, names) for row in chosen]}


def _period(row: PeriodCount, names: Mapping[str, str]) -> Shape:
    plain = {name: getattr(row, name) for name in ("subject", "start", "mean", "low", "high", "verdict")}
    few = periods.hides(row)
    name = presenting.counted(periods.named(row.subject, names))
    return {**plain, "name": name, "count": None if few else row.count, "few": few}


@router.get("/transparency", **door("get_transparency", READ, "listening.read", schemas.Transparency))
def get_transparency(request: OfficeRequest) -> Shape:
    """What is listened to, how much, and how long it is kept."""
    office, since = office_of(request), request.now - timedelta(days=30)
    sources = Source.objects.filter(office=office, paused=False).order_by().values_list("kind").annotate(n=Count("pk"))
    latest = RetentionRun.objects.filter(office=office).order_by("kind", "-at").distinct("kind")
    return {
        "office": office.name,
        "contact": office.contact,
        "purposes": Purpose.objects.filter(office=office, ended=None).count(),
        "watches": Watch.objects.filter(office=office, ended=None).count(),
        "sources": dict(sources),
        "articles_30_days": Article.objects.filter(office=office, published__gte=since).count(),
        "stories_30_days": Story.objects.filter(office=office, merged_into=None, last__gte=since).count(),
        "keep_item_days": settings.CONFIG["keep_item_days"],
        "keep_raw_days": settings.CONFIG["keep_raw_days"],
        "kept": [{"kind": one.kind, "at": one.at, "deleted": one.deleted, "oldest": one.oldest} for one in latest],
    }


Code = Annotated[str, Query(max_length=30, pattern=r"^[^\x00-\x1f]*$")]


@router.get("/places", **door("list_places", READ, "listening.read", schemas.PlaceList, 422))
def list_places(request: OfficeRequest, after: Code = "", size: Annotated[int, Query(ge=1, le=500)] = 100) -> Shape:
    """Districts, wards and their other names, in the order of their codes."""
    rows = Place.objects.filter(office=office_of(request), code__gt=after).defer("shape").order_by("code").prefetch_related("other_names")
    taken = list(rows[: size + 1])
    return {"rows": [_place(row) for row in taken[:size]], "next": taken[size - 1].code if len(taken) > size else None}


def _place(row: Place) -> Shape:
    also = sorted(other.name for other in row.other_names.all())
    return {"id": row.pk, "parent": row.parent_id, **{name: getattr(row, name) for name in _PLACE}, "also": also}


@router.get("/places/{pk}", **door("get_place", READ, "listening.read", schemas.Place, 404, 422))
def get_place(request: OfficeRequest, pk: Pk) -> Shape:
    """One place."""
    rows = Place.objects.filter(office=office_of(request), pk=pk).defer("shape").prefetch_related("other_names")
    return _place(found(rows.first()))
