"""Messages of this room: to whoever is asked a question, and to whoever asked. They go out as alerts do (`alerting.ringing`): tried again,
parked with the reason, under a key, so that each is told once.

A message is written when it is sent, as things stand then. Of an issue it says nothing but what the asker typed: who gets it may not be
among those who see the issue, and mail is passed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from kentongan.office.alerting import tasks
from kentongan.office.alerting.messages import Message
from kentongan.office.alerting.models import AlertDelivery
from kentongan.office.desk import question_links, question_moves
from kentongan.office.desk.answer_mail_models import AnswerMailbox
from kentongan.office.desk.question_models import AgencyQuestion, AnswerLink
from kentongan.office.listening import presenting
from kentongan.office.people.models import Office


def tell_asked(question: AgencyQuestion, what: str, now: datetime) -> None:
    """Tell who is asked: `what` is "asked", "reminded", "passed" or "prolonged". A second time for the same term it tells nothing.

    Nobody is told where there is no mail server or no address; the page of the question says so.
    """
    to = question.person.email if question.person is not None else question.agency.email
    if not to or not settings.CONFIG["mail_url"]:
        return
    link = AnswerLink.objects.filter(question=question, person=question.person_id, used=None, handed=False).last()
    link = link or question_links.make(question, question.person, now)
    who = f"p{question.person_id}" if question.person_id else f"g{question.agency_id}"
    key = f"question-{question.pk}-{what}-{int(question.due.timestamp())}-{who}"
    row = AlertDelivery(person=question.person, agency=None if question.person_id else question.agency)
    _send(row, question, key, what, now, link=link.pk)


def mailed_to(question: AgencyQuestion, link: AnswerLink) -> str:
    """The address to which the question went with this link."""
    return link.person.email if link.person is not None else question.agency.email


def tell_received(question: AgencyQuestion, link: AnswerLink, taken: bool, attachments: int, now: datetime) -> None:
    """Tell who was asked, at the address the question went to, that a letter in their name came and whether it is the answer; once each."""
    if not mailed_to(question, link) or not settings.CONFIG["mail_url"]:
        return
    row = AlertDelivery(person=link.person, agency=None if link.person is not None else question.agency)
    what = "received" if taken else "not_taken"
    _send(row, question, f"question-{question.pk}-{what}-l{link.pk}", what, now, received=link.pk, attachments=attachments)


def tell_asker(question: AgencyQuestion, what: str, now: datetime) -> None:
    """Tell who asked: "answered", "further" (a letter came that was not taken as the answer), "bounced", or "lost" where nobody could be
    asked in time. Nothing but where to read it."""
    if not question.by.email or not settings.CONFIG["mail_url"]:
        return
    key = f"question-{question.pk}-{what}-{int(question.due.timestamp())}-p{question.by_id}"
    _send(AlertDelivery(person=question.by), question, key, what, now)


def _send(row: AlertDelivery, question: AgencyQuestion, key: str, what: str, now: datetime, **payload: int) -> None:
    row.channel, row.key, row.payload = (
        AlertDelivery.Channel.MAIL,
        key,
        {"of": "question", "question": question.pk, "what": what, **payload},
    )
    send(question.office, [row], what, now)


def send(office: Office, rows: Sequence[AlertDelivery], what: str, now: datetime) -> None:
    """Let messages of this room go out once the caller's transaction is committed. What has a key that is there already was told."""
    for row in rows:
        row.office, row.news, row.at = office, what, now
        row.language = (row.person.language if row.person is not None else "") or office.language
    AlertDelivery.objects.bulk_create(rows, ignore_conflicts=True)
    made = AlertDelivery.objects.filter(office=office, key__in=[row.key for row in rows], state="waiting", tries=0)
    tasks.plan(list(made.order_by("pk").values_list("pk", flat=True)), office.pk)


# Writing


