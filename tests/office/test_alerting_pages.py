"""The pages of alerts: what waits first, who may answer, forms that say what is wrong, secrets that are shown once, two clicks at once."""

from __future__ import annotations

import json
import os
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection
from django.urls import reverse

sys.path.insert(0, str(Path(__file__).parent))
from alerts import MIN, NOW, made, steps
from screens import STILL, client_of

from kentongan.adapters import webpush
from kentongan.errors import RefusedError
from kentongan.office import sealing
from kentongan.office.alerting import arranging, queries, services
from kentongan.office.alerting.models import Address, Alert, AlertDelivery, Browser, Preference, Route
from kentongan.office.alerting.own_pages import browser_name
from kentongan.office.ledger.models import Line
from kentongan.office.listening.models import Signal
from kentongan.office.people import standing
from kentongan.office.people.versions import ConflictError
from kentongan.testing import builders


@pytest.fixture
def post(db, settings):
    settings.CLOCK = STILL
    return made()


def text(response):
    return response.content.decode()


def does(person, name, alert, **data):
    return client_of(person).post(reverse(name, args=[alert.pk]), data, follow=True)


# The list


def test_what_waits_for_an_answer_stands_first_then_the_most_serious(post):
    subjects = {"tinggi": "high", "krisis": "crisis", "dilihat": "crisis", "lewat": "crisis"}
    alerts = {subject: post.raised(level, subject=subject) for subject, level in subjects.items()}
    services.acknowledge(post.sari, alerts["dilihat"], NOW)
    post.fell(alerts["lewat"], NOW + MIN)
    page = text(client_of(post.sari).get("/alerts/"))
    assert sorted(subjects, key=page.index) == ["krisis", "tinggi", "dilihat", "lewat"]
    assert "2 alerts wait for an answer" in page


def test_ones_own_list_holds_what_was_told_to_oneself_and_names_what_waits_for_others(post):
    post.raised(subject="banjir bandang")
    page = text(client_of(post.leader).get("/alerts/"))
    assert "banjir bandang" not in page
    assert "1 more waits for others." in page
    assert "banjir bandang" in text(client_of(post.leader).get("/alerts/?of=all"))


def test_the_list_asks_the_database_no_more_for_more_alerts(post, count_queries):
    client, counts = client_of(post.sari), []
    for n in range(2):
        for i in range(1 + 5 * n):
            post.raised(subject=f"hal {n} {i}")
        client.get("/alerts/")
        with count_queries() as said:
            client.get("/alerts/")
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_the_page_of_an_alert_asks_no_more_for_a_longer_history(post, count_queries):
    client, counts = client_of(post.sari), []
    alert = post.raised("crisis")
    for at in (NOW, NOW + 20 * MIN):
        post.look(at)
        client.get(f"/alerts/{alert.pk}/")
        with count_queries() as said:
            client.get(f"/alerts/{alert.pk}/")
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_the_page_says_what_whom_it_reached_and_what_would_change_the_mind(post):
    page = text(client_of(post.sari).get(f"/alerts/{post.raised().pk}/"))
    words = ("banjir bandang", "20 items in 3 h, usually 3.6 at this time.", "Falls back if nothing further comes by", "Sari", "Told at")
    assert [word for word in words if word not in page] == []


# Answers


def test_whoever_takes_over_is_named_and_their_signal_is_taken_over_too(post):
    alert = post.raised()
    does(post.sari, "take_alert", alert)
    alert.refresh_from_db()
    assert (alert.state, alert.by, alert.signal.state) == ("taken", post.sari, "acknowledged")
    assert steps(alert) == ["raised", "take"]
    assert "Take over from Sari" in text(client_of(post.colleague).get(f"/alerts/{alert.pk}/")).replace("&nbsp;", " ")


def test_a_leader_answers_without_deciding_about_signals(post):
    alert = post.raised()
    does(post.leader, "take_alert", alert)
    alert.refresh_from_db()
    assert (alert.state, alert.signal.state) == ("taken", "new")
    assert does(post.leader, "dismiss_alert", alert, reason="x").status_code == 403


