"""What the office does about alerts by itself: who is told when, once; passed on, woken, ended; the morning after quiet hours."""

from __future__ import annotations

import sys
from datetime import time, timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from alerts import MIN, NOW, made, steps, told

from kentongan.errors import RefusedError
from kentongan.office.alerting import arranging, looking, queries, services, tasks
from kentongan.office.alerting.models import Alert, AlertDelivery, AlertStep, Preference, Route
from kentongan.office.ledger.models import Line
from kentongan.office.listening import services as listening
from kentongan.office.listening.models import Article, Signal
from kentongan.office.people import services as people
from kentongan.office.people import standing
from kentongan.office.people.models import Agency, Duty, Place
from kentongan.testing import builders

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def post(settings):
    settings.CONFIG = type(settings.CONFIG)({**settings.CONFIG.values, "mail_url": "smtp://127.0.0.1:1"}, settings.CONFIG.origins)
    return made()


def local(hour, minute=0, day=27):
    """A moment by the office's clock (Jakarta, seven hours ahead)."""
    return NOW.replace(day=day, hour=0, minute=0) + timedelta(hours=hour - 7, minutes=minute)


def route(post, **fields):
    Route.objects.filter(pk=post.route.pk).update(**fields)


# Who is told


def test_a_signal_of_a_level_that_is_told_reaches_who_is_on_duty_in_the_list_and_by_mail(post):
    alert = post.raised("high")
    assert told(alert) == told(alert, "mail") == ["sari"]
    assert (alert.state, alert.level, alert.news, alert.due) == ("sent", "high", 1, NOW + 15 * MIN)
    assert steps(alert) == ["raised"]


def test_looking_again_tells_nothing_twice(post):
    alert = post.raised("high")
    for minute in range(3):
        post.look(NOW + minute * MIN)
    assert (told(alert), told(alert, "mail"), steps(alert)) == (["sari"], ["sari"], ["raised"])


def test_below_the_level_of_every_route_nobody_is_told(post):
    post.signal(level="medium")
    assert post.look() == []
    assert not Alert.objects.exists()


@pytest.mark.parametrize("fields", [{"state": "acknowledged"}, {"state": "dismissed"}, {"updated": NOW - 7 * HOUR}])
def test_what_was_decided_or_is_past_is_not_told(post, fields):
    post.signal(**fields)
    post.look()
    assert not Alert.objects.exists()


def test_an_old_pile_that_comes_back_after_a_week_alarms_nobody(post):
    for day in range(1, 8):
        post.signal(f"lama {day}", level="crisis", at=NOW - timedelta(days=day))
    post.look()
    assert not Alert.objects.exists()


def test_what_the_days_budget_holds_back_is_not_told(post):
    post.signal(reasons=[{"code": "signal.held", "values": {"budget": 8}}])
    post.look()
    assert not Alert.objects.exists()


def test_where_nobody_is_on_duty_everybody_of_the_role_is_told_and_the_gap_is_written_down(post):
    Duty.objects.all().delete()
    alert = post.raised()
    assert told(alert) == ["sari", "joko"]
    assert AlertStep.objects.get(alert=alert).detail["gaps"] == ["officer"]


def test_whoever_stands_in_for_somebody_on_duty_is_told_too(post):
    standing.name_deputy(post.sari, post.sari, post.leader, NOW - HOUR, NOW + HOUR, NOW - HOUR)
    assert told(post.raised()) == ["sari", "kepala"]


def test_a_route_that_reaches_nobody_tells_the_administrators(post):
    route(post, roles=["legal"])
    assert told(post.raised()) == ["ibu"]


def test_somebody_whom_two_routes_reach_is_told_once(post):
    draft = arranging.RouteDraft("Sari juga", people=(post.sari.pk, post.leader.pk), level="medium")
    arranging.make_route(post.boss, draft, NOW)
    alert = post.raised()
    assert (told(alert), told(alert, "mail")) == (["sari", "kepala"], ["sari"])


