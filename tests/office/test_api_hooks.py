"""Webhooks: what is told, to whom, with which signature, how often it is tried, and what is never asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.adapters import push
from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.errors import InputError, RefusedError
from kentongan.office import outside, sealing
from kentongan.office.api import events, services, tasks, telling
from kentongan.office.api.models import Delivery, Hook
from kentongan.office.ledger.models import Line
from kentongan.office.listening import briefing
from kentongan.office.listening import services as listening
from kentongan.office.listening.models import Signal, Silence, Source, Story
from kentongan.office.people.versions import ConflictError
from kentongan.testing import builders
from kentongan.testing.fake_site import Answer, FakeSite

pytestmark = pytest.mark.django_db
NOW = builders.NOW
SECRET = "a secret of sixteen and more"
REAL = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


class Receiver(FakeSite):
    """Takes what it is told; `status` is what it answers."""

    status = 204
    headers = {}

    def answer(self, asked):
        return Answer(b"", self.status, self.headers)


@pytest.fixture
def receiver():
    with Receiver() as site:
        yield site


@pytest.fixture
def fetcher():
    made = HttpFetcher(FetchSettings(contact="tests@kentongan.example", allow_hosts=frozenset({"127.0.0.1"}), total_timeout_s=5))
    yield made
    made.close()


@pytest.fixture
def admin(house):
    return builders.make_user(house.ours, "kepala", "administrator")


@pytest.fixture
def hook(admin, receiver):
    draft = services.HookDraft("Ruang kendali", f"{receiver.url}/masuk", tuple(events.EVENTS))
    return services.make_hook(admin, draft, SECRET, NOW)


def told(hook, now=NOW):
    """The events that are made now, with their data."""
    return [(row.event, row.payload) for row in Delivery.objects.filter(pk__in=telling.gather(hook.pk, now)).order_by("pk")]


def tell_one(hook):
    return services.test_hook(hook.by, hook, NOW)


# What is worth telling


def test_what_stood_before_an_address_was_named_is_not_told(hook):
    assert told(hook) == []


def test_a_new_signal_is_raised_once_and_told_again_only_when_level_or_decision_changes(house, hook):
    signal = builders.make_signal(house.stories[3], "KTP", raised=NOW + timedelta(minutes=1), updated=NOW + timedelta(minutes=1))
    (raised,) = told(hook, NOW + timedelta(minutes=2))
    assert (raised[0], raised[1]["signal"], raised[1]["state"]) == ("signal.raised", signal.pk, "new")
    Signal.objects.filter(pk=signal.pk).update(observed=99, updated=NOW + timedelta(minutes=3))
    assert told(hook, NOW + timedelta(minutes=4)) == []
    Signal.objects.filter(pk=signal.pk).update(level="crisis")
    assert [(name, data["level"]) for name, data in told(hook)] == [("signal.changed", "crisis")]
    listening.dismiss_signal(house.officer, signal, "Sudah dikenal", NOW + timedelta(minutes=5))
    assert [(name, data["state"]) for name, data in told(hook)] == [("signal.changed", "dismissed")]


def test_a_signal_that_was_forgotten_and_moves_again_is_told_as_changed(house, hook):
    later = NOW + timedelta(days=10)
    assert told(hook, later) == []
    Signal.objects.filter(state="acknowledged").update(updated=later)
    assert {name for name, _ in told(hook, later)} == {"signal.changed"}


def test_a_story_that_becomes_a_crisis_is_told(house, hook):
    Story.objects.filter(pk=house.stories[0].pk).update(level="crisis")
    (said,) = [one for one in told(hook) if one[0] == "story.crisis"]
    assert said[1]["story"] == house.stories[0].pk
    assert told(hook) == []


def test_a_signed_briefing_is_told_with_its_digest(house, hook):
    content = briefing.compose(house.ours, NOW - briefing.FIRST_VISIT, NOW, "en")
    row = listening.sign_briefing(house.officer, content, NOW)
    assert told(hook) == [
        ("briefing.signed", {"briefing": row.pk, "at": NOW.isoformat(), "signed_at": NOW.isoformat(), "digest": row.digest})
    ]


def test_a_silence_and_a_source_that_fails_three_times_are_told_once(house, hook):
    source = Source.objects.filter(outcome="ok", paused=False)[0]
    Silence.objects.create(
        office=house.ours, kind="source", subject=str(source.pk), source=source, since=NOW, noticed=NOW, expected=9, observed=0
    )  # fmt: skip
    Source.objects.filter(pk=source.pk).update(outcome="timeout", failures=2)
    assert [name for name, _ in told(hook)] == ["silence.begun"]
    Source.objects.filter(pk=source.pk).update(failures=3)
    assert [(name, data["outcome"]) for name, data in told(hook)] == [("source.failing", "timeout")]
    Source.objects.filter(pk=source.pk).update(outcome="refused", failures=4)
    assert told(hook) == []


def test_only_what_was_chosen_is_told(house, admin, receiver):
    narrow = services.make_hook(admin, services.HookDraft("Sempit", receiver.url, ("signal.raised",)), SECRET, NOW)
    Story.objects.filter(pk=house.stories[0].pk).update(level="crisis")
    signal = Signal.objects.filter(state="new")[0]
    Signal.objects.filter(pk=signal.pk).update(level="low")
    assert told(narrow) == []


def test_one_office_is_told_nothing_of_another(house, hook):
    story = builders.make_story(house.theirs, builders.EVENTS[0])
    builders.make_signal(story, "Lain", raised=NOW, updated=NOW)
    assert told(hook) == []


def test_while_paused_nothing_is_made_and_afterwards_only_how_things_stand(house, admin, hook):
    services.pause_hook(admin, hook, True, NOW)
    signal = Signal.objects.filter(state="new")[0]
    for level in ("low", "medium", "watch"):
        Signal.objects.filter(pk=signal.pk).update(level=level)
        assert told(hook) == []
    services.pause_hook(admin, hook, False, NOW)
    assert [(name, data["level"]) for name, data in told(hook)] == [("signal.changed", "watch")]


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from(["low/new", "high/new", "high/seen"])), max_size=6))
def test_every_difference_is_told_exactly_once_and_nothing_else(steps):
    def standing(step):
        return [events.Standing(key, said, "signal.raised", "signal.changed", {"is": said}, NOW) for key, said in sorted(step.items())]

    known: dict[str, str] = {}
    for step in steps:
        before = dict(known)
        said, known = events.news(before, standing(step), ["signal.raised", "signal.changed"], NOW)
        assert known == step
        assert len(said) == sum(before.get(key) != value for key, value in step.items())
        assert events.news(known, standing(step), list(events.EVENTS), NOW)[0] == []


# How it is told


def test_a_delivery_is_signed_so_that_the_receiver_can_check_it(hook, receiver, fetcher):
    delivery = tell_one(hook)
    assert telling.deliver(delivery.pk, fetcher, REAL) is None
    (asked,) = receiver.asked
    assert (asked.method, asked.path, asked.headers["content-type"]) == ("POST", "/masuk", "application/json")
    verified = push.verify(SECRET.encode(), asked.headers, asked.body, REAL)
    assert (verified.verdict, verified.id) == ("ok", f"delivery-{delivery.pk}")
    assert push.verify(b"another secret of sixteen", asked.headers, asked.body, REAL).verdict == "bad_signature"
    said = json.loads(asked.body)
    assert (said["id"], said["event"], asked.headers["x-kentongan-event"]) == (verified.id, "test", "test")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.status, delivery.tries) == ("delivered", 204, 1)


def test_what_is_delivered_is_not_told_again(hook, receiver, fetcher):
    delivery = tell_one(hook)
    telling.deliver(delivery.pk, fetcher, REAL)
    assert telling.deliver(delivery.pk, fetcher, REAL) is None
    assert len(receiver.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 410, 500, 503, 302])
def test_a_receiver_that_refuses_is_tried_again_with_growing_pauses_and_the_same_id_then_given_up(hook, receiver, fetcher, status):
    receiver.status = status
    delivery = tell_one(hook)
    pauses = [telling.deliver(delivery.pk, fetcher, REAL + timedelta(minutes=n)) for n in range(telling.MOST_TRIES)]
    assert pauses == [*map(float, telling.PAUSES_S), None]
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, delivery.status) == ("given_up", telling.MOST_TRIES, status)
    assert len({asked.headers["x-kentongan-id"] for asked in receiver.asked}) == 1
    assert len({asked.headers["x-kentongan-signature"] for asked in receiver.asked}) == telling.MOST_TRIES
    hook.refresh_from_db()
    assert hook.failures == telling.MOST_TRIES


def test_a_success_makes_an_address_well_again(hook, receiver, fetcher):
    Hook.objects.update(failures=5)
    telling.deliver(tell_one(hook).pk, fetcher, REAL)
    assert Hook.objects.get().failures == 0


def test_a_receiver_that_asks_for_more_time_gets_it(hook, receiver, fetcher):
    receiver.status, receiver.headers = 429, {"Retry-After": "900"}
    assert telling.deliver(tell_one(hook).pk, fetcher, REAL) == 900.0
    assert telling.pause_s(1, 10**9) == 86_400.0


def test_a_receiver_that_is_away_is_a_failure_in_words(hook, receiver, fetcher):
    Hook.objects.update(url="http://127.0.0.1:9/")
    delivery = tell_one(hook)
    assert telling.deliver(delivery.pk, fetcher, REAL) == 30.0
    delivery.refresh_from_db()
    assert (delivery.state, delivery.status, delivery.detail.split(":")[0]) == ("waiting", 0, "refused")


def test_a_redirect_leads_the_signature_nowhere_else(hook, receiver, fetcher):
    with Receiver() as elsewhere:
        receiver.status, receiver.headers = 307, {"Location": f"{elsewhere.url}/curi"}
        telling.deliver(tell_one(hook).pk, fetcher, REAL)
        assert elsewhere.asked == []


def test_a_private_address_is_refused_when_named_and_when_told(house, admin, hook, settings):
    for url in (
        "http://10.0.0.1/",
        "http://169.254.169.254/latest",
        "http://[::1]/",
        "http://2130706433/",
        "file:///etc/passwd",
        "https://u:p@a.example/",
    ):
        with pytest.raises(InputError) as raised:
            services.make_hook(admin, services.HookDraft("Dalam", url, ("test",)[:0] or ("signal.raised",)), SECRET, NOW)
        assert raised.value.subject == "url"
    strict = HttpFetcher(FetchSettings(contact="tests@kentongan.example"))
    delivery = tell_one(hook)
    telling.deliver(delivery.pk, strict, REAL)
    strict.close()
    delivery.refresh_from_db()
    assert delivery.detail.startswith("private_address")


def test_a_secret_of_another_data_folder_gives_the_delivery_up_with_the_remedy(hook, receiver, fetcher, settings):
    delivery = tell_one(hook)
    settings.SECRET_KEY = "another folder's key"
    assert telling.deliver(delivery.pk, fetcher, REAL) is None
    delivery.refresh_from_db()
    assert delivery.state == "given_up"
    assert "secret_key" in delivery.detail
    assert receiver.asked == []


def test_a_whole_round_runs_in_the_workers_own_way(house, hook, receiver, settings):
    Story.objects.filter(pk=house.stories[0].pk).update(level="crisis")
    tasks.tell(0)
    (number,) = Delivery.objects.values_list("pk", flat=True)
    try:
        tasks.deliver(number, house.ours.pk)
    finally:
        outside.close()
    assert [json.loads(asked.body)["event"] for asked in receiver.asked] == ["story.crisis"]
    assert Delivery.objects.get().state == "delivered"
    tasks.tell(20)
    assert Delivery.objects.count() == 1


def test_a_delivery_whose_job_was_lost_is_planned_again(house, hook):
    from procrastinate.contrib.django.models import ProcrastinateJob

    delivery = tell_one(hook)
    Delivery.objects.filter(pk=delivery.pk).update(at=NOW - timedelta(hours=1))
    tasks.mend_deliveries(0)
    tasks.mend_deliveries(0)
    (job,) = ProcrastinateJob.objects.filter(task_name="deliver")
    assert job.args == {"number": delivery.pk, "office": house.ours.pk}


# Who names an address


def test_only_administrators_name_change_and_remove_addresses(house, hook):
    other = builders.make_user(house.theirs, "penguasa", "administrator")
    draft = services.HookDraft("Lain", "https://a.example/", ("signal.raised",))
    for person in (house.officer, house.reader, other):
        with pytest.raises(RefusedError):
            services.change_hook(person, hook, draft, 0, NOW)
        with pytest.raises(RefusedError):
            services.remove_hook(person, hook, NOW)
        with pytest.raises(RefusedError):
            services.test_hook(person, hook, NOW)
    with pytest.raises(RefusedError):
        services.make_hook(house.officer, draft, SECRET, NOW)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"), ({"events": ()}, "events"), ({"events": ("everything",)}, "events"), ({"url": "a.example"}, "url"),
        ({"url": ""}, "url"),
    ],
)  # fmt: skip
def test_a_hook_says_who_where_and_of_what(admin, change, field):
    given_ = {"name": "A", "url": "https://a.example/", "events": ("signal.raised",), **change}
    with pytest.raises(InputError) as raised:
        services.make_hook(admin, services.HookDraft(**given_), SECRET, NOW)
    assert raised.value.subject == field


def test_the_secret_is_sealed_and_must_be_long(admin, hook):
    assert SECRET.encode() not in bytes(Hook.objects.get().sealed)
    assert sealing.opened(Hook.objects.get().sealed) == {"secret": SECRET}
    with pytest.raises(InputError):
        services.renew_secret(admin, hook, "short", NOW)
    services.renew_secret(admin, hook, "another secret, long enough", NOW)
    assert sealing.opened(Hook.objects.get().sealed) == {"secret": "another secret, long enough"}


def test_two_administrators_do_not_overwrite_each_other(admin, hook):
    draft = services.HookDraft("Lain", hook.url, ("signal.raised",))
    services.change_hook(admin, hook, draft, 0, NOW)
    with pytest.raises(ConflictError):
        services.change_hook(admin, hook, draft, 0, NOW)


def test_an_event_that_is_chosen_later_is_told_from_then_on(house, admin, receiver):
    hook = services.make_hook(admin, services.HookDraft("Sempit", receiver.url, ("signal.raised",)), SECRET, NOW)
    Story.objects.filter(pk=house.stories[0].pk).update(level="crisis")
    services.change_hook(admin, hook, services.HookDraft("Lebar", receiver.url, ("signal.raised", "story.crisis")), 0, NOW)
    assert told(hook) == []


def test_every_act_leaves_its_line(admin, hook):
    services.pause_hook(admin, hook, True, NOW)
    services.remove_hook(admin, hook, NOW)
    acts = list(Line.objects.filter(subject=f"hook:{hook.pk}").order_by("id").values_list("act", flat=True))
    assert acts == ["hook.made", "hook.changed", "hook.removed"]
    assert not Delivery.objects.exists()
