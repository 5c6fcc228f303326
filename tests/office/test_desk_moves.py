"""The one state machine of an issue: no door makes a move that is not in its table, not twice at once, not by the database itself."""

from __future__ import annotations

import re
import sys
import threading
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from desk import NOW, lines, made
from screens import STILL, client_of
from test_api import Program, token_for

from kentongan.config import Config
from kentongan.errors import KentonganError, RefusedError
from kentongan.office.desk import moves, services
from kentongan.office.desk.migrations import __path__ as migrations
from kentongan.office.desk.models import Issue
from kentongan.office.people.versions import ConflictError

STATES = Issue.State.values
ACTS = (*moves.BY_ITSELF, "merge", "part")
UNTIL = NOW + timedelta(days=2)


@pytest.fixture
def desk(db, settings):
    settings.CLOCK = STILL
    return made()


@pytest.fixture
def program(desk, settings):
    settings.CONFIG = Config({**settings.CONFIG.values, "api_rate": 100_000}, settings.CONFIG.origins)
    return Program(token_for(desk.sari))


# The table


def test_the_table_names_only_states_and_acts_that_there_are():
    assert {state for pair, new in moves.LEGAL.items() for state in (pair[0], new)} == set(STATES)
    assert {act for _, act in moves.LEGAL} == set(ACTS)


def test_every_state_can_be_reached_and_every_one_can_be_left():
    reached, new = set(), {"open"}
    while new:
        reached |= new
        new = {after for (state, _), after in moves.LEGAL.items() if state in reached} - reached
    assert reached == set(STATES)
    assert {state for state, _ in moves.LEGAL} == set(STATES)


def test_nobody_answers_before_somebody_has_checked():
    ways = {(state, new) for (state, _), new in moves.LEGAL.items()}
    assert {state for state, new in ways if new == "answering"} == {"checking", "answered"}
    assert {state for state, new in ways if new == "answered"} == {"answering"}


@pytest.mark.parametrize(("state", "act"), list(product(STATES, ACTS)))
def test_what_is_not_in_the_table_is_refused_or_holds_already(state, act):
    if (state, act) in moves.LEGAL:
        assert moves.after(state, act) == moves.LEGAL[state, act]
        assert not moves.holds(state, act)
    else:
        with pytest.raises(moves.IllegalMove) as refused:
            moves.after(state, act)
        assert refused.value.code == ("over" if state in moves.OVER else "state")
    assert not (act in moves.acts(state) and (state, act) not in moves.LEGAL)


def test_in_a_crisis_the_first_answer_is_due_within_the_hour_and_a_watch_has_no_clock():
    assert moves.first_due("crisis", NOW) == NOW + timedelta(hours=1)
    assert moves.first_due("watch", NOW) is None
    assert moves.sooner(None, NOW) == moves.sooner(UNTIL, NOW) == NOW
    assert moves.sooner(None, None) is None


@pytest.mark.parametrize(
    ("kind", "truth", "reason", "evidence", "address", "lacks"),
    [
        ("complaint", "false", "sudah dicek", "hasil laboratorium", "https://a.example/", "kind"),
        ("claim", "false", "", "hasil laboratorium", "", "reason"),
        ("claim", "false", "sudah dicek", "", "", "evidence"),
        ("claim", "false", "sudah dicek", "pendek", "", "evidence"),
        ("claim", "false", "sudah dicek", "hasil laboratorium", "", ""),
        ("rumour", "false", "sudah dicek", "", "https://a.example/", ""),
        ("complaint", "true", "sudah dicek", "", "", "evidence"),
        ("complaint", "opinion", "pendapat", "", "", ""),
        ("complaint", "unverified", "", "", "", ""),
    ],
)
def test_false_needs_something_that_claims_a_reason_and_evidence(kind, truth, reason, evidence, address, lacks):
    assert moves.truth_lacks(kind, truth, reason, evidence, address) == lacks


@given(st.booleans(), st.booleans(), st.sets(st.integers(1, 4)), st.sets(st.integers(1, 4)), st.integers(1, 4), st.integers(1, 4))
def test_merging_shows_nobody_what_they_did_not_see_and_takes_nothing_from_anybody(closed, other, named, others, lead, another):
    one, into = moves.Circle(closed, lead, frozenset(named)), moves.Circle(other, another, frozenset(others))
    seen = [frozenset(person for person in range(6) if circle.has(person)) for circle in (one, into)]
    try:
        moves.need_alike(one, into)
    except moves.IllegalMove as error:
        assert (error.code, seen[0] != seen[1]) == ("unlike", True)
    else:
        assert seen[0] == seen[1]


# The database holds the same table


def test_the_migration_holds_the_same_table_as_the_code():
    text = (Path(next(iter(migrations))) / "0002_transitions.py").read_text(encoding="utf-8")
    said = set(re.findall(r"(\w+)>(\w+)", text.partition('"""')[2].partition('"""')[0]))
    assert said == {(state, new) for (state, _), new in moves.LEGAL.items()}


