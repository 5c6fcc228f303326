"""Background work of the echo: articles tied to what the office published, a few every minute."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from kentongan.office import outside
from kentongan.office.desk import echo_reading
from kentongan.office.people import scope
from kentongan.office.people.models import Office
from kentongan.office.people.planning import defer_once


@app.periodic(cron="* * * * * 25")
@app.task(name="hear_echo", queue="default", queueing_lock="hear_echo", pass_context=False)
def hear_echo(timestamp: int) -> None:
    """Let every office's publications be followed, one run at a time for each."""
    for office in Office.objects.order_by("pk").values_list("pk", flat=True):
        lock = f"echo:{office}"
        defer_once(hear_echo_of.configure(queueing_lock=lock, lock=lock), office=office)


@app.task(name="hear_echo_of", queue="default", pass_context=False)
def hear_echo_of(office: int) -> None:
    """Read on for one office; the rest in the next minute."""
    with scope.scope(office):
        row = Office.objects.filter(pk=office).first()
        if row is not None:
            echo_reading.read(row, outside.embedder(), settings.CLOCK.now())
