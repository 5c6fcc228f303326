"""Approval: one state machine, held equal by the database; two persons; exactly the version that was seen; deputies, once."""

from __future__ import annotations

import json
import re
import sys
from datetime import timedelta
from itertools import pairwise, product
from pathlib import Path

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from approvals import asked, decide, people_of, sight_of, sound, step_of
from desk import NOW, page
from screens import STILL, client_of
from statements import FRAME, detail, lines, papers, sentences

from kentongan.errors import InputError, KentonganError, RefusedError
from kentongan.office.desk import (
    statement_approval,
    statement_deputies,
    statement_moves,
    statement_queries,
    statement_services,
    statement_telling,
)
from kentongan.office.desk.migrations import __path__ as migrations
from kentongan.office.desk.models import Approval, ApprovalStep, Issue, Statement
from kentongan.office.desk.statement_approval import StaleError
from kentongan.office.ledger.models import Line
from kentongan.office.people import standing
from kentongan.office.people.models import Deputy, User
from kentongan.office.people.versions import ConflictError
from kentongan.testing import builders

STATES = Statement.State.values
ACTS = sorted({act for _, act in statement_moves.LEGAL})
LATE = NOW + timedelta(hours=9)


@pytest.fixture
def paper(db, settings):
    settings.CLOCK = STILL
    return people_of(papers())


# The table


def test_the_table_and_the_migration_hold_the_same_ways():
    text = (Path(next(iter(migrations))) / "0008_correction.py").read_text(encoding="utf-8")
    said = set(re.findall(r"(\w+)>(\w+)", text.partition('LEGAL = """')[2].partition('"""')[0]))
    assert said == {(state, new) for (state, _), new in statement_moves.LEGAL.items()}
    assert {one for pair, new in statement_moves.LEGAL.items() for one in (pair[0], new)} <= set(STATES)
    assert set(statement_moves.STEPS) == set(statement_moves.ROLES) == set(ApprovalStep.Kind.values)


@pytest.mark.parametrize(("state", "act"), list(product(STATES, ACTS)))
def test_what_is_not_in_the_table_is_refused(state, act):
    if (state, act) in statement_moves.LEGAL:
        assert statement_moves.after(state, act) == statement_moves.LEGAL[state, act]
    else:
        with pytest.raises(statement_moves.IllegalMove):
            statement_moves.after(state, act)


def test_the_database_itself_refuses_every_other_way_and_an_approval_nobody_gave(paper):
    found, taken = sound(paper), set()
    for state, new in product(STATES, STATES):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            Statement.objects.filter(pk=found.pk).update(state=state)
            cursor.execute("SET LOCAL session_replication_role = origin")
        try:
            with transaction.atomic():
                Statement.objects.filter(pk=found.pk).update(state=new)
            taken.add((state, new))
        except IntegrityError:
            pass
    ways = {(state, new) for (state, _), new in statement_moves.LEGAL.items() if new not in {"approved", "published", "corrected"}}
    assert taken == ways | {(state, state) for state in STATES}


@given(
    st.sets(st.sampled_from(statement_moves.STEPS), min_size=1), st.booleans(),
    st.lists(st.sampled_from(statement_moves.STEPS), max_size=6),
)  # fmt: skip
def test_every_step_has_its_turn_once_and_in_order_where_that_is_wished(kinds, in_order, tries):
    decided = []
    for kind in tries:
        steps = [statement_moves.Asked(n, one, one in decided) for n, one in enumerate(statement_moves.STEPS) if one in kinds]
        turn = {statement_moves.STEPS[pk] for pk in statement_moves.turns(steps, in_order)}
        left = [one for one in statement_moves.STEPS if one in kinds and one not in decided]
        assert turn == set(left[:1] if in_order else left)
        decided += [kind] if kind in turn else []


people = st.integers(1, 6)


@given(people, st.dictionaries(people, st.lists(people, max_size=3), max_size=6), st.sets(people))
def test_a_chain_of_deputies_ends_at_somebody_able_or_says_why_not(person, standing_in, able):
    found = statement_moves.heir(person, standing_in, able)
    reached, new = set(), {person}
    while new:
        reached |= new
        new = {one for at in reached for one in standing_in.get(at, ())} - reached
    there = (reached - {person}) & able
    assert (found.person in there) if there else (found.person is None and found.lost in {"nowhere", "circle"})


