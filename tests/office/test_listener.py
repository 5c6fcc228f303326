"""The listener against a real database and the real engine: nothing twice, nothing lost, the same after every interruption."""

from __future__ import annotations

import hashlib
import html
import json
import random
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import OperationalError, transaction

from kentongan.engine import pipeline
from kentongan.engine.records import article_id
from kentongan.office.listening import journal, listener, retention, services
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.models import Article, JournalEntry, ListenerState, Membership, Signal, Story
from kentongan.testing import builders

pytestmark = pytest.mark.django_db

EVENTS = (
    "banjir rendam kelurahan utara tanggul jebol perahu karet pengungsi",
    "pasar lama pindah lokasi pedagang kios terminal retribusi protes",
    "sungai bau limbah pabrik ikan mati sampel laboratorium keruh",
    "parkir tarif naik karcis jukir perda sosialisasi kendaraan",
    "gempa kecil guncang pagi magnitudo bmkg pesisir getaran retak",
)


def add_articles(office, now, count, seed=1):
    """Invented articles of five events from four outlets, some of them copies."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        event = chance.choice(EVENTS)
        words = " ".join(chance.sample(event.split(), 5) + chance.sample(["warga", "kota", "petugas", "siang", "malam"], 2))
        url = f"https://outlet{number % 4}.example/{seed}/{number}"
        rows.append(
            Article(
                office=office,
                key=article_id(url),
                url=url,
                outlet=f"Outlet {number % 4}",
                source_kind="press",
                title=words.capitalize(),
                text=f"{words}. {event} nomor {number}.",
                language="id",
                published=now + timedelta(minutes=7 * number),
                seen=now,
            )
        )
    return Article.objects.bulk_create(rows)


def new_listener(office, snapshot_entries=40):
    return listener.Listener(office.pk, HashedEmbedder(), pipeline.Settings(), snapshot_entries)


def tables(office):
    """Everything the listener derived, without what depends on how the work was cut."""
    stories = Story.objects.filter(office=office, merged_into=None).order_by("key")
    return {
        "stories": list(stories.values_list(
            "key", "headline", "lead", "headline_article__key", "first", "last", "outlets", "languages", "outlet_count",
            "articles", "copies", "level", "severity", "counts",
        )),
        "gone": list(Story.objects.filter(office=office).exclude(merged_into=None).order_by("key").values_list("key", "merged_into__key")),
        "members": list(Membership.objects.filter(article__office=office).order_by("article__key").values_list(
            "article__key", "story__key", "original__key", "copy_kind", "copy_score", "copy_reason", "score", "reasons",
        )),
        "signals": list(Signal.objects.filter(office=office).order_by("key").values_list(
            "key", "kind", "subject", "story__key", "raised", "updated", "since", "observed", "expected", "outlets",
            "level", "severity", "series", "reasons",
        )),
    }  # fmt: skip


def digest(office, reading):
    said = json.dumps(tables(office), default=str, sort_keys=True).encode() + pipeline.save(reading.state)
    return hashlib.sha256(said).hexdigest()


def read_to_end(reading, now, limit=64):
    return sum(iter(lambda: reading.step(now, limit), 0))


def test_every_article_finds_one_place(office, now):
    add_articles(office, now, 60)
    journal.append_waiting(office.pk)
    assert read_to_end(new_listener(office), now) == 60
    assert Membership.objects.count() == 60
    assert Story.objects.filter(merged_into=None).count() < 30
    assert sum(story.articles + story.copies for story in Story.objects.filter(merged_into=None)) == 60
    assert not Article.objects.filter(membership__copy_kind="original", embedding=None).exists()


def test_history_enters_the_journal_in_the_order_of_its_time(office, now):
    rows = add_articles(office, now, 30)
    Article.objects.filter(pk=rows[0].pk).update(published=now + timedelta(days=2))
    journal.append_waiting(office.pk)
    at = list(JournalEntry.objects.order_by("seq").values_list("at", flat=True))
    assert at == sorted(at)
    assert list(JournalEntry.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 31))
    assert journal.append_waiting(office.pk) == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_ends_the_same_however_often_it_is_cut_and_reopened(office, other_office, now, seed):
    chance = random.Random(seed)
    for place in (office, other_office):
        add_articles(place, now, 150)
        journal.append_waiting(place.pk)
    whole = new_listener(office, 10_000)
    read_to_end(whole, now)
    cut = new_listener(other_office, 25)
    while cut.step(now, chance.randint(1, 30)):
        if chance.random() < 0.5:
            cut = new_listener(other_office, 25)  # as after kill -9: only what was committed is left
    if cut.state is None:
        cut.open()
    assert digest(office, whole) == digest(other_office, cut)


def test_a_commit_that_fails_leaves_neither_tables_nor_offset_ahead(office, now, monkeypatch):
    add_articles(office, now, 40)
    journal.append_waiting(office.pk)
    reading = new_listener(office)
    reading.step(now, 10)
    with pytest.raises(OperationalError), transaction.atomic():
        reading._commit([], [JournalEntry(seq=20)], now)
        raise OperationalError("the database is gone")
    assert ListenerState.objects.get(office=office).offset == 10
    reading = new_listener(office)
    read_to_end(reading, now)
    assert Membership.objects.count() == 40


def test_a_second_listener_cannot_write_the_same_work_twice(office, now):
    add_articles(office, now, 20)
    journal.append_waiting(office.pk)
    first, second = new_listener(office), new_listener(office)
    first.open()
    second.open()
    first.step(now, 5)
    with pytest.raises(listener.Overtaken):
        second.step(now, 5)
    assert second.step(now, 5) == 5  # it has read the office's state again
    assert Membership.objects.count() == 10


def test_a_new_engine_reads_the_journal_again_and_keeps_the_vectors(office, now, caplog):
    add_articles(office, now, 50)
    journal.append_waiting(office.pk)
    first = new_listener(office)
    read_to_end(first, now)
    before = digest(office, first)
    kept = dict(Article.objects.values_list("key", "embedding"))
    ListenerState.objects.update(version="older hashed")
    second = new_listener(office)
    with caplog.at_level("WARNING"):
        second.open()
    assert "reading the journal again" in caplog.text
    assert ListenerState.objects.get().offset == 0
    read_to_end(second, now)
    assert not second.renewing
    assert digest(office, second) == before
    assert {key: str(vector) for key, vector in Article.objects.values_list("key", "embedding")} == {
        key: str(vector) for key, vector in kept.items()
    }


def signed_with(officer, stories, now):
    lines = [{"story": story.pk, "headline": story.headline} for story in stories]
    content = {"at": now.isoformat(), "since": now.isoformat(), "language": "id", "lines": lines, "sources": []}
    return services.sign_briefing(officer, content, now)


def read_by_another_engine(office, now):
    ListenerState.objects.update(version="older hashed")
    again = new_listener(office)
    again.open()
    read_to_end(again, now)
    return again


def test_links_in_a_signed_briefing_lead_to_the_same_stories_after_the_engine_changed(office, officer, client, now):
    add_articles(office, now, 60)
    journal.append_waiting(office.pk)
    read_to_end(new_listener(office), now)
    stories = list(Story.objects.filter(merged_into=None).order_by("-articles")[:3])
    signed = signed_with(officer, stories, now)
    keys = dict(Story.objects.values_list("key", "pk"))
    read_by_another_engine(office, now)
    assert dict(Story.objects.values_list("key", "pk")) == keys
    client.force_login(officer, backend=settings.AUTHENTICATION_BACKENDS[0])
    for line, story in zip(signed.content["lines"], stories, strict=True):
        page = client.get(f"/stories/{line['story']}/")
        assert page.status_code == 200
        assert story.headline in html.unescape(page.content.decode())


def test_a_signal_that_comes_again_keeps_its_number_and_what_was_decided_about_it(office, officer, now):
    for hour in range(0, 24 * 8, 6):
        add_articles(office, now - timedelta(days=8) + timedelta(hours=hour), 1, seed=100 + hour)
    add_articles(office, now, 60, seed=7)
    journal.append_waiting(office.pk)
    read_to_end(new_listener(office), now)
    signal = Signal.objects.order_by("pk").first()
    assert signal is not None, "the stream has a burst"
    services.dismiss_signal(officer, signal, "Sudah diketahui", now)
    before = dict(Signal.objects.values_list("key", "pk"))
    read_by_another_engine(office, now)
    assert dict(Signal.objects.values_list("key", "pk")) == before
    signal.refresh_from_db()
    assert (signal.state, signal.state_reason, signal.state_by) == ("dismissed", "Sudah diketahui", officer)
    assert signal.change_seq > 0


def test_a_story_that_does_not_come_again_goes_unless_someone_signed_for_it(office, officer, now):
    add_articles(office, now, 40)
    journal.append_waiting(office.pk)
    read_to_end(new_listener(office), now)
    told = Story.objects.filter(merged_into=None).order_by("-articles").first()
    forgotten, signed, nowhere = (
        Story.objects.create(office=office, key=key, headline=key, first=now, last=now, changed=now, change_seq=3, headline_article=article)
        for key, article in (("unsigned", None), ("signed", told.headline_article), ("nowhere", None))
    )
    signed_with(officer, [signed, nowhere], now)
    read_by_another_engine(office, now)
    assert not Story.objects.filter(pk=forgotten.pk).exists()
    signed.refresh_from_db()
    assert signed.merged_into_id == told.pk
    assert Story.objects.get(pk=nowhere.pk).merged_into_id is None
    assert not new_listener(office).renewing


def test_until_everything_is_read_again_the_old_stories_stay_on_the_screens(office, now):
    add_articles(office, now, 40)
    journal.append_waiting(office.pk)
    read_to_end(new_listener(office), now)
    before = set(Story.objects.values_list("pk", flat=True))
    ListenerState.objects.update(version="older hashed")
    again = new_listener(office)
    again.open()
    again.step(now, 10)
    assert set(Story.objects.values_list("pk", flat=True)) == before
    killed = new_listener(office)  # as after kill -9: what is old is still known to be old
    killed.open()
    assert killed.renewing
    read_to_end(killed, now)
    assert not Story.objects.filter(change_seq=listener.OLD).exists()


def test_another_embedder_makes_new_vectors(office, now):
    add_articles(office, now, 5)
    journal.append_waiting(office.pk)
    read_to_end(new_listener(office), now)
    state = ListenerState.objects.get()
    ListenerState.objects.update(version=state.version.replace("hashed", "another"))
    new_listener(office).open()
    assert not Article.objects.exclude(embedding=None).exists()


def test_a_damaged_snapshot_is_replaced_by_reading_again(office, now):
    add_articles(office, now, 60)
    journal.append_waiting(office.pk)
    reading = new_listener(office, 10)
    read_to_end(reading, now, 20)
    before = digest(office, reading)
    ListenerState.objects.update(snapshot=b"damaged")
    again = new_listener(office, 10)
    again.open()
    assert digest(office, again) == before


@pytest.mark.parametrize("kept", [0, 3])
def test_it_goes_on_where_retention_has_deleted_what_it_read(office, now, kept):
    add_articles(office, now, 30)
    journal.append_waiting(office.pk)
    reading = new_listener(office, snapshot_entries=1000)
    read_to_end(reading, now)
    old = list(Article.objects.order_by("published").values_list("pk", flat=True))[: 30 - kept]
    Article.objects.filter(pk__in=old).update(seen=now - timedelta(days=200))
    assert retention.forget(now)["articles"] == 30 - kept
    add_articles(office, now + timedelta(days=1), 5, seed=2)
    journal.append_waiting(office.pk)
    again = new_listener(office)
    read_to_end(again, now)
    assert Membership.objects.count() == kept + 5
    assert ListenerState.objects.get(office=office).offset == JournalEntry.objects.order_by("-seq").first().seq


def test_an_officers_merge_and_split_are_done_by_the_engine_and_done_again(office, officer, now):
    add_articles(office, now, 80)
    journal.append_waiting(office.pk)
    reading = new_listener(office)
    read_to_end(reading, now)
    later = now + timedelta(hours=12)
    one, two = Story.objects.filter(merged_into=None).order_by("-articles")[:2]
    services.merge_stories(officer, one, two, later)
    read_to_end(reading, later)
    two.refresh_from_db()
    assert two.merged_into_id == one.pk
    assert not two.members.exists()
    chosen = [member.article for member in one.members.filter(copy_kind="original").order_by("article__key")[:2]]
    services.split_story(officer, one, chosen, later)
    read_to_end(reading, later)
    homes = set(Membership.objects.filter(article__in=chosen).values_list("story__key", flat=True))
    assert len(homes) == 1
    assert homes != {one.key}
    before = digest(office, reading)
    ListenerState.objects.update(version="older hashed")
    again = new_listener(office)
    again.open()
    read_to_end(again, later)
    assert digest(office, again) == before


def test_the_number_of_queries_does_not_grow_with_the_batch(office, now, count_queries):
    add_articles(office, now, 200)
    journal.append_waiting(office.pk)
    reading = new_listener(office, 10_000)
    reading.step(now, 8)
    with count_queries() as small:
        reading.step(now, 8)
    with count_queries() as large:
        reading.step(now, 150)
    assert len(large) <= len(small) + 6
    assert len(large) <= 24


def test_a_tick_is_due_when_something_was_heard_and_time_has_passed(office, now):
    assert not listener.tick_due(office.pk, now, 5)
    add_articles(office, now, 1)
    journal.append_waiting(office.pk)
    assert listener.tick_due(office.pk, now, 5)
    listener.append_tick(office.pk, now)
    assert not listener.tick_due(office.pk, now + timedelta(minutes=4), 5)
    assert listener.tick_due(office.pk, now + timedelta(minutes=5), 5)


def test_the_first_piles_wait_for_each_other(office, now):
    from kentongan.office.listening.models import Source

    source = Source.objects.create(purpose=builders.purpose_of(office), office=office, name="A", outlet="A", url="https://a.example/feed")
    assert listener.held(office.pk, 60)
    assert not listener.held(office.pk, 0)
    Source.objects.filter(pk=source.pk).update(backfilled=True)
    assert not listener.held(office.pk, 60)
    [page] = add_articles(office, now, 1, seed=9)
    Article.objects.filter(pk=page.pk).update(source=source, page_state="due", waiting=False)
    assert listener.held(office.pk, 60)
    Article.objects.filter(pk=page.pk).update(page_state="ok", waiting=True)
    assert not listener.held(office.pk, 60)
    Source.objects.filter(pk=source.pk).update(backfilled=False)
    add_articles(office, now, 1)
    journal.append_waiting(office.pk)
    assert not listener.held(office.pk, 60)  # live news never waits


def test_only_one_session_is_the_listener(office, server_url):
    import psycopg
    from django.db import connection

    with psycopg.connect(connection.get_connection_params()["dbname"] and _dsn(connection), autocommit=True) as other:
        assert listener.take_lock(office.pk)
        row = other.execute("SELECT pg_try_advisory_lock(%s, %s)", [listener.LOCK_LISTENER, office.pk]).fetchone()
        assert row == (False,)
        listener.give_lock_back(office.pk)
        row = other.execute("SELECT pg_try_advisory_lock(%s, %s)", [listener.LOCK_LISTENER, office.pk]).fetchone()
        assert row == (True,)


def _dsn(connection):
    from psycopg.conninfo import make_conninfo

    known = {"dbname", "user", "password", "host", "port"}
    return make_conninfo(**{k: v for k, v in connection.get_connection_params().items() if k in known and v})
