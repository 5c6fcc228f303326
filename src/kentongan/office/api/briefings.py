"""The briefing of this moment, and those that were signed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from ninja import Router, Status

from kentongan.office.api import schemas, shapes
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import DECIDE, READ
from kentongan.office.api.shapes import Shape, found, office_of
from kentongan.office.api.stories import Pk
from kentongan.office.listening import briefing as briefings
from kentongan.office.listening import services
from kentongan.office.listening.models import Briefing
from kentongan.office.people.requests import OfficeRequest

router = Router()


def _content(request: OfficeRequest) -> dict[str, Any]:
    """As the person's own screen says it; a program that looks is no visit of theirs."""
    since = briefings.last_visit(request.user, request.now, touch=False)
    return briefings.compose(office_of(request), since, request.now, get_language() or "en")


@router.get("/briefing", **door("get_briefing", READ, "listening.read", schemas.Briefing))
def get_briefing(request: OfficeRequest) -> Shape:
    """The briefing as it stands now, since the person's last visit to it in the browser."""
    content = _content(request)
    request.same_while = repr({**content, "at": ""})  # type: ignore[attr-defined]
    return shapes.briefing(content)


@router.post("/briefing/sign", **door("sign_briefing", DECIDE, "listening.sign", schemas.SignedRow, 409, 422, status=201))
def sign_briefing(request: OfficeRequest) -> Status[Shape]:
    """Sign the briefing as it stands now: it is kept and never changed."""
    return Status(201, shapes.signed(services.sign_briefing(request.user, _content(request), request.now)))


@router.get("/briefings", **door("list_briefings", READ, "listening.read", schemas.SignedPage, 422))
def list_briefings(request: OfficeRequest, after: schemas.After | None = None, size: schemas.Size = 30) -> Shape:
    """Signed briefings, the latest first."""
    rows = Briefing.objects.filter(office=office_of(request)).select_related("signed_by").defer("content")
    return shapes.page(rows, "at", after, size, shapes.signed)


@router.get("/briefings/{pk}", **door("get_signed_briefing", READ, "listening.read", schemas.Signed, 404, 422))
def get_signed_briefing(request: OfficeRequest, pk: Pk) -> Shape:
    """A signed briefing as it was."""
    row = found(Briefing.objects.filter(office=office_of(request), pk=pk).select_related("signed_by").first())
    return {**shapes.signed(row), "briefing": shapes.briefing(row.content)}