@given(people, st.dictionaries(people, st.lists(people, max_size=3), max_size=6), st.sets(people))
def test_whoever_is_silent_every_chain_of_deputies_ends_and_asks_each_who_is_able_once(person, standing_in, able):
    at, before, reached, new = person, [], set(), {person}
    while new:
        reached |= new
        new = {one for row in reached for one in standing_in.get(row, ())} - reached
    while (found := statement_moves.heir(at, standing_in, able, before)).person is not None:
        before, at = [*before, at], found.person
        assert at in able
        assert at not in before
    assert {*before, at} == {person} | (reached & able)
    assert found.lost in {"nowhere", "circle"}


# Asking


def test_it_is_asked_for_only_when_nothing_stands_in_the_way_and_says_what_does(paper):
    found = paper.written("Diduga tanggulnya jebol.")
    with pytest.raises(RefusedError) as refused:
        statement_approval.ask(paper.desk.lina, found, {"approver": paper.dewi.pk}, False, found.version, NOW)
    assert "It cannot be approved yet:" in str(refused.value)
    with pytest.raises(RefusedError):
        empty = paper.begun()
        statement_approval.ask(paper.desk.lina, empty, {"approver": paper.dewi.pk}, False, empty.version, NOW)
    assert not Approval.objects.exists()


def test_only_somebody_able_is_asked_and_an_approver_always(paper):
    found = sound(paper)
    few = paper.desk.secret(paper.desk.lina)
    hidden = paper.begun(issue=few)
    for people, field in (({}, "approver"), ({"legal": paper.rudi.pk}, "approver"), ({"approver": paper.rudi.pk}, "approver"),
                          ({"approver": paper.dewi.pk, "legal": paper.dewi.pk}, "legal"),
                          ({"approver": paper.dewi.pk, "nonsense": paper.dewi.pk}, "approver"),
                          ({"approver": paper.desk.guest.pk}, "approver")):  # fmt: skip
        with pytest.raises(InputError) as refused:
            statement_approval.ask(paper.desk.lina, found, people, False, found.version, NOW)
        assert refused.value.subject == field
    assert statement_deputies.get_able(hidden, "approver") == []
    assert statement_deputies.get_able(found, "approver") == [paper.dewi]


def test_of_two_who_ask_at_once_the_second_is_shown_how_it_stands(paper):
    found = sound(paper)
    asked(paper, found)
    with pytest.raises(ConflictError):
        statement_approval.ask(paper.desk.sari, found, {"approver": paper.dewi.pk}, False, found.version, NOW)


# Deciding


def test_all_at_once_it_is_approved_when_the_last_one_does_and_the_sentences_say_by_whom(paper):
    found = asked(paper, approver=paper.dewi, legal=paper.rudi, facts=paper.tono)
    decide(paper.dewi, found)
    decide(paper.tono, found, kind="facts")
    assert Statement.objects.get(pk=found.pk).state == "waiting"
    decide(paper.rudi, found, kind="legal")
    assert Statement.objects.get(pk=found.pk).state == "approved"
    assert {(one.reviewer, one.decided_at) for one in sentences(found)} == {(paper.rudi, NOW)}
    assert lines(found)[-5:] == ["statement.asked", *["statement.step_approved"] * 3, "statement.approved"]
    assert detail(found, "statement.approved")["text_hash"] == sight_of(found).text_hash


def test_one_after_the_other_nobody_decides_before_their_turn(paper):
    found = asked(paper, in_order=True, approver=paper.dewi, legal=paper.rudi)
    with pytest.raises(RefusedError):
        decide(paper.dewi, found)
    assert (step_of(found, "legal").due, step_of(found).due) == (NOW + statement_moves.LIMITS["low"], None)
    decide(paper.rudi, found, kind="legal", now=NOW + timedelta(minutes=5))
    assert step_of(found).due == NOW + timedelta(minutes=5) + statement_moves.LIMITS["low"]
    decide(paper.dewi, found)
    with pytest.raises(StaleError):
        decide(paper.dewi, found)


