"""The first run: the link opens once and for one browser, every step can be left and taken up again; afterwards it is closed."""

from __future__ import annotations

import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from kentongan.errors import InputError, MailError, RefusedError
from kentongan.office.administration import wizard
from kentongan.office.administration.models import FirstRun
from kentongan.office.ledger.models import Line
from kentongan.office.listening.models import Source
from kentongan.office.people.models import Office, Place, User
from kentongan.packs import get_pack
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL

NOW = builders.NOW
WORD = "a-word-of-chance"
PLACES = "code,level,name,parent\n33.74,city,Kota Tirtaloka,\n33.74.01,district,Kecamatan Sungai Lor,33.74\n"
OFFICE = {"name": "Diskominfo Tirtaloka", "country": "ID", "time_zone": "Asia/Makassar", "language": "id"}
ACCOUNT = {"first_name": "Sri", "last_name": "Wening", "email": "sri@tirtaloka.example", "password": "sungai bersih di pagi hari"}


@pytest.fixture(autouse=True)
def still(settings):
    settings.CLOCK = STILL


@pytest.fixture
def empty(office):
    """An installation that was just started: one office, nobody in it, the link printed."""
    assert wizard.prepare(WORD, NOW)
    return office


def inside(word=WORD):
    client = Client()
    client.cookies["django_language"] = "en"
    assert client.post(reverse("begin", args=[word]), follow=True).status_code == 200
    return client


def give(client, name, data=None):
    return client.post(reverse("first_run_step", args=[name]), data or {}, follow=True)


def later(client, name):
    return client.post(reverse("leave_out_step", args=[name]), follow=True)


def file_of(text, name="places.csv"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, text.encode())


def test_the_whole_first_run(empty):
    client = inside()
    assert not Office.objects.get().ready
    assert "Who administers it?" in give(client, "office", OFFICE).content.decode()
    assert "Which districts" in give(client, "account", ACCOUNT).content.decode()
    assert "2 places are known now" in give(client, "places", {"file": file_of(PLACES)}).content.decode()
    assert "Does mail arrive?" in give(client, "sources", {"packs": ["factcheck"]}).content.decode()
    assert Source.objects.count() == 0
    assert "Whom may an outlet ask?" in give(client, "mail", {"address": "sri@tirtaloka.example"}).content.decode()
    assert [one.to for one in mail.outbox] == [["sri@tirtaloka.example"]]
    assert "Everything is said" in give(client, "contact", {"contact": "humas@tirtaloka.example"}).content.decode()
    briefing = give(client, "end")
    assert briefing.redirect_chain[-1][0] == "/"
    assert f"{len(get_pack('factcheck').entries)} sources are visited from now on" in briefing.content.decode()

    office, person = Office.objects.get(), User.objects.get()
    assert (office.name, office.time_zone, office.contact, office.ready) == (
        "Diskominfo Tirtaloka", "Asia/Makassar", "humas@tirtaloka.example", True,
    )  # fmt: skip
    assert (person.role, person.get_full_name(), person.check_password(ACCOUNT["password"])) == ("administrator", "Sri Wening", True)
    assert Place.objects.filter(office=office).count() == 2
    assert Source.objects.filter(office=office).count() == len(get_pack("factcheck").entries)
    assert Line.objects.filter(act="office.begun", actor=person.pk).count() == 1
    assert int(client.session["_auth_user_id"]) == person.pk


@pytest.mark.parametrize(("ticked", "roles"), [({"factor": "on"}, ["approver"]), ({}, [])])
def test_approvers_need_a_second_factor_from_the_beginning_unless_it_is_unticked(empty, ticked, roles):
    client = inside()
    give(client, "office", OFFICE)
    assert re.search(r'name="factor"[^>]* checked', client.get(reverse("first_run_step", args=["account"])).content.decode())
    give(client, "account", ACCOUNT | ticked)
    assert Office.objects.get().second_factor_roles == roles
    assert Line.objects.filter(act="office.changed", detail__contains='"second_factor_roles":["approver"]').count() == len(roles)


def test_the_link_opens_once_and_for_nobody_else(empty):
    first = inside()
    for late in (Client().get(reverse("begin", args=[WORD])), Client().post(reverse("begin", args=[WORD]))):
        assert late.status_code == 410
    for name in wizard.NAMES:
        assert Client().get(reverse("first_run_step", args=[name])).status_code == 404
        assert Client().post(reverse("first_run_step", args=[name]), {**OFFICE, **ACCOUNT}).status_code == 404
    assert User.objects.count() == 0
    assert first.get(reverse("begin", args=[WORD]), follow=True).status_code == 200


def test_a_session_of_before_is_not_the_one_that_is_inside(empty):
    client = Client()
    client.get(reverse("account_login"))
    session = client.session
    session["x"] = 1
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    client.post(reverse("begin", args=[WORD]))
    assert client.cookies["sessionid"].value != planted


def test_looking_at_the_link_uses_nothing_up(empty):
    curious = Client()
    for _ in range(3):
        page = curious.get(reverse("begin", args=[WORD]))
        assert (page.status_code, b'method="post"' in page.content) == (200, True)
    assert curious.head(reverse("begin", args=[WORD])).status_code == 405
    assert curious.get(reverse("first_run")).status_code == 404
    assert FirstRun.objects.get().key == ""
    assert inside().get(reverse("first_run")).status_code == 302
    assert Client().get(reverse("begin", args=["another-word"])).status_code == 410


def test_the_button_of_the_link_needs_the_word_against_forgery(empty):
    assert Client(enforce_csrf_checks=True).post(reverse("begin", args=[WORD])).status_code == 403
    assert wizard.opens(WORD)


