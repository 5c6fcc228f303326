"""A watch by examples rings: what may be near is said when an item enters, what is near when the listener reads it, and that stays."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kentongan.engine import pipeline
from kentongan.engine.records import article_id
from kentongan.engine.vectors import DIMENSION, unit
from kentongan.office import outside
from kentongan.office.listening import journal, marking, purposes, silences, watches
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.listener import Listener
from kentongan.office.listening.models import Article, JournalEntry, ListenerState, Signal
from kentongan.office.people.models import Place
from kentongan.testing import builders

pytestmark = pytest.mark.django_db
NOW = builders.NOW
HOUR = timedelta(hours=1)
WATER = ("sumur", "ledeng", "pipa", "meteran", "keran", "selang")
EXAMPLES = ("Sumur di Pelita surut", "Pipa bocor dekat terminal", "Keran macet sejak subuh")


class Knowing(HashedEmbedder):
    """Words hashed, and one thing known: that the words of WATER are of one matter."""

    name = "knowing"

    def embed(self, texts):
        return np.stack([unit(vector + self._known(text)) for vector, text in zip(super().embed(texts), texts, strict=True)])

    @staticmethod
    def _known(text):
        of_water = any(word in text.lower().split() for word in WATER)
        return np.eye(1, DIMENSION, dtype=np.float32)[0] * (0.75 if of_water else 0.0)


@pytest.fixture(autouse=True)
def today(settings, monkeypatch):
    settings.CLOCK = SimpleNamespace(now=lambda: NOW)
    monkeypatch.setattr(outside, "embedder", Knowing)


def item(office, title, at=NOW, **fields):
    url = f"https://kabar.example/{office.pk}/{Article.objects.count()}"
    given = {"outlet": "AB"[Article.objects.count() % 2], "source_kind": "press", "language": "id", "published": at, "seen": at, **fields}
    return Article.objects.create(office=office, key=article_id(url), url=url, title=title, waiting=True, **given)


def title(number, word):
    """A headline that shares no word with another but perhaps the one."""
    return " ".join([*(f"{part}{number}" for part in ("ka", "bi", "tu", "so")), word])


def everyday(office, days=9):
    """Every hour a report on something else, from two outlets; one in fifteen on some matter of water."""
    rows = []
    for number in range(days * 24):
        word = f"lain{number}" if number % 15 else WATER[number // 15 % len(WATER)]
        at, url = NOW - days * 24 * HOUR + number * HOUR, f"https://kabar.example/{office.pk}/usual{number}"
        rows.append(
            Article(office=office, key=article_id(url), url=url, title=title(number, word), waiting=True, outlet="AB"[number % 2],
                    source_kind="press", language="id", published=at, seen=at)
        )  # fmt: skip
    Article.objects.bulk_create(rows)


def rising(office, count=12):
    for number in range(count):
        item(office, title(9000 + number, WATER[number % len(WATER)]), NOW + number * HOUR / 4)


def hear(office, listener=None):
    journal.append_waiting(office.pk)
    listener = listener or Listener(office.pk, Knowing(), pipeline.Settings(), 10_000)
    while listener.step(NOW):
        pass
    return listener


def borne(office, key="wAir"):
    return JournalEntry.objects.filter(office=office, payload__marks__contains=[key]).count()


def signals():
    return list(Signal.objects.order_by("key").values_list("key", "kind", "subject", "raised", "observed", "reasons"))


# When an item enters


def test_an_item_may_bear_the_mark_unless_the_words_exclude_it_or_it_is_of_elsewhere(office, admin, purpose):
    Place.objects.create(office=office, code="33.01", level="ward", name="Pelita Dalam")
    watches.begin(admin, purpose, "Air", "selang -kolam", NOW, examples=EXAMPLES, wide=True)
    watches.begin(admin, purpose, "Air Pelita", "", NOW, examples=EXAMPLES, places=["33.01"])
    rows = [
        item(office, one) for one in ("Sumur kering", "Sumur kolam kering", "Selang putus", "Selang Pelita Dalam putus", "Selang kolam")
    ]
    found = marking.marked(office.pk, [row.pk for row in rows])
    assert [found[row.pk].payload() if row.pk in found else {} for row in rows] == [
        {"perhaps": ["wAir"]},
        {},
        {"marks": ["wAir"]},
        {"marks": ["wAir"], "perhaps": ["wAir Pelita"]},
        {},
    ]


def test_places_and_exclusions_hold_for_a_watch_without_words_too(office, admin, purpose):
    Place.objects.create(office=office, code="33.01", level="ward", name="Pelita Dalam")
    watches.begin(admin, purpose, "Pelita", "-kolam", NOW, places=["33.01"])
    rows = [item(office, one) for one in ("Pelita Dalam ramai", "Kolam Pelita Dalam ramai")]
    assert marking.marked(office.pk, [row.pk for row in rows]) == {rows[0].pk: marking.Marks(["wPelita"], [])}


# When the listener reads it


def test_a_watch_by_three_headlines_rings_and_says_what_it_is(office, admin, purpose):
    watches.begin(admin, purpose, "Air", "", NOW, examples=EXAMPLES, wide=True)
    everyday(office)
    rising(office)
    hear(office)
    row = Signal.objects.get(kind="watch")
    assert (row.subject, row.reasons[0]["code"], row.reasons[0]["values"]["watch"]) == ("Air", "signal.watch", "Air")
    assert borne(office) == 15 + 12
    assert not JournalEntry.objects.filter(payload__has_key="perhaps").exists()


def test_what_was_heard_stays_when_the_watch_ends_and_the_journal_is_read_again(office, admin, purpose):
    watch = watches.begin(admin, purpose, "Air", "", NOW, examples=EXAMPLES, wide=True)
    everyday(office)
    rising(office)
    saved = pipeline.save(hear(office).state)
    before = signals()
    assert any(kind == "watch" for _, kind, *_ in before)
    watches.end(admin, watch, NOW)
    restarted = Listener(office.pk, Knowing(), pipeline.Settings(), 10_000)
    restarted.open()  # nothing was saved: the whole journal again, in silence
    assert pipeline.save(restarted.state) == saved
    ListenerState.objects.filter(office=office).update(version="another knowing")
    hear(office)
    assert signals() == before


def test_a_listener_that_is_killed_after_every_batch_hears_the_same(office, other_office):
    for one in (office, other_office):
        head = builders.make_user(one, f"kepala{one.pk}", "administrator")
        draft = purposes.Draft("watch", "Air", "Mendengar.", "Perwali 25/2017", head, date(2025, 11, 1), date(2026, 11, 1))
        watches.begin(head, purposes.register(head, draft, NOW), "Air", "", NOW, examples=EXAMPLES, wide=True)
        everyday(one)
        rising(one)
    hear(office)
    journal.append_waiting(other_office.pk)
    while Listener(other_office.pk, Knowing(), pipeline.Settings(), 50).step(NOW, 37):
        pass
    told, again = (
        list(Signal.objects.filter(office=one).order_by("raised", "kind").values_list("kind", "subject", "raised", "observed"))
        for one in (office, other_office)
    )
    assert [one for one in told if one[0] == "watch"] == [one for one in again if one[0] == "watch"] != []
    assert len(told) == len(again)
    heard, once_more = (
        list(JournalEntry.objects.filter(office=one).order_by("seq").values_list("payload", flat=True)) for one in (office, other_office)
    )
    assert heard == once_more


def test_a_watch_that_is_begun_while_the_listener_runs_counts_from_the_next_item_on(office, admin, purpose):
    item(office, "sumur kering")
    listener = hear(office)
    watch = watches.begin(admin, purpose, "Air", "", NOW, examples=EXAMPLES, wide=True)
    item(office, "pipa bocor")
    hear(office, listener)
    assert borne(office) == 1
    item(office, "keran macet")
    journal.append_waiting(office.pk)
    watches.end(admin, watch, NOW)
    hear(office, listener)
    item(office, "selang putus")
    hear(office, listener)
    assert borne(office) == 1


@pytest.mark.parametrize("count", [1, 8])
def test_reading_costs_the_same_however_many_watches_by_examples_there_are(office, admin, purpose, count):
    for number in range(count):
        watches.begin(admin, purpose, f"Air {number}", f"-lain{number}", NOW, examples=EXAMPLES)
    for number in range(count):
        item(office, title(number, "hal"))
    journal.append_waiting(office.pk)
    listener = Listener(office.pk, Knowing(), pipeline.Settings(), 10_000)
    listener.open()
    with CaptureQueriesContext(connection) as asked:
        listener.step(NOW)
    assert sum("listening_watch" in one["sql"] for one in asked) == 1
    assert sum('UPDATE "listening_journalentry"' in one["sql"] for one in asked) == 1


def test_without_a_watch_by_examples_no_entry_is_written_again(office, admin, purpose):
    watches.begin(admin, purpose, "Air", "sumur", NOW)
    item(office, "Sumur kering")
    journal.append_waiting(office.pk)
    with CaptureQueriesContext(connection) as asked:
        hear(office)
    assert not [one for one in asked if 'UPDATE "listening_journalentry"' in one["sql"]]
    assert borne(office) == 1


def test_the_silence_of_a_watch_by_examples_is_missed(office, admin, purpose):
    watches.begin(admin, purpose, "Air", "", NOW, examples=EXAMPLES, wide=True)
    for number in range(120):
        item(office, title(number, WATER[number % len(WATER)]), NOW - 72 * HOUR - number * 4 * HOUR)
    for number in range(40):
        item(office, title(500 + number, "hal"), NOW - number * 12 * HOUR)
    hear(office)
    assert [(one.kind, one.subject) for one in silences.look(office, NOW)] == [("mark", "wAir")]
