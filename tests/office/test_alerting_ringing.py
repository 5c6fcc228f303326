"""Messages on their way: real mail, real HTTP, a browser that decrypts; tried again, parked, never ringing twice for who can tell."""

from __future__ import annotations

import email
import email.policy
import json
import os
import sys
from datetime import UTC, datetime, time, timedelta
from email.header import decode_header
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

sys.path.insert(0, str(Path(__file__).parent))
from alerts import NOW, made

from kentongan.adapters import push, webpush
from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.errors import InputError, OutsideError
from kentongan.office import sealing
from kentongan.office.alerting import arranging, looking, ringing
from kentongan.office.alerting.models import Address, AlertDelivery, Browser, Route
from kentongan.testing.fake_site import Answer, FakeSite

pytestmark = pytest.mark.django_db
REAL = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
SECRET = "a secret of sixteen and more"


class Receiver(FakeSite):
    """Takes what it is told; `status` is what it answers."""

    status = 204

    def answer(self, asked):
        return Answer(b"", self.status)


class Sink:
    """A mail server that keeps what it is given, or says `says`."""

    says = "250 OK"

    def __init__(self):
        self.got = []

    async def handle_DATA(self, server, session, envelope):
        if self.says.startswith("250"):
            self.got.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return self.says


@pytest.fixture(scope="module")
def mail_server(serve_mail):
    kept = Sink()
    kept.url = serve_mail(kept)
    return kept


@pytest.fixture
def sink(mail_server, settings):
    mail_server.got.clear()
    mail_server.says = "250 OK"
    settings.CONFIG = type(settings.CONFIG)({**settings.CONFIG.values, "mail_url": mail_server.url}, settings.CONFIG.origins)
    return mail_server


@pytest.fixture
def receiver():
    with Receiver() as site:
        yield site


@pytest.fixture(scope="module")
def fetcher():
    made = HttpFetcher(FetchSettings(contact="tests@kentongan.example", allow_hosts=frozenset({"127.0.0.1"}), total_timeout_s=5))
    yield made
    made.close()


@pytest.fixture
def post(sink):
    return made()


def outside(post, receiver, kind, **more):
    draft = arranging.AddressDraft(kind, "Ruang kendali", "vi", f"{receiver.url}/kentongan", **more)
    address = arranging.make_address(post.boss, draft, SECRET, NOW)
    Route.objects.filter(pk=post.route.pk).update(addresses=[address.pk], channels=[])
    return address


def rung(alert, channel, fetcher):
    row = AlertDelivery.objects.get(alert=alert, channel=channel)
    wait = ringing.ring(row.pk, fetcher, REAL)
    row.refresh_from_db()
    return row, wait


# Mail


def test_a_mail_stands_alone_in_the_receivers_language(post, sink, fetcher):
    alert = post.raised("high", at=NOW)
    row, wait = rung(alert, "mail", fetcher)
    ((to, message),) = sink.got
    assert (wait, row.state, row.delivered) == (None, "delivered", REAL)
    assert to == ["sari@muarasena.example"]
    assert message["Subject"] == "▲ HIGH: banjir bandang"
    text = message.get_body(("plain",)).get_content()
    for piece in (
        "20 items in 3 h, usually 3.6 at this time.",
        "9 outlets",
        "Falls back if nothing further comes by",
        f"/alerts/{alert.pk}/",
    ):
        assert piece in text


def test_a_mail_that_is_sent_again_after_an_unknown_outcome_has_the_same_id(post, sink, fetcher):
    alert = post.raised()
    row, _ = rung(alert, "mail", fetcher)
    AlertDelivery.objects.filter(pk=row.pk).update(state="waiting")
    ringing.ring(row.pk, fetcher, REAL + timedelta(minutes=1))
    assert len({message["Message-ID"] for _, message in sink.got}) == 1
    assert len(sink.got) == 2


def test_a_mail_server_that_is_away_is_tried_again_one_that_refuses_is_not(post, sink, fetcher):
    sink.says = "451 later"
    row, wait = rung(post.raised(), "mail", fetcher)
    assert (wait, row.state, row.tries) == (10.0, "waiting", 1)
    sink.says = "550 never"
    with pytest.raises(OutsideError, match="550"):
        ringing.ring(row.pk, fetcher, REAL)
    row.refresh_from_db()
    assert (row.state, row.tries) == ("parked", 2)


# Webhook


