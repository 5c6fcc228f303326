"""Issues looked back on with what is to be done better, and what colleagues tell each other about them, as far as the person behind the
token may see the issue.

Who has an issue open at this moment is told on the screen alone: a program looks at none.
"""

from __future__ import annotations

import json
from typing import Any, get_args

from ninja import Router, Status

from kentongan.office.api import reviews_schemas as given
from kentongan.office.api import schemas, shapes
from kentongan.office.api.conflicts import both_versions
from kentongan.office.api.entrance import door
from kentongan.office.api.issues import issue_of
from kentongan.office.api.scopes import ISSUES, RESPOND
from kentongan.office.api.shapes import Shape, found
from kentongan.office.api.stories import Pk
from kentongan.office.desk import (
    comments,
    learning,
    queries,
    review_action_queries,
    review_actions,
    review_drawing,
    review_queries,
    review_rules,
)
from kentongan.office.desk.history import Step
from kentongan.office.desk.review_models import ReviewAction
from kentongan.office.desk.review_queries import Paper
from kentongan.office.people.requests import OfficeRequest

router = Router()
_PROMISE = ("kind", "due", "came", "outcome", "of")
_LESSON = ("id", "issue", "kind", "text", "by", "at")
_ACTION = ("text", "template", "due", "at", "state", "ended", "version")


@router.get("/issues/{pk}/comments", **door("list_comments", ISSUES, "issues.read", given.CommentPage, 404, 422))
def list_comments(request: OfficeRequest, pk: Pk, after: schemas.After | None = None, size: schemas.Size = 30) -> Shape:
    """What colleagues told each other about an issue and its parts, the latest first."""
    issue = issue_of(request, pk)
    said = shapes.page(queries.get_said([issue, *queries.get_parts(issue)], comments.ACT), "at", after, size, lambda line: line)
    lines = {int(json.loads(line.detail)["note"]): line for line in said["rows"]}
    texts = queries.get_texts(issue.office_id, lines)
    names = queries.get_names(issue.office_id, {line.actor for line in lines.values() if line.actor})
    rows = [
        {
            "id": note, "issue": int(line.subject.partition(":")[2]), "by": names.get(line.actor, ""), "at": line.at,
            "text": texts.get(note, ""),
        }
        for note, line in lines.items()
    ]  # fmt: skip
    return {"rows": rows, "next": said["next"]}


@router.post("/issues/{pk}/comments", **door("comment_issue", RESPOND, "issues.change", given.Comment, 404, 422, status=201))
def comment_issue(request: OfficeRequest, pk: Pk, wish: given.CommentAdd) -> Status[Shape]:
    """Say something to everybody who sees the issue, in one's own name; it stays."""
    note = comments.comment(request.user, issue_of(request, pk), wish.text, request.now)
    return Status(201, {"id": note.pk, "issue": note.issue_id, "by": request.user.shown, "at": note.at, "text": note.text})


@router.get("/issues/{pk}/review", **door("get_issue_review", ISSUES, "issues.read", given.IssueReview, 404, 422))
def get_issue_review(request: OfficeRequest, pk: Pk) -> Shape:
    """An issue looked back on: what was promised against what came, the papers and their templates, every step, what is to be better."""
    issue = issue_of(request, pk)
    parts = queries.get_parts(issue)
    review = review_queries.get_review(request.user, issue, parts, request.now)
    counted = {kind: review.counted(kind) for kind in get_args(review_rules.Kind)}
    return {
        "issue": issue.pk,
        "sentence": review_drawing.title_of(review),
        "begun": review.begun,
        "until": review.until,
        "counts": [{"kind": kind, "due": due, "kept": kept} for kind, (due, kept) in counted.items()],
        "promises": [{name: getattr(one, name) for name in _PROMISE} for one in review.promises],
        "papers": [_paper(one) for one in review.papers],
        "steps": [_step(one) for one in review.steps],
        "lessons": [_lesson(one) for one in learning.get_lessons([issue, *parts])],
        "actions": [_action(one) for one in review_action_queries.get_of_issues(request.user, [issue, *parts])],
    }


def _paper(one: Paper) -> Shape:
    about = one.statement
    plain = {name: getattr(about, name) for name in ("kind", "language", "state")}
    return {**plain, "statement": about.pk, "sentences": one.sentences, "template": one.template}


def _step(one: Step) -> Shape:
    return {"at": one.at, "by": one.who, "act": one.act, "sentence": one.words, "note": one.note, "of": one.of}


def _lesson(one: learning.Lesson) -> Shape:
    return {name: getattr(one, name) for name in _LESSON}


@router.post(
    "/issues/{pk}/review/lessons", **door("note_review_lesson", RESPOND, "issues.change", given.ReviewLesson, 404, 422, status=201)
)
def note_review_lesson(request: OfficeRequest, pk: Pk, wish: given.ReviewLessonAdd) -> Status[Shape]:
    """Note what worked, why it went as it did, or what to keep. Its words stay as they are."""
    made = learning.note(request.user, issue_of(request, pk), wish.kind, wish.text, request.now)
    return Status(201, _lesson(learning.Lesson(made.pk, made.issue_id, wish.kind, made.text, request.user.shown, made.at)))


# What is to be done better


def _action(one: ReviewAction) -> Shape:
    return {
        **{name: getattr(one, name) for name in _ACTION},
        "id": one.pk,
        "issue": one.issue_id,
        "agency": shapes.named(one.agency),
        "person": shapes.named(one.person),
        "by": one.by.shown,
        "ended_by": shapes.name_of(one.ended_by),
        "reason": one.note.text if one.note is not None else "",
    }


def _stands(request: OfficeRequest, pk: int) -> ReviewAction:
    """The action, where the person may see its issue; 404 for what they may not see, as for what does not exist."""
    return found(review_action_queries.get_action(request.user, pk))


def _act(name: str) -> dict[str, Any]:
    return door(name, RESPOND, "issues.change", given.ReviewAction, 404, 422, conflict=given.ReviewActionConflict)


@router.post("/issues/{pk}/review/actions", **door("add_review_action", RESPOND, "issues.change", given.ReviewAction, 404, 422, status=201))
def add_review_action(request: OfficeRequest, pk: Pk, wish: given.ReviewActionAdd) -> Status[Shape]:
    """Note what is to be done better, by whom and until when. Its words stay as they are."""
    made = review_actions.add(request.user, issue_of(request, pk), review_actions.ActionDraft(**wish.model_dump()), request.now)
    return Status(201, _action(_stands(request, made.pk)))


@router.post("/review-actions/{pk}/done", **_act("finish_review_action"))
def finish_review_action(request: OfficeRequest, pk: Pk, wish: given.ReviewActionDone) -> Shape:
    """It is done. 409 shows how it stands."""
    row = _stands(request, pk)
    with both_versions(wish, lambda: given.ReviewAction(**_action(_stands(request, pk)))):
        review_actions.finish(request.user, row, wish.version, request.now)
    return _action(_stands(request, pk))


@router.post("/review-actions/{pk}/withdraw", **_act("withdraw_review_action"))
def withdraw_review_action(request: OfficeRequest, pk: Pk, wish: given.ReviewActionWithdraw) -> Shape:
    """It is not to be done after all, and why. 409 shows how it stands."""
    row = _stands(request, pk)
    with both_versions(wish, lambda: given.ReviewAction(**_action(_stands(request, pk)))):
        review_actions.withdraw(request.user, row, wish.reason, wish.version, request.now)
    return _action(_stands(request, pk))