def test_whoever_left_is_not_told(post):
    route(post, people=[post.leader.pk])
    type(post.leader).objects.filter(pk=post.leader.pk).update(is_active=False)
    assert told(post.raised()) == ["sari"]


def test_an_agency_is_told_by_mail_at_its_own_address(post):
    agency = Agency.objects.create(office=post.office, name="Dinas PU", email="pu@kota.example")
    route(post, agency=agency)
    row = AlertDelivery.objects.get(alert=post.raised(), agency=agency)
    assert (row.channel, row.language, row.state) == ("mail", "id", "waiting")


def test_without_a_mail_server_no_mail_is_made(settings):
    alert = made().raised()
    assert set(AlertDelivery.objects.filter(alert=alert).values_list("channel", flat=True)) == {"app"}


def test_who_wants_no_mail_gets_none(post):
    Preference.objects.create(office=post.office, person=post.sari, mail=False)
    assert told(post.raised(), "mail") == []


# Which signals


def test_a_route_of_a_topic_tells_signals_of_that_topic_only(post):
    topics = ["health"]
    route(post, topics=topics)
    post.signal("pasar malam")
    mine = post.signal("health", kind="topic")
    post.look()
    assert list(Alert.objects.values_list("signal", flat=True)) == [mine.pk]


def test_a_route_of_a_place_tells_what_names_it_or_anything_in_it_by_any_name(post):
    city = Place.objects.create(office=post.office, code="1", level="city", name="Sena")
    district = Place.objects.create(office=post.office, code="1.1", level="district", name="Sena Hulu", parent=city)
    elsewhere = Place.objects.create(office=post.office, code="2", level="city", name="Kota Pesisir Jauh")
    route(post, place=elsewhere)
    post.signal("air naik")
    post.look()
    assert not Alert.objects.exists()
    route(post, place=city)
    post.look()
    assert Alert.objects.count() == 1, "the headline names Sena Hulu, a district of the city"
    assert district.parent == city


def test_a_route_of_a_kind_of_source_tells_what_such_sources_say(post):
    route(post, source_kind="official")
    post.signal()
    post.look()
    assert not Alert.objects.exists()
    Article.objects.filter(office=post.office, outlet="Kabar Kalindra").update(source_kind="official")
    post.look()
    assert Alert.objects.count() == 1


def test_a_paused_route_tells_nothing(post):
    route(post, paused=True)
    post.signal()
    post.look()
    assert not Alert.objects.exists()


# What happens then


def test_it_is_passed_on_to_colleagues_and_then_to_the_leaders_where_nobody_answers(post):
    alert = post.raised("crisis")
    post.look(NOW + 4 * MIN)
    assert told(alert) == ["sari"]
    post.look(NOW + 5 * MIN)
    assert told(alert) == ["sari", "joko"]
    post.look(NOW + 10 * MIN)
    assert told(alert) == told(alert, "mail") == ["sari", "joko", "kepala"]
    post.look(NOW + 3 * HOUR)
    alert.refresh_from_db()
    assert (alert.state, alert.step, alert.due, alert.news) == ("escalated", 2, None, 3)
    assert steps(alert) == ["raised", "escalated", "escalated"]


def test_where_nobody_stands_in_it_goes_to_the_leaders_at_once(post):
    type(post.colleague).objects.filter(pk=post.colleague.pk).update(is_active=False)
    alert = post.raised("crisis")
    post.look(NOW + 5 * MIN)
    assert told(alert) == ["sari", "kepala"]
    assert steps(alert) == ["raised", "escalated", "escalated"]


def test_a_route_says_for_how_long_an_answer_is_waited_for_else_the_settings(post):
    route(post, wait_min=2)
    assert post.raised("high").due == NOW + 2 * MIN


