"""Passwords and keys of sources: given, tested and taken away by an administrator, and seen by nobody again, wherever one looks."""

from __future__ import annotations

import logging
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.adapters.mastodon import MastodonReader
from kentongan.errors import InputError, RefusedError
from kentongan.office import outside, sealing
from kentongan.office.ledger.models import Line
from kentongan.office.listening import collecting, credentials
from kentongan.office.listening.models import Credential, Visit
from kentongan.ports import FetchOutcome, SourceReading
from kentongan.testing import builders
from kentongan.testing.fake_mastodon import FakeMastodon

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
NOW = builders.NOW
SECRET = "Zx9-rahasia-sekali-77"
WRONG = "Qq1-salah-sekali-88"


@pytest.fixture
def boss(house):
    return builders.make_user(house.ours, "bos", "administrator")


@pytest.fixture
def client(boss):
    return client_of(boss)


@pytest.fixture
def server():
    with FakeMastodon(token=SECRET) as running:
        running.add("Air naik di Sena")
        yield running


@pytest.fixture
def source(house):
    return builders.make_source(
        house.ours, "Tagar banjir", url="#banjir@server.example", kind="mastodon", source_kind="public", outcome="", last_item=None
    )


@pytest.fixture
def reads(monkeypatch, server):
    """The real reader and the real fetcher, led to the fake server."""
    settings = FetchSettings(contact="tests@kentongan.example", allow_hosts=frozenset({"127.0.0.1"}))
    real = MastodonReader()

    class Led:
        def read(self, request, fetcher):
            from dataclasses import replace

            return real.read(replace(request, address=f"{server.url}/tags/banjir"), fetcher)

    with closing(HttpFetcher(settings)) as fetcher:
        monkeypatch.setattr(outside, "fetcher", lambda: fetcher)
        monkeypatch.setattr(outside, "reader", lambda kind: Led())
        yield