def test_an_old_page_takes_nothing_from_anybody(post):
    alert = post.raised()
    services.take(post.sari, alert, NOW)
    assert "Sari" in text(does(post.colleague, "take_alert", alert))
    alert.refresh_from_db()
    assert alert.by == post.sari
    does(post.colleague, "take_alert", alert, seen=post.sari.pk)
    alert.refresh_from_db()
    assert alert.by == post.colleague


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "²"])
def test_a_strange_owner_in_the_form_takes_nothing(post, seen):
    alert = post.raised()
    services.take(post.sari, alert, NOW)
    does(post.colleague, "take_alert", alert, seen=seen)
    alert.refresh_from_db()
    assert alert.by == post.sari


def test_an_acknowledgement_sent_twice_leaves_one_line(post):
    alert = post.raised()
    for _ in range(3):
        does(post.sari, "acknowledge_alert", alert)
    assert Line.objects.filter(act="alert.acknowledged").count() == 1
    assert steps(alert) == ["raised", "acknowledge"]


def test_putting_off_wants_a_reason_and_a_length_of_the_list(post):
    alert = post.raised("crisis")
    assert does(post.sari, "snooze_alert", alert, minutes="60").status_code == 422
    assert does(post.sari, "snooze_alert", alert, minutes="240", reason="rapat").status_code == 422, "a crisis waits an hour at most"
    does(post.sari, "snooze_alert", alert, minutes="60", reason="rapat")
    alert.refresh_from_db()
    assert (alert.state, alert.until, alert.reason) == ("snoozed", NOW + timedelta(hours=1), "rapat")


def test_not_useful_is_said_to_the_signal_with_the_reason(post):
    alert = post.raised()
    does(post.sari, "dismiss_alert", alert)
    assert Alert.objects.get().state == "sent"
    does(post.sari, "dismiss_alert", alert, reason="latihan")
    alert.refresh_from_db()
    signal = Signal.objects.get(pk=alert.signal_id)
    assert (alert.state, alert.why, signal.state, signal.state_reason) == ("ended", "dismissed", "dismissed", "latihan")
    for act in ("take_alert", "snooze_alert"):
        assert "over already" in text(does(post.sari, act, alert, minutes="30", reason="x"))


