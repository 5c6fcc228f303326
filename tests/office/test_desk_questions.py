"""Questions to agencies: asked, reminded of, passed on, answered once, in place or by a link; and what of it nobody learns."""

from __future__ import annotations

import json
import re
import sys
import threading
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from desk import NOW, detail, lines, made
from screens import STILL

from kentongan.errors import InputError, KentonganError, RefusedError
from kentongan.office.desk import fact_queries, question_links, question_minding, question_moves, question_queries, questions, services
from kentongan.office.desk.migrations import __path__ as migrations
from kentongan.office.desk.models import IssueNote
from kentongan.office.desk.question_models import AgencyAnswer, AgencyQuestion, AnswerLink
from kentongan.office.desk.questions import AnswerDraft, QuestionDraft
from kentongan.office.desk.recording import digest_of
from kentongan.office.ledger.models import Line
from kentongan.office.people import scope, standing
from kentongan.office.people.models import User
from kentongan.office.people.versions import ConflictError
from kentongan.testing import builders

STATES = AgencyQuestion.State.values
ACTS = sorted({act for _, act in question_moves.LEGAL})
DUE = NOW + timedelta(hours=2)
SAID = AnswerDraft("Sampel air pagi ini memenuhi syarat", "confirmed")
ASKED = "Apa hasil uji laboratorium air pagi ini?"


@pytest.fixture
def desk(db, settings):
    settings.CLOCK = STILL
    return furnished()


def furnished():
    """Maya and Hadi are of the health agency; Maya leads there."""
    found = made()
    found.hadi = builders.make_user(found.office, "hadi", "reader", first_name="Hadi", agency=found.health)
    found.maya = builders.make_user(found.office, "maya", "owner", first_name="Maya", agency=found.health)
    return found


def issue_of(desk, **fields):
    return desk.opened(agency=desk.water.pk, supporting=(desk.health.pk,), **fields)


def asked(desk, issue=None, person=None, **fields):
    number = fields.pop("who", person.pk if person else None)
    first = {"text": ASKED, "due": DUE, "context": "Banyak warga bertanya sejak pagi", "person": number}
    return questions.ask(desk.sari, issue or issue_of(desk), QuestionDraft(desk.health.pk, **{**first, **fields}), NOW)


def again(question):
    return AgencyQuestion.objects.get(pk=question.pk)


def word_to(question, by):
    return question_links.word_of(questions.hand_over(by, question, NOW))


# The table and the clock


@pytest.mark.parametrize(("state", "act"), list(product(STATES, ACTS)))
def test_what_is_not_in_the_table_is_refused(state, act):
    if (state, act) in question_moves.LEGAL:
        assert question_moves.after(state, act) in STATES
    else:
        with pytest.raises(question_moves.IllegalMove):
            question_moves.after(state, act)


def test_the_migration_holds_the_same_table_as_the_code():
    text = (Path(next(iter(migrations))) / "0011_questions.py").read_text(encoding="utf-8")
    said = set(re.findall(r"(\w+)>(\w+)", text.partition('LEGAL = """')[2].partition('"""')[0]))
    assert said == {(state, new) for (state, _), new in question_moves.LEGAL.items() if new != state}


def test_the_database_itself_refuses_every_other_way_and_an_answer_nobody_gave(desk):
    found, taken = asked(desk), set()
    for state, new in product(STATES, STATES):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            AgencyQuestion.objects.filter(pk=found.pk).update(state=state, ended=None if state in question_moves.OPEN else NOW)
            cursor.execute("SET LOCAL session_replication_role = origin")
        try:
            with transaction.atomic():
                AgencyQuestion.objects.filter(pk=found.pk).update(state=new, ended=None if new in question_moves.OPEN else NOW)
            taken.add((state, new))
        except IntegrityError:
            pass
    ways = {(state, new) for (state, _), new in question_moves.LEGAL.items() if new != "answered"}
    assert taken == ways | {(state, state) for state in STATES if state != "answered"}


@pytest.mark.parametrize("field", ["text", "context"])
def test_what_was_asked_and_answered_stays_by_no_door_otherwise(desk, field):
    found = asked(desk, person=desk.hadi)
    with pytest.raises(IntegrityError, match="as it was asked"), transaction.atomic():
        AgencyQuestion.objects.filter(pk=found.pk).update(**{field: "lain"})
    questions.answer(desk.hadi, found, SAID, NOW)
    for act in (lambda: AgencyAnswer.objects.update(text="lain"), lambda: AgencyAnswer.objects.all().delete()):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            act()


