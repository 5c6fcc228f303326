"""The only code that changes questions to agencies. Each act checks the right and who sees the question, works under its lock, and leaves
its line in the ledger in the same transaction: numbers and digests, no word of question or answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, pgettext

from kentongan.errors import InputError, RefusedError
from kentongan.office.desk import facts, moves, queries, question_links, question_moves, question_queries, services, telling
from kentongan.office.desk.facts_models import Fact
from kentongan.office.desk.models import Issue
from kentongan.office.desk.question_models import (
    LONGEST_ANSWER,
    LONGEST_CONTEXT,
    LONGEST_QUESTION,
    AgencyAnswer,
    AgencyQuestion,
    AnswerLink,
)
from kentongan.office.desk.recording import digest_of, due_moved, record
from kentongan.office.desk.statement_pasting import decent_line, why
from kentongan.office.people.models import User
from kentongan.office.people.permissions import need
from kentongan.office.people.versions import same

SHORTEST = 5
"""Letters of a question."""
MOST_OPEN = 50
"""Questions an issue may have open at once: nobody sends mail to the world through us."""


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """What somebody asks, as they typed it. `agency` and `person` (one of its people; None: its address) are numbers."""

    agency: int | None
    text: str
    due: datetime | None
    context: str = ""
    person: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """What an agency answers, and how sure it is."""

    text: str
    grade: str = ""


def stored_of(question: AgencyQuestion) -> dict[str, Any]:
    """What stands there now, field by field as in a draft."""
    return asdict(QuestionDraft(question.agency_id, question.text, question.due, question.context, question.person_id))


# Asking


@transaction.atomic
def ask(by: User, issue: Issue, draft: QuestionDraft, now: datetime) -> AgencyQuestion:
    """Ask an agency that leads or supports the issue. Who is asked is told once this is committed."""
    found = services.held(by, "issues.change", issue)
    if found.state in moves.OVER:
        raise RefusedError(gettext("This issue is closed. Open it again first."), subject="closed")
    if AgencyQuestion.objects.filter(issue=found, state__in=question_moves.OPEN).count() >= MOST_OPEN:
        raise RefusedError(gettext("Too many questions wait already. Withdraw what nobody needs any more."), subject="text")
    draft = _clean(found, draft, now)
    assert draft.due is not None
    made = AgencyQuestion.objects.create(
        office=found.office, issue=found, agency_id=draft.agency, text=draft.text, context=draft.context, by=by, asked=now, due=draft.due,
        remind=question_moves.remind_at(now, draft.due), person_id=draft.person, first_id=draft.person,
    )  # fmt: skip
    words = digest_of(f"{made.text}\n{made.context}")
    record(by, "question.asked", found, now, question=made.pk, agency=made.agency_id, due=made.due.isoformat(), words=words)
    telling.tell_asked(made, "asked", now)
    return made


def _clean(issue: Issue, draft: QuestionDraft, now: datetime) -> QuestionDraft:
    agencies = question_queries.get_agencies(issue)
    if draft.agency not in {one.pk for one in agencies}:
        raise InputError(gettext("Choose an agency that leads or supports this issue."), subject="agency")
    there = question_queries.get_members(issue.office_id, [one for one in agencies if one.pk == draft.agency])
    if draft.person is not None and draft.person not in {one.pk for one in there}:
        raise InputError(gettext("Choose somebody of this agency."), subject="person")
    text = decent_line(draft.text, pgettext("to an agency", "Question"), "text", longest=LONGEST_QUESTION)
    if len(text) < SHORTEST:
        raise InputError(gettext("Say what you want to know."), subject="text")
    context = decent_line(draft.context, gettext("What they must know"), "context", longest=LONGEST_CONTEXT)
    return replace(draft, text=text, context=context, due=_due(draft.due, now))


def _due(due: datetime | None, now: datetime) -> datetime:
    """To the minute. Raises `InputError`."""
    if due is None or not now + question_moves.SHORTEST <= due <= now + question_moves.LONGEST:
        raise InputError(gettext("Choose a moment that lies ten minutes ahead at least, and two months at most."), subject="due")
    return due.replace(second=0, microsecond=0)


# Answering


@transaction.atomic
def answer(by: User, question: AgencyQuestion, draft: AnswerDraft, now: datetime) -> AgencyQuestion:
    """Answer in place, as one of the agency's people or as whoever the question was passed to."""
    need(by, "issues.read", question)
    found = locked(question.pk)
    if found is None or not question_queries.get_seen(by).filter(pk=found.pk).exists():
        raise RefusedError(gettext("There is no such question in your office."), subject="question")
    if not question_queries.answers(by, found):
        raise RefusedError(gettext("Only the agency that is asked answers."), subject="question")
    return _accept(found, draft, now, by)


