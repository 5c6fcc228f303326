"""What a reader has read before, as a cursor: short hashes of the newest entries, so that a visit asks only for what is new."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, cast

MOST = 600
_DIGITS = 12


class Seen:
    """The entries known from a cursor. An unreadable cursor is an empty one: reading twice is harmless, what is stored is stored once."""

    def __init__(self, cursor: str = "") -> None:
        self._marks: dict[str, None] = dict.fromkeys(_marks(cursor))

    def __contains__(self, key: str) -> bool:
        return _mark(key) in self._marks

    def add(self, key: str) -> None:
        """Remember an entry as the newest."""
        self._marks.pop(_mark(key), None)
        self._marks[_mark(key)] = None

    def fresh(self, keys: Iterable[str]) -> list[str]:
        """Those not known, in order, each once."""
        return [key for key in dict.fromkeys(keys) if key not in self]

    def cursor(self) -> str:
        """The newest `MOST` entries, as text."""
        return json.dumps({"seen": list(self._marks)[-MOST:]}, separators=(",", ":")) if self._marks else ""


def _mark(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:_DIGITS]


def _marks(cursor: str) -> list[str]:
    try:
        row: Any = json.loads(cursor) if cursor else {}
    except (ValueError, RecursionError):
        return []
    seen: Any = cast("dict[str, Any]", row).get("seen") if isinstance(row, dict) else None
    return [one for one in cast("list[Any]", seen) if isinstance(one, str)][-MOST:] if isinstance(seen, list) else []
