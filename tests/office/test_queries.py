"""What the screens read: only the office's own rows, in a number of queries that does not grow with them."""

from __future__ import annotations

import random
import sys
from copy import copy
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from kentongan.demo import city as cities
from kentongan.office.listening import briefing, health, queries, silences
from kentongan.office.listening.models import Article, Membership, Signal, Silence, Source, Story, StoryMark
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of

pytestmark = pytest.mark.django_db
PAGES = {
    "briefing": "/",
    "stories": "/stories/",
    "signals": "/signals/",
    "sources": "/sources/",
    "search": "/search/?q=banjir",
    "news": "/news/?after=0",
}


def crowd(house, n=12):
    """More of everything: stories with copies and signals, sources with visits."""
    for place in range(n):
        told = (
            builders.Told(
                "Suara Muarasena",
                3 + place / 10,
                f"Banjir di kelurahan nomor {place}",
                "Banjir setinggi lutut di jalan utama kelurahan.",
                "id",
                copies=("Warta Hilir", "Sena Petang"),
            ),
            builders.Told(
                "Lentera Kota",
                2 + place / 10,
                f"Warga nomor {place} mengungsi",
                "Warga mengungsi ke balai kelurahan sejak subuh tadi.",
                "id",
            ),
        )
        story = builders.make_story(house.ours, builders.Event("high", (3, 3, 3, 3, 3), told), seq=20 + place)
        builders.make_signal(story, f"banjir {place}", kind="term")
        builders.make_visits(builders.make_source(house.ours, f"Sumber {place}", outcome="timeout"))


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_asks_as_often_for_many_rows_as_for_few(house, page, count_queries):
    client = client_of(house.officer)
    client.get(PAGES[page])
    with count_queries() as few:
        assert client.get(PAGES[page]).status_code == 200
    crowd(house)
    with count_queries() as many:
        assert client.get(PAGES[page]).status_code == 200
    assert len(many) == len(few), "\n".join(many)


def test_the_page_of_a_story_asks_as_often_for_a_hundred_items_as_for_one(house, count_queries):
    with connection.cursor() as cursor:
        cursor.execute("REINDEX TABLE listening_article")  # rows of tests that ended lie in it, and the nearest may be among them
    client = client_of(house.officer)
    small, big = house.stories[0], house.stories[1]
    for place in range(100):
        told = builders.Told(f"Media {place}", 4 + place / 50, f"Air berbau hari ke-{place}", "Air masih berbau.", "id")
        article = builders.make_article(house.ours, told)
        Membership.objects.create(article=article, story=big, reasons=[{"code": "story.copy", "values": {}}])
    with count_queries() as few:
        client.get(reverse("story", args=[small.pk]))
    with count_queries() as many:
        client.get(reverse("story", args=[big.pk]))
    assert len(many) <= len(few)


def test_stories_come_latest_first_and_every_one_once_over_all_pages(house):
    crowd(house, 8)
    seen, cursor = [], None
    while True:
        cut = queries.get_stories(house.ours, queries.StoryFilter(), cursor, builders.NOW, size=3)
        seen += cut.rows
        if cut.after is None:
            break
        cursor = queries.cursor_from(cut.after.text())
    assert len(seen) == len({story.pk for story in seen}) == len(house.stories) + 8
    assert [story.last for story in seen] == sorted((story.last for story in seen), reverse=True)


def test_stories_of_the_same_moment_are_not_lost_at_a_page_end(house):
    from kentongan.office.listening.models import Story

    Story.objects.update(last=builders.NOW)
    first = queries.get_stories(house.ours, queries.StoryFilter(), None, builders.NOW, size=4)
    assert first.after is not None
    second = queries.get_stories(house.ours, queries.StoryFilter(), queries.cursor_from(first.after.text()), builders.NOW, size=4)
    assert len({story.pk for story in [*first.rows, *second.rows]}) == len(house.stories)


@pytest.mark.parametrize("text", ["", "x", "1-", "-", "nan-1", "1e999-4", "12.5-9999999999999999999999x"])
def test_a_cursor_that_cannot_be_read_is_none(text):
    assert queries.cursor_from(text) is None


def test_stories_are_narrowed_by_level_language_outlet_and_time(house):
    def found(**chosen):
        return {story.headline[:6] for story in queries.get_stories(house.ours, queries.StoryFilter(**chosen), None, builders.NOW).rows}

    assert found(level="medium") == {"Banjir", "Air PA"}
    assert found(language="vi") == {"Banjir", "Air PA", "Đoàn h"}
    assert found(outlet="Pesisir Kini") == {"Banjir", "Pedaga"}
    assert found(outlet="Pesisir Kini", level="high") == {"Banjir"}
    assert len(found(span="day")) == 6
    assert found(level="nonsense") == found()


