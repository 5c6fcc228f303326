"""Clocks that a law sets: the table, how time is counted, who begins and ends them, what they mean for what is due, and where they show."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from approvals import asked, decide, people_of, sight_of, sound
from desk import NOW as FIRST
from desk import detail, lines, made, page
from screens import STILL, client_of
from statements import papers
from test_api import Program, token_for
from test_reconstructing import put_together

from kentongan.adapters.clock import ShiftedClock
from kentongan.errors import InputError, RefusedError
from kentongan.office.desk import (
    clock_queries,
    clock_services,
    clock_words,
    clocks,
    listing,
    queries,
    review_queries,
    services,
    statement_approval,
    statement_correcting,
    statement_embargo,
    statement_publishing,
)
from kentongan.office.desk.clock_services import Event
from kentongan.office.desk.clocks import LAWS, Clock, Given
from kentongan.office.desk.models import Issue, Statement
from kentongan.office.ledger.models import Line
from kentongan.office.listening import presenting
from kentongan.office.listening.models import Article
from kentongan.office.people.versions import ConflictError

HANOI, NEW_YORK = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("America/New_York")
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
"""Nine in the morning in Vietnam, after the laws came into force."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KNOWN = "Công văn số 12 của phường"
AT_ONCE, RECEIVED, DETERMINED, WRONG = "id.at_once", "vn.first.received", "vn.first.determined", "vn.correction"
MOMENT = st.integers(-3000, 3000).map(lambda minutes: NOW + timedelta(minutes=minutes))


def clock(code=RECEIVED, start=NOW, of=None, **more):
    return Clock(LAWS[code], 1, more.pop("number", 1), start, clocks.due(LAWS[code], start, HANOI), NOW, of=of, **more)


# The table and how time is counted


def test_every_law_has_its_words_and_says_how_far_it_is_to_be_trusted():
    for table in (clock_words.NAMES, clock_words.LAWS, clock_words.BEGINS):
        assert set(table) == set(LAWS)
    assert {one.known for one in LAWS.values()} <= set(clock_words.KNOWN), "no text of a law was compared, and every row says so"
    assert all(len(clock_words.named(one)) <= 200 for one in LAWS.values())


def test_a_country_is_offered_its_own_clocks_and_none_where_no_law_is_known():
    assert [one.code for one in clocks.offered("VN", "publication")] == [RECEIVED, DETERMINED]
    assert [one.code for one in clocks.offered("VN", "correction")] == [WRONG]
    assert [one.code for one in clocks.offered("ID", "publication")] == [AT_ONCE]
    assert clocks.offered("ID", "correction") == clocks.offered("PH", "publication") == []


def test_hours_run_through_the_night_and_through_a_change_of_the_clock():
    start = datetime(2026, 10, 31, 22, 0, tzinfo=NEW_YORK)
    assert clocks.due(LAWS[RECEIVED], start, NEW_YORK) - start.astimezone(UTC) == 24 * HOUR


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (datetime(2026, 12, 1, 9, 0, tzinfo=HANOI), datetime(2026, 12, 11, 23, 59, tzinfo=HANOI)),
        (datetime(2026, 12, 1, 0, 0, tzinfo=HANOI), datetime(2026, 12, 11, 23, 59, tzinfo=HANOI)),
        (datetime(2026, 12, 1, 23, 59, tzinfo=HANOI), datetime(2026, 12, 11, 23, 59, tzinfo=HANOI)),
        (datetime(2026, 12, 1, 17, 30, tzinfo=UTC), datetime(2026, 12, 12, 23, 59, tzinfo=HANOI)),
        (datetime(2026, 12, 24, 9, 0, tzinfo=HANOI), datetime(2027, 1, 3, 23, 59, tzinfo=HANOI)),
    ],
)
def test_days_are_those_of_the_office_the_first_does_not_count_and_the_last_counts_to_its_end(start, due):
    assert clocks.due(LAWS[WRONG], start, HANOI) == due


def test_at_once_is_due_from_the_event_on():
    assert clocks.due(LAWS[AT_ONCE], NOW, HANOI) == NOW


