"""Outlets that articles name become proposals; sources, networks of people and blogs never do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.proposals import propose
from kentongan.engine.records import Article, article_id

NOW = datetime(2026, 11, 21, tzinfo=UTC)
KNOWN = ("https://kabar.co.id/feed", "https://www.harian.example/rss")


def article(number, text, *, outlet="", url=""):
    url = url or f"https://kabar.co.id/{number}"
    return Article(article_id(url), url, outlet or f"Kabar {number}", "press", "Banjir", text, "id", NOW)


def hosts(*texts, least=1):
    return [one.host for one in propose([article(n, text) for n, text in enumerate(texts)], KNOWN, least_articles=least)]


@pytest.mark.parametrize(
    "text",
    [
        "Air naik, seperti dikutip dari Antaranews.com, Sabtu.",
        "Melansir laman antaranews.com, air naik.",
        "Sumber: https://www.antaranews.com/berita/1?utm_source=x",
        "Lihat https://jateng.antaranews.com/berita/1.",
        "(Sumber: ANTARANEWS.COM)",
    ],
)
def test_a_credit_or_a_link_names_an_outlet(text):
    assert hosts(text) == ["antaranews.com"]


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Theo báo tuoitre.vn, nước dâng cao.", "tuoitre.vn"),
        ("Nguồn: thanhnien.vn", "thanhnien.vn"),
        ("dẫn lại từ vnexpress.net", "vnexpress.net"),
        ("According to thejakartapost.com, the water rose.", "thejakartapost.com"),
        ("Dikutip dari laman jatengprov.go.id", "jatengprov.go.id"),
    ],
)
def test_credits_are_read_in_three_languages(text, host):
    assert hosts(text) == [host]


@pytest.mark.parametrize(
    "text",
    [
        "Dikutip dari kabar.co.id dan https://jatim.kabar.co.id/1",
        "Sumber: https://www.harian.example/1",
        "Sumber: https://www.facebook.com/warga/posts/1 dan https://x.com/warga/status/1 dan https://t.me/s/warga",
        "Sumber: https://warga-biasa.blogspot.com/2026/1 dan https://warga.substack.com/p/1",
        "Menurut sumber.Air naik di hulu. Laporan Bpk.Budi",
        "Unduh di https://docs.google.com/x, https://bit.ly/abc, http://192.168.1.5/x, http://localhost/x",
        "Kompas.com tidak disebut sebagai apa pun.",
        "",
    ],
)
def test_sources_networks_of_people_and_mere_names_are_no_proposals(text):
    assert hosts(text) == []


def test_an_article_that_came_by_a_list_of_addresses_proposes_its_own_outlet():
    (one,) = propose([article(1, "", url="https://baru.example.net/1"), article(2, "", url="https://baru.example.net/2")], KNOWN)
    assert (one.host, one.articles, one.address) == ("example.net", 2, "https://baru.example.net/1")


def test_each_article_counts_once_and_the_most_widely_named_come_first():
    texts = ["Sumber: satu.com https://satu.com/1 dilansir satu.com", "Sumber: satu.com, dikutip dari dua.com", "dikutip dari dua.com"]
    articles = [article(n, text, outlet="A" if n < 2 else "B") for n, text in enumerate(texts)]
    found = propose(articles, KNOWN, least_articles=1)
    assert [(one.host, one.articles, one.outlets) for one in found] == [("dua.com", 2, 2), ("satu.com", 2, 1)]
    assert found[0].example == "https://kabar.co.id/1"
    assert found[1].address == "https://satu.com/1"


def test_what_is_named_too_seldom_is_left_out():
    assert hosts("Sumber: satu.com", "Sumber: satu.com", "Sumber: dua.com", least=2) == ["satu.com"]


def test_links_the_text_does_not_show_may_be_given():
    articles = [article(1, "")]
    links = [
        ("https://kabar.co.id/1", "https://dua.com/x"),
        ("https://kabar.co.id/9", "https://tiga.com/x"),
        ("https://kabar.co.id/1", "mailto:x"),
    ]
    assert [one.host for one in propose(articles, KNOWN, least_articles=1, links=links)] == ["dua.com"]


def test_no_more_are_given_than_asked_for():
    articles = [article(n, f"Sumber: outlet{n}.com") for n in range(20)]
    assert len(propose(articles, KNOWN, least_articles=1, limit=5)) == 5


@given(st.text(max_size=300))
def test_any_text_gives_hosts_that_are_hosts(text):
    for one in propose([article(1, f"Sumber: {text} https://{text}")], KNOWN, least_articles=1):
        assert "." in one.host
        assert " " not in one.host


def test_a_long_text_without_end_is_read_in_time():
    long = article(1, "sumber " * 30_000 + "https://" + "a." * 100_000)
    assert all(len(one.host) <= 255 for one in propose([long], KNOWN, least_articles=1))