def in_state(issue, state, other):
    """The issue in a state, without asking the table: for trying ways out of it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        due = None if state in moves.OVER else issue.due
        Issue.objects.filter(pk=issue.pk).update(state=state, merged_into=other if state == "merged" else None, due=due)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_the_database_itself_refuses_every_way_that_is_not_in_the_table(desk):
    issue, other, taken = desk.opened(), desk.opened("Lain"), set()
    for state, new in product(STATES, STATES):
        in_state(issue, state, other)
        try:
            with transaction.atomic():
                Issue.objects.filter(pk=issue.pk).update(state=new, merged_into=other if new == "merged" else None, due=None)
            taken.add((state, new))
        except IntegrityError:
            pass
    assert taken == {(state, new) for (state, _), new in moves.LEGAL.items()} | {(state, state) for state in STATES}


def test_an_issue_begins_open_whoever_makes_it(desk):
    issue = desk.opened()
    for state in set(STATES) - {"open"}:
        issue.pk, issue.state, issue._state.adding = None, state, True
        with pytest.raises(IntegrityError), transaction.atomic():
            Issue.objects.create(**{field.attname: getattr(issue, field.attname) for field in Issue._meta.concrete_fields[1:]})


# Every door, in every order


WAYS = ("service", "form", "api")


class Door:
    """One way in, "service", "form" or "api": gives whether the move was made."""

    def __init__(self, desk, way, program):
        self.desk, self.way, self.program = desk, way, program

    def __call__(self, issue, act, other):
        seen = Issue.objects.get(pk=issue.pk).version
        if self.way == "form":
            return self.form(issue, act, other, seen)
        if self.way == "api":
            return self.api(issue, act, other, seen)
        until = UNTIL if act == "watch" else None
        try:
            if act == "merge":
                services.merge(self.desk.sari, issue, other, "sama", seen, NOW)
            elif act == "part":
                services.part(self.desk.sari, issue, "berbeda", seen, NOW)
            else:
                services.move(self.desk.sari, issue, act, seen, NOW, reason="sebab", until=until)
        except KentonganError:
            return False
        return True

    def form(self, issue, act, other, seen):
        name = {"merge": "merge_issue", "part": "part_issue"}.get(act, "move_issue")
        data = {"act": act, "version": seen, "reason": "sebab", "other": other.pk, "until": "2025-11-29T09:00"}
        return client_of(self.desk.sari).post(reverse(name, args=[issue.pk]), data).status_code == 302

    def api(self, issue, act, other, seen):
        body = {"reason": "sebab", "version": seen}
        if act == "merge":
            body["other"] = other.pk
        elif act != "part":
            body |= {"act": act} | ({"until": UNTIL.isoformat()} if act == "watch" else {})
        path = act if act in {"merge", "part"} else "move"
        return self.program.post(f"issues/{issue.pk}/{path}", body).status_code == 200


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from((*ACTS, "nonsense")), st.sampled_from(WAYS)), max_size=14))
@example([(act, way) for act, way in zip(("check", "answer", "say", "watch", "close", "reopen", "merge", "part"), WAYS * 3, strict=False)])
@example(
    [(act, "api") for act in ("answer", "check", "say", "answer", "say", "close", "merge", "reopen", "watch", "answer", "merge", "part")]
)
def test_by_whatever_door_an_issue_goes_only_where_the_table_says_and_each_move_is_one_line(desk, program, steps):
    point = transaction.savepoint()
    issue, other, state, moved = desk.opened(), desk.opened("Yang lain"), "open", 0
    for act, way in steps:
        before = len(lines(issue))
        Door(desk, way, program)(issue, act, other)
        wanted = moves.LEGAL.get((state, act), state)
        issue.refresh_from_db()
        assert issue.state == wanted, (state, act, way)
        assert len(lines(issue)) - before == ((state, act) in moves.LEGAL)
        moved += (state, act) in moves.LEGAL
        state = wanted
    assert issue.version == moved
    transaction.savepoint_rollback(point)


def test_what_holds_already_changes_nothing_and_is_no_mistake(desk):
    issue = desk.opened()
    services.move(desk.sari, issue, "check", 0, NOW)
    again = services.move(desk.joko, issue, "check", 0, NOW)
    assert (again.state, again.version) == ("checking", 1)
    assert lines(issue) == ["issue.opened", "issue.checked"]


def test_an_old_page_moves_nothing(desk):
    issue = desk.opened()
    services.move(desk.sari, issue, "check", 0, NOW)
    with pytest.raises(ConflictError):
        services.move(desk.joko, issue, "close", 0, NOW, reason="selesai")
    response = client_of(desk.joko).post(reverse("move_issue", args=[issue.pk]), {"act": "close", "reason": "selesai", "version": 0})
    assert response.status_code == 409
    assert "selesai" in response.content.decode(), "what was typed stands there"
    issue.refresh_from_db()
    assert issue.state == "checking"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("acts", [("check", "close"), ("close", "close"), ("check", "check")])
def test_of_two_who_click_in_the_same_moment_one_moves_it_and_nothing_is_done_twice(settings, acts):
    settings.CLOCK = STILL
    desk = made()
    issue = desk.opened()
    start, said = threading.Barrier(2), []

    def click(person, act):
        try:
            start.wait(10)
            services.move(person, issue, act, 0, NOW, reason="selesai")
            said.append("done")
        except ConflictError:
            said.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=pair) for pair in zip((desk.sari, desk.joko), acts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    issue.refresh_from_db()
    assert issue.version == 1
    assert len(lines(issue)) == 2
    assert sorted(said) == (["done", "done"] if acts[0] == acts[1] else ["conflict", "done"])


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_crosswise_wait_for_each_other_and_no_ring_comes_of_it(settings):
    settings.CLOCK = STILL
    desk = made()
    one, other = desk.opened("Satu"), desk.opened("Dua")
    start = threading.Barrier(2)

    def click(person, issue, into):
        try:
            start.wait(10)
            services.merge(person, issue, into, "sama", 0, NOW)
        except RefusedError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=row) for row in ((desk.sari, one, other), (desk.joko, other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    states = sorted(Issue.objects.values_list("state", flat=True))
    assert states == ["merged", "open"]
