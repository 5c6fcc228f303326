"""What the API says of an issue looked back on and of what colleagues tell each other about it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import StringConstraints

from kentongan.office.api.issues_schemas import Named
from kentongan.office.api.problems import Problem
from kentongan.office.api.schemas import CLEAN, Number, Strict, Text, Version
from kentongan.office.desk.comments import LONGEST
from kentongan.office.desk.learning import LONGEST as LONGEST_LESSON
from kentongan.office.desk.review_models import LONGEST_ACTION

ToDo = Annotated[str, StringConstraints(max_length=LONGEST_ACTION, pattern=CLEAN)]
Lesson = Annotated[str, StringConstraints(max_length=LONGEST_LESSON, pattern=CLEAN)]
Said = Annotated[str, StringConstraints(max_length=LONGEST, pattern=CLEAN)]


class Comment(Schema):
    """What a colleague told the others; `issue` is this one, or the part of it where it was said. Nobody changes or removes it."""

    id: int
    issue: int
    by: str
    at: datetime
    text: str


class CommentPage(Schema):
    """Comments, the latest first."""

    rows: list[Comment]
    next: str | None


class CommentAdd(Strict):
    """What colleagues should know, without telephone numbers, addresses or accounts of people."""

    text: Said


class Promise(Schema):
    """What was to be there by `due` (first answer, update, step of an approval, review) and when it came. `outcome`: kept, late, missed,
    open. `of` says of what, in words."""

    kind: str
    due: datetime
    came: datetime | None
    outcome: str
    of: str


class PromiseCount(Schema):
    """How many promises of a kind are due by now, and how many of these were kept."""

    kind: str
    due: int
    kept: int


class Paper(Schema):
    """A statement that was published: of how many sentences its text is, how many stand there as the template has them."""

    statement: int
    kind: str
    language: str
    state: str
    sentences: int
    template: int


class ReviewStep(Schema):
    """What was done with the issue or a statement about it (`of`, in words), and what somebody wrote as the reason."""

    at: datetime
    by: str
    act: str
    sentence: str
    note: str
    of: str


class ReviewLesson(Schema):
    """What was learned, of `issue` (this one or a part of it). `kind`: worked, why, keep. Nobody changes or removes it."""

    id: int
    issue: int
    kind: str
    text: str
    by: str
    at: datetime


class ReviewLessonAdd(Strict):
    """What was learned about how we worked: what worked, why it went as it did, or what to keep. No names of private people."""

    kind: Literal["worked", "why", "keep"]
    text: Lesson


class ReviewAction(Schema):
    """What is to be done better until `due`, by an agency or by one colleague. `template`: the kind of paper whose template is to be
    changed. `state`: open, done or withdrawn (then `reason` says why)."""

    id: int
    issue: int
    text: str
    template: str
    agency: Named | None
    person: Named | None
    due: date
    by: str
    at: datetime
    state: str
    ended: datetime | None
    ended_by: str | None
    reason: str
    version: int


class ReviewActionConflict(Problem):
    """Somebody was quicker, and nothing was changed: `stored` is the action as it stands now, `sent` what was sent."""

    stored: ReviewAction
    sent: dict[str, Any]


class ReviewActionAdd(Strict):
    """One action, seen to by an agency or by a colleague who sees the issue; `template` is one that was used. No names of
    private people."""

    text: ToDo
    due: date
    agency: Number | None = None
    person: Number | None = None
    template: Annotated[str, StringConstraints(max_length=15, pattern=CLEAN)] = ""


class ReviewActionDone(Strict):
    """Which version of it was seen."""

    version: Version


class ReviewActionWithdraw(Strict):
    """Why it is not to be done after all."""

    reason: Text
    version: Version


class IssueReview(Schema):
    """An issue and its parts looked back on, from `begun` to `until`: what was promised in order of time, what came, every step, what
    was learned, and what is to be done better."""

    issue: int
    sentence: str
    begun: datetime
    until: datetime
    counts: list[PromiseCount]
    promises: list[Promise]
    papers: list[Paper]
    steps: list[ReviewStep]
    lessons: list[ReviewLesson]
    actions: list[ReviewAction]
