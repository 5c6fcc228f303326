"""Stories and articles; searching them; what people decide about a story. Every act goes through the services of the listening room."""

from __future__ import annotations

import contextlib
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

from django.utils.translation import gettext
from ninja import Router, Status
from ninja.params.functions import Path, Query

from kentongan.errors import InputError
from kentongan.office import outside
from kentongan.office.api import schemas, shapes
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import DECIDE, READ
from kentongan.office.api.shapes import DONE, Shape, found, office_of
from kentongan.office.listening import aspects, levels, queries, searched, services, voices
from kentongan.office.listening import search as searching
from kentongan.office.listening.models import Article, Story
from kentongan.office.people.permissions import RIGHTS
from kentongan.office.people.requests import OfficeRequest

router = Router()
Pk = Annotated[schemas.Number, Path()]


@router.get("/me", **door("get_me", READ, "listening.read", schemas.Me))
def me(request: OfficeRequest) -> Shape:
    """Who asks, and what they may do."""
    person = request.user
    return {
        "office": office_of(request).name,
        "person": person.pk,
        "roles": sorted(person.roles),
        "rights": sorted(right for right in RIGHTS if person.may(right)),
        "language": person.language or office_of(request).language,
    }


@router.get("/stories", **door("list_stories", READ, "listening.read", schemas.StoryPage, 422))
def list_stories(
    request: OfficeRequest,
    level: schemas.LevelName | None = None,
    language: schemas.Tongue | None = None,
    outlet: schemas.Word = "",
    span: schemas.Span | None = None,
    after: schemas.After | None = None,
    size: schemas.Size = 30,
) -> Shape:
    """Stories, the latest first; `level` is the lowest that is given."""
    chosen = queries.StoryFilter(level or "", language or "", outlet, span or "")
    cut = queries.get_stories(office_of(request), chosen, shapes.cursor_of(after), request.now, size)
    return {"rows": [shapes.story(row) for row in cut.rows], "next": cut.after.text() if cut.after else None}


@router.get("/stories/{pk}", **door("get_story", READ, "listening.read", schemas.StoryDetail, 404, 422))
def get_story(request: OfficeRequest, pk: Pk, after: schemas.After | None = None) -> Shape:
    """One story with its members, each with its copies. One that was merged gives the story it went into."""
    row = _story(request, pk)
    row = row.merged_into or row
    detail = queries.get_detail(row, shapes.cursor_of(after))
    mark = detail.mark
    return {
        "story": shapes.story(row),
        "voices": voices.get_count(row),
        "aspects": [shapes.aspect(code, share) for code, share in aspects.of_story(row).aspects],
        "members": [shapes.member(item) for item in detail.items],
        "next": detail.after.text() if detail.after else None,
        "outlets": [{"outlet": step.outlet, "first": step.first, "items": step.items} for step in detail.path],
        "mark": {"mark": mark.mark, "by": mark.by.shown, "at": mark.at} if mark else None,
        "signals": [one.pk for one in detail.signals],
        "near": [one.pk for one in detail.near],
    }


def _story(request: OfficeRequest, pk: int) -> Story:
    return found(queries.get_story(office_of(request), pk))


@router.post("/stories/{pk}/mark", **door("mark_story", DECIDE, "listening.decide", schemas.Done, 404, 409, 422))
def mark_story(request: OfficeRequest, pk: Pk, decision: schemas.MarkIn) -> Shape:
    """Seen, watch, not ours; or, with an empty mark, the decision taken back."""
    services.mark_story(request.user, _story(request, pk), decision.mark, request.now)
    return DONE


@router.post("/stories/{pk}/level", **door("set_story_level", DECIDE, "listening.decide", schemas.Story, 404, 409, 422))
def set_story_level(request: OfficeRequest, pk: Pk, decision: schemas.LevelIn) -> Shape:
    """How serious it is, by hand and with a reason; or, with an empty level, taken back. 409 where others or the engine were quicker."""
    row, hand = _story(request, pk), decision.hand or 0
    if decision.level:
        levels.set_level(request.user, row, decision.level, decision.reason, (decision.engine, hand), request.now)
    else:
        levels.take_back(request.user, row, hand, request.now)
    return shapes.story(_story(request, pk))


