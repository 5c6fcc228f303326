"""Looking back on an issue: what was promised against what came, every step from the ledger, nothing for whoever does not see it."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from approvals import asked, decide, people_of, sight_of, sound
from desk import NOW, page
from screens import STILL, client_of
from statements import papers

from kentongan.office.administration.services import change_setting
from kentongan.office.desk import (
    moves,
    queries,
    review_drawing,
    review_queries,
    review_rules,
    services,
    statement_approval,
    statement_embargo,
    statement_publishing,
)
from kentongan.office.desk.models import Issue, Statement
from kentongan.office.desk.review_rules import Said

MINUTE = timedelta(minutes=1)
HOUR = 60 * MINUTE
MOMENT = st.integers(-600, 600).map(lambda minutes: NOW + minutes * MINUTE)


# The rules


@given(MOMENT, st.none() | MOMENT)
def test_a_promise_is_kept_late_missed_or_open_and_never_two_of_them(due, came):
    found = review_rules.promise("update", due, came, NOW)
    wanted = {True: "kept" if came is not None and came <= due else "late", False: "missed" if due < NOW else "open"}
    assert found.outcome == wanted[came is not None]
    assert (found.late_by > timedelta()) == (found.outcome == "late")


@pytest.mark.parametrize("level", ["crisis", "high", "medium"])
def test_the_first_answer_has_the_clock_of_the_level_at_opening(level):
    length = moves.FIRST_DUE[level]
    assert review_rules.first_answer(level, NOW, [NOW + 9 * HOUR, NOW + length], NOW + 9 * HOUR).outcome == "kept"
    assert review_rules.first_answer(level, NOW, [NOW + length + MINUTE], NOW + 9 * HOUR).outcome == "late"
    assert review_rules.first_answer(level, NOW, [], NOW + length + MINUTE).outcome == "missed"
    assert review_rules.first_answer(level, NOW, [], NOW).outcome == "open"


def test_a_level_without_a_clock_promises_nothing():
    assert review_rules.first_answer("low", NOW, [], NOW) is None


@given(st.lists(st.tuples(MOMENT, st.none() | MOMENT), max_size=6))
def test_a_next_update_is_kept_by_any_later_publication_and_by_none_before(pairs):
    said = [Said(at, due) for at, due in pairs]
    found = review_rules.updates(said, NOW)
    assert len(found) == sum(due is not None for _, due in pairs)
    last = max((at for at, _ in pairs), default=NOW)
    for one in found:
        assert one.came is None or any(at == one.came for at, _ in pairs)
    for at, due in pairs:
        if at == last and due is not None:
            assert any(one.due == due and one.came is None for one in found)


# The page


@pytest.fixture
def paper(db, settings):
    settings.CLOCK = STILL
    return people_of(papers())


def published(paper, now=NOW):
    found = decide(paper.dewi, asked(paper, sound(paper)))
    return statement_publishing.publish(paper.desk.sari, found, sight_of(found), now)


def look(paper, now=NOW):
    issue = Issue.objects.get(pk=paper.issue.pk)
    return review_queries.get_review(paper.desk.sari, issue, queries.get_parts(issue), now)


def test_before_anything_was_said_the_first_answer_is_still_due_and_then_missed(paper):
    assert review_drawing.title_of(look(paper)) == "The first answer is still due"
    assert review_drawing.title_of(look(paper, NOW + 5 * HOUR)) == "No answer was given in time"


def test_what_held_when_it_was_opened_is_what_it_is_compared_with_whatever_an_administrator_sets_later(paper):
    boss = paper.desk.boss
    change_setting(boss, "first_due_crisis_min", "10", 0, NOW)
    change_setting(boss, "first_due_high_min", "20", 0, NOW)
    issue = paper.desk.opened("Air naik lagi")
    assert issue.due == NOW + 20 * MINUTE
    change_setting(boss, "first_due_high_min", "", 1, NOW)
    found = review_queries.get_review(paper.desk.sari, issue, [], NOW + HOUR)
    assert [(one.kind, one.due, one.outcome) for one in found.promises] == [("first", NOW + 20 * MINUTE, "missed")]
    assert look(paper, NOW + HOUR).promises[0].due == paper.issue.opened + 4 * HOUR


def test_an_administrator_gives_a_low_level_a_clock_or_takes_one_away(paper):
    change_setting(paper.desk.boss, "first_due_low_min", "1440", 0, NOW)
    change_setting(paper.desk.boss, "first_due_medium_min", "0", 0, NOW)
    low, medium = (paper.desk.opened("Jalan berlubang", level) for level in ("low", "medium"))
    assert (low.due, medium.due) == (NOW + 24 * HOUR, None)
    first = [review_queries.get_review(paper.desk.sari, one, [], NOW).promises for one in (low, medium)]
    assert [[one.kind for one in promises] for promises in first] == [["first"], []]
    services.set_level(paper.desk.sari, medium, "high", "makin luas", medium.version, NOW + HOUR)
    assert Issue.objects.get(pk=medium.pk).due == NOW + 5 * HOUR


def test_what_was_promised_stands_beside_what_came(paper):
    published(paper, NOW + 30 * MINUTE)
    first = look(paper, NOW + HOUR)
    assert {one.kind: one.outcome for one in first.promises} == {"first": "kept", "step": "kept", "update": "open"}
    assert review_drawing.title_of(first) == "The first answer came after 30 minutes, in time"
    later = look(paper, NOW + 4 * HOUR)
    assert review_drawing.title_of(later).endswith("0 of 1 promised update came in time")
    assert later.papers[0].template > 0 and later.papers[0].sentences >= later.papers[0].template


@pytest.mark.parametrize("kind", ["sitrep", "leader_note", "qa"])
def test_a_paper_for_colleagues_is_no_first_answer_and_keeps_no_promise(paper, kind):
    first = published(paper, NOW + 30 * MINUTE)
    second = published(paper, NOW + HOUR)
    assert [one.outcome for one in look(paper, NOW + 2 * HOUR).promises if one.kind == "update"] == ["kept", "open"]
    Statement.objects.filter(pk=second.statement_id).update(kind=kind)
    assert [one.outcome for one in look(paper, NOW + 2 * HOUR).promises if one.kind == "update"] == ["open"]
    Statement.objects.filter(pk=first.statement_id).update(kind=kind)
    found = look(paper, NOW + 5 * HOUR)
    assert (found.first.outcome, len(found.papers)) == ("missed", 2)


def test_an_answer_after_its_clock_says_how_late_it_was(paper):
    published(paper, NOW + 6 * HOUR - 4 * HOUR)
    assert "in time" in review_drawing.title_of(look(paper, NOW + 3 * HOUR))
    issue = Issue.objects.get(pk=paper.issue.pk)
    Issue.objects.filter(pk=issue.pk).update(opened=NOW - 3 * HOUR)
    assert review_drawing.title_of(look(paper, NOW + 150 * MINUTE)).startswith("The first answer came after 5 hours, 60 minutes late")


def test_every_step_of_issue_and_statements_is_there_in_order_of_time_with_its_reason(paper):
    published(paper)
    found = look(paper)
    acts = [one.act for one in found.steps]
    assert {"issue.opened", "issue.linked", "statement.begun", "statement.approved", "statement.published"} <= set(acts)
    assert [one.at for one in found.steps] == sorted(one.at for one in found.steps)
    issue = Issue.objects.get(pk=paper.issue.pk)
    services.move(paper.desk.sari, issue, "close", issue.version, NOW, reason="Air surut sejak sore")
    words = page(paper.desk.reader, reverse("review_issue", args=[issue.pk]))
    assert [
        one for one in ("Air surut sejak sore", "Next update", "still to come", "The papers and their templates") if one not in words
    ] == []


def test_whoever_does_not_see_the_issue_cannot_look_back_on_it(paper):
    issue = Issue.objects.get(pk=paper.issue.pk)
    path = reverse("review_issue", args=[issue.pk])
    assert path in page(paper.desk.reader, f"/issues/{issue.pk}/")
    services.restrict(paper.desk.sari, issue, True, (), issue.version, NOW)
    assert [client_of(one).get(path).status_code for one in (paper.desk.reader, paper.desk.guest, paper.desk.sari)] == [404, 404, 200]


def test_the_number_of_queries_does_not_grow_with_the_papers(paper):
    client, path = client_of(paper.desk.sari), reverse("review_issue", args=[paper.issue.pk])
    published(paper)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    for _ in range(3):
        published(paper)
    with CaptureQueriesContext(connection) as many:
        assert client.get(path).status_code == 200
    assert len(many) == len(few) <= 27


def test_signs_stand_inside_the_picture(paper):
    published(paper, NOW + 30 * MINUTE)
    drawn = review_drawing.picture(look(paper, NOW + HOUR))
    assert drawn.promised and drawn.came
    assert all(2.0 <= one.x <= 98.0 for one in (*drawn.promised, *drawn.came))


def test_what_is_held_back_answers_nobody_until_it_can_be_read(paper):
    found = decide(paper.dewi, asked(paper, sound(paper)))
    made = statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW, NOW + 2 * HOUR)
    outcome = {one.kind: one.outcome for one in look(paper, NOW + HOUR).promises}
    assert (outcome["first"], "update" in outcome) == ("open", False)
    assert look(paper, NOW + 150 * MINUTE).first.came is None, "its embargo has not ended"
    statement_embargo.end_due(paper.desk.office, NOW + 2 * HOUR)
    after = look(paper, NOW + 150 * MINUTE)
    assert {one.kind: one.came for one in after.promises}["first"] == made.not_before
    assert {one.kind: one.outcome for one in after.promises}["update"] == "open"


def test_what_was_withdrawn_before_its_moment_answered_nobody(paper):
    found = decide(paper.dewi, asked(paper, sound(paper)))
    made = statement_publishing.publish(paper.desk.sari, found, sight_of(found), NOW, NOW + 2 * HOUR)
    found = Statement.objects.get(pk=made.statement_id)
    statement_approval.withdraw(paper.desk.sari, found, "Air sudah surut", found.version, NOW + HOUR)
    assert [one.came for one in look(paper, NOW + 150 * MINUTE).promises if one.kind != "step"] == [None]
