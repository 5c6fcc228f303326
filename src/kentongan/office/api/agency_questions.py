"""Questions to agencies as their pages show them, and what is done with them by the services of the pages.

Whoever is asked reads the question and its line of context, and of an issue they may not see not even the number. Links at which a question
is answered without an account are made on the screen alone: each is a secret that is shown once.
"""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import Q
from ninja import Router, Status
from ninja.params.functions import Query

from kentongan.office.alerting.models import AlertDelivery
from kentongan.office.api import agency_questions_schemas as given
from kentongan.office.api import schemas, shapes
from kentongan.office.api.conflicts import both_versions
from kentongan.office.api.entrance import door
from kentongan.office.api.issues import issue_of
from kentongan.office.api.scopes import ISSUES, RESPOND
from kentongan.office.api.shapes import Shape, found
from kentongan.office.api.stories import Pk
from kentongan.office.desk import queries, question_moves, question_queries, questions
from kentongan.office.desk.question_models import AgencyQuestion
from kentongan.office.desk.services import circle_of
from kentongan.office.people.requests import OfficeRequest

router = Router()
_PLAIN = ("text", "context", "asked", "due", "reminded", "state", "passed", "lost", "ended", "version")
_ANSWER = ("text", "grade", "way", "elsewhere", "at")
_REPLY = ("what", "text", "elsewhere", "attachments", "cut", "at")


def question(request: OfficeRequest, row: AgencyQuestion) -> Shape:
    """A question with its answer; of its issue only for who sees it."""
    sees, answer = circle_of(row.issue).has(request.user.pk), getattr(row, "answer", None)
    return {
        **{name: getattr(row, name) for name in _PLAIN},
        "id": row.pk,
        "issue": row.issue_id if sees else None,
        "agency": shapes.named(row.agency),
        "by": row.by.shown,
        "overdue": row.state in question_moves.OPEN and row.due < request.now,
        "person": shapes.named(row.person),
        "answer": {**{name: getattr(answer, name) for name in _ANSWER}, "by": shapes.name_of(answer.by)} if answer is not None else None,
        "fact": row.fact_id if sees else None,
    }


def question_of(request: OfficeRequest, pk: int) -> AgencyQuestion:
    """A question that the person may see; 404 for what they may not see, as for what does not exist."""
    return found(question_queries.get_question(request.user, pk))


@router.get("/agency-questions", **door("list_agency_questions", ISSUES, "issues.read", given.AgencyQuestionPage, 422))
def list_agency_questions(
    request: OfficeRequest,
    issue: Annotated[schemas.Number | None, Query()] = None,
    state: given.StateName | None = None,
    after: schemas.After | None = None,
    size: schemas.Size = 30,
) -> Shape:
    """Questions to agencies, the latest asked first; of one issue with its parts, or of one state, where that is asked for."""
    rows = question_queries.get_seen(request.user)
    if issue is not None:
        # whoever is only asked learns of no issue which one it is
        rows = rows.filter(Q(issue=issue) | Q(issue__merged_into=issue), issue__in=queries.get_seen(request.user))
    if state is not None:
        rows = rows.filter(state=state)
    return shapes.page(rows, "asked", after, size, lambda row: question(request, row))


@router.get("/waiting-questions", **door("list_waiting_questions", ISSUES, "issues.read", given.WaitingQuestions))
def list_waiting_questions(request: OfficeRequest) -> Shape:
    """What waits for an agency's answer, what is due first first: what one's own agency or oneself is asked, and the rest."""
    mine, others = question_queries.get_open(request.user)
    return {"mine": [question(request, one) for one in mine], "others": [question(request, one) for one in others]}


@router.get("/agency-questions/{pk}", **door("get_agency_question", ISSUES, "issues.read", given.AgencyQuestionDetail, 404, 422))
def get_agency_question(request: OfficeRequest, pk: Pk) -> Shape:
    """One question to an agency: who is asked until when, how far the messages got, the answer, what can be done."""
    row = question_of(request, pk)
    sees = circle_of(row.issue).has(request.user.pk)
    messages, letters = (question_queries.get_messages(row), question_queries.get_replies(row)) if sees else ([], [])
    acts = question_queries.acts(request.user, row)
    replies = [{name: getattr(one, name) for name in _REPLY} for one in letters]
    return {"question": question(request, row), "acts": acts, "messages": [_message(one) for one in messages], "replies": replies}


