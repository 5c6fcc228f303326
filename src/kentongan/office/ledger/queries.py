"""What the auditor reads: lines with their place in the chain, narrowed and in pages, and how far the chain was verified."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from django.db import connection

from kentongan.office.ledger.acts import ACTS
from kentongan.office.ledger.chain import Chained, digest

PAGE = 50
PIECE = 2_000
COLUMNS = ("office", "seq", "id", "at", "actor", "role", "act", "subject", "detail", "previous", "hash")
"""The order in which the first nine are hashed, then the two hashes."""


@dataclass(frozen=True, slots=True)
class LineFilter:
    """What the record is narrowed to; empty means all. `since` and `until` are the first and the last day, in the office's time."""

    since: date | None = None
    until: date | None = None
    act: str = ""
    actor: int | None = None
    role: str = ""
    subject: str = ""

    def __bool__(self) -> bool:
        return any((self.since, self.until, self.act, self.actor is not None, self.role, self.subject))


@dataclass(frozen=True, slots=True)
class Row:
    """One line as it is shown and exported."""

    office: int
    seq: int
    id: int
    at: datetime
    actor: int
    role: str
    act: str
    subject: str
    detail: str
    previous: bytes
    hash: bytes

    @property
    def sentence(self) -> str:
        return str(ACTS.get(self.act, self.act))

    @property
    def stands(self) -> bool:
        """Whether what the line says now still gives its hash."""
        as_text = (self.role, self.act, self.subject, self.detail)
        return digest(Chained(self.seq, self.id, self.office, self.at, self.actor, *as_text, self.previous, self.hash)) == self.hash

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The detail as names and values."""
        found: Any = json.loads(self.detail)
        return [(name, _shown(value)) for name, value in found.items()] if isinstance(found, dict) else []


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Verified:
    """What the last verification found: until which place the chain is whole, when that was looked at, and what is wrong."""

    lines: int
    at: datetime
    kind: str
    place: int
    line: int

    @property
    def ok(self) -> bool:
        return not self.kind


SELECT = """SELECT l.office, k.seq, l.id, l.at, l.actor, l.role, l.act, l.subject, l.detail, k.previous, k.hash
FROM ledger_line l JOIN ledger_link k ON k.line_id = l.id WHERE l.office = %s"""


def _narrowed(office: int, chosen: LineFilter, zone: tzinfo) -> tuple[str, list[Any]]:
    """The query and its values; what narrows is compared as a value, never written into the text."""
    wanted: list[tuple[str, Any]] = []
    if chosen.since is not None:
        wanted.append(("l.at >= %s", datetime.combine(chosen.since, time(), zone).astimezone(UTC)))
    if chosen.until is not None:
        wanted.append(("l.at < %s", datetime.combine(chosen.until + timedelta(days=1), time(), zone).astimezone(UTC)))
    if chosen.actor is not None:
        wanted.append(("l.actor = %s", chosen.actor))
    wanted += [(f"l.{name} = %s", value) for name in ("act", "role", "subject") if (value := getattr(chosen, name))]
    return " AND ".join([SELECT, *(words for words, _ in wanted)]), [office, *(value for _, value in wanted)]


def get_lines(office: int, chosen: LineFilter, zone: tzinfo, before: int | None = None) -> tuple[list[Row], int | None]:
    """A page of lines, the latest first, and the number after which the next page begins. One query."""
    where, values = _narrowed(office, chosen, zone)
    if before is not None:
        where, values = f"{where} AND l.id < %s", [*values, before]
    with connection.cursor() as cursor:
        cursor.execute(f"{where} ORDER BY l.id DESC LIMIT {PAGE + 1}", values)
        rows = [row_of(one) for one in cursor.fetchall()]
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def get_all_lines(office: int, chosen: LineFilter, zone: tzinfo) -> Iterator[Row]:
    """Every line that fits in the order of the chain, read in pieces. Inside a transaction only."""
    where, values = _narrowed(office, chosen, zone)
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"{where} ORDER BY k.seq", values)
        while rows := cursor.fetchmany(PIECE):
            yield from map(row_of, rows)


def row_of(one: tuple[Any, ...]) -> Row:
    office, seq, number, at, actor, role, act, subject, detail, previous, hash_ = one
    return Row(office, seq, number, at, actor, role, act, subject, detail, bytes(previous), bytes(hash_))


def get_verified(office: int) -> Verified | None:
    """What the last verification of the office's chain said. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at, detail FROM ledger_line WHERE office = %s AND act = 'ledger.verified' ORDER BY id DESC LIMIT 1", [office]
        )
        row = cursor.fetchone()
    if row is None:
        return None
    said = json.loads(row[1])
    return Verified(int(said["lines"]), row[0], str(said["kind"]), int(said["place"]), int(said["line"]))