def test_a_new_start_prints_a_link_that_takes_over_where_the_other_stood(empty):
    old = inside()
    give(old, "office", OFFICE)
    assert wizard.prepare("the-next-word", NOW)
    assert old.get(reverse("first_run_step", args=["account"])).status_code == 200
    new = inside("the-next-word")
    assert old.get(reverse("first_run_step", args=["account"])).status_code == 404
    assert new.get(reverse("first_run")).headers["Location"] == reverse("first_run_step", args=["account"])


def test_nothing_can_be_read_of_the_link_in_the_database(empty):
    inside()
    wizard.prepare("the-next-word", NOW)
    row = FirstRun.objects.get()
    assert (row.digest, row.key) != ("", "")
    assert WORD not in json.dumps([row.digest, row.key])
    assert "the-next-word" not in json.dumps([row.digest, row.key])


def test_once_over_it_is_closed_even_for_the_browser_that_was_inside(empty):
    client = inside()
    give(client, "office", OFFICE)
    give(client, "account", ACCOUNT)
    give(client, "contact", {"contact": "humas@tirtaloka.example"})
    give(client, "end")
    assert client.get(reverse("first_run")).status_code == 404
    assert not wizard.prepare("again", NOW)
    assert Client().get(reverse("begin", args=["again"])).status_code == 410


def test_somebody_added_at_the_terminal_closes_it(empty):
    client = inside()
    builders.make_user(empty, "sari", "administrator")
    assert client.get(reverse("first_run")).status_code == 404
    assert not wizard.prepare("again", NOW)
    assert Office.objects.get().ready
    assert FirstRun.objects.get().finished is not None


def test_an_installation_with_people_has_no_first_run(officer):
    assert not wizard.prepare(WORD, NOW)
    assert not FirstRun.objects.exists()
    assert Office.objects.get().ready


def test_what_is_needed_cannot_be_left_out_and_the_end_says_what_is_missing(empty):
    client = inside()
    for name in ("office", "account", "contact"):
        assert "This step is needed" in later(client, name).content.decode()
    for name in ("places", "sources", "mail"):
        later(client, name)
    ended = give(client, "end").content.decode()
    assert "Still to be done: Office, Your account, Contact" in ended
    assert not Office.objects.get().ready


def test_an_account_is_made_once(empty):
    client = inside()
    give(client, "office", OFFICE)
    give(client, "account", ACCOUNT)
    give(client, "account", {**ACCOUNT, "email": "lain@tirtaloka.example"})
    assert User.objects.count() == 1
    run = FirstRun.objects.get()
    with pytest.raises(RefusedError):
        wizard.make_administrator(run, wizard.Account("b@kota.example", "B", "", ACCOUNT["password"]), "c", NOW)


@pytest.mark.parametrize(
    ("step", "data", "said"),
    [
        ("office", {**OFFICE, "name": ""}, "required"),
        ("office", {**OFFICE, "time_zone": "Mars/Olympus"}, "valid choice"),
        ("account", {**ACCOUNT, "password": "12345"}, "too short"),
        ("account", {**ACCOUNT, "email": "no address"}, "valid email"),
        ("places", {"file": "no file"}, "file"),
        ("sources", {"packs": ["no-such-pack"]}, "valid choice"),
        ("mail", {"address": "x"}, "valid email"),
        ("contact", {"contact": "bộ phận báo chí"}, "plain letters"),
    ],
)
def test_what_cannot_be_is_said_at_its_step_and_nothing_is_kept(empty, step, data, said):
    client = inside()
    answer = give(client, step, data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert FirstRun.objects.get().done == []


def test_a_damaged_list_of_places_names_the_line_and_leaves_no_place(empty):
    client = inside()
    body = give(client, "places", {"file": file_of("code,level,name,parent\n1,city,Kota,9\n")}).content.decode()
    assert "9" in body
    assert Place.objects.count() == 0


def test_a_mail_server_that_refuses_is_said_in_its_own_words_and_the_step_stays(empty, settings):
    settings.EMAIL_BACKEND = "kentongan.office.mail.PortBackend"
    settings.CONFIG = type(settings.CONFIG)(dict(settings.CONFIG.values) | {"mail_url": "smtp://127.0.0.1:9"}, settings.CONFIG.origins)
    client = inside()
    body = give(client, "mail", {"address": "sri@tirtaloka.example"}).content.decode()
    assert "did not answer" in body
    assert "mail" not in FirstRun.objects.get().done
    with pytest.raises(MailError):
        wizard.send_test(empty, "sri@tirtaloka.example")


def test_the_address_of_a_test_cannot_carry_another_header(empty):
    for evil in ("a@b.example\nBcc: c@d.example", "a@b.example, c@d.example", ""):
        with pytest.raises(InputError):
            wizard.send_test(empty, evil)
    assert mail.outbox == []


def test_steps_need_the_word_against_forgery(empty):
    inside_ = inside()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = inside_.cookies
    assert strict.post(reverse("first_run_step", args=["office"]), OFFICE).status_code == 403


def test_the_real_start_prints_the_link_and_the_link_works(installation, fresh_url):
    place = installation(url=fresh_url)
    process = place.start("run", "--port", "0")
    address = place.line(process, "Ready: ").removeprefix("Ready: ")
    link = re.search(r"http\S+/begin/\S+/", place.said(process))
    assert link is not None
    assert link[0].startswith(address)
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with opener.open(link[0], timeout=30) as answer:
        word = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.read().decode())
    assert word is not None
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": word[1]}).encode()
    with opener.open(link[0], form, timeout=30) as answer:
        assert answer.url == f"{address}begin/step/office/"
    with pytest.raises(urllib.error.HTTPError) as closed:
        urllib.request.urlopen(link[0], timeout=30)
    closed.value.close()
    assert closed.value.code == 410
    assert place.ask("SELECT ready FROM people_office") == [(False,)]
