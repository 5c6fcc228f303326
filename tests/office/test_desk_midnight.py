"""Clocks that change at midnight, and offices of three zones: what is typed, due, held back and shown means one moment everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from approvals import asked, decide, people_of, sight_of, step_of
from desk import NOW, page
from django import forms
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st
from readers import Sink, pointed, sent, subscribed, told
from screens import client_of
from statements import papers

from kentongan.adapters.clock import ShiftedClock
from kentongan.office.desk import (
    question_minding,
    questions,
    review_action_queries,
    review_actions,
    statement_approval,
    statement_checking,
    statement_deputies,
    statement_embargo,
    statement_publishing,
    statement_queries,
)
from kentongan.office.desk.models import Statement, StatementVersion
from kentongan.office.desk.question_models import AgencyQuestion
from kentongan.office.desk.questions import QuestionDraft
from kentongan.office.desk.review_actions import ActionDraft
from kentongan.office.newsroom import queries as newsroom
from kentongan.office.people import scope
from kentongan.office.people.forms import MomentField, offered

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def utc(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type,misc]


GONE = {
    "Africa/Cairo": ("2026-04-24T00:30", "2026-04-24T01:00", utc(2026, 4, 23, 22)),
    "America/Havana": ("2026-03-08T00:30", "2026-03-08T01:00", utc(2026, 3, 8, 5)),
    "Asia/Beirut": ("2026-03-29T00:30", "2026-03-29T01:00", utc(2026, 3, 28, 22)),
}
"""Zone → an hour after midnight that is not there, the first that is, and when that is."""
TWICE = {
    "Africa/Cairo": ("2026-10-29T23:30", utc(2026, 10, 29, 20, 30)),
    "America/Havana": ("2026-11-01T00:30", utc(2026, 11, 1, 4, 30)),
    "Asia/Beirut": ("2026-10-24T23:30", utc(2026, 10, 24, 20, 30)),
}
"""Zone → an hour at midnight that comes twice, and when it comes first; an hour later it comes again."""
DAYS = {
    "Africa/Cairo": [
        (utc(2026, 4, 23, 21, 59, 59), "2026-04-23"), (utc(2026, 4, 23, 22), "2026-04-24"), (utc(2026, 10, 29, 20, 59, 59), "2026-10-29"),
        (utc(2026, 10, 29, 21, 59, 59), "2026-10-29"), (utc(2026, 10, 29, 22), "2026-10-30"),
    ],
    "America/Havana": [
        (utc(2026, 3, 8, 4, 59, 59), "2026-03-07"), (utc(2026, 3, 8, 5), "2026-03-08"), (utc(2026, 11, 1, 4), "2026-11-01"),
        (utc(2026, 11, 1, 5), "2026-11-01"), (utc(2026, 11, 2, 4, 59, 59), "2026-11-01"), (utc(2026, 11, 2, 5), "2026-11-02"),
    ],
    "Asia/Beirut": [
        (utc(2026, 3, 28, 21, 59, 59), "2026-03-28"), (utc(2026, 3, 28, 22), "2026-03-29"), (utc(2026, 10, 24, 21, 59, 59), "2026-10-24"),
        (utc(2026, 10, 24, 22), "2026-10-25"),
    ],
}  # fmt: skip
"""Zone → moments around its midnights, and which day it is there."""
INDONESIA = {"Asia/Jakarta": (7, "WIB"), "Asia/Makassar": (8, "WITA"), "Asia/Jayapura": (9, "WIT")}
"""Hours ahead of UTC, and the mark."""
ZONES = [*GONE, *INDONESIA, "America/New_York", "Asia/Ho_Chi_Minh"]


@pytest.fixture
def paper(db: None, settings: Any) -> Any:
    settings.CLOCK = stands(NOW)
    return people_of(papers())


def stands(at: datetime) -> ShiftedClock:
    """A clock that stands still."""
    return ShiftedClock(at, at, 0)


def lives_in(paper: Any, zone: str) -> None:
    """The office is there."""
    paper.desk.office.time_zone = zone
    paper.desk.office.save()


# A field of a day and an hour


class Field(forms.Form):
    at = MomentField(label="At", required=False)


changes = st.sampled_from([*(one[2] for one in GONE.values()), *(one[1] for one in TWICE.values())])
moments = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.builds(lambda at, beside: at + beside, changes, st.timedeltas(-DAY / 8, DAY / 8)),
)


def shown(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


@given(st.sampled_from(ZONES), moments)
@example("America/Havana", utc(2026, 11, 1, 5, 30))
def test_what_stands_in_a_form_and_comes_back_untouched_is_the_same_moment(zone, at) -> None:
    with timezone.override(ZoneInfo(zone)):
        form = Field({"at": shown(at)}, initial={"at": at})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["at"] == at
        assert form.cleaned_data["at"].utcoffset() == at.utcoffset()


@given(st.sampled_from(ZONES), moments)
def test_what_is_typed_is_that_moment_or_refused_because_clocks_show_it_twice(zone, at) -> None:
    with timezone.override(ZoneInfo(zone)):
        minute = at.replace(second=0, microsecond=0)
        same = {one for one in (minute + timedelta(hours=n) for n in (-1, 0, 1)) if shown(one) == shown(minute)}
        form = Field({"at": shown(minute)})
        assert form.is_valid() == (len(same) == 1)
        if form.is_valid():
            assert form.cleaned_data["at"].astimezone(UTC) == minute
        else:
            assert "comes twice on that day" in form.errors["at"][0]


@given(st.sampled_from(ZONES), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
@example("Africa/Cairo", datetime(2026, 4, 24, 0, 30))
@example("Asia/Jakarta", datetime(2026, 4, 24, 0, 30))
def test_an_hour_that_is_not_there_is_refused_and_no_other(zone, local) -> None:
    words = local.strftime("%Y-%m-%dT%H:%M")
    with timezone.override(ZoneInfo(zone)):
        there = any(shown(datetime.fromisoformat(words).replace(tzinfo=UTC) - timedelta(hours=n)) == words for n in range(-6, 12))
        form = Field({"at": words})
        form.is_valid()
        assert ("does not exist on that day" in str(form.errors)) == (not there)


@given(st.sampled_from(ZONES), moments)
def test_what_a_form_proposes_can_be_sent_as_it_stands(zone, at) -> None:
    with timezone.override(ZoneInfo(zone)):
        assert Field({"at": shown(offered(at))}).is_valid()
        assert at <= offered(at) <= at + timedelta(hours=2)


# Typed in the office's time


def doors(paper: Any, words: str) -> list[tuple[str, str, Any, dict[str, Any]]]:
    """Every form of the room that asks for a day and an hour: its field, its address, who sends it, and what they type."""
    desk, issue, draft = paper.desk, paper.issue, paper.written()
    ready = decide(paper.dewi, asked(paper))
    seen = sight_of(ready)
    question = questions.ask(desk.sari, issue, QuestionDraft(desk.health.pk, "Berapa rumah?", NOW + DAY), NOW)
    frame = {"level": "low", "cluster": "victim", "contact": "112", "next_update": words}
    fact = {"kind": "known", "text": "Air naik", "source": "BPBD", "grade": "likely", "owner": desk.sari.pk, "as_of": "2025-11-27T07:00"}
    return [
        ("id_due", reverse("ask_agency", args=[issue.pk]), desk.sari, {"whom": f"{desk.health.pk}-", "text": "Berapa?", "due": words}),
        ("time_due", reverse("prolong_question", args=[question.pk]), desk.sari, {"due": words, "version": question.version}),
        ("id_due", reverse("change_issue", args=[issue.pk]), desk.sari,
         {"title": issue.title, "kind": "event", "stance": "unclear", "due": words, "version": issue.version}),
        ("watch_until", reverse("move_issue", args=[issue.pk]), desk.sari,
         {"act": "watch", "reason": "belum jelas", "until": words, "version": issue.version}),
        ("id_as_of", reverse("add_fact", args=[issue.pk]), desk.sari, {**fact, "as_of": words}),
        ("id_expires", reverse("add_fact", args=[issue.pk]), desk.sari, {**fact, "expires": words}),
        ("id_next_update", reverse("begin_statement", args=[issue.pk]), desk.lina, {**frame, "kind": "holding", "language": "id"}),
        ("id_next_update", reverse("write_statement", args=[draft.pk]), desk.lina,
         {**frame, "text": "Air naik.", "version": draft.version}),
        ("id_not_before", reverse("publish_statement", args=[ready.pk]), desk.sari,
         {"number": seen.number, "text_hash": seen.text_hash, "not_before": words}),
    ]  # fmt: skip


@pytest.mark.parametrize(("table", "said"), [(GONE, "does not exist on that day"), (TWICE, "comes twice on that day")])
def test_half_past_midnight_that_is_not_there_or_twice_is_refused_at_its_field_by_every_form(paper, settings, table, said) -> None:
    """In Havana both are half past midnight; of the other zones the field itself is tried."""
    paper.issue.supporting = [paper.desk.health.pk]
    paper.issue.save()
    words = table["America/Havana"][0]
    given = doors(paper, words)
    lives_in(paper, "America/Havana")
    settings.CLOCK = stands(datetime.fromisoformat(words).replace(tzinfo=UTC) - 2 * DAY)
    for field, address, person, typed in given:
        answer = client_of(person).post(address, typed, follow=True)
        assert said in answer.content.decode(), (field, address)
        assert answer.status_code == 422 or field == "time_due", address
    assert AgencyQuestion.objects.count() == 1
    assert not Statement.objects.filter(state="published").exists()


@pytest.mark.parametrize("zone", GONE)
def test_the_first_hour_after_midnight_that_is_there_is_when_a_question_is_due_and_an_embargo_ends(paper, settings, zone) -> None:
    desk, (_gone, words, at) = paper.desk, GONE[zone]
    lives_in(paper, zone)
    paper.issue.supporting = [desk.health.pk]
    paper.issue.save()
    settings.CLOCK = stands(at - timedelta(hours=5))
    typed = {"whom": f"{desk.health.pk}-", "text": "Berapa rumah?", "due": words}
    assert client_of(desk.sari).post(reverse("ask_agency", args=[paper.issue.pk]), typed).status_code == 302
    question = AgencyQuestion.objects.get()
    assert question.due == at
    question_minding.mind(desk.office, at - SECOND)
    assert AgencyQuestion.objects.get().state == "waiting"
    question_minding.mind(desk.office, at)
    assert AgencyQuestion.objects.get().state == "late"
    found = approved(paper, at + timedelta(hours=2))
    seen = sight_of(found)
    typed = {"number": seen.number, "text_hash": seen.text_hash, "not_before": words}
    assert client_of(desk.sari).post(reverse("publish_statement", args=[found.pk]), typed).status_code == 302
    made = Statement.objects.get(pk=found.pk).publication
    assert (made.not_before, made.slug[:10]) == (at, words[:10])
    assert statement_embargo.end_due(desk.office, at - SECOND) == (0, 0)
    assert not newsroom.get_public(desk.office, at - SECOND).exists()
    assert statement_embargo.end_due(desk.office, at) == (1, 0)
    assert newsroom.get_public(desk.office, at).exists()


def promising(paper: Any, next_update: datetime, level: str = "low") -> Statement:
    """A chat message that promises its next update then, in the office's own hour."""
    there = next_update.astimezone(ZoneInfo(paper.desk.office.time_zone))
    text = f"Jauhi tepi sungai.\nPembaruan berikutnya pukul {there:%H.%M}.\nHubungi 112 untuk bantuan dan pertanyaan."
    return paper.written(text, kind="chat", level=level, next_update=next_update)