def test_readers_see_and_do_not_answer(post):
    alert = post.raised()
    page = text(client_of(post.reader).get(f"/alerts/{alert.pk}/"))
    assert "banjir bandang" in page and "/take/" not in page
    assert does(post.reader, "acknowledge_alert", alert).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_over_in_the_same_moment_exactly_one_does(settings):
    settings.CLOCK = STILL
    post = made()
    alert = post.raised()
    start, said = threading.Barrier(2), {}

    def click(person):
        try:
            start.wait(10)
            services.take(person, alert, NOW)
            said[person.username] = "taken"
        except ConflictError as error:
            said[person.username] = str(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=[person]) for person in (post.sari, post.colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    alert.refresh_from_db()
    assert sorted(word == "taken" for word in said.values()) == [False, True]
    assert said[alert.by.username] == "taken"
    assert steps(alert) == ["raised", "take"]


# Over the API


def test_programs_list_and_answer_alerts_and_learn_who_was_quicker(post):
    from test_api import token_for

    alert = post.raised()
    token_for(post.sari, ["read", "decide"], "of sari")
    token_for(post.colleague, ["read", "decide"], "of joko")

    def ask(whose, path, **body):
        client = client_of(None)
        headers = {"authorization": f"Bearer of {whose}"}
        if path.endswith("mine=true"):
            return client.get(f"/api/v1/{path}", headers=headers)
        return client.post(f"/api/v1/{path}", json.dumps(body), "application/json", headers=headers)

    (row,) = ask("sari", "alerts?mine=true").json()["rows"]
    assert (row["id"], row["subject"], row["state"]) == (alert.pk, "banjir bandang", "sent")
    assert ask("joko", "alerts?mine=true").json()["rows"] == []
    for _ in range(2):
        assert ask("sari", f"alerts/{alert.pk}/acknowledge").json()["state"] == "acknowledged"
    assert ask("sari", f"alerts/{alert.pk}/take").json()["by_id"] == post.sari.pk
    assert ask("joko", f"alerts/{alert.pk}/take").status_code == 409
    assert ask("joko", f"alerts/{alert.pk}/take", seen=post.sari.pk).json()["by_id"] == post.colleague.pk
    until = (NOW + timedelta(hours=1)).isoformat()
    assert ask("joko", f"alerts/{alert.pk}/snooze", until=until, reason="rapat").json()["state"] == "snoozed"
    assert ask("joko", f"alerts/{alert.pk}/snooze", until=NOW.isoformat(), reason="rapat").status_code == 422


# Routes and addresses


def test_a_route_is_made_changed_by_one_at_a_time_and_removed_each_with_its_line(post):
    client = client_of(post.boss)
    given = {"name": "Pimpinan saat krisis", "level": "crisis", "roles": ["leader"], "channels": ["mail"], "version": "0"}
    assert client.post("/office/routes/new/", given).status_code == 302
    made_ = Route.objects.get(level="crisis")
    changed = {**given, "quiet_from": "21:00", "quiet_until": "06:00", "wait_min": "3"}
    assert client.post(f"/office/routes/{made_.pk}/", changed).status_code == 302
    assert client.post(f"/office/routes/{made_.pk}/", changed).status_code == 409
    made_.refresh_from_db()
    assert (made_.wait_min, made_.quiet_from.hour, made_.version) == (3, 21, 1)
    assert "Pimpinan saat krisis" in text(client.get("/office/routes/"))
    client.post(f"/office/routes/{made_.pk}/remove/")
    acts = ["route.made", "route.changed", "route.removed"]
    assert list(Line.objects.filter(actor=post.boss.pk, act__in=acts).order_by("id").values_list("act", flat=True)) == acts


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"roles": []}, "roles"),
        ({"name": " "}, "name"),
        ({"quiet_from": "21:00"}, "quiet_until"),
        ({"quiet_from": "21:00", "quiet_until": "21:00"}, "quiet_until"),
        ({"wait_min": "0"}, "wait_min"),
        ({"topics": ["nonsense"]}, "topics"),
        ({"people": ["987654"]}, "people"),
        ({"roles": ["reporter"]}, "roles"),
    ],
)
def test_what_is_wrong_with_a_route_is_said_at_its_field(post, wrong, field):
    given = {"name": "Uji", "level": "high", "roles": ["officer"], "version": "0"} | wrong
    response = client_of(post.boss).post("/office/routes/new/", given)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert Route.objects.count() == 1


def test_a_route_names_nobody_and_nothing_of_another_office(post):
    other = builders.make_office("Kota Lain", "lain")
    stranger = builders.make_user(other, "tamu")
    with pytest.raises(Exception, match="Choose one of the list"):
        arranging.make_route(post.boss, arranging.RouteDraft("Uji", people=(stranger.pk,)), NOW)


def test_ward_reporters_who_do_not_read_what_is_heard_are_not_told_of_it(post):
    ward = builders.make_user(post.office, "warga", "reporter")
    with pytest.raises(Exception, match="Choose one of the list"):
        arranging.make_route(post.boss, arranging.RouteDraft("Uji", people=(ward.pk,)), NOW)
    with pytest.raises(Exception, match="Choose one of the list"):
        arranging.make_route(post.boss, arranging.RouteDraft("Uji", roles=("reporter",)), NOW)
    page = text(client_of(post.boss).get("/office/routes/new/"))
    assert "Ward reporter" not in page
    assert ward.shown not in page
    assert ward.pk not in queries.get_roster(post.office, NOW).people


def test_a_ward_reporter_is_told_while_standing_in_for_an_officer(post):
    ward = builders.make_user(post.office, "warga", "reporter")
    standing.name_deputy(post.boss, post.sari, ward, NOW - timedelta(hours=1), NOW + timedelta(hours=1), NOW)
    assert ward.pk in queries.get_roster(post.office, NOW).people
    assert ward.pk not in queries.get_roster(post.office, NOW + timedelta(hours=2)).people


