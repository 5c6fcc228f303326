"""What the tests of alerts share: a furnished office with a route, people on duty, and looks at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kentongan.office.alerting import arranging, looking
from kentongan.office.alerting.models import Alert, AlertDelivery, AlertStep
from kentongan.office.listening.models import Signal
from kentongan.office.people import standing
from kentongan.testing import builders

NOW = builders.NOW
MIN = timedelta(minutes=1)


@dataclass
class Post:
    """An office whose officer Sari is on duty, with a colleague, a leader and an administrator; the first route is there."""

    office: Any
    sari: Any
    colleague: Any
    leader: Any
    boss: Any
    reader: Any
    story: Any
    route: Any

    def signal(self, subject: str = "banjir bandang", level: str = "high", at: datetime = NOW, **fields: Any) -> Signal:
        given = {"level": level, "raised": at, "updated": at, "kind": "term", **fields}
        row = builders.make_signal(self.story, subject, **given)
        Signal.objects.filter(pk=row.pk).update(key=f"g{row.pk}")
        row.refresh_from_db()
        return row

    def look(self, at: datetime = NOW) -> list[int]:
        return looking.look(self.office, at)

    def raised(self, level: str = "high", at: datetime = NOW, **fields: Any) -> Alert:
        """A signal that was told."""
        signal = self.signal(level=level, at=at, **fields)
        self.look(at)
        return Alert.objects.get(signal=signal)

    def change(self, alert: Alert, at: datetime, **fields: Any) -> Alert:
        """The listener says something new of its signal."""
        Signal.objects.filter(pk=alert.signal_id).update(updated=at, **fields)
        self.look(at)
        alert.refresh_from_db()
        return alert

    def fell(self, alert: Alert, at: datetime) -> Alert:
        return self.change(alert, at, reasons=[{"code": "signal.fell", "values": {"hours": 3}}])


def made(mail: bool = True) -> Post:
    office = builders.make_office()
    boss = builders.make_user(office, "ibu", "administrator", language="en")
    sari = builders.make_user(office, "sari", "officer", first_name="Sari", language="en")
    colleague = builders.make_user(office, "joko", "officer", first_name="Joko", language="vi")
    leader = builders.make_user(office, "kepala", "leader", first_name="Kepala")
    reader = builders.make_user(office, "budi", "reader")
    story = builders.make_story(office, builders.EVENTS[0])
    standing.plan_duty(boss, sari, "officer", NOW - timedelta(days=3), NOW + timedelta(days=3), NOW)
    return Post(office, sari, colleague, leader, boss, reader, story, arranging.make_first_route(office, NOW))


def told(alert: Alert, channel: str = "app") -> list[str]:
    """Who was told by a channel, in order."""
    rows = AlertDelivery.objects.filter(alert=alert, channel=channel).order_by("pk").select_related("person")
    return [row.person.username for row in rows]


def steps(alert: Alert) -> list[str]:
    return list(AlertStep.objects.filter(alert=alert).values_list("what", flat=True))
