"""Invented readers of the newsroom by e-mail: those who confirmed, one who was asked, and a publication that most of them were sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from kentongan.office import sealing
from kentongan.office.desk.models import Publication
from kentongan.office.newsroom import mailing, subscribing
from kentongan.office.newsroom.models import Letter, Subscription
from kentongan.office.people.models import Office
from kentongan.testing.builders import NOW

READERS = 34
ON_THE_WAY = 12
WORD = "kata-yang-ditanyakan"
TOPICS: tuple[tuple[str, ...], ...] = ((), (), ("water",))


def confirmed(office: Office, count: int, now: datetime = NOW - timedelta(days=1)) -> None:
    """So many readers who confirmed at this moment, their addresses at pembaca.example."""
    rows: list[Subscription] = []
    for n in range(count):
        words = {"email": f"warga{n}@pembaca.example", "confirm": f"c{n}", "leave": f"l{n}"}
        rows.append(
            Subscription(
                office=office, reader=f"{n:032x}", digest=f"{n:064x}", sealed=sealing.seal(words), speech="id", state="confirmed",
                confirm_digest=subscribing.digest_of(f"c{n}"), leave_digest=subscribing.digest_of(f"l{n}"), at=now, expires=now,
                confirmed=now, topics=list(TOPICS[n % 3]),
            )
        )  # fmt: skip
    Subscription.objects.bulk_create(rows, batch_size=1000)


def furnish_readers(office: Office, publication: Publication) -> str:
    """Gives the word of the one who was asked."""
    confirmed(office, READERS)
    mailing.begin(office, publication, "published", NOW)
    sent = Letter.objects.filter(mailing__publication=publication).order_by("pk").values_list("pk", flat=True)[ON_THE_WAY:]
    Letter.objects.filter(pk__in=list(sent)).update(state=Letter.State.SENT, sent=NOW)
    subscribing.ask(office, subscribing.Wish("baru@pembaca.example", "id", "id", ("water",)), NOW)
    Subscription.objects.filter(office=office, state="waiting").update(confirm_digest=subscribing.digest_of(WORD))
    return WORD