def give(client, source, **values):
    return client.post(reverse("credentials", args=[source.pk]), values, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_what_is_given_is_sealed_tested_with_a_button_and_said_in_words(client, source, reads):
    assert "No password or key is stored yet" in client.get(reverse("credentials", args=[source.pk])).content.decode()
    assert said(give(client, source, token=SECRET)) == ["Sealed and stored. Test it now."]
    row = Credential.objects.get(source=source)
    assert sealing.opened(row.sealed) == {"token": SECRET}
    assert SECRET.encode() not in bytes(row.sealed)
    tested = client.post(reverse("test_credentials", args=[source.pk]), follow=True)
    assert said(tested)[-1] == "Asked once: It answered."
    assert "What is stored opens the source" in tested.content.decode()
    assert not Visit.objects.filter(source=source).exists(), "a test is no visit"


def test_a_wrong_one_is_said_in_words_and_a_new_one_replaces_it(client, source, reads):
    give(client, source, token=WRONG)
    tested = client.post(reverse("test_credentials", args=[source.pk]), follow=True)
    assert said(tested)[-1].startswith("Asked once: The host wants a sign-in (401).")
    assert "What is stored did not open the source" in tested.content.decode()
    give(client, source, token=SECRET)
    assert Credential.objects.get(source=source).outcome == "", "what was tested was another one"
    assert "Stored, not tested yet" in client.get(reverse("credentials", args=[source.pk])).content.decode()


def test_a_field_left_empty_keeps_what_is_stored(house, boss, client):
    box = builders.make_source(house.ours, "Kotak", url="imaps://mail.kota.example/INBOX", kind="imap", source_kind="public")
    assert give(client, box, user="kota").context["form"].errors["password"]
    give(client, box, user="kota", password=SECRET)
    page = client.get(reverse("credentials", args=[box.pk])).content.decode()
    assert 'value="kota"' in page
    assert "Set. Leave it empty to keep it." in page
    give(client, box, user="kota2", password="")
    assert credentials.of(box) == {"user": "kota2", "password": SECRET}


def test_what_was_taken_away_is_gone(client, source):
    give(client, source, token=SECRET)
    client.post(reverse("remove_credentials", args=[source.pk]))
    assert not Credential.objects.exists()
    assert said(client.post(reverse("test_credentials", args=[source.pk]), follow=True))[-1] == "There is nothing to test yet."


def test_every_step_has_its_line_in_the_ledger_without_a_value(client, source, reads):
    give(client, source, token=SECRET)
    client.post(reverse("test_credentials", args=[source.pk]))
    client.post(reverse("remove_credentials", args=[source.pk]))
    lines = Line.objects.filter(act__startswith="credential.").order_by("pk")
    assert [line.act for line in lines] == ["credential.set", "credential.tested", "credential.removed"]
    assert "token" in lines[0].detail
    assert all(SECRET not in line.detail for line in lines)


def test_only_an_administrator_of_the_office_comes_near(house, boss, source):
    credentials.put(boss, source, {"token": SECRET}, NOW)
    for person, status in ((house.officer, 403), (house.reader, 403), (house.stranger, 403)):
        client = client_of(person)
        for name in ("credentials", "test_credentials", "remove_credentials"):
            assert client.post(reverse(name, args=[source.pk]), {"token": "x"}).status_code == status
    other = builders.make_user(house.theirs, "bos2", "administrator")
    assert client_of(other).get(reverse("credentials", args=[source.pk])).status_code == 404
    for person in (house.officer, other):
        for act in (
            lambda who: credentials.put(who, source, {"token": "x"}, NOW),
            lambda who: credentials.remove(who, source, NOW),
            lambda who: credentials.note_test(who, source, "ok", NOW),
        ):
            with pytest.raises(RefusedError):
                act(person)
    assert credentials.of(source) == {"token": SECRET}


def test_a_kind_without_credentials_has_no_such_page_and_a_value_may_not_be_endless(house, boss, client, source):
    feed = builders.make_source(house.ours, "Umpan")
    assert client.get(reverse("credentials", args=[feed.pk])).status_code == 404
    with pytest.raises(InputError, match="too long"):
        credentials.put(boss, source, {"token": "x" * 2_000}, NOW)


def everything_stored() -> str:
    """Every row of every table of ours and of the jobs, as text."""
    tables = [model._meta.db_table for model in apps.get_models() if model._meta.managed or "ledger" in model._meta.db_table]
    found = []
    with connection.cursor() as cursor:
        for table in [*tables, "procrastinate_jobs"]:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def test_a_planted_secret_stands_nowhere_that_anybody_can_read(house, boss, client, source, reads, caplog, monkeypatch):
    pages = []
    with caplog.at_level(logging.DEBUG):
        pages.append(give(client, source, token=SECRET))
        pages.append(client.post(reverse("test_credentials", args=[source.pk]), follow=True))
        from django.conf import settings

        collecting.visit(source, outside.fetcher(), NOW, settings.CONFIG, None)
        give(client, source, token=WRONG)
        collecting.visit(source, outside.fetcher(), NOW, settings.CONFIG, None)
        pages.append(give(client, source, token="x" * 1_001 + SECRET))
        addresses = [
            reverse("credentials", args=[source.pk]), reverse("source", args=[source.pk]), reverse("sources"), reverse("export_sources"),
            reverse("briefing"), f"/api/v1/sources/{source.pk}",
        ]  # fmt: skip
        pages += [client.get(address) for address in addresses]
    for secret in (SECRET, WRONG):
        for page in pages:
            assert secret not in page.content.decode(), page.request["PATH_INFO"]
        assert secret not in caplog.text
        assert secret not in everything_stored()
    assert Visit.objects.filter(source=source).count() == 2


def test_a_reader_that_breaks_while_it_holds_the_secret_leaves_it_on_no_page_and_in_no_log(client, source, monkeypatch, caplog):
    class Breaks:
        def read(self, request, fetcher):
            raise ValueError(f"bug in a reader near {len(request.credentials)} secrets")

    give(client, source, token=SECRET)
    monkeypatch.setattr(outside, "reader", lambda kind: Breaks())
    client.raise_request_exception = False
    with caplog.at_level(logging.DEBUG):
        response = client.post(reverse("test_credentials", args=[source.pk]))
    assert response.status_code == 500
    assert SECRET not in response.content.decode()
    assert SECRET not in caplog.text


def test_secrets_of_another_data_folder_are_as_if_none_were_set(boss, source, client, monkeypatch, settings):
    give(client, source, token=SECRET)
    settings.SECRET_KEY = "another folder's key, long enough to be one"
    assert credentials.of(source) == {}


def test_the_words_of_a_machine_are_not_repeated_after_a_test(client, source, monkeypatch):
    class Echoes:
        def read(self, request, fetcher):
            return SourceReading(FetchOutcome("server_error", "https://a.example/", 500, detail=f"you sent {request.credentials['token']}"))

    give(client, source, token=SECRET)
    monkeypatch.setattr(outside, "reader", lambda kind: Echoes())
    tested = client.post(reverse("test_credentials", args=[source.pk]), follow=True)
    assert said(tested)[-1] == "Asked once: The host has a fault of its own."
    assert SECRET not in tested.content.decode()