@router.post("/stories/{pk}/merge", **door("merge_stories", DECIDE, "listening.decide", schemas.Done, 404, 409, 422, status=202))
def merge_stories(request: OfficeRequest, pk: Pk, decision: schemas.MergeIn) -> Status[Shape]:
    """Fold another story into this one. The engine does it in a moment."""
    number = services.merge_stories(request.user, _story(request, pk), _story(request, decision.other), request.now)
    return Status(202, {"done": False, "journal": number})


@router.post("/stories/{pk}/split", **door("split_story", DECIDE, "listening.decide", schemas.Done, 404, 409, 422, status=202))
def split_story(request: OfficeRequest, pk: Pk, decision: schemas.SplitIn) -> Status[Shape]:
    """Take articles out into a story of their own. The engine does it in a moment."""
    row = _story(request, pk)
    wanted = set(decision.articles)
    articles = list(Article.objects.filter(office=office_of(request), pk__in=wanted, membership__story=row))
    if len(articles) != len(wanted):
        raise InputError(gettext("Choose articles of this story."), subject="articles")
    return Status(202, {"done": False, "journal": services.split_story(request.user, row, articles, request.now)})


@router.get("/articles", **door("list_articles", READ, "listening.read", schemas.ArticlePage, 422))
def list_articles(
    request: OfficeRequest,
    language: schemas.Tongue | None = None,
    outlet: schemas.Word = "",
    kind: schemas.SourceKindName | None = None,
    source: Annotated[schemas.Number | None, Query()] = None,
    since: datetime | None = None,
    after: schemas.After | None = None,
    size: schemas.Size = 30,
) -> Shape:
    """Articles, the latest first: what they are and where they stand, not their texts."""
    rows = Article.objects.filter(office=office_of(request)).defer("embedding", "search", "text")
    asked: dict[str, Any] = {
        "language": language,
        "outlet": outlet,
        "source_kind": kind,
        "source_id": source,
        "published__gte": aware(since),
    }
    return shapes.page(rows.filter(**{name: value for name, value in asked.items() if value}), "published", after, size, shapes.article)


def aware(moment: datetime | None) -> datetime | None:
    """A moment that can be compared, in UTC: the database knows no zone beyond sixteen hours. Raises `InputError` for one without zone."""
    if moment is None:
        return None
    if moment.tzinfo is not None:
        with contextlib.suppress(OverflowError):  # before the first year, or after the last
            return moment.astimezone(UTC)
    raise InputError(gettext("Give the time with its zone, as in 2026-11-22T07:30:00+07:00."), subject="since")


@router.get("/articles/{pk}", **door("get_article", READ, "listening.read", schemas.Article, 404, 422))
def get_article(request: OfficeRequest, pk: Pk) -> Shape:
    """One article."""
    rows = Article.objects.filter(office=office_of(request), pk=pk).defer("embedding", "search", "text")
    return shapes.article(found(rows.first()))


@router.get("/search", **door("search", READ, "listening.read", schemas.HitList, 422))
def search(
    request: OfficeRequest,
    q: Annotated[str, Query(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f]*$")],
    language: schemas.Tongue | None = None,
    outlet: schemas.Word = "",
    kind: schemas.SourceKindName | None = None,
    span: schemas.Span | None = None,
) -> Shape:
    """Search by words and by meaning, best first: “exactly these words”, -without. It is kept in the ledger, personal data hidden."""
    chosen = searching.SearchFilter(language or "", outlet, kind or "", span or "")
    hits = searching.search(office_of(request), q, chosen, outside.embedder(), request.now)
    searched.note(request.user, q, asdict(chosen), len(hits), request.now, way="api")
    return {"rows": [_hit(hit) for hit in hits]}


def _hit(hit: searching.Hit) -> Shape:
    place = getattr(hit.article, "membership", None)
    return {
        "article": shapes.article(hit.article),
        "story": place.story_id if place is not None else None,
        "by_words": hit.by_words is not None,
        "by_meaning": hit.by_meaning is not None,
        "passage": "".join(piece.text for piece in hit.passage),
        "copies": hit.copies,
    }