def test_whoever_wrote_any_of_it_approves_nothing_by_no_door(paper):
    paper.dewi.more_roles = ["drafter"]
    paper.dewi.save()
    found = asked(paper)
    text = statement_queries.get_last(found).text.replace("Jauhi", "Tetap jauhi")
    found = statement_services.write(paper.dewi, found, text, FRAME, found.version, NOW)
    assert statement_deputies.get_able(found, "approver") == []
    with pytest.raises(InputError):
        asked(paper, found)
    step = ApprovalStep.objects.get()
    for fields in ({"decision": "approved", "by": paper.dewi, "at": NOW}, {"decision": "approved", "by": paper.desk.lina, "at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ApprovalStep.objects.filter(pk=step.pk).update(**fields)


def test_approval_of_a_version_that_was_just_changed_is_refused_and_says_so(paper):
    found = asked(paper)
    seen = sight_of(found)
    text = statement_queries.get_last(found).text + "\nWarga dapat menghubungi kami."
    changed = statement_services.write(paper.desk.sari, found, text, FRAME, found.version, NOW)
    assert (changed.state, Approval.objects.get().outcome) == ("draft", "over")
    with pytest.raises(StaleError):
        decide(paper.dewi, found, sight=seen)
    again = asked(paper, Statement.objects.get(pk=found.pk))
    with pytest.raises(StaleError) as refused:
        decide(paper.dewi, again, sight=seen)
    assert "nothing was decided" in str(refused.value)
    assert Statement.objects.get(pk=found.pk).state == "waiting"


def test_what_is_approved_and_then_changed_is_a_draft_again(paper):
    found = decide(paper.dewi, asked(paper))
    changed = statement_services.write(
        paper.desk.lina, found, statement_queries.get_last(found).text + "\nTerima kasih.", FRAME, found.version, NOW
    )
    assert changed.state == "draft"
    assert statement_approval.last_approved(changed).number == sight_of(changed).number - 1


def test_what_came_to_stand_in_the_way_since_it_was_asked_blocks(paper):
    found = asked(paper)
    with pytest.raises(RefusedError) as refused:
        decide(paper.dewi, found, now=NOW + timedelta(hours=4))
    assert "has passed" in str(refused.value)


def test_it_is_returned_with_a_reason_and_asked_for_again(paper):
    found = asked(paper)
    for note in ("", "Hubungi 0812-3456-7890", "x" * 501):
        with pytest.raises(InputError):
            decide(paper.dewi, found, "returned", note=note)
    found = decide(paper.dewi, found, "returned", note="Sebutkan posko mana.")
    assert (found.state, Approval.objects.get().outcome) == ("returned", "returned")
    assert "posko" not in str(detail(found, "statement.returned"))
    assert asked(paper, found).state == "waiting"


def test_only_whoever_is_asked_decides_and_with_their_second_factor_where_the_role_asks_for_it(paper):
    found = asked(paper)
    another = builders.make_user(paper.desk.office, "lain", "approver")
    for person in (another, paper.rudi, paper.desk.guest, paper.desk.reader):
        with pytest.raises(RefusedError):
            decide(person, found)
    paper.desk.office.second_factor_roles = ["approver"]
    paper.desk.office.save()
    with pytest.raises(RefusedError) as refused:
        decide(paper.dewi, found)
    assert refused.value.subject == "factor"
    with pytest.raises(InputError):
        paper.desk.office.second_factor_roles = []
        paper.desk.office.save()
        decide(paper.dewi, found, "maybe")


def test_it_is_taken_back_or_withdrawn_with_a_reason(paper):
    found = asked(paper)
    found = statement_approval.take_back(paper.desk.sari, found, found.version, NOW)
    assert (found.state, statement_approval.open_request(found)) == ("draft", None)
    for reason in ("", "telepon 0812-3456-7890"):
        with pytest.raises(InputError):
            statement_approval.withdraw(paper.desk.lina, found, reason, found.version, NOW)
    found = statement_approval.withdraw(paper.desk.lina, found, "tidak perlu lagi", found.version, NOW)
    with pytest.raises(RefusedError):
        statement_services.write(paper.desk.lina, found, "lain", FRAME, found.version, NOW)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["ask", "approve", "return", "write", "take_back", "withdraw"]), max_size=7))
