"""The server of invented outlets: feeds in every form, pages in every dress, only what is published by now."""

import json
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kentongan.adapters.clock import ShiftedClock
from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.engine import feeds, pages
from kentongan.ports import FetchRequest
from kentongan.testing.outlet_pages import date_line
from kentongan.testing.outlet_sites import FEED_PATHS, OutletItem, OutletSite
from kentongan.testing.outlets import OutletServer
from kentongan.testing.real_outlets import sites_from_duplicates, sites_from_pages

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
TEXT = "\n".join(
    [
        "Sungai Tirta meluap pada Sabtu pagi setelah hujan lebat di hulu sejak malam.",
        "Petugas memasang karung pasir di dua kelurahan & menutup jembatan <lama> untuk kendaraan berat.",
        "Warga diminta menghubungi posko bila air masuk ke rumah, kata badan penanggulangan bencana kota.",
    ]
)


def an_item(path="berita/1", hours=1, **changes):
    return OutletItem(path, "Banjir & air pasang", TEXT, NOW - timedelta(hours=hours), section="Kota", **changes)


@pytest.fixture
def fetch():
    fetcher = HttpFetcher(FetchSettings("desk@example.org", allow_hosts=frozenset({"127.0.0.1", ".localhost"})))
    yield lambda url, **conditions: fetcher.fetch(FetchRequest(url, **conditions))
    fetcher.close()


@pytest.mark.parametrize("kind", sorted(FEED_PATHS))
def test_every_form_of_feed_is_read_by_the_engine(kind, fetch):
    site = OutletSite("kabar", "Kabar Kota", "id", tuple(an_item(f"berita/{n}", n) for n in range(1, 6)), listed=4)
    with OutletServer([site], lambda: NOW) as server:
        outcome = fetch(server.feed_url("kabar", kind))
        if kind == "listing":
            found = feeds.read_listing(outcome.body, url=outcome.url, pattern="*/berita/*")
        else:
            found = feeds.read(outcome.body, url=outcome.url, content_type=outcome.headers["content-type"])
        links = [server.url_for("kabar", f"berita/{n}") for n in range(1, 5)]
    assert [item.link for item in found.items] == links, found.problems
    assert {item.title for item in found.items} == {"Banjir & air pasang"}
    if kind != "listing":
        assert [item.published or item.updated for item in found.items] == [NOW - timedelta(hours=n) for n in range(1, 5)]


def test_it_notes_when_a_feed_first_told_of_an_item(fetch):
    site = OutletSite("kabar", "Kabar Kota", "id", tuple(an_item(f"berita/{n}", n) for n in range(1, 4)), listed=2)
    with OutletServer([site], lambda: NOW) as server:
        assert server.told == {}
        assert fetch(server.feed_url("kabar")).kind == "ok"
        told = dict(server.told)
        assert set(told) == {"kabar/berita/1", "kabar/berita/2"}
        server.publish("kabar", an_item("berita/4", 0.5))
        assert fetch(server.url_for("kabar", "berita/4")).kind == "ok"
        assert server.told == told
        assert fetch(server.feed_url("kabar")).kind == "ok"
        assert server.told["kabar/berita/4"] > max(told.values())
        assert server.told == told | {"kabar/berita/4": server.told["kabar/berita/4"]}


@pytest.mark.parametrize("layout", ["portal", "koran", "bao", "resmi"])
@pytest.mark.parametrize("language", ["id", "vi", "en"])
def test_every_dress_of_page_is_read_by_the_engine(layout, language, fetch):
    site = OutletSite("kabar", "Kabar Kota", language, (an_item(),), layout=layout)
    with OutletServer([site], lambda: NOW) as server:
        url = server.url_for("kabar", "berita/1")
        outcome = fetch(url)
    page = pages.extract(outcome.body, url=url, content_type=outcome.headers["content-type"])
    assert "menutup jembatan <lama>" in page.text
    assert "Hak cipta" not in page.text
    assert page.title == "Banjir & air pasang"
    assert page.published == NOW - timedelta(hours=1)