def test_an_item_shows_its_copies_and_counts_those_it_does_not_show(house):
    item = next(item for item in queries.get_detail(house.stories[0], None).items if item.copy_count)
    assert [copy.article.outlet for copy in item.copies] == list(builders.WIRE)
    for place in range(20):
        told = builders.Told(f"Media {place}", 0.1, "Banjir merendam empat kelurahan di Sena Hulu", "", "id")
        article = builders.make_article(house.ours, told)
        Membership.objects.create(article=article, story=house.stories[0], original=item.article, copy_kind="exact")
    item = next(item for item in queries.get_detail(house.stories[0], None).items if item.copy_count)
    assert (item.copy_count, len(item.copies), item.hidden) == (24, queries.COPIES_SHOWN, 12)


def test_the_path_goes_from_the_first_outlet_on(house):
    path = queries.get_detail(house.stories[0], None).path
    assert path[0].outlet == "Kabar Kalindra"
    assert [step.first for step in path] == sorted(step.first for step in path)


def test_the_nearest_story_is_the_first_candidate_for_a_merge(house):
    twin = builders.make_story(
        house.ours,
        builders.Event(
            "low",
            (1, 1, 1, 1, 1),
            (
                builders.Told(
                    "Warta Hilir",
                    1.5,
                    "Banjir merendam empat kelurahan di Sena Hulu pagi ini",
                    "Air Sungai Welaran naik dan merendam kelurahan.",
                    "id",
                ),
            ),
        ),
    )
    near = queries.get_near(house.stories[0])
    assert near[0] == twin
    assert house.stories[0] not in near


def test_neighbours_are_found_behind_the_nearer_articles_of_another_office(house):
    asked, twin = house.stories[0], Story.objects.filter(office=house.ours).order_by("last")[0]
    head = asked.headline_article
    near = [0.9 * float(value) for value in head.embedding]
    Article.objects.filter(membership__story=twin).update(embedding=near, language=head.language)
    there = builders.make_story(house.theirs, builders.EVENTS[0], seq=98)
    nearer = Article.objects.filter(membership__story=there)[0]
    nearer.embedding, nearer.language = head.embedding, head.language
    more, draw = [copy(nearer) for _ in range(100)], random.Random(1)
    for number, article in enumerate(more):
        article.pk, article.key = None, f"nearer-{number}"
        article.embedding = [float(value) + draw.gauss(0, 0.002) for value in head.embedding]
    Article.objects.bulk_create(more)
    with connection.cursor() as cursor:
        cursor.execute("REINDEX TABLE listening_article")
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    assert queries.get_near(asked)[0] == twin


def test_signals_come_most_serious_first(house):
    crowd(house, 1)
    found = queries.get_signals(house.ours, "new")
    ranks = [["watch", "low", "medium", "high", "crisis"].index(signal.level) for signal in found.rows]
    assert ranks == sorted(ranks, reverse=True)
    assert not found.more
    assert queries.get_signal_counts(house.ours) == {"new": 3, "acknowledged": 1, "dismissed": 1}


def test_pages_of_signals_hold_every_signal_once(house):
    crowd(house, 1)
    whole = [signal.pk for signal in queries.get_signals(house.ours, "").rows]
    pages = [queries.get_signals(house.ours, "", page, size=2) for page in (1, 2, 3, 4)]
    assert [signal.pk for page in pages for signal in page.rows] == whole
    assert [page.more for page in pages] == [True, True, False, False]
    assert len(whole) == 5


def test_a_page_of_signals_names_the_next_and_a_strange_number_is_the_first(house):
    crowd(house, 30)
    asked = client_of(house.officer)
    first = asked.get("/signals/").content.decode()
    assert 'href="?state=new&amp;page=2"' in first
    second = asked.get("/signals/?state=new&page=2").content.decode()
    assert "page=3" not in second
    strange = [asked.get(f"/signals/?page={page}").content.decode().count("<li>") for page in ("-1", "x9", "0")]
    assert strange == [first.count("<li>")] * 3


def test_news_counts_what_changed_after_and_only_here(house):
    builders.make_story(house.theirs, builders.EVENTS[0], seq=99)
    assert queries.get_news(house.ours, 4, "stories") == queries.News(2, 6)
    assert queries.get_news(house.ours, 6, "stories") == queries.News(0, 6)
    assert queries.get_news(house.ours, 0, "signals").count == Signal.objects.count()
    assert queries.get_change(house.ours) == 6


