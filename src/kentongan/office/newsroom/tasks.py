"""Background work of the newsroom: telling its readers, and trying the copy for when the office cannot be reached."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from procrastinate.contrib.django import app

from kentongan.office.newsroom import copying, handing, mailing
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


@app.periodic(cron="37 2 * * *")
@app.task(name="copy_newsrooms", queue="default", queueing_lock="copy_newsrooms", pass_context=False)
def copy_newsrooms(timestamp: int) -> None:
    """Every night: let the copy of each office's newsroom be made and tried."""
    for office in Office.objects.order_by("pk").values_list("pk", flat=True):
        defer_once(copy_newsroom.configure(queueing_lock=f"copy:{office}"), office=office)


@app.task(name="copy_newsroom", queue="default")
def copy_newsroom(office: int) -> None:
    """The copy of one newsroom. Where it cannot be made the job is parked with the reason and the page of the condition says so."""
    with scope.scope(office):
        row = Office.objects.get(pk=office)
    copying.make(row, settings.CLOCK.now())
