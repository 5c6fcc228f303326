"""The record of what was done, for the auditor's programs: the lines of the page, its filters, its cursor.

A program takes lines away, so every page it reads is a line of the record itself, as the export of the screen is; so is each publication
that it puts together again.
"""

from __future__ import annotations

import zoneinfo
from typing import Annotated

from ninja import Router
from ninja.params.functions import Query
from pydantic import Field

from kentongan.office.administration import audit_services, reconstructing
from kentongan.office.administration.reconstructing_export import line_shape, published_shape, shape_of
from kentongan.office.api import record_schemas, schemas, shapes
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import AUDIT
from kentongan.office.api.shapes import Shape, found, office_of
from kentongan.office.api.stories import Pk
from kentongan.office.ledger import queries
from kentongan.office.people.requests import OfficeRequest

router = Router()
_VERIFIED = ("ok", "lines", "at", "kind", "place", "line")
Before = Annotated[int, Field(ge=1, lt=10**18)]
Actor = Annotated[int, Field(ge=0, le=2**62)]
Code = Annotated[str, Query(max_length=100, pattern=r"^[^\x00-\x1f]*$")]


@router.get("/record", **door("list_record", AUDIT, "ledger.read", record_schemas.LinePage, 422))
def list_record(
    request: OfficeRequest,
    since: schemas.Day | None = None,
    until: schemas.Day | None = None,
    act: Code = "",
    actor: Actor | None = None,
    role: Code = "",
    subject: Code = "",
    after: Before | None = None,
) -> Shape:
    """What was done, the latest first, narrowed as on the screen (days in the office's time). Each page that is read is a line itself."""
    office = office_of(request)
    chosen = queries.LineFilter(since, until, act, actor, role, subject)
    audit_services.begin_export(request.user, audit_services.PROGRAM, chosen, request.now)
    rows, last = queries.get_lines(office.pk, chosen, zoneinfo.ZoneInfo(office.time_zone), after)
    return {"rows": [line_shape(row) for row in rows], "next": last}


@router.get("/record/verified", **door("get_verified_record", AUDIT, "ledger.read", record_schemas.Verification))
def get_verified_record(request: OfficeRequest) -> Shape:
    """How far the chain was verified last, and what is wrong where something is."""
    last = queries.get_verified(office_of(request).pk)
    return {"last": {name: getattr(last, name) for name in _VERIFIED} if last is not None else None}


@router.get("/record/publications", **door("list_published_record", AUDIT, "ledger.read", record_schemas.PublishedPage, 422))
def list_published_record(request: OfficeRequest, after: schemas.After | None = None, size: schemas.Size = 50) -> Shape:
    """What the office published, the latest first, whoever may see the issue: numbers, hashes and states, no text."""
    return shapes.page(reconstructing.get_rows(office_of(request)), "at", after, size, published_shape)


@router.get("/record/publications/{pk}", **door("get_reconstruction", AUDIT, "ledger.read", record_schemas.Reconstruction, 404, 422))
def get_reconstruction(request: OfficeRequest, pk: Pk) -> Shape:
    """One publication put together again, by the number of its statement: text, evidence, who decided what when, and whether it agrees."""
    again = found(reconstructing.reconstruct(office_of(request), pk, request.now))
    chosen = queries.LineFilter(subject=f"statement:{pk}")
    audit_services.begin_export(request.user, audit_services.PROGRAM, chosen, request.now)
    return shape_of(again)
