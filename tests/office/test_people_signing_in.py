"""Signing in over the web: invitations by real mail, second factors, stolen sessions, and what the ledger keeps of it."""

from __future__ import annotations

import email
import email.policy
import json
import re
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from kentongan.office.ledger import services as ledger
from kentongan.office.ledger.models import Line
from kentongan.office.people import services, standing
from kentongan.office.people.models import Invitation, User
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of

pytestmark = pytest.mark.django_db
NOW = builders.NOW
PASSWORD = builders.PASSWORD
NEW_PASSWORD = "sungai bersih di pagi hari"


@pytest.fixture(autouse=True)
def still(settings):
    settings.CLOCK = STILL
    cache.clear()


@pytest.fixture
def people():
    ours = builders.make_office()
    return {
        name: builders.make_user(ours, name, role)
        for name, role in (("ibu", "administrator"), ("sari", "officer"), ("budi", "reader"), ("pemeriksa", "auditor"))
    } | {"ours": ours}


def browser() -> Client:
    return client_of(None)


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(reverse("account_login"), {"login": name, "password": password, **more})


def acts(*wanted: str) -> list[tuple[str, int, int, str]]:
    rows = Line.objects.filter(act__in=wanted).order_by("id")
    return list(rows.values_list("act", "office", "actor", "detail"))


def said(client: Client, address: str) -> str:
    return re.sub(r"\s+", " ", client.get(address).content.decode())


def code_of(person: User) -> str:
    secret = Authenticator.objects.get(user=person, type="totp").wrap()
    from allauth.mfa.adapter import get_adapter

    return code_from(get_adapter().decrypt(secret.instance.data["secret"]))