def test_whatever_is_tried_it_is_approved_only_by_somebody_else_for_its_last_version(paper, acts):
    with transaction.atomic():
        found, written = sound(paper), iter(range(9))
        acting = {
            "ask": lambda at: asked(paper, at), "approve": lambda at: decide(paper.dewi, at),
            "return": lambda at: decide(paper.dewi, at, "returned", note="ubah dulu"),
            "write": lambda at: statement_services.write(
                paper.desk.lina, at, f"{statement_queries.get_last(at).text}\nTerima kasih, warga {next(written)}.", FRAME, at.version, NOW
            ),
            "take_back": lambda at: statement_approval.take_back(paper.desk.lina, at, at.version, NOW),
            "withdraw": lambda at: statement_approval.withdraw(paper.desk.lina, at, "sudah tidak perlu", at.version, NOW),
        }  # fmt: skip
        for act in acts:
            before = Statement.objects.get(pk=found.pk)
            try:
                acting[act](before)
            except (KentonganError, IndexError):
                assert Statement.objects.get(pk=found.pk).state == before.state
            now = Statement.objects.get(pk=found.pk)
            name = {"write": "change"}.get(act, act)
            assert now.state in {before.state, statement_moves.LEGAL.get((before.state, name))}
            if now.state == "approved":
                request = Approval.objects.filter(statement=now).order_by("-pk")[0]
                last = statement_queries.get_last(now)
                assert (request.outcome, request.version_id, request.text_hash) == ("approved", last.pk, last.text_hash)
                assert {one.by_id for one in request.steps.all()} & statement_deputies.get_writers(now) == set()
            assert Approval.objects.filter(statement=now, outcome="").count() == (now.state == "waiting")
        transaction.set_rollback(True)


# Deputies


def stands_in(paper, person, deputy):
    standing.name_deputy(paper.desk.boss, person, deputy, NOW, NOW + timedelta(days=2), NOW)


def fresh(person):
    """The person as a request reads them."""
    rows = standing.with_standing(type(person).objects.filter(pk=person.pk), LATE)
    return standing.fill(rows.get())


def test_a_step_nobody_decided_in_time_goes_to_whoever_stands_in_exactly_once(paper):
    found = asked(paper, sound(paper, next_update=NOW + timedelta(hours=27)))
    stands_in(paper, paper.dewi, paper.desk.joko)
    assert statement_deputies.pass_on(paper.desk.office, NOW) == 0
    assert [statement_deputies.pass_on(paper.desk.office, LATE) for _ in range(3)] == [1, 0, 0]
    step = step_of(found)
    assert (step.first, step.person, step.due) == (paper.dewi, paper.desk.joko, LATE + statement_moves.LIMITS["low"])
    assert lines(found).count("statement.passed_on") == 1
    assert statement_deputies.pass_on(paper.desk.office, LATE + timedelta(days=1)) == 0
    assert decide(fresh(paper.desk.joko), found, now=LATE).state == "approved"


def chain(paper, *names):
    """A statement that waits for Dewi; these approvers stand in one for the other, the first for her."""
    found = asked(paper, sound(paper, next_update=NOW + timedelta(hours=51)))
    people = [paper.dewi, *(builders.make_user(paper.desk.office, name, "approver", first_name=name.title()) for name in names)]
    for person, deputy in pairwise(people):
        stands_in(paper, person, deputy)
    return found, people


def passed_to(found):
    rows = Line.objects.filter(subject=f"statement:{found.pk}", act="statement.passed_on").order_by("id")
    return [(json.loads(one.detail)["before"], json.loads(one.detail)["person"]) for one in rows]


def test_it_goes_on_from_deputy_to_deputy_each_with_their_own_time_and_then_nobody_is_left(paper):
    found, people = chain(paper, "citra", "eka", "fitri")
    stands_in(paper, people[-1], paper.dewi)
    at = LATE
    for n, person in enumerate(people[1:], 1):
        assert [statement_deputies.pass_on(paper.desk.office, at) for _ in range(2)] == [1, 0]
        step = step_of(found)
        assert (step.person, step.first, step.before) == (person, paper.dewi, [one.pk for one in people[:n]])
        assert step.due == at + statement_moves.LIMITS["low"]
        at = step.due
    for _ in range(3):
        assert statement_deputies.pass_on(paper.desk.office, at) == 0
    assert passed_to(found) == [(one.pk, other.pk) for one, other in pairwise(people)]
    assert (step_of(found).lost, lines(found).count("statement.stuck")) == ("silent", 1)
    words = page(paper.desk.sari, f"/statements/{found.pk}/")
    assert "passed on, Dewi, Citra, Eka did not decide in time" in words
    assert "Fitri, who stands in, did not decide in time either" in words


