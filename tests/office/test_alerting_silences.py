"""Silences as alerts: what calls whom, at what level, once while it lasts; over when it speaks again; one alert where all is quiet."""

from __future__ import annotations

import json
import sys
from datetime import date, time, timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from alerts import MIN, NOW, made, steps, told

from kentongan.engine.records import LEVELS
from kentongan.errors import InputError
from kentongan.office.alerting import arranging, messages, ringing, services, silent
from kentongan.office.alerting.history import history_of
from kentongan.office.alerting.models import Alert, AlertDelivery, AlertStep, Route
from kentongan.office.ledger.models import Line
from kentongan.office.listening import purposes, watches
from kentongan.office.listening.models import Silence
from kentongan.office.people.models import Agency, Place
from kentongan.testing import builders

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STOPPED = {"code": "silence.stopped", "values": {"hours": 30, "expected": 12.5}}
UNHEARD = {"code": "silence.unheard", "values": {"hours": 30, "expected": 12.5}}
SHRUNK = {"code": "silence.shrunk", "values": {"share": 30, "n": 12, "expected": 40}}


@pytest.fixture
def post(settings):
    settings.CONFIG = type(settings.CONFIG)({**settings.CONFIG.values, "mail_url": "smtp://127.0.0.1:1"}, settings.CONFIG.origins)
    return made()


def quiet(post, kind="source", subject="", reason=STOPPED, at=NOW, source=None, **fields):
    """A silence that is noticed at a moment."""
    if kind == "source":
        source = source or builders.make_source(post.office, subject or "Radio D")
        subject = str(source.pk)
    given = {"expected": 12.5, "observed": 0.0, "reason": reason, "noticed": at, "since": at - 30 * HOUR, **fields}
    return Silence.objects.create(office=post.office, kind=kind, subject=subject or "*", source=source, **given)


def alert_of(post, row, at=NOW):
    post.look(at)
    return Alert.objects.filter(silence=row).first()


def lines(act):
    """The silences of which the ledger has a line."""
    return [json.loads(detail)["silence"] for detail in Line.objects.filter(act=act).values_list("detail", flat=True)]


def speaks(row, at):
    Silence.objects.filter(pk=row.pk).update(ended=at)


def route(post, **fields):
    Route.objects.filter(pk=post.route.pk).update(**fields)


def message(alert, news="raised", language="en", said=None):
    payload = {"alert": alert.pk, "news": news, "said": said or alert.said, "owner": ""}
    return messages.write(payload, language, "Asia/Jakarta", "https://kantor.example")


# What calls whom


@pytest.mark.parametrize(("kind", "code", "level"), [(*key, level) for key, level in silent.LEVELS.items()])
def test_every_silence_that_is_told_has_a_level_below_crisis_and_every_kind_has_its_words(post, kind, code, level):
    assert level in LEVELS[:-1]
    route(post, silences=list(Silence.Kind.values))
    values = {"hours": 30, "expected": 12.5, "days": 40, "n": 12, "share": 20, "least": 10}
    alert = alert_of(post, quiet(post, kind, "tell" if kind == "job" else "wPasar", {"code": code, "values": values}))
    assert (alert.level, told(alert)) == (level, ["sari"])
    assert "%(" not in message(alert).text
    assert message(alert).lines[-1] == messages.TODO[kind]


def test_a_quiet_source_reaches_who_is_on_duty_though_the_route_is_of_signals_from_high_on(post):
    alert = alert_of(post, quiet(post))
    assert told(alert) == told(alert, "mail") == ["sari"]
    assert (alert.state, alert.level, steps(alert)) == ("sent", "low", ["raised"])
    assert lines("alert.raised") == [alert.silence_id]


def test_it_is_told_once_while_it_lasts_and_is_over_when_it_speaks_again(post):
    row = quiet(post)
    alert = alert_of(post, row)
    for hours in range(1, 80, 13):
        Silence.objects.filter(pk=row.pk).update(reason={"code": "silence.stopped", "values": {"hours": 30 + hours, "expected": 20}})
        post.look(NOW + hours * HOUR)
    assert (told(alert), steps(alert)) == (["sari"], ["raised"])
    alert.refresh_from_db()
    assert messages.facts_of(alert.said)[0].startswith("It has said nothing for 109 hours"), "the list says how it stands"
    speaks(row, NOW + 81 * HOUR)
    post.look(NOW + 81 * HOUR)
    alert.refresh_from_db()
    assert (alert.state, alert.why, steps(alert)) == ("ended", "spoke", ["raised", "ended"])
    assert history_of(post.office, list(AlertStep.objects.filter(alert=alert)))[-1].words == "Over: it speaks again."
    assert lines("alert.ended") == [row.pk]