def code_from(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def set_up_app(client: Client, person: User) -> list[str]:
    """Through the pages, as a person does; gives the recovery codes."""
    page = client.get(reverse("mfa_activate_totp"))
    if page.status_code == 302:
        client.post(page["Location"], {"password": PASSWORD})
        page = client.get(reverse("mfa_activate_totp"))
    assert "<svg" in page.content.decode()
    done = client.post(reverse("mfa_activate_totp"), {"code": code_from(page.context["form"].secret)})
    assert done.status_code == 302, page.context["form"].errors
    return re.findall(r"<code>(\d+)</code>", client.get(reverse("mfa_view_recovery_codes")).content.decode())


# The ledger


def test_signing_in_and_out_and_refusals_are_kept_and_strangers_leave_no_name(people):
    client = browser()
    assert sign_in(client, "sari", "wrong words").status_code == 200
    assert sign_in(client, "penyusup", "wrong words").status_code == 200
    assert sign_in(client, "penyusup@luar.example", "wrong words").status_code == 200
    assert sign_in(client, "sari@muarasena.example").status_code == 302
    client.post(reverse("account_logout"))
    sari, office = people["sari"].pk, people["ours"].pk
    assert acts("session.begun", "session.refused", "session.ended") == [
        ("session.refused", office, 0, '{"kind":"password"}'),
        ("session.refused", 0, 0, '{"kind":"password"}'),
        ("session.refused", 0, 0, '{"kind":"password"}'),
        ("session.begun", office, sari, "{}"),
        ("session.ended", office, sari, "{}"),
    ]
    assert not any("penyusup" in str(row) for row in Line.objects.values_list())


def test_a_changed_password_is_kept_and_ends_every_other_session(people):
    mine, stolen = browser(), browser()
    sign_in(mine, "sari")
    sign_in(stolen, "sari")
    answer = mine.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert answer.status_code == 302
    assert acts("password.changed") == [("password.changed", people["ours"].pk, people["sari"].pk, "{}")]
    assert mine.get("/account/").status_code == 200
    assert stolen.get("/account/").status_code == 302


# Sessions


def test_a_stolen_session_is_ended_from_ones_own_page_and_works_no_more(people):
    mine, stolen = browser(), browser()
    sign_in(mine, "sari")
    sign_in(stolen, "sari")
    assert stolen.get("/stories/").status_code == 200
    theirs = UserSession.objects.exclude(session_key=mine.session.session_key).get()
    assert said(mine, "/account/").count("End it") == 1
    mine.post(reverse("end_session", args=[theirs.pk]))
    assert stolen.get("/stories/")["Location"].startswith("/accounts/login/")
    assert mine.get("/stories/").status_code == 200
    assert acts("session.revoked") == [("session.revoked", people["ours"].pk, people["sari"].pk, '{"sessions":1}')]


def test_all_other_sessions_end_with_one_button(people):
    mine, others = browser(), [browser(), browser()]
    for client in (mine, *others):
        sign_in(client, "sari")
    mine.post(reverse("end_other_sessions"))
    assert [client.get("/account/").status_code for client in (mine, *others)] == [200, 302, 302]


def test_a_colleagues_session_cannot_be_ended(people):
    mine, theirs = browser(), browser()
    sign_in(mine, "budi")
    sign_in(theirs, "sari")
    mine.post(reverse("end_session", args=[UserSession.objects.get(user=people["sari"]).pk]))
    assert theirs.get("/account/").status_code == 200


def test_whoever_leaves_is_out_at_the_next_click_and_stays_out_after_coming_back(people):
    client = browser()
    sign_in(client, "sari")
    admin = client_of(people["ibu"])
    assert admin.post(reverse("person_leaves", args=[people["sari"].pk])).status_code == 302
    assert client.get("/stories/")["Location"].startswith("/accounts/login/")
    assert sign_in(browser(), "sari").status_code == 200
    admin.post(reverse("person_returns", args=[people["sari"].pk]))
    assert client.get("/stories/").status_code == 302
    assert "Sari" not in said(admin, reverse("person", args=[people["budi"].pk]))


def test_a_forged_cookie_opens_nothing(people):
    client = browser()
    for value in ("", "x" * 32, "../../etc/passwd", "a" * 5000):
        client.cookies["sessionid"] = value
        assert client.get("/account/").status_code == 302


# Second factors


def test_an_app_is_set_up_asked_for_and_taken_away(people):
    client = browser()
    sign_in(client, "sari")
    codes = set_up_app(client, people["sari"])
    assert len(codes) == 10
    again = browser()
    assert sign_in(again, "sari")["Location"] == reverse("mfa_authenticate")
    assert again.get("/account/").status_code == 302, "half way in is outside"
    wrong = again.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200
    Authenticator.objects.filter(type="totp").update(last_used_at=None)
    cache.clear()
    assert again.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 302
    assert again.get("/account/").status_code == 200
    third = browser()
    sign_in(third, "sari")
    assert third.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 200, "a code opens once"
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.exists(), "the codes go with the last factor"
    kept = [act for act, *_ in acts("factor.added", "factor.removed", "session.refused", "session.begun")]
    assert kept == [
        "session.begun",
        "factor.added",
        "factor.added",
        "session.refused",
        "session.begun",
        "session.refused",
        "factor.removed",
        "factor.removed",
    ]


def test_the_secret_of_an_app_is_stored_encrypted(people):
    client = browser()
    sign_in(client, "sari")
    page = client.get(reverse("mfa_activate_totp"))
    client.post(page["Location"], {"password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_from(secret)})
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert code_of(people["sari"]) == code_from(secret)


def test_a_role_may_require_the_factor_and_then_leads_to_set_up_and_nothing_else(people):
    services.require_factor(people["ibu"], {"officer"}, 0, NOW)
    client = browser()
    sign_in(client, "sari")
    for address in ("/", "/stories/", "/account/", "/office/people/", reverse("source", args=[1])):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index")), address
    assert client.post(reverse("sign_briefing")).status_code == 302
    assert "Your role needs a second factor" in said(client, reverse("mfa_index"))
    assert client_of(people["budi"]).get("/").status_code == 200
    set_up_app(client, people["sari"])
    assert client.get("/stories/").status_code == 200


def test_a_lent_role_requires_the_factor_too(people):
    services.require_factor(people["ibu"], {"officer"}, 0, NOW)
    client = client_of(people["budi"])
    assert client.get("/stories/").status_code == 200
    standing.name_deputy(people["ibu"], people["sari"], people["budi"], NOW, NOW + timedelta(days=1), NOW)
    assert client.get("/stories/")["Location"] == reverse("mfa_index")


def test_a_link_from_the_terminal_asks_for_the_second_factor(people):
    from urllib.parse import urlsplit

    from kentongan.office.people.one_time import link_for

    client = browser()
    sign_in(client, "sari")
    set_up_app(client, people["sari"])
    other = browser()
    path = urlsplit(link_for(User.objects.get(pk=people["sari"].pk), "http://testserver/")).path
    assert other.get(path)["Location"] == reverse("mfa_authenticate")
    assert other.get("/account/").status_code == 302


def test_a_lost_phone_is_helped_at_the_terminal_and_ends_all_sessions(people):
    client = browser()
    sign_in(client, "sari")
    set_up_app(client, people["sari"])
    assert services.forget_factors(None, people["sari"], "lost", NOW) == 2
    assert client.get("/account/").status_code == 302
    assert sign_in(browser(), "sari")["Location"] == "/"


def forget(client: Client, person: User, why: str = "lost") -> Any:
    return client.post(reverse("forget_factors", args=[person.pk]), {"why": why}, follow=True)


def test_a_lost_phone_is_helped_by_another_administrator_who_says_why(people):
    phone = browser()
    sign_in(phone, "sari")
    set_up_app(phone, people["sari"])
    admin = client_of(people["ibu"])
    assert "Take the second factor away" in admin.get(reverse("person", args=[people["sari"].pk])).content.decode()
    assert "Choose why." in forget(admin, people["sari"], "she told me a long story").content.decode()
    assert Authenticator.objects.filter(user=people["sari"]).count() == 2
    body = forget(admin, people["sari"], "broken").content.decode()
    assert "every session of theirs has ended" in body
    assert "Take the second factor away" not in body
    assert phone.get("/account/").status_code == 302
    assert sign_in(browser(), "sari")["Location"] == "/"
    line = Line.objects.filter(act="factor.removed", actor=people["ibu"].pk).latest("id")
    assert json.loads(line.detail) == {"factors": 2, "sessions": 1, "why": "broken"}
    assert "no second factor" in forget(admin, people["sari"]).content.decode()


def test_nobody_takes_their_own_factor_away_and_no_role_below_does(people):
    admin = browser()
    sign_in(admin, "ibu")
    set_up_app(admin, people["ibu"])
    assert "Take the second factor away" not in admin.get(reverse("person", args=[people["ibu"].pk])).content.decode()
    assert "Ask another administrator" in forget(admin, people["ibu"]).content.decode()
    for name in ("sari", "budi", "pemeriksa"):
        assert forget(client_of(people[name]), people["ibu"]).status_code == 403
    assert Authenticator.objects.filter(user=people["ibu"]).count() == 2


def test_who_only_stands_in_for_an_administrator_takes_no_administrators_factor(people):
    standing.name_deputy(people["ibu"], people["ibu"], people["sari"], NOW, NOW + timedelta(days=3), NOW)
    other = builders.make_user(people["ours"], "pak", "administrator")
    for person in (other, people["pemeriksa"], people["budi"]):
        Authenticator.objects.create(user=person, type="totp", data={})
    deputy = client_of(people["sari"])
    for person, left in ((other, 1), (people["pemeriksa"], 1), (people["budi"], 0)):
        forget(deputy, person)
        assert Authenticator.objects.filter(user=person).count() == left


def broken(act: str) -> Any:
    """The ledger's door, as if lines of `act` could not be written."""
    door = ledger.write

    def write(said: str, **rest: Any) -> Any:
        if said == act:
            raise OSError("no room")
        return door(said, **rest)

    return write


def test_a_session_without_its_line_is_none(people, monkeypatch):
    monkeypatch.setattr(ledger, "write", broken("session.begun"))
    client = browser()
    client.raise_request_exception = False
    assert sign_in(client, "sari").status_code == 500
    assert client.get("/account/").status_code == 302
    assert not any(str(people["sari"].pk) == one.get_decoded().get("_auth_user_id") for one in Session.objects.all())
    assert not UserSession.objects.exists()
    assert User.objects.get(pk=people["sari"].pk).last_login is None


def test_a_session_lasts_where_its_end_cannot_be_written(people, monkeypatch):
    client = browser()
    sign_in(client, "sari")
    monkeypatch.setattr(ledger, "write", broken("session.ended"))
    client.raise_request_exception = False
    assert client.post(reverse("account_logout")).status_code == 500
    assert client.get("/account/").status_code == 200
    assert not Line.objects.filter(act="session.ended").exists()


def test_a_failed_attempt_counts_even_where_its_line_cannot_be_written(people, monkeypatch):
    client = browser()
    client.raise_request_exception = False
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "write", broken("session.refused"))
        assert {sign_in(client, "sari", "wrong words").status_code for _ in range(5)} == {500}
    assert "Too many" in sign_in(browser(), "sari").content.decode()


def test_guessing_is_slowed_down_for_all_processes_together(people):
    client = browser()
    for _ in range(5):
        sign_in(client, "sari", "wrong words")
    assert "Too many" in sign_in(browser(), "sari").content.decode()
    assert cache.__class__.__name__ == "ConnectionProxy"
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kentongan_cache WHERE cache_key LIKE %s", ["%login%"])
        assert cursor.fetchone()[0] >= 1


def test_an_office_behind_one_address_may_mistype_together_and_yet_not_guess_on(people):
    for number in range(29):
        sign_in(browser(), f"somebody-{number}", "wrong words")
    assert sign_in(browser(), "sari")["Location"] == "/"
    sign_in(browser(), "somebody-else", "wrong words")
    assert "Too many" in sign_in(browser(), "sari").content.decode()


# Invitations over the web


class Sink:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.got: list[tuple[list[str], Any]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.got.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 OK"


@pytest.fixture
def sink(settings: Any, serve_mail: Any) -> Sink:
    kept = Sink()
    settings.EMAIL_BACKEND = "kentongan.office.mail.PortBackend"
    settings.CONFIG = replace(
        settings.CONFIG, values={**settings.CONFIG.values, "mail_url": serve_mail(kept), "public_url": "https://kota.example"}
    )
    return kept


def invite(admin: Client, address: str = "baru@kota.example", **more: str) -> Any:
    return admin.post(reverse("invite_person"), {"email": address, "role": "officer", **more}, headers={"host": "127.0.0.1"})


def test_an_invitation_goes_by_mail_and_is_taken_up_once(people, sink):
    people["ours"].name = "Kota Muarasena\nBcc: semua@kota.example"
    people["ours"].save()
    assert invite(client_of(people["ibu"])).status_code == 302
    ((to, message),) = sink.got
    assert to == ["baru@kota.example"]
    assert message["To"] == "baru@kota.example"
    assert message["Bcc"] is None
    assert "\n" not in message["Subject"]
    text = message.get_body(("plain",)).get_content()
    (link,) = re.findall(r"https://kota\.example(/invitation/\S+/)", text)
    visitor = browser()
    assert "Welcome" in said(visitor, link)
    answer = visitor.post(
        link, {"first_name": "Baru", "last_name": "Sekali", "password": NEW_PASSWORD, "role": "administrator", "office": "1"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/")
    made = User.objects.get(email="baru@kota.example")
    assert (made.roles, made.office, made.first_name) == ({"officer"}, people["ours"], "Baru")
    assert visitor.get("/stories/").status_code == 200
    second = browser().get(link)
    assert second.status_code == 410
    assert "used before" in second.content.decode()
    assert sign_in(browser(), "baru@kota.example", NEW_PASSWORD).status_code == 302


@pytest.mark.parametrize(
    "address",
    ["a@b.example\nBcc: c@d.example", "a@b.example\r\nSubject: X", "a@b.example, c@d.example", "<a@b.example>", '"a b"@c.example'],
)
def test_no_header_can_be_put_into_a_mail(people, sink, address):
    assert invite(client_of(people["ibu"]), address).status_code == 422
    assert browser().post(reverse("account_reset_password"), {"email": address}).status_code in {200, 302}
    assert sink.got == []
    assert Invitation.objects.count() == 0


def test_a_link_for_a_new_password_goes_only_to_whom_it_belongs(people, sink):
    for address in ("nobody@kota.example", people["sari"].email):
        assert browser().post(reverse("account_reset_password"), {"email": address}).status_code == 302
    assert [to for to, _ in sink.got] == [[people["sari"].email]]
    assert "Bcc" not in sink.got[0][1]


def test_without_a_mail_server_the_link_is_handed_over_once(people, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    admin = client_of(people["ibu"])
    page = admin.post(reverse("invite_person"), {"email": "baru@kota.example", "role": "reader"}, follow=True).content.decode()
    assert "/invitation/" in page
    assert "/invitation/" not in said(admin, reverse("people"))


def test_a_mail_server_that_is_away_is_said_and_the_invitation_stands(people, sink, settings):
    settings.CONFIG = replace(settings.CONFIG, values={**settings.CONFIG.values, "mail_url": "smtp://127.0.0.1:9"})
    page = client_of(people["ibu"]).post(reverse("invite_person"), {"email": "baru@kota.example", "role": "reader"}, follow=True)
    assert "did not answer" in page.content.decode()
    assert Invitation.objects.count() == 1


def test_whoever_is_signed_in_is_asked_to_sign_out_before_taking_an_invitation(people):
    assert client_of(people["sari"]).get("/invitation/anything/").status_code == 410


# The pages


def test_nothing_but_the_forms_fields_can_be_changed(people):
    admin, budi = client_of(people["ibu"]), people["budi"]
    typed = {"first_name": "Budi", "email": budi.email, "role": "reader", "version": "0"}
    extra = {
        "is_superuser": "1",
        "is_staff": "1",
        "office": "99",
        "office_id": "99",
        "username": "raja",
        "password": "x",
        "is_active": "",
        "pk": "1",
    }
    assert admin.post(reverse("change_person", args=[budi.pk]), typed | extra).status_code == 302
    found = User.objects.get(pk=budi.pk)
    same = ("is_superuser", "is_staff", "office_id", "username", "password", "is_active")
    assert {name: getattr(found, name) for name in same} == {name: getattr(budi, name) for name in same}
    assert found.first_name == "Budi"


def test_agencies_and_people_of_another_office_are_not_on_offer(people):
    lain = builders.make_office("Kota Lain", "lain")
    theirs = builders.make_user(lain, "asing", "administrator")
    agency = standing.make_agency(theirs, "Dinas Asing", "", "", NOW)
    admin, budi = client_of(people["ibu"]), people["budi"]
    assert "Asing" not in said(admin, reverse("person", args=[budi.pk]))
    answer = admin.post(reverse("change_person", args=[budi.pk]), {"role": "reader", "version": "0", "agency": agency.pk})
    assert answer.status_code == 422
    admin.post(reverse("name_deputy", args=[budi.pk]), {"deputy": theirs.pk, "since": "2025-11-27T08:00", "until": "2025-11-28T08:00"})
    assert not budi.deputies.exists()


def test_the_second_of_two_administrators_is_shown_both_versions_and_may_keep_theirs(people):
    one, two, budi = client_of(people["ibu"]), client_of(people["ibu"]), people["budi"]
    address = reverse("change_person", args=[budi.pk])
    first = {"first_name": "Budi", "email": budi.email, "role": "reader", "version": "0"}
    assert one.post(address, first).status_code == 302
    conflict = two.post(address, first | {"first_name": "Budiman", "role": "press"})
    page = conflict.content.decode()
    assert conflict.status_code == 409
    assert "Both versions" in page
    assert re.search(r"<td>Budi</td><td>Budiman</td>", page)
    assert re.search(r"<td>Reader</td><td>Press officer</td>", page)
    assert two.post(address, first | {"first_name": "Budiman", "version": conflict.context["form"]["version"].value()}).status_code == 302
    assert User.objects.get(pk=budi.pk).first_name == "Budiman"


def test_addresses_are_shown_to_those_who_look_after_them(people):
    address = people["sari"].email
    assert address in said(client_of(people["ibu"]), reverse("people"))
    assert address not in said(client_of(people["budi"]), reverse("people"))
    assert address not in said(client_of(people["budi"]), reverse("person", args=[people["sari"].pk]))


def test_standing_in_is_seen_on_every_page(people):
    client = client_of(people["budi"])
    assert "You stand in for" not in said(client, "/stories/")
    standing.name_deputy(people["ibu"], people["sari"], people["budi"], NOW, NOW + timedelta(days=1), NOW)
    assert "You stand in for sari" in said(client, "/stories/")


def test_a_week_is_planned_and_its_gaps_are_said_in_words(people):
    client = client_of(people["sari"])
    answer = client.post(reverse("plan_duty"), {"person": people["sari"].pk, "role": "officer", "start": "2025-11-24T00:00", "hours": 160})
    assert answer["Location"].endswith("week=2025-11-24")
    page = said(client, answer["Location"])
    assert "8 hours of this week have no duty officer" in page
    assert "16:00 – 00:00" in page
    assert "Put somebody on duty" not in said(client_of(people["budi"]), reverse("roster"))
    assert client.get("/office/roster/?week=nonsense").status_code == 200


@pytest.mark.parametrize("name", ["people", "roster", "agencies", "office", "account"])
def test_a_list_costs_the_same_for_three_people_and_for_forty(people, name, count_queries):
    client = client_of(people["ibu"])

    def cost() -> int:
        with count_queries() as queries:
            assert client.get(reverse(name)).status_code == 200
        return len(queries)

    client.get(reverse(name))
    before = cost()
    for n in range(37):
        more = builders.make_user(people["ours"], f"orang{n}", "officer", more_roles=["press"])
        standing.make_agency(people["ibu"], f"Dinas {n}", "", "", NOW)
        standing.plan_duty(people["ibu"], more, "officer", NOW, NOW + timedelta(hours=8), NOW)
        standing.name_deputy(people["ibu"], people["sari"], more, NOW, NOW + timedelta(days=1), NOW)
    assert cost() == before


def test_the_office_menu_shows_what_one_may_open(people):
    assert "Duty roster" in said(client_of(people["budi"]), reverse("office"))
    reporter = builders.make_user(people["ours"], "lapangan", "reporter")
    assert "Duty roster" not in said(client_of(reporter), reverse("office"))


def test_a_ward_reporter_is_shown_no_room_of_listening_and_the_way_to_their_account(people):
    reporter = client_of(builders.make_user(people["ours"], "lapangan", "reporter"))
    page = reporter.get(reverse("briefing"))
    html = page.content.decode()
    assert page.status_code == 403
    assert "Your role does not allow this." in html
    assert f'<a class="back" href="{reverse("account")}">' in html
    assert 'class="rooms"' not in html
    assert reverse("alerts") not in html
    assert 'class="rooms"' in said(client_of(people["budi"]), reverse("office"))


def test_the_clock_of_codes_is_the_machines(people):
    assert abs(next(iter(yield_hotp_counters_from_time())) * 30 - time.time()) < 61
