"""Who may open which door: an officer, a reader of the same office, an officer of another, someone without an office, and nobody.

Every address of the office stands in CASES; one that is added without a case fails `test_every_address_has_a_case`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from kentongan.office.listening.models import Signal, Source
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of, furnished

pytestmark = pytest.mark.django_db

SIGN_IN = 302
# name: (kind, method). kind: "page" of one's own office · "row" of one's own office · "act" only for those who decide · "open" to everybody
CASES = {
    "briefing": ("page", "get"),
    "sign_briefing": ("act", "post"),
    "briefing_paper": ("page", "get"),
    "send_briefing": ("page", "get"),
    "signed_briefings": ("page", "get"),
    "signed_briefing": ("row", "get"),
    "signed_briefing_paper": ("row", "get"),
    "stories": ("page", "get"),
    "story": ("row", "get"),
    "mark_story": ("row act", "post"),
    "merge_stories": ("row act", "post"),
    "split_story": ("row act", "post"),
    "signals": ("page", "get"),
    "signal": ("row", "get"),
    "acknowledge_signal": ("row act", "post"),
    "dismiss_signal": ("row act", "post"),
    "sources": ("page", "get"),
    "look_at_address": ("act", "post"),
    "add_source": ("act", "post"),
    "export_sources": ("page", "get"),
    "import_sources": ("act", "post"),
    "source": ("row", "get"),
    "pause_source": ("row act", "post"),
    "resume_source": ("row act", "post"),
    "search": ("page", "get"),
    "news": ("page", "get"),
    "language": ("open", "post"),
    "look": ("open", "post"),
    "keys": ("open", "get"),
    "health": ("open", "get"),
    "account_login": ("open", "get"),
    "account_logout": ("open", "get"),
    "account_inactive": ("open", "get"),
    "account_reauthenticate": ("account", "get"),
    "account_change_password": ("account", "get"),
    "account_set_password": ("account", "get"),
    "account_reset_password": ("open", "get"),
    "account_reset_password_done": ("open", "get"),
    "one_time": ("account", "get"),
    "account_reset_password_from_key_done": ("open", "get"),
    "account_reset_password_from_key": ("open", "get"),
}
FINE = {200, 204, 302, 422}


@pytest.fixture
def house(settings):
    settings.CLOCK = STILL
    return furnished()


def names():
    """Every named address but the administration's own."""
    found: list[str] = []

    def walk(patterns):
        for one in patterns:
            if isinstance(one, URLResolver):
                if one.app_name != "admin":
                    walk(one.url_patterns)
            elif isinstance(one, URLPattern):
                found.append(one.name or str(one.pattern))

    walk(get_resolver().url_patterns)
    return found


def test_every_address_has_a_case():
    assert sorted(names()) == sorted(CASES)


def address(name, house):
    rows = {
        "source": lambda: Source.objects.get(name="Sena Petang").pk,
        "signal": lambda: Signal.objects.filter(state="new").values_list("pk", flat=True)[0],
        "briefing": lambda: signed(house).pk,
        "story": lambda: house.stories[0].pk,
    }
    keys = {"account_reset_password_from_key": ["1", "no-key"], "one_time": ["no-word"]}
    if name in keys:
        return reverse(name, args=keys[name])
    kind = next((kind for kind in rows if kind in name.replace("stories", "story")), "")
    return reverse(name, args=[rows[kind]()]) if CASES[name][0].startswith("row") else reverse(name)


def signed(house):
    from kentongan.office.listening import briefing, services

    content = briefing.compose(house.ours, builders.NOW - briefing.FIRST_VISIT, builders.NOW, "en")
    return services.sign_briefing(house.officer, content, builders.NOW)


def status(name, house, person):
    client = client_of(person)
    data = {"reason": "", "mark": "", "next": "/keys/"} if CASES[name][1] == "post" else {}
    return getattr(client, CASES[name][1])(address(name, house), data).status_code


def wrong(house, person, expected, wanted=CASES):
    """Doors whose answer to this person is not as expected, by name with the answer."""
    found = {name: status(name, house, person) for name in sorted(wanted)}
    return {name: code for name, code in found.items() if not expected(name, code)}


def test_the_officer_may_open_every_door(house):
    assert wrong(house, house.officer, lambda name, code: code in FINE) == {}


def test_a_colleague_who_reads_may_read_and_not_decide(house):
    assert wrong(house, house.reader, lambda name, code: (code == 403) is CASES[name][0].endswith("act")) == {}


def test_for_a_stranger_the_rows_of_another_office_do_not_exist(house):
    rows = [name for name, (kind, _) in CASES.items() if kind.startswith("row")]
    assert wrong(house, house.stranger, lambda name, code: code == 404, rows) == {}


def test_an_account_without_an_office_sees_nothing_of_any(house):
    closed = [name for name, (kind, _) in CASES.items() if kind not in {"open", "account"}]
    assert wrong(house, house.homeless, lambda name, code: code in {403, 404}, closed) == {}


def test_nobody_is_asked_to_sign_in_first(house):
    for name, (kind, method) in CASES.items():
        response = getattr(client_of(None), method)(address(name, house))
        sent_to_sign_in = response.status_code == SIGN_IN and response.url.startswith("/accounts/login/")
        assert sent_to_sign_in is (kind != "open"), name


def test_a_strangers_pages_show_nothing_of_ours(house):
    client = client_of(house.stranger)
    for name in ("briefing", "stories", "signals", "sources"):
        body = client.get(reverse(name)).content.decode()
        assert "Banjir" not in body
        assert "Sena Petang" not in body
    assert "Banjir merendam" not in client.get(reverse("search"), {"q": "banjir"}).content.decode()
    assert "muarasena" not in client.get(reverse("export_sources")).content.decode()


def test_a_story_of_another_office_cannot_be_folded_into_ours(house):
    theirs = builders.make_story(house.theirs, builders.EVENTS[0])
    response = client_of(house.officer).post(reverse("merge_stories", args=[house.stories[0].pk]), {"other": theirs.pk})
    assert response.status_code == 404
