"""Who may do what, said a second time and otherwise: by role, as a person would say it. Whoever changes one changes both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest

from kentongan.errors import RefusedError
from kentongan.office.api.scopes import SCOPES, scopes_of
from kentongan.office.people.permissions import RIGHTS, may, may_give, need
from kentongan.office.people.roles import Role

READS = {"listening.read", "issues.read", "purposes.read", "tokens.own"}
SEES = READS | {"people.read", "exports.make"}
WORKS = SEES | {"alerts.answer"}
ANSWERS = WORKS | {"issues.change"}
EXPECTED: dict[str, set[str]] = {
    "administrator": ANSWERS
    | {
        "listening.decide", "listening.sign", "sources.change", "credentials.change", "purposes.change", "watches.change",
        "people.change", "roster.change", "places.change", "office.change", "jobs.change", "hooks.change", "transparency.change",
        "routes.change", "topics.change", "labels.export", "labels.teach", "claims.decide",
        "issues.decide", "statements.write", "statements.publish",
    },
    "officer": ANSWERS
    | {"listening.decide", "listening.sign", "sources.change", "watches.change", "roster.change", "claims.decide", "issues.decide"}
    | {"statements.write", "statements.publish"},
    "analyst": ANSWERS | {"listening.decide", "watches.change", "statements.write"},
    "owner": ANSWERS | {"issues.decide", "statements.approve"},
    "drafter": ANSWERS | {"statements.write"},
    "legal": ANSWERS | {"purposes.change", "transparency.change", "statements.approve"},
    "approver": ANSWERS | {"statements.approve", "statements.publish"},
    "spokesperson": ANSWERS | {"statements.publish"},
    "press": ANSWERS | {"statements.publish"},
    "reporter": set(),
    "leader": WORKS | {"roster.change"},
    "auditor": SEES | {"ledger.read"},
    "reader": READS | {"people.read"},
}  # fmt: skip
SCOPES_OF: dict[str, set[str]] = {
    "administrator": {"read", "issues", "respond", "decide", "sources", "export", "feeds", "office", "administer"},
    "officer": {"read", "issues", "respond", "decide", "sources", "export", "feeds", "office", "administer"},
    "analyst": {"read", "issues", "respond", "decide", "export", "feeds", "office", "administer"},
    "legal": {"read", "issues", "respond", "decide", "export", "feeds", "office", "administer"},
    "auditor": {"read", "issues", "export", "feeds", "office", "administer", "audit"},
    "reader": {"read", "issues", "feeds", "office", "administer"},
    "reporter": set(),
}
OURS, THEIRS, NOBODYS = (SimpleNamespace(office_id=number) for number in (1, 2, None))


@dataclass(frozen=True)
class Person:
    """What the table asks of a person, without a database."""

    roles: frozenset[str]
    office_id: int | None = 1
    is_active: bool = True
    standing_in: frozenset[str] = frozenset()

    def may(self, right, thing=None):
        return may(self, right, thing)


def person(*roles, **more):
    return Person(frozenset(roles), **more)


def test_every_role_is_in_this_table():
    assert set(EXPECTED) == set(Role.values)


@pytest.mark.parametrize("role", Role.values)
def test_a_role_has_exactly_these_rights(role):
    assert {right for right in RIGHTS if may(person(role), right)} == EXPECTED[role]


@pytest.mark.parametrize("right", sorted(RIGHTS))
def test_a_right_holds_for_things_of_the_own_office_and_for_no_others(right):
    everybody = person(*Role.values)
    assert may(everybody, right, OURS)
    assert not may(everybody, right, THEIRS)
    assert not may(everybody, right, NOBODYS), "a thing without an office is nobody's"


@pytest.mark.parametrize("right", sorted(RIGHTS))
def test_whoever_has_no_office_or_has_left_may_nothing(right):
    for nobody in (person(*Role.values, office_id=None), person(*Role.values, is_active=False)):
        for thing in (None, OURS, THEIRS):
            assert not may(nobody, right, thing)
    assert not may(person(*Role.values, office_id=None), right, NOBODYS), "no office is not an office of its own"


def test_an_office_is_its_own_thing():
    officer = person("administrator")
    assert may(officer, "office.change", SimpleNamespace(pk=1))
    assert not may(officer, "office.change", SimpleNamespace(pk=2))


def test_more_roles_add_up_and_take_nothing_away():
    both = person("reader", "legal")
    assert {right for right in RIGHTS if may(both, right)} == EXPECTED["reader"] | EXPECTED["legal"]


def test_standing_in_lends_the_rights_of_the_role():
    lent = person("reader", standing_in=frozenset({"officer"}))
    assert {right for right in RIGHTS if may(lent, right)} == EXPECTED["reader"] | EXPECTED["officer"]


def test_a_right_that_is_not_in_the_table_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        may(person("administrator"), "ledger.change")


def test_no_right_changes_the_ledger_and_only_auditors_read_all_of_it():
    assert [right for right in RIGHTS if right.startswith("ledger.")] == ["ledger.read"]
    assert RIGHTS["ledger.read"] == {"auditor"}


def test_need_names_the_other_office_first_and_the_role_otherwise():
    with pytest.raises(RefusedError, match="another office") as refused:
        need(person("reader"), "sources.change", THEIRS)
    assert refused.value.subject == "sources.change"
    with pytest.raises(RefusedError, match=r"role does not allow this. Ask an administrator") as refused:
        need(person("reader"), "sources.change", OURS)
    assert refused.value.subject == "sources.change"
    need(person("officer"), "sources.change", OURS)


@pytest.mark.parametrize("giver", Role.values)
def test_only_administrators_give_roles_and_what_is_lent_makes_no_lasting_administrator_or_auditor(giver):
    own = person(giver)
    lent = person("reader", standing_in=frozenset({giver}))
    for role in Role.values:
        assert may_give(own, role) == (giver == "administrator")
        assert may_give(lent, role) == (giver == "administrator" and role not in {"administrator", "auditor"})
        assert not may_give(replace(own, is_active=False), role)


@pytest.mark.parametrize("role", sorted(SCOPES_OF))
def test_a_token_is_offered_exactly_what_its_person_may(role):
    assert set(scopes_of(person(role))) == SCOPES_OF[role]
    assert scopes_of(person(role, office_id=None)) == []


def test_every_scope_rests_on_a_right_that_is_in_the_table():
    assert {right for _, right in SCOPES.values()} <= set(RIGHTS)
