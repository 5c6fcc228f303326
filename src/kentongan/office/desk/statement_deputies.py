"""Steps of approval that nobody decided in time go to whoever stands in, from them to whoever stands in for them, and so on: to each once.
Where nobody is left the page says so and whoever asked is told.

Who is able: works here, sees the issue, holds a role of the step (their own or that of somebody they stand in for) and wrote no version.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from kentongan.office.desk import statement_moves, statement_telling
from kentongan.office.desk.models import Approval, ApprovalStep, Statement, StatementVersion
from kentongan.office.desk.services import circle_of
from kentongan.office.desk.statement_recording import record
from kentongan.office.people.models import Deputy, Office, User


@transaction.atomic
def pass_on(office: Office, now: datetime) -> int:
    """Pass on every step that is overdue; gives how many went to somebody. What is stuck is tried again each time.

    Whoever acts on a statement holds its lock, so a step is looked at under it: what somebody decides, changes or takes back at this
    moment is left to them and looked at the next time.
    """
    late = ApprovalStep.objects.filter(office=office, decision="", due__lte=now, approval__outcome=Approval.Outcome.OPEN)
    of = Statement.objects.filter(office=office, pk__in=late.values("approval__statement"))
    free = list(of.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True))
    steps = list(late.filter(approval__statement__in=free).select_related("approval__statement__issue").order_by("pk")) if free else []
    if not steps:
        return 0
    standing = standing_in(office, now)
    roles = _roles(office, standing)
    return sum(_pass(one, standing, able(one.approval.statement, one.kind, roles), now) for one in steps)


def able(statement: Statement, kind: str, roles: Mapping[int, Collection[str]]) -> set[int]:
    """Who of these people could decide a step. One query."""
    circle, wrote = circle_of(statement.issue), get_writers(statement)
    wanted = statement_moves.ROLES[kind]
    return {pk for pk, held in roles.items() if wanted & set(held) and circle.has(pk) and pk not in wrote}


def get_writers(statement: Statement) -> set[int]:
    """Everybody who wrote any version of it. One query."""
    return set(StatementVersion.objects.filter(statement=statement).values_list("by", flat=True))


def get_able(statement: Statement, kind: str) -> list[User]:
    """Who can be asked for a step. Two queries."""
    people = {one.pk: one for one in User.objects.filter(office=statement.office_id, is_active=True).order_by("first_name", "username")}
    there = able(statement, kind, {pk: one.roles for pk, one in people.items()})
    return [one for pk, one in people.items() if pk in there]


def standing_in(office: Office, now: datetime) -> dict[int, list[int]]:
    """Person → who stands in for them now."""
    out: dict[int, list[int]] = {}
    rows = Deputy.objects.filter(office=office, ended=None, since__lte=now, until__gt=now, deputy__is_active=True).order_by("pk")
    for person, deputy in rows.values_list("person", "deputy"):
        out.setdefault(person, []).append(deputy)
    return out


def _roles(office: Office, standing: Mapping[int, Collection[int]]) -> dict[int, set[str]]:
    """Everybody's roles, with those of whom they stand in for."""
    own = {one.pk: set(one.roles) for one in User.objects.filter(office=office, is_active=True)}
    out = {pk: set(roles) for pk, roles in own.items()}
    for person, deputies in standing.items():
        for deputy in deputies:
            if deputy in out:
                out[deputy] |= own.get(person, set())
    return out


def _pass(step: ApprovalStep, standing: Mapping[int, list[int]], there: Collection[int], now: datetime) -> int:
    found = statement_moves.heir(step.person_id, standing, there, step.before)
    statement = step.approval.statement
    if found.person is None:
        _stuck(step, "silent" if step.before else found.lost, now)
        return 0
    due = now + statement_moves.LIMITS[statement.level]
    before = [*step.before, step.person_id]
    ApprovalStep.objects.filter(pk=step.pk).update(person=found.person, before=before, passed=now, due=due, lost="")
    record(None, "statement.passed_on", statement, now, "", step=step.kind, person=found.person, before=step.person_id)
    statement_telling.tell_steps([step.pk], statement_telling.PASSED, now)
    return 1


def _stuck(step: ApprovalStep, why: str, now: datetime) -> None:
    """Nobody else can be asked: said once for each reason, on the page, in the ledger and to whoever asked."""
    if step.lost != why:
        step.lost = why
        step.save(update_fields=["lost"])
        record(None, "statement.stuck", step.approval.statement, now, "", step=step.kind, why=why, person=step.person_id)
        statement_telling.tell_asker(step.approval, statement_telling.STUCK, now, step)
