"""The invented outlets behind the real local server, read by the real parsers."""

import re
import urllib.request
from datetime import UTC, datetime

import pytest

from kentongan.demo.city import City, load, timeline
from kentongan.demo.sites import sites
from kentongan.engine import feeds, pages
from kentongan.testing.outlets import OutletServer

LATE = datetime(2025, 11, 27, 5, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def city() -> City:
    return load()


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def test_it_makes_a_site_of_every_outlet_with_all_its_items(city):
    made = sites(city)
    assert [site.key for site in made] == [outlet.key for outlet in city.outlets]
    assert sum(len(site.items) for site in made) == len(city.items)


def test_it_shows_items_at_the_times_of_the_timeline(city):
    published = {(entry.item.outlet, entry.item.path.lstrip("/")): entry.published for entry in timeline(city)}
    for site in sites(city):
        assert all(published[site.key, item.path] == item.published for item in site.items)


def test_it_sets_two_sentences_a_paragraph_and_loses_no_word(city):
    written = {(item.outlet, item.path.lstrip("/")): item.text for item in city.items}
    for site in sites(city):
        for item in site.items:
            assert item.text.split() == written[site.key, item.path].split()
    longest = max((item for site in sites(city) for item in site.items), key=lambda item: len(item.text))
    assert longest.text.count("\n") >= 2


def test_it_serves_feeds_the_engine_can_read_without_a_complaint(city):
    made = sites(city)
    with OutletServer(made, lambda: LATE) as server:
        for site in made:
            url = server.feed_url(site.key)
            reading = feeds.read(_get(url), url=url)
            assert reading.kind != "unreadable", (site.key, reading.problems)
            shown = site.visible(LATE)[: site.listed]
            titles = {item.title for item in reading.items}
            assert {item.title for item in shown} <= titles, site.key


def test_it_serves_pages_with_the_right_title_and_date(city):
    made = sites(city)
    with OutletServer(made, lambda: LATE) as server:
        for site in made:
            item = site.visible(LATE)[0]
            url = server.url_for(site.key, item.path)
            page = pages.extract(_get(url), url=url, content_type="text/html; charset=utf-8", default_offset=420)
            assert page.title == item.title, site.key
            assert page.published == item.published, site.key
            last = re.sub(r"\s+", " ", item.text.split("\n")[-1])
            assert last in re.sub(r"\s+", " ", page.text), site.key


def test_it_keeps_what_has_not_happened_yet_out_of_sight(city):
    night = datetime(2025, 11, 26, 20, 0, tzinfo=UTC)
    made = sites(city)
    with OutletServer(made, lambda: night) as server:
        seen = b"".join(_get(server.feed_url(site.key)) for site in made).decode()
    assert "melimpas" not in seen
    assert "Siaga 2" in seen
