"""Starter packs: every entry is complete, fits a kind that exists, says how its address is known, and stands once."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from kentongan.adapters.sources import KINDS
from kentongan.engine import feed_links, opml
from kentongan.errors import InputError, StateError
from kentongan.packs import get_pack, get_packs, read_pack

PACKS = get_packs()
ENTRIES = [(pack, entry) for pack in PACKS for entry in pack.entries]


def test_both_countries_have_press_places_agencies_and_checkers():
    assert {pack.name for pack in PACKS} >= {
        "id-press",
        "id-regions",
        "id-official",
        "vn-press",
        "vn-provinces",
        "vn-official",
        "factcheck",
    }
    assert len(ENTRIES) >= 100
    assert {entry.language for _, entry in ENTRIES} >= {"id", "vi", "en"}


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_a_pack_says_in_a_line_what_to_know_of_rights_and_manners(pack):
    assert pack.title
    assert pack.country
    assert 30 < len(pack.note) < 400
    assert "\n" not in pack.note


@pytest.mark.parametrize(("pack", "entry"), ENTRIES, ids=[entry.url for _, entry in ENTRIES])
def test_an_entry_fits_the_kind_it_names(pack, entry):
    assert entry.kind in KINDS
    assert entry.source_kind in KINDS[entry.kind].source_kinds
    assert urlsplit(entry.url).scheme == "https"
    assert KINDS[entry.kind].refusal(entry.url) == ""
    assert re.fullmatch(r"|\d{4}-\d{2}-\d{2}", entry.checked)
    assert not entry.checked or entry.evidence == "answered"
    assert len(entry.name) <= 200
    assert (entry.kind == "listing") <= bool(entry.pattern)
    if entry.pattern:
        assert feed_links.read_listing(b"<html></html>", url=entry.url, pattern=entry.pattern).kind == "listing"


def test_no_address_stands_twice():
    addresses = [entry.url for _, entry in ENTRIES]
    assert len(set(addresses)) == len(addresses)


def test_no_network_of_people_is_in_a_pack():
    assert [e.url for _, e in ENTRIES if re.search(r"facebook|tiktok|twitter|//x\.com|instagram|youtube|t\.me", e.url)] == []


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_any_feed_reader_can_read_a_pack(pack):
    from importlib import resources

    outlines, problems = opml.read(resources.files("kentongan.packs").joinpath(f"{pack.name}.opml").read_bytes())
    assert problems == ()
    assert [(one.url, one.kind, one.pattern) for one in outlines] == [(entry.url, entry.kind, entry.pattern) for entry in pack.entries]


def test_a_name_that_is_no_pack_names_those_there_are():
    with pytest.raises(InputError, match="id-press"):
        get_pack("../../etc/passwd")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "damaged"),
        (b"<rss/>", "not OPML"),
        (b"<opml><body><outline text='A' xmlUrl='https://a.example/'/></body></opml>", "lacks kind, source_kind, evidence"),
        (b"<opml><body><outline xmlUrl='javascript:x'/></body></opml>", "lacks name, url"),
        (b"<opml><body>", "damaged"),
    ],
)
def test_a_damaged_pack_names_the_entry_and_the_field(body, words):
    with pytest.raises(StateError, match=words):
        read_pack("uji", body)
