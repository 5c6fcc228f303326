"""Issues looked back on, and what colleagues tell each other about them, as far as the person behind the token may see the issue.

Who has an issue open at this moment is told on the screen alone: a program looks at none.
"""

from __future__ import annotations

import json
from typing import get_args

from ninja import Router, Status

from kentongan.office.api import reviews_schemas as given
from kentongan.office.api import schemas, shapes
from kentongan.office.api.entrance import door
from kentongan.office.api.issues import issue_of
from kentongan.office.api.scopes import ISSUES, RESPOND
from kentongan.office.api.shapes import Shape
from kentongan.office.api.stories import Pk
from kentongan.office.desk import comments, queries, review_drawing, review_queries, review_rules
from kentongan.office.desk.history import Step
from kentongan.office.desk.review_queries import Paper
from kentongan.office.people.requests import OfficeRequest

router = Router()
_PROMISE = ("kind", "due", "came", "outcome", "of")


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
    """An issue looked back on: what was promised against what came, the papers and their templates, every step."""
    issue = issue_of(request, pk)
    review = review_queries.get_review(request.user, issue, queries.get_parts(issue), request.now)
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
    }


def _paper(one: Paper) -> Shape:
    about = one.statement
    plain = {name: getattr(about, name) for name in ("kind", "language", "state")}
    return {**plain, "statement": about.pk, "sentences": one.sentences, "template": one.template}


def _step(one: Step) -> Shape:
    return {"at": one.at, "by": one.who, "act": one.act, "sentence": one.words, "note": one.note, "of": one.of}
