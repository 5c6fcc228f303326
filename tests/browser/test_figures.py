"""The screens of figures and watches in a real browser: tables stay tables on a phone, and the past of a watch is looked at there."""

from __future__ import annotations

import pytest

from kentongan.testing.accuracy import furnish_accuracy
from kentongan.testing.claims import furnish_claims
from kentongan.testing.forecasts import furnish_forecasts
from kentongan.testing.teaching import furnish_teaching
from kentongan.testing.watches import furnish_watches


def furnish(house):
    office, officer = house.ours, house.officer
    furnish_claims(office, officer)
    furnish_forecasts(house.stories[0])
    watch = furnish_watches(office, officer)
    furnish_accuracy(office, officer)
    furnish_teaching(office, officer, house.administrator)
    return watch


SIDEWAYS = (
    "[...document.querySelectorAll('.table')].filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.getAttribute('aria-label'))"
)


def roles(page):
    """What a screen reader is told: Chromium's own tree, not what the elements are called."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return [node["role"]["value"] for node in tree if not node.get("ignored")]


@pytest.mark.timeout(300)
def test_on_a_phone_the_tables_of_figures_are_cards_that_a_screen_reader_still_reads_as_tables(house, pages_of):
    furnish(house)
    page = pages_of().window(width=390)
    for address in ("/accuracy/", "/labels/", f"/o/{house.ours.slug}/transparency/"):
        page.goto(address)
        assert page.evaluate(SIDEWAYS) == [], address
        told = roles(page)
        tables = page.locator("table:visible").count()
        assert told.count("table") == tables > 0, address
        assert told.count("rowheader") == page.locator("tbody th[scope=row]:visible").count(), address
        assert told.count("columnheader") >= page.locator("table.cards:visible thead th").count(), address


@pytest.mark.timeout(300)
def test_the_past_of_a_watch_is_looked_at_on_a_phone_and_saved_without_passing_the_list(house, pages_of):
    watch = furnish(house)
    page = pages_of().window(width=390)
    page.goto(f"/watches/{watch.pk}/change/")
    page.get_by_role("button", name="Look at the last 30 days").click()
    page.get_by_role("heading", name="The latest that would have matched").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    form, latest = page.locator("form.form").bounding_box(), page.locator("#latest").bounding_box()
    assert form["y"] < latest["y"]
    assert page.problems == []