def test_whoever_was_asked_before_decides_still_and_finds_it_among_their_own(paper):
    found, people = chain(paper, "citra", "eka")
    for at in (LATE, LATE + timedelta(hours=8)):
        statement_deputies.pass_on(paper.desk.office, at)
    assert step_of(found).person == people[2]
    for person in people:
        assert "1 statement waits for you" in page(fresh(person), "/statements/")
    assert decide(fresh(people[1]), found, now=LATE).state == "approved"


def test_the_page_asks_once_for_the_names_of_all_who_were_silent(paper):
    found, people = chain(paper, "citra", "eka")
    for at in (LATE, LATE + timedelta(hours=8)):
        statement_deputies.pass_on(paper.desk.office, at)
    other = ApprovalStep(pk=10**12, office=paper.desk.office, first=people[1], before=[people[1].pk, people[0].pk])
    alone = ApprovalStep(pk=10**12 + 1, office=paper.desk.office, first=people[2])
    with CaptureQueriesContext(connection) as asked_for:
        said = statement_telling.get_silent([step_of(found), other, alone])
    assert list(said.values()) == ["Dewi, Citra", "Citra, Dewi", "Eka"]
    assert sum('"people_user"."office_id"' in one["sql"] and "IN (" in one["sql"] for one in asked_for) == 1
    assert statement_telling.get_silent([]) == {}


# The board


def test_what_waits_for_approval_stands_on_the_board_with_its_desk_and_its_time(paper):
    found = asked(paper, in_order=True, facts=paper.tono, approver=paper.dewi)
    board = page(paper.desk.sari, reverse("issues"))
    part = board.partition('id="at-desks"')[2].partition("</section>")[0]
    assert [one for one in ("Tono", "Answers for the facts", "asked for", "due", f"/statements/{found.pk}/") if one not in part] == []
    assert "Dewi" not in part, "it is not her turn yet"
    assert f"/statements/{found.pk}/decide/" in page(paper.tono, reverse("issues")) and "decide" not in part
    assert 'id="at-desks"' in page(paper.tono, reverse("issues") + "?of=me")
    assert 'id="at-desks"' not in page(paper.desk.sari, reverse("issues") + "?of=me")
    decide(paper.tono, found, kind="facts")
    assert "Dewi" in page(paper.desk.sari, reverse("issues")).partition('id="at-desks"')[2].partition("</section>")[0]
    decide(paper.dewi, found)
    assert 'id="at-desks"' not in page(paper.desk.sari, reverse("issues"))


def test_on_the_board_nobody_reads_of_what_they_may_not_see(paper):
    asked(paper)
    Issue.objects.filter(pk=paper.issue.pk).update(need_to_know=True, named=[])
    assert 'id="at-desks"' not in page(paper.desk.joko, reverse("issues"))
    assert statement_queries.get_at_desks(paper.desk.guest) == ([], False)


def test_the_board_shows_what_is_due_first_leads_to_the_rest_and_asks_once(paper, count_queries):
    asked(paper)
    client = client_of(paper.desk.sari)
    client.get(reverse("issues"))
    with count_queries() as few:
        client.get(reverse("issues"))
    for _ in range(statement_queries.ON_BOARD):
        asked(paper)
    ApprovalStep.objects.filter(pk=step_of(Statement.objects.first()).pk).update(due=NOW - timedelta(minutes=5))
    with count_queries() as many:
        body = client.get(reverse("issues")).content.decode()
    part = body.partition('id="at-desks"')[2].partition("</section>")[0]
    assert (part.count("<li>"), "late" in part.partition("</li>")[0], "late" in part.partition("</li>")[2]) == (8, True, False)
    assert reverse("statements") in part and len(many) == len(few)
    steps, more = statement_queries.get_at_desks(paper.dewi, mine=True)
    assert (len(steps), more) == (8, True)


def test_what_waits_is_found_by_what_is_open_however_much_is_over(paper):
    asked(paper)
    plan = plan_with_much_over(lambda: statement_queries.get_at_desks(paper.desk.sari), "desk_approvalstep")
    assert "approval_open" in plan or "one_open_request_per_statement" in plan
    assert "Seq Scan on desk_approval" not in plan


def test_a_deputy_named_when_nobody_was_left_is_asked_then(paper):
    found, people = chain(paper, "citra")
    for at in (LATE, LATE + timedelta(hours=8)):
        statement_deputies.pass_on(paper.desk.office, at)
    assert step_of(found).lost == "silent"
    stands_in(paper, paper.dewi, paper.desk.joko)
    assert statement_deputies.pass_on(paper.desk.office, LATE + timedelta(hours=9)) == 1
    step = step_of(found)
    assert (step.person, step.lost, step.before) == (paper.desk.joko, "", [one.pk for one in people])


