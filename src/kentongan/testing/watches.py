"""Invented watches of a furnished office: one that finds something every day, and one that has ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from kentongan.office.listening import watches
from kentongan.office.listening.models import Purpose, Watch
from kentongan.office.people.models import Office, User
from kentongan.testing.builders import NOW, Told, make_article, purpose_of

DAYS = 21
HEARD = "Air PAM di Pelita Dalam berbau, hari ke-{n}"


def furnish_watches(office: Office, officer: User, now: datetime = NOW) -> Watch:
    """A watch on tap water with three weeks of items, and one on a festival that is over; gives the watch on water."""
    topic = purpose_of(office)
    topic.pk, topic.kind, topic.title, topic._state.adding = None, Purpose.Kind.WATCH, "Layanan air minum", True
    topic.save()
    for number in range(DAYS):
        title = HEARD.format(n=DAYS - number)
        for copy in range(1 + number % 4 // 2):
            make_article(office, Told(("Lentera Kota", "Warta Hilir")[copy], 24.0 * number + 5 + copy, title, "Warga mengeluh.", "id"), now)
    over = watches.begin(officer, topic, "Festival lampion", "festival NEAR/5 lampion", now - timedelta(days=20))
    watches.end(officer, over, now - timedelta(days=6))
    return watches.begin(officer, topic, "Air berbau", "air NEAR/5 berbau", now)
