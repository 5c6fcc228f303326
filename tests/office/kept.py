"""What a test would furnish again is put back: a furnished office takes 195 questions, its rows come back in some thirty.

The rows are those the first furnishing of this process left, numbers and all, no trigger asked. Where the tables were not
empty, or the database lets nobody do that, everything is furnished as the first time.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection, transaction

Made = TypeVar("Made")
_KEPT: dict[Callable[[], Any], tuple[Any, dict[str, bytes]]] = {}


def kept(make: Callable[[], Made]) -> Made:
    """What `make` gives and leaves in the tables, the first time by making it, then from memory."""
    with transaction.atomic(), connection.cursor() as cursor:
        if make not in _KEPT:
            return _made(cursor, make)
        made, tables = _KEPT[make]
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, rows in tables.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as into:
                into.write(rows)
        cursor.execute("SET LOCAL session_replication_role = origin")
    return copy.deepcopy(made)


def _made(cursor: Any, make: Callable[[], Made]) -> Made:
    before = _counts(cursor)
    made = make()
    tables = {table: _rows(cursor, table) for table, n in _counts(cursor).items() if n != before.get(table, 0)}
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if cursor.fetchone() == (True,) and not any(before.get(table) for table in tables):
        _KEPT[make] = copy.deepcopy(made), tables
    return made


def _counts(cursor: Any) -> dict[str, int]:
    cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname")
    names = [name for (name,) in cursor.fetchall()]
    cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names))
    return dict(cursor.fetchall())


def _rows(cursor: Any, table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT") as out:
        return b"".join(bytes(piece) for piece in out)
