"""What the tests of readers by e-mail share: a mail server that remembers, readers, publications, and rounds of sending."""

from __future__ import annotations

import email
import email.policy
import re
import secrets
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from approvals import people_of, sight_of
from desk import NOW
from statements import FRAME, Papers, papers

from kentongan.office import sealing
from kentongan.office.desk import statement_services
from kentongan.office.desk.models import Publication
from kentongan.office.desk.statement_publishing import publish_in_emergency
from kentongan.office.desk.statement_queries import get_last, sentences_of
from kentongan.office.newsroom import handing, mailing, subscribing
from kentongan.office.newsroom.models import Letter, Subscription
from kentongan.office.people import scope
from kentongan.testing.readers import confirmed

REAL = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


class Sink:
    """A mail server. `at_rcpt` and `at_dot` say what it answers to an address ("" means everybody), once for each left in the list."""

    def __init__(self) -> None:
        self.got: list[tuple[str, Any]] = []
        self.at_rcpt: dict[str, list[str]] = {}
        self.at_dot: dict[str, list[str]] = {}
        self.slow_s = 0.0
        self.senders: list[str] = []

    def _said(self, told: dict[str, list[str]], to: str) -> str | None:
        for key in (to, ""):
            if told.get(key):
                return told[key].pop(0)
        return None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        refused = self._said(self.at_rcpt, address)
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        refused = self._said(self.at_dot, envelope.rcpt_tos[0])
        if refused:
            return refused
        self.senders.append(envelope.mail_from)
        self.got.append((envelope.rcpt_tos[0], email.message_from_bytes(envelope.content, policy=email.policy.default)))
        time.sleep(self.slow_s)
        return "250 OK"

    def counts(self) -> Counter[str]:
        """How often each address has got something."""
        return Counter(to for to, _ in self.got)

    def text(self, number: int = -1) -> str:
        return self.got[number][1].get_content()


def room() -> Papers:
    return people_of(papers())


def pointed(settings: Any, url: str, tmp_path: Any) -> None:
    """Mail goes to this server, journals into this folder."""
    said = {"mail_url": url, "public_url": "https://kota.example", "data": str(tmp_path), "mail_per_second": 1000.0}
    settings.CONFIG = type(settings.CONFIG)({**settings.CONFIG.values, **said}, settings.CONFIG.origins)


def subscribed(office: Any, address: str, now: datetime = NOW - timedelta(days=1), **wish: Any) -> Subscription:
    """Somebody who asked and confirmed."""
    word = secrets.token_urlsafe(8)
    subscribing.ask(office, subscribing.Wish(address, **wish), now)
    row = Subscription.objects.filter(office=office, state="waiting").latest("pk")
    word = sealing.opened(row.sealed)["confirm"]
    Letter.objects.filter(reader=row.reader, mailing=None).update(state="sent", sent=now)
    assert subscribing.confirm(office, word, now)
    return Subscription.objects.get(pk=row.pk)


def many(office: Any, count: int) -> None:
    """So many readers of everything, without asking each."""
    confirmed(office, count)
    Subscription.objects.update(topics=[])


def published(made: Papers, text: str = "Jauhi tepi sungai.\nPindah ke balai kecamatan.", language: str = "id") -> Publication:
    found = statement_services.begin(made.desk.lina, made.issue, "chat", language, FRAME, NOW)
    found = statement_services.write(made.desk.lina, found, text, FRAME, found.version, NOW)
    for one in sentences_of(get_last(found)):
        found = statement_services.settle_sentence(made.desk.lina, found, one.key, "instruction", (), found.version, NOW)
    return publish_in_emergency(made.desk.sari, found, "Air naik cepat", sight_of(found), NOW)


def told(office: Any, now: datetime = NOW) -> int:
    """Letters made of what readers were not told of."""
    with scope.scope(office.pk):
        return mailing.begin_due(office, now)


def sent(office: Any, at: datetime = REAL, failures: int = 0) -> handing.Round:
    """One round."""
    with scope.scope(office.pk):
        return handing.hand_over(office, lambda: at, failures)


def link_in(text: str, name: str) -> str:
    """The path of a link of a letter."""
    (found,) = re.findall(rf"https://kota\.example(/o/[^/]+/news/{name}/[^/\s]+/)", text)
    return found
