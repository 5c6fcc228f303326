"""Background work of alerts: looking, and each message on its way. Both have threads of their own: nothing else holds up an alert."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from kentongan.office import outside
from kentongan.office.alerting import looking, ringing
from kentongan.office.people import scope
from kentongan.office.people.models import Office
from kentongan.office.people.planning import defer_once

AGAIN_LAST = -5
"""Priority of a message that failed before: a receiver that is away holds up no first try."""


def plan_look(office: int) -> None:
    """Let an office's alerts be looked at as soon as the caller's transaction is committed.

    Where a look waits already it may be taken up before that, and would not see what is being written: so it is planned once more after
    the commit. Should this process die in between, the next round of `mind_alerts` finds it.
    """
    if not _defer_look(office):
        transaction.on_commit(lambda: _defer_look(office) and None)


def _defer_look(office: int) -> bool:
    return defer_once(route_alerts.configure(queueing_lock=f"alerts:{office}"), office=office)


@app.task(name="route_alerts", queue="alerts")
def route_alerts(office: int) -> None:
    """Look at an office's alerts and let what is told go out."""
    with scope.scope(office), transaction.atomic():
        plan(looking.look(Office.objects.get(pk=office), settings.CLOCK.now()), office)


@app.periodic(cron="* * * * * */15")
@app.task(name="mind_alerts", queue="alerts", queueing_lock="mind_alerts", pass_context=False)
def mind_alerts(timestamp: int) -> None:
    """Every office: pass on what nobody answered, wake what was put off, end the quiet hours, find what was lost."""
    for office in Office.objects.order_by("pk").values_list("pk", flat=True):
        _defer_look(office)


def plan(deliveries: Iterable[int], office: int, after_s: float = 0.0) -> None:
    """Let messages go out, after a while where one has failed. One that is planned already stays as it is."""
    at = datetime.now(UTC) + timedelta(seconds=after_s) if after_s else None
    for number in deliveries:
        lock = f"ring:{number}"
        job = ring.configure(queueing_lock=lock, lock=lock, schedule_at=at, priority=AGAIN_LAST if after_s else 0)
        defer_once(job, number=number, office=office)


@app.task(name="ring", queue="rings")
def ring(number: int, office: int) -> None:
    """Try one message; plan the next try where it failed. Raises where it is given up, so that the job is parked with the reason."""
    with scope.scope(office):
        wait = ringing.ring(number, outside.fetcher(), datetime.now(UTC))
        if wait is not None:
            plan([number], office, wait)