def test_a_law_is_in_force_from_its_first_day_in_the_offices_zone():
    first = LAWS[RECEIVED].since
    assert first == date(2026, 7, 1)
    assert not clocks.in_force(LAWS[RECEIVED], datetime(2026, 6, 30, 16, 59, tzinfo=UTC), HANOI)
    assert clocks.in_force(LAWS[RECEIVED], datetime(2026, 6, 30, 17, 0, tzinfo=UTC), HANOI)
    assert clocks.in_force(LAWS[AT_ONCE], datetime(2010, 1, 1, tzinfo=UTC), HANOI)


@given(st.lists(MOMENT, max_size=4), MOMENT, MOMENT)
def test_what_came_before_the_event_meets_nothing_and_the_first_after_it_does(moments, start, now):
    found = clock(start=start)
    came = clocks.came(found, [Given(at) for at in moments])
    assert came == min((at for at in moments if at >= start), default=None)
    assert clocks.outcome(found, came, now) == (
        ("kept" if came <= found.due else "late") if came is not None else "missed" if found.due < now else "open"
    )


def test_a_correction_meets_only_the_clock_of_what_it_corrects():
    given = [Given(NOW + HOUR), Given(NOW + 2 * HOUR, 8), Given(NOW + 3 * HOUR, 7), Given(NOW + 4 * HOUR, 7, said=False)]
    assert clocks.came(clock(WRONG, of=7), given) == NOW + 3 * HOUR
    assert clocks.came(clock(WRONG, of=7), given[3:]) == NOW + 4 * HOUR, "withdrawn is an answer, too"
    assert clocks.came(clock(RECEIVED), given[3:]) is None, "but no information"


def test_at_once_is_never_called_in_time_or_late():
    assert clocks.outcome(clock(AT_ONCE), NOW + DAY, NOW + 2 * DAY) == "given"
    assert clocks.outcome(clock(AT_ONCE), None, NOW + 2 * DAY) == "open"


def test_what_was_ended_by_name_runs_no_more_and_a_mistake_is_no_promise():
    done, mistake = clock(ended=NOW + HOUR, how="done"), clock(ended=NOW + HOUR, how="mistake")
    assert clocks.came(done, []) == NOW + HOUR
    assert clocks.outcome(mistake, clocks.came(mistake, []), NOW) == "dropped"
    assert clocks.soonest([done, mistake], [], NOW) is None


def test_what_is_held_back_too_long_does_not_stop_the_clock():
    soon, late = Given(NOW + 2 * HOUR), Given(NOW + 30 * HOUR)
    assert clocks.soonest([clock()], [soon], NOW) is None
    assert clocks.soonest([clock()], [late], NOW) == clock()
    assert clocks.soonest([clock()], [late], NOW + 31 * HOUR) is None
    assert clocks.soonest([clock(WRONG, number=2), clock()], [], NOW) == clock(), "the one due first"


# Beginning and ending


@pytest.fixture
def desk(db, settings):
    settings.CLOCK = ShiftedClock(NOW, NOW, 0)
    found = made()
    in_vietnam(found)
    return found


def in_vietnam(desk):
    desk.office.country, desk.office.time_zone = "VN", "Asia/Ho_Chi_Minh"
    desk.office.save()


def begun(desk, issue, code=RECEIVED, start=NOW - HOUR, now=NOW, **more):
    issue.refresh_from_db()
    return clock_services.begin(desk.sari, issue, Event(code, start, more.pop("reason", KNOWN), more.pop("of", None)), issue.version, now)


def due_of(issue):
    issue.refresh_from_db()
    return issue.due