def test_a_watched_story_stays_on_the_briefing_though_nothing_moved(house):
    later = builders.NOW + timedelta(days=3)
    content = briefing.compose(house.ours, later - timedelta(hours=1), later, "id")
    assert [line["story"] for line in content["lines"]] == [house.stories[1].pk]
    StoryMark.objects.all().delete()
    assert briefing.compose(house.ours, later - timedelta(hours=1), later, "id")["lines"] == []


def test_the_briefing_says_what_is_missing(house):
    codes = [reason["code"] for reason in briefing.compose(house.ours, builders.NOW - timedelta(days=1), builders.NOW, "id")["missing"]]
    assert sorted(codes) == ["briefing.failing", "briefing.failing", "briefing.skipped", "briefing.stopped"]
    later = builders.NOW + timedelta(days=20)
    codes = {reason["code"] for reason in briefing.compose(house.ours, builders.NOW, later, "id")["missing"]}
    assert "briefing.failing" in codes
    empty = briefing.compose(house.theirs, builders.NOW - timedelta(days=1), builders.NOW, "id")
    assert [reason["code"] for reason in empty["missing"]] == ["briefing.no_sources"]
    Source.objects.create(
        purpose=builders.purpose_of(house.theirs), office=house.theirs, name="A", outlet="A", url="https://a.example/feed"
    )
    unheard = briefing.compose(house.theirs, builders.NOW - timedelta(days=1), builders.NOW, "id")
    assert [reason["code"] for reason in unheard["missing"]] == ["briefing.nothing_heard"]


def test_a_post_of_a_private_person_is_never_quoted(house):
    story = house.stories[0]
    Article.objects.filter(membership__story=story).update(source_kind="public")
    content = briefing.compose(house.ours, builders.NOW - timedelta(days=1), builders.NOW, "id")
    line = next(line for line in content["lines"] if line["story"] == story.pk)
    passages = [note["passage"] for note in content["sources"] if note["n"] in line["sources"]]
    assert passages and not any(passages)


def test_a_story_is_headed_by_what_is_new_and_not_by_the_calm_of_yesterday(house):
    calm, broken = "Sungai Welaran 88 sentimeter, status normal", "Tanggul Welaran jebol, warga diminta mengungsi"
    told = (
        builders.Told("Suara Muarasena", 30, calm, "Muka air sungai masih jauh di bawah batas siaga.", "id"),
        builders.Told("Kabar Kalindra", 2, broken, "Tanggul Sungai Welaran jebol dan warga diminta mengungsi.", "id"),
    )
    story = builders.make_story(house.ours, builders.Event("high", (3, 3, 3, 3, 3), told), seq=30)

    def headline(hours):
        content = briefing.compose(house.ours, builders.NOW - timedelta(hours=hours), builders.NOW, "id")
        return next(line["headline"] for line in content["lines"] if line["story"] == story.pk)

    assert headline(24) == broken
    assert headline(48) == broken, "headline and quote are of one report, the newer"


def test_the_same_moment_gives_the_same_briefing(house):
    since = builders.NOW - timedelta(hours=24)
    assert briefing.compose(house.ours, since, builders.NOW, "vi") == briefing.compose(house.ours, since, builders.NOW, "vi")


@pytest.mark.parametrize(
    ("fields", "quiet", "state"),
    [
        ({}, False, "new"),
        ({"outcome": "ok"}, False, "well"),
        ({"outcome": "not_modified"}, False, "well"),
        ({"outcome": "ok"}, True, "silent"),
        ({"outcome": "timeout"}, True, "failing"),
        ({"outcome": "timeout", "paused": True}, True, "skipped"),
    ],
)
def test_the_state_of_a_source(fields, quiet, state):
    assert health.state_of(Source(**fields), Silence() if quiet else None) == state


def demo_sources(office, at):
    """The invented city's outlets with everything they had said by `at` (local time), as rows."""
    city = cities.load()
    for outlet in city.outlets:
        source = Source(office=office, name=outlet.name, outlet=outlet.name, url=f"https://{outlet.host}/feed", outcome="ok")
        source.purpose = builders.purpose_of(office)
        said = [one.published for one in cities.timeline(city) if one.item.outlet == outlet.key and one.published <= at]
        source.last_item = said[-1] if said else None
        source.save()
        Article.objects.bulk_create(
            Article(
                office=office, source=source, key=f"{outlet.key}-{number}", url=f"https://{outlet.host}/{number}", outlet=outlet.name,
                source_kind="press", title="Kabar", language="id", published=moment, seen=moment,
            )
            for number, moment in enumerate(said)
        )  # fmt: skip
    return city