@pytest.mark.parametrize("act", ["acknowledge", "take"])
def test_an_answer_stops_the_passing_on(post, act):
    alert = post.raised("crisis")
    getattr(services, act)(post.sari, alert, NOW + MIN)
    post.look(NOW + 2 * HOUR)
    assert told(alert) == ["sari"]


def test_one_event_is_one_alert_told_again_only_when_it_rises_above_all_before(post):
    alert = post.raised("high")
    for minute, level in enumerate(("medium", "high", "low", "high", "crisis", "high", "crisis"), start=1):
        post.change(alert, NOW + minute * MIN, level=level, observed=float(minute))
    assert Alert.objects.count() == 1
    assert [one.news for one in AlertDelivery.objects.filter(alert=alert, channel="mail").order_by("pk")] == ["raised", "risen"]


def test_it_is_over_when_its_signal_has_fallen_back(post):
    alert = post.fell(post.raised(), NOW + HOUR)
    assert (alert.state, alert.why, alert.due) == ("ended", "fell", None)
    assert told(alert, "mail") == ["sari"], "no message for the end"
    assert post.change(alert, NOW + 2 * HOUR, reasons=[]).state == "sent"


def test_it_is_over_when_its_signal_was_of_a_time_that_never_was(post):
    alert = post.change(post.raised(), NOW + HOUR, reasons=[{"code": "signal.fell.clock", "values": {}}])
    assert (alert.state, alert.why) == ("ended", "fell")


def test_what_was_over_since_long_and_rises_again_in_the_same_signal_is_told_again(post):
    alert = post.fell(post.raised(), NOW + HOUR)
    later = NOW + 20 * HOUR
    alert = post.change(alert, later, reasons=[], level="crisis")
    assert (alert.state, alert.top, alert.told) == ("sent", "crisis", later)
    assert Alert.objects.count() == 1


def test_it_is_over_when_its_signal_is_gone_and_says_nothing(post):
    alert = post.raised()
    Signal.objects.all().delete()
    post.look(NOW + MIN)
    alert.refresh_from_db()
    assert (alert.state, alert.why, alert.signal) == ("ended", "joined", None)


def test_what_is_decided_on_the_signals_own_page_is_decided_here(post):
    alert, other = post.raised(), post.raised(subject="pohon tumbang")
    listening.acknowledge_signal(post.colleague, alert.signal, NOW + MIN)
    listening.dismiss_signal(post.colleague, other.signal, "latihan", NOW + MIN)
    alert.refresh_from_db()
    other.refresh_from_db()
    assert (alert.state, alert.by) == ("taken", post.colleague)
    assert (other.state, other.why, other.reason) == ("ended", "dismissed", "latihan")
    listening.reopen_signal(post.colleague, other.signal, NOW + 2 * MIN)
    post.look(NOW + 3 * MIN)
    other.refresh_from_db()
    assert other.state == "sent"


def test_every_step_of_the_office_is_in_the_ledger(post):
    alert = post.raised("crisis")
    post.look(NOW + 5 * MIN)
    post.fell(alert, NOW + HOUR)
    acts = Line.objects.filter(office=post.office.pk, subject=f"alert:{alert.pk}").order_by("id").values_list("act", "actor")
    assert list(acts) == [("alert.raised", 0), ("alert.passed_on", 0), ("alert.ended", 0)]


# Quiet hours


def quiet(post, person=None):
    hours = {"quiet_from": time(21), "quiet_until": time(6)}
    if person is None:
        route(post, **hours)
    else:
        Preference.objects.create(office=post.office, person=person, **hours)


@pytest.mark.parametrize("whose", ["route", "person"])
def test_quiet_hours_hold_back_what_rings_and_never_the_list(post, whose):
    quiet(post, None if whose == "route" else post.sari)
    alert = post.raised("high", at=local(23))
    mail = AlertDelivery.objects.get(alert=alert, channel="mail")
    assert (mail.state, mail.held_until) == ("held", local(6, day=28))
    assert told(alert) == ["sari"]
    assert alert.due == local(6, 15, day=28), "an answer is waited for from when it can be heard"