def test_a_named_person_begins_it_and_the_line_is_the_clock(desk):
    issue = desk.opened(level="low")
    found = begun(desk, issue, start=NOW - HOUR + timedelta(seconds=42))
    assert (found.due, due_of(issue)) == (NOW + 23 * HOUR, NOW + 23 * HOUR)
    assert issue.due_note == "Informasi awal dalam 24 jam (Vietnam, Dekret Pemerintah (Nghị định) 244/2026)", "in the office's language"
    said = detail(issue, "issue.clock_begun")
    assert {name: said[name] for name in ("law", "number", "start", "due")} == {
        "law": RECEIVED, "number": 1, "start": (NOW - HOUR).isoformat(), "due": (NOW + 23 * HOUR).isoformat(),
    }  # fmt: skip
    assert KNOWN not in json.dumps(said), "what was written is a note"
    row = Line.objects.get(subject=f"issue:{issue.pk}", act="issue.clock_begun")
    assert (row.actor, [one.by for one in clock_queries.get_clocks([issue])]) == (desk.sari.pk, ["Sari"])


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (Event("vn.none", NOW, KNOWN), "law"),
        (Event(AT_ONCE, NOW, KNOWN), "law"),
        (Event(RECEIVED, NOW + HOUR, KNOWN), "start"),
        (Event(RECEIVED, NOW - 91 * DAY, KNOWN), "start"),
        (Event(WRONG, NOW - 92 * DAY, KNOWN), "start"),
        (Event(RECEIVED, NOW, " "), "reason"),
        (Event(RECEIVED, NOW, "gọi 0912 345 678"), "reason"),
        (Event(WRONG, NOW, KNOWN), "law"),
    ],
)
def test_what_cannot_begin_a_clock_is_refused_at_its_field(desk, event, field):
    issue = desk.opened()
    with pytest.raises(InputError) as refused:
        clock_services.begin(desk.sari, issue, event, 0, NOW)
    assert refused.value.subject == field
    assert "issue.clock_begun" not in lines(issue)


def test_before_a_law_is_in_force_it_begins_nothing(desk):
    start = datetime(2026, 6, 30, 10, 0, tzinfo=UTC)
    with pytest.raises(InputError) as refused:
        clock_services.begin(desk.sari, desk.opened(), Event(RECEIVED, start, KNOWN), 0, start + 20 * DAY)
    assert (refused.value.subject, "244/2026" in str(refused.value)) == ("start", True)


def test_nobody_begins_it_without_the_right_on_an_older_version_twice_or_where_nothing_is_worked_on(desk):
    issue = desk.opened(level="low")
    for person in (desk.reader, desk.auditor, desk.guest):
        with pytest.raises(RefusedError):
            clock_services.begin(person, issue, Event(RECEIVED, NOW, KNOWN), 0, NOW)
    with pytest.raises(ConflictError):
        clock_services.begin(desk.sari, issue, Event(RECEIVED, NOW, KNOWN), 5, NOW)
    begun(desk, issue)
    with pytest.raises(RefusedError):
        begun(desk, issue)
    assert begun(desk, issue, DETERMINED).number == 2, "the other event is another clock"
    for act, more in (("watch", {"until": NOW + DAY}), ("close", {})):
        other = services.move(desk.sari, desk.opened(), act, 0, NOW, reason="sebab", **more)
        with pytest.raises(RefusedError):
            begun(desk, other)


def test_what_is_due_earlier_stays_due_and_nobody_moves_it_behind_the_law(desk):
    issue = desk.opened(level="low", due=NOW + HOUR, due_note="Trả lời báo")
    begun(desk, issue)
    assert (due_of(issue), issue.due_note) == (NOW + HOUR, "Trả lời báo")
    for due in (NOW + 24 * HOUR, None):
        draft = services.IssueDraft(**{**services.stored_of(issue), "due": due})
        with pytest.raises(InputError) as refused:
            services.change_issue(desk.sari, issue, draft, issue.version, NOW)
        assert refused.value.subject == "due"
    draft = services.IssueDraft(**{**services.stored_of(issue), "due": NOW + 22 * HOUR})
    services.change_issue(desk.sari, issue, draft, issue.version, NOW)


@pytest.mark.parametrize(("act", "more"), [("watch", {"until": NOW + DAY}), ("close", {})])
def test_nobody_puts_aside_what_a_law_asks_for_before_it_is_met_or_ended(desk, act, more):
    issue = desk.opened(level="low")
    begun(desk, issue)
    issue.refresh_from_db()
    with pytest.raises(RefusedError) as refused:
        services.move(desk.sari, issue, act, issue.version, NOW, reason="sebab", **more)
    assert refused.value.subject == "clock"
    clock_services.end(desk.sari, issue, 1, "mistake", "Chỉ là diễn tập", NOW)
    issue.refresh_from_db()
    services.move(desk.sari, issue, act, issue.version, NOW, reason="sebab", **more)


