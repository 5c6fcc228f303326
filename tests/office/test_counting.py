"""Counts of what is heard: each original once, by the hour it bears, whatever is read again or cut; topics and places that fall silent."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from kentongan.engine import pipeline
from kentongan.engine.records import article_id
from kentongan.office.listening import briefing, counting, engine_settings, journal, presenting, silences, watches
from kentongan.office.listening.counting_models import HourCount
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.listener import Listener
from kentongan.office.listening.models import Article, ListenerState, Silence
from kentongan.office.people.models import Place
from kentongan.testing import builders

pytestmark = pytest.mark.django_db
NOW = builders.NOW
HOUR = timedelta(hours=1)
TOP = NOW.replace(minute=0, second=0, microsecond=0)


@pytest.fixture(autouse=True)
def today(settings):
    settings.CLOCK = SimpleNamespace(now=lambda: NOW)


@pytest.fixture
def ward(office):
    """A city with a district of two wards."""
    city = Place.objects.create(office=office, code="1", level="city", name="Kota Anggrek")
    district = Place.objects.create(office=office, code="1.1", level="district", name="Kecamatan Cempaka", parent=city)
    Place.objects.create(office=office, code="1.1.2", level="ward", name="Pelita Dalam", parent=district)
    return Place.objects.create(office=office, code="1.1.1", level="ward", name="Lubuk Sari", parent=district)


def item(office, title, at=NOW, outlet="A"):
    url = f"https://kabar.example/{office.pk}/{Article.objects.count()}"
    return Article.objects.create(
        office=office, key=article_id(url), url=url, title=title, outlet=outlet, source_kind="press", language="id", published=at, seen=at
    )


def read(office, cut=64):
    journal.append_waiting(office.pk)
    reading = Listener(office.pk, HashedEmbedder(), engine_settings.of(office.pk))
    while reading.step(NOW, cut):
        pass


def counts(office):
    return {(row.subject, row.hour): row.count for row in HourCount.objects.filter(office=office)}


def some(office):
    item(office, "Air keruh di Lubuk Sari", TOP - HOUR)
    item(office, "Pipa PDAM pecah, warga Pelita Dalam antre air bersih", TOP - HOUR + timedelta(minutes=40))
    item(office, "Banjir rendam jalan raya", TOP - 3 * HOUR)
    item(office, "Air keruh di Lubuk Sari", TOP - HOUR / 2, outlet="B")


def test_an_original_counts_for_its_topics_and_places_and_for_all_above_them_and_a_copy_does_not(office, ward):
    some(office)
    read(office)
    found = counts(office)
    assert found["cwater", TOP - HOUR] == 2, "the copy is one voice"
    assert found["cflood", TOP - 3 * HOUR] == 1
    assert (found["pLubuk Sari", TOP - HOUR], found["pPelita Dalam", TOP - HOUR]) == (1, 1)
    assert found["pKecamatan Cempaka", TOP - HOUR] == found["pKota Anggrek", TOP - HOUR] == 2
    assert {subject[0] for subject, _ in found} <= counting.KEPT
    assert HourCount.objects.get(subject="cwater").last == TOP - HOUR + timedelta(minutes=40)


def test_a_watch_counts_by_its_name(office, admin, purpose):
    watches.begin(admin, purpose, "Pasar", "pasar", NOW)
    item(office, "Pasar ramai", TOP)
    read(office)
    assert counts(office)["wPasar", TOP] == 1


def test_what_people_ask_is_counted_as_a_kind(office):
    item(office, "Warga bertanya: kapan air PDAM mengalir lagi?", TOP)
    item(office, "Pasar ramai", TOP)
    read(office)
    assert {subject: n for (subject, _), n in counts(office).items() if subject[0] == counting.KIND} == {"qquestion": 1}


def test_it_counts_the_same_however_it_is_cut_and_nothing_twice_when_an_engine_reads_again(office, ward):
    some(office)
    read(office, cut=1)
    once = counts(office)
    ListenerState.objects.filter(office=office).update(version="another engine")
    read(office)
    assert counts(office) == once
    assert ListenerState.objects.get(office=office).counted == 4
    item(office, "Pipa PDAM pecah lagi di jalan lain", TOP)
    read(office)
    assert counts(office) == once | {("cwater", TOP): 1, ("croads", TOP): 1, ("kpress", TOP): 1}


def test_a_batch_that_is_not_written_is_not_counted(office, monkeypatch):
    some(office)
    journal.append_waiting(office.pk)
    reading = Listener(office.pk, HashedEmbedder(), pipeline.Settings())
    reading.open()
    ListenerState.objects.filter(office=office).update(offset=2)
    with pytest.raises(Exception, match="another listener"):
        reading.step(NOW)
    assert not HourCount.objects.exists()


# Silence


def heard(office, subject, until=NOW, every=3, days=28, count=1):
    """So many originals of a subject every few hours, the last at `until`."""
    rows = [until - timedelta(hours=n) for n in range(0, days * 24, every)]
    HourCount.objects.bulk_create(
        HourCount(office=office, subject=subject, hour=at.replace(minute=0, second=0, microsecond=0), count=count, last=at) for at in rows
    )


def quiet(office, at=NOW):
    return {(one.kind, one.subject): one.quiet for one in silences.look(office, at)}


def test_a_topic_and_a_place_that_usually_speak_and_have_stopped_are_found(office, ward):
    heard(office, "cwater", NOW - 3 * 24 * HOUR)
    heard(office, "pLubuk Sari", NOW - 3 * 24 * HOUR)
    heard(office, "croads")
    found = quiet(office)
    assert set(found) == {("topic", "water"), ("place", "Lubuk Sari")}
    assert found["topic", "water"].reason.code == "silence.unheard"
    assert found["topic", "water"].since == NOW - 3 * 24 * HOUR


def test_with_fewer_than_ten_in_four_weeks_nothing_is_usual(office, ward):
    heard(office, "cwater", NOW - 14 * 24 * HOUR, every=36, days=13)
    assert HourCount.objects.count() == 9
    assert quiet(office) == {}


def test_what_is_left_of_a_ward_is_not_said_as_a_number_below_ten(office, ward):
    heard(office, "pLubuk Sari", NOW - 6 * 24 * HOUR, every=1, days=20)
    heard(office, "pLubuk Sari", NOW, every=40, days=5)
    said = quiet(office)["place", "Lubuk Sari"].reason
    assert (said.code, set(said.values)) == ("silence.few", {"least", "expected"})
    heard(office, "cwater", NOW - 6 * 24 * HOUR, every=1, days=20)
    heard(office, "cwater", NOW, every=40, days=5)
    assert quiet(office)["topic", "water"].reason.code == "silence.less"


def test_after_a_week_of_floods_the_usual_is_no_silence(office):
    heard(office, "cflood", NOW, every=6)
    HourCount.objects.filter(hour__lt=NOW - 10 * 24 * HOUR, hour__gt=NOW - 16 * 24 * HOUR).update(count=12)
    assert quiet(office) == {}


def test_while_nobody_says_anything_no_topic_is_missed(office):
    gone = NOW - 60 * HOUR
    for name in ("Satu", "Dua"):
        source = builders.make_source(office, name, last_item=gone)
        for n in range(60):
            builders.make_article(office, builders.Told(name, 60 + n * 4, f"{name} {n}", "Isi.", "id"), source=source)
    heard(office, "cwater", gone)
    assert {kind for kind, _ in quiet(office)} == {"source", "sources", "system"}


def test_a_place_that_ended_is_not_missed_and_a_source_called_as_its_number_is_not_it(office, ward):
    source = builders.make_source(office, "Radio D")
    Place.objects.create(office=office, code="9", level="ward", name=str(source.pk))
    heard(office, f"p{source.pk}", NOW - 4 * 24 * HOUR)
    heard(office, "pLubuk Sari", NOW - 4 * 24 * HOUR)
    Place.objects.filter(pk=ward.pk).update(until=NOW.date())
    (row,) = silences.rows_at(office, NOW)
    assert (row.kind, row.subject, row.source) == ("place", str(source.pk), None)


def test_it_stands_on_the_briefing_by_name_and_ends_when_it_speaks_again(office, ward):
    heard(office, "cwater", NOW - 3 * 24 * HOUR)
    heard(office, "pLubuk Sari", NOW - 3 * 24 * HOUR)
    silences.notice(office, NOW)
    said = [presenting.sentence(one) for one in briefing.compose(office, NOW - 24 * HOUR, NOW, "en")["missing"]]
    assert [one.split(" since")[0] for one in said[:2]] == ["Nothing about “Water supply”", "Nothing about “Lubuk Sari”"]
    heard(office, "cwater", NOW, every=3, days=3)
    HourCount.objects.filter(subject="pLubuk Sari").delete()
    silences.notice(office, NOW)
    assert not Silence.objects.filter(ended=None).exists()


def test_topics_of_another_office_are_its_own(office, other_office):
    heard(other_office, "cwater", NOW - 3 * 24 * HOUR)
    assert quiet(office) == {}
    assert set(quiet(other_office)) == {("topic", "water")}


def test_looking_costs_the_same_with_many_topics_and_places(office, ward, count_queries):
    heard(office, "cwater")
    heard(office, "pLubuk Sari")
    with count_queries() as few:
        silences.look(office, NOW)
    for n in range(12):
        Place.objects.create(office=office, code=f"x{n}", level="ward", name=f"Kampung {n}")
        heard(office, f"ct{n}")
        heard(office, f"pKampung {n}")
    with count_queries() as many:
        silences.look(office, NOW)
    assert len(few) == len(many)
    assert len(many) <= 9