@given(st.integers(10, 60 * 24 * 60))
def test_the_reminder_comes_between_asking_and_the_end_or_not_at_all(minutes):
    due = NOW + timedelta(minutes=minutes)
    at = question_moves.remind_at(NOW, due)
    assert (at is None) == (minutes < 20)
    if at is not None:
        assert NOW < at < due
        assert question_moves.REMIND_AT_LEAST <= due - at <= question_moves.REMIND_AT_MOST


@given(st.sampled_from(STATES), st.booleans(), st.integers(-5, 5))
def test_a_link_opens_only_what_waits_unused_and_in_time(state, used, hours):
    code = question_moves.refusal(state, used, NOW + timedelta(hours=hours), NOW)
    assert (code == "") == (state in question_moves.OPEN and not used and hours > 0)
    assert bool(question_links.refusal_words(code)) == bool(code)


# Asking


def test_a_question_is_kept_with_a_line_that_holds_its_digest_and_no_word(desk):
    issue = issue_of(desk)
    found = asked(desk, issue, desk.hadi)
    assert (found.state, found.person, found.due, found.remind) == ("waiting", desk.hadi, DUE, DUE - timedelta(minutes=30))
    words = digest_of(f"{found.text}\n{found.context}")
    assert detail(issue, "question.asked") == {"question": found.pk, "agency": desk.health.pk, "due": DUE.isoformat(), "words": words}
    assert "laboratorium" not in " ".join(Line.objects.values_list("detail", flat=True))
    assert len(str(found.pk)) == 12, "nobody can count the questions of issues they may not see"


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"text": "?"}, "text"),
        ({"text": "Hubungi 0812-3456-7890 untuk apa?"}, "text"),
        ({"context": "Kata @budi_santoso di grup"}, "context"),
        ({"text": "Apa <b>hasil</b> uji air?"}, "text"),
        ({"due": None}, "due"),
        ({"due": NOW + timedelta(minutes=9)}, "due"),
        ({"due": NOW + timedelta(days=61)}, "due"),
        ({"who": 987_654_321}, "person"),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(desk, fields, at):
    with pytest.raises(InputError) as said:
        asked(desk, **fields)
    assert said.value.subject == at
    assert not AgencyQuestion.objects.exists()


def test_only_agencies_of_the_issue_and_their_own_people_are_asked(desk):
    issue = desk.opened(agency=desk.water.pk)
    with pytest.raises(InputError, match="leads or supports"):
        asked(desk, issue)
    with pytest.raises(InputError, match="somebody of this agency"):
        asked(desk, person=desk.joko)
    assert [one.pk for one in question_queries.get_agencies(issue_of(desk))] == [desk.water.pk, desk.health.pk]


def test_whoever_may_not_change_issues_or_does_not_see_it_asks_nothing(desk):
    issue = issue_of(desk)
    draft = QuestionDraft(desk.health.pk, ASKED, DUE)
    hidden = desk.secret(agency=desk.health.pk)
    for by, where in ((desk.reader, issue), (desk.guest, issue), (desk.joko, hidden)):
        with pytest.raises(RefusedError):
            questions.ask(by, where, draft, NOW)
    closed = services.move(desk.sari, issue, "close", issue.version, NOW, reason="sudah selesai")
    with pytest.raises(RefusedError, match="closed"):
        questions.ask(desk.sari, closed, draft, NOW)


# Answering


def test_the_agency_answers_once_in_place_and_nobody_else_does(desk):
    found = asked(desk, person=desk.hadi)
    for by in (desk.joko, desk.lina, desk.guest):
        with pytest.raises(RefusedError):
            questions.answer(by, found, SAID, NOW)
    questions.answer(desk.maya, found, SAID, NOW + timedelta(minutes=5))
    with pytest.raises(RefusedError, match="first answer stands"):
        questions.answer(desk.hadi, found, AnswerDraft("Lain", "likely"), NOW)
    given = AgencyAnswer.objects.get()
    assert (again(found).state, given.text, given.way, given.by) == ("answered", SAID.text, "here", desk.maya)
    assert detail(found.issue, "question.answered") == {"question": found.pk, "words": digest_of(SAID.text)}