def test_who_ends_it_says_how_and_why_once(desk):
    issue = desk.opened(level="low")
    begun(desk, issue)
    begun(desk, issue, DETERMINED, start=NOW)
    for number, how, reason, field in ((3, "done", "Đã họp báo", "number"), (1, "x", "Đã họp báo", "how"), (1, "done", "", "reason")):
        with pytest.raises(InputError) as refused:
            clock_services.end(desk.sari, issue, number, how, reason, NOW)
        assert refused.value.subject == field
    for _ in range(2):
        clock_services.end(desk.sari, issue, 1, "done", "Đã họp báo lúc 8 giờ", NOW)
    assert lines(issue).count("issue.clock_ended") == 1
    assert due_of(issue) == NOW + 24 * HOUR, "the other clock is due next"
    clock_services.end(desk.sari, issue, 2, "mistake", "Nhầm sự việc", NOW)
    assert (due_of(issue), issue.due_note) == (None, "")
    shown = clock_queries.get_shown([issue], NOW)
    assert [(one.outcome, one.came) for one in shown] == [("kept", NOW), ("dropped", None)]


def test_the_answer_given_by_hand_meets_it_and_a_higher_level_takes_its_words_along(desk):
    issue = desk.opened(level="low")
    begun(desk, issue)
    issue.refresh_from_db()
    issue = services.set_level(desk.sari, issue, "crisis", "hai người bị thương", issue.version, NOW)
    assert (issue.due, issue.due_note) == (NOW + HOUR, "")
    for act in ("check", "answer", "say"):
        issue = services.move(desk.sari, issue, act, issue.version, NOW)
    assert (issue.due, [one.outcome for one in clock_queries.get_shown([issue], NOW)]) == (None, ["kept"])


def test_it_goes_along_where_its_issue_becomes_part_of_another_and_back(desk):
    whole, one = desk.opened("Lũ", level="low"), desk.opened("Nước lên", level="low")
    begun(desk, one)
    one.refresh_from_db()
    one = services.merge(desk.sari, one, whole, "cùng việc", one.version, NOW)
    assert due_of(whole) == NOW + 23 * HOUR
    assert [(found.issue, found.number) for found in clock_queries.get_clocks([whole, one])] == [(one.pk, 1)]
    clock_services.end(desk.sari, one, 1, "done", "Đã họp báo", NOW)
    assert due_of(whole) is None
    other = desk.opened("Sạt lở", level="low")
    begun(desk, other)
    other.refresh_from_db()
    other = services.merge(desk.sari, other, whole, "cùng việc", other.version, NOW)
    assert due_of(whole) == NOW + 23 * HOUR
    services.part(desk.sari, other, "việc khác", other.version, NOW)
    assert (due_of(other), due_of(whole)) == (NOW + 23 * HOUR, None)


def test_a_clock_begun_by_mistake_gives_back_what_was_due_before(desk):
    issue = desk.opened(level="low", due=NOW + 30 * HOUR, due_note="Trả lời báo")
    begun(desk, issue)
    assert (due_of(issue), issue.due_law, issue.own_due) == (NOW + 23 * HOUR, RECEIVED, NOW + 30 * HOUR)
    clock_services.end(desk.sari, issue, 1, "mistake", "Nhầm sự việc", NOW)
    assert (due_of(issue), issue.due_note, issue.due_law, issue.own_due) == (NOW + 30 * HOUR, "Trả lời báo", "", None)


def test_what_a_level_asks_for_stands_behind_the_law_until_its_clock_ends(desk):
    issue = desk.opened(level="low")
    begun(desk, issue, start=NOW - 22 * HOUR)
    issue.refresh_from_db()
    issue = services.set_level(desk.sari, issue, "high", "tin lan nhanh", issue.version, NOW)
    assert (issue.due, issue.due_law, issue.own_due) == (NOW + 2 * HOUR, RECEIVED, NOW + 4 * HOUR)
    clock_services.end(desk.sari, issue, 1, "mistake", "Nhầm sự việc", NOW)
    assert (due_of(issue), issue.due_note) == (NOW + 4 * HOUR, "")


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("begin"), st.sampled_from([RECEIVED, DETERMINED]), st.integers(0, 23)),
        st.tuples(st.just("end"), st.integers(1, 3), st.sampled_from(["done", "mistake"])),
        st.tuples(st.just("say"), st.integers(1, 40), st.sampled_from(["", "Trả lời báo"])),
        st.tuples(st.just("level"), st.sampled_from(["medium", "high", "crisis"]), st.just(0)),
    ),
    max_size=6,
)


