"""Fact-checks: ClaimReviews of pages and of JSON feeds, verdicts in headlines, and never a word about who said it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.adapters.factchecks import MOST_PAGES, FactCheckReader, check_of_headline, read_json, read_page
from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.engine.records import RawItem
from kentongan.ports import ReadRequest
from kentongan.testing.fake_files import FileServer
from kentongan.testing.official_documents import check_page, claim_review, rss

URL = "https://cek.example/1"
RFC = "Fri, 20 Nov 2026 03:00:00 +0000"


@pytest.fixture
def server():
    with FileServer() as running:
        yield running


@pytest.fixture
def read():
    fetcher = HttpFetcher(FetchSettings("desk@example.org", allow_hosts=frozenset({"127.0.0.1"})))
    yield lambda address, cursor="": FactCheckReader().read(ReadRequest(address, cursor, default_offset=420), fetcher)
    fetcher.close()


def checks_of(*reviews):
    return read_page(check_page(*reviews).encode(), url=URL)[0]


def test_a_page_gives_claim_verdict_and_checker_in_the_checkers_words():
    (check,) = checks_of(claim_review(URL, "Air PDAM beracun", "Salah", inLanguage="id-ID"))
    assert (check.url, check.claim, check.rating, check.checker, check.language) == (URL, "Air PDAM beracun", "Salah", "Cek Tirta", "id")
    assert check.checked == datetime(2026, 11, 20, tzinfo=UTC)


def test_who_said_the_claim_is_never_read():
    (check,) = checks_of(claim_review(URL, "Air PDAM beracun", "Salah"))
    assert "Warga Biasa" not in repr(check)
    (signed,) = checks_of(claim_review(URL, "x", "Salah", author={"@type": "Person", "name": "Pemeriksa Satu"}))
    assert signed.checker == "cek.example"


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://berita.example/hoaks", "https://berita.example/hoaks"),
        ("https://www.facebook.com/warga/posts/1", ""),
        ("https://x.com/warga/status/1", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_where_the_claim_stood_is_kept_only_where_it_is_no_persons_place(address, kept):
    item = {"@type": "Claim", "appearance": [{"@type": "CreativeWork", "url": address}]}
    assert checks_of(claim_review(URL, "x", "Salah", itemReviewed=item))[0].claim_url == kept


@pytest.mark.parametrize(
    "wrap",
    [
        lambda one: one,
        lambda one: [one],
        lambda one: {"@graph": [{"@type": "WebPage"}, one]},
        lambda one: {"@type": "DataFeed", "dataFeedElement": [{"@type": "DataFeedItem", "item": [one]}]},
        lambda one: {"a": {"b": {"c": [one]}}},
    ],
)
def test_a_check_is_found_wherever_it_stands(wrap):
    checks, problems = read_json(json.dumps(wrap(claim_review(URL, "Air beracun", "Salah"))).encode(), url=URL)
    assert [check.claim for check in checks] == ["Air beracun"]
    assert problems == []


@pytest.mark.parametrize(
    ("rating", "words"),
    [
        ({"alternateName": "Mostly false"}, "Mostly false"),
        ({"ratingValue": 2, "worstRating": 1, "bestRating": 5}, "2 (1–5)"),
        ({"ratingValue": "3"}, "3"),
        ([{"alternateName": "Benar"}], "Benar"),
    ],
)
def test_a_verdict_is_a_word_or_a_number_with_its_bounds(rating, words):
    assert checks_of(claim_review(URL, "x", "", reviewRating=rating))[0].rating == words


@pytest.mark.parametrize(
    "change", [{"claimReviewed": ""}, {"reviewRating": {}}, {"reviewRating": "Salah"}, {"reviewRating": {"ratingValue": -1}}]
)
def test_a_check_without_claim_or_verdict_is_counted_and_left_out(change):
    checks, problems = read_json(json.dumps(claim_review(URL, "x", "Salah") | change).encode(), url=URL)
    assert checks == ()
    assert [one.code for one in problems] == ["check.empty"]


@pytest.mark.parametrize(
    ("title", "rating", "claim"),
    [
        ("[SALAH] Air PDAM beracun", "SALAH", "Air PDAM beracun"),
        ("(PENIPUAN) Undian berhadiah", "PENIPUAN", "Undian berhadiah"),
        ("【TIN GIẢ】: Vỡ đập", "TIN GIẢ", "Vỡ đập"),
    ],
)
def test_a_headline_that_begins_with_its_verdict_is_a_check(title, rating, claim):
    check = check_of_headline(RawItem("1", URL, title, "", "", None, None, "id"), "Cek")
    assert check is not None
    assert (check.rating, check.claim) == (rating, claim)


@pytest.mark.parametrize("title", ["[VIDEO] Banjir di Hulu", "Air PDAM [SALAH] beracun", "[SALAH]", "(2026) Tahun baru", "Banjir"])
def test_any_other_headline_is_none(title):
    assert check_of_headline(RawItem("1", URL, title, "", "", None, None, "id"), "Cek") is None


def test_pages_of_a_feed_are_asked_for_once(server, read):
    page = server.put("cek/1", check_page(claim_review(server.url_for("cek/1"), "Air beracun", "Salah")), "text/html")
    plain = server.put("cek/2", "<html><p>Tanpa data</p></html>", "text/html")
    index = server.put("feed", rss("Cek", [(page, "[SALAH] Air beracun", "", RFC), (plain, "[BENAR] Pasar pindah", "", RFC)]))
    said = read(index)
    assert said.reading.kind == "checks"
    assert [(one.rating, one.claim) for one in said.notices] == [("Salah", "Air beracun"), ("BENAR", "Pasar pindah")]
    assert [item.title for item in said.reading.items] == ["[SALAH] Air beracun", "[BENAR] Pasar pindah"]
    again = read(index, said.cursor)
    assert (again.notices, again.reading.items) == ((), ())
    assert server.hits["cek/1"] == 1


def test_a_page_that_does_not_answer_now_is_asked_for_again(server, read):
    link = server.put("cek/1", b"", status=503)
    index = server.put("feed", rss("Cek", [(link, "[SALAH] Air beracun", "", RFC)]))
    said = read(index)
    assert (said.notices, said.reading.items) == ((), ())
    server.put("cek/1", check_page(claim_review(link, "Air beracun", "Salah")), "text/html")
    assert len(read(index, said.cursor).notices) == 1


def test_a_page_that_is_gone_leaves_the_verdict_of_the_headline(server, read):
    said = read(server.put("feed", rss("Cek", [(server.url_for("weg"), "[SALAH] Air beracun", "", RFC)])))
    assert [one.rating for one in said.notices] == ["SALAH"]
    assert said.reading.problems[0].code == "check.page"


def test_a_long_feed_is_read_over_several_visits(server, read):
    links = [
        server.put(f"cek/{n}", check_page(claim_review(server.url_for(f"cek/{n}"), f"Klaim {n}", "Salah")), "text/html") for n in range(30)
    ]
    index = server.put("feed", rss("Cek", [(link, f"Klaim {n}", "", RFC) for n, link in enumerate(links)]))
    first = read(index)
    assert len(first.notices) == MOST_PAGES
    assert [one.claim for one in read(index, first.cursor).notices] == [f"Klaim {n}" for n in range(MOST_PAGES, 30)]


def test_a_json_feed_of_checks_is_read_whole(server, read):
    feed = {"@type": "DataFeed", "dataFeedElement": [{"item": [claim_review(f"{URL}{n}", f"Klaim {n}", "Salah")]} for n in range(3)]}
    said = read(server.put("data.json", json.dumps(feed), "application/json"))
    assert [one.claim for one in said.notices] == ["Klaim 0", "Klaim 1", "Klaim 2"]
    assert [item.title for item in said.reading.items] == ["[Salah] Klaim 0", "[Salah] Klaim 1", "[Salah] Klaim 2"]


@pytest.mark.parametrize("body", ["", "<html>Masuk dulu</html>", "[" * 50_000, '{"a": 1}'])
def test_what_holds_no_check_is_unreadable_and_says_so(server, read, body):
    said = read(server.put("x", body, "text/html"))
    assert said.reading.kind == "unreadable"
    assert said.notices == ()


def test_broken_linked_data_is_said_and_the_other_is_read():
    page = check_page(claim_review(URL, "Air beracun", "Salah")).replace(
        "</head>", '<script type="application/ld+json">{"@type": "ClaimReview",</script></head>'
    )
    checks, problems = read_page(page.encode(), url=URL)
    assert len(checks) == 1
    assert [one.code for one in problems] == ["check.json"]


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x), max_leaves=10)
)
def test_any_value_in_any_field_raises_nothing(value):
    base = claim_review(URL, "x", "Salah")
    for name in base:
        checks, _problems = read_json(json.dumps(base | {name: value}).encode(), url=URL)
        assert all(one.url and one.claim and one.rating for one in checks)