def test_dates_are_written_as_outlets_of_the_language_write_them():
    moment = datetime(2025, 6, 18, 16, 28, tzinfo=UTC)
    made = {language: OutletSite("k", "K", language, ()) for language in ("id", "vi", "en")}
    assert date_line(made["id"], moment) == "Rabu, 18 Juni 2025 | 23:28 WIB"
    assert date_line(made["vi"], moment) == "Thứ Tư, 18/06/2025 | 23:28 (GMT+7)"
    assert date_line(made["en"], moment) == "Wednesday, 18 June 2025 | 23:28 WIB"
    wit = OutletSite("k", "K", "id", (), utc_offset_h=9, zone="WIT")
    assert date_line(wit, moment) == "Kamis, 19 Juni 2025 | 01:28 WIT"


def test_nothing_is_visible_before_it_is_published(fetch):
    moment = NOW - timedelta(hours=3)
    site = OutletSite("kabar", "Kabar Kota", "id", tuple(an_item(f"berita/{n}", n) for n in range(1, 6)))
    with OutletServer([site], lambda: moment) as server:
        before = fetch(server.feed_url("kabar"))
        assert fetch(server.url_for("kabar", "berita/2")).kind == "not_found"
        moment = NOW
        after = fetch(server.feed_url("kabar"), etag=before.headers["etag"])
        assert fetch(server.url_for("kabar", "berita/2")).kind == "ok"
    assert len(feeds.read(before.body, url=before.url).items) == 3
    assert len(feeds.read(after.body, url=after.url).items) == 5


def test_a_demo_clock_lets_two_weeks_pass_in_a_second(fetch):
    items = tuple(an_item(f"berita/{n}", 24 * n) for n in range(14))
    clock = ShiftedClock(NOW - timedelta(days=14), datetime.now(UTC), 14 * 86_400)
    with OutletServer([OutletSite("kabar", "Kabar Kota", "id", items)], clock.now) as server:
        time.sleep(1.1)
        outcome = fetch(server.feed_url("kabar"))
    assert len(feeds.read(outcome.body, url=outcome.url).items) == 14


def test_outlets_may_have_hosts_of_their_own_with_rules_of_their_own(fetch):
    strict = OutletSite("ketat", "Ketat", "id", (an_item(),), disallow=("berita/",))
    open_ = OutletSite("terbuka", "Terbuka", "id", (an_item(),))
    with OutletServer([strict, open_], lambda: NOW, names="host") as server:
        assert server.feed_url("ketat") == f"http://ketat.localhost:{server.port}/feed.xml"
        assert fetch(server.feed_url("ketat")).kind == "ok"
        assert fetch(server.url_for("ketat", "berita/1")).kind == "robots_disallow"
        assert fetch(server.url_for("terbuka", "berita/1")).kind == "ok"
        outcome = fetch(server.feed_url("terbuka"))
        assert feeds.read(outcome.body, url=outcome.url).items[0].link == server.url_for("terbuka", "berita/1")


def test_an_outlet_tells_how_it_wants_to_be_visited(fetch):
    site = OutletSite("kabar", "Kabar", "id", (an_item(),), ttl_minutes=5, full_text=True, disallow=("arsip/",), crawl_delay_s=2)
    with OutletServer([site], lambda: NOW) as server:
        feed = fetch(server.feed_url("kabar")).body
        robots = fetch(f"http://127.0.0.1:{server.port}/robots.txt").body.decode()
    assert b"<ttl>5</ttl>" in feed and b"karung pasir" in feed
    assert "Disallow: /kabar/arsip/" in robots and "Crawl-delay: 2" in robots


def test_what_does_not_exist_is_not_found(fetch):
    with OutletServer([OutletSite("kabar", "Kabar", "id", (an_item(),))], lambda: NOW) as server:
        for url in (server.url_for("kabar", "tidak/ada"), f"http://127.0.0.1:{server.port}/lain/feed.xml"):
            assert fetch(url).kind == "not_found"
        with pytest.raises(KeyError):
            server.url_for("lain")