def test_whoever_stands_in_for_a_ward_reporter_alone_is_told_of_nothing(post):
    ward, other = (builders.make_user(post.office, name, "reporter") for name in ("warga", "tetangga"))
    standing.name_deputy(post.boss, ward, other, NOW - timedelta(hours=1), NOW + timedelta(hours=1), NOW)
    assert {ward.pk, other.pk}.isdisjoint(queries.get_roster(post.office, NOW).people)


def test_the_secret_of_a_webhook_is_shown_once_and_the_address_never_again(post):
    client = client_of(post.boss)
    url = "http://127.0.0.1:9/services/T0/B0/sangat-rahasia"
    given = {"kind": "webhook", "name": "Ruang obrolan", "url": url, "language": "id", "version": "0"}
    shown = client.post("/office/routes/addresses/new/", given)
    address = Address.objects.get()
    secret = sealing.opened(address.sealed)["secret"]
    assert secret in text(shown) and shown["Cache-Control"] == "no-store"
    page = text(client.get(f"/office/routes/addresses/{address.pk}/"))
    assert "127.0.0.1:9" in page and "sangat-rahasia" not in page and secret not in page
    client.post(f"/office/routes/addresses/{address.pk}/", {"name": "Ruang lain", "language": "vi", "version": "0"})
    address.refresh_from_db()
    assert (address.name, address.language, sealing.opened(address.sealed)["url"]) == ("Ruang lain", "vi", url)


def test_an_address_that_is_removed_is_named_by_no_route_any_more(post):
    address = arranging.make_address(post.boss, arranging.AddressDraft("ntfy", "A", "id", "http://127.0.0.1:9/x"), "", NOW)
    Route.objects.filter(pk=post.route.pk).update(addresses=[address.pk])
    arranging.remove_address(post.boss, address, NOW)
    assert Route.objects.get(pk=post.route.pk).addresses == []


# One's own


def test_ones_own_channels_and_quiet_hours_are_kept(post):
    client = client_of(post.sari)
    assert client.post("/account/notifications/", {"push": "on", "quiet_from": "21:30", "quiet_until": "05:30"}).status_code == 302
    wish = Preference.objects.get(person=post.sari)
    assert (wish.mail, wish.push, wish.quiet_from.minute) == (False, True, 30)
    assert client.post("/account/notifications/", {"quiet_from": "21:30"}).status_code == 422


def registration(url="http://127.0.0.1:9/push/abc"):
    key = ec.generate_private_key(ec.SECP256R1())
    return {"endpoint": url, "p256dh": webpush.b64(webpush.public_bytes(key)), "auth": webpush.b64(os.urandom(16))}


def test_a_browser_is_registered_once_and_is_whoever_registered_it_last(post):
    for person in (post.sari, post.colleague):
        client_of(person).post("/account/notifications/browsers/", registration(), headers={"user-agent": "Mozilla Firefox/130 Android"})
    browser = Browser.objects.get()
    assert (browser.person, browser.name) == (post.colleague, "Firefox, Android")
    assert client_of(post.sari).post(f"/account/notifications/browsers/{browser.pk}/remove/").status_code == 404
    client_of(post.colleague).post(f"/account/notifications/browsers/{browser.pk}/remove/")
    assert not Browser.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"endpoint": "http://10.1.2.3/x"}, {"endpoint": "file:///etc/passwd"}, {"p256dh": "AAAA"}, {"auth": "AAAA"}, {"auth": "*"}]
)
def test_a_browser_that_cannot_be_reached_or_lies_inside_is_refused(post, wrong):
    client_of(post.sari).post("/account/notifications/browsers/", registration() | wrong)
    assert not Browser.objects.exists()


def test_whoever_leaves_takes_their_browsers_with_them(post):
    from kentongan.office.people import services as people

    client_of(post.sari).post("/account/notifications/browsers/", registration())
    people.leave(post.boss, post.sari, NOW)
    assert not Browser.objects.exists()


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.5; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox, Mac"),
        ("curl/8", ""),
    ],
)
def test_a_browser_is_called_by_its_maker_and_its_system(agent, name):
    assert browser_name(agent) == name


def test_without_mail_server_and_browser_there_is_nothing_to_test(post):
    with pytest.raises(RefusedError):
        arranging.test_me(post.sari, NOW)
    assert not AlertDelivery.objects.exists()