@transaction.atomic
def answer_by_link(word: str, draft: AnswerDraft, now: datetime) -> AgencyQuestion:
    """Answer by the word of a link, inside the scope of its office. Of two at the same moment one is taken; whoever comes later is told."""
    link = question_links.find(word)
    found = locked(link.question_id) if link is not None else None
    if link is None or found is None:
        raise RefusedError(question_links.refusal_words("unknown"), subject="link")
    link = AnswerLink.objects.select_for_update().get(pk=link.pk)
    code = question_moves.refusal(found.state, link.used is not None, link.expires, now)
    if code:
        raise RefusedError(question_links.refusal_words(code), subject="link")
    return _accept(found, draft, now, None, link, AgencyAnswer.Way.LINK)


def accept_mail(found: AgencyQuestion, link: AnswerLink, text: str, elsewhere: bool, now: datetime) -> AgencyQuestion:
    """Take what a letter says as the answer, by the service that reads the mailbox, which holds question and link under their locks.

    A letter does not say how sure it is: it counts as unclear, so that what is made of it is an assumption until somebody looks.
    """
    return _accept(found, AnswerDraft(text, Fact.Grade.UNCLEAR), now, None, link, AgencyAnswer.Way.MAIL, elsewhere)


def _accept(
    found: AgencyQuestion, draft: AnswerDraft, now: datetime, by: User | None, link: AnswerLink | None = None,
    way: AgencyAnswer.Way = AgencyAnswer.Way.HERE, elsewhere: bool = False,
) -> AgencyQuestion:  # fmt: skip
    state = _after(found, "answer")
    text = decent_line(draft.text, gettext("Answer"), "text", longest=LONGEST_ANSWER)
    if not text:
        raise InputError(gettext("Write the answer. Where nothing is known yet, say so, and when it will be."), subject="text")
    if draft.grade not in Fact.Grade.values:
        raise InputError(gettext("Choose how sure this is."), subject="grade")
    AgencyAnswer.objects.create(
        office_id=found.office_id, question=found, text=text, grade=draft.grade, way=way, by=by, link=link, elsewhere=elsewhere, at=now
    )
    if link is not None:
        link.used = now
        link.save(update_fields=["used"])
    found.state, found.ended, found.lost = state, now, ""
    _keep(found)
    record(by, ACTS[way], found.issue, now, question=found.pk, words=digest_of(text))
    if by is None or by.pk != found.by_id:
        telling.tell_asker(found, "answered", now)
    return found


# What else is done with it


@transaction.atomic
def note_as_fact(by: User, question: AgencyQuestion, now: datetime) -> Fact:
    """The answer becomes a fact on the issue's board, as the agency says. A second time it is the same fact."""
    found, whole = _held(by, question)
    if found.fact is not None:
        return found.fact
    given = AgencyAnswer.objects.filter(question=found).first()
    if given is None:
        raise RefusedError(gettext("There is no answer yet."), subject="question")
    kind = Fact.Kind.ASSUMED if given.grade == Fact.Grade.UNCLEAR else Fact.Kind.KNOWN
    said = gettext("Answer of %(agency)s to a question of the office")
    if given.way == AgencyAnswer.Way.MAIL:
        said = gettext("Answer of %(agency)s to a question of the office, by e-mail, sender not proven")
    source = said % {"agency": found.agency.name}
    draft = facts.FactDraft(kind, given.text, given.at, source=source, grade=given.grade, agency=found.agency_id)
    fact = facts.add(by, whole, draft, now)
    found.fact = fact
    _keep(found)
    record(by, "question.noted", found.issue, now, question=found.pk, fact=fact.pk)
    return fact