@budget(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_what_is_due_is_never_behind_the_law_and_its_own_comes_back(desk, acts):
    """Whatever is done in whatever order: what is due is the sooner of its own and of the clocks that run."""
    issue, own = desk.opened(level="low"), None
    for act, first, second in acts:
        issue.refresh_from_db()
        try:
            if act == "begin":
                begun(desk, issue, first, start=NOW - second * HOUR)
            elif act == "end":
                clock_services.end(desk.sari, issue, first, second, "Có lý do", NOW)
            elif act == "level":
                raised = presenting.level_rank(first) > presenting.level_rank(issue.level)
                services.set_level(desk.sari, issue, first, "có lý do", issue.version, NOW)
                if not raised:
                    continue
                own = min(one for one in (own, NOW + {"medium": 8, "high": 4, "crisis": 1}[first] * HOUR) if one)
            else:
                draft = services.IssueDraft(**{**services.stored_of(issue), "due": NOW + first * HOUR, "due_note": second})
                services.change_issue(desk.sari, issue, draft, issue.version, NOW)
                own = NOW + first * HOUR
        except (InputError, RefusedError):
            continue
        clock = clock_queries.get_soonest(issue, NOW)
        assert due_of(issue) == min((one for one in (own, clock.due if clock else None) if one), default=None)
        assert (issue.due_law != "") == (clock is not None and (own is None or clock.due < own))


# What is due at once


@pytest.fixture
def in_indonesia(db, settings):
    settings.CLOCK = ShiftedClock(NOW, NOW, 0)
    return made()


def test_what_is_due_at_once_is_called_so_and_never_overdue(in_indonesia):
    desk = in_indonesia
    issue = desk.opened(level="low")
    begun(desk, issue, AT_ONCE)
    assert (due_of(issue), issue.at_once, issue.overdue(NOW)) == (NOW - HOUR, True, False)
    assert queries.get_counts(desk.sari, NOW).overdue == 0
    assert listing.get_issues(desk.sari, listing.IssueFilter(overdue=True), None, NOW, 9)[0] == []
    for path in (f"/issues/{issue.pk}/", "/issues/"):
        words = page(desk.reader, path)
        assert ("due at once" in words, "overdue since" in words) == (True, False)
    assert "1 issue is under way, 1 is due at once by law" in page(desk.reader, "/issues/")


def test_nobody_says_later_where_the_law_says_at_once_and_the_refusal_names_the_way_out(in_indonesia):
    desk = in_indonesia
    issue = desk.opened(level="low")
    begun(desk, issue, AT_ONCE)
    issue.refresh_from_db()
    draft = services.IssueDraft(**{**services.stored_of(issue), "due": NOW + HOUR})
    with pytest.raises(InputError, match="publish it, or end the clock") as refused:
        services.change_issue(desk.sari, issue, draft, issue.version, NOW)
    assert refused.value.subject == "due"
    services.change_issue(desk.sari, issue, replace(draft, due=issue.due, title="Banjir di hulu"), issue.version, NOW)


# What is published


@pytest.fixture
def paper(db, settings):
    settings.CLOCK = STILL
    return people_of(papers())


def published(paper, at=FIRST, not_before=None):
    found = decide(paper.dewi, asked(paper, sound(paper)))
    statement_publishing.publish(paper.desk.sari, found, sight_of(found), at, not_before)
    return Statement.objects.get(pk=found.pk)


def at_once(paper, start=FIRST - HOUR):
    return begun(paper.desk, paper.issue, AT_ONCE, start, FIRST, reason="Laporan BPBD")


def in_force(monkeypatch, code):
    """As if the law held in this house and at its time, so that papers can be published under it."""
    monkeypatch.setitem(LAWS, code, replace(LAWS[code], country="ID", since=None))


def test_a_publication_meets_it_and_what_it_promises_is_due_next(paper):
    at_once(paper)
    assert (due_of(paper.issue), paper.issue.due_note) == (FIRST - HOUR, "Wajib diumumkan serta-merta (Indonesia, UU 14/2008, pasal 10)")
    made = published(paper)
    assert (due_of(paper.issue), paper.issue.due_note) == (made.next_update, "")
    assert [(one.outcome, one.came) for one in clock_queries.get_shown([paper.issue], FIRST)] == [("given", FIRST)]


def test_what_is_held_back_meets_it_when_it_can_be_read(paper):
    at_once(paper)
    published(paper, not_before=FIRST + HOUR)
    assert due_of(paper.issue) == FIRST - HOUR
    assert [one.outcome for one in clock_queries.get_shown([paper.issue], FIRST)] == ["open"]
    statement_embargo.end_due(paper.desk.office, FIRST + HOUR)
    assert due_of(paper.issue) == Statement.objects.get(issue=paper.issue).next_update, "what it promises is due next"
    assert [one.came for one in clock_queries.get_shown([paper.issue], FIRST + HOUR)] == [FIRST + HOUR]


def test_what_was_held_back_and_then_stopped_met_nothing_so_the_clock_is_due_again(paper, monkeypatch):
    in_force(monkeypatch, RECEIVED)
    begun(paper.desk, paper.issue, RECEIVED, FIRST - HOUR, FIRST, reason="Laporan BPBD")
    made = published(paper, not_before=FIRST + HOUR)
    assert (due_of(paper.issue), paper.issue.due_law) == (made.next_update, "")
    Article.objects.filter(pk=paper.article().removeprefix("article:")).update(text="Lain sama sekali.")
    assert statement_embargo.end_due(paper.desk.office, FIRST + HOUR) == (0, 1)
    assert (due_of(paper.issue), paper.issue.own_due) == (made.next_update, None), "what is promised is sooner"
    draft = services.IssueDraft(**{**services.stored_of(paper.issue), "due": FIRST + 9 * HOUR})
    issue = services.change_issue(paper.desk.sari, paper.issue, draft, paper.issue.version, FIRST + HOUR)
    with pytest.raises(InputError):
        services.change_issue(paper.desk.sari, issue, replace(draft, due=None), issue.version, FIRST + HOUR)


def test_what_somebody_called_wrong_has_a_clock_until_it_is_corrected_or_withdrawn(paper, monkeypatch):
    in_force(monkeypatch, WRONG)
    made = published(paper)
    other = paper.begun()
    with pytest.raises(InputError):
        begun(paper.desk, paper.issue, WRONG, FIRST, FIRST, of=other.pk, reason="Surat warga")
    found = begun(paper.desk, paper.issue, WRONG, FIRST, FIRST, of=made.pk, reason="Surat warga")
    assert found.due.astimezone(ZoneInfo("Asia/Jakarta")).isoformat() == "2025-12-07T23:59:00+07:00"
    assert [one.outcome for one in clock_queries.get_shown([paper.issue], FIRST)] == ["open"], "what was published before is no answer"
    statement_approval.withdraw(paper.desk.sari, made, "Angkanya keliru", made.version, FIRST + HOUR)
    assert (due_of(paper.issue), paper.issue.due_law) == (made.next_update, ""), "what is withdrawn answers it, so the law asks no more"
    assert [(one.outcome, one.came) for one in clock_queries.get_shown([paper.issue], FIRST + HOUR)] == [("kept", FIRST + HOUR)]


def test_a_correction_is_the_answer_to_who_called_it_wrong(paper, monkeypatch):
    in_force(monkeypatch, WRONG)
    made = published(paper)
    begun(paper.desk, paper.issue, WRONG, FIRST, FIRST, of=made.pk, reason="Surat warga")
    correction = statement_correcting.begin_correction(paper.desk.lina, made, "Kami menulis 42 rumah; yang benar 24 rumah.", FIRST)
    correction = decide(paper.dewi, asked(paper, correction))
    assert [one.runs for one in clock_queries.get_shown([paper.issue], FIRST)] == [True]
    statement_publishing.publish(paper.desk.sari, correction, sight_of(correction), FIRST + HOUR)
    assert [one.came for one in clock_queries.get_shown([paper.issue], FIRST + HOUR)] == [FIRST + HOUR]


# Where it shows


def test_looking_back_has_it_as_a_promise_set_by_law(desk):
    issue = desk.opened(level="low")
    begun(desk, issue)
    begun(desk, issue, DETERMINED)
    clock_services.end(desk.sari, issue, 2, "mistake", "Nhầm sự việc", NOW)
    found = review_queries.get_review(desk.sari, issue, [], NOW + 25 * HOUR)
    assert [(one.kind, one.outcome, one.due) for one in found.promises] == [("law", "missed", NOW + 23 * HOUR)]
    assert found.counted("law") == (1, 0)
    words = page(desk.reader, reverse("review_issue", args=[issue.pk]))
    assert [one for one in ("Set by law", "First information within 24 hours", "still to come", KNOWN) if one not in words] == []


def test_the_board_the_page_and_the_history_say_it_and_that_the_law_was_not_compared(desk):
    issue = desk.opened(level="low")
    path = f"/issues/{issue.pk}/"
    assert "the text of the law was not compared" in page(desk.sari, path)
    assert "Begin a clock set by law" not in page(desk.reader, path)
    response = client_of(desk.sari).post(
        reverse("begin_clock", args=[issue.pk]), {"law": RECEIVED, "start": "2026-12-01T08:00", "reason": KNOWN, "version": 0}
    )
    assert response.status_code == 302
    assert "Nghị định) 244/2026" in page(desk.reader, "/issues/")
    words = page(desk.reader, path)
    expected = ("By law", "due", "First information within 24 hours", "A clock set by law was begun", KNOWN, "was not compared", "Sari")
    assert [one for one in expected if one not in words] == []
    response = client_of(desk.sari).post(reverse("end_clock", args=[issue.pk, 1]), {"how": "done", "reason": "Đã họp báo"})
    assert response.status_code == 302
    assert [one for one in ("What the law asks for was done", "in time", "Đã họp báo") if one not in page(desk.reader, path)] == []


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("begin_clock", {"law": RECEIVED, "start": "2027-01-01T08:00", "reason": KNOWN}, "a moment that is past"),
        ("begin_clock", {"law": RECEIVED, "start": "2026-12-01T08:00", "reason": ""}, "required"),
        ("begin_clock", {"law": AT_ONCE, "start": "2026-12-01T08:00", "reason": KNOWN}, "Select a valid choice"),
        ("end_clock", {"how": "done", "reason": ""}, "required"),
    ],
)
def test_a_form_filled_in_wrongly_comes_back_with_what_was_typed(desk, name, data, said):
    issue = desk.opened(level="low")
    begun(desk, issue)
    issue.refresh_from_db()
    response = client_of(desk.sari).post(
        reverse(name, args=[issue.pk, *([1] if name == "end_clock" else [])]), {"version": issue.version, **data}
    )
    words = response.content.decode()
    assert (response.status_code, said in words) == (422, True)
    assert data["reason"] in words


