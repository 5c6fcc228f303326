"""Keeps no longer than promised: visits `keep_raw_days`, articles `keep_item_days` from when they were seen.

Signed briefings stay as they were signed.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import connection

from kentongan.office.listening.models import Article, Signal, Story, Visit

LOG = logging.getLogger(__name__)
PIECE = 5_000
"""Rows deleted in one statement, so that no lock is held for long."""


def forget(now: datetime, keep_raw_days: int, keep_item_days: int) -> dict[str, int]:
    """Delete what is older, in pieces; gives how many rows of each table, and logs it.

    A story goes with its last article, a signal with its story. The engine's state forgets by itself (its windows are shorter than any
    allowed setting), so the journal before the last snapshot may lose entries without changing what a restart gives.
    """
    gone = {
        "visits": _delete("listening_visit", "at", now - timedelta(days=keep_raw_days)),
        "articles": _delete("listening_article", "seen", now - timedelta(days=keep_item_days)),
        "stories": 0,
    }
    old = now - timedelta(days=keep_item_days)
    gone["stories"] = Story.objects.filter(members=None, changed__lt=old).delete()[0]
    gone["signals"] = Signal.objects.filter(story=None, updated__lt=old).delete()[0]
    LOG.info("kept no longer than promised: %s", ", ".join(f"{count} {name} deleted" for name, count in gone.items()))
    return gone


def _delete(table: str, column: str, before: datetime) -> int:
    assert table in {Visit._meta.db_table, Article._meta.db_table}
    children = ("listening_journalentry", "listening_membership") if table == Article._meta.db_table else ()
    total = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(f"SELECT id FROM {table} WHERE {column} < %s ORDER BY id LIMIT {PIECE}", [before])  # noqa: S608
            ids = [row[0] for row in cursor.fetchall()]
            if not ids:
                return total
            for child in children:
                cursor.execute(f"DELETE FROM {child} WHERE article_id = ANY(%s)", [ids])  # noqa: S608
            if children:
                cursor.execute("UPDATE listening_story SET headline_article_id = NULL WHERE headline_article_id = ANY(%s)", [ids])
                cursor.execute("UPDATE listening_membership SET original_id = NULL WHERE original_id = ANY(%s)", [ids])
            cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [ids])  # noqa: S608
            total += len(ids)
