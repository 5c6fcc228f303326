"""A real mail server of the tests that keeps what it is given, and everything of the office's that waits, sent to it."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from typing import Any

from kentongan.office.alerting import ringing
from kentongan.office.alerting.models import AlertDelivery

REAL = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)


class Sink:
    """Keeps what it is given as (receivers, message), or says `says`."""

    says = "250 OK"

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.url = ""

    async def handle_DATA(self, server, session, envelope):
        if self.says.startswith("250"):
            self.got.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return self.says

    def ready(self, settings: Any) -> Sink:
        """Empty, saying yes, and named by the settings."""
        self.got.clear()
        self.says = "250 OK"
        settings.CONFIG = type(settings.CONFIG)({**settings.CONFIG.values, "mail_url": self.url}, settings.CONFIG.origins)
        return self


def made_sink(serve_mail: Any) -> Sink:
    kept = Sink()
    kept.url = serve_mail(kept)
    return kept


def sent_by(sink: Sink) -> list[tuple[str, str, str]]:
    """Send every mail that waits; what arrived since: to whom, subject, text."""
    for row in AlertDelivery.objects.filter(channel="mail", state="waiting").order_by("pk"):
        ringing.ring(row.pk, None, REAL)
    got = [(one[0][0], str(one[1]["Subject"]), one[1].get_content()) for one in sink.got]
    sink.got.clear()
    return got