def test_on_the_page_of_a_publication_somebody_says_it_is_wrong_where_a_law_sets_the_answer(paper, monkeypatch):
    made = published(paper)
    path, act = f"/statements/{made.pk}/publication/", reverse("doubt_publication", args=[made.pk])
    assert "Somebody says this is wrong" not in page(paper.desk.sari, path), "no law is known that sets a term in Indonesia"
    in_force(monkeypatch, WRONG)
    assert "Begin the clock for the answer" in page(paper.desk.sari, path)
    assert "Somebody says this is wrong" not in page(paper.desk.reader, path)
    version = Issue.objects.get(pk=paper.issue.pk).version
    sent = {"start": "2025-11-27T07:00", "reason": "Surat warga 27 November", "version": version}
    wrong = client_of(paper.desk.sari).post(act, {**sent, "start": "2025-11-28T07:00"})
    assert (wrong.status_code, "Surat warga 27 November" in wrong.content.decode()) == (422, True)
    assert client_of(paper.desk.sari).post(act, {**sent, "version": version - 1}).status_code == 409
    assert client_of(paper.desk.sari).post(act, sent).status_code == 302
    words = page(paper.desk.reader, path)
    assert [one for one in ("Answer to whoever says it is wrong", "article 22", "Sari", "still to come") if one not in words] == []
    assert client_of(paper.desk.sari).post(act, sent | {"version": version}).status_code in {409, 422}