def question_message(row: AlertDelivery) -> Message:
    """A message about a question, in the active language."""
    question = AgencyQuestion.objects.select_related("agency", "office").get(pk=row.payload["question"])
    page = f"{settings.CONFIG.public_url}{reverse('agency_question', args=[question.pk])}"
    if "received" in row.payload:
        return _received(question, row, page)
    if "link" not in row.payload:
        return _to_asker(question, str(row.payload["what"]), page)
    link = AnswerLink.objects.get(pk=row.payload["link"])
    if question.state not in question_moves.OPEN or link.used is not None:
        title = gettext("A question to %(agency)s is settled") % {"agency": question.agency.name}
        said = question_links.refusal_words(question_moves.refusal(question.state, link.used is not None, link.expires, row.at))
        return Message(title, said, (title, "", said), page)
    return _to_asked(question, link, row, page)


def _to_asker(question: AgencyQuestion, what: str, page: str) -> Message:
    agency = {"agency": question.agency.name}
    if what == "answered":
        title = gettext("%(agency)s has answered your question") % agency
        return Message(title, "", (title,), page)
    if what == "further":
        title = gettext("A letter about your question to %(agency)s came and was not taken as its answer") % agency
        return Message(title, "", (title,), page)
    if what == "bounced":
        title = gettext("Your question could not be delivered to %(agency)s by mail") % agency
        lead = gettext("Ask somebody else, or hand over a link yourself.")
        return Message(title, lead, (title, "", lead), page)
    title = gettext("Your question to %(agency)s is overdue, and nobody else could be asked") % agency
    lead = gettext("Ask somebody else, or hand over a link yourself.")
    return Message(title, lead, (title, "", lead), page)


def _received(question: AgencyQuestion, row: AlertDelivery, page: str) -> Message:
    """Says nothing of question and letter: whoever reads it knows them, or learns that somebody wrote in their name."""
    names = {"office": question.office.name, "agency": question.agency.name}
    if row.payload["what"] == "received":
        title = gettext("The answer of %(agency)s has arrived at %(office)s by e-mail") % names
        lines = [gettext("Thank you. Nothing more is to be done.")]
    else:
        title = gettext("Your e-mail to %(office)s was not taken as an answer") % names
        said = gettext(
            "The question has its answer already, nobody waits for one any more, or there were no words in it to take. Whoever asked knows "
            "that you wrote."
        )
        lines = [said]
    if row.payload["attachments"]:
        lines += ["", gettext("Attachments are not taken. Please write what matters as text, or hand them to the office another way.")]
    lines += ["", gettext("If neither you nor a colleague of yours wrote to us, tell the office at once: somebody used your name.")]
    return Message(title, "", (title, "", *lines), page if row.person_id is not None else "")


def _to_asked(question: AgencyQuestion, link: AnswerLink, row: AlertDelivery, page: str) -> Message:
    due = {"when": presenting.day_and_hour(question.due), "office": question.office.name, "agency": question.agency.name}
    titles = {
        "asked": gettext("Question from %(office)s to %(agency)s: answer by %(when)s"),
        "reminded": gettext("Reminder: %(office)s waits for an answer by %(when)s"),
        "passed": gettext("Overdue, now with you: a question from %(office)s to %(agency)s"),
        "prolonged": gettext("More time for the question from %(office)s: answer by %(when)s"),
    }
    title = titles[str(row.payload["what"])] % due
    box = AnswerMailbox.objects.filter(office=question.office_id).first()
    word = question_links.reply_word_of(link) if box is not None else ""
    tag = question_links.tag_of(word) if word else ""
    above = gettext("Answer above this line, by replying to this e-mail")
    lines = [
        *([f"———— {tag} {above} ————", ""] if tag else []),
        gettext("%(office)s asks %(agency)s:") % due,
        "",
        question.text,
        *([question.context] if question.context else []),
        "",
        gettext("Answer by %(when)s.") % due,
    ]
    if row.person_id is not None:
        lines += ["", gettext("With your account: %(page)s") % {"page": page}]
    if tag:
        said = gettext("By replying to this e-mail: text only, attachments are not taken. The first reply counts, until %(when)s.")
        lines += ["", said % {"when": presenting.day_and_hour(link.expires)}]
    lines += [
        "",
        gettext("Without an account, on any phone. The link shows this question alone and takes one answer, until %(when)s:")
        % {"when": presenting.day_and_hour(link.expires)},
    ]
    address = question_links.address_of(link)
    return Message(title, "", tuple(lines), address, box.email if box is not None else "", word, tag)
