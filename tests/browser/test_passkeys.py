"""Passkeys in a real Chromium with a virtual authenticator: added, asked for, signing in alone."""

from __future__ import annotations

import pytest

from kentongan.testing import builders

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def page(house, pages_of, settings):
    """A window on `localhost`: passkeys need a name, not a number. It has a key that always says yes."""
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    pages = pages_of()
    pages.base = pages.base.replace("127.0.0.1", "localhost")
    opened = pages.window(who="")
    session = opened.context.new_cdp_session(opened)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return opened


def sign_in(page):
    page.goto("/accounts/login/")
    page.get_by_label("Name or e-mail").fill("sari")
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_is_added_is_asked_for_and_opens_the_door_alone(page):
    sign_in(page)
    page.goto("/account/factors/keys/add/")
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("Telepon")
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add it").click()
    page.get_by_role("heading", name="Keep these codes on paper").wait_for()
    page.goto("/account/factors/")
    assert page.get_by_text("Telepon").first.is_visible()
    page.context.clear_cookies(name="sessionid")

    sign_in(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: url.rstrip("/").count("/") == 2)
    page.context.clear_cookies(name="sessionid")

    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: url.rstrip("/").count("/") == 2)
    assert page.get_by_role("navigation").first.is_visible()
    assert page.problems == []
