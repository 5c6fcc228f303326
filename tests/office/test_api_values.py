"""Small parts of the API by themselves: pauses, remedies, the scopes of roles, the table of events."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ninja import Schema

from kentongan.office.api import events, problems, scopes, tables, telling
from kentongan.office.api.doors import api
from kentongan.office.people.models import Office, Role, User
from kentongan.office.people.permissions import RIGHTS


@given(st.integers(1, 50), st.none() | st.floats(0, 1e9))
def test_pauses_grow_are_never_shorter_than_ours_nor_longer_than_a_day(tries, wished):
    pause = telling.pause_s(tries, wished)
    assert telling.PAUSES_S[0] <= pause <= 86_400
    assert telling.pause_s(tries) <= telling.pause_s(tries + 1)
    assert pause >= telling.pause_s(tries)


@pytest.mark.parametrize("role", list(Role))
def test_no_role_may_give_a_token_more_than_it_has(role):
    person = User(username="x", role=role, office=Office(pk=1, name="x", slug="x"), is_active=True)
    for scope in scopes.scopes_of(person):
        assert role in RIGHTS[scopes.SCOPES[scope][1]]
    if role == Role.REPORTER:
        assert scopes.scopes_of(person) == []


@pytest.mark.parametrize(
    "found",
    [
        {"type": "missing"}, {"type": "extra_forbidden"}, {"type": "literal_error", "ctx": {"expected": "'a' or 'b'"}},
        {"type": "int_parsing"},
        {"type": "string_type"}, {"type": "string_too_long", "ctx": {"max_length": 9}}, {"type": "string_too_short"},
        {"type": "datetime_parsing"},
        {"type": "less_than_equal", "ctx": {"le": 9}}, {"type": "greater_than_equal", "ctx": {"ge": date(2000, 1, 1)}},
        {"type": "string_pattern_mismatch"},
        {"type": "of_the_future", "msg": "Something else"},
    ],
)  # fmt: skip
def test_every_finding_has_a_remedy_that_is_a_sentence(found):
    said = problems._remedy(found)
    assert said[0].isupper()
    assert said.endswith(".")
    assert "{" not in said


def bodies():
    """Every form of a body that a program may send, with those inside it, by name."""
    described = api.get_openapi_schema()
    found = {}

    def walk(node):
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            name = node.get("$ref", "").rpartition("/")[2]
            if name and name not in found:
                found[name] = described["components"]["schemas"][name]
                walk(found[name])
            walk(list(node.values()))

    walk([one["requestBody"] for methods in described["paths"].values() for one in methods.values() if "requestBody" in one])
    return found


def test_no_body_that_a_program_sends_may_carry_a_field_it_does_not_name():
    found = bodies()
    assert len(found) > 25
    assert [name for name, form in found.items() if "properties" in form and form.get("additionalProperties") is not False] == []


@pytest.mark.parametrize(
    ("place", "field"),
    [
        (("body", "decision", "mark"), "mark"),
        (("query", "after"), "after"),
        (("body", "decision", "articles", 0), "articles.0"),
        (("body",), ""),
    ],
)
def test_a_field_is_named_as_the_caller_named_it(place, field):
    assert problems._field(place) == field


def test_a_time_out_of_bounds_is_not_called_a_number():
    assert "time" in problems._remedy({"type": "greater_than_equal", "ctx": {"ge": date(2000, 1, 1)}})


def test_every_event_is_made_by_some_kind_of_thing():
    assert {name for names, _ in events._KINDS for name in names} == set(events.EVENTS)


def test_every_column_has_its_own_name():
    for table in tables.TABLES.values():
        names = [column.name for column in table.columns]
        assert len(names) == len(set(names))
        assert names[0] == "id"


def test_no_two_forms_share_a_name_so_that_none_is_described_as_another():
    found, left = [], [Schema]
    while left:
        one = left.pop()
        left += one.__subclasses__()
        found += [one] if one.__module__.startswith("kentongan.office.api.") else []
    names = [one.__name__ for one in set(found)]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []
