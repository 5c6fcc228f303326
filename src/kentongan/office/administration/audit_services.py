"""What an auditor does: asks for a verification and takes the record out. Both are lines of the record themselves."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, tzinfo

from django.db import transaction
from django.utils.translation import gettext

from kentongan.errors import InputError
from kentongan.office.ledger import queries
from kentongan.office.ledger import services as ledger
from kentongan.office.ledger import tasks as ledger_tasks
from kentongan.office.ledger.queries import COLUMNS, LineFilter, Row
from kentongan.office.people import scope
from kentongan.office.people.models import User
from kentongan.office.people.permissions import need
from kentongan.office.sheets import harmless

FORMS = ("csv", "json", "jsonl")
PROGRAM = "api"
"""The form in which a program takes a page of lines."""


@transaction.atomic
def ask_to_verify(user: User) -> None:
    """Let the chain of the user's office be verified now; what is found becomes a line."""
    need(user, "ledger.read")
    ledger_tasks.verify_chain.defer(office=user.office_id, actor=user.pk)


@transaction.atomic
def begin_export(user: User, form: str, chosen: LineFilter, now: datetime, digest: str = "") -> None:
    """Write down who takes which part of the record out, before the first line leaves; with the SHA-256 of the file where it is whole."""
    need(user, "ledger.read")
    if form not in (*FORMS, PROGRAM):
        raise InputError(gettext("The record leaves as csv, json or jsonl."), subject="form")
    narrowed = {name: str(value) for name in LineFilter.__dataclass_fields__ if (value := getattr(chosen, name)) not in (None, "")}
    detail: dict[str, object] = {"form": form, "narrowed": narrowed}
    if digest:
        detail["digest"] = digest
    ledger.write("ledger.exported", office=user.office_id, actor=user.pk, role=user.role, at=now, detail=detail)


def exported(office: int, form: str, chosen: LineFilter, zone: tzinfo) -> Iterator[bytes]:
    """The lines that fit, in the order of the chain, with everything that is hashed. Enters the office's scope itself: it streams.

    csv: a table with its heads; jsonl: an object a line; json: one document, `{"lines": […]}` with the same objects.
    """
    written = _csv if form == "csv" else _json
    with scope.scope(office), transaction.atomic():
        yield {"csv": _csv_line(COLUMNS), "json": b'{"lines": [\n'}.get(form, b"")
        for n, row in enumerate(queries.get_all_lines(office, chosen, zone)):
            yield b"," + written(row) if form == "json" and n else written(row)
        if form == "json":
            yield b"]}\n"


def table_of(rows: Iterable[Row]) -> bytes:
    """Lines as a table with its heads, as `exported` writes them."""
    return b"".join((_csv_line(COLUMNS), *map(_csv, rows)))


def _fields(row: Row) -> dict[str, object]:
    at = row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    fields: dict[str, object] = {name: getattr(row, name) for name in COLUMNS}
    return {**fields, "at": at, "previous": row.previous.hex(), "hash": row.hash.hex()}


def _json(row: Row) -> bytes:
    return json.dumps(_fields(row), ensure_ascii=False).encode() + b"\n"


def _csv(row: Row) -> bytes:
    return _csv_line(tuple(_safe(value) for value in _fields(row).values()))


def _safe(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return harmless(value) if isinstance(value, str) else value


def _csv_line(values: tuple[object, ...]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue().encode()
