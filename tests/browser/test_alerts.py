"""Alerts in a real Chromium: an alert is taken over with and without scripts, a browser is registered, its worker shows what is sent."""

from __future__ import annotations

import json

import pytest

from kentongan.testing import builders

pytestmark = pytest.mark.timeout(300)
MESSAGE = {
    "title": "⬢ CRISIS: gempa",
    "body": "20 items in 3 h",
    "url": "/alerts/",
    "tag": "alert-1",
    "key": "alert-1-1",
    "level": "crisis",
}


@pytest.fixture
def alert(house):
    return builders.furnish_alerts(house.ours, house.administrator)


@pytest.mark.parametrize("scripts", [True, False])
def test_an_alert_is_taken_over_and_says_by_whom(alert, pages_of, scripts):
    page = pages_of().window(scripts=scripts)
    page.goto("/")
    page.get_by_role("link", name="Alerts", exact=True).click()
    page.get_by_role("link", name="Banjir").first.click()
    page.get_by_role("button", name="Take over").first.click()
    page.get_by_text("Taken over by you.").wait_for()
    assert page.get_by_text("Taken over.").first.is_visible()
    assert page.problems == []


def test_the_worker_shows_what_is_sent_and_the_same_once(house, pages_of):
    pages = pages_of()
    page = pages.window()
    page.context.grant_permissions(["notifications"], origin=pages.base)
    page.goto("/account/notifications/")
    assert page.get_by_role("button", name="Show alerts in this browser").is_visible()
    session = page.context.new_cdp_session(page)
    versions = []
    session.on("ServiceWorker.workerVersionUpdated", lambda told: versions.extend(told["versions"]))
    session.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.register(document.getElementById('push').dataset.worker).then((one) => one.update())")
    page.wait_for_timeout(500)
    page.wait_for_function("navigator.serviceWorker.getRegistrations().then((all) => all.length && all[0].active)")
    registration = versions[-1]["registrationId"]
    for _ in range(2):
        sent = {"origin": pages.base, "registrationId": registration, "data": json.dumps(MESSAGE)}
        session.send("ServiceWorker.deliverPushMessage", sent)
    shown = """navigator.serviceWorker.getRegistrations().then((all) => all[0].getNotifications())
        .then((all) => all.map((one) => [one.title, one.body, one.tag]))"""
    page.wait_for_function("navigator.serviceWorker.getRegistrations().then((all) => all[0].getNotifications()).then((all) => all.length)")
    assert page.evaluate(shown) == [[MESSAGE["title"], MESSAGE["body"], MESSAGE["tag"]]]
    assert page.problems == []


def test_without_scripts_the_page_says_what_registering_needs(house, pages_of):
    page = pages_of().window(scripts=False)
    page.goto("/account/notifications/")
    assert page.get_by_text("This browser cannot show alerts, or its script is switched off.").is_visible()
    assert not page.get_by_role("button", name="Show alerts in this browser").is_visible()