def test_a_source_that_says_less_than_usual_calls_nobody_and_one_that_falls_to_that_stays_told(post):
    assert alert_of(post, quiet(post, reason=SHRUNK)) is None
    row = quiet(post, subject="Radio E")
    alert = alert_of(post, row)
    Silence.objects.filter(pk=row.pk).update(reason=SHRUNK)
    post.look(NOW + HOUR)
    alert.refresh_from_db()
    assert (alert.state, alert.level) == ("sent", "low")


def test_matters_and_places_are_told_to_who_chose_them_only(post):
    row = quiet(post, "topic", "water", UNHEARD)
    assert alert_of(post, row) is None
    route(post, silences=["topic"])
    assert told(alert_of(post, row, NOW + MIN)) == ["sari"]
    assert alert_of(post, quiet(post, subject="Radio E"), NOW + MIN) is None


def test_what_was_noticed_long_ago_is_not_told_to_a_route_of_today(post):
    assert alert_of(post, quiet(post, at=NOW - 2 * DAY)) is None


def test_a_paused_route_and_one_without_silences_tell_none(post):
    row = quiet(post)
    route(post, silences=[])
    assert alert_of(post, row) is None
    route(post, silences=["source"], paused=True)
    assert alert_of(post, row) is None


# What a route asks for


@pytest.mark.parametrize(
    ("fields", "heard"),
    [
        ({"topics": ["water"]}, {"topic water"}),
        ({"topics": ["health"]}, set()),
        ({"source_kind": "official"}, {"source", "sources official"}),
        ({"source_kind": "public"}, set()),
        ({}, {"topic water", "source", "sources official", "place Lubuk Sari"}),
    ],
)
def test_what_narrows_a_route_narrows_its_silences(post, fields, heard):
    route(post, silences=["topic", "source", "sources", "place"], **fields)
    rows = [
        quiet(post, "topic", "water", UNHEARD),
        quiet(post, "place", "Lubuk Sari", UNHEARD),
        quiet(post, source=builders.make_source(post.office, "Dinas Air", source_kind="official")),
        quiet(post, "sources", "official", at=NOW + MIN, reason=SHRUNK),
    ]
    routes = list(Route.objects.all())
    routed = silent.routes_of(post.office.pk, routes, rows, NOW)
    assert {f"{row.kind} {row.subject}" if row.source is None else row.kind for row in rows if routed[row.pk]} == heard


def test_a_route_of_a_watch_hears_of_the_silence_of_that_watch_alone(post):
    draft = purposes.Draft("watch", "Air", "Mendengar.", "Perwali 25/2017", post.boss, date(2025, 11, 1), date(2026, 11, 1))
    watch = watches.begin(post.sari, purposes.register(post.boss, draft, NOW), "Laporan harian", "laporan harian", NOW)
    route(post, silences=["mark", "topic"], watches=[watch.pk])
    rows = [quiet(post, "mark", subject) for subject in ("wLaporan harian", "wLain", "aDinas PU")]
    rows.append(quiet(post, "topic", "water", UNHEARD))
    routed = silent.routes_of(post.office.pk, list(Route.objects.all()), rows, NOW)
    assert [row.subject for row in rows if routed[row.pk]] == ["wLaporan harian"]


def test_a_route_of_a_district_hears_of_its_wards_and_of_sources_from_there(post):
    district = Place.objects.create(office=post.office, code="1", level="district", name="Kecamatan Cempaka")
    Place.objects.create(office=post.office, code="1.1", level="ward", name="Lubuk Sari", parent=district)
    Place.objects.create(office=post.office, code="2", level="ward", name="Pelita Dalam")
    route(post, silences=["place", "source", "system"], place=district)
    inside, outside = quiet(post, "place", "Lubuk Sari", UNHEARD), quiet(post, "place", "Pelita Dalam", UNHEARD)
    there = quiet(post, source=builders.make_source(post.office, "Kabar Lubuk", area="Lubuk Sari"))
    whole = quiet(post, "system", "*", SHRUNK)
    post.look()
    assert set(Alert.objects.values_list("silence", flat=True)) == {inside.pk, there.pk}
    assert not {outside.pk, whole.pk} & set(Alert.objects.values_list("silence", flat=True))


