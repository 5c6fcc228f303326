"""Background work of questions to agencies: reminders, and what nobody answered in time."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from kentongan.office.desk import presence, question_minding
from kentongan.office.people import scope
from kentongan.office.people.models import Office
from kentongan.office.people.planning import defer_once


@app.periodic(cron="* * * * *")
@app.task(name="mind_questions", queue="default", queueing_lock="mind_questions", pass_context=False)
def mind_questions(timestamp: int) -> None:
    """Every office: remind and pass on."""
    for office in Office.objects.order_by("pk").values_list("pk", flat=True):
        defer_once(mind_questions_of.configure(queueing_lock=f"questions:{office}"), office=office)


@app.task(name="mind_questions_of", queue="default")
def mind_questions_of(office: int) -> None:
    """One office. Done twice it tells nobody twice. Who had an issue open a minute ago is forgotten, too."""
    with scope.scope(office):
        presence.forget(office, settings.CLOCK.now())
        question_minding.mind(Office.objects.get(pk=office), settings.CLOCK.now())
