"""Background work of statements: steps of approval that nobody decided in time."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from kentongan.office.desk import statement_deputies
from kentongan.office.people import scope
from kentongan.office.people.models import Office
from kentongan.office.people.planning import defer_once


@app.periodic(cron="* * * * *")
@app.task(name="mind_statements", queue="default", queueing_lock="mind_statements", pass_context=False)
def mind_statements(timestamp: int) -> None:
    """Every office: pass on what is overdue."""
    for office in Office.objects.order_by("pk").values_list("pk", flat=True):
        defer_once(mind_statements_of.configure(queueing_lock=f"statements:{office}"), office=office)


@app.task(name="mind_statements_of", queue="default")
def mind_statements_of(office: int) -> None:
    """One office. Done twice it passes nothing on twice."""
    with scope.scope(office):
        statement_deputies.pass_on(Office.objects.get(pk=office), settings.CLOCK.now())