def test_items_may_lie_about_their_id_and_leave_out_their_date(fetch):
    items = (an_item("a", 1, guid="sama", dated=False), an_item("b", 2, guid="sama"))
    with OutletServer([OutletSite("kabar", "Kabar", "id", items)], lambda: NOW) as server:
        body = fetch(server.feed_url("kabar")).body
    entries = ET.fromstring(body).findall(".//item")
    assert [entry.findtext("guid") for entry in entries] == ["sama", "sama"]
    assert [entry.findtext("pubDate") for entry in entries] == [None, "Sat, 21 Nov 2026 06:00:00 GMT"]


def test_json_feeds_are_json(fetch):
    with OutletServer([OutletSite("kabar", "Kabar", "id", (an_item(),), feed="json")], lambda: NOW) as server:
        feed = json.loads(fetch(server.feed_url("kabar")).body)
    assert feed["items"][0]["date_published"] == "2026-11-21T07:00:00Z"


@pytest.mark.parametrize("wrong", [{"path": ""}, {"path": "/berita"}, {"published": datetime(2026, 1, 1)}])
def test_an_item_that_could_not_be_served_is_refused(wrong):
    with pytest.raises(ValueError):
        OutletItem(**({"path": "a", "title": "A", "text": "", "published": NOW} | wrong))


def test_a_site_that_could_not_be_served_is_refused():
    with pytest.raises(ValueError, match="same path"):
        OutletSite("kabar", "Kabar", "id", (an_item(), an_item()))
    for key in ("", "Kabar", "kabar/kota", "kàbar"):
        with pytest.raises(ValueError, match="key"):
            OutletSite(key, "Kabar", "id", ())


def test_many_readers_at_once_all_get_the_same(fetch):
    site = OutletSite("kabar", "Kabar", "id", tuple(an_item(f"berita/{n}", n) for n in range(1, 31)))
    with OutletServer([site], lambda: NOW) as server, ThreadPoolExecutor(16) as pool:
        bodies = set(pool.map(lambda _: fetch(server.feed_url("kabar")).body, range(200)))
    assert len(bodies) == 1 and b"" not in bodies


def test_real_pages_are_served_byte_for_byte_and_collected(fetch):
    folder = DATA / "pages"
    if not folder.exists():
        pytest.skip("the evaluation data is not beside the repository")
    sites = sites_from_pages(folder, NOW - timedelta(days=1))
    assert sum(len(site.items) for site in sites) == 128
    with OutletServer(sites, lambda: NOW) as server:
        for site in sites:
            feed = feeds.read(fetch(server.feed_url(site.key)).body, url=server.feed_url(site.key))
            bodies = [fetch(item.link).body for item in feed.items]
            assert bodies == [item.html for item in site.visible(NOW)]


def test_real_articles_are_served_as_outlets_with_their_printed_dates(fetch):
    file = DATA / "duplicates" / "id-news-2025-06-18.jsonl.gz"
    if not file.exists():
        pytest.skip("the evaluation data is not beside the repository")
    sites = sites_from_duplicates(file, NOW - timedelta(days=1))
    assert {site.title: len(site.items) for site in sites}["liputan6.com"] == 944
    with OutletServer(sites, lambda: NOW) as server:
        key = next(site.key for site in sites if site.title == "detik.com")
        feed = feeds.read(fetch(server.feed_url(key)).body, url=server.feed_url(key))
        assert len(feed.items) == 634
        with ThreadPoolExecutor(4) as pool:
            kinds = {outcome.kind for outcome in pool.map(fetch, [item.link for item in feed.items])}
        assert kinds == {"ok"}
        page = fetch(server.url_for(key, "read/1165"))
        found = pages.extract(page.body, url=page.url, content_type=page.headers["content-type"])
    assert "Messi" in found.title
    assert found.published == datetime(2025, 6, 18, 4, 40, tzinfo=UTC)