def test_a_clock_of_a_publication_begins_on_the_whole_and_not_on_what_is_closed(paper, monkeypatch):
    in_force(monkeypatch, WRONG)
    made, desk = published(paper), paper.desk
    path, act = f"/statements/{made.pk}/publication/", reverse("doubt_publication", args=[made.pk])
    whole = desk.opened("Banjir", level="low")
    paper.issue.refresh_from_db()
    services.merge(desk.sari, paper.issue, whole, "satu perkara", paper.issue.version, FIRST)
    whole.refresh_from_db()
    sent = {"start": "2025-11-27T07:00", "reason": "Surat warga 27 November", "version": whole.version}
    assert client_of(desk.sari).post(act, sent).status_code == 302
    assert [(one.issue, one.of) for one in clock_queries.get_clocks([whole])] == [(whole.pk, made.pk)]
    assert "still to come" in page(desk.reader, path)
    clock_services.end(desk.sari, whole, 1, "done", "Sudah dijawab dengan surat", FIRST)
    whole.refresh_from_db()
    services.move(desk.sari, whole, "close", whole.version, FIRST, reason="selesai")
    words = page(desk.sari, path)
    assert ("open it again first" in words, f'href="/issues/{whole.pk}/"' in words, "Begin the clock" in words) == (True, True, False)
    assert client_of(desk.sari).post(act, sent | {"version": whole.version + 1}).status_code == 422


