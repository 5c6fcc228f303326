"""The pages of programs: a secret is shown once, a row of another office does not exist, and everything works by plain forms."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from django.urls import reverse

from kentongan.office.api import services
from kentongan.office.api.models import Delivery, Hook, Token
from kentongan.office.listening.models import Credential, Source
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of
from test_api import Program, token_for

pytestmark = pytest.mark.django_db
NOW = builders.NOW
SECRET = "a secret of sixteen and more"


@pytest.fixture
def admin(house):
    return builders.make_user(house.ours, "kepala", "administrator")


@pytest.fixture
def hook(admin):
    return services.make_hook(admin, services.HookDraft("Ruang kendali", "https://kendali.example/masuk", ("signal.raised",)), SECRET, NOW)


def text_of(answer):
    return answer.content.decode()


def secret_in(answer):
    (found,) = re.findall(r'<code class="secret">([^<]+)</code>', text_of(answer))
    return found


def test_a_person_makes_a_token_sees_it_once_and_a_program_uses_it(house):
    client = client_of(house.officer)
    answer = client.post(reverse("new_token"), {"name": "Papan ruang", "scopes": ["read"], "expires": "2025-12-31"})
    secret = secret_in(answer)
    assert answer["Cache-Control"] == "no-store"
    assert Program(secret).get("stories").status_code == 200
    page = text_of(client.get(reverse("programs")))
    assert secret not in page
    assert "Papan ruang" in page
    client.post(reverse("revoke_token", args=[Token.objects.get().pk]))
    assert Program(secret).get("stories").status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"scopes": []}, {"scopes": ["everything"]}, {"expires": "2020-01-01"}, {"expires": "2027-01-01"}, {"expires": "soon"}],
)
def test_what_is_typed_wrongly_is_said_beside_its_field(house, wrong):
    typed = {"name": "Papan", "scopes": ["read"], "expires": "2025-12-31", **wrong}
    answer = client_of(house.officer).post(reverse("new_token"), typed)
    assert answer.status_code == 422
    assert 'class="wrong"' in text_of(answer)
    assert not Token.objects.exists()


def test_the_last_day_may_be_a_whole_year_away(house):
    client_of(house.officer).post(reverse("new_token"), {"name": "A", "scopes": ["read"], "expires": "2026-11-27"})
    assert Token.objects.get().expires <= NOW + services.LONGEST_LIFE


def test_a_reader_is_offered_only_what_a_reader_may(house):
    page = text_of(client_of(house.reader).get(reverse("new_token")))
    assert 'value="read"' in page
    assert 'value="decide"' not in page
    assert client_of(builders.make_user(house.ours, "warga", "reporter")).get(reverse("new_token")).status_code == 403


def test_colleagues_see_their_own_tokens_and_administrators_all(house, admin):
    token_for(house.officer)
    pk = Token.objects.get().pk
    assert "uji" not in text_of(client_of(house.reader).get(reverse("programs")))
    assert client_of(house.reader).post(reverse("revoke_token", args=[pk])).status_code == 404
    assert client_of(house.stranger).post(reverse("revoke_token", args=[pk])).status_code == 404
    assert "sari" in text_of(client_of(admin).get(reverse("programs")))
    client_of(admin).post(reverse("revoke_token", args=[pk]))
    assert Token.objects.get().revoked == NOW


def test_an_administrator_tells_an_address_and_sees_the_secret_once(house, admin):
    client = client_of(admin)
    typed = {"name": "Ruang kendali", "url": "https://kendali.example/masuk", "events": ["signal.raised", "story.crisis"], "version": 0}
    secret = secret_in(client.post(reverse("new_hook"), typed))
    made = Hook.objects.get()
    page = text_of(client.get(reverse("hook", args=[made.pk])))
    assert secret not in page
    assert "A story reached the level crisis" in page
    again = secret_in(client.post(reverse("renew_hook_secret", args=[made.pk])))
    assert again != secret


def test_a_private_address_is_refused_beside_its_field(admin):
    answer = client_of(admin).post(reverse("new_hook"), {"name": "A", "url": "http://10.1.1.1/", "events": ["signal.raised"], "version": 0})
    assert (answer.status_code, Hook.objects.count()) == (422, 0)
    assert "10.1.1.1 is not on the public internet" in text_of(answer)


def test_a_test_is_sent_and_what_came_of_it_is_shown(admin, hook):
    client = client_of(admin)
    client.post(reverse("test_hook", args=[hook.pk]))
    Delivery.objects.update(state="given_up", status=500, tries=8, detail="server_error: 500 Internal Server Error")
    page = text_of(client.get(reverse("hook", args=[hook.pk])))
    assert "Given up" in page
    assert "8 tries" in page
    assert "HTTP 500" in page


def test_an_address_is_paused_resumed_changed_and_removed(admin, hook):
    client = client_of(admin)
    client.post(reverse("pause_hook", args=[hook.pk]))
    assert Hook.objects.get().paused
    assert "is told nothing for now" in text_of(client.get(reverse("hook", args=[hook.pk])))
    client.post(reverse("resume_hook", args=[hook.pk]))
    assert not Hook.objects.get().paused
    typed = {"name": "Lain", "url": "https://lain.example/", "events": ["briefing.signed"], "version": 0}
    assert client.post(reverse("change_hook", args=[hook.pk]), typed).status_code == 302
    assert Hook.objects.get().name == "Lain"
    assert client.post(reverse("change_hook", args=[hook.pk]), typed).status_code == 409
    assert client.post(reverse("change_hook", args=[hook.pk]), {**typed, "name": ""}).status_code == 422
    client.post(reverse("remove_hook", args=[hook.pk]))
    assert not Hook.objects.exists()


def test_what_waits_is_planned_again_when_an_address_goes_on(admin, hook):
    from procrastinate.contrib.django.models import ProcrastinateJob

    services.pause_hook(admin, hook, True, NOW)
    waiting = Delivery.objects.create(office_id=hook.office_id, hook=hook, event="signal.raised", at=NOW)
    client_of(admin).post(reverse("resume_hook", args=[hook.pk]))
    assert [job.args["number"] for job in ProcrastinateJob.objects.filter(task_name="deliver")] == [waiting.pk]


HOOK_DOORS = ("hook", "change_hook", "pause_hook", "resume_hook", "test_hook", "renew_hook_secret", "remove_hook")


@pytest.mark.parametrize("name", HOOK_DOORS)
def test_an_address_of_another_office_does_not_exist_and_colleagues_may_not(house, hook, name):
    thief = client_of(builders.make_user(house.theirs, "penguasa", "administrator"))
    way = "get" if name == "hook" else "post"
    assert getattr(thief, way)(reverse(name, args=[hook.pk])).status_code == 404
    assert getattr(client_of(house.officer), way)(reverse(name, args=[hook.pk])).status_code == 403
    if way == "post":
        assert thief.get(reverse(name, args=[hook.pk])).status_code == 405
    assert Hook.objects.filter(pk=hook.pk, paused=False).exists()


def test_somebody_may_send_and_the_secret_is_shown_once(house, admin):
    client = client_of(admin)
    answer = client.post(reverse("new_push"), {"name": "Dinas Air", "source_kind": "official"})
    source = Source.objects.get(kind="push")
    assert f"/push/{source.pk}/" in text_of(answer)
    first = bytes(Credential.objects.get(source=source).sealed)
    assert secret_in(answer)
    page = text_of(client.get(reverse("programs")))
    assert "Dinas Air" in page
    assert secret_in(client.post(reverse("renew_push_secret", args=[source.pk])))
    assert bytes(Credential.objects.get(source=source).sealed) != first
    Credential.objects.all().delete()
    assert "no secret yet" in text_of(client.get(reverse("programs")))


def test_only_senders_of_ones_own_office_get_a_secret(house, admin):
    feed = Source.objects.filter(kind="feed")[0].pk
    assert client_of(admin).post(reverse("renew_push_secret", args=[feed])).status_code == 404
    source = services.add_push_source(admin, "Dinas Air", "official", SECRET, NOW)
    thief = client_of(builders.make_user(house.theirs, "penguasa", "administrator"))
    assert thief.post(reverse("renew_push_secret", args=[source.pk])).status_code == 404
    assert client_of(house.officer).post(reverse("renew_push_secret", args=[source.pk])).status_code == 403
    assert client_of(admin).post(reverse("new_push"), {"name": "", "source_kind": "official"}).status_code == 302
    assert Source.objects.filter(kind="push").count() == 1


def test_the_page_is_in_the_menu_and_asks_the_database_no_more_for_more_rows(house, admin, count_queries):
    client = client_of(admin)
    assert reverse("programs") in text_of(client.get(reverse("office")))
    counts = []
    for n in range(2):
        client.get(reverse("programs"))
        with count_queries() as said:
            client.get(reverse("programs"))
        counts.append(len(said))
        for i in range(4):
            token_for(house.officer, ["read"], f"secret-{n}-{i}")
            services.make_hook(admin, services.HookDraft(f"A{i}", "https://a.example/", ("signal.raised",)), SECRET, NOW)
            services.add_push_source(admin, f"Dinas {n} {i}", "official", SECRET, NOW)
    assert counts[0] == counts[1]
