"""The only door into the ledger. Called by the services of every room, inside the transaction of the act."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction

from kentongan.office.ledger.acts import ACTS
from kentongan.office.ledger.checking import Checked
from kentongan.office.ledger.models import NOBODY

Detail = Mapping[str, object]
LONGEST_DETAIL = 4_000
_SUBJECT = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{0,100}")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_INSERT = "INSERT INTO ledger_line (office, at, actor, role, act, subject, detail) SELECT %s, %s, %s, %s, %s, %s, %s"
_FIRST = _INSERT + " WHERE set_config('synchronous_commit', 'off', true) <> ''"
"""The first line of a transaction: its commit does not wait for the disk, `_flush` does."""


def write(
    act: str, *, office: int | None, actor: int | None, at: datetime, role: str = "", subject: str = "", detail: Detail | None = None
) -> None:
    """Say that `actor` (a person's number; None: the system) did `act` to `subject` ("story:12") in `office` (None: the installation).

    `detail` holds numbers, codes and settings; never a name, an address or a text of a person of the public. Raises `ValueError` for an act
    that is not in the table, a subject that cannot be stored, a time without zone, or outside a transaction: all are mistakes of ours.
    """
    if act not in ACTS:
        raise ValueError(f"the ledger does not know the act “{act}”")
    if not connection.in_atomic_block:
        raise ValueError(f"“{act}” must be written in the transaction of the act")
    if not _SUBJECT.fullmatch(subject):
        raise ValueError(f"the subject of “{act}” must be at most 100 printable characters")
    if at.tzinfo is None:
        raise ValueError(f"the time of “{act}” has no zone")
    first = not any(call is _flush for _, call, _ in connection.run_on_commit)
    if first:
        transaction.on_commit(_flush)
    with connection.cursor() as cursor:
        values = [office or NOBODY, at, actor or NOBODY, role, act, subject, detail_text(detail or {})]
        cursor.execute(_FIRST if first else _INSERT, values)


def detail_text(detail: Detail) -> str:
    """A detail as it is stored and hashed: JSON in one form. What PostgreSQL cannot store (NUL, half a character) becomes U+FFFD."""
    text = _form(_storable(detail))
    return text if len(text) <= LONGEST_DETAIL else _form({"shortened": text[: LONGEST_DETAIL - 100]})


def _form(thing: object) -> str:
    return json.dumps(thing, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _storable(thing: object) -> object:
    """The same with every key and text storable, and anything JSON does not know as its text."""
    if isinstance(thing, Mapping):
        return {_storable(str(key)): _storable(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple | set | frozenset):
        return [_storable(one) for one in (sorted(thing, key=str) if isinstance(thing, set | frozenset) else thing)]
    if thing is None or isinstance(thing, bool | int | float):
        return thing
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", str(thing))


def _flush() -> None:
    """Wait until the disk has what was committed, together with everybody who waits at this moment.

    The lock of the chain is held until a commit is over. Were the disk waited for inside of it, eight writers would queue for eight turns
    of the disk; so the transaction commits without waiting (the order in the log is the order of the chain, a crash can only cut the end
    off), and the wait comes after, before anybody is told that the act is done.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_logical_emit_message(true, 'kentongan', '')")


@transaction.atomic
def note_verified(checked: Checked, now: datetime, actor: int | None = None) -> None:
    """What a verification of an office's chain found, as a line of that chain."""
    found = checked.finding
    detail: Detail = {
        "lines": checked.lines,
        "hash": checked.hash.hex(),
        "anchors": checked.anchors,
        "kind": found.kind if found else "",
        "place": found.seq if found else 0,
        "line": found.line if found else 0,
    }
    write("ledger.verified", office=checked.office, actor=actor, at=now, detail=detail)
