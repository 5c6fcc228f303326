"""Asking many sources at once: every answer is told, none is asked twice at a time, nothing is remembered."""

from __future__ import annotations

import pytest

from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.adapters.looking import Asked, look_at_all, summary
from kentongan.adapters.sources import ReaderSetup
from kentongan.ports import ReadRequest
from kentongan.testing.fake_files import FileServer
from kentongan.testing.official_documents import Info, cap_alert, rss

RFC = "Sat, 21 Nov 2026 07:05:00 +0000"
SETUP = ReaderSetup(frozenset({"127.0.0.1"}))


@pytest.fixture
def fetcher():
    made = HttpFetcher(FetchSettings("desk@example.org", allow_hosts=frozenset({"127.0.0.1"})))
    yield made
    made.close()


@pytest.fixture
def server():
    with FileServer() as running:
        yield running


def asked(server):
    feed = server.put("feed", rss("Kabar", [("https://kabar.example/1", "Banjir", "", RFC)]))
    return [
        Asked("Kabar", "feed", ReadRequest(feed)),
        Asked("Cuaca", "warnings", ReadRequest(server.put("alert.xml", cap_alert("A1", Info())))),
        Asked("Weg", "feed", ReadRequest(server.url_for("weg"))),
        Asked("Mati", "feed", ReadRequest(server.put("mati", b"", status=503))),
        Asked("Halaman", "feed", ReadRequest(server.put("html", "<!doctype html><html>Masuk</html>", "text/html"))),
        Asked("Surat", "imap", ReadRequest("https://bukan.example/")),
    ]


def test_every_source_is_told_with_its_outcome(server, fetcher):
    looked = {one.name: one for one in look_at_all(asked(server), fetcher, SETUP)}
    assert {name: one.outcome for name, one in looked.items()} == {
        "Kabar": "ok", "Cuaca": "ok", "Weg": "not_found", "Mati": "server_error", "Halaman": "unreadable", "Surat": "bad_address",
    }  # fmt: skip
    assert [name for name, one in sorted(looked.items()) if one.answers] == ["Cuaca", "Kabar"]
    assert (looked["Cuaca"].items, looked["Cuaca"].notices) == (1, 1)
    assert "web page" in looked["Halaman"].detail
    assert looked["Surat"].detail


def test_outcomes_are_summed_the_most_frequent_first(server, fetcher):
    counts = summary(list(look_at_all(asked(server), fetcher, SETUP)))
    assert counts == {"ok": 2, "bad_address": 1, "not_found": 1, "server_error": 1, "unreadable": 1}
    assert next(iter(counts)) == "ok"


def test_many_sources_of_one_host_are_all_told(server, fetcher):
    feed = rss("Kabar", [("https://kabar.example/1", "Banjir", "", RFC)])
    many = [Asked(f"S{n}", "feed", ReadRequest(server.put(f"feed{n}", feed))) for n in range(40)]
    looked = list(look_at_all(many, fetcher, SETUP, at_once=32))
    assert sorted(one.name for one in looked) == sorted(one.name for one in many)
    assert all(one.answers for one in looked)
    assert all(server.hits[f"feed{n}"] == 1 for n in range(40))


def test_nobody_to_ask_is_no_fault(fetcher):
    assert list(look_at_all([], fetcher, SETUP)) == []
    assert summary([]) == {}


def test_a_kind_without_a_reader_is_a_mistake_of_ours(fetcher):
    with pytest.raises(KeyError):
        list(look_at_all([Asked("X", "push", ReadRequest("https://x.example/"))], fetcher, SETUP))