@pytest.mark.parametrize(
    ("draft", "at"),
    [
        (AnswerDraft("", "likely"), "text"),
        (AnswerDraft("Aman", "perhaps"), "grade"),
        (AnswerDraft("Telepon 0812-3456-7890", "likely"), "text"),
        (AnswerDraft("a" * 1_001, "likely"), "text"),
    ],
)
def test_an_answer_that_cannot_be_kept_leaves_question_and_link_as_they_were(desk, draft, at):
    found = asked(desk)
    word = word_to(found, desk.sari)
    with pytest.raises(InputError) as said:
        questions.answer_by_link(word, draft, NOW)
    assert (said.value.subject, again(found).state, AnswerLink.objects.get().used) == (at, "waiting", None)
    questions.answer_by_link(word, SAID, NOW)


def test_a_link_takes_one_answer_and_says_kindly_what_became_of_it(desk):
    found = asked(desk)
    word, other = word_to(found, desk.sari), word_to(found, desk.sari)
    questions.answer_by_link(word, SAID, NOW)
    for one, said in ((word, "was used"), (other, "answered already"), ("x" * 43, "not complete or not ours")):
        with pytest.raises(RefusedError, match=said):
            questions.answer_by_link(one, SAID, NOW)
    old = asked(desk)
    word = word_to(old, desk.sari)
    with pytest.raises(RefusedError, match="too old"):
        questions.answer_by_link(word, SAID, DUE + question_moves.LINK_AFTER_DUE)
    questions.answer_by_link(word, SAID, DUE + timedelta(days=1))


def test_of_a_link_only_nonce_and_digest_are_kept_and_another_installation_opens_nothing(desk, settings):
    found = asked(desk)
    link = questions.hand_over(desk.sari, found, NOW)
    word = question_links.word_of(link)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(l)::text FROM desk_answerlink l")
        assert word not in cursor.fetchone()[0]
    assert len(word) == 43
    settings.SECRET_KEY = "another secret of an installation that was restored elsewhere"
    assert question_links._word(link.nonce) != word
    renewed = question_links.word_of(link)
    assert question_links.find(renewed) == link
    assert question_links.find(word) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_in_the_same_moment_one_is_taken_and_the_other_told_so(settings):
    settings.CLOCK = STILL
    desk = furnished()
    found = asked(desk, person=desk.hadi)
    words, gate, said = [word_to(found, desk.sari) for _ in range(2)], threading.Barrier(3), []

    def run(do):
        try:
            gate.wait(timeout=30)
            do()
            said.append("taken")
        except RefusedError as error:
            said.append(str(error))
        finally:
            connection.close()

    acts = [lambda n=n: questions.answer_by_link(words[n], AnswerDraft(f"Jawaban {n}", "likely"), NOW) for n in range(2)]
    acts.append(lambda: questions.answer(desk.hadi, found, SAID, NOW))
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
    assert len(said) == 3
    assert said.count("taken") == 1
    assert all("answered already" in one for one in said if one != "taken")
    assert AgencyAnswer.objects.count() == 1
    assert sum(act.startswith("question.answered") for act in lines(found.issue)) == 1


def test_an_answer_becomes_a_fact_with_one_act_and_only_once(desk):
    found = asked(desk, person=desk.hadi)
    with pytest.raises(RefusedError, match="no answer yet"):
        questions.note_as_fact(desk.sari, found, NOW)
    questions.answer(desk.hadi, found, SAID, NOW)
    fact = questions.note_as_fact(desk.sari, found, NOW + timedelta(minutes=1))
    assert questions.note_as_fact(desk.joko, found, NOW) == fact
    assert (fact.kind, fact.text, fact.grade, fact.agency, fact.as_of) == ("known", SAID.text, "confirmed", desk.health, NOW)
    assert "Dinas Kesehatan" in fact.source
    assert [one.fact.pk for one in fact_queries.get_board(found.issue, NOW).known] == [fact.pk]
    with pytest.raises(RefusedError):
        questions.note_as_fact(desk.reader, found, NOW)


def test_an_unclear_answer_is_an_assumption_and_a_part_s_stands_on_the_board_of_the_whole(desk):
    issue, whole = issue_of(desk), desk.opened("Pokok")
    found = asked(desk, issue, desk.hadi)
    services.merge(desk.sari, issue, whole, "sama", issue.version, NOW)
    questions.answer(desk.hadi, again(found), AnswerDraft("Mungkin sore ini", "unclear"), NOW)
    fact = questions.note_as_fact(desk.sari, again(found), NOW)
    assert (fact.kind, fact.issue) == ("assumed", whole)


