"""Who may do what: one table of rights, object permissions by django-rules, and the question every service asks first.

A right is held through a role, for all things of one's own office and for nothing of another. A person's agency and place say where they
work; they narrow no right. Deputies hold the rights of whom they stand in for while they do (`request.user.standing_in`, filled by the
middleware). Nobody holds a right that would let them switch off the ledger: there is none.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rules.permissions import set_perm
from rules.predicates import predicate

from kentongan.errors import RefusedError
from kentongan.office.people.roles import Role

_WORKING = frozenset(Role) - {Role.REPORTER, Role.AUDITOR}
_DECIDING = frozenset({Role.ADMINISTRATOR, Role.OFFICER, Role.ANALYST})
RIGHTS: dict[str, frozenset[str]] = {
    "listening.read": frozenset(Role) - {Role.REPORTER},
    "listening.decide": _DECIDING,
    "listening.sign": frozenset({Role.ADMINISTRATOR, Role.OFFICER}),
    "claims.decide": frozenset({Role.ADMINISTRATOR, Role.OFFICER}),
    "sources.change": frozenset({Role.ADMINISTRATOR, Role.OFFICER}),
    "credentials.change": frozenset({Role.ADMINISTRATOR}),
    "purposes.read": frozenset(Role) - {Role.REPORTER},
    "purposes.change": frozenset({Role.ADMINISTRATOR, Role.LEGAL}),
    "watches.change": _DECIDING,
    "people.read": _WORKING | {Role.AUDITOR},
    "people.change": frozenset({Role.ADMINISTRATOR}),
    "roster.change": frozenset({Role.ADMINISTRATOR, Role.OFFICER, Role.LEADER}),
    "places.change": frozenset({Role.ADMINISTRATOR}),
    "topics.change": frozenset({Role.ADMINISTRATOR}),
    "office.change": frozenset({Role.ADMINISTRATOR}),
    "jobs.change": frozenset({Role.ADMINISTRATOR}),
    "hooks.change": frozenset({Role.ADMINISTRATOR}),
    "routes.change": frozenset({Role.ADMINISTRATOR}),
    "alerts.answer": _WORKING - {Role.READER},
    "issues.read": frozenset(Role) - {Role.REPORTER},
    "issues.change": _WORKING - {Role.READER, Role.LEADER},
    "issues.decide": frozenset({Role.ADMINISTRATOR, Role.OFFICER, Role.OWNER}),
    "statements.write": frozenset({Role.ADMINISTRATOR, Role.OFFICER, Role.ANALYST, Role.DRAFTER}),
    "statements.approve": frozenset({Role.APPROVER, Role.LEGAL, Role.OWNER}),
    "statements.publish": frozenset({Role.ADMINISTRATOR, Role.OFFICER, Role.APPROVER, Role.SPOKESPERSON, Role.PRESS}),
    "tokens.own": frozenset(Role) - {Role.REPORTER},
    "labels.export": frozenset({Role.ADMINISTRATOR}),
    "labels.teach": frozenset({Role.ADMINISTRATOR}),
    "exports.make": frozenset(Role) - {Role.REPORTER, Role.READER},
    "ledger.read": frozenset({Role.AUDITOR}),
    "transparency.change": frozenset({Role.ADMINISTRATOR, Role.LEGAL}),
}
READS = RIGHTS["listening.read"]
"""Roles that read what is heard; nobody else is told of it."""
GIVES: dict[str, frozenset[str]] = {Role.ADMINISTRATOR: frozenset(Role)}
"""Which roles the holder of a role may give and take."""
NOT_BY_DEPUTIES = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""Roles that nobody gives or takes who only stands in for somebody: what is lent does not last."""


def may_give(user: Any, role: str) -> bool:
    """Whether `user` may give or take `role`."""
    own = any(role in GIVES.get(held, ()) for held in user.roles)
    lent = role not in NOT_BY_DEPUTIES and any(role in GIVES.get(held, ()) for held in getattr(user, "standing_in", frozenset()))
    return user.is_active and (own or lent)


def office_of(thing: Any) -> int | None:
    """The office a thing belongs to: a row with `office_id`, or an office itself."""
    return thing.office_id if hasattr(thing, "office_id") else thing.pk


def may(user: Any, right: str, thing: Any = None) -> bool:
    """Whether `user` has `right`, for `thing` where one is given. A right that is not in the table is a mistake of ours."""
    roles = RIGHTS[right]
    if not user.is_active or getattr(user, "office_id", None) is None:
        return False
    held = user.roles | getattr(user, "standing_in", frozenset())
    return bool(held & roles) and (thing is None or office_of(thing) == user.office_id)


def need(user: Any, right: str, thing: Any = None) -> None:
    """Raise `RefusedError` where `user` does not have `right` for `thing`."""
    if thing is not None and office_of(thing) != getattr(user, "office_id", None):
        raise RefusedError(_("This belongs to another office."), subject=right)
    if not may(user, right, thing):
        raise RefusedError(_("Your role does not allow this. Ask an administrator of your office."), subject=right)


def _rule(right: str) -> Any:
    @predicate(name=right)
    def holds(user: Any, thing: Any = None) -> bool:
        return may(user, right, thing)

    return holds


def register() -> None:
    """Tell django-rules of every right, for `user.has_perm("sources.change", source)`."""
    for right in RIGHTS:
        set_perm(right, _rule(right))
