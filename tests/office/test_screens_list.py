"""The one list of screens: every route is in it, or says why not, or is an act."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from kentongan.office.people.models import User
from kentongan.testing.screens import NO_SCREEN, SCREENS

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

THINGS = {"reset": "1-word", "word": "word", "invitation": "word"}
ARGUMENTS = {
    "account_reset_password_from_key": ["1", "word"],
    "first_run_step": ["office"],
    "leave_out_step": ["office"],
    "openid_connect_login": ["nobody"],
    "openid_connect_callback": ["nobody"],
}


def names_in(path):
    return re.findall(r"{(\w+)}", path)


def shown():
    """Which routes the list shows. Nothing is asked: an address is enough."""
    addresses = (screen.address({name: THINGS.get(name, 1) for name in names_in(screen.path)}) for screen in SCREENS if not screen.made)
    return {resolve(address.partition("?")[0]).url_name for address in addresses if address != "/nowhere/"}


def routes():
    """Every named route of the office; those of the API have a space of their own and give no page."""
    found = {}

    def walk(patterns):
        for one in patterns:
            if isinstance(one, URLPattern):
                found[one.name] = one.pattern.regex.groups
            elif isinstance(one, URLResolver) and not one.namespace:
                walk(one.url_patterns)

    walk(get_resolver().url_patterns)
    return found


def test_no_screen_stands_twice_and_each_is_looked_at_by_somebody_known():
    names = [screen.name for screen in SCREENS]
    assert len(set(names)) == len(names)
    seen = [(screen.path, screen.who, screen.press, str(screen.sent)) for screen in SCREENS]
    assert len(set(seen)) == len(seen)


def test_what_gives_no_page_is_a_route_that_no_screen_shows():
    assert sorted(set(NO_SCREEN) & shown()) == []
    assert sorted(set(NO_SCREEN) - set(routes())) == []


@pytest.mark.django_db
def test_every_other_route_is_an_act_that_only_a_form_asks_for(administrator):
    User.objects.filter(pk=administrator.pk).update(more_roles=["auditor"])
    client, pages, wrong = client_of(administrator), shown() | set(NO_SCREEN), {}
    for name, count in routes().items():
        if name in pages:
            continue
        status = client.get(reverse(name, args=ARGUMENTS.get(name, [1] * count))).status_code
        if status != 405:
            wrong[name] = f"{status}: give it a screen, or a reason in NO_SCREEN"
    assert wrong == {}
