"""The only door into the ledger. Called by the services of every room, inside the transaction of the act."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction

from kentongan.office.ledger.acts import ACTS
from kentongan.office.ledger.models import NOBODY

Detail = Mapping[str, object]
LONGEST_DETAIL = 4_000


def write(
    act: str, *, office: int | None, actor: int | None, at: datetime, role: str = "", subject: str = "", detail: Detail | None = None
) -> None:
    """Say that `actor` (a person's number; None: the system) did `act` to `subject` ("story:12") in `office` (None: the installation).

    `detail` holds numbers, codes and settings; never a name, an address or a text of a person of the public. Raises `ValueError` for an act
    that is not in the table or outside a transaction: both are mistakes of ours.
    """
    if act not in ACTS:
        raise ValueError(f"the ledger does not know the act “{act}”")
    if not connection.in_atomic_block:
        raise ValueError(f"“{act}” must be written in the transaction of the act")
    text = json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    if len(text) > LONGEST_DETAIL:
        text = json.dumps({"shortened": text[: LONGEST_DETAIL - 100]}, ensure_ascii=False, separators=(",", ":"))
    with connection.cursor() as cursor:
        if not any(call is _flush for _, call, _ in connection.run_on_commit):
            cursor.execute("SET LOCAL synchronous_commit = off")
            transaction.on_commit(_flush)
        cursor.execute(_INSERT, [office or NOBODY, at, actor or NOBODY, role, act, subject[:100], text.replace("\\u0000", "")])


_INSERT = "INSERT INTO ledger_line (office, at, actor, role, act, subject, detail) VALUES (%s, %s, %s, %s, %s, %s, %s)"


def _flush() -> None:
    """Wait until the disk has what was committed, together with everybody who waits at this moment.

    The lock of the chain is held until a commit is over. Were the disk waited for inside of it, eight writers would queue for eight turns
    of the disk; so the transaction commits without waiting (the order in the log is the order of the chain, a crash can only cut the end
    off), and the wait comes after, before anybody is told that the act is done.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_logical_emit_message(true, 'kentongan', '')")
