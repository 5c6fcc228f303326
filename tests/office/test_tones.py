"""How agencies and watches are spoken of: counted once whatever happens, never toward a person, nothing of fewer than ten."""

from __future__ import annotations

import html
import os
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, transaction
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from kentongan.engine import pipeline
from kentongan.engine.records import article_id
from kentongan.office.listening import accuracy, corrections, journal, labels, retention, tasks, teaching, tones_reading, watches
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.labels_models import Label
from kentongan.office.listening.listener import Listener
from kentongan.office.listening.models import Article, ListenerState
from kentongan.office.listening.tones_models import ToneCount, ToneReading
from kentongan.office.people import holders, standing
from kentongan.testing import builders
from kentongan.testing.tones import add_counts

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of

pytestmark = pytest.mark.django_db
NOW = builders.NOW
DISHUB = "aDinas Perhubungan"


@pytest.fixture(autouse=True)
def still(settings):
    settings.CLOCK = STILL


@pytest.fixture
def agency(office, admin):
    return standing.make_agency(admin, "Dinas Perhubungan", "Dishub", "", NOW)


def item(office, title, text="", kind="press", at=NOW, **fields):
    url = f"https://kabar{Article.objects.count()}.example/{office.pk}/{Article.objects.count()}"
    given = {"outlet": url, "source_kind": kind, "language": "id", "published": at, "seen": at, "waiting": True, **fields}
    return Article.objects.create(office=office, key=article_id(url), url=url, title=title, text=text, **given)


def heard(office):
    journal.append_waiting(office.pk)
    listener = Listener(office.pk, HashedEmbedder(), pipeline.Settings(), 10_000)
    while listener.step(NOW):
        pass


def counts():
    return {(row.target, row.source_kind, row.tone): row.n for row in ToneCount.objects.order_by("pk")}


PRAISE = "Pelayanan Dishub sangat bagus dan ramah, terima kasih Dishub"
BLAME = "Pelayanan Dishub sangat buruk dan mengecewakan, Dishub payah"
PLAIN = "Dishub membuka rute bus 4 dari terminal"
CRASH = "Lima orang tewas dalam kecelakaan bus di terminal yang dikelola Dishub"


# What is counted


def test_what_is_said_of_an_agency_is_counted_by_kind_of_source_and_a_bad_event_is_no_bad_opinion(office, agency):
    item(office, BLAME, kind="public")
    item(office, PRAISE, kind="public", at=NOW + timedelta(hours=1))
    item(office, CRASH, at=NOW + timedelta(hours=2))
    item(office, "Pasar Senandung pindah ke gedung baru", at=NOW + timedelta(hours=3))
    heard(office)
    read = tones_reading.read(office, NOW)
    assert (read.items, read.judged, read.more) == (3, 3, False)
    assert counts() == {(DISHUB, "press", "neutral"): 1, (DISHUB, "public", "negative"): 1, (DISHUB, "public", "positive"): 1}
    assert {row.day for row in ToneCount.objects.all()} == {date(2025, 11, 27)}


def test_an_item_is_judged_toward_each_thing_it_names(office, admin, agency, purpose):
    watches.begin(admin, purpose, "Bus kota", '"bus kota"', NOW)
    item(office, "Bus kota sangat nyaman dan bersih. Namun pelayanan Dishub sangat buruk dan mengecewakan.", kind="public")
    heard(office)
    assert tones_reading.read(office, NOW).judged == 2
    assert counts()[DISHUB, "public", "negative"] == 1
    assert ("wBus kota", "public", "negative") not in counts()


def test_copies_and_official_texts_are_not_counted(office, agency):
    words = f"{PLAIN}. Rute itu melewati pasar, stasiun dan rumah sakit, lalu kembali ke terminal setiap dua puluh menit sejak pagi."
    for number in range(3):
        item(office, PLAIN, words, at=NOW + timedelta(minutes=number))
    item(office, "Dishub meraih penghargaan pelayanan terbaik", kind="official", at=NOW + timedelta(hours=1))
    heard(office)
    assert tones_reading.read(office, NOW).items == 4
    assert sum(counts().values()) == 1


def test_what_the_listener_has_not_placed_waits(office, agency):
    item(office, PLAIN)
    journal.append_waiting(office.pk)
    assert tones_reading.read(office, NOW).items == 0
    heard(office)
    assert tones_reading.read(office, NOW).judged == 1


