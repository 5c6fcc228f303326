"""The invented outlets behind the real local server, read by the real parsers."""

import re
import urllib.request
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from kentongan.demo.city import City, load, timeline
from kentongan.demo.sites import listing_pattern, sites
from kentongan.engine import feed_links, feeds, pages
from kentongan.testing.outlets import OutletServer

LATE = datetime(2025, 11, 27, 5, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def city() -> City:
    return load()


def _get(url: str) -> bytes:
    """Like a client that knows every name under localhost is this machine."""
    parts = urlsplit(url)
    request = urllib.request.Request(f"http://127.0.0.1:{parts.port}{parts.path}", headers={"Host": parts.netloc})
    with urllib.request.urlopen(request, timeout=10) as answer:
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
            if site.feed == "listing":
                continue
            url = server.feed_url(site.key)
            reading = feeds.read(_get(url), url=url)
            assert (reading.kind, reading.problems) == (site.feed, ()), site.key
            assert {item.title for item in site.visible(LATE)[: site.listed]} == {item.title for item in reading.items}


@pytest.mark.parametrize("names", ["prefix", "host"])
def test_it_serves_listing_pages_whose_items_the_pattern_finds(city, names):
    made = {site.key: site for site in sites(city)}
    outlets = [outlet for outlet in city.outlets if outlet.feed == "listing"]
    assert len(outlets) == 2
    with OutletServer(list(made.values()), lambda: LATE, names=names) as server:
        for outlet in outlets:
            url = server.feed_url(outlet.key)
            reading = feed_links.read_listing(_get(url), url=url, pattern=listing_pattern(outlet, names))
            shown = made[outlet.key].visible(LATE)[: made[outlet.key].listed]
            assert {item.link for item in reading.items} == {server.url_for(outlet.key, item.path) for item in shown}


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
