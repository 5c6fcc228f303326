"""Counts of what is heard, kept apart from the items: originals of each topic, place, watch, agency, kind of source and
kind of item (question, complaint …) by hour.

The listener adds them in the transaction that moves its offset, each entry of the journal once: `ListenerState.counted` says up to which,
and stays where it is when the journal is read again by another engine. So an hour that was counted stays as it was counted, whatever is
later called a topic or a place. What is usual rests on these counts (`silences`); no item and no author can be found from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from kentongan.engine.places import Gazetteer
from kentongan.engine.steps import Counted, Output
from kentongan.office.listening.counting_models import SUBJECT
from kentongan.office.listening.models import JournalEntry, ListenerState

TOPIC, PLACE, WATCH, AGENCY, SOURCE, KIND = "c", "p", "w", "a", "k", "q"
"""What a subject begins with, as the engine's series do."""
KEPT = frozenset({TOPIC, PLACE, WATCH, AGENCY, SOURCE, KIND})
_ADD = """INSERT INTO listening_hourcount AS kept (office_id, subject, hour, count, last)
    SELECT %(office)s, subject, date_trunc('hour', at, 'UTC'), count(*), max(at)
    FROM unnest(%(subjects)s::text[], %(times)s::timestamptz[]) AS heard(subject, at) GROUP BY 2, 3 ORDER BY 2, 3
    ON CONFLICT (office_id, hour, subject) DO UPDATE SET count = kept.count + excluded.count, last = greatest(kept.last, excluded.last)"""


def add(office: int, said: Sequence[Output], entries: Sequence[JournalEntry], places: Gazetteer | None) -> None:
    """Count what these entries brought, but for those counted before. Inside the transaction that moves the offset beyond them.

    What names a ward counts for everything above it too. One query for how far was counted, one to add, one to write how far.
    """
    row = ListenerState.objects.only("counted").get(office_id=office)
    fresh = [entry for entry in entries if entry.seq > row.counted]
    if not fresh:
        return
    times = {entry.article.key: entry.article.published for entry in fresh if entry.article is not None}
    pairs: list[tuple[str, datetime]] = []
    for one in said:
        if isinstance(one, Counted) and one.article in times:
            pairs += [(name[:SUBJECT], times[one.article]) for name in _subjects(one.groups, places)]
    if pairs:
        subjects, at = zip(*pairs, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_ADD, {"office": office, "subjects": list(subjects), "times": list(at)})
    ListenerState.objects.filter(pk=row.pk).update(counted=fresh[-1].seq)


def _subjects(groups: Sequence[str], places: Gazetteer | None) -> list[str]:
    """The subjects of an original, each once, places with all that lies above them."""
    found: dict[str, None] = {}
    for name in groups:
        if name[0] == PLACE and places is not None:
            found.update((PLACE + one, None) for one in places.path(name[1:]))
        elif name[0] in KEPT:
            found[name] = None
    return list(found)


def by_hour(office: int, first: Sequence[str], now: datetime, window: timedelta, least: int) -> list[tuple[str, int, int, datetime]]:
    """(subject, hours ago, originals, the last of them) of subjects that begin with one of `first` and had at least `least` originals in
    the window, each hour that has any. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT subject, ago, count, last FROM (
                SELECT subject, count, last, sum(count) OVER (PARTITION BY subject) AS total,
                    (extract(epoch FROM date_trunc('hour', %(now)s, 'UTC') - hour) / 3600)::int AS ago
                FROM listening_hourcount WHERE office_id = %(office)s AND left(subject, 1) = ANY(%(first)s)
                    AND hour > %(now)s - %(window)s AND last <= %(now)s) AS hours
            WHERE total >= %(least)s ORDER BY subject, last""",
            {"now": now, "office": office, "window": window, "first": list(first), "least": least},  # type: ignore[dict-item]
        )
        return cursor.fetchall()
