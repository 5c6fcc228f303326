"""YouTube: the feed of a channel, found by its id or by its page."""

from collections.abc import Iterator

import pytest

from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.adapters.sources import KINDS
from kentongan.adapters.youtube import YouTubeReader, refusal
from kentongan.engine.reasons import SENTENCES
from kentongan.ports import ReadRequest
from kentongan.testing.fake_youtube import CHANNEL, FakeYouTube, Video


@pytest.fixture
def server() -> Iterator[FakeYouTube]:
    with FakeYouTube() as running:
        running.videos.append(Video("aaaaaaaaaaa", "Banjir surut", "Warga kembali ke rumah.", author="Zulkarnaen"))
        yield running


@pytest.fixture(scope="module")
def fetcher() -> Iterator[HttpFetcher]:
    running = HttpFetcher(FetchSettings("desk@example.org", allow_hosts=frozenset({"127.0.0.1"})))
    yield running
    running.close()


@pytest.mark.parametrize(
    "address", [CHANNEL, "{}/channel/" + CHANNEL, "{}/channel/" + CHANNEL + "/videos", "{}/feeds/videos.xml?channel_id=" + CHANNEL]
)
def test_a_channels_id_leads_straight_to_its_feed(server, fetcher, address):
    result = YouTubeReader(server.url).read(ReadRequest(address.format(server.url)), fetcher)
    (item,) = result.reading.items
    assert (item.title, item.summary, item.link) == (
        "Banjir surut",
        "Warga kembali ke rumah.",
        "https://www.youtube.com/watch?v=aaaaaaaaaaa",
    )
    assert item.voice == ""
    assert "Zulkarnaen" not in repr(result)
    assert result.reading.kind == "channel"
    assert [asked.path for asked in server.asked] == ["/feeds/videos.xml"]


@pytest.mark.parametrize("path", ["/@kabarkota", "/@kabarkota/videos"])
def test_a_channels_page_is_asked_once_for_the_feed_it_names(server, fetcher, path):
    result = YouTubeReader(server.url).read(ReadRequest(f"{server.url}{path}"), fetcher)
    assert len(result.reading.items) == 1
    assert [asked.path for asked in server.asked] == [path, "/feeds/videos.xml"]


def test_a_page_that_names_a_feed_elsewhere_is_not_believed(server, fetcher):
    server.page = '<html><head><link rel="alternate" type="application/rss+xml" href="http://10.0.0.1/feeds/videos.xml?channel_id=../../x"></head></html>'
    result = YouTubeReader(server.url).read(ReadRequest(f"{server.url}/@kabarkota"), fetcher)
    assert result.reading.kind == "unreadable"
    assert result.reading.problems == (SENTENCES["post.youtube_channel"],)
    assert [asked.path for asked in server.asked] == ["/@kabarkota"]


@pytest.mark.parametrize(
    "address",
    [
        "", "kompastv", "https://www.youtube.com/", "https://www.youtube.com/watch?v=aaaaaaaaaaa", "https://www.youtube.com/playlist?list=PL1",
        "https://www.youtube.com/channel/UCshort", "https://youtu.be/aaaaaaaaaaa", "https://youtube.com.penipu.example/channel/" + CHANNEL,
        "https://www.youtube.com/@", "ftp://www.youtube.com/@kota", "https://user@www.youtube.com/@kota", "https://www.youtube.com/@kota/../../x",
        "https://www.youtube.com/results?search_query=banjir",
    ],
)  # fmt: skip
def test_what_names_no_channel_is_refused_before_anything_is_asked(server, fetcher, address):
    result = YouTubeReader(server.url).read(ReadRequest(address), fetcher)
    assert result.outcome.kind == "bad_address"
    assert result.outcome.detail == refusal(address) == SENTENCES["post.youtube_address"]
    assert server.asked == []


@pytest.mark.parametrize(
    "address", ["https://www.youtube.com/@DiskominfoKota", "youtube.com/c/KabarKota", "https://m.youtube.com/user/kabarkota", CHANNEL]
)
def test_the_pages_people_copy_are_taken(address):
    assert refusal(address) == ""


def test_a_channel_can_never_be_listened_to_as_the_posts_of_private_people():
    assert "public" not in KINDS["youtube"].source_kinds
    assert "public" not in KINDS["telegram"].source_kinds


def test_a_page_that_sends_us_to_a_consent_form_says_that_it_names_no_channel(server, fetcher):
    server.page = "<html><head><title>Before you continue</title></head><body><form></form></body></html>"
    result = YouTubeReader(server.url).read(ReadRequest(f"{server.url}/@kabarkota"), fetcher)
    assert result.reading.problems == (SENTENCES["post.youtube_channel"],)