def test_more_time_opens_the_links_that_are_out_and_two_who_change_it_do_not_overwrite(desk):
    found = asked(desk)
    word, later = word_to(found, desk.sari), DUE + timedelta(days=5)
    changed = questions.prolong(desk.sari, found, later, 0, NOW)
    assert (changed.due, changed.state, changed.reminded) == (later, "waiting", None)
    with pytest.raises(ConflictError):
        questions.prolong(desk.joko, found, later + timedelta(days=1), 0, NOW)
    with pytest.raises(InputError):
        questions.prolong(desk.joko, found, later, 1, NOW)
    with pytest.raises(InputError):
        questions.withdraw(desk.joko, found, "", 1, NOW)
    questions.answer_by_link(word, SAID, DUE + timedelta(days=4))


def test_withdrawing_needs_a_reason_which_the_record_binds_and_does_not_hold(desk):
    found = asked(desk)
    word = word_to(found, desk.sari)
    questions.withdraw(desk.sari, found, "Jawabannya sudah ada di laporan", 0, NOW)
    note = IssueNote.objects.get(text__startswith="Jawabannya")
    assert detail(found.issue, "question.withdrawn") == {"question": found.pk, "note": note.pk, "digest": digest_of(note.text)}
    with pytest.raises(RefusedError, match="withdrawn"):
        questions.answer_by_link(word, SAID, NOW)
    with pytest.raises(RefusedError):
        questions.hand_over(desk.sari, found, NOW)


# Who sees it


def test_of_a_need_to_know_issue_whoever_is_asked_sees_the_question_alone(desk):
    hidden = desk.secret(agency=desk.health.pk, title="Dugaan pungutan di panti")
    found = asked(desk, hidden, desk.hadi, context="Untuk jawaban sore ini")
    seen = {who.username: question_queries.get_question(who, found.pk) for who in (desk.sari, desk.hadi, desk.maya, desk.joko, desk.guest)}
    assert [name for name, one in seen.items() if one is not None] == ["sari", "hadi"]
    questions.answer(desk.hadi, found, SAID, NOW)
    with pytest.raises(RefusedError):
        questions.note_as_fact(desk.hadi, found, NOW)


def test_inside_another_offices_scope_no_row_of_ours_is_there(desk):
    word_to(asked(desk), desk.sari)
    with scope.scope(desk.guest.office_id):
        assert [model.objects.count() for model in (AgencyQuestion, AnswerLink)] == [0, 0]


# The clock


def minded(desk, at):
    return question_minding.mind(desk.office, at)


def test_it_reminds_once_and_passes_it_once_to_whoever_stands_in(desk):
    found = asked(desk, person=desk.hadi)
    standing.name_deputy(desk.boss, desk.hadi, desk.joko, NOW, NOW + timedelta(days=2), NOW)
    assert minded(desk, NOW) == (0, 0)
    assert [minded(desk, found.remind) for _ in range(2)] == [(1, 0), (0, 0)]
    assert [minded(desk, DUE) for _ in range(3)] == [(0, 1), (0, 0), (0, 0)]
    late = again(found)
    assert (late.state, late.first, late.person, late.passed) == ("late", desk.hadi, desk.joko, DUE)
    assert [one for one in lines(found.issue) if one != "issue.opened"] == [
        "question.asked", "question.reminded", "question.late", "question.passed_on",
    ]  # fmt: skip
    questions.answer(desk.joko, late, SAID, DUE + timedelta(minutes=1))


def test_without_a_deputy_it_goes_to_whoever_leads_in_the_agency(desk):
    found, address = asked(desk, person=desk.hadi), asked(desk)
    assert minded(desk, DUE) == (0, 2)
    assert [again(one).person for one in (found, address)] == [desk.maya, desk.maya]


