"""Verifies chains: is every line as it was written, in its place, and the end where an anchor says it was? Names the first broken line.

What is observed: the lines and links of one snapshot, while others go on writing, and anchors kept outside. Method: the whole chain is
hashed again (`chain.digest`). What a finding is called:

    changed     the line's text no longer gives its hash
    removed     a place in the chain is empty, or a link's line is gone
    inserted    a line that does not follow the one before it, or a line that has no link
    reordered   the line stands in another place than the one it was written to
    cut         the chain ends before a place that an anchor vouches for
    rewritten   the chain is whole in itself, but not the one an anchor vouches for

Only the first of an office is told: behind it everything may be wrong. Known limit: lines removed from the very end, after the last anchor,
leave no trace in any chain of hashes; so anchor often (docs/how-to/audit.md). Reads; writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from django.db import connection, transaction

from kentongan.office.ledger.chain import FIRST, digest_of

Kind = Literal["changed", "removed", "inserted", "reordered", "cut", "rewritten"]
PIECE = 4_000
Progress = Callable[[int, int], None]
"""Called with the lines read and the lines there are."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an anchor vouches for: at place `seq` of the office's chain stood the line with this hash."""

    office: int
    seq: int
    hash: bytes
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing wrong with a chain. `seq` is the place, `line` the line's number; 0 where there is none."""

    kind: Kind
    seq: int
    line: int


@dataclass(frozen=True, slots=True)
class Checked:
    """One office's chain: how many lines follow each other without fault, the last good hash, and what comes first of what is wrong."""

    office: int
    lines: int
    hash: bytes
    last: datetime | None
    anchors: int
    finding: Finding | None


@contextmanager
def snapshot() -> Generator[None]:
    """One unchanging view of the database for all that is read inside; inside a transaction of the caller's it is the caller's view."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def check_all(anchors: Iterable[Told] = (), office: int | None = None, progress: Progress | None = None) -> list[Checked]:
    """Verify the chain of every office (or of one), each from its first line. Anchors of the table count besides those given."""
    with snapshot():
        counts = _counts(office)
        known = _by_office([*anchors, *_stored_anchors(office)])
        done, total = 0, sum(counts.values())
        found: list[Checked] = []
        for one in sorted({*counts, *(known if office is None else {office} & set(known))}):

            def step(read: int, before: int = done) -> None:
                if progress is not None:
                    progress(before + read, total)

            found.append(check(one, known.get(one, ()), step))
            done += counts.get(one, 0)
        return found


def _counts(office: int | None) -> dict[int, int]:
    """Lines of each office; offices that have a link only count too."""
    where, values = ("", []) if office is None else (" WHERE office = %s", [office])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT office, count(*) FROM ledger_line{where} GROUP BY office", values)  # noqa: S608
        counts: dict[int, int] = dict(cursor.fetchall())
        cursor.execute(f"SELECT DISTINCT office FROM ledger_link{where}", values)  # noqa: S608
        return {row[0]: 0 for row in cursor.fetchall()} | counts


def _stored_anchors(office: int | None) -> list[Told]:
    where, values = ("", []) if office is None else (" WHERE office = %s", [office])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT office, seq, hash, at FROM ledger_anchor{where}", values)  # noqa: S608
        return [Told(one, seq, bytes(hash_), at) for one, seq, hash_, at in cursor.fetchall()]


def _by_office(anchors: Iterable[Told]) -> Mapping[int, Sequence[Told]]:
    known: dict[int, list[Told]] = {}
    for anchor in anchors:
        known.setdefault(anchor.office, []).append(anchor)
    return known


def check(office: int, anchors: Sequence[Told] = (), step: Callable[[int], None] | None = None) -> Checked:
    """Verify one office's chain against itself and its anchors."""
    vouched: dict[int, set[bytes]] = {}
    for anchor in anchors:
        vouched.setdefault(anchor.seq, set()).add(anchor.hash)
    good, tail, last, met = 0, FIRST, "", 0
    finding: Finding | None = None
    for row in _rows(office):
        seq, _, previous, hash_, at, now = row
        if seq != good + 1 or now != hash_ or previous != tail:
            finding = _wrong(office, row, good + 1, tail)
            break
        if seq in vouched:
            if vouched[seq] != {hash_}:
                finding = Finding("rewritten", seq, row.line)
                break
            met += 1
        good, tail, last = seq, hash_, at
        if step is not None and good % PIECE == 0:
            step(good)
    if finding is None:
        finding = _unlinked(office) or _cut(good, vouched)
    if step is not None:
        step(good)
    return Checked(office, good, tail, datetime.fromisoformat(last).replace(tzinfo=UTC) if last else None, met, finding)