def test_an_outlet_of_the_demo_that_fell_silent_two_days_ago_is_silent_and_no_other_is(office):
    zone = cities.load().zone
    morning = datetime(2025, 11, 27, 7, 30, tzinfo=zone)
    demo_sources(office, morning)
    for days, expected in ((0, ["Dishub Kota Muarasena"]), (40, None)):  # after a whole window without a word everyone is
        counts = queries.get_item_counts(office, morning + timedelta(days=days) - health.WINDOW)
        now = morning + timedelta(days=days)
        silences.notice(office, now)
        quiet = silences.by_source(office, now)
        states = [health.health(one, counts.get(one.pk), quiet.get(one.pk), now) for one in queries.get_sources(office)]
        silent = [one.source.name for one in states if one.state == "silent"]
        assert silent == (expected or [one.source.name for one in states])
    missing = briefing.compose(office, morning - timedelta(days=1), morning, "id", silences.rows_at(office, morning))["missing"]
    (silence,) = [one for one in missing if one["code"] == "briefing.stopped"]
    assert (silence["values"]["source"], silence["values"]["when"]) == ("Dishub Kota Muarasena", "2025-11-24T23:05:00+00:00")
    assert missing[0] == silence


def test_a_silence_ends_when_the_source_speaks_again_and_is_kept(office):
    zone = cities.load().zone
    morning = datetime(2025, 11, 27, 7, 30, tzinfo=zone)
    demo_sources(office, morning)
    assert silences.notice(office, morning) == (1, 0)
    assert silences.notice(office, morning) == (0, 0)
    (row,) = silences.get_open(office, morning)
    later = morning + timedelta(minutes=30)
    said = Article.objects.filter(source=row.source).order_by("-published").first()
    said.pk, said.key, said.url, said.published = None, "anew", "https://anew.example/1", morning + timedelta(minutes=10)
    said.save()
    assert silences.notice(office, later) == (0, 1)
    assert silences.get_open(office, later) == []
    assert silences.get_open(office, morning) == [row]


@pytest.mark.parametrize(
    ("kind", "source_kind", "states", "said"),
    [
        ("feed", "press", ["ok"] * 4 + ["robots_disallow"] * 3 + ["given_up", "unreadable"], True),
        ("feed", "press", ["ok"] * 6 + ["robots_disallow"] * 5, False),
        ("feed", "press", ["robots_disallow"] * 4, False),
        ("feed", "public", ["skipped"] * 9, False),
        ("imap", "press", ["skipped"] * 9, False),
    ],
)
def test_a_source_of_which_mostly_titles_are_known_says_so_and_why(house, kind, source_kind, states, said):
    now = STILL.now()
    source = builders.make_source(house.ours, "Barred", kind=kind, source_kind=source_kind, last_item=now, language="en")
    for number, state in enumerate(states):
        told = builders.Told("Barred", number / 10, f"Something number {number}", "A sentence.", "en")
        article = builders.make_article(house.ours, told, source=source)
        Article.objects.filter(pk=article.pk).update(page_state=state)
    counts = queries.get_item_counts(house.ours, now - health.WINDOW)
    one = health.health(source, counts[source.pk], None, now)
    assert (one.state, "title and summary only" in one.reason) == ("well", said)
    page = client_of(house.officer).get(reverse("source", args=[source.pk]), headers={"accept-language": "en"}).content.decode()
    assert ("robots.txt asks us not to read this" in page) == ("robots_disallow" in states and source_kind == "press")


def test_how_often_a_source_speaks_does_not_fall_while_it_is_silent(office):
    last = builders.NOW - timedelta(days=20)
    source = Source(office=office, last_item=last)
    assert health.rate(source, health.Said(23, last - timedelta(days=11, hours=12))) == 2
    assert health.rate(source, health.Said(50, last)) == 50
    assert health.rate(source, None) == 0


def test_every_outcome_of_a_visit_is_said_in_words():
    from typing import get_args

    from kentongan.engine.outcomes import OutcomeKind
    from kentongan.office.listening import presenting

    for kind in get_args(OutcomeKind):
        said = presenting.outcome(kind)
        assert said.endswith(".")
        assert kind not in said.split(), kind
        assert "does not know" not in said, kind
