"""The record of what was done, for the auditor's programs: the lines of the page, its filters, its cursor.

A program takes lines away, so every page it reads is a line of the record itself, as the export of the screen is.
"""

from __future__ import annotations

import json
import zoneinfo
from typing import Annotated, Any

from ninja import Router
from ninja.params.functions import Query
from pydantic import Field

from kentongan.office.administration import audit_services
from kentongan.office.api import record_schemas, schemas
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import AUDIT
from kentongan.office.api.shapes import Shape, office_of
from kentongan.office.ledger import queries
from kentongan.office.people.requests import OfficeRequest

router = Router()
_LINE = ("id", "seq", "at", "actor", "role", "act", "sentence", "subject")
_VERIFIED = ("ok", "lines", "at", "kind", "place", "line")
Before = Annotated[int, Field(ge=1, lt=10**18)]
Actor = Annotated[int, Field(ge=0, le=2**62)]
Code = Annotated[str, Query(max_length=100, pattern=r"^[^\x00-\x1f]*$")]


def line(row: queries.Row) -> Shape:
    """A line with its place in the chain."""
    detail: Any = json.loads(row.detail)
    plain = {name: getattr(row, name) for name in _LINE}
    return {**plain, "detail": detail if isinstance(detail, dict) else {}, "previous": row.previous.hex(), "hash": row.hash.hex()}


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
    return {"rows": [line(row) for row in rows], "next": last}


@router.get("/record/verified", **door("get_verified_record", AUDIT, "ledger.read", record_schemas.Verification))
def get_verified_record(request: OfficeRequest) -> Shape:
    """How far the chain was verified last, and what is wrong where something is."""
    last = queries.get_verified(office_of(request).pk)
    return {"last": {name: getattr(last, name) for name in _VERIFIED} if last is not None else None}