def test_a_webhook_is_signed_and_carries_words_and_facts(post, receiver, fetcher):
    outside(post, receiver, "webhook")
    alert = post.raised("crisis")
    row, _ = rung(alert, "webhook", fetcher)
    (asked,) = receiver.asked
    verified = push.verify(SECRET.encode(), asked.headers, asked.body, REAL)
    assert (verified.verdict, verified.id, row.state) == ("ok", row.key, "delivered")
    said = json.loads(asked.body)
    assert (said["event"], said["alerts"][0]["level"], said["alerts"][0]["alert"]) == ("alert.raised", "crisis", alert.pk)
    assert said["text"].startswith("⬢ KHỦNG HOẢNG: banjir bandang")
    assert said["link"].endswith(f"/alerts/{alert.pk}/")


def test_a_chat_room_is_told_of_the_end(post, receiver, fetcher):
    outside(post, receiver, "webhook")
    alert = post.fell(post.raised(), NOW + timedelta(hours=1))
    assert list(AlertDelivery.objects.filter(alert=alert, channel="webhook").values_list("news", flat=True)) == ["raised", "ended"]


def test_a_receiver_that_fails_is_tried_with_growing_pauses_and_one_key_then_parked_with_its_reason_and_may_be_tried_again(
    post, receiver, fetcher
):
    address = outside(post, receiver, "webhook")
    receiver.status = 503
    row, wait = rung(post.raised(), "webhook", fetcher)
    pauses = [wait, *(ringing.ring(row.pk, fetcher, REAL) for _ in range(ringing.MOST_TRIES - 2))]
    assert pauses == list(map(float, ringing.PAUSES_S))
    with pytest.raises(OutsideError) as parked:
        ringing.ring(row.pk, fetcher, REAL)
    assert parked.value.permanent
    row.refresh_from_db()
    address.refresh_from_db()
    assert (row.state, row.status, row.tries, address.failures) == ("parked", 503, ringing.MOST_TRIES, ringing.MOST_TRIES)
    assert len({asked.headers["x-kentongan-id"] for asked in receiver.asked}) == 1
    receiver.status = 200
    assert ringing.ring(row.pk, fetcher, REAL) is None
    row.refresh_from_db()
    assert (row.state, row.tries) == ("delivered", 1)


def test_what_is_delivered_rings_no_second_time(post, receiver, fetcher):
    outside(post, receiver, "webhook")
    row, _ = rung(post.raised(), "webhook", fetcher)
    assert ringing.ring(row.pk, fetcher, REAL) is None
    assert len(receiver.asked) == 1


def test_an_address_in_the_own_network_is_told_nothing_unless_it_was_named(post, receiver):
    outside(post, receiver, "webhook")
    strict = HttpFetcher(FetchSettings(contact="tests@kentongan.example", total_timeout_s=5))
    row = AlertDelivery.objects.get(alert=post.raised(), channel="webhook")
    with pytest.raises(OutsideError, match="private_address"):
        ringing.ring(row.pk, strict, REAL)
    strict.close()
    assert receiver.asked == []
    with pytest.raises(InputError):
        arranging.make_address(post.boss, arranging.AddressDraft("ntfy", "Dalam", "id", "http://10.0.0.1/x"), SECRET, NOW)


# ntfy


def test_an_ntfy_topic_gets_text_title_priority_tags_and_the_link(post, receiver, fetcher):
    outside(post, receiver, "ntfy", token="tk_rahasia")
    alert = post.raised("crisis")
    row, _ = rung(alert, "ntfy", fetcher)
    (asked,) = receiver.asked
    ((title, charset),) = decode_header(asked.headers["title"])
    assert title.decode(charset) == "⬢ KHỦNG HOẢNG: banjir bandang"
    assert (asked.path, asked.headers["priority"], asked.headers["tags"]) == ("/kentongan", "5", "sos,crisis")
    assert (asked.headers["authorization"], asked.headers["content-type"]) == ("Bearer tk_rahasia", "text/plain; charset=utf-8")
    assert asked.headers["click"].endswith(f"/alerts/{alert.pk}/")
    assert asked.headers["x-sequence-id"] == row.key
    assert "20" in asked.body.decode()


# Browser


class BrowserOf:
    """A browser: its key, its secret, and what it can read."""

    def __init__(self, site):
        self.key, self.auth, self.url = ec.generate_private_key(ec.SECP256R1()), os.urandom(16), f"{site.url}/push/abc"

    def draft(self):
        public = webpush.b64(webpush.public_bytes(self.key))
        return arranging.BrowserDraft(self.url, public, webpush.b64(self.auth), "Firefox, Android")

    def reads(self, asked):
        return json.loads(webpush.decrypt(asked.body, key=self.key, auth=self.auth))


