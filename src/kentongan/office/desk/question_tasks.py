"""Background work of questions to agencies: reminders, what nobody answered in time, and answers that come by e-mail."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from kentongan.office.desk import answer_mailbox, presence, question_minding
from kentongan.office.desk.answer_mail_models import AnswerMailbox
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


@app.periodic(cron="* * * * *")
@app.task(name="read_answers", queue="default", queueing_lock="read_answers", pass_context=False)
def read_answers(timestamp: int) -> None:
    """Every office that names a mailbox: look what came."""
    for office in AnswerMailbox.objects.order_by("office").values_list("office", flat=True):
        _plan_reading(office)


def _plan_reading(office: int) -> None:
    lock = f"answers:{office}"
    defer_once(read_answers_of.configure(queueing_lock=lock, lock=lock), office=office)


@app.task(name="read_answers_of", queue="patient")
def read_answers_of(office: int) -> None:
    """One visit to an office's mailbox. A server that is away or says no is noted with the mailbox and asked again the next time."""
    with scope.scope(office):
        seen = answer_mailbox.visit(Office.objects.get(pk=office), settings.CLOCK.now)
    if seen is not None and seen.more:
        _plan_reading(office)