def approved(paper: Any, next_update: datetime) -> Statement:
    return decide(paper.dewi, asked(paper, promising(paper, next_update)))


@pytest.mark.parametrize("zone", TWICE)
def test_a_step_runs_out_after_its_time_on_any_clock_while_the_hour_of_midnight_comes_twice(paper, settings, zone) -> None:
    _words, first = TWICE[zone]
    lives_in(paper, zone)
    begun = first + timedelta(minutes=20)
    found = promising(paper, first + timedelta(hours=9), "high")
    statement_approval.ask(paper.desk.lina, found, {"approver": paper.dewi.pk}, False, found.version, begun)
    due = step_of(found).due
    assert due is not None
    assert due == begun + timedelta(minutes=30), "twenty past the first time, ten to the second"
    settings.CLOCK = stands(due)
    there = due.astimezone(ZoneInfo(zone))
    assert f"{there:%H:%M}" in page(paper.desk.sari, reverse("statement", args=[found.pk]))
    assert statement_deputies.pass_on(paper.desk.office, due - SECOND) == 0
    assert step_of(found).lost == ""
    statement_deputies.pass_on(paper.desk.office, due)
    assert step_of(found).lost == "nowhere"


# Which day it is


@pytest.mark.parametrize("zone", DAYS)
def test_an_address_has_the_day_of_the_office_and_an_action_is_overdue_when_its_day_is_over_there(paper, zone) -> None:
    desk = paper.desk
    lives_in(paper, zone)
    found = Statement.objects.select_related("office").get(pk=paper.written().pk)
    last = StatementVersion.objects.get(statement=found)
    for at, day in DAYS[zone]:
        assert statement_publishing.slug_of(found, last, at).startswith(f"{day}-"), at
        due = date.fromisoformat(day)
        made = review_actions.add(desk.sari, paper.issue, ActionDraft("Perbarui templat", due, agency=desk.health.pk), at)
        made.refresh_from_db()
        overdue = [review_action_queries.get_overdue(fresh(desk.sari), when) for when, _ in DAYS[zone]]
        assert [made in rows for rows in overdue] == [date.fromisoformat(other) > due for _, other in DAYS[zone]]
        review_actions.finish(desk.sari, made, made.version, at)


