"""What officers record (events) and put right (what the engine said of an item or a signal), by the services of the screens."""

from __future__ import annotations

from datetime import datetime

from ninja import Router, Status

from kentongan.office.api import recorded_schemas, schemas, shapes
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import DECIDE, READ
from kentongan.office.api.shapes import DONE, Shape, found, office_of
from kentongan.office.api.stories import Pk
from kentongan.office.listening import corrections, events, presenting, queries
from kentongan.office.listening.events_models import RecordedEvent
from kentongan.office.listening.labels_models import Label
from kentongan.office.listening.models import Article
from kentongan.office.people.requests import OfficeRequest

router = Router()
_OFFERED = ("kind", "level", "raised")
_EVENT = ("what", "words", "began", "ended", "at", "version")


def _row(one: events.Row) -> Shape:
    row, hours = one.event, one.delay
    plain = {name: getattr(row, name) for name in _EVENT}
    return {
        "id": row.pk, **plain, "place": row.place_id, "by": row.by.shown, "state": one.state, "judged": one.judged, "signal": one.signal,
        "told_at": one.at, "hours": None if hours is None else round(hours, 4),
    }  # fmt: skip


def _event(request: OfficeRequest, pk: int) -> RecordedEvent:
    return found(events.get_event(office_of(request), pk))


def _told(request: OfficeRequest, pk: int) -> Shape:
    return _row(events.get_row(_event(request, pk), request.now))


@router.get("/recorded-events", **door("list_recorded_events", READ, "listening.read", recorded_schemas.RecordedEventPage, 422))
def list_recorded_events(request: OfficeRequest, after: schemas.After | None = None, size: schemas.Size = 30) -> Shape:
    """Events that officers recorded, the latest begun first, and whether a signal told each."""
    office = office_of(request)
    page = shapes.page(events.get_events(office).select_related("by"), "began", after, size, lambda row: {"row": row})
    rows = events.rows_of(office, [one["row"] for one in page["rows"]], request.now)
    return {"rows": [_row(one) for one in rows], "next": page["next"]}


@router.get("/recorded-events/{pk}", **door("get_recorded_event", READ, "listening.read", recorded_schemas.RecordedEventDetail, 404, 422))
def get_recorded_event(request: OfficeRequest, pk: Pk) -> Shape:
    """One recorded event, and the signals of its time that may have told it."""
    row = _event(request, pk)
    offered = [
        {
            "id": one.pk,
            "subject": str(presenting.subject(one.kind, one.subject)),
            "kind": one.kind,
            "level": one.level,
            "raised": one.raised,
        }
        for one in events.get_offered(row)
    ]
    return {"event": _row(events.get_row(row, request.now)), "offered": offered}


@router.post("/recorded-events", **door("record_event", DECIDE, "listening.decide", recorded_schemas.RecordedEvent, 409, 422, status=201))
def record_event(request: OfficeRequest, draft: recorded_schemas.EventIn) -> Status[Shape]:
    """Record what happened; the signal that told it is looked for at once. Never a private person."""
    made = events.record_event(request.user, events.Draft(**draft.model_dump()), request.now)
    return Status(201, _told(request, made.pk))


@router.post(
    "/recorded-events/{pk}/decide",
    **door("decide_recorded_event", DECIDE, "listening.decide", recorded_schemas.RecordedEvent, 404, 409, 422),
)
def decide_recorded_event(request: OfficeRequest, pk: Pk, verdict: recorded_schemas.VerdictIn) -> Shape:
    """Say which signal told it, or that none did."""
    events.decide(request.user, _event(request, pk), verdict.signal, verdict.version, request.now)
    return _told(request, pk)


@router.post("/recorded-events/{pk}/remove", **door("remove_recorded_event", DECIDE, "listening.decide", schemas.Done, 404, 409, 422))
def remove_recorded_event(request: OfficeRequest, pk: Pk) -> Shape:
    """Take out what was recorded wrongly; the ledger keeps that it was there."""
    events.remove(request.user, _event(request, pk), request.now)
    return DONE


# Corrections


def _article(request: OfficeRequest, pk: int) -> Article:
    return found(corrections.get_article(office_of(request), pk))


def _reading(article: Article, now: datetime) -> Shape:
    """The engine's words and the latest of people, without who said them."""
    engine, given = corrections.said_by_engine(article, now), corrections.get_labels(article)
    return {
        "article": article.pk,
        "tone_toward": engine.toward[1:],
        **{
            str(what): {
                "engine": engine.of(what),
                "said": given[what].said if what in given else None,
                "allowed": list(corrections.allowed(article.office, what)) if what != Label.What.PLACE else [],
            }
            for what in corrections.OF_ITEMS
        },
    }


@router.get("/articles/{pk}/reading", **door("get_article_reading", READ, "listening.decide", recorded_schemas.Reading, 404, 422))
def get_article_reading(request: OfficeRequest, pk: Pk) -> Shape:
    """What the engine says of an item (kind, topic, tone, place), what was corrected, and what may be said."""
    return _reading(_article(request, pk), request.now)


@router.post("/articles/{pk}/correct", **door("correct_article", DECIDE, "listening.decide", recorded_schemas.Reading, 404, 409, 422))
def correct_article(request: OfficeRequest, pk: Pk, correction: recorded_schemas.CorrectionIn) -> Shape:
    """Say what is right of an item. It is a label; the engine learns it when it is taught anew."""
    row = _article(request, pk)
    corrections.correct(request.user, row, correction.what, correction.said, request.now)
    return _reading(row, request.now)


@router.post("/signals/{pk}/useful", **door("say_signal_useful", DECIDE, "listening.decide", schemas.Done, 404, 409, 422))
def say_signal_useful(request: OfficeRequest, pk: Pk, word: recorded_schemas.UsefulIn) -> Shape:
    """Say whether a signal was useful; a later word of the same person takes the place of the earlier."""
    row = found(queries.get_signal(office_of(request), pk))
    corrections.say_useful(request.user, row, word.said, request.now)
    return DONE
