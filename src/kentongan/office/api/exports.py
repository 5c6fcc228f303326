"""Tables for other programs: CSV and Parquet, sent while they are read. Each is a line in the ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from django.http import StreamingHttpResponse
from django.utils.translation import gettext
from ninja import Router
from ninja.params.functions import Path

from kentongan.errors import InputError
from kentongan.office.api import recording, tables
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import EXPORT
from kentongan.office.api.shapes import office_of
from kentongan.office.api.stories import aware
from kentongan.office.people.permissions import need
from kentongan.office.people.requests import OfficeRequest

router = Router()
What = Annotated[Literal["stories", "signals", "articles", "issues", "facts"], Path()]
CSV, PARQUET = "text/csv", "application/vnd.apache.parquet"


def _span(request: OfficeRequest, since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    first, last = aware(since) or datetime(1970, 1, 1, tzinfo=UTC), aware(until) or request.now
    if first > last:
        raise InputError(gettext("The beginning must not come after the end."), subject="since")
    return first, last


@router.get("/exports/{what}.csv", **door("export_csv", EXPORT, "exports.make", None, 404, 422, produces=CSV))
def export_csv(request: OfficeRequest, what: What, since: datetime | None = None, until: datetime | None = None) -> StreamingHttpResponse:
    """A table as CSV; `since` and `until` narrow it by the time of its rows (of a story: its latest item)."""
    return _sent(request, what, "csv", since, until)


@router.get("/exports/{what}.parquet", **door("export_parquet", EXPORT, "exports.make", None, 404, 422, produces=PARQUET))
def export_parquet(
    request: OfficeRequest, what: What, since: datetime | None = None, until: datetime | None = None
) -> StreamingHttpResponse:
    """The same table as Parquet."""
    return _sent(request, what, "parquet", since, until)


def _sent(request: OfficeRequest, what: str, form: str, since: datetime | None, until: datetime | None) -> StreamingHttpResponse:
    office = office_of(request)
    need(request.user, tables.TABLES[what].right)
    first, last = _span(request, since, until)
    asked = {"since": since.isoformat() if since else None, "until": until.isoformat() if until else None}
    recording.export_made(request.user, what, form, asked, request.now)
    make, kind = (tables.csv_lines, f"{CSV}; charset=utf-8") if form == "csv" else (tables.parquet_parts, PARQUET)
    name = f"{office.slug}-{what}-{request.now:%Y%m%d-%H%M}.{form}"
    return StreamingHttpResponse(
        make(tables.TABLES[what], office.pk, first, last),
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