def test_a_chain_that_ends_nowhere_is_said_once_tried_again_and_loses_nothing(desk):
    found = asked(desk, person=desk.maya)
    assert [minded(desk, DUE) for _ in range(2)] == [(0, 0), (0, 0)]
    assert (again(found).state, again(found).lost, lines(found.issue).count("question.stuck")) == ("late", "nowhere", 1)
    field = builders.make_user(desk.office, "lapangan", "reporter")
    standing.name_deputy(desk.boss, desk.maya, field, NOW, NOW + timedelta(days=2), NOW)
    standing.name_deputy(desk.boss, field, desk.maya, NOW, NOW + timedelta(days=2), NOW)
    minded(desk, DUE)
    assert (again(found).lost, lines(found.issue).count("question.stuck")) == ("circle", 2)
    standing.name_deputy(desk.boss, desk.maya, desk.joko, NOW, NOW + timedelta(days=2), NOW)
    assert minded(desk, DUE + timedelta(minutes=1)) == (0, 1)
    assert (again(found).person, again(found).lost) == (desk.joko, "")
    questions.answer(desk.maya, again(found), SAID, DUE + timedelta(hours=1))


def test_more_time_after_it_was_late_reminds_again_and_is_not_passed_on_twice(desk):
    found = asked(desk, person=desk.hadi)
    minded(desk, DUE)
    later = DUE + timedelta(hours=4)
    found = questions.prolong(desk.sari, again(found), later, again(found).version, DUE)
    assert found.state == "waiting"
    assert minded(desk, later - timedelta(minutes=20)) == (1, 0)
    assert [minded(desk, later) for _ in range(2)] == [(0, 0), (0, 0)]
    assert (again(found).person, again(found).lost, again(found).state) == (desk.maya, "nowhere", "late")


def test_of_a_closed_issue_nobody_is_reminded_and_a_late_answer_is_still_taken(desk):
    issue = issue_of(desk)
    found = asked(desk, issue, desk.hadi)
    services.move(desk.sari, issue, "close", issue.version, NOW, reason="sudah selesai")
    assert [minded(desk, at) for at in (found.remind, DUE)] == [(0, 0), (0, 0)]
    questions.answer(desk.hadi, found, SAID, DUE)


def test_the_clock_runs_on_over_midnight_and_in_every_zone_of_the_office(desk):
    for zone in ("Asia/Jakarta", "Asia/Jayapura", "Asia/Ho_Chi_Minh"):
        type(desk.office).objects.filter(pk=desk.office.pk).update(time_zone=zone)
        found = asked(desk, person=desk.hadi, due=NOW.replace(hour=17, minute=30) + timedelta(days=1))
        assert minded(desk, found.due - timedelta(minutes=1))[1] == 0
        assert minded(desk, found.due)[1] == 1


# Whatever is tried


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["answer", "link", "prolong", "withdraw", "mind", "note"]), max_size=8))
def test_whatever_is_tried_it_goes_only_where_the_table_says_and_has_one_answer(desk, acts):
    with transaction.atomic():
        found, at = asked(desk, person=desk.hadi), NOW
        word = word_to(found, desk.sari)
        acting = {
            "answer": lambda now: questions.answer(desk.hadi, now, SAID, at),
            "link": lambda now: questions.answer_by_link(word, SAID, at),
            "prolong": lambda now: questions.prolong(desk.sari, now, max(now.due, at) + timedelta(hours=1), now.version, at),
            "withdraw": lambda now: questions.withdraw(desk.sari, now, "tidak perlu lagi", now.version, at),
            "mind": lambda now: minded(desk, at),
            "note": lambda now: questions.note_as_fact(desk.sari, now, at),
        }
        for act in acts:
            before, at = again(found), at + timedelta(minutes=50)
            try:
                acting[act](before)
            except KentonganError:
                assert again(found).state == before.state
            now = again(found)
            legal = {new for (state, _), new in question_moves.LEGAL.items() if state == before.state}
            assert now.state in {before.state, *legal}
            assert AgencyAnswer.objects.filter(question=found).count() == (now.state == "answered")
            assert now.fact_id is None or now.state == "answered"
        ended = [one for one in lines(found.issue) if one.startswith(("question.answered", "question.withdrawn"))]
        assert len(ended) == (again(found).state not in question_moves.OPEN)
        transaction.set_rollback(True)


def test_the_lines_name_no_person_but_by_number(desk):
    asked(desk, person=desk.hadi)
    minded(desk, DUE)
    told = [json.loads(one) for one in Line.objects.filter(act__startswith="question.").values_list("detail", flat=True)]
    assert {type(value) for one in told for value in one.values()} <= {int, str}
    names = {one.first_name for one in User.objects.exclude(first_name="")}
    assert not any(name in json.dumps(told) for name in names)
