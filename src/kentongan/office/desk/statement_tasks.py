"""Background work of statements: steps of approval that nobody decided in time, and the moments until which publications are held back."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from procrastinate.contrib.django import app

from kentongan.office.desk import statement_deputies, statement_embargo
from kentongan.office.desk.models import Publication, Statement
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


def plan_end(made: Publication, now: datetime) -> None:
    """Let what is held back be compared again right at its moment. For the service that publishes, in its transaction."""
    if made.not_before is None:
        return
    at = datetime.now(UTC) + (made.not_before - now)
    defer_once(end_embargoes.configure(queueing_lock=f"embargo:{made.pk}", schedule_at=at), office=made.office_id)


@app.periodic(cron="* * * * * */10")
@app.task(name="mind_embargoes", queue="alerts", queueing_lock="mind_embargoes", pass_context=False)
def mind_embargoes(timestamp: int) -> None:
    """Every office where a moment has passed and nothing was compared: what was planned for it was lost, or its clock runs fast."""
    rows = Publication.objects.filter(not_before__lte=settings.CLOCK.now(), ending=None, statement__state=Statement.State.PUBLISHED)
    for office in rows.order_by("office").values_list("office", flat=True).distinct():
        defer_once(end_embargoes.configure(queueing_lock=f"embargoes:{office}"), office=office)


@app.task(name="end_embargoes", queue="alerts")
def end_embargoes(office: int) -> None:
    """One office. Done twice it opens and stops nothing twice."""
    with scope.scope(office):
        statement_embargo.end_due(Office.objects.get(pk=office), settings.CLOCK.now())