@pytest.fixture
def browser(post, receiver):
    arranging.push_key(post.office)
    one = BrowserOf(receiver)
    arranging.register_browser(post.sari, one.draft(), NOW)
    return one


def test_a_browser_reads_its_message_and_nobody_on_the_way_does(post, browser, receiver, fetcher):
    alert = post.raised("crisis", subject="gempa")
    row, _ = rung(alert, "push", fetcher)
    (asked,) = receiver.asked
    said = browser.reads(asked)
    assert said["title"] == "⬢ CRISIS: gempa"
    assert len(said["title"]) + len(said["body"]) <= 160
    assert (said["tag"], said["key"], said["url"][-len(f"/alerts/{alert.pk}/") :]) == (f"alert-{alert.pk}", row.key, f"/alerts/{alert.pk}/")
    assert b"gempa" not in asked.body
    assert (asked.headers["content-encoding"], asked.headers["urgency"], asked.headers["topic"]) == (
        "aes128gcm",
        "high",
        f"alert-{alert.pk}",
    )
    assert asked.headers["authorization"].startswith("vapid t=")
    assert f"k={arranging.push_key(post.office)}" in asked.headers["authorization"]
    assert Browser.objects.get().reached == REAL


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_its_service_does_not_know_any_more_is_forgotten(post, browser, receiver, fetcher, status):
    receiver.status = status
    row = AlertDelivery.objects.get(alert=post.raised(), channel="push")
    with pytest.raises(OutsideError):
        ringing.ring(row.pk, fetcher, REAL)
    row.refresh_from_db()
    assert (row.state, row.status, row.browser) == ("parked", status, None)
    assert not Browser.objects.exists()


def test_two_messages_to_one_browser_share_neither_key_nor_salt(post, browser, receiver, fetcher):
    for subject in ("satu", "dua"):
        rung(post.raised(subject=subject), "push", fetcher)
    first, second = (asked.body for asked in receiver.asked)
    assert first[:16] != second[:16] and first[21:86] != second[21:86]


def test_whoever_left_in_the_meantime_is_sent_nothing(post, sink, fetcher):
    alert = post.raised()
    type(post.sari).objects.filter(pk=post.sari.pk).update(is_active=False)
    row, wait = rung(alert, "mail", fetcher)
    assert (row.state, row.detail, wait, sink.got) == ("parked", "person_left", None, [])


# Secrets and tests


def test_addresses_are_sealed_and_only_their_host_is_kept_readable(post, receiver, browser):
    address = outside(post, receiver, "ntfy", token="tk_rahasia")
    for row, words in ((Address.objects.get(), [b"tk_rahasia", b"/kentongan"]), (Browser.objects.get(), [b"/push/abc"])):
        assert not any(word in bytes(row.sealed) for word in words)
    assert address.host == receiver.url.removeprefix("http://")
    assert sealing.opened(address.sealed)["token"] == "tk_rahasia"


def test_a_test_arrives_at_the_address_and_at_oneself(post, receiver, browser, sink, fetcher):
    address = outside(post, receiver, "webhook")
    row = arranging.test_address(post.boss, address, NOW)
    assert ringing.ring(row.pk, fetcher, REAL) is None
    assert json.loads(receiver.asked[0].body)["event"] == "alert.test"
    for one in arranging.test_me(post.sari, NOW):
        assert ringing.ring(one.pk, fetcher, REAL) is None
    assert browser.reads(receiver.asked[1])["title"] == "A test by Kentongan"
    assert sink.got[0][1]["Subject"] == "A test by Kentongan"


def test_the_message_of_the_morning_names_every_event_with_its_link(post, sink, fetcher):
    Route.objects.filter(pk=post.route.pk).update(quiet_from=time(7), quiet_until=time(9))
    first, third = post.raised("high", subject="satu"), post.raised("high", subject="tiga")
    (number,) = looking.look(post.office, NOW + timedelta(minutes=91))
    assert ringing.ring(number, fetcher, REAL) is None
    ((_, message),) = sink.got
    assert message["Subject"] == "▲ HIGH: 2 alerts of the quiet hours"
    text = message.get_body(("plain",)).get_content()
    assert all(f"/alerts/{alert.pk}/" in text for alert in (first, third))