pairs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda pair: pair[0] != pair[1]), max_size=8)


@pytest.fixture
def silent(paper):
    """A statement that waits for Dewi, and four others besides her."""
    people = [paper.dewi, *(builders.make_user(paper.desk.office, f"orang{n}", "reader") for n in range(1, 5))]
    return asked(paper, sound(paper, next_update=NOW + timedelta(hours=99))), people


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs, st.sets(st.integers(1, 4)))
def test_whoever_stands_in_for_whom_a_silent_office_is_asked_one_by_one_and_then_said_to_be_stuck(paper, silent, standing_in, approve):
    found, people = silent
    with transaction.atomic():
        User.objects.filter(pk__in=[people[n].pk for n in approve]).update(role="approver")
        row = {"office": paper.desk.office, "since": NOW, "until": NOW + timedelta(days=9)}
        Deputy.objects.bulk_create(Deputy(person=people[one], deputy=people[other], **row) for one, other in standing_in)
        went = [statement_deputies.pass_on(paper.desk.office, NOW + n * timedelta(hours=9)) for n in range(1, 7)]
        assert went == sorted(went, reverse=True), "it ends, and stays so"
        to = [person for _before, person in passed_to(found)]
        assert len(to) == len({*to, paper.dewi.pk}) - 1 == sum(went)
        assert step_of(found).lost in ({"silent"} if to else {"nowhere", "circle"})
        assert lines(found).count("statement.stuck") == 1
        transaction.set_rollback(True)


def test_what_is_due_is_found_by_what_is_open_however_much_is_over(paper):
    asked(paper)
    plan = plan_with_much_over(lambda: statement_deputies.pass_on(paper.desk.office, LATE), "SKIP LOCKED")
    assert "approval_open" in plan or "one_open_request_per_statement" in plan
    assert "Seq Scan on desk_approval" not in plan


def plan_with_much_over(ask, word):
    """How the database finds what `ask` asks for in the first query with this word, where thousands of requests are over."""
    row, step = Approval.objects.get(), ApprovalStep.objects.get()
    ended = {"outcome": "over", "ended": NOW}
    kept = {name: getattr(row, name) for name in ("office", "statement", "version", "text_hash", "by", "at")}
    asked_of = {name: getattr(step, name) for name in ("office", "kind", "first", "person", "due")}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        over = Approval.objects.bulk_create(Approval(**kept, **ended) for _ in range(3_000))
        ApprovalStep.objects.bulk_create(ApprovalStep(approval=one, **asked_of) for one in over)
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("ANALYZE desk_approval, desk_approvalstep")
        with CaptureQueriesContext(connection) as asked_for:
            ask()
        first = next(one["sql"] for one in asked_for if word in one["sql"])
        cursor.execute(f"EXPLAIN {first}")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_a_deputy_who_wrote_it_is_passed_over_for_theirs(paper):
    found = asked(paper)
    stands_in(paper, paper.dewi, paper.desk.lina)
    stands_in(paper, paper.desk.lina, builders.make_user(paper.desk.office, "citra", "approver"))
    assert statement_deputies.pass_on(paper.desk.office, LATE) == 1
    assert step_of(found).person.username == "citra"


def test_a_chain_that_ends_nowhere_or_goes_in_a_circle_is_said_once_and_tried_again(paper):
    found = asked(paper)
    for _ in range(2):
        assert statement_deputies.pass_on(paper.desk.office, LATE) == 0
    assert (step_of(found).lost, lines(found).count("statement.stuck")) == ("nowhere", 1)
    assert "Nobody who could decide stands in for Dewi" in page(paper.desk.sari, f"/statements/{found.pk}/")
    stands_in(paper, paper.dewi, paper.desk.lina)
    stands_in(paper, paper.desk.lina, paper.dewi)
    statement_deputies.pass_on(paper.desk.office, LATE)
    assert (step_of(found).lost, lines(found).count("statement.stuck")) == ("circle", 2)
    assert "lead back to Dewi" in page(paper.desk.sari, f"/statements/{found.pk}/")
    stands_in(paper, paper.dewi, paper.desk.joko)
    assert statement_deputies.pass_on(paper.desk.office, LATE) == 1
    assert step_of(found).lost == ""