def fresh(person: Any) -> Any:
    """The person as a request reads them: with the office as it is now."""
    return type(person).objects.select_related("office").get(pk=person.pk)


@given(zone=st.sampled_from(ZONES), at=moments, later=st.timedeltas(timedelta(), 3 * DAY))
def test_the_day_of_an_office_never_goes_back(zone, at, later) -> None:
    first, second = ((at + step).astimezone(ZoneInfo(zone)).date() for step in (timedelta(), later))
    assert first <= second


# The next update, as the text says it


@pytest.mark.parametrize("zone", INDONESIA)
@pytest.mark.parametrize("mark", ["WIB", "WITA", "WIT", ""])
def test_the_mark_of_another_zone_at_the_right_hour_is_another_moment(paper, zone, mark) -> None:
    ahead, own = INDONESIA[zone]
    lives_in(paper, zone)
    update = utc(2025, 11, 27, 10, 30) - timedelta(hours=ahead)
    made = paper.written(f"Pembaruan berikutnya pukul 10.30 {mark}.", kind="chat", next_update=update)
    found = Statement.objects.select_related("office", "issue").get(pk=made.pk)
    checked = statement_checking.check(found, statement_queries.sentences_of(statement_queries.get_last(found)), NOW - DAY)
    said = [one.values for one in checked.findings if one.code == "update.differs"]
    assert said == ([] if mark in {own, ""} else [{"time": f"10:30 {own}"}])


