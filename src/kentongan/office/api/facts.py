"""Facts as an issue's board shows them, with what bars their use, and what is done with them by the services of the pages.

A fact is found by its own number where the person sees the issue on whose board it stands. Every act is decided and recorded in `desk`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ninja import Router, Status

from kentongan.office.api import facts_schemas as given
from kentongan.office.api import schemas, shapes
from kentongan.office.api.conflicts import both_versions
from kentongan.office.api.entrance import door
from kentongan.office.api.issues import issue_of
from kentongan.office.api.scopes import ISSUES, RESPOND
from kentongan.office.api.shapes import Shape, cursor_of, found
from kentongan.office.api.stories import Pk
from kentongan.office.desk import fact_queries, facts, usable
from kentongan.office.desk.fact_queries import Board, Row
from kentongan.office.desk.facts_models import Fact, FactVersion
from kentongan.office.desk.models import Issue
from kentongan.office.listening import queries
from kentongan.office.people.requests import OfficeRequest

router = Router()
_PLAIN = ("version", "kind", "text", "about", "figure", "source", "source_url", "as_of", "grade", "expires", "withdrawn", "at")


def _words(row: Fact | FactVersion) -> Shape:
    """What a fact says, or said at a version."""
    return {
        **{name: getattr(row, name) for name in _PLAIN},
        "link": row.link_id if isinstance(row, Fact) else row.link,
        "owner": shapes.named(row.owner),
        "agency": shapes.named(row.agency),
        "by": row.by.shown,
    }


def _fact(row: Row) -> Shape:
    """A fact of a board with what bars it, who decided about it and what uses it."""
    settled = row.settled
    return {
        **_words(row.fact),
        "id": row.fact.pk,
        "issue": row.fact.issue_id,
        "added": row.fact.added,
        "ban": row.ban.code if row.ban is not None else None,
        "against": [one.pk for one in row.against],
        "settled": {"holds": settled.holds_id, "by": settled.by.shown, "at": settled.at, "reason": settled.note.text} if settled else None,
        "used": [{"key": one.key, "label": one.label, "changed": one.changed} for one in row.used],
    }


def _board(request: OfficeRequest, pk: int) -> tuple[Issue, Board]:
    """The issue, where the person may see it, and its board; of an issue that is part of another, the other's. 404 else."""
    issue = issue_of(request, pk)
    if issue.merged_into_id is not None:
        issue = issue_of(request, issue.merged_into_id)
    return issue, fact_queries.get_board(issue, request.now)


def _row(request: OfficeRequest, pk: int) -> tuple[Issue, Row]:
    """One fact on the board it stands on; 404 for what the person may not see, as for what does not exist."""
    issue, board = _board(request, found(fact_queries.get_issue_of(request.user, pk)))
    return issue, found(next((one for one in board.rows if one.fact.pk == pk), None))


def _in_order(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda one: (one.fact.added, one.fact.pk))


@router.get("/issues/{pk}/facts", **door("list_facts", ISSUES, "issues.read", given.FactPage, 404, 422))
def list_facts(request: OfficeRequest, pk: Pk, after: schemas.After | None = None, size: schemas.Size = 100) -> Shape:
    """The fact board of an issue and its parts, in the order in which facts were added; of a part, that of the whole."""
    cursor = cursor_of(after)
    rows = _in_order(_board(request, pk)[1].rows)
    if cursor is not None:
        rows = [one for one in rows if (one.fact.added, one.fact.pk) > (cursor.at, cursor.pk)]
    last = rows[size - 1].fact if len(rows) > size else None
    return {
        "rows": [_fact(one) for one in rows[:size]],
        "next": queries.Cursor(last.added, last.pk).text() if last is not None else None,
    }


@router.get("/facts/{pk}", **door("get_fact", ISSUES, "issues.read", given.FactDetail, 404, 422))
def get_fact(request: OfficeRequest, pk: Pk) -> Shape:
    """One fact: how it stands, what bars it, where it was used, and every version of it."""
    issue, row = _row(request, pk)
    return {"fact": _fact(row), "board": issue.pk, "versions": [_words(one) for one in fact_queries.get_versions(row.fact)]}


@router.post("/issues/{pk}/facts", **door("add_fact", RESPOND, "issues.change", given.Fact, 404, 422, status=201))
def add_fact(request: OfficeRequest, pk: Pk, wish: given.FactAdd) -> Status[Shape]:
    """Put one more fact on the board of an issue."""
    issue, _ = _board(request, pk)
    made = facts.add(request.user, issue, facts.FactDraft(**wish.model_dump()), request.now)
    return Status(201, _stands(request, made.pk))


def _stands(request: OfficeRequest, pk: int) -> Shape:
    return _fact(_row(request, pk)[1])


def _act(name: str) -> dict[str, Any]:
    return door(name, RESPOND, "issues.change", given.Fact, 404, 422, conflict=given.FactConflict)


@router.post("/facts/{pk}/change", **_act("change_fact"))
def change_fact(request: OfficeRequest, pk: Pk, wish: given.FactChange) -> Shape:
    """Say it otherwise, as a new version; the earlier ones stay. 409 shows both."""
    _, row = _row(request, pk)
    draft = facts.FactDraft(**{**facts.stored_of(row.fact), **wish.model_dump(exclude={"version"}, exclude_unset=True)})
    with both_versions(wish, lambda: given.Fact(**_stands(request, pk))):
        facts.change(request.user, row.fact, draft, wish.version, request.now)
    return _stands(request, pk)


@router.post("/facts/{pk}/withdraw", **_act("withdraw_fact"))
def withdraw_fact(request: OfficeRequest, pk: Pk, wish: given.FactWithdraw) -> Shape:
    """It is not so, or not ours to say, and why. It stays on the board as withdrawn; a second time changes nothing."""
    _, row = _row(request, pk)
    with both_versions(wish, lambda: given.Fact(**_stands(request, pk))):
        facts.withdraw(request.user, row.fact, wish.reason, wish.version, request.now)
    return _stands(request, pk)


@router.post(
    "/issues/{pk}/facts/settle",
    **door("settle_facts", RESPOND, "claims.decide", given.FactGroup, 404, 422, conflict=given.SettleConflict),
)
def settle_facts(request: OfficeRequest, pk: Pk, wish: given.FactSettle) -> Shape:
    """Say which of several figures of the same holds, in one's own name, with a reason. 409 shows the facts as they stand."""
    issue, _ = _board(request, pk)
    seen = {(one.id, one.version) for one in wish.seen}
    with both_versions(wish, lambda: [given.Fact(**one) for one in _same(request, issue.pk, wish.about)]):
        facts.settle(request.user, issue, wish.about, wish.holds, seen, wish.reason, request.now)
    return {"rows": _same(request, issue.pk, wish.about)}


def _same(request: OfficeRequest, pk: int, about: str) -> list[Shape]:
    """The facts of a board whose figures are of the same and count now."""
    _, board = _board(request, pk)
    counted = (one for one in board.rows if one.ban is None or one.ban.code in {"conflict", "other_holds"})
    same = [one for one in counted if usable.key_of(one.fact.about) == usable.key_of(about) and usable.figure_of(one.fact.figure)]
    return [_fact(one) for one in _in_order(same)]