def test_the_day_is_that_of_the_office_and_what_is_too_old_to_be_shown_is_not_counted(office, agency):
    item(office, PLAIN, at=NOW.replace(day=20, hour=18))
    item(office, "Dishub menutup jalan Merdeka", at=NOW - timedelta(weeks=14))
    heard(office)
    assert tones_reading.read(office, NOW).items == 2
    assert [row.day for row in ToneCount.objects.all()] == [date(2025, 11, 21)], "18:00 UTC is after midnight there"


# Never toward a person


def test_a_watch_that_names_a_person_or_what_one_person_holds_has_no_tone(office, admin, purpose):
    holders.add(admin, "Budi Santoso", "Wali Kota", date(2026, 11, 1), NOW)
    watches.begin(admin, purpose, "Pimpinan", '"wali kota"', NOW)
    watches.begin(admin, purpose, "Pidato", '"Wali Kota Budi Santoso"', NOW)
    watches.begin(admin, purpose, "Bus kota", '"bus kota"', NOW)
    item(office, "Wali Kota Budi Santoso sangat buruk, bus kota kotor", kind="public")
    heard(office)
    assert tones_reading.read(office, NOW).judged == 1
    assert {target for target, _, _ in counts()} == {"wBus kota"}
    assert ToneReading.objects.get(office=office).refused == ["wPidato", "wPimpinan"]
    page = client_of(admin).get(reverse("tones")).content.decode()
    assert page.count("no tone is judged") == 2


def test_an_agency_named_like_a_person_has_no_tone(office, admin):
    standing.make_agency(admin, "Budi Santoso", "", "", NOW)
    assert tones_reading.targets_of(office, NOW).refused == ("aBudi Santoso",)


def test_no_table_of_tone_points_to_an_item_or_a_person():
    for model in (ToneCount, ToneReading):
        assert [field.name for field in model._meta.get_fields() if field.is_relation] == ["office"]
        for name in ("article", "author", "voice", "source"):
            with pytest.raises(FieldDoesNotExist):
                model._meta.get_field(name)


# Once, whatever happens


def several(office, count=7):
    for number in range(count):
        item(office, " ".join(["Dishub", *(f"{part}{number}" for part in ("ka", "bi", "tu", "so"))]), at=NOW + timedelta(hours=number))
    heard(office)


def test_batches_give_what_one_run_gives_and_nothing_is_counted_twice(office, agency, monkeypatch):
    several(office)
    tones_reading.read(office, NOW)
    whole = counts()
    assert sum(whole.values()) == 7
    assert tones_reading.read(office, NOW).items == 0 and counts() == whole
    ToneCount.objects.all().delete()
    ToneReading.objects.all().delete()
    monkeypatch.setattr(tones_reading, "BATCH", 2)
    runs = 1
    while tones_reading.read(office, NOW).more:
        runs += 1
    assert counts() == whole and runs == 4


def test_a_run_that_breaks_counts_nothing_and_goes_on_where_it_was(office, agency, monkeypatch):
    several(office)
    monkeypatch.setattr(tones_reading, "BATCH", 3)
    tones_reading.read(office, NOW)
    before, place = counts(), ToneReading.objects.get(office=office).seq
    add = tones_reading._add

    def broken(*given):
        add(*given)
        raise OSError("disk")

    monkeypatch.setattr(tones_reading, "_add", broken)
    with pytest.raises(OSError, match="disk"), transaction.atomic():
        tones_reading.read(office, NOW)
    assert counts() == before and ToneReading.objects.get(office=office).seq == place
    monkeypatch.setattr(tones_reading, "_add", add)
    while tones_reading.read(office, NOW).more:
        pass
    assert sum(counts().values()) == 7


def die_within_a_batch(office):
    """In a process of its own: killed after its counts are written and before they are kept."""
    add = tones_reading._add

    def killed(*given):
        add(*given)
        os.kill(os.getpid(), 9)

    tones_reading._add = killed
    try:
        tones_reading.read(office, NOW)
    finally:
        os._exit(1)


@pytest.mark.django_db(transaction=True)
def test_a_reader_killed_within_a_batch_leaves_the_counts_whole(office, agency, monkeypatch):
    several(office, 4)
    monkeypatch.setattr(tones_reading, "BATCH", 2)
    tones_reading.read(office, NOW)
    connection.close()
    child = os.fork()
    if child == 0:
        die_within_a_batch(office)
    assert os.waitpid(child, 0)[1] == 9
    assert sum(counts().values()) == 2
    while tones_reading.read(office, NOW).more:
        pass
    assert sum(counts().values()) == 4