def test_an_agency_is_told_where_its_route_asks_for_it(post):
    agency = Agency.objects.create(office=post.office, name="Dinas PU", email="pu@kota.example")
    draft = arranging.RouteDraft("PU", agency=agency.pk, topics=("flood",), silences=("topic",))
    arranging.make_route(post.boss, draft, NOW)
    alert = alert_of(post, quiet(post, "topic", "flood", UNHEARD))
    assert list(AlertDelivery.objects.filter(alert=alert).values_list("agency", "channel")) == [(agency.pk, "mail")]


def test_a_kind_of_silence_that_does_not_exist_is_refused(post):
    with pytest.raises(InputError) as refused:
        arranging.make_route(post.boss, arranging.RouteDraft("X", roles=("officer",), silences=("noise",)), NOW)
    assert refused.value.subject == "silences"


# One event, one alert


def test_while_all_is_silent_no_part_of_it_is_told(post):
    route(post, silences=list(Silence.Kind.values))
    whole = quiet(post, "system", "*")
    parts = [quiet(post, "sources", "press"), quiet(post), quiet(post, "topic", "water", UNHEARD), quiet(post, "mark", "wPasar")]
    job = quiet(post, "job", "sweep", {"code": "silence.job", "values": {"hours": 5}})
    post.look()
    assert set(Alert.objects.values_list("silence", flat=True)) == {whole.pk, job.pk}
    speaks(whole, NOW + HOUR)
    post.look(NOW + HOUR)
    assert Alert.objects.filter(silence=parts[0].pk).exists(), "what is silent still is told then"
    assert not Alert.objects.filter(silence=parts[1].pk).exists(), "it is of the press, which is"


def test_a_wider_silence_that_no_route_tells_hides_nothing(post):
    route(post, silences=["source"])
    quiet(post, "system", "*")
    assert alert_of(post, quiet(post)) is not None


def test_a_source_of_another_kind_is_told_beside_a_kind_that_is_silent(post):
    quiet(post, "sources", "press")
    other = quiet(post, source=builders.make_source(post.office, "Dinas Air", source_kind="official"))
    quiet(post)
    post.look()
    assert set(Alert.objects.values_list("silence__kind", flat=True)) == {"sources", "source"}
    assert alert_of(post, other) is not None


def test_a_day_has_room_for_so_many_and_for_every_grave_one(post):
    rows = [quiet(post, subject=f"Radio {n}", at=NOW - timedelta(minutes=10 - n)) for n in range(silent.MOST_A_DAY + 2)]
    post.look()
    assert set(Alert.objects.values_list("silence", flat=True)) == {row.pk for row in rows[: silent.MOST_A_DAY]}
    grave = quiet(post, "job", "backup", {"code": "silence.job", "values": {"hours": 5}})
    assert alert_of(post, grave, NOW + HOUR) is not None
    post.look(NOW + DAY - 20 * MIN)
    assert Alert.objects.count() == silent.MOST_A_DAY + 1
    late = quiet(post, subject="Radio Z", at=NOW + DAY + MIN)
    assert alert_of(post, late, NOW + DAY + MIN) is not None


def test_what_falls_silent_again_within_a_day_is_the_same_alert_and_tells_nobody_twice(post):
    source = builders.make_source(post.office, "Radio D")
    row = quiet(post, source=source)
    alert = alert_of(post, row)
    speaks(row, NOW + HOUR)
    post.look(NOW + HOUR)
    again = quiet(post, source=source, at=NOW + 3 * HOUR)
    assert alert_of(post, again, NOW + 3 * HOUR) == alert
    assert (told(alert), steps(alert)) == (["sari"], ["raised", "ended", "again"])
    speaks(again, NOW + 30 * HOUR)
    post.look(NOW + 30 * HOUR)
    third = quiet(post, source=source, at=NOW + 40 * HOUR)
    assert alert_of(post, third, NOW + 40 * HOUR) == alert
    assert told(alert) == ["sari", "sari"], "a day later it is told once more"
    speaks(third, NOW + 41 * HOUR)
    post.look(NOW + 41 * HOUR)
    assert alert_of(post, quiet(post, source=source, at=NOW + 80 * HOUR), NOW + 80 * HOUR) != alert


# Answers and passing on


