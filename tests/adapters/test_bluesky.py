"""Bluesky: words are searched for, people never; a token lives for one visit; late posts are met and none twice."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kentongan.adapters.bluesky import KEPT, BlueskyReader, query, refusal
from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.adapters.mastodon import MastodonReader
from kentongan.engine.addresses import canonical
from kentongan.engine.reasons import SENTENCES
from kentongan.ports import FetchOutcome, FetchRequest, ReadRequest
from kentongan.testing.fake_bluesky import SEARCH, SIGN_IN, FakeBluesky

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)


def at(seconds: float) -> str:
    return (NOON + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def server() -> Iterator[FakeBluesky]:
    with FakeBluesky(accounts={"kota.example": "abcd-efgh-ijkl-mnop"}) as running:
        yield running


@pytest.fixture(scope="module")
def fetcher() -> Iterator[HttpFetcher]:
    running = HttpFetcher(FetchSettings("desk@example.org", allow_hosts=frozenset({"127.0.0.1"})))
    yield running
    running.close()


def read(server: FakeBluesky, fetcher: HttpFetcher, cursor: str = "", address: str = "banjir jakarta", **more):
    return BlueskyReader(server.url, server.url).read(ReadRequest(address, cursor=cursor, **more), fetcher)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("banjir jakarta", "banjir jakarta"),
        ("#banjir", "#banjir"),
        ("  lũ   lụt ", "lũ lụt"),
        ('"air keruh"', '"air keruh"'),
        ("https://bsky.app/search?q=banjir%20jakarta", "banjir jakarta"),
        ("https://bsky.app/hashtag/banjir", "#banjir"),
        ("https://www.bsky.app/hashtag/banjir/", "#banjir"),
    ],
)
def test_words_and_hashtags_are_searched_for(address, words):
    assert query(address) == words
    assert refusal(address) == ""


@pytest.mark.parametrize(
    "address",
    [
        "from:warga.bsky.social", "FROM: warga.bsky.social banjir", "banjir from:me", "fr\u200bom:warga.bsky.social",
        "ｆｒｏｍ：warga.bsky.social",
        "mentions:warga.bsky.social", "to:warga.bsky.social", "did:plc:abc", "banjir did:plc:abc", "author:warga", "at://did:plc:abc/x/y",
        "@warga.bsky.social", "warga.bsky.social", "banjir @warga.bsky.social", '"from:warga.bsky.social"', "(from:warga.bsky.social)",
        "https://bsky.app/profile/warga.bsky.social", "https://bsky.app/search?q=from%3Awarga.bsky.social",
        "https://bsky.app/profile/did:plc:abc/post/3k", "bsky.app/profile/warga.bsky.social",
    ],
)  # fmt: skip
def test_a_person_is_never_searched_for(server, fetcher, address):
    result = read(server, fetcher, address=address)
    assert result.outcome.kind == "bad_address"
    assert result.outcome.detail == SENTENCES["post.person"]
    assert server.asked == []


@pytest.mark.parametrize("address", ["", "#", "   ", "https://example.org/search?q=banjir", "https://bsky.app/", "b" * 400])
def test_an_address_without_words_is_refused_with_the_way_to_write_it(server, fetcher, address):
    result = read(server, fetcher, address=address)
    assert result.outcome.detail == SENTENCES["post.bluesky_address"]
    assert server.asked == []


def test_without_credentials_the_public_view_is_asked_and_nothing_secret_is_sent(server, fetcher):
    server.add("Banjir lagi")
    assert len(read(server, fetcher).reading.items) == 1
    (asked,) = server.asked
    assert asked.path == SEARCH
    assert asked.query == {"q": "banjir jakarta", "sort": "latest", "limit": "100"}
    assert "authorization" not in asked.headers


def test_where_the_public_view_says_no_the_visit_says_so(server, fetcher):
    server.open_search = False
    assert read(server, fetcher).outcome.kind == "forbidden"


def test_with_an_app_password_it_signs_in_for_this_visit_alone(server, fetcher):
    server.open_search = False
    server.add("Banjir lagi")
    secrets = {"identifier": "kota.example", "app_password": "abcd-efgh-ijkl-mnop"}
    results = [read(server, fetcher, credentials=secrets) for _ in range(2)]
    assert [len(result.reading.items) for result in results] == [1, 1]
    assert [asked.path for asked in server.asked] == [SIGN_IN, SEARCH, SIGN_IN, SEARCH]
    assert [asked.headers.get("authorization") for asked in server.asked] == [None, "Bearer token-0", None, "Bearer token-1"]
    said = repr(results)
    assert "token-" not in said
    assert "abcd-efgh" not in said


def test_a_wrong_app_password_is_unauthorized_and_nothing_is_searched(server, fetcher):
    result = read(server, fetcher, credentials={"identifier": "kota.example", "app_password": "salah"})
    assert result.outcome.kind == "unauthorized"
    assert [asked.path for asked in server.asked] == [SIGN_IN]


def test_a_sign_in_without_a_token_is_said_to_be_one(server, fetcher):
    server.body = b'{"handle": "kota.example"}'
    result = read(server, fetcher, credentials={"identifier": "kota.example", "app_password": "x"})
    assert result.reading.kind == "unreadable"
    assert result.reading.problems == (SENTENCES["post.no_token"],)


def test_an_account_that_lives_elsewhere_is_asked_at_its_own_server(server, fetcher):
    server.add("Banjir")
    reader = BlueskyReader("http://127.0.0.1:9", "http://127.0.0.1:9")
    secrets = {"identifier": "kota.example", "app_password": "abcd-efgh-ijkl-mnop", "server": f"{server.url}/"}
    assert len(reader.read(ReadRequest("banjir", credentials=secrets), fetcher).reading.items) == 1


class Listens:
    """A network that keeps what was asked and answers nothing."""

    def __init__(self) -> None:
        self.asked: list[FetchRequest] = []

    def fetch(self, request: FetchRequest) -> FetchOutcome:
        self.asked.append(request)
        return FetchOutcome("forbidden", request.url, 403)

    def close(self) -> None:
        """Nothing is open."""


def test_without_tls_no_secret_is_sent():
    network = Listens()
    secrets = {"identifier": "kota.example", "app_password": "abcd", "server": "http://pds.example"}
    assert BlueskyReader().read(ReadRequest("banjir", credentials=secrets), network).outcome.kind == "forbidden"
    MastodonReader().read(ReadRequest("http://masto.example/tags/banjir", credentials={"token": "abcd"}), network)
    assert [(asked.authorization, asked.body) for asked in network.asked] == [("", b""), ("", b"")]
    MastodonReader().read(ReadRequest("https://masto.example/tags/banjir", credentials={"token": "abcd"}), network)
    assert network.asked[-1].authorization == "Bearer abcd"


def test_neither_handle_nor_did_is_anywhere_in_what_is_given(server, fetcher):
    post = server.add("Banjir", author="zulkarnaen")
    result = read(server, fetcher, voice=lambda name: "suara")
    (item,) = result.reading.items
    assert "zulkarnaen" not in repr(result)
    assert post["uri"].rpartition("/")[2] not in repr(result)
    assert item.voice == "suara"


def test_two_posts_of_one_author_have_nothing_in_common_but_the_voice(server, fetcher):
    server.add("Banjir satu", at=at(0))
    server.add("Banjir dua", at=at(1))
    one, two = read(server, fetcher).reading.items
    assert canonical(one.link) != canonical(two.link)
    assert one.entry_id.removeprefix("bsky:") not in two.link


def test_the_link_leads_to_the_search_of_that_day(server, fetcher):
    server.add("Banjir", at="2026-12-31T23:59:00.000Z")
    (item,) = read(server, fetcher).reading.items
    assert parse_qs(urlsplit(item.link).query)["q"] == ["banjir jakarta since:2026-12-31 until:2027-01-01"]


def test_who_asks_not_to_be_shown_to_everybody_is_not_read(server, fetcher):
    shy = server.add("Jangan sebar")
    shy["author"]["labels"] = [{"val": "!no-unauthenticated"}]
    server.add("Disembunyikan", labels=[{"val": "!hide"}])
    server.add("Untuk semua")
    result = read(server, fetcher)
    assert [item.summary for item in result.reading.items] == ["Untuk semua"]
    assert result.reading.problems == ("Posts that are not meant for everybody, left out: 2.",)


def test_a_post_that_comes_late_is_met_as_long_as_it_is_not_too_late(server, fetcher):
    server.add("Pertama", at=at(0))
    server.add("Kedua", at=at(600))
    first = read(server, fetcher)
    server.add("Terlambat", at=at(300), indexed=at(700))
    server.add("Sangat terlambat", at=at(-3600), indexed=at(700))
    second = read(server, fetcher, first.cursor)
    assert [item.summary for item in second.reading.items] == ["Terlambat"]
    assert read(server, fetcher, second.cursor).reading.items == ()


def test_posts_of_the_same_moment_are_not_taken_for_each_other(server, fetcher):
    server.add("Satu", at=at(0))
    first = read(server, fetcher)
    server.add("Dua", at=at(0))
    server.add("Tiga", at=at(0))
    assert sorted(item.summary for item in read(server, fetcher, first.cursor).reading.items) == ["Dua", "Tiga"]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(st.integers(0, 800), max_size=8), min_size=1, max_size=5))
def test_in_whatever_order_posts_arrive_within_a_quarter_of_an_hour_each_is_read_once(server, fetcher, visits):
    server.posts.clear()
    cursor, met = "", []
    for place, seconds in enumerate(visits):
        for second in seconds:
            server.add(f"{place} {second} {len(server.posts)}", at=at(second), indexed=at(900 + place))
        result = read(server, fetcher, cursor)
        cursor, met = result.cursor, met + [item.summary for item in result.reading.items]
    assert sorted(met) == sorted(post["record"]["text"] for post in server.posts)


def test_the_cursor_stays_short_however_much_is_said(server, fetcher):
    for n in range(500):
        server.add(f"Banjir {n}", at=at(n / 10))
    result = read(server, fetcher)
    assert len(result.reading.items) == 500
    assert len(result.cursor) < 30 + 13 * KEPT
    assert read(server, fetcher, result.cursor).reading.items == ()


def test_a_visit_that_breaks_off_keeps_what_it_read_and_comes_again_from_the_same_place(server, fetcher):
    server.add("Pertama", at=at(0))
    cursor = read(server, fetcher).cursor
    for n in range(250):
        server.add(f"Banjir {n}", at=at(1 + n))
    server.after, server.fault = len(server.asked) + 1, "status?code=500"
    broken = read(server, fetcher, cursor)
    assert len(broken.reading.items) == 100
    assert [problem.code for problem in broken.reading.problems] == ["post.stopped"]
    assert broken.cursor == cursor
    server.fault = ""
    assert len(read(server, fetcher, cursor).reading.items) == 250


FIELDS = "uri record author indexedAt labels record.text record.createdAt record.langs author.did author.handle author.labels"


@pytest.mark.parametrize("path", [name.split(".") for name in FIELDS.split()], ids="/".join)
def test_a_post_without_one_of_its_fields_does_not_stop_the_others(server, fetcher, path):
    server.add("Lengkap", at=at(0))
    broken = server.add("Kurang", at=at(1))
    inner = broken
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    server.body = json.dumps({"posts": server.posts}).encode()
    assert "Lengkap" in [item.summary for item in read(server, fetcher).reading.items]


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59.000Z", "kemarin", "0001-01-01T00:00:00Z"])
def test_a_post_whose_times_cannot_be_read_is_left_out_for_it_has_no_place_among_the_others(server, fetcher, time):
    server.add("Lengkap", at=at(0))
    server.add("Nanti", at=time, indexed=time)
    assert [item.summary for item in read(server, fetcher).reading.items] == ["Lengkap"]