# An office and its readers


@pytest.mark.parametrize("zone", INDONESIA)
def test_office_newsroom_feeds_and_letters_tell_the_same_moment_in_the_offices_own_time(
    paper, settings, serve_mail, tmp_path, zone
) -> None:
    sink = Sink()
    pointed(settings, serve_mail(sink), tmp_path)
    (ahead, mark), at = INDONESIA[zone], utc(2025, 11, 27, 15, 30)
    lives_in(paper, zone)
    settings.CLOCK = stands(at)
    there = at + timedelta(hours=ahead)
    subscribed(paper.desk.office, "ani@pembaca.example")
    found = approved(paper, at + timedelta(hours=3))
    made = statement_publishing.publish(paper.desk.sari, found, sight_of(found), at)
    assert made.slug.startswith(f"{there:%Y-%m-%d}-")
    item = reverse("news_item", args=[paper.desk.office.slug, made.slug])
    client = Client(headers={"accept-language": "id"})
    words = client.get(item).content.decode()
    assert f'<time datetime="{there:%Y-%m-%dT%H:%M}:00+0{ahead}:00">' in words
    update = there + timedelta(hours=3)
    assert words.count(f" {mark}</p>") >= 2, "an hour without its zone is read as one's own"
    assert f"{update:%H.%M}" in words
    feed = client.get(reverse("news_json", args=[paper.desk.office.slug])).json()
    assert datetime.fromisoformat(feed["items"][0]["date_published"]) == at
    with scope.scope(paper.desk.office.pk):
        told(paper.desk.office, at)
    sent(paper.desk.office)
    assert f"{there:%H.%M} {mark}" in sink.text() or f"{there:%H:%M} {mark}" in sink.text()
    assert f"{there:%H:%M}" in page(paper.desk.sari, reverse("publication", args=[found.pk]))
