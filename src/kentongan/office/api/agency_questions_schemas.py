"""What the API says of questions to agencies and takes about them. Colleagues are named as on the pages, nobody else is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import StringConstraints

from kentongan.office.api.issues_schemas import Named
from kentongan.office.api.problems import Problem
from kentongan.office.api.schemas import CLEAN, Moment, Number, Strict, Text, Version
from kentongan.office.desk.question_models import LONGEST_ANSWER, LONGEST_CONTEXT, LONGEST_QUESTION

StateName = Literal["waiting", "late", "answered", "withdrawn"]
GradeName = Literal["confirmed", "likely", "unclear"]
Asked = Annotated[str, StringConstraints(max_length=LONGEST_QUESTION, pattern=CLEAN)]
Context = Annotated[str, StringConstraints(max_length=LONGEST_CONTEXT, pattern=CLEAN)]
Answered = Annotated[str, StringConstraints(max_length=LONGEST_ANSWER, pattern=CLEAN)]


class AgencyAnswer(Schema):
    """What the agency answered and how sure it says it is. `way`: here, link or mail (then `by` is null: nobody had to sign in).

    An answer by mail is always graded unclear, and its sender is not proven; `elsewhere` where it names another one than was asked.
    """

    text: str
    grade: str
    way: str
    elsewhere: bool
    by: str | None
    at: datetime


class AgencyQuestion(Schema):
    """A question to one agency. `issue` and `fact` (made of the answer) are null for who is asked and may not see the issue.

    `person`: at whose desk it lies, null where only the agency's address was written to. `passed`: when it went to somebody else because
    nobody had answered; `lost` (nowhere, circle): why it could not. `version` goes back with the next act.
    """

    id: int
    issue: int | None
    agency: Named
    text: str
    context: str
    by: str
    asked: datetime
    due: datetime
    overdue: bool
    reminded: datetime | None
    state: str
    person: Named | None
    passed: datetime | None
    lost: str
    ended: datetime | None
    answer: AgencyAnswer | None
    fact: int | None
    version: int


class AgencyQuestionPage(Schema):
    """Questions, the latest asked first."""

    rows: list[AgencyQuestion]
    next: str | None


class WaitingQuestions(Schema):
    """What waits for an answer, what is due first first: `mine` is what one's own agency or oneself is asked."""

    mine: list[AgencyQuestion]
    others: list[AgencyQuestion]


class QuestionMessage(Schema):
    """A message about a question and how far it got; `detail` says why one was parked."""

    to: str
    at: datetime
    state: str
    tries: int
    detail: str


class QuestionReply(Schema):
    """A letter about a question. `what`: answer (it was taken as it), further, late, withdrawn (with its words, which changed nothing),
    empty, unfit, automatic or bounced. `elsewhere`: it names another sender than was asked. `attachments` were not taken."""

    what: str
    text: str
    elsewhere: bool
    attachments: int
    cut: bool
    at: datetime


class AgencyQuestionDetail(Schema):
    """One question; `acts` is what the person can do with it (answer, prolong, withdraw, note). Messages and letters only for who sees the
    issue."""

    question: AgencyQuestion
    acts: list[str]
    messages: list[QuestionMessage]
    replies: list[QuestionReply]


class AskableAgency(Schema):
    """An agency that can be asked, and those of its people who can be asked by name."""

    id: int
    name: str
    people: list[Named]


class AskableAgencies(Schema):
    """The agency that leads the issue, then those that support it."""

    rows: list[AskableAgency]


class AgencyQuestionConflict(Problem):
    """Somebody was quicker, and nothing was changed: `stored` is the question as it stands now, `sent` what was sent."""

    stored: AgencyQuestion
    sent: dict[str, Any]


# What comes in


class AgencyAsk(Strict):
    """One question to an agency that leads or supports the issue; `person` is one of its people, none means its address. No names of
    private people, no telephone numbers. The message shows `text` and `context`, nothing else of the issue."""

    agency: Number
    text: Asked
    due: Moment
    context: Context = ""
    person: Number | None = None


class QuestionAnswer(Strict):
    """What the agency answers, and how sure it is."""

    text: Answered
    grade: GradeName


class QuestionProlong(Strict):
    """Until when instead: later than before."""

    due: Moment
    version: Version


class QuestionWithdraw(Strict):
    """Why nobody needs the answer any more."""

    reason: Text
    version: Version
