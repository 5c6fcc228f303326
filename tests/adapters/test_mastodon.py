"""Mastodon: which timelines are read and which never are, page by page, and what is left out."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.adapters.mastodon import PAGES, MastodonReader, Timeline, refusal, timeline
from kentongan.engine.reasons import SENTENCES, Remark
from kentongan.ports import FetchOutcome, FetchRequest, ReadRequest
from kentongan.testing.fake_mastodon import FakeMastodon


@pytest.fixture
def server() -> Iterator[FakeMastodon]:
    with FakeMastodon() as running:
        yield running


@pytest.fixture(scope="module")
def fetcher() -> Iterator[HttpFetcher]:
    running = HttpFetcher(FetchSettings("desk@example.org", allow_hosts=frozenset({"127.0.0.1"})))
    yield running
    running.close()


def read(server: FakeMastodon, fetcher: HttpFetcher, cursor: str = "", **more):
    return MastodonReader().read(ReadRequest(f"{server.url}/tags/banjir", cursor=cursor, **more), fetcher)


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("#banjir@mastodon.social", "https://mastodon.social/api/v1/timelines/tag/banjir?limit=40"),
        ("#lũlụt@mastodon.example:8443", "https://mastodon.example:8443/api/v1/timelines/tag/l%C5%A9l%E1%BB%A5t?limit=40"),
        ("https://mastodon.social/tags/banjir", "https://mastodon.social/api/v1/timelines/tag/banjir?limit=40"),
        ("https://mastodon.social/web/tags/banjir/", "https://mastodon.social/api/v1/timelines/tag/banjir?limit=40"),
        ("https://mastodon.social/public/local", "https://mastodon.social/api/v1/timelines/public?limit=40&local=true"),
    ],
)
def test_a_hashtag_and_the_local_timeline_are_asked_from_the_public_api(address, page):
    found = timeline(address)
    assert isinstance(found, Timeline)
    assert found.page() == page


@pytest.mark.parametrize(
    "address",
    [
        "@warga@mastodon.social",
        "warga@mastodon.social",
        "https://mastodon.social/@warga",
        "https://mastodon.social/@warga/112000000000000000",
        "https://mastodon.social/@warga.rss",
        "https://mastodon.social/%40warga",
        "https://mastodon.social/users/warga",
        "https://mastodon.social/web/@warga",
        "https://mastodon.social/web/accounts/12",
        "https://mastodon.social/u/warga",
    ],
)
def test_a_person_is_never_read_and_nothing_is_even_asked(address):
    class Nobody:
        def fetch(self, request: FetchRequest) -> FetchOutcome:
            raise AssertionError(f"{request.url} was asked")

        def close(self) -> None:
            """Nothing is open."""

    result = MastodonReader().read(ReadRequest(address), Nobody())
    assert result.outcome.kind == "bad_address"
    assert result.outcome.detail == refusal(address) == SENTENCES["post.person"]
    assert result.reading is None


@pytest.mark.parametrize(
    "address",
    [
        "", "banjir", "#banjir", "#@mastodon.social", "#ban jir@mastodon.social", "https://mastodon.social", "https://mastodon.social/public",
        "ftp://mastodon.social/tags/banjir", "https://user:pass@mastodon.social/tags/banjir", "https://mastodon.social/tags/a/b",
        "https://mastodon.social/api/v1/accounts/1/statuses", "https://mastodon.social/lists/3", "#a/../../accounts/1@mastodon.social",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_the_way_to_write_it(address):
    said = refusal(address)
    assert isinstance(said, Remark)
    assert said.code in ("post.mastodon_address", "post.person")


@given(st.text(max_size=60))
def test_whatever_is_typed_leads_to_a_public_timeline_or_nowhere(address):
    found = timeline(address)
    if isinstance(found, Timeline):
        assert "/api/v1/timelines/" in found.page()
        assert "accounts" not in found.page().partition("?")[0].partition("/timelines/")[0]
    else:
        assert found == refusal(address)


def test_a_profile_of_dots_cannot_climb_out_of_the_timeline(server, fetcher):
    result = MastodonReader().read(ReadRequest(f"{server.url}/tags/..%2f..%2faccounts%2f5%2fstatuses"), fetcher)
    assert result.outcome.kind == "bad_address"
    assert server.asked == []


def test_it_reads_on_from_the_cursor_page_by_page_and_stops_when_there_is_no_more(server, fetcher):
    server.add("Yang pertama")
    cursor = read(server, fetcher).cursor
    for n in range(95):
        server.add(f"Air naik {n}")
    server.asked.clear()
    result = read(server, fetcher, cursor)
    assert len(result.reading.items) == 95
    assert [asked.query["min_id"] for asked in server.asked] == [cursor, server.posts[40]["id"], server.posts[80]["id"]]
    assert result.cursor == server.posts[-1]["id"]


def test_a_visit_has_an_end_and_the_next_goes_on_from_there(server, fetcher):
    server.add("Yang pertama")
    cursor = read(server, fetcher).cursor
    for n in range(PAGES * 40 + 15):
        server.add(f"Air naik {n}")
    first = read(server, fetcher, cursor)
    assert len(first.reading.items) == PAGES * 40
    assert SENTENCES["post.more"] in first.reading.problems
    second = read(server, fetcher, first.cursor)
    assert len(second.reading.items) == 15
    assert second.reading.problems == ()


def test_a_limit_smaller_than_a_page_loses_nothing(server, fetcher):
    server.add("Yang pertama")
    cursor = read(server, fetcher).cursor
    for n in range(30):
        server.add(f"Air naik {n}")
    met = []
    for _ in range(5):
        result = read(server, fetcher, cursor, limit=7)
        met += [item.entry_id for item in result.reading.items]
        cursor = result.cursor
    assert len(met) == len(set(met)) == 30


def test_what_was_read_before_a_server_had_enough_is_kept_and_the_wait_it_asks_for_too(server, fetcher):
    server.add("Yang pertama")
    cursor = read(server, fetcher).cursor
    for n in range(100):
        server.add(f"Air naik {n}")
    server.after, server.fault = len(server.asked) + 1, "status?code=429&retry=60"
    result = read(server, fetcher, cursor)
    assert result.outcome.kind == "ok"
    assert result.outcome.retry_after_s == 60
    assert len(result.reading.items) == 40
    assert [problem.code for problem in result.reading.problems] == ["post.stopped"]
    server.fault = ""
    assert len(read(server, fetcher, result.cursor).reading.items) == 60


def test_a_server_that_repeats_itself_for_ever_is_asked_twice_at_most(server, fetcher):
    posts = [server.add(f"Air naik {n}") for n in range(40)]
    server.body = json.dumps(posts).encode()
    result = read(server, fetcher, posts[5]["id"])
    assert len(result.reading.items) == 34
    assert len(server.asked) == 2


def test_only_what_is_meant_for_everybody_is_read(server, fetcher):
    server.add("Untuk semua")
    server.add("Tidak terdaftar", visibility="unlisted")
    server.add("Pengikut saja", visibility="private")
    server.add("Langsung", visibility="direct")
    server.add("Tanpa keterangan", visibility=None)
    hidden = server.add("Tidak mau dicari")
    hidden["account"]["noindex"] = True
    result = read(server, fetcher)
    assert [item.summary.split(" ⟦")[0] for item in result.reading.items] == ["Untuk semua"]
    assert result.reading.problems == ("Posts that are not meant for everybody, left out: 5.",)
    assert result.cursor == server.posts[-1]["id"]


def test_a_boost_is_the_post_it_boosts_and_a_sensitive_one_is_left_out(server, fetcher):
    said = server.add("Jembatan ambruk", author="penulis", visibility="public", tags="lain")
    bad = server.add("Gambar luka", sensitive=True, tags="lain")
    server.add("", author="penyebar", reblog=said)
    server.add("", author="penyebar", reblog=bad)
    (item,) = read(server, fetcher, voice=lambda name: f"voice of {name}").reading.items
    assert item.summary.startswith("Jembatan ambruk")
    assert item.entry_id.endswith(said["id"])
    assert item.voice.startswith("voice of penulis@")


def test_a_sensitive_post_itself_is_read_with_its_warning(server, fetcher):
    server.add("Korban banjir", sensitive=True, spoiler_text="Berita duka")
    (item,) = read(server, fetcher).reading.items
    assert item.summary.startswith("Berita duka Korban banjir")


def test_addresses_and_mentions_of_people_in_the_text_become_marks(server, fetcher):
    server.add('Lihat <a href="https://lain.example/@siti/5">https://lain.example/@siti/5</a> dan lain.example/users/siti')
    (item,) = read(server, fetcher).reading.items
    assert "siti" not in item.summary
    assert item.summary == "Lihat ⟦handle⟧ dan ⟦handle⟧ ⟦handle⟧"


def test_the_link_opens_the_post_without_naming_who_wrote_it(server, fetcher):
    post = server.add("Air naik", author="zulkarnaen")
    (item,) = read(server, fetcher).reading.items
    assert item.link == f"{server.url}/statuses/{post['id']}"
    assert item.entry_id == f"127.0.0.1/{post['id']}"


def test_the_voice_is_the_same_wherever_an_account_is_seen_from(server, fetcher):
    heard: list[str] = []

    def voice(name: str) -> str:
        heard.append(name)
        return "x"

    server.add("Satu", author="Ani@Lain.example")
    server.add("Dua", author="Budi")
    read(server, fetcher, voice=voice)
    assert heard == ["ani@lain.example", "budi@127.0.0.1"]


def test_a_server_that_wants_a_token_gets_it_and_no_other_host_does(fetcher):
    with FakeMastodon(token="kunci-kantor") as server:
        server.add("Air naik")
        assert read(server, fetcher).outcome.kind == "unauthorized"
        result = read(server, fetcher, credentials={"token": "kunci-kantor"})
        assert len(result.reading.items) == 1
        assert "kunci-kantor" not in repr(result)


def test_ids_of_other_software_are_ordered_as_well(server, fetcher):
    server.posts = []
    first = server.add("Satu", id="9wOaTRVxkqVfQqGvV6")
    second = server.add("Dua", id="9wOaTRVxkqVfQqGvV7")
    server.body = json.dumps([second, first]).encode()
    result = read(server, fetcher)
    assert result.cursor == second["id"]
    assert len(read(server, fetcher, first["id"]).reading.items) == 1


@pytest.mark.parametrize(
    "name", ["id", "created_at", "visibility", "content", "account", "language", "reblog", "spoiler_text", "edited_at"]
)
def test_a_post_without_one_of_its_fields_does_not_stop_the_others(server, fetcher, name):
    server.add("Lengkap")
    broken = server.add("Kurang")
    del broken[name]
    server.body = json.dumps(server.posts).encode()
    assert "Lengkap ⟦handle⟧" in [item.summary for item in read(server, fetcher).reading.items]