def test_the_job_reads_each_office_in_its_own_scope(office, other_office, agency):
    several(office, 2)
    tasks.read_tones(0)
    tasks.read_tones(0)
    jobs = [job.args["office"] for job in ProcrastinateJob.objects.filter(task_name="read_tones_of")]
    assert sorted(jobs) == sorted([office.pk, other_office.pk])
    tasks.read_tones_of(other_office.pk)
    assert not counts()
    tasks.read_tones_of(office.pk)
    assert set(ToneCount.objects.values_list("office_id", flat=True)) == {office.pk}


def test_a_journal_read_again_from_the_beginning_counts_nothing_twice(office, agency):
    several(office, 3)
    tones_reading.read(office, NOW)
    ListenerState.objects.filter(office=office).update(version="another engine")
    heard(office)
    tones_reading.read(office, NOW)
    assert sum(counts().values()) == 3


def test_counts_go_after_the_time_that_articles_go(office):
    keep = {"keep_raw_days": 30, "keep_item_days": 180, "keep_count_days": 365}
    add_counts(office, DISHUB, (NOW - timedelta(days=182)).date(), neutral=3)
    add_counts(office, DISHUB, (NOW - timedelta(days=178)).date(), neutral=4)
    assert retention.run(office, NOW, keep)["tones"] == 1
    assert counts() == {(DISHUB, "press", "neutral"): 4}
    (proof,) = (one for one in retention.get_proofs(office, NOW, keep) if one.kind.name == "tones")
    assert proof.kept and proof.oldest.date() == (NOW - timedelta(days=178)).date()


# On the page of an item, and in labels


def words_at(person, row):
    return html.unescape(client_of(person).get(reverse("correct_item", args=[row.pk])).content.decode())


def test_the_page_of_an_item_judges_toward_the_agency_it_is_marked_with_as_it_is_counted(office, admin, agency):
    row = item(office, "Dinas Perhubungan dipuji cepat dan ramah. Parkir liar payah, mengecewakan, dan semrawut.", kind="public")
    heard(office)
    tones_reading.read(office, NOW)
    said = corrections.said_by_engine(row, NOW)
    assert said.toward == DISHUB
    assert counts() == {(DISHUB, "public", said.tone): 1}, "the page says what is counted"
    officer = builders.make_user(office, "petugas", "officer", language="en")
    assert "toward “Dinas Perhubungan”" in words_at(officer, row)
    label = corrections.correct(officer, row, "tone", "positive", NOW)
    assert (label.toward, label.engine) == (DISHUB, said.tone)
    assert corrections.correct(officer, row, "kind", "praise", NOW).toward == ""


def test_an_item_without_a_mark_is_judged_as_a_whole_and_the_question_says_so(office, admin, agency):
    row = item(office, "Parkir liar payah, mengecewakan, dan semrawut", kind="public")
    heard(office)
    officer = builders.make_user(office, "petugas", "officer", language="en")
    assert corrections.said_by_engine(row, NOW).toward == ""
    words = words_at(officer, row)
    assert "as a whole" in words and "toward “" not in words
    assert corrections.correct(officer, row, "tone", "negative", NOW).toward == ""


def test_what_was_asked_of_two_people_is_agreed_on_only_where_it_was_the_same(office, admin, agency):
    row = item(office, "Dinas Perhubungan dipuji cepat dan ramah", kind="public")
    heard(office)
    one, two = (builders.make_user(office, name, "officer", language="en") for name in ("satu", "dua"))
    labels.draw(one, NOW)
    said = {"kind": "praise", "topic": "none", "tone": "positive", "place": "none"}
    page = html.unescape(client_of(one).get(reverse("labels")).content.decode())
    assert "toward “Dinas Perhubungan”" in page
    for person in (one, two):
        labels.label(person, labels.get_next(person, NOW).pk, said, NOW)
    agreed = {one.what: one.items for one in labels.get_agreement(office)}
    assert agreed["tone"] == 1
    assert [(tone.name, tone.items) for tone in accuracy.get_figures(office, NOW).tone_toward] == [("toward", 1)]
    assert "An agency or a watch, as tones are counted" in client_of(one).get(reverse("accuracy")).content.decode()
    Label.objects.filter(what="tone", by=two).update(toward="")
    assert {one.what: one.items for one in labels.get_agreement(office)}["tone"] == 0
    heard_of = teaching.get_heard(office)["tone"]
    assert (heard_of.settled, heard_of.split) == ((), 1)
    Label.objects.filter(what="tone").update(toward=DISHUB)
    assert teaching.get_heard(office)["tone"].settled[0].toward == DISHUB
    assert corrections.said_by_engine(row, NOW).toward == DISHUB
