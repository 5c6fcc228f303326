"""Background work of the doors for programs: what is to be told, each delivery, and mending what was lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from kentongan.office import outside
from kentongan.office.api import telling
from kentongan.office.api.models import Delivery, Hook
from kentongan.office.people import scope
from kentongan.office.people.planning import defer_once

LOST = timedelta(minutes=15)


@app.periodic(cron="* * * * * */20")
@app.task(name="tell", queue="default", queueing_lock="tell", pass_context=False)
def tell(timestamp: int) -> None:
    """Look at every address that is told of something, each inside its office."""
    now = settings.CLOCK.now()
    for pk, office in Hook.objects.filter(paused=False).values_list("pk", "office_id"):
        with scope.scope(office), transaction.atomic():
            plan(telling.gather(pk, now), office)


def plan(deliveries: Iterable[int], office: int, after_s: float = 0.0) -> None:
    """Let deliveries be tried, after a while where one has failed. One that is planned already stays as it is."""
    at = datetime.now(UTC) + timedelta(seconds=after_s) if after_s else None
    for number in deliveries:
        defer_once(deliver.configure(queueing_lock=f"deliver:{number}", schedule_at=at), number=number, office=office)


@app.task(name="deliver", queue="default")
def deliver(number: int, office: int) -> None:
    """Try one delivery; plan the next try where it failed."""
    with scope.scope(office):
        wait = telling.deliver(number, outside.fetcher(), datetime.now(UTC))
        if wait is not None:
            plan([number], office, wait)


@app.periodic(cron="*/10 * * * *")
@app.task(name="mend_deliveries", queue="default", queueing_lock="mend_deliveries", pass_context=False)
def mend_deliveries(timestamp: int) -> None:
    """Plan again the deliveries whose job was lost. (Old ones go with everything else that is kept no longer: `listening.retention`.)"""
    now = settings.CLOCK.now()
    for office in set(Hook.objects.values_list("office_id", flat=True)):
        with scope.scope(office):
            waiting = Delivery.objects.filter(office_id=office, state=Delivery.State.WAITING, hook__paused=False, at__lt=now - LOST)
            plan(waiting.values_list("pk", flat=True), office)
