"""What becomes of a letter that came to the mailbox for answers: taken as the answer to the question it names, or kept beside it.

A letter names a question by the word that only what we mailed holds (`question_links`). The first one in time, with words of its own and
written by a person, is the answer, by the same state machine as a link. Everything else that names a question is listed with it in plain
words and whoever asked is told: nothing is dropped in silence, and nothing that comes later changes an answer. The address a letter names
as its sender is compared with the one asked and let go: it can be forged, so an answer by e-mail always says that its sender is not proven.

Whoever was asked is told once that an answer came, at the address the question went to: so they learn of one they did not write.
"""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from kentongan.adapters.replies import Reply
from kentongan.engine import privacy
from kentongan.errors import InputError
from kentongan.office.desk import question_links, question_moves, questions, telling
from kentongan.office.desk.answer_mail_models import AgencyReply, UnclaimedMail
from kentongan.office.desk.question_models import LONGEST_ANSWER, AgencyQuestion, AnswerLink
from kentongan.office.desk.recording import digest_of, record
from kentongan.office.desk.statement_pasting import decent_line
from kentongan.office.people.models import Office

MOST = 20
"""Letters that are listed for one question; the first answer counts even after that."""
LEFT_OUT = "[…]"
"""Stands where a letter had a telephone number, an address or a handle."""
_MARK = re.compile("⟦(?:" + "|".join(privacy.MARK_KINDS) + ")⟧")
What = AgencyReply.What


@transaction.atomic
def take(office: Office, letter: Reply, now: datetime) -> bool:
    """Take a letter, in the office's scope; False where it names no question of the office."""
    link = question_links.find_by_reply(question_links.words_in(letter.subject, letter.named))
    found = questions.locked(link.question_id) if link is not None else None
    if link is None or found is None:
        return False
    link = AnswerLink.objects.select_for_update(of=("self",)).select_related("person").get(pk=link.pk)
    if AgencyReply.objects.filter(office=office, mark=letter.mark).exists():
        return True
    text = fit(letter.text)
    what = what_is(letter, text, question_moves.refusal(found.state, link.used is not None, link.expires, now))
    if what != What.ANSWER and AgencyReply.objects.filter(question=found).count() >= MOST:
        count(office, UnclaimedMail.Why.FLOOD, now)
        return True
    elsewhere = _elsewhere(letter, link, found)
    if what == What.ANSWER:
        what = _answered(found, link, text, elsewhere, now)
    kept = (text or "") if what in {What.FURTHER, What.LATE, What.WITHDRAWN} else ""
    AgencyReply.objects.create(
        office=office, question=found, link=link, what=what, text=kept, elsewhere=elsewhere,
        attachments=0 if letter.automatic else letter.attachments,
        cut=letter.cut or len(_hidden(letter.text)) > LONGEST_ANSWER, mark=letter.mark, at=now,
    )  # fmt: skip
    _tell(found, link, what, letter, kept, now)
    return True


def what_is(letter: Reply, text: str | None, refusal: question_moves.Refusal) -> AgencyReply.What:
    """What a letter counts as; `text` None is what cannot be kept. Pure."""
    if letter.bounce is not None:
        return What.BOUNCED
    if letter.automatic:
        return What.AUTOMATIC
    if text is None:
        return What.UNFIT
    if not text:
        return What.EMPTY
    match refusal:
        case "":
            return What.ANSWER
        case "old":
            return What.LATE
        case "withdrawn":
            return What.WITHDRAWN
        case _:
            return What.FURTHER


def fit(text: str) -> str | None:
    """A letter's words as an answer is kept: one line, cut to an answer's length, without what could name somebody. None for none such."""
    found = _hidden(text)
    if len(found) > LONGEST_ANSWER:
        found = found[: LONGEST_ANSWER - 1].rstrip() + "…"
    try:
        return decent_line(found, "", "text", longest=LONGEST_ANSWER)
    except InputError:
        return None


def _hidden(text: str) -> str:
    return " ".join(_MARK.sub(LEFT_OUT, privacy.hide(text, source_kind="official").text).split())


def _elsewhere(letter: Reply, link: AnswerLink, question: AgencyQuestion) -> bool:
    return letter.bounce is None and letter.sender != telling.mailed_to(question, link).strip().casefold()


def _answered(found: AgencyQuestion, link: AnswerLink, text: str | None, elsewhere: bool, now: datetime) -> AgencyReply.What:
    try:
        questions.accept_mail(found, link, text or "", elsewhere, now)
    except InputError:
        return What.UNFIT
    return What.ANSWER


def _tell(found: AgencyQuestion, link: AnswerLink, what: AgencyReply.What, letter: Reply, kept: str, now: datetime) -> None:
    if what != What.ANSWER:
        words = digest_of(kept) if kept else ""
        record(None, "question.reply_came", found.issue, now, question=found.pk, what=what.value, words=words)
    if what == What.AUTOMATIC:
        return
    if what == What.BOUNCED:
        telling.tell_asker(found, "bounced", now)
        return
    if what != What.ANSWER:
        telling.tell_asker(found, "further", now)
    telling.tell_received(found, link, what == What.ANSWER, letter.attachments, now)


def count(office: Office, why: str, now: datetime) -> None:
    """One letter more of this day that is listed nowhere."""
    day = now.astimezone(ZoneInfo(office.time_zone)).date()
    row, new = UnclaimedMail.objects.select_for_update().get_or_create(office=office, day=day, why=why, defaults={"n": 1, "last": now})
    if not new:
        row.n, row.last = row.n + 1, now
        row.save(update_fields=["n", "last"])
