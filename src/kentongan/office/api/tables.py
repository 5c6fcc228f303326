"""Tables that leave the house: CSV and Parquet of stories, signals, articles, issues and facts, row by row, so that a large one needs no
memory.

Columns are listed one by one; none holds personal data (the rows have none: it is hidden before storage or refused) and none is the text
of an article.

CSV cells are read by spreadsheets, and those run what begins with = + - @ (OWASP, *CSV Injection*): headlines come from strangers. A text
cell that begins so, also behind blanks or in full width, gets an apostrophe in front; numbers and times stay bare. In Parquet a text is a
text.

Rows are read in piles by key (time and number), each inside the office's scope: the answer is still being sent when the request's own scope
has ended, and nothing is held open in the database for a program that reads slowly.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from django.db.models import Q, QuerySet

from kentongan.office.desk import queries as desk
from kentongan.office.desk.facts_models import Fact
from kentongan.office.listening.models import Article, Signal, Story
from kentongan.office.people import scope
from kentongan.office.sheets import harmless

PILE = 2_000
Kind = Literal["text", "whole", "number", "time", "switch"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, kind, and how it is read from a row."""

    name: str
    kind: Kind
    of: Callable[[Any], Any]


def _own(kind: Kind, *names: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind, lambda row, name=name: getattr(row, name)) for name in names)


@dataclass(frozen=True, slots=True)
class Table:
    """What can be exported: the rows, the time they are ordered by, and the columns. `right` is needed besides that to export."""

    rows: Callable[[int], QuerySet[Any]]
    time: str
    columns: tuple[Column, ...]
    right: str = "exports.make"


_ID = Column("id", "whole", lambda row: row.pk)


def _joined(name: str) -> Column:
    return Column(name, "text", lambda row: "; ".join(getattr(row, name)))


TABLES: dict[str, Table] = {
    "stories": Table(
        lambda office: Story.objects.filter(office=office, merged_into=None).defer("counts", "headline_article"),
        "last",
        (
            _ID, *_own("text", "headline", "lead", "level"), *_own("time", "first", "last"),
            *_own("whole", "outlet_count", "articles", "copies"),
            _joined("outlets"), _joined("languages"), Column("score", "whole", lambda row: int(row.severity.get("score", 0))),
        ),
    ),
    "signals": Table(
        lambda office: Signal.objects.filter(office=office).defer("series", "reasons"),
        "raised",
        (
            _ID, *_own("text", "kind", "subject", "level", "state", "state_reason"), Column("story", "whole", lambda row: row.story_id),
            *_own("time", "raised", "updated", "since", "state_at"), *_own("number", "observed", "expected"), _joined("outlets"),
        ),
    ),
    "articles": Table(
        lambda office: Article.objects.filter(office=office).select_related("membership").defer("text", "summary", "embedding", "search"),
        "published",
        (
            _ID, *_own("text", "url", "outlet", "source_kind", "title", "language", "section"),
            *_own("time", "published", "updated", "seen"), *_own("switch", "published_known"),
            Column("source", "whole", lambda row: row.source_id), Column("story", "whole", lambda row: _member(row, "story_id")),
            Column("copy_kind", "text", lambda row: _member(row, "copy_kind") or ""),
        ),
    ),
    "issues": Table(
        lambda office: desk.get_shared(office).select_related("place", "agency").defer("summary", "reasons", "evidence"),
        "opened",
        (
            _ID, *_own("text", "title", "kind", "topic"), Column("place", "text", lambda row: row.place.name if row.place else ""),
            *_own("text", "state", "level"), Column("engine_level", "text", lambda row: row.suggested), *_own("text", "stance", "truth"),
            Column("agency", "text", lambda row: row.agency.name if row.agency else ""), *_own("time", "opened", "moved", "due"),
            Column("merged_into", "whole", lambda row: row.merged_into_id),
        ),
        "issues.read",
    ),
    "facts": Table(
        lambda office: Fact.objects.filter(issue__in=desk.get_shared(office), office=office).select_related("agency"),
        "added",
        (
            _ID, Column("issue", "whole", lambda row: row.issue_id),
            *_own("text", "kind", "text", "about", "figure", "source", "source_url"),
            *_own("time", "as_of"), *_own("text", "grade"), Column("agency", "text", lambda row: row.agency.name if row.agency else ""),
            *_own("time", "expires"), *_own("switch", "withdrawn"), *_own("whole", "version"), *_own("time", "added", "at"),
        ),
        "issues.read",
    ),
}  # fmt: skip


def _member(row: Article, name: str) -> Any:
    return getattr(getattr(row, "membership", None), name, None)


def piles(table: Table, office: int, since: datetime, until: datetime) -> Iterator[list[Any]]:
    """The rows of an office whose time lies in [since, until), the earliest first, in piles of at most PILE."""
    rows = table.rows(office).filter(**{f"{table.time}__gte": since, f"{table.time}__lt": until}).order_by(table.time, "pk")
    place: tuple[datetime, int] | None = None
    while True:
        here = (
            rows if place is None else rows.filter(Q(**{f"{table.time}__gt": place[0]}) | Q(**{table.time: place[0], "pk__gt": place[1]}))
        )
        with scope.scope(office):
            pile = list(here[:PILE])
        if not pile:
            return
        yield pile
        if len(pile) < PILE:
            return
        place = (getattr(pile[-1], table.time), pile[-1].pk)


def csv_lines(table: Table, office: int, since: datetime, until: datetime) -> Iterator[bytes]:
    """The table as CSV in UTF-8 with its header (RFC 4180), and a mark in front by which spreadsheets know the encoding."""
    yield b"\xef\xbb\xbf" + _written([[column.name for column in table.columns]])
    for pile in piles(table, office, since, until):
        yield _written([[_cell(column, row) for column in table.columns] for row in pile])


def _written(rows: Sequence[Sequence[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode("utf-8", "replace")


def _cell(column: Column, row: Any) -> str:
    value = column.of(row)
    if value is None:
        return ""
    if column.kind == "time":
        return value.astimezone(UTC).isoformat()
    return harmless(str(value)) if column.kind == "text" else str(value)


class _Sink(io.RawIOBase):
    """Takes what a writer gives and hands it on."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self.taken.append(part)
        self.size += len(part)
        return len(part)

    def tell(self) -> int:
        return self.size

    def hand_on(self) -> bytes:
        part = b"".join(self.taken)
        self.taken.clear()
        return part


def parquet_parts(table: Table, office: int, since: datetime, until: datetime) -> Iterator[bytes]:
    """The table as Parquet, a row group for each pile. `pyarrow` is opened only here: it is large, and most processes never need it."""
    import pyarrow
    from pyarrow import parquet

    kinds = {
        "text": pyarrow.string(), "whole": pyarrow.int64(), "number": pyarrow.float64(), "switch": pyarrow.bool_(),
        "time": pyarrow.timestamp("us", tz="UTC"),
    }  # fmt: skip
    schema = pyarrow.schema([(column.name, kinds[column.kind]) for column in table.columns])
    sink = _Sink()
    with parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
        for pile in piles(table, office, since, until):
            values = {column.name: [column.of(row) for row in pile] for column in table.columns}
            writer.write_table(pyarrow.table(values, schema=schema))
            yield sink.hand_on()
    yield sink.hand_on()