_AT = """to_char(l.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')"""
_FIELDS = f"l.office, k.seq, l.id, {_AT}, l.actor, l.role, l.act, l.subject, l.detail"
_ROWS = f"""SELECT k.seq, k.line_id, k.previous, k.hash, {_FIELDS}
FROM ledger_link k LEFT JOIN ledger_line l ON l.id = k.line_id WHERE k.office = %s ORDER BY k.seq"""  # noqa: S608


class _Row(NamedTuple):
    seq: int
    line: int
    previous: bytes
    hash: bytes
    at: str
    """Empty where the line is gone."""
    digest: bytes
    """What the line gives now."""


def _rows(office: int) -> Iterator[_Row]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ROWS, [office])
        while rows := cursor.fetchmany(PIECE):
            for seq, line, before, hash_, office_, place, number, at, actor, *words in rows:
                now = digest_of(before, office_, place, number, at, actor, *words) if at else b""
                yield _Row(seq, line, bytes(before), bytes(hash_), at or "", now)


def _wrong(office: int, row: _Row, place: int, tail: bytes) -> Finding:
    """What is wrong with the line that was found where `place` is due, after a line with the hash `tail`."""
    if row.seq != place:
        return Finding("removed", place, 0) if row.seq > place else Finding("inserted", row.seq, row.line)
    if not row.at:
        return Finding("removed", place, row.line)
    if row.previous == tail:
        return Finding("reordered" if _stood_elsewhere(office, row, place) else "changed", place, row.line)
    if _stood_elsewhere(office, row, place):
        return Finding("reordered", place, row.line)
    return Finding("inserted" if row.digest == row.hash else "changed", place, row.line)


_PLACED = f"""SELECT k.seq, k.previous, {_FIELDS}
FROM ledger_line l, ledger_link k WHERE l.id = %s AND k.office = %s AND k.seq BETWEEN %s AND %s"""  # noqa: S608
NEAR = 50
"""How far away the first place of a line that was moved is looked for."""


def _stood_elsewhere(office: int, row: _Row, place: int) -> bool:
    """Whether the line, hashed as of another place nearby, gives the hash of a link of the chain."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash FROM ledger_link WHERE office = %s AND seq BETWEEN %s AND %s", [office, place - NEAR, place + NEAR])
        hashes = {bytes(found[0]) for found in cursor.fetchall()}
        cursor.execute(_PLACED, [row.line, office, place - NEAR, place + NEAR])
        return any(
            digest_of(before, *fields) in hashes
            for seq, previous, *fields in cursor.fetchall()
            if seq != place
            for before in {bytes(previous), row.previous}
        )


def _unlinked(office: int) -> Finding | None:
    """A line that nobody chained, which a commit cannot leave behind."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT l.id FROM ledger_line l WHERE l.office = %s
            AND NOT EXISTS (SELECT 1 FROM ledger_link k WHERE k.line_id = l.id AND k.office = l.office) ORDER BY l.id LIMIT 1""",
            [office],
        )
        row = cursor.fetchone()
    return None if row is None else Finding("inserted", 0, row[0])


def _cut(good: int, vouched: Mapping[int, set[bytes]]) -> Finding | None:
    """An anchor that vouches for a place behind the end."""
    last = max(vouched, default=0)
    return Finding("cut", good + 1, 0) if last > good else None
