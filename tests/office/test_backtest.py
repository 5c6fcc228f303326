"""Other settings tried on the stored past: the same that was told, what vanishes and appears, recall and delay, and nothing stored."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import InternalError, connection

from kentongan.cli.backtest import lines
from kentongan.engine import pipeline, proof
from kentongan.engine.records import article_id
from kentongan.errors import InputError
from kentongan.office.listening import backtest, engine_settings, events, journal, listener
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.events_models import RecordedEvent
from kentongan.office.listening.models import Article, JournalEntry, ListenerState, Membership, Signal, Story
from kentongan.office.people.models import Office
from kentongan.testing import builders

pytestmark = pytest.mark.django_db
START = datetime(2025, 11, 3, tzinfo=UTC)
END = START + timedelta(days=5)
EMBEDDER = HashedEmbedder()
QUIET = "story_surprise=99 term_surprise=99 group_surprise=99"
FIRE = ["kebakaran", "gudang", "terminal", "lama", "damkar", "asap", "pedagang", "api", "padam", "kerugian", "selang"]
FLOOD = ["tanggul", "sungai", "jebol", "rendam", "kampung", "utara", "warga", "mengungsi", "perahu", "karet", "posko"]


def told(number, at, words, chance):
    title = " ".join(chance.sample(words, 6)).capitalize()
    url = f"https://outlet{number % 6}.example/{number}"
    return Article(
        key=article_id(url), url=url, outlet=f"Outlet {number % 6}", source_kind="press", title=f"{title} {number}",
        text=f"{title}. {' '.join(chance.sample(words, 8))} {number}.", language="id", published=at, seen=at,
    )  # fmt: skip


def small_news(chance):
    """Words that no other article has."""
    return ["".join(chance.choices("bdgklmnprst", k=3)) + "".join(chance.choices("aiueo", k=3)) + str(place) for place in range(9)]


def heard_of(slug, more=()):
    """An office that heard five days of small news and, on the fourth, a flood of fourteen reports in four hours."""
    made, chance = builders.make_office(slug=slug), random.Random(7)
    rows = [told(n, START + timedelta(minutes=45 * n), small_news(chance), chance) for n in range(160)]
    rows += [told(500 + n, START + timedelta(days=3, minutes=10 + 17 * n), FLOOD, chance) for n in range(14)]
    for row in (*rows, *more):
        row.office = made
    Article.objects.bulk_create([*rows, *more])
    journal.append_waiting(made.pk)
    return made


@pytest.fixture
def office():
    return heard_of("muarasena")


@pytest.fixture
def heard(office):
    reading = listener.Listener(office.pk, EMBEDDER, engine_settings.of(office.pk), 10_000)
    while reading.step(END, 200):
        pass
    return office


def tried(office, changes="", since=START, until=END, progress=lambda read, total: None):
    return backtest.run(office, since, until, backtest.read_changes([changes]), EMBEDDER, progress)


def counted():
    return [model.objects.count() for model in (Article, JournalEntry, ListenerState, Membership, Signal, Story, RecordedEvent)]


def flood_of(office, began=72.0, words='"tanggul" OR jebol'):
    user = builders.make_user(office, f"sari{RecordedEvent.objects.count()}")
    return events.record_event(user, events.Draft("Banjir", words, START + timedelta(hours=began)), END)


def test_as_it_is_set_it_tells_what_the_listener_told_and_stores_nothing(heard):
    before = counted()
    test = tried(heard)
    signals = Signal.objects.filter(office=heard).order_by("raised", "key")
    assert [(one.key, one.at) for one in test.before.told] == list(signals.values_list("key", "raised"))
    assert len(test.before.told) >= 1
    assert any("Tanggul" in title or "jebol" in title for title in test.before.told[0].titles)
    assert (test.after, test.difference, counted()) == (None, None, before)


def test_settings_under_which_nothing_rises_make_every_signal_vanish_and_the_event_is_missed(heard):
    row = flood_of(heard)
    test = tried(heard, QUIET)
    difference = test.difference
    assert (test.after.told, difference.both, difference.appeared) == ((), (), ())
    assert difference.vanished == test.before.told
    found, lost = test.found(test.before), test.found(test.after)
    assert (found.recall, found.missed, found.delays.n) == (proof.Share(1, 1), frozenset(), 1)
    assert 0 < found.delays.middle < 5
    assert (lost.recall, lost.missed, lost.delays) == (proof.Share(0, 1), frozenset({row.pk}), proof.Delays())


def test_a_lower_bar_tells_the_same_event_no_later(heard):
    difference = tried(heard, "story_surprise=2 term_surprise=3 story_items=3").difference
    assert difference.both
    assert difference.later == 0
    assert difference.vanished == ()


def test_only_what_was_told_in_the_time_asked_for_counts_and_all_before_is_learned_from(heard):
    test = tried(heard, since=START + timedelta(days=4))
    assert test.before.told == ()
    assert test.learned == timedelta(days=4)
    assert tried(heard, until=START + timedelta(days=2)).before.told == ()
    assert tried(heard, since=START + timedelta(days=3)).before.told == tried(heard).before.told


def test_what_the_days_budget_holds_back_is_counted():
    fire = [told(800 + n, START + timedelta(days=3, hours=5, minutes=13 * n), FIRE, random.Random(n)) for n in range(14)]
    test = tried(heard_of("dua", fire), "alert_budget=1")
    assert len(test.before.told) == 2
    assert (len(test.after.told), test.after.held) == (1, 1)
    assert test.difference.vanished == test.before.told[1:]


def test_progress_is_told_and_a_stop_in_the_middle_leaves_nothing_behind(heard):
    seen, before = [], counted()
    tried(heard, progress=lambda read, total: seen.append((read, total)))
    assert seen[0][0] == 0
    assert seen[-1][0] == seen[-1][1] == JournalEntry.objects.count()

    def stop(read, total):
        if read:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tried(heard, QUIET, progress=stop)
    with connection.cursor() as cursor:
        cursor.execute("SHOW default_transaction_read_only")
        assert cursor.fetchone() == ("off",)
    assert counted() == before


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_a_write_while_the_past_is_read():
    with backtest._nothing_written(), pytest.raises(InternalError, match="read-only"):
        Office.objects.create(name="x", slug="x")
    assert not Office.objects.filter(slug="x").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("alert_budget", "must be NAME=VALUE"),
        ("=5", "must be NAME=VALUE"),
        ("alert_budget=", "must be NAME=VALUE"),
        ("alert_buget=5", "no setting “alert_buget”. Did you mean alert_budget?"),
        ("xyzzy=5", "no setting “xyzzy”. They are: windows_h"),
        ("special=1", "no setting “special”"),
        ("alert_budget=5 alert_budget=6", "given twice"),
    ],
)
def test_a_change_that_cannot_be_read_is_refused_by_its_name(text, words):
    with pytest.raises(InputError) as raised:
        backtest.read_changes([text])
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("alert_budget=-1", "alert_budget must be a whole number from 0 to 200, not “-1” (now 8)"),
        ("alert_budget=5.5", "must be a whole number"),
        ("alert_budget=many", "must be a whole number"),
        ("story_items=0", "story_items must be a whole number of 1 or more"),
        ("story_surprise=nan", "must be a number of 0 or more"),
        ("story_surprise=-2", "must be a number of 0 or more"),
        ("overlap=1.5", "overlap must be a number from 0 to 1"),
        ("half_life_days=0", "half_life_days must be a number of 0.01 or more"),
        ("windows_h=6,2", "windows_h takes rising numbers of hours"),
        ("windows_h=0,2", "windows_h takes rising numbers of hours"),
        ("windows_h=2,two", "windows_h must be a number"),
        ("lowest_bar=inf", "lowest_bar must be a number"),
        ("duplicates.near_share=2", "from 0 to 1"),
    ],
)
def test_a_value_that_may_not_be_is_refused_with_what_may(text, words):
    with pytest.raises(InputError) as raised:
        backtest.changed(pipeline.Settings(), backtest.read_changes([text]))
    assert words in str(raised.value)


def test_a_change_touches_only_what_it_names():
    text = "alert_budget=5 windows_h=2,12 lowest_bar=-3 stories.keep_days=9 duplicates.min_words=30"
    settings = backtest.changed(pipeline.Settings(), backtest.read_changes(text.split()))
    own = pipeline.Settings()
    assert (settings.bursts.alert_budget, settings.bursts.windows_h, settings.bursts.lowest_bar) == (5, (2.0, 12.0), -3.0)
    assert (settings.stories.keep_days, settings.duplicates.min_words) == (9, 30)
    assert settings.bursts.story_surprise == own.bursts.story_surprise
    assert backtest.changed(own, {}) == own


def test_a_past_that_is_not_there_is_said(office):
    with pytest.raises(InputError, match="earlier than --to"):
        tried(office, since=END)
    with pytest.raises(InputError, match="begins on 2025-11-03"):
        tried(office, since=START - timedelta(days=9), until=START - timedelta(days=8))
    with pytest.raises(InputError, match="Nothing was ever heard"):
        tried(builders.make_office("Kota Lain", "lain"))


def test_programs_get_everything(heard):
    flood_of(heard)
    test = tried(heard, QUIET)
    said = json.loads(json.dumps(backtest.as_json(heard, test)))
    assert (said["stored"], said["changes"]["story_surprise"], said["days"]) == (False, "99", 5.0)
    assert (said["before"]["events_told"], said["after"]["events_told"], said["after"]["missed"]) == (1, 0, ["Banjir"])
    assert said["before"]["recall_interval"] == [0.207, 1.0]
    assert len(said["difference"]["vanish"]) == said["before"]["signals"] == len(test.before.told)
    assert backtest.as_json(heard, tried(heard))["after"] is None


def test_people_get_a_table_and_are_told_how_to_go_on(heard):
    flood_of(heard)
    said = "\n".join(lines(heard.name, "Asia/Jakarta", tried(heard, QUIET)))
    for words in ("as it is", "signals a day", "1 of 1 (21–100 %)", "0 of 1", "(few)", "no longer told: Banjir", "Nothing was stored.",
                  "knew no weekday yet", "2025-11-03 07:00 to 2025-11-08 07:00", "Would appear: 0"):  # fmt: skip
        assert words in said
    assert "alert_budget=5" in "\n".join(lines(heard.name, "Asia/Jakarta", tried(heard)))
    assert "Office → Settings → alert_budget" in "\n".join(lines(heard.name, "Asia/Jakarta", tried(heard, "alert_budget=3")))