def test_in_a_crisis_there_are_no_quiet_hours(post):
    quiet(post)
    quiet(post, post.sari)
    alert = post.raised("crisis", at=local(23))
    assert AlertDelivery.objects.get(alert=alert, channel="mail").state == "waiting"
    assert alert.due == local(23, 5)


def test_what_the_night_held_back_is_told_in_one_message_as_it_then_stands(post):
    quiet(post)
    first, second = post.raised(at=local(22)), post.raised(subject="pohon tumbang", at=local(23))
    post.fell(first, local(23, 30))
    post.change(second, local(5, day=28))
    assert post.look(local(5, 59, day=28)) == []
    (number,) = post.look(local(6, day=28))
    row = AlertDelivery.objects.get(pk=number)
    assert [(one["alert"], one["news"]) for one in row.payload["alerts"]] == [(first.pk, "ended"), (second.pk, "raised")]
    assert AlertDelivery.objects.get(state="folded").within == row
    assert post.look(local(6, 0, day=28)) == [number], "until it is sent it waits; nothing new is made"


def test_a_single_one_is_told_as_itself(post):
    quiet(post)
    alert = post.raised(at=local(22))
    (number,) = post.look(local(6, day=28))
    assert AlertDelivery.objects.get(pk=number).payload["alert"] == alert.pk


# Together


def test_two_looks_of_one_moment_raise_one_alert(post):
    post.signal()
    assert [len(post.look()), len(post.look())] == [1, 0]
    assert Alert.objects.count() == 1


def test_a_look_asks_the_same_number_of_questions_for_one_signal_and_for_many_that_are_settled(post, count_queries):
    post.raised()
    with count_queries() as one:
        post.look()
    for n in range(12):
        post.signal(f"hal {n}")
    post.look()
    with count_queries() as many:
        post.look()
    assert len(many) == len(one) <= 10


def test_the_listeners_change_plans_one_look_however_many_there_are(post):
    from procrastinate.contrib.django.models import ProcrastinateJob

    for _ in range(3):
        tasks.plan_look(post.office.pk)
    assert [job.args for job in ProcrastinateJob.objects.filter(task_name="route_alerts")] == [{"office": post.office.pk}]


def test_the_offices_alerts_and_messages_are_planned_by_the_job(post, settings):
    from procrastinate.contrib.django.models import ProcrastinateJob

    from kentongan.adapters.clock import ShiftedClock

    settings.CLOCK = ShiftedClock(NOW, NOW, 0)
    post.signal()
    tasks.route_alerts(office=post.office.pk)
    (mail,) = AlertDelivery.objects.filter(channel="mail")
    (job,) = ProcrastinateJob.objects.filter(task_name="ring")
    assert (job.args, job.queue_name) == ({"number": mail.pk, "office": post.office.pk}, "rings")


def test_a_new_office_has_its_first_route_and_its_name_is_in_the_offices_language(db):
    office = people.create_office("Kota Baru", language="id")
    (first,) = Route.objects.filter(office=office)
    assert (first.name, first.level, first.roles, first.channels) == ("Petugas piket", "high", ["officer"], ["mail", "push"])


def test_the_alerts_of_one_office_know_nothing_of_another(post):
    other = builders.make_office("Kota Lain", "lain")
    arranging.make_first_route(other, NOW)
    post.signal()
    looking.look(other, NOW)
    assert not Alert.objects.exists()
    with pytest.raises(RefusedError):
        services.acknowledge(builders.make_user(other, "tamu"), post.raised(), NOW)


def test_the_roster_is_read_in_five_questions(post, count_queries):
    with count_queries() as said:
        roster = queries.get_roster(post.office, NOW)
    assert len(said) == 5
    assert roster.on_duty == [(post.sari.pk, "officer")]
