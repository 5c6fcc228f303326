"""Visits with the real fetcher against real servers on this machine, into a real database."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from procrastinate.contrib.django.models import ProcrastinateJob

from kentongan.adapters.http import PAGE_BYTES, FetchSettings, HttpFetcher
from kentongan.adapters.slots import LocalHostSlots
from kentongan.engine import pipeline
from kentongan.engine.records import RawItem
from kentongan.office import outside
from kentongan.office.listening import collecting, intake, journal, listener, services, tasks
from kentongan.office.listening.embedding import HashedEmbedder
from kentongan.office.listening.models import Article, Membership, Source, Visit
from kentongan.office.people import scope
from kentongan.ports import SourceReading
from kentongan.testing import builders
from kentongan.testing.faults import FAULTS, FaultServer
from kentongan.testing.outlet_sites import OutletItem, OutletSite
from kentongan.testing.outlets import OutletServer

pytestmark = pytest.mark.django_db
TEXT = "Banjir merendam empat kelurahan sejak dini hari. Warga mengungsi ke balai kota.\nHubungi 0812-3456-7890 untuk bantuan.\n" * 4


@pytest.fixture
def clock():
    return datetime.now(UTC).replace(microsecond=0)


def new_fetcher(*allowed, slots=None, slot_wait_s=20.0):
    return HttpFetcher(
        FetchSettings(
            contact="tests@kentongan.example", allow_hosts=frozenset(allowed), max_bytes=16_000_000, total_timeout_s=4,
            connect_timeout_s=2, answer_timeout_s=2, slow_window_s=1, slot_wait_s=slot_wait_s,
        ),
        slots=slots,
    )  # fmt: skip


@pytest.fixture
def fetcher():
    made = new_fetcher("127.0.0.1")
    yield made
    made.close()


@pytest.fixture
def outlet(clock):
    items = tuple(
        OutletItem(f"berita/{n}", f"Banjir di kelurahan {n}", f"{TEXT}Laporan {n}.", clock - timedelta(hours=n + 1), summary="Ringkas")
        for n in range(5)
    )
    with OutletServer([OutletSite("warta", "Warta", "id", items)], lambda: clock) as server:
        yield server


def source_at(office, url, **fields):
    return Source.objects.create(
        purpose=builders.purpose_of(office), office=office, name=fields.pop("name", url[-40:]), outlet="Warta", url=url, **fields
    )


def visit(source, fetcher, now):
    result = collecting.visit(source, fetcher, now, settings.CONFIG, None)
    source.refresh_from_db()
    return result


def test_a_visit_keeps_new_articles_its_record_and_the_next_visit(office, fetcher, outlet, clock):
    source = source_at(office, outlet.feed_url("warta"))
    result = visit(source, fetcher, clock)
    assert (result.visit.outcome, result.visit.found, result.visit.new) == ("ok", 5, 5)
    assert source.outcome == "ok"
    assert source.backfilled
    assert source.last_item == clock - timedelta(hours=1)
    assert source.next_visit > clock
    assert Article.objects.filter(page_state="due", waiting=False).count() == 5
    again = visit(source, fetcher, clock + timedelta(minutes=5))
    assert again.visit.outcome == "not_modified"
    assert Article.objects.count() == 5


def test_pages_bring_the_text_with_personal_data_hidden(office, fetcher, outlet, clock):
    source = source_at(office, outlet.feed_url("warta"))
    visit(source, fetcher, clock)
    assert collecting.read_pages(source, fetcher, clock, None).done == 5
    article = Article.objects.order_by("-published").first()
    assert article.page_state == "ok"
    assert article.waiting
    assert "mengungsi ke balai kota" in article.text
    assert "0812" not in article.text
    assert article.language == "id"
    assert journal.append_waiting(office.pk) == 5


def test_pages_of_a_host_whose_connections_are_all_in_use_are_read_another_time(office, fetcher, outlet, clock):
    source = source_at(office, outlet.feed_url("warta"))
    visit(source, fetcher, clock)
    slots = LocalHostSlots(1)
    with closing(new_fetcher("127.0.0.1", slots=slots, slot_wait_s=0.1)) as hurried:
        with slots.hold("127.0.0.1", 1):
            assert collecting.read_pages(source, hurried, clock, None).done == 0
        assert Article.objects.filter(page_state="due", waiting=False).count() == 5
    assert collecting.read_pages(source, fetcher, clock, None).done == 5
    assert set(Article.objects.values_list("page_state", flat=True)) == {"ok"}


def test_a_job_whose_host_is_busy_is_planned_for_later_and_one_that_got_on_at_once(office, clock):
    source = source_at(office, "https://a.example/feed")
    before = datetime.now(UTC)
    tasks.plan_pages(source.pk, tasks.BUSY_AGAIN)
    tasks.plan_pages(source.pk)  # the sweep does not hurry it
    (job,) = jobs("read_pages")
    assert job.scheduled_at >= before + tasks.BUSY_AGAIN
    other = source_at(office, "https://b.example/feed")
    tasks.plan_pages(other.pk)
    assert jobs("read_pages")[1].scheduled_at is None


def test_a_page_of_more_than_four_megabytes_is_not_read(office, fetcher, clock):
    long = OutletItem("berita/1", "Panjang", f"{TEXT}{'kata ' * (PAGE_BYTES // 5)}", clock - timedelta(hours=1), summary="Ringkas")
    with OutletServer([OutletSite("warta", "Warta", "id", (long,))], lambda: clock) as server:
        source = source_at(office, server.feed_url("warta"))
        visit(source, fetcher, clock)
        collecting.read_pages(source, fetcher, clock, None)
    assert Article.objects.get().page_state == "too_large"


class Saying:
    """The real fetcher, and one header more in every answer."""

    def __init__(self, fetcher, **headers):
        self.fetcher, self.headers = fetcher, headers

    def fetch(self, request):
        outcome = self.fetcher.fetch(request)
        return replace(outcome, headers={**outcome.headers, **self.headers})

    def close(self):
        self.fetcher.close()


def test_a_hosts_wish_to_be_left_alone_for_a_while_is_kept(office, fetcher, outlet, clock):
    wishing = Saying(fetcher, **{"cache-control": "public, max-age=600"})
    learned = visit(source_at(office, outlet.feed_url("warta")), wishing, clock).rhythm
    assert learned.next_visit >= clock + timedelta(seconds=500)
    assert "rhythm.wish" in {reason.code for reason in learned.reasons}


@contextmanager
def pausing(clock, pause_s, count=20, **fields):
    """A real outlet whose robots.txt asks for a pause between two visits."""
    items = tuple(OutletItem(f"berita/{n}", f"Kabar {n}", TEXT, clock - timedelta(hours=n + 1)) for n in range(count))
    site = OutletSite("warta", "Warta", "id", items, crawl_delay_s=pause_s, **fields)
    with OutletServer([site], lambda: clock) as server:
        yield server


def test_the_pause_a_host_asks_for_is_kept_and_pages_that_do_not_fit_are_taken_by_title(office, fetcher, clock):
    with pausing(clock, 60) as server:
        source = source_at(office, server.feed_url("warta"))
        learned = visit(source, fetcher, clock).rhythm
        assert learned.next_visit >= clock + timedelta(seconds=60)
        read = collecting.read_pages(source, fetcher, clock, None)
        assert sum(server.hits.values()) == 2, "robots.txt and the feed; the pages wait for their turn"
    assert 50 < read.again_s <= 60
    assert read.done == Article.objects.filter(page_state="given_up", waiting=True).count() == 5
    due = Article.objects.filter(page_state="due")
    assert due.count() == collecting.PAGES_WITHIN_S // 60 == 15
    assert due.earliest("published").published > Article.objects.filter(page_state="given_up").latest("published").published


def test_a_visit_without_a_turn_says_nothing_about_the_source_and_is_planned_for_the_end_of_the_pause(office, fetcher, clock):
    with pausing(clock, 600) as server:
        source = source_at(office, server.feed_url("warta"))
        visit(source, fetcher, clock)
        again = visit(source, fetcher, clock + timedelta(seconds=1))
    assert again.visit.outcome == "busy"
    assert again.visit.problems[0]["code"] == "visit.pause"
    assert (source.outcome, source.failures, source.backfilled) == ("ok", 0, True)
    assert source.next_visit > clock + timedelta(seconds=500)
    assert [reason.code for reason in again.rhythm.reasons] == ["rhythm.pause"]


@pytest.mark.parametrize(("language", "words"), [("en", "asks for 168 h between two visits"), ("vi", "168")])
def test_a_pause_of_a_week_is_kept_for_a_day_and_said_on_the_sources_page(office, fetcher, clock, officer, client, language, words):
    with pausing(clock, 604_800) as server:
        source = source_at(office, server.feed_url("warta"))
        learned = visit(source, fetcher, clock).rhythm
        assert collecting.read_pages(source, fetcher, clock, None).done == 20, "no page fits"
    assert clock + timedelta(days=1) <= learned.next_visit <= clock + timedelta(days=1, hours=3)
    officer.language = language
    officer.save()
    client.force_login(officer, backend=settings.AUTHENTICATION_BACKENDS[0])
    page = client.get(f"/sources/{source.pk}/").content.decode()
    assert words in page
    assert ("between two visits" in page) is (language == "en")


def test_a_public_post_keeps_the_places_of_its_office_and_loses_its_people(office):
    from kentongan.office.people.models import Place

    Place.objects.create(office=office, code="1", level="ward", name="Budi Santoso")
    source = source_at(office, "https://a.example/feed", source_kind="public", area="Kota Tirtaloka")
    text = "di budi santoso air naik, menurut siti aminah"
    assert intake.hidden(text, "public", tasks.names_for(source)) == "di budi santoso air naik, menurut ⟦name⟧"
    assert tasks.names_for(source_at(office, "https://b.example/feed")) is None


def test_a_feeds_own_ttl_is_kept_until_it_is_read_again(office, fetcher, clock):
    with pausing(clock, None, ttl_minutes=10) as server:
        source = source_at(office, server.feed_url("warta"))
        assert visit(source, fetcher, clock).rhythm.next_visit >= clock + timedelta(minutes=10)
        again = visit(source, fetcher, clock + timedelta(minutes=11))
    assert again.visit.outcome == "not_modified"
    assert again.rhythm.next_visit >= clock + timedelta(minutes=21)
    assert "rhythm.wish" in {reason.code for reason in again.rhythm.reasons}


@pytest.mark.parametrize(("zone", "hours"), [("Asia/Jakarta", 7), ("Asia/Makassar", 8), ("Asia/Jayapura", 9)])
def test_a_page_whose_time_names_no_zone_is_read_in_the_zone_of_the_office(office, fetcher, clock, zone, hours):
    office.time_zone = zone
    office.save()
    said = clock.replace(minute=0, second=0) - timedelta(days=1)
    words = "".join(f"<p>{line}</p>" for line in TEXT.splitlines())
    head = f"<title>Banjir</title><meta property=article:published_time content={said:%Y-%m-%dT%H:%M:%S}>"
    page = f"<html lang=id>{head}<article><h1>Banjir</h1>{words}</article></html>"
    item = OutletItem("berita/1", "Banjir", "", clock - timedelta(hours=1), html=page.encode())
    with OutletServer([OutletSite("warta", "Warta", "id", (item,))], lambda: clock) as server:
        source = source_at(office, server.feed_url("warta", "listing"), kind="listing", pattern="*/berita/*")
        visit(source, fetcher, clock)
        collecting.read_pages(source, fetcher, clock, None)
    assert Article.objects.get().published == said - timedelta(hours=hours)


def outlet_saying(now, *items):
    return OutletServer([OutletSite("warta", "Warta", "id", items)], lambda: now)


def listen(office):
    journal.append_waiting(office.pk)
    ear = listener.Listener(office.pk, HashedEmbedder(), pipeline.Settings())
    ear.open()
    while ear.step(settings.CLOCK.now()):
        pass


def test_what_is_cited_is_the_address_a_page_gives_itself_and_two_ways_to_it_are_one(office, fetcher, clock):
    """An outlet links its articles by short addresses that lead to the real one."""
    named = "berita/banjir-di-kampung-melayu"
    ways = [OutletItem(path, f"Banjir {path}", TEXT, clock - timedelta(hours=1), canonical=f"/{named}") for path in ("s/1", "s/2")]
    with outlet_saying(clock, *ways) as server:
        source = source_at(office, server.feed_url("warta"))
        visit(source, fetcher, clock)
        assert {row.url for row in Article.objects.all()} == {server.url_for("warta", way.path) for way in ways}
        collecting.read_pages(source, fetcher, clock, None)
        assert {row.url for row in Article.objects.all()} == {f"http://127.0.0.1:{server.port}/{named}"}
        assert visit(source, fetcher, clock + timedelta(minutes=20)).visit.new == 0
    listen(office)
    assert [row.copy_reason["code"] for row in Membership.objects.exclude(copy_kind="original")] == ["copy.address"]


def test_when_a_source_says_it_changed_an_item_is_kept_and_after_our_reading_it_is_said(office, fetcher, clock, officer, client):
    published, changed = clock - timedelta(hours=3), clock - timedelta(hours=2)
    with outlet_saying(clock, OutletItem("berita/1", "Banjir di Kampung Melayu", TEXT, published, updated=changed)) as server:
        source = source_at(office, server.feed_url("warta"))
        visit(source, fetcher, clock)
        collecting.read_pages(source, fetcher, clock, None)
    row = Article.objects.get()
    assert (row.published, row.updated, row.is_changed) == (published, changed, False)
    listen(office)
    client.force_login(officer)
    address = f"/stories/{row.membership.story_id}/"
    assert "<span>diperbarui " in client.get(address).content.decode()
    about = intake.About("Warta", "press", source.url)
    later = clock + timedelta(hours=1)
    for told, at, kept in (
        (later, later, changed),  # perhaps it says so of everything
        (later, later + timedelta(hours=1), later),
        (changed, later + timedelta(hours=2), later),
        (None, later + timedelta(hours=3), later),
    ):
        raw = RawItem("1", row.url, row.title, "", "", published, told, "id")
        assert collecting.store(source, intake.take([raw], about, at, None).taken, at) == []
        row.refresh_from_db()
        assert row.updated == kept
    assert row.is_changed
    assert "<span>diubah setelah kami baca " in client.get(address).content.decode()


MALAYISH = "Mi kuah kerang di gang sempit, buka hanya tiga jam"


@pytest.mark.parametrize(("told", "language"), [("id", "id"), ("", "ms")])
def test_an_outlet_known_to_be_indonesian_is_not_taken_for_malay(office, fetcher, clock, told, language):
    item = OutletItem("berita/1", MALAYISH, f"{MALAYISH}. " * 4, clock - timedelta(hours=1), html=None)
    with OutletServer([OutletSite("warta", "Warta", "ms", (item,))], lambda: clock) as server:
        source = source_at(office, server.feed_url("warta"), language=told)
        visit(source, fetcher, clock)
        assert Article.objects.get().language == language
        collecting.read_pages(source, fetcher, clock, None)
    article = Article.objects.get()
    assert (article.page_state, article.language) == ("ok", language)


def test_connections_to_a_host_are_counted_over_web_and_workers(db, outlet):
    from kentongan.adapters.postgres import SharedHostSlots

    web = outside.fetcher()
    try:
        assert web.fetch(collecting.FetchRequest(outlet.feed_url("warta"))).kind == "ok"
        worker = outside._made["slots"]
        assert isinstance(worker, SharedHostSlots)
        held = [SharedHostSlots(worker._url) for _ in range(2)]
        with held[0].hold("b.example", 1) as one, held[1].hold("b.example", 1) as two, worker.hold("b.example", 0.1) as third:
            assert (one, two, third) == (True, True, False)
        for slots in held:
            slots.close()
    finally:
        outside.close()
    assert worker._session is None
    assert not outside._made


def test_what_the_journal_has_is_not_changed_by_a_late_page(office, fetcher, outlet, clock):
    source = source_at(office, outlet.feed_url("warta"))
    visit(source, fetcher, clock)
    assert collecting.give_up_pages(source) == 5
    journal.append_waiting(office.pk)
    assert collecting.read_pages(source, fetcher, clock, None).done == 0
    assert set(Article.objects.values_list("text", flat=True)) == {""}


@pytest.mark.parametrize("kind", ["atom", "json", "rdf", "sitemap"])
def test_every_kind_of_feed_is_collected(office, fetcher, outlet, clock, kind):
    source = source_at(office, outlet.feed_url("warta", kind), kind="sitemap" if kind == "sitemap" else "feed")
    assert visit(source, fetcher, clock).visit.new == 5


def test_a_listing_page_is_collected_and_its_dates_come_from_the_pages(office, fetcher, outlet, clock):
    source = source_at(office, outlet.feed_url("warta", "listing"), kind="listing", pattern="*/berita/*")
    assert visit(source, fetcher, clock).visit.new == 5
    assert not Article.objects.filter(published_known=True).exists()
    collecting.read_pages(source, fetcher, clock, None)
    assert Article.objects.filter(published_known=True).count() == 5
    assert Article.objects.earliest("published").published < clock - timedelta(hours=4)


@pytest.mark.parametrize("path", sorted(set(FAULTS) - {"feed?n=50000"}))  # which has tests of its own
def test_every_fault_of_a_host_is_a_named_outcome_and_harms_nobody_else(office, outlet, clock, path):
    with FaultServer(pause_s=0.3) as faults, closing(new_fetcher(f"127.0.0.1:{faults.port}", f"127.0.0.1:{outlet.port}")) as fetcher:
        bad = source_at(office, faults.url_for(path))
        good = source_at(office, outlet.feed_url("warta"))
        result = visit(bad, fetcher, clock)
        assert visit(good, fetcher, clock).visit.new == 5
    expected = "unreadable" if path == "html-as-feed" else FAULTS[path]
    assert result.visit.outcome == bad.outcome == expected
    assert bad.next_visit > clock
    if expected not in {"ok", "not_modified"}:
        assert bad.failures == 1
        assert bad.last_success is None
    assert Visit.objects.count() == 2


def check_large_feed(office, fetcher, clock, count):
    with FaultServer() as faults:
        fetched = visit(source_at(office, faults.url_for(f"feed?n={count}")), fetcher, clock)
    assert (fetched.visit.outcome, fetched.visit.new) == ("ok", count)
    assert Article.objects.filter(page_state="due").count() == collecting.MOST_PAGES


def test_a_large_feed_is_read_and_asks_for_two_hundred_pages_at_most(office, fetcher, clock):
    check_large_feed(office, fetcher, clock, 2500)  # more than one piece of what is stored at once


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_a_feed_of_fifty_thousand_items_is_read_where_the_limit_allows_its_size(office, fetcher, clock):
    check_large_feed(office, fetcher, clock, 50_000)


def test_a_feed_of_fifty_thousand_items_is_too_large_for_the_usual_limit_and_the_page_says_what_to_do(office, clock, officer, client):
    usual = replace(outside.fetch_settings(settings.CONFIG), allow_hosts=frozenset({"127.0.0.1"}))
    with FaultServer() as faults, closing(HttpFetcher(usual)) as fetcher:
        source = source_at(office, faults.url_for("feed?n=50000"))
        assert visit(source, fetcher, clock).visit.outcome == "too_large"
    client.force_login(officer, backend=settings.AUTHENTICATION_BACKENDS[0])
    page = client.get(f"/sources/{source.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "KENTONGAN_FETCH_MAX_MB" in page


def test_impossible_dates_are_said_on_the_sources_page(office, fetcher, clock):
    with FaultServer() as faults:
        assert visit(source_at(office, faults.url_for("duplicate-ids")), fetcher, clock).visit.new == 5  # five addresses
        strange = visit(source_at(office, faults.url_for("strange-dates")), fetcher, clock).visit
    assert {"code": "item.strange_time", "values": {"n": 2}} in strange.problems
    assert not Article.objects.filter(published__year__lt=2000).exists()
    assert not Article.objects.filter(published__gt=clock).exists()


def test_a_source_that_returns_with_old_items_says_that_they_are_no_news(office, fetcher, clock, officer, client):
    def items(*ages):
        return [OutletItem(f"berita/{n}", f"Kabar {n}", TEXT, clock - timedelta(hours=n), summary="Ringkas") for n in ages]

    for ages, said in (((60, 100), []), ((1, 47, 49, 168), [{"code": "item.late", "values": {"hours": 48.0, "n": 2}}])):
        with OutletServer([OutletSite("warta", "Warta", "id", tuple(items(*ages)))], lambda: clock) as server:
            source = Source.objects.first() or source_at(office, server.feed_url("warta"))
            Source.objects.update(url=server.feed_url("warta"), etag="", last_modified="")
            source.refresh_from_db()
            assert visit(source, fetcher, clock).visit.problems == said, "at first everything is old"
    client.force_login(officer, backend=settings.AUTHENTICATION_BACKENDS[0])
    for language, words in (("en", "not counted as news of the hour: 2."), ("id", "tidak dihitung"), ("vi", "không được tính")):
        officer.language = language
        officer.save()
        assert words in client.get(f"/sources/{source.pk}/").content.decode()


def test_pages_of_a_host_that_fails_are_given_up_and_taken_by_their_titles(office, fetcher, clock):
    with FaultServer() as faults:
        source = source_at(office, faults.url_for("feed?n=30"))
        visit(source, fetcher, clock)
        Article.objects.update(url="http://127.0.0.1:9/gone")
        assert collecting.read_pages(source, fetcher, clock, None).done == 30
    assert Article.objects.filter(waiting=True).count() == 30
    assert not collecting.pages_are_due(source.pk)


def test_a_permanent_redirect_moves_the_source_unless_it_is_there_already(office, fetcher, outlet, clock):
    source = source_at(office, outlet.feed_url("warta"))
    there = source_at(office, "http://127.0.0.1:1/other")
    outcome = fetcher.fetch(collecting.FetchRequest(source.url))
    moved = collecting.replace(outcome, permanent_url="http://127.0.0.1:1/new")
    learned = collecting.known_rhythm(source, clock)
    collecting._remember(source, SourceReading(moved), learned, "ok", "", clock)
    source.refresh_from_db()
    assert source.url == "http://127.0.0.1:1/new"
    collecting._remember(source, SourceReading(collecting.replace(outcome, permanent_url=there.url)), learned, "ok", "", clock)
    source.refresh_from_db()
    assert source.url == "http://127.0.0.1:1/new"


def jobs(name):
    return list(ProcrastinateJob.objects.filter(task_name=name).order_by("id"))


def test_a_source_has_one_planned_visit_however_often_it_is_planned(office, officer, clock):
    source = services.add_source(officer, Source(office=office, name="A", url="https://a.example/feed"), clock)
    assert len(jobs("visit_source")) == 1
    tasks.plan_visit(source.pk, clock + timedelta(hours=1))
    services.visit_now(officer, source, clock)
    planned = jobs("visit_source")
    assert len(planned) == 1
    assert planned[0].scheduled_at < datetime.now(UTC) + timedelta(seconds=5)
    assert planned[0].lock == planned[0].queueing_lock == f"visit:{source.pk}"


def test_the_sweep_plans_what_was_lost(office, clock):
    lost = source_at(office, "https://a.example/feed", next_visit=clock - timedelta(minutes=1))
    source_at(office, "https://b.example/feed", next_visit=clock + timedelta(hours=1))
    source_at(office, "https://c.example/feed", next_visit=clock - timedelta(minutes=1), paused=True)
    assert tasks.plan_due() == 1
    assert [job.args for job in jobs("visit_source")] == [{"source_id": lost.pk, "office": office.pk}]


def test_a_job_of_a_dead_worker_is_done_again(office, clock):
    from django.db import connection

    tasks.plan_visit(1, clock)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL")
    assert tasks.retry_stalled() == 1
    assert [job.status for job in jobs("visit_source")] == ["todo"]
    assert tasks.retry_stalled() == 0


def test_a_dead_workers_job_is_dropped_where_its_successor_waits_already(office, clock):
    from django.db import connection

    tasks.plan_visit(1, clock)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL")
    tasks.plan_visit(1, clock)
    tasks.retry_stalled()
    assert sorted(job.status for job in jobs("visit_source")) == ["aborted", "todo"]


def test_inside_an_office_a_visit_that_waits_already_is_not_planned_twice(office, clock):
    source = source_at(office, "https://a.example/feed")
    with scope.scope(office.pk):
        for _ in range(2):
            tasks.plan_visit(source.pk, clock + timedelta(hours=1))
            tasks.plan_pages(source.pk)
    assert sorted(ProcrastinateJob.objects.values_list("queueing_lock", flat=True)) == [f"pages:{source.pk}", f"visit:{source.pk}"]
