"""Weeks of an invented office: topics, a ward and a watch counted for half a year, of which one rises and one fades."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max

from kentongan.office.listening import periods
from kentongan.office.listening.counting_models import HourCount
from kentongan.office.listening.models import JournalEntry, ListenerState
from kentongan.office.people.models import Office
from kentongan.testing.builders import NOW

WEEKS = 27
FIRST = date(2025, 5, 19)
"""A Monday; the last week began on 17 November."""
WAVE = (0, 2, -1, 1, -2, 3, 0, -1, 2, -3, 1, 0)
HEARD = {"kpress": 220, "cwater": 24, "croads": 31, "cflood": 12, "cwaste": 17, "cprices": 40, "pSena Hulu": 34, "pRawa Kenari": 16}
LAST = {"cwater": 71, "pRawa Kenari": 2}
"""What the last week brought where it was not as usual."""


def furnish_periods(office: Office, now: datetime = NOW) -> None:
    """Counts by the hour of half a year, closed and judged."""
    zone = ZoneInfo(office.time_zone)
    rows = []
    for number in range(WEEKS):
        at = datetime.combine(FIRST + timedelta(days=7 * number + number % 5), time(9), zone)
        for place, (subject, usual) in enumerate(HEARD.items()):
            wave = WAVE[(number * (place + 1)) % len(WAVE)] * max(1, usual // 16)
            count = LAST.get(subject, usual + wave) if number == WEEKS - 1 else usual + wave
            rows.append(HourCount(office=office, subject=subject, hour=at, count=count, last=at))
    HourCount.objects.bulk_create(rows)
    read = JournalEntry.objects.filter(office=office).aggregate(last=Max("seq"))["last"] or 0
    ListenerState.objects.update_or_create(office=office, defaults={"counted": read, "offset": read})
    periods.close(office, now)