def test_a_quiet_source_is_not_passed_on_and_silence_of_all_is(post):
    alert = alert_of(post, quiet(post))
    assert alert.due is None
    post.look(NOW + 10 * HOUR)
    assert steps(alert) == ["raised"]
    whole = alert_of(post, quiet(post, "system", "*", at=NOW + 11 * HOUR), NOW + 11 * HOUR)
    assert whole.due == NOW + 11 * HOUR + 15 * MIN
    post.look(NOW + 12 * HOUR)
    assert "escalated" in steps(whole)


def test_people_answer_it_as_any_alert_and_a_dismissed_one_stays_so_while_it_lasts(post):
    row = quiet(post)
    alert = alert_of(post, row)
    services.dismiss(post.sari, alert, "Siaran libur.", NOW + MIN)
    for hours in (1, 30):
        post.look(NOW + hours * HOUR)
    alert.refresh_from_db()
    assert (alert.state, alert.why, steps(alert)) == ("ended", "dismissed", ["raised", "dismiss"])
    other = alert_of(post, quiet(post, subject="Radio E"))
    services.snooze(post.sari, other, NOW + 2 * HOUR, "Nanti.", NOW)
    post.look(NOW + 2 * HOUR)
    other.refresh_from_db()
    assert (other.state, other.due, steps(other)[-1]) == ("sent", None, "woken")


def test_quiet_hours_hold_it_back_and_the_morning_says_what_is_over(post):
    route(post, quiet_from=time(21), quiet_until=time(6))
    night = NOW.replace(hour=16)
    row = quiet(post, at=night)
    alert = alert_of(post, row, night)
    mail = AlertDelivery.objects.get(alert=alert, channel="mail")
    assert (mail.state, told(alert)) == ("held", ["sari"])
    speaks(row, night + 2 * HOUR)
    post.look(night + 2 * HOUR)
    (number,) = post.look(NOW.replace(hour=23))
    payload = AlertDelivery.objects.get(pk=number).payload
    assert (payload["alert"], payload["news"]) == (alert.pk, "ended")
    assert "It speaks again." in message(alert, "ended").lines


def test_an_alert_whose_silence_is_kept_no_longer_is_over(post):
    row = quiet(post)
    alert = alert_of(post, row)
    row.delete()
    post.look(NOW + HOUR)
    alert.refresh_from_db()
    assert (alert.state, alert.why) == ("ended", "joined")


# The message


def test_a_message_stands_alone_on_a_phone(post):
    said = message(alert_of(post, quiet(post)))
    assert said.title == "● LOW: Radio D is silent"
    assert said.lines[1:] == (
        "It has said nothing for 30 hours; 12.5 items would be usual.",
        "Since Wed 26 Nov, 01:30.",
        "See under Sources whether it can be read; pause it there if it is meant to be quiet.",
    )
    assert len(said.title) + len(said.lead) <= messages.SHOWN
    assert said.link.endswith(f"/alerts/{Alert.objects.get().pk}/")


@pytest.mark.parametrize("language", ["id", "vi"])
@pytest.mark.parametrize("kind", list(Silence.Kind.values))
def test_it_is_said_in_the_receivers_language(post, kind, language):
    row = quiet(post, kind, "wPasar", UNHEARD)
    alert = Alert(pk=1, said=messages.said_of_silence(row, "low"))
    english, said = message(alert), message(alert, language=language)
    assert all(one != other for one, other in zip(said.lines, english.lines, strict=True))
    assert message(alert, "ended", language).lines[1] != "It speaks again."


def test_a_program_is_told_that_it_is_a_silence_and_of_what(post):
    alert = alert_of(post, quiet(post, "system", "*"))
    row = AlertDelivery.objects.filter(alert=alert).first()
    (told_,) = ringing.webhook_body(row, message(alert))["alerts"]
    assert (told_["kind"], told_["silence"], told_["subject"], told_["level"]) == ("silence", "system", "*", "high")


def test_many_silences_cost_no_more_queries_than_one(post, count_queries):
    Place.objects.create(office=post.office, code="1", level="ward", name="Lubuk Sari")
    quiet(post, at=NOW - 2 * DAY)
    with count_queries() as few:
        post.look()
    for n in range(12):
        quiet(post, subject=f"Radio {n}", at=NOW - 2 * DAY)
    with count_queries() as many:
        post.look()
    assert len(few) == len(many)
