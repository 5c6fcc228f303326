"""Watches and agencies are heard: an item is marked when it enters the journal, a mark that rises is a signal, and what was heard stays."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kentongan.engine import pipeline
from kentongan.engine.records import article_id
from kentongan.office.listening import briefing, journal, marking, silences, watches
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.listener import Listener
from kentongan.office.listening.models import Article, JournalEntry, ListenerState, Signal
from kentongan.office.people import standing
from kentongan.office.people.models import Place
from kentongan.testing import builders

pytestmark = pytest.mark.django_db
NOW = builders.NOW
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def today(settings):
    settings.CLOCK = SimpleNamespace(now=lambda: NOW)


def item(office, title, at=NOW, text="", **fields):
    url = f"https://kabar.example/{office.pk}/{Article.objects.count()}"
    given = {"outlet": "AB"[Article.objects.count() % 2], "source_kind": "press", "language": "id", "published": at, "seen": at, **fields}
    return Article.objects.create(office=office, key=article_id(url), url=url, title=title, text=text, waiting=True, **given)


def marks(office, *articles):
    found = marking.marked(office.pk, [one.pk for one in articles])
    return [found[one.pk].keys if one.pk in found else [] for one in articles]


# What is marked


def test_an_item_bears_the_watches_it_matches_and_the_agencies_it_names(office, admin, purpose):
    watches.begin(admin, purpose, "Air keruh", "air NEAR/3 (keruh OR bau) -renang", NOW)
    standing.make_agency(admin, "Dinas Perhubungan", "Dishub", "", NOW)
    found = marks(
        office,
        item(office, "Air PAM keruh di Pelita"),
        item(office, "Air kolam renang keruh"),
        item(office, "Rute baru bus 4", text="Dinas perhubungan membuka rute."),
        item(office, "Dishub: air di terminal bau"),
        item(office, "Pasar pindah"),
    )
    assert found == [["wAir keruh"], [], ["aDinas Perhubungan"], ["wAir keruh", "aDinas Perhubungan"], []]


def test_a_short_name_that_stands_in_too_many_words_is_not_looked_for(office, admin):
    standing.make_agency(admin, "Dinas Pekerjaan Umum", "PU", "", NOW)
    assert marks(office, item(office, "PU perbaiki jalan"), item(office, "Dinas Pekerjaan Umum perbaiki jalan")) == [
        [],
        ["aDinas Pekerjaan Umum"],
    ]


def test_an_agency_that_ended_and_a_watch_that_ended_mark_nothing(office, admin, purpose):
    watch = watches.begin(admin, purpose, "Air keruh", "air keruh", NOW)
    agency = standing.make_agency(admin, "Dinas Perhubungan", "", "", NOW)
    standing.change_agency(admin, agency, "Dinas Perhubungan", "", "", date(2025, 1, 1), NOW)
    watches.end(admin, watch, NOW)
    assert marks(office, item(office, "Dinas Perhubungan: air keruh")) == [[]]


def test_a_watch_with_a_place_wants_the_place_in_the_text_or_the_source_to_be_of_there(office, admin, purpose):
    Place.objects.create(office=office, code="33.01", level="ward", name="Pelita Dalam")
    there = builders.make_source(office, "Kabar Pelita", area="Pelita Dalam")
    watches.begin(admin, purpose, "Air Pelita", "air keruh", NOW, places=["33.01"])
    found = marks(
        office,
        item(office, "Air keruh di Pelita Dalam"),
        item(office, "Air keruh di Lebak Damar"),
        item(office, "Air keruh lagi", source=there),
    )
    assert found == [["wAir Pelita"], [], ["wAir Pelita"]]


@pytest.fixture
def twice(office):
    """Two cities with a district of one name each, and a ward in the first."""
    for code, city in (("1", "Kota Anggrek"), ("2", "Kota Melati")):
        above = Place.objects.create(office=office, code=code, level="city", name=city)
        Place.objects.create(office=office, code=f"{code}.1", level="district", name="Kecamatan Cempaka", parent=above)
    Place.objects.create(office=office, code="1.1.1", level="ward", name="Lubuk Sari", parent=Place.objects.get(code="1.1"))


def test_of_two_places_with_one_name_the_one_is_watched_whose_city_stands_beside_it(office, admin, purpose, twice):
    watches.begin(admin, purpose, "Air Cempaka", "air keruh", NOW, places=["1.1"])
    found = marks(
        office,
        item(office, "Air keruh di Kec. Cempaka, Kota Anggrek"),
        item(office, "Air keruh di Kecamatan Cempaka, Kota Melati"),
        item(office, "Air keruh di Kecamatan Cempaka"),
        item(office, "Air keruh di Lubuk Sari"),
        item(office, "Air keruh di Kota Anggrek"),
    )
    assert found == [["wAir Cempaka"], [], [], ["wAir Cempaka"], []]


def test_a_name_with_accents_is_found_without_them(office, admin, purpose):
    Place.objects.create(office=office, code="1", level="ward", name="Phường Bến Thành")
    Place.objects.create(office=office, code="2", level="ward", name="Đông Hà")
    watches.begin(admin, purpose, "Nước", "water", NOW, places=["2"])
    assert marks(office, item(office, "Cloudy water in Dong Ha", language="en"), item(office, "Cloudy water", language="en")) == [
        ["wNước"],
        [],
    ]


@pytest.mark.parametrize("count", [1, 8])
def test_watches_with_places_cost_the_same_however_many_there_are(office, admin, purpose, twice, count):
    for number in range(count):
        watches.begin(admin, purpose, f"Air {number}", f"air keruh{number}", NOW, places=["1.1"])
    rows = [item(office, f"Air keruh{number} di Lubuk Sari").pk for number in range(count)]
    with CaptureQueriesContext(connection) as asked:
        assert len(marking.marked(office.pk, rows)) == count
    assert len(asked) == 9


def test_the_marks_of_one_office_are_not_those_of_another(office, other_office, admin, purpose):
    watches.begin(admin, purpose, "Air keruh", "air keruh", NOW)
    assert marks(other_office, item(other_office, "Air keruh")) == [[]]


@pytest.mark.parametrize("count", [1, 12])
def test_marking_costs_the_same_however_many_watches_and_agencies_there_are(office, admin, purpose, count):
    for number in range(count):
        watches.begin(admin, purpose, f"Air {number}", f"air keruh{number}", NOW)
        standing.make_agency(admin, f"Dinas {number}", "", "", NOW)
    rows = [item(office, f"Air keruh {number}").pk for number in range(count)]
    with CaptureQueriesContext(connection) as asked:
        marking.marked(office.pk, rows)
    assert len(asked) == 4


# What becomes of it


WATER = ("sumur", "ledeng", "pipa", "meteran", "air", "keran")
QUERY = " OR ".join(WATER)


def title(number, word):
    """A headline that shares nothing with another but perhaps the one word."""
    return " ".join([*(f"{part}{number}" for part in ("ka", "bi", "tu", "so")), word])


def everyday(office, days=9):
    """Every hour a report on something else, from two outlets; one in fifteen on some matter of water."""
    for number in range(days * 24):
        word = f"lain{number}" if number % 15 else WATER[number // 15 % len(WATER)]
        item(office, title(number, word), NOW - days * 24 * HOUR + number * HOUR)


def rising(office, count=12):
    for number in range(count):
        item(office, title(9000 + number, WATER[number % len(WATER)]), NOW + number * HOUR / 4)


def heard(office):
    listener = Listener(office.pk, HashedEmbedder(), pipeline.Settings(), 10_000)
    while listener.step(NOW):
        pass
    return listener


def test_a_watch_that_rises_is_a_signal_that_says_what_it_is(office, admin, purpose):
    watches.begin(admin, purpose, "Air", QUERY, NOW)
    everyday(office)
    journal.append_waiting(office.pk)
    rising(office)
    journal.append_waiting(office.pk)
    assert JournalEntry.objects.filter(payload__marks__contains=["wAir"]).count() == 27
    heard(office)
    row = Signal.objects.get(kind="watch")
    assert row.subject == "Air"
    assert row.reasons[0]["code"] == "signal.watch"
    assert row.reasons[0]["values"]["watch"] == "Air"


def test_what_was_heard_stays_when_the_watch_ends_and_the_journal_is_read_again(office, admin, purpose):
    watch = watches.begin(admin, purpose, "Air", QUERY, NOW)
    everyday(office)
    rising(office)
    journal.append_waiting(office.pk)
    heard(office)
    before = list(Signal.objects.order_by("key").values_list("key", "kind", "raised", "observed", "reasons"))
    assert any(kind == "watch" for _, kind, *_ in before)
    watches.end(admin, watch, NOW)
    ListenerState.objects.filter(office=office).update(version="another engine")
    heard(office)
    assert list(Signal.objects.order_by("key").values_list("key", "kind", "raised", "observed", "reasons")) == before


def test_without_watches_and_agencies_nothing_of_the_items_is_read(office):
    row = item(office, "Air keruh").pk
    with CaptureQueriesContext(connection) as asked:
        assert marking.marked(office.pk, [row]) == {}
    assert not [one for one in asked if "listening_article" in one["sql"]]


# Silence


def daily(office, title, days, until, per_day=6):
    """So many items a day until a moment; something else goes on to NOW."""
    for number in range(days * per_day):
        item(office, title, until - number * 24 * HOUR / per_day)
    for number in range(days * 2):
        item(office, f"lain{number} hal{number}", NOW - number * 12 * HOUR)
    journal.append_waiting(office.pk)


@pytest.mark.parametrize(("hours", "silent"), [(2, False), (72, True)])
def test_a_report_that_is_expected_and_does_not_come_is_said(office, admin, hours, silent):
    standing.make_agency(admin, "Dinas Perhubungan", "", "", NOW)
    daily(office, "Dinas Perhubungan: laporan arus pagi", 20, NOW - hours * HOUR)
    found = [(one.kind, one.subject) for one in silences.look(office, NOW)]
    assert found == ([("mark", "aDinas Perhubungan")] if silent else [])


def test_the_silence_of_a_watch_stands_on_the_briefing_and_ends_with_the_watch(office, admin, purpose):
    watch = watches.begin(admin, purpose, "Pasar", "pasar", NOW)
    daily(office, "Pasar Senandung ramai", 20, NOW - 72 * HOUR)
    silences.notice(office, NOW)
    said = str(briefing.compose(office, NOW - 24 * HOUR, NOW, "en")["missing"])
    assert "briefing.mark_silent" in said
    assert "Pasar" in said
    watches.end(admin, watch, NOW)
    silences.notice(office, NOW)
    assert silences.get_open(office, NOW) == []


def test_a_ward_alone_can_be_watched_and_missed(office, admin, purpose):
    Place.objects.create(office=office, code="33.01", level="ward", name="Pelita Dalam")
    watches.begin(admin, purpose, "Pelita Dalam", "", NOW, places=["33.01"])
    daily(office, "Kabar dari Pelita Dalam", 20, NOW - 72 * HOUR)
    assert [one.subject for one in silences.look(office, NOW)] == ["wPelita Dalam"]
