"""Background work of the newsroom: telling its readers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from procrastinate.contrib.django import app

from kentongan.office.newsroom import handing, mailing
from kentongan.office.newsroom.models import Letter
from kentongan.office.people import scope
from kentongan.office.people.models import Office
from kentongan.office.people.planning import defer_once

FAILURES_COUNTED = 10


def plan(office: int, after_s: float = 0.0, failures: int = 0) -> None:
    """Let an office's letters be handed over, after a while where the server was away. A round that waits already stays as it is."""
    at = datetime.now(UTC) + timedelta(seconds=after_s) if after_s else None
    defer_once(hand_letters.configure(queueing_lock=f"letters:{office}", schedule_at=at), office=office, failures=failures)


@app.periodic(cron="* * * * * */10")
@app.task(name="mind_readers", queue="letters", queueing_lock="mind_readers", pass_context=False)
def mind_readers(timestamp: int) -> None:
    """Every office: find what readers were not told of, and what a round that died left."""
    for office in Office.objects.order_by("pk"):
        with scope.scope(office.pk):
            mailing.begin_due(office, settings.CLOCK.now())
            waits = Letter.objects.filter(office=office, state__in=(Letter.State.WAITING, Letter.State.TAKEN)).exists()
        if waits:
            plan(office.pk)


@app.task(name="hand_letters", queue="letters")
def hand_letters(office: int, failures: int = 0) -> None:
    """One round of an office; plans the next where something waits."""
    with scope.scope(office):
        came = handing.hand_over(Office.objects.get(pk=office), lambda: datetime.now(UTC), failures)
    if came.wait_s is not None:
        plan(office, came.wait_s, min(failures + 1, FAILURES_COUNTED) if came.away else 0)