def test_the_auditors_page_has_the_clock_begun_after_it_was_published(paper, monkeypatch):
    in_force(monkeypatch, WRONG)
    made = published(paper)
    begun(paper.desk, paper.issue, WRONG, FIRST, FIRST + HOUR, of=made.pk, reason="Surat warga")
    begun(paper.desk, paper.issue, AT_ONCE, FIRST, FIRST + HOUR, reason="Laporan BPBD")
    clock_services.end(paper.desk.sari, paper.issue, 1, "done", "Sudah dijawab dengan surat", FIRST + 2 * HOUR)
    again = put_together(paper, made)
    assert [row.act for row in again.lines if "clock" in row.act] == ["issue.clock_begun", "issue.clock_ended"], "its own, no other"


def test_a_program_reads_begins_and_ends_it_by_the_same_rules(paper):
    issue, program = paper.desk.opened(level="low"), Program(token_for(paper.desk.sari))
    path = f"issues/{issue.pk}/clocks"
    assert program.get(path).json() == {"rows": [], "offered": [AT_ONCE], "for_corrections": []}
    sent = {"law": AT_ONCE, "start": (FIRST - HOUR).isoformat(), "reason": KNOWN, "version": 0}
    answer = program.post(path, sent)
    row = answer.json()["rows"][0]
    assert (answer.status_code, row["law"], row["known"], row["outcome"]) == (201, AT_ONCE, "memory", "open")
    assert datetime.fromisoformat(row["due"]) == FIRST - HOUR
    assert program.post(path, sent).status_code == 409
    assert program.post(f"{path}/end", {"number": 1, "how": "done", "reason": "Đã họp báo"}).json()["rows"][0]["outcome"] == "given"
    assert program.post(f"{path}/end", {"number": 9, "how": "done", "reason": "Đã họp báo"}).status_code == 422


def test_the_page_of_an_issue_asks_no_more_for_more_clocks(desk):
    issue, client = desk.opened(level="low"), client_of(desk.sari)
    begun(desk, issue)
    with CaptureQueriesContext(connection) as one:
        client.get(f"/issues/{issue.pk}/")
    begun(desk, issue, DETERMINED)
    with CaptureQueriesContext(connection) as two:
        client.get(f"/issues/{issue.pk}/")
    assert len(one) == len(two)


def test_few_see_the_clocks_of_what_few_may_see(desk):
    issue = desk.secret()
    begun(desk, issue)
    assert client_of(desk.reader).get(f"/issues/{issue.pk}/").status_code == 404
    assert client_of(desk.joko).post(reverse("end_clock", args=[issue.pk, 1]), {"how": "done", "reason": "x"}).status_code == 404
    with pytest.raises(RefusedError):
        clock_services.end(desk.joko, issue, 1, "done", "Đã họp báo", NOW)