# The pages


def send(person, found, decision="approved", **fields):
    seen = sight_of(found)
    data = {"step": step_of(found).pk, "number": seen.number, "text_hash": seen.text_hash, "decision": decision, "note": "", **fields}
    return client_of(person).post(reverse("decide_approval", args=[found.pk]), data)


def test_it_is_asked_for_found_and_decided_by_plain_forms(paper):
    found = sound(paper)
    path = reverse("ask_approval", args=[found.pk])
    assert path in page(paper.desk.lina, f"/statements/{found.pk}/")
    assert "Lina" not in page(paper.desk.lina, path).partition("<form")[2].partition("</form>")[0]
    client_of(paper.desk.lina).post(path, {"approver": paper.dewi.pk, "version": found.version})
    assert "1 statement waits for you" in page(paper.dewi, "/statements/")
    assert "No statement waits for you" in page(paper.desk.sari, "/statements/")
    words = page(paper.dewi, f"/statements/{found.pk}/decide/")
    assert [
        one for one in ("Approve with my name", "No version was approved before.", paper.desk.story.headline[:12]) if one not in words
    ] == []
    send(paper.dewi, found)
    assert Statement.objects.get(pk=found.pk).state == "approved"
    assert "Approved" in page(paper.desk.lina, f"/statements/{found.pk}/")


def test_the_approver_sees_what_differs_from_what_was_approved_last(paper):
    found = decide(paper.dewi, asked(paper))
    text = statement_queries.get_last(found).text.replace("Rawa Kenari", "Sena Hulu")
    found = asked(paper, statement_services.write(paper.desk.lina, found, text, FRAME, found.version, NOW))
    words = page(paper.dewi, f"/statements/{found.pk}/decide/")
    assert [one for one in ("<del>Rawa</del>", "<ins>Sena</ins>", "which was approved, is marked") if one not in words] == []
    assert send(paper.dewi, found, number=1).status_code == 409
    assert send(paper.dewi, found, decision="returned").status_code == 422
    assert send(paper.dewi, found, note="x", decision="returned", step="x").status_code == 302
    assert Statement.objects.get(pk=found.pk).state == "waiting"


@pytest.mark.parametrize(("age", "state"), [(0, "approved"), (14 * 60, "approved"), (16 * 60, "waiting")])
def test_the_second_factor_is_asked_for_first_where_the_role_needs_it_and_again_after_a_while(paper, age, state):
    found = asked(paper)
    paper.desk.office.second_factor_roles = ["approver"]
    paper.desk.office.save()
    Authenticator.objects.create(user=paper.dewi, type=Authenticator.Type.TOTP, data={"secret": "x"})
    answer = send(paper.dewi, found)
    assert answer.headers["Location"].startswith(reverse("mfa_reauthenticate"))
    client = client_of(paper.dewi)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": NOW.timestamp() - age, "type": "totp"}]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(paper.dewi.pk)
    session.save()
    seen = sight_of(found)
    data = {"step": step_of(found).pk, "number": seen.number, "text_hash": seen.text_hash, "decision": "approved"}
    client.post(reverse("decide_approval", args=[found.pk]), data)
    assert Statement.objects.get(pk=found.pk).state == state


def test_where_no_second_factor_is_asked_for_whoever_decides_is_told_so(paper):
    found, told = asked(paper), "asks whoever approves for no second factor"
    assert told in page(paper.dewi, f"/statements/{found.pk}/decide/")
    paper.desk.office.second_factor_roles = ["approver"]
    paper.desk.office.save()
    Authenticator.objects.create(user=paper.dewi, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert told not in page(paper.dewi, f"/statements/{found.pk}/decide/")


def test_taking_back_and_withdrawing_stand_on_the_page(paper):
    found = asked(paper)
    assert reverse("take_back_approval", args=[found.pk]) in page(paper.desk.lina, f"/statements/{found.pk}/")
    client_of(paper.desk.lina).post(reverse("take_back_approval", args=[found.pk]), {"version": found.version})
    found = Statement.objects.get(pk=found.pk)
    assert found.state == "draft"
    client_of(paper.desk.lina).post(reverse("withdraw_statement", args=[found.pk]), {"version": found.version, "reason": "tidak perlu"})
    assert Statement.objects.get(pk=found.pk).state == "withdrawn"