@transaction.atomic
def prolong(by: User, question: AgencyQuestion, due: datetime | None, version: int, now: datetime) -> AgencyQuestion:
    """Give more time, or ask again what was late. Links that are out open for the new term, too."""
    found, _ = _held(by, question)
    same(found, version, stored_of(found))
    found.state, due = _after(found, "prolong"), _due(due, now)
    if due <= found.due:
        raise InputError(gettext("Choose a later moment than before."), subject="due")
    moved = due_moved(found.due, due)
    found.due, found.remind, found.reminded, found.lost = due, question_moves.remind_at(now, due), None, ""
    _keep(found)
    AnswerLink.objects.filter(question=found, used=None).update(expires=question_moves.link_until(due))
    record(by, "question.prolonged", found.issue, now, question=found.pk, **moved)
    telling.tell_asked(found, "prolonged", now)
    return found


@transaction.atomic
def withdraw(by: User, question: AgencyQuestion, reason: str, version: int, now: datetime) -> AgencyQuestion:
    """Nobody needs the answer any more, with a reason. Links that are out say so kindly."""
    found, _ = _held(by, question)
    same(found, version, stored_of(found))
    reason = why(reason, "reason")
    found.state, found.ended, found.lost = _after(found, "withdraw"), now, ""
    _keep(found)
    record(by, "question.withdrawn", found.issue, now, reason, question=found.pk)
    return found


@transaction.atomic
def hand_over(by: User, question: AgencyQuestion, now: datetime) -> AnswerLink:
    """A link to be handed over by another way than mail."""
    found, _ = _held(by, question)
    if found.state not in question_moves.OPEN:
        raise RefusedError(gettext("Nobody waits for an answer to this any more."), subject="question")
    if AnswerLink.objects.filter(question=found).count() >= question_links.MOST:
        raise RefusedError(gettext("There are %(n)s links to this question already.") % {"n": question_links.MOST}, subject="question")
    made = question_links.make(found, None, now, handed=True)
    record(by, "question.link_made", found.issue, now, question=found.pk)
    return made


# What every act does


def locked(pk: int) -> AgencyQuestion | None:
    """The question under a lock. For services of this room."""
    rows = AgencyQuestion.objects.select_for_update(of=("self",)).select_related("issue", "office", "agency", "by", "person", "fact")
    return rows.filter(pk=pk).first()


def _held(by: User, question: AgencyQuestion) -> tuple[AgencyQuestion, Issue]:
    """The question under a lock, where the person may change its issue and sees it; with the issue whose board shows it."""
    own = queries.get_seen(by).select_related("merged_into").filter(agency_questions=question.pk).first()
    whole = services.held(by, "issues.change", (own.merged_into or own) if own is not None else question.issue)
    found = locked(question.pk)
    if found is None or found.issue_id not in {whole.pk, own.pk if own is not None else whole.pk}:
        raise RefusedError(gettext("There is no such question in your office."), subject="question")
    return found, whole


def _after(found: AgencyQuestion, act: str) -> str:
    try:
        return question_moves.after(found.state, act)
    except question_moves.IllegalMove:
        raise RefusedError(DONE.get(found.state, gettext)(), subject="state") from None


def _keep(found: AgencyQuestion) -> None:
    found.version += 1
    found.save()


def _answered() -> str:
    return gettext("This question has been answered already; the first answer stands.")


def _withdrawn() -> str:
    return gettext("This question was withdrawn. Nobody waits for an answer any more.")


ACTS: Mapping[str, str] = {"here": "question.answered", "link": "question.answered_by_link", "mail": "question.answered_by_mail"}
"""What the ledger calls an answer, by the way it came."""
DONE: Mapping[str, Any] = {"answered": _answered, "withdrawn": _withdrawn}
"""Why nothing is done any more with what is over."""
