"""What is done with statements by program: begun, written, filled in, sent for approval, taken back, withdrawn before they are published.

No operation approves, returns, reviews or publishes, and what is published is withdrawn on the screen alone: an approval is a person's own
look at exactly this text, with their second factor, and a token has neither; what everybody reads is published by a named person who is
signed in. They stand on the router of `statements`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext
from ninja import Status

from kentongan.errors import InputError, RefusedError
from kentongan.office.api import statements_schemas as given
from kentongan.office.api.conflicts import both_versions
from kentongan.office.api.entrance import door
from kentongan.office.api.issues import issue_of
from kentongan.office.api.schemas import Strict
from kentongan.office.api.scopes import RESPOND
from kentongan.office.api.shapes import Shape, office_of
from kentongan.office.api.statements import detail, router, statement, statement_of, text
from kentongan.office.api.stories import Pk
from kentongan.office.desk import (
    statement_approval,
    statement_correcting,
    statement_embargo,
    statement_moves,
    statement_queries,
    statement_services,
)
from kentongan.office.desk.models import Statement
from kentongan.office.desk.statement_services import Frame, Mark
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.people.versions import same

__all__ = ["router"]


def _act(name: str, answer: Any = given.StatementDetail) -> dict[str, Any]:
    """What every act says of itself."""
    return door(name, RESPOND, "statements.write", answer, 404, 422, conflict=given.StatementConflict)


def _both_versions(request: OfficeRequest, pk: int, sent: Strict) -> AbstractContextManager[None]:
    """Whoever comes second is told how the statement stands now, beside what they sent."""

    def stands() -> given.StatementStands:
        row = statement_of(request, pk)
        last = statement_queries.get_last(row)
        return given.StatementStands(statement=statement(row), last=text(last) if last is not None else None)  # type: ignore[arg-type]

    return both_versions(sent, stands)


def _after(request: OfficeRequest, pk: int) -> Shape:
    return detail(request, statement_of(request, pk))


@router.post("/issues/{pk}/statements", **door("begin_statement", RESPOND, "statements.write", given.StatementDetail, 404, 422, status=201))
def begin_statement(request: OfficeRequest, pk: Pk, wish: given.StatementBegin) -> Status[Shape]:
    """Begin a statement about an issue, without a sentence yet; then fill in its template or write it."""
    issue, office = issue_of(request, pk), office_of(request)
    frame = Frame(
        wish.level or issue.level, wish.cluster, wish.next_update, office.contact if wish.contact is None else wish.contact,
        tuple(wish.signs),
    )  # fmt: skip
    made = statement_services.begin(request.user, issue, wish.kind, wish.language or office.language, frame, request.now)
    return Status(201, _after(request, made.pk))


@router.post("/statements/{pk}/write", **_act("write_statement"))
def write_statement(request: OfficeRequest, pk: Pk, wish: given.StatementWrite) -> Shape:
    """Keep its text and frame as a new text; a sentence keeps what belongs to it through editing. 409 shows both."""
    row = statement_of(request, pk)
    sent = wish.model_dump(exclude={"version"}, exclude_unset=True)
    whole: dict[str, Any] = {**statement_services.stored_of(row, statement_queries.get_last(row)), **sent}
    frame = Frame(whole["level"], whole["cluster"], whole["next_update"], whole["contact"], tuple(whole["signs"]))
    with _both_versions(request, pk, wish):
        statement_services.write(request.user, row, whole["text"], frame, wish.version, request.now)
    return _after(request, pk)


@router.post("/statements/{pk}/fill", **_act("fill_statement", given.StatementFilled))
def fill_statement(request: OfficeRequest, pk: Pk, wish: given.StatementFill) -> Shape:
    """Put a person's words into the template; what was written before is replaced. Says what is still to be filled in."""
    row = statement_of(request, pk)
    strange = sorted(set(wish.values) - set(statement_services.slot_names(row)))
    if strange:
        raise InputError(gettext("The template has no such place. Leave it out."), subject=f"values.{strange[0]}")
    with _both_versions(request, pk, wish):
        _made, missing = statement_services.fill_in(request.user, row, wish.values, wish.version, request.now)
    return {**_after(request, pk), "missing": list(missing)}


@router.post("/statements/{pk}/sentence", **_act("settle_sentence"))
def settle_sentence(request: OfficeRequest, pk: Pk, wish: given.StatementSentence) -> Shape:
    """Say what one sentence is there for, what it rests on, and whether it is a promise or an opinion."""
    row = statement_of(request, pk)
    with _both_versions(request, pk, wish):
        proofs = tuple(wish.evidence)
        mark = Mark(wish.said_as, wish.said_by or None) if wish.said_as is not None else None
        statement_services.settle_sentence(request.user, row, wish.key, wish.section, proofs, wish.version, request.now, mark)
    return _after(request, pk)


@router.post("/statements/{pk}/ask", **_act("ask_approval"))
def ask_approval(request: OfficeRequest, pk: Pk, wish: given.StatementAsk) -> Shape:
    """Send the last text for approval to named people, who decide on the screen."""
    row = statement_of(request, pk)
    asked = {str(kind): getattr(wish, kind) for kind in statement_moves.STEPS}
    people = {kind: person for kind, person in asked.items() if person is not None}
    with _both_versions(request, pk, wish):
        statement_approval.ask(request.user, row, people, wish.in_order, wish.version, request.now)
    return _after(request, pk)


@router.post("/statements/{pk}/take-back", **_act("take_back_approval"))
def take_back_approval(request: OfficeRequest, pk: Pk, wish: given.StatementSeen) -> Shape:
    """Nobody is asked any more: it is a draft again."""
    row = statement_of(request, pk)
    with _both_versions(request, pk, wish):
        statement_approval.take_back(request.user, row, wish.version, request.now)
    return _after(request, pk)


@router.post("/statements/{pk}/withdraw", **_act("withdraw_statement"))
def withdraw_statement(request: OfficeRequest, pk: Pk, wish: given.StatementWithdraw) -> Shape:
    """It is not going to be said, and why. What is published is withdrawn on the screen alone."""
    row = statement_of(request, pk)
    if row.state == Statement.State.PUBLISHED:
        raise RefusedError(gettext("What is published is withdrawn on the screen, by somebody who is signed in."), subject="state")
    with _both_versions(request, pk, wish):
        # nobody names a version to come, so that what is published meanwhile stays published
        same(row, wish.version, asdict(statement_services.frame_of(row)))
        statement_approval.withdraw(request.user, row, wish.reason, wish.version, request.now)
    return _after(request, pk)


@router.post(
    "/statements/{pk}/correct", **door("correct_statement", RESPOND, "statements.write", given.StatementDetail, 404, 422, status=201)
)
def correct_statement(request: OfficeRequest, pk: Pk, wish: given.StatementCorrect) -> Status[Shape]:
    """Begin the draft that is to take the place of what is published. It is approved and published like any other."""
    made = statement_correcting.begin_correction(request.user, statement_of(request, pk), wish.wrong, request.now)
    return Status(201, _after(request, made.pk))


@router.post(
    "/statements/{pk}/again", **door("begin_statement_again", RESPOND, "statements.write", given.StatementDetail, 404, 422, status=201)
)
def begin_statement_again(request: OfficeRequest, pk: Pk) -> Status[Shape]:
    """Begin the draft that says anew what was stopped at the end of its embargo, once. It is approved and published like any other."""
    made = statement_embargo.begin_again(request.user, statement_of(request, pk), request.now)
    return Status(201, _after(request, made.pk))
