"""What became of a publication, by the number of its statement: who carried it, what came through, what is still asked, whom it missed.

One act: an article is not ours, and back. Posts of the public are never listed, and counted from ten on.
"""

from __future__ import annotations

from django.utils.translation import gettext
from ninja import Router

from kentongan.engine.echo_effect import Effect, Window
from kentongan.office import outside
from kentongan.office.api import echoes_schemas as told
from kentongan.office.api import schemas, shapes
from kentongan.office.api.entrance import door
from kentongan.office.api.problems import RequestError
from kentongan.office.api.scopes import ISSUES, RESPOND
from kentongan.office.api.shapes import Shape, found
from kentongan.office.api.statements import statement_of
from kentongan.office.api.stories import Pk
from kentongan.office.desk import echo_drawing, echo_queries, echo_services, queries, statement_queries
from kentongan.office.desk.echo_models import EchoReading, EchoTie
from kentongan.office.desk.echo_queries import Echo, OutletLine
from kentongan.office.desk.models import Statement
from kentongan.office.listening.claims_reading import centres_for
from kentongan.office.people.requests import OfficeRequest

router = Router()
_TIE = ("outlet", "source_kind", "language", "at", "way", "score", "passage", "refused_at")


def _reading(request: OfficeRequest, pk: int) -> tuple[Statement, EchoReading | None]:
    """A published statement that the person may see, and how far its publication was followed; 404 for everything else."""
    row = statement_of(request, pk)
    return row, echo_queries.get_reading(found(statement_queries.get_publication(row)))


@router.get("/publications/{pk}/echo", **door("get_echo", ISSUES, "issues.read", told.PublicationEcho, 404, 422))
def get_echo(request: OfficeRequest, pk: Pk) -> Shape:
    """What came of a publication: who carried it, which messages came through, what is asked, before and after, whom it did not reach."""
    row, reading = _reading(request, pk)
    if reading is None:
        return {"statement": row.pk, "echo": None}
    issues = [row.issue, *queries.get_parts(row.issue)]
    echo = echo_queries.get_echo(reading, issues, centres_for(outside.embedder()), request.now)
    return {"statement": row.pk, "echo": {**_echo(echo), "followed": request.now < reading.until}}


def _echo(echo: Echo) -> Shape:
    reading, first, missed = echo.reading, echo.first.at if echo.first is not None else None, echo.missed
    return {
        "sentence": echo_drawing.title_of(len(echo.carrying), echo.told, echo.after),
        "until": reading.until,
        "looked_at": reading.articles,
        "updated": reading.updated,
        "first": first,
        **{name: getattr(echo, name) for name in ("told", "posts", "through")},
        "carrying": list(echo.carrying),
        "official": list(echo.official),
        "outlets": [_outlet(one) for one in echo.outlets],
        "messages": [{"text": one.text, "outlets": list(one.outlets), "first": one.first, "denied": one.denied} for one in echo.messages],
        "questions": [{name: getattr(one, name) for name in ("question", "outlets", "posts", "answered")} for one in echo.questions],
        "effect": _effect(echo.effect) if echo.effect is not None else None,
        "missed": {**{name: list(getattr(missed, name)) for name in ("outlets", "languages", "wards")}, "of_wards": echo.wards},
    }


def _outlet(one: OutletLine) -> Shape:
    return {"name": one.name, "articles": len(one.ties), "first": one.ties[0].at}


def _effect(one: Effect) -> Shape:
    why = one.reason()
    plain = {name: getattr(one, name) for name in ("change", "low", "high", "verdict", "least")}
    reason = shapes.reason({"code": why.code, "values": why.values})
    return {**plain, "before": _window(one.before), "after": _window(one.after), "reason": reason}


def _window(one: Window) -> Shape:
    return {name: getattr(one, name) for name in ("texts", "claim", "outlets")}


@router.get("/publications/{pk}/ties", **door("list_echo_ties", ISSUES, "issues.read", told.EchoTiePage, 404, 422))
def list_echo_ties(request: OfficeRequest, pk: Pk, after: schemas.After | None = None, size: schemas.Size = 30) -> Shape:
    """The articles of outlets that carry or deny a publication, the latest first, those that somebody said are not ours among them."""
    _row, reading = _reading(request, pk)
    rows = echo_queries.get_tied(reading) if reading is not None else EchoTie.objects.none()
    return shapes.page(rows, "at", after, size, tie)


def tie(row: EchoTie) -> Shape:
    """One tie with the passage that is verbatim, where there is one."""
    there = row.article
    return {
        **{name: getattr(row, name) for name in _TIE},
        "id": row.pk,
        "article": there.pk if there is not None else None,
        "title": there.title if there is not None else "",
        "url": there.url if there is not None else "",
        "reasons": shapes.reasons(row.reasons),
        "refused_by": shapes.name_of(row.refused_by),
    }


@router.post("/publications/{pk}/judge-tie", **door("judge_tie", RESPOND, "issues.change", told.EchoTie, 404, 422))
def judge_tie(request: OfficeRequest, pk: Pk, wish: told.TieJudge) -> Shape:
    """Say that an article is not ours, or that it is after all; what the engine said stays beside it. A second time it changes nothing."""
    row, reading = _reading(request, pk)
    rows = echo_queries.get_tied(reading) if reading is not None else EchoTie.objects.none()
    if not rows.filter(pk=wish.tie).exists():
        raise RequestError(422, gettext("There is no such thing in your office."), field="tie")
    say = echo_services.take_back if wish.ours else echo_services.refuse
    say(request.user, row, wish.tie, request.now)
    return tie(rows.get(pk=wish.tie))
