"""The office's list of topics: read by everybody, changed by its administrators, through the services of the screens."""

from __future__ import annotations

from dataclasses import asdict

from ninja import Router

from kentongan.engine.topics import Lists
from kentongan.office.api import topics_schemas
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import ADMINISTER, READ
from kentongan.office.api.shapes import Shape, office_of
from kentongan.office.listening import presenting, topic_lists, topic_lists_looking, topics_used
from kentongan.office.people.requests import OfficeRequest

router = Router()


def _shown(request: OfficeRequest, lists: Lists) -> Shape:
    office = office_of(request)
    versions = [
        {"number": row.number, "topics": row.topics, "words": row.words, "by": row.by.shown, "at": row.at, "ended": row.ended_at}
        for row in topics_used.get_versions(office)
    ]
    return {
        "number": topics_used.number_of(office.pk),
        "services": [{"code": code, "name": presenting.topic(code), "words": words} for code, words in lists.words("services").items()],
        "aspects": [{"code": code, "name": presenting.aspect(code), "words": words} for code, words in lists.words("aspects").items()],
        "hidden": lists.hidden,
        "text": topics_used.get_text(office),
        "versions": versions,
    }


@router.get("/topics", **door("get_topics", READ, "listening.read", topics_schemas.TopicLists))
def get_topics(request: OfficeRequest) -> Shape:
    """The list by which items have their topics, each with its words, and the office's lists so far."""
    return _shown(request, topics_used.here())


@router.post("/topics/preview", **door("preview_topics", ADMINISTER, "topics.change", topics_schemas.TopicsPreview, 422))
def preview_topics(request: OfficeRequest, wish: topics_schemas.TopicsIn) -> Shape:
    """How many items of the last 30 days would have another topic by this list. Nothing is saved."""
    office = office_of(request)
    checked = topic_lists.check(request.user, office, wish.text, request.now)
    seen = topic_lists_looking.preview(office, topics_used.here(), checked.lists, request.now)
    plain = {name: getattr(seen, name) for name in ("since", "total", "looked", "moved")}
    return {
        **plain, "without_before": seen.without[0], "without_after": seen.without[1],
        "moves": [asdict(one) for one in seen.moves], "topics": [asdict(one) for one in seen.topics],
        "doubts": [asdict(one) for one in checked.doubts],
    }  # fmt: skip


@router.post("/topics", **door("save_topics", ADMINISTER, "topics.change", topics_schemas.TopicLists, 409, 422))
def save_topics(request: OfficeRequest, wish: topics_schemas.TopicsSave) -> Shape:
    """Find topics by this list from now on; what was heard is read again. 409 where somebody was quicker."""
    topic_lists.save(request.user, wish.text, wish.version, request.now, no_person=wish.no_person)
    return _shown(request, topics_used.used_by(office_of(request).pk))


@router.post("/topics/take-back", **door("take_back_topics", ADMINISTER, "topics.change", topics_schemas.TopicLists, 409, 422))
def take_back_topics(request: OfficeRequest, wish: topics_schemas.TopicsBack) -> Shape:
    """Let the list of the program count again; the office's own stays readable under its number."""
    topic_lists.take_back(request.user, wish.version, request.now)
    return _shown(request, topics_used.used_by(office_of(request).pk))