def _message(row: AlertDelivery) -> Shape:
    to = row.person.shown if row.person is not None else row.agency.name if row.agency is not None else ""
    parked = row.state == AlertDelivery.State.PARKED
    return {"to": to, "at": row.at, "state": row.state, "tries": row.tries, "detail": row.detail if parked else ""}


@router.get("/issues/{pk}/agencies", **door("list_askable_agencies", ISSUES, "issues.change", given.AskableAgencies, 404, 422))
def list_askable_agencies(request: OfficeRequest, pk: Pk) -> Shape:
    """Which agencies can be asked about an issue, and who of each by name."""
    issue = issue_of(request, pk)
    agencies = question_queries.get_agencies(issue)
    people = question_queries.get_members(issue.office_id, agencies)
    return {
        "rows": [
            {"id": one.pk, "name": one.name, "people": [shapes.named(who) for who in people if who.agency_id == one.pk]} for one in agencies
        ]
    }


# What is done


def _stands(request: OfficeRequest, pk: int) -> Shape:
    return question(request, question_of(request, pk))


def _act(name: str, *, right: str = "issues.change", versions: bool = False) -> dict[str, Any]:
    conflict = given.AgencyQuestionConflict if versions else None
    return door(name, RESPOND, right, given.AgencyQuestion, 404, 422, conflict=conflict)


@router.post("/issues/{pk}/ask", **door("ask_agency", RESPOND, "issues.change", given.AgencyQuestion, 404, 422, status=201))
def ask_agency(request: OfficeRequest, pk: Pk, wish: given.AgencyAsk) -> Status[Shape]:
    """Ask an agency that leads or supports the issue. Who is asked is told at once."""
    made = questions.ask(request.user, issue_of(request, pk), questions.QuestionDraft(**wish.model_dump()), request.now)
    return Status(201, _stands(request, made.pk))


@router.post("/agency-questions/{pk}/answer", **_act("answer_question", right="issues.read"))
def answer_question(request: OfficeRequest, pk: Pk, wish: given.QuestionAnswer) -> Shape:
    """Answer as one of the agency's people, or as whoever it was passed to. There is one answer, and it stays as it was given."""
    questions.answer(request.user, question_of(request, pk), questions.AnswerDraft(wish.text, wish.grade), request.now)
    return _stands(request, pk)


@router.post("/agency-questions/{pk}/prolong", **_act("prolong_question", versions=True))
def prolong_question(request: OfficeRequest, pk: Pk, wish: given.QuestionProlong) -> Shape:
    """Give more time, or ask again what was late. 409 shows both."""
    row = question_of(request, pk)
    with both_versions(wish, lambda: given.AgencyQuestion(**_stands(request, pk))):
        questions.prolong(request.user, row, wish.due, wish.version, request.now)
    return _stands(request, pk)


@router.post("/agency-questions/{pk}/withdraw", **_act("withdraw_question", versions=True))
def withdraw_question(request: OfficeRequest, pk: Pk, wish: given.QuestionWithdraw) -> Shape:
    """Nobody needs the answer any more, and why. 409 shows both."""
    row = question_of(request, pk)
    with both_versions(wish, lambda: given.AgencyQuestion(**_stands(request, pk))):
        questions.withdraw(request.user, row, wish.reason, wish.version, request.now)
    return _stands(request, pk)


@router.post("/agency-questions/{pk}/fact", **_act("note_answer"))
def note_answer(request: OfficeRequest, pk: Pk) -> Shape:
    """The answer becomes a fact on the issue's board, as the agency says. A second time it is the same fact."""
    questions.note_as_fact(request.user, question_of(request, pk), request.now)
    return _stands(request, pk)
