"""Issues as the board and their pages show them, as far as the person behind the token may see them."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext
from ninja import Router
from ninja.params.functions import Query

from kentongan.office.api import issues_schemas, schemas, shapes
from kentongan.office.api.entrance import door
from kentongan.office.api.problems import RequestError
from kentongan.office.api.scopes import ISSUES
from kentongan.office.api.shapes import Shape, found, office_of
from kentongan.office.api.stories import Pk
from kentongan.office.desk import listing, moves, queries
from kentongan.office.desk.history import Step, history_of
from kentongan.office.desk.models import Issue, IssueLink
from kentongan.office.listening import presenting
from kentongan.office.people.permissions import RIGHTS
from kentongan.office.people.requests import OfficeRequest

router = Router()
_PLAIN = (
    "title", "summary", "kind", "topic", "state", "level", "level_reason", "stance", "truth", "truth_at", "truth_reason", "evidence",
    "evidence_url", "supporting", "due", "due_note", "need_to_know", "opened", "version",
)  # fmt: skip


def issue(request: OfficeRequest, row: Issue) -> Shape:
    """An issue; `overdue` by the office's clock."""
    return {
        "id": row.pk,
        **{name: getattr(row, name) for name in _PLAIN},
        "since": row.moved,
        "engine_level": row.suggested,
        "reasons": shapes.reasons(row.reasons),
        "place": shapes.named(row.place),
        "lead": shapes.named(row.lead),
        "agency": shapes.named(row.agency),
        "level_by": shapes.name_of(row.level_by),
        "truth_by": shapes.name_of(row.truth_by),
        "opened_by": row.opened_by.shown,
        "overdue": row.overdue(request.now),
        "merged_into": row.merged_into_id,
    }


@router.get("/issues", **door("list_issues", ISSUES, "issues.read", issues_schemas.IssuePage, 422))
def list_issues(
    request: OfficeRequest,
    state: issues_schemas.StateName | None = None,
    mine: bool = False,
    level: schemas.LevelName | None = None,
    kind: issues_schemas.KindName | None = None,
    overdue: bool = False,
    about: issues_schemas.About | None = None,
    after: issues_schemas.After | None = None,
    size: schemas.Size = 30,
) -> Shape:
    """Issues under way, or of one column, or closed; `level` is the lowest, `mine` those one leads, `about` a story:12, signal or claim."""
    what, _, number = (about or "").partition(":")
    chosen = listing.IssueFilter(state or "", mine, level or "", kind or "", overdue, (what, int(number)) if number else None)
    rows, end = listing.get_issues(request.user, chosen, _end(after, state), request.now, size)
    return {"rows": [issue(request, row) for row in rows], "next": end.text() if end is not None else None}


def _end(after: str | None, state: str | None) -> listing.PageEnd | None:
    if not after:
        return None
    end = listing.end_from(after, state == "closed")
    if end is None:
        raise RequestError(422, gettext("This cursor cannot be read. Take `next` of the page before, or leave it out."), field="after")
    return end


@router.get("/issue-counts", **door("get_issue_counts", ISSUES, "issues.read", issues_schemas.IssueCounts, 422))
def get_issue_counts(request: OfficeRequest, mine: Annotated[bool, Query()] = False) -> Shape:
    """How many issues stand in each column of the board and how many are overdue; with `mine` those one leads."""
    board = queries.get_counts(request.user, request.now, mine=mine)
    columns = [{"state": one.name, "count": one.count} for one in board.columns]
    return {"columns": columns, "under_way": board.count, "overdue": board.overdue}


@router.get("/issue-people", **door("list_issue_people", ISSUES, "issues.change", issues_schemas.IssuePeople))
def list_issue_people(request: OfficeRequest) -> Shape:
    """Colleagues who may be named in an issue, and which of them can lead one."""
    rows = queries.get_readers(office_of(request))
    return {"rows": [{"id": one.pk, "name": one.shown, "leads": bool(one.roles & RIGHTS["issues.change"])} for one in rows]}


@router.get("/issues/{pk}", **door("get_issue", ISSUES, "issues.read", issues_schemas.IssueDetail, 404, 422))
def get_issue(request: OfficeRequest, pk: Pk) -> Shape:
    """One issue: how it stands, what it is about, what became part of it, what was done and why."""
    row = issue_of(request, pk)
    parts = queries.get_parts(row)
    links, beside = queries.get_links([row, *parts]), queries.get_beside(request.user, [row, *parts])
    engine = max((one.story.level for one in links if one.story is not None), key=presenting.level_rank, default="")
    decides, over = request.user.may("issues.decide"), row.state in moves.OVER
    near = queries.get_near(request.user, row) if decides and not over else []
    return {
        "issue": issue(request, row),
        "agencies": queries.get_agency_names(row),
        "links": [_link(one, beside.get(one.other_id or 0)) for one in links],
        "parts": [_brief(one) for one in parts],
        "engine_now": engine if presenting.level_rank(engine) > presenting.level_rank(row.level) else None,
        "acts": list(moves.acts(row.state)),
        "named": row.named if decides else None,
        "near": [_brief(one) for one in near] if decides else None,
        "history": [_step(one) for one in history_of(request.user, row, parts)],
    }


def issue_of(request: OfficeRequest, pk: int) -> Issue:
    """An issue that the person may see; 404 for what they may not see, as for what does not exist."""
    return found(queries.get_issue(request.user, pk))


def _brief(row: Issue) -> Shape:
    return {"id": row.pk, "title": row.title, "version": row.version}


def _link(row: IssueLink, other: Issue | None) -> Shape:
    said: Shape = {"id": row.pk, "issue": row.issue_id, "kind": row.kind, "url": row.url, "at": row.at}
    about, words, level, truth = None, "", None, None
    if row.story is not None:
        about, words, level = row.story.merged_into_id or row.story.pk, row.story.headline, row.story.level
    elif row.signal is not None:
        about, words, level = row.signal.pk, presenting.subject(row.signal.kind, row.signal.subject), row.signal.level
    elif row.claim is not None:
        about, words, truth = row.claim.pk, row.claim.text, row.claim.truth
    elif other is not None:
        about, words, level = other.pk, other.title, other.level
    return {**said, "about": about, "words": words, "level": level, "truth": truth}


def _step(one: Step) -> Shape:
    plain = {name: getattr(one, name) for name in ("at", "issue", "act", "note")}
    return {**plain, "by": one.who, "values": dict(one.values), "sentence": one.words, "other": one.other.pk if one.other else None}
