"""Approval of statements: asking, deciding a step, returning, taking back, withdrawing. The only code that does so.

An approval holds for one version, known by its number and the hash of its text: whoever decides says which one they saw, and where it is
not the last one any more nothing is decided (`StaleError`). Each act leaves its line in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from kentongan.errors import InputError, RefusedError
from kentongan.office.desk import moves, statement_checking, statement_moves, statement_queries, statement_saying, statement_telling
from kentongan.office.desk.models import Approval, ApprovalStep, Publication, Sentence, Statement, StatementVersion
from kentongan.office.desk.services import circle_of, fit_to_clocks
from kentongan.office.desk.statement_correcting import digest_of_wrong
from kentongan.office.desk.statement_deputies import able, get_writers
from kentongan.office.desk.statement_pasting import LONGEST_REASON, decent_line, why
from kentongan.office.desk.statement_recording import record
from kentongan.office.desk.statement_services import end_requests, held
from kentongan.office.people.models import User
from kentongan.office.people.permissions import need
from kentongan.office.people.queries import has_factor

SAID_AT_MOST = 3


class StaleError(RefusedError):
    """What was decided about is not the last version any more. Nothing was decided."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The version a person saw when they decided."""

    number: int
    text_hash: str


def open_request(statement: Statement) -> Approval | None:
    """The request that waits, with its steps. Two queries at most."""
    rows = Approval.objects.filter(statement=statement, outcome=Approval.Outcome.OPEN).select_related("version", "by")
    return rows.prefetch_related("steps__person", "steps__first", "steps__by").first()


def step_of(request: Approval | None, person: User) -> ApprovalStep | None:
    """The step of a request that this person can decide now."""
    steps = request.steps.all() if request is not None else []
    return next((one for one in steps if not one.decision and one.due and person.pk in one.asked), None)


def last_approved(statement: Statement) -> StatementVersion | None:
    """The version that was approved last, with its sentences; of a correction never approved, what is published of what it corrects."""
    found = statement_queries.get_approval(statement)
    rows = StatementVersion.objects.none()
    if found is not None:
        rows = StatementVersion.objects.filter(pk=found.version_id)
    elif statement.corrects_id is not None:
        rows = StatementVersion.objects.filter(pk__in=Publication.objects.filter(statement=statement.corrects_id).values("version"))
    return rows.prefetch_related("sentences").first()


@transaction.atomic
def ask(by: User, statement: Statement, people: Mapping[str, int], in_order: bool, version: int, now: datetime) -> Approval:
    """Ask these people, one for each step, to approve the last version. An approver is always among them."""
    found, last = held(by, "statements.write", statement, version)
    state = next_state(found, "ask")
    if last is None:
        raise RefusedError(gettext("Nothing is written yet."), subject="text")
    checked = need_sound(found, last, now)
    if "approver" not in people:
        raise InputError(gettext("Choose who approves it."), subject="approver")
    for kind, pk in people.items():
        _need_able(found, kind, pk)
    digests = {one.id: one.digest for one in checked.passages.values()}
    made = Approval.objects.create(
        office_id=found.office_id,
        statement=found,
        version=last,
        text_hash=last.text_hash,
        in_order=in_order,
        evidence=digests,
        by=by,
        at=now,
    )
    ApprovalStep.objects.bulk_create(
        ApprovalStep(office_id=found.office_id, approval=made, kind=kind, first_id=people[kind], person_id=people[kind])
        for kind in statement_moves.STEPS
        if kind in people
    )
    _begin_turns(made, list(made.steps.all()), found.level, now)
    moved(found, state, now)
    record(by, "statement.asked", found, now, "", number=last.number, text_hash=last.text_hash, people=dict(people), in_order=in_order)
    return made


@transaction.atomic
def decide(by: User, statement: Statement, step: int, decision: str, note: str, sight: Sight, now: datetime) -> Statement:
    """Approve the step, or return the statement with a reason. When the last step is approved, the statement is."""
    found, last = held(by, "statements.approve", statement)
    request = open_request(found)
    if request is None or last is None:
        raise StaleError(gettext("Nobody asks for approval of this any more. Look at it as it stands."), subject="state")
    if (last.number, last.text_hash) != (sight.number, sight.text_hash) or (request.version_id, request.text_hash) != (
        last.pk,
        last.text_hash,
    ):
        raise StaleError(gettext("It was changed since you opened it, so nothing was decided. Look at it as it stands."), subject="version")
    steps = list(ApprovalStep.objects.select_for_update().filter(approval=request).order_by("pk"))
    mine = next((one for one in steps if one.pk == step), None)
    if mine is None or mine.decision or mine.pk not in _turns(request, steps):
        raise RefusedError(gettext("This step is decided already, or it is not its turn yet."), subject="step")
    _need_own(by, found, mine)
    note = decent_line(note, gettext("Why"), "note", longest=LONGEST_REASON)
    if decision == ApprovalStep.Decision.RETURNED:
        return _return(by, found, mine, note, now)
    if decision != ApprovalStep.Decision.APPROVED:
        raise InputError(gettext("Choose what is to be done."), subject="decision")
    checked = need_sound(found, last, now)
    _decided(mine, decision, by, now)
    detail: dict[str, object] = {"step": mine.kind, "number": last.number, "text_hash": last.text_hash, **digest_of_wrong(found)}
    record(by, "statement.step_approved", found, now, note, **detail)
    if any(not one.decision for one in steps):
        _begin_turns(request, steps, found.level, now)
        return found
    request.outcome, request.ended = Approval.Outcome.APPROVED, now
    request.evidence = {one.id: one.digest for one in checked.passages.values()}
    request.save(update_fields=["outcome", "ended", "evidence"])
    Sentence.objects.filter(version=last, reviewer=None).update(reviewer=by, decided_at=now)
    moved(found, next_state(found, "approve"), now)
    record(by, "statement.approved", found, now, "", number=last.number, text_hash=last.text_hash, **digest_of_wrong(found))
    statement_telling.tell_asker(request, statement_telling.APPROVED, now)
    return found


@transaction.atomic
def take_back(by: User, statement: Statement, version: int, now: datetime) -> Statement:
    """Nobody is asked any more: it is a draft again."""
    found, _last = held(by, "statements.write", statement, version)
    state = next_state(found, "take_back")
    end_requests(found, Approval.Outcome.OVER, now)
    moved(found, state, now)
    record(by, "statement.taken_back", found, now)
    return found


@transaction.atomic
def withdraw(by: User, statement: Statement, reason: str, version: int, now: datetime) -> Statement:
    """It is not going to be said, with a reason. Its versions stay."""
    found, _last = held(by, "statements.write", statement, version)
    state, before = next_state(found, "withdraw"), found.state
    if before == Statement.State.PUBLISHED:
        need(by, "statements.publish", found)
    reason = why(reason, "reason")
    end_requests(found, Approval.Outcome.OVER, now)
    moved(found, state, now)
    record(by, "statement.withdrawn", found, now, reason)
    if before == Statement.State.PUBLISHED:
        fit_to_clocks(by, found.issue, now)
    return found


def need_sound(found: Statement, last: StatementVersion, now: datetime) -> statement_checking.Checked:
    """Refuse where something stands in the way of approval, and say what."""
    checked = statement_checking.check(found, statement_queries.sentences_of(last), now)
    blocking = [statement_saying.said(one) for one in checked.blocking]
    if blocking:
        said = gettext("It cannot be approved yet: %(what)s") % {"what": " ".join(dict.fromkeys(blocking[:SAID_AT_MOST]))}
        raise RefusedError(said, subject="findings")
    return checked


def _need_able(found: Statement, kind: str, pk: int) -> None:
    person = User.objects.filter(office=found.office_id, pk=pk, is_active=True).first()
    if kind not in statement_moves.STEPS or person is None or not able(found, kind, {pk: person.roles}):
        said = gettext("Choose somebody who has the role, sees the issue and wrote nothing of the text.")
        raise InputError(said, subject=kind if kind in statement_moves.STEPS else "approver")


def _need_own(by: User, found: Statement, mine: ApprovalStep) -> None:
    """Refuse where the step is not theirs, they lack its role or the second factor it asks for, or wrote any of the text."""
    if by.pk not in mine.asked:
        raise RefusedError(gettext("Somebody else is asked for this step."), subject="step")
    wanted = statement_moves.ROLES[mine.kind]
    if not wanted & (by.roles | by.standing_in):
        raise RefusedError(gettext("Your role does not allow this. Ask an administrator of your office."), subject="step")
    if by.pk in get_writers(found):
        raise RefusedError(gettext("You wrote some of this text, so somebody else approves it."), subject="step")
    need_factor(by, found, mine.kind)
    if not circle_of(found.issue).has(by.pk):
        raise RefusedError(gettext("There is no such statement in your office."), subject="statement")


def need_factor(by: User, found: Statement, kind: str) -> None:
    """Refuse where the office asks a role of this step for a second factor and the person has none."""
    if statement_moves.ROLES[kind] & set(found.office.second_factor_roles) and not has_factor(by):
        raise RefusedError(gettext("Your role needs a second factor. Set it up in the browser first."), subject="factor")


def _return(by: User, found: Statement, mine: ApprovalStep, note: str, now: datetime) -> Statement:
    if len(note) < moves.SHORTEST_REASON:
        raise InputError(gettext("Say in a few words what is to be changed."), subject="note")
    _decided(mine, ApprovalStep.Decision.RETURNED, by, now)
    end_requests(found, Approval.Outcome.RETURNED, now)
    moved(found, next_state(found, "return"), now)
    record(by, "statement.returned", found, now, note, step=mine.kind)
    statement_telling.tell_asker(mine.approval, statement_telling.RETURNED, now)
    return found


def _decided(mine: ApprovalStep, decision: str, by: User, now: datetime) -> None:
    mine.decision, mine.by, mine.at = decision, by, now
    mine.save(update_fields=["decision", "by", "at"])


def _turns(request: Approval, steps: Sequence[ApprovalStep]) -> list[int]:
    asked = [statement_moves.Asked(one.pk, one.kind, bool(one.decision)) for one in steps]
    return statement_moves.turns(asked, request.in_order)


def _begin_turns(request: Approval, steps: Sequence[ApprovalStep], level: str, now: datetime) -> None:
    """The clock of a step begins when its turn does, and whoever is asked is told."""
    due = now + statement_moves.LIMITS[level]
    begun = list(ApprovalStep.objects.filter(pk__in=_turns(request, steps), due=None).values_list("pk", flat=True))
    ApprovalStep.objects.filter(pk__in=begun).update(due=due)
    statement_telling.tell_steps(begun, statement_telling.WAITS, now)


def next_state(found: Statement, act: str) -> str:
    """For the services of this room: the state after an act. Refuses where it cannot be done."""
    try:
        return statement_moves.after(found.state, act)
    except statement_moves.IllegalMove:
        raise RefusedError(gettext("This cannot be done as the statement stands."), subject="state") from None


def moved(found: Statement, state: str, now: datetime) -> None:
    """For the services of this room: it is in another state from now on."""
    found.state, found.moved, found.version = state, now, found.version + 1
    found.save(update_fields=["state", "moved", "version"])
