"""Which routes tell a signal: level, topic, place with all that lies in it, kind of source; ten cost as many queries as one."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

sys.path.insert(0, str(Path(__file__).parent))
from alerts import NOW, made
from django.urls import reverse
from screens import client_of

from kentongan.engine.records import LEVELS
from kentongan.errors import InputError
from kentongan.office.alerting import arranging
from kentongan.office.alerting.matching import About, matches, routes_of
from kentongan.office.alerting.models import Route
from kentongan.office.listening import purposes, watches
from kentongan.office.listening.models import Article, Membership, Signal, Story
from kentongan.office.people.models import Place, PlaceName
from kentongan.testing import builders

ABOUT = About(frozenset({"flood"}), frozenset({"press"}), frozenset({7, 3}), frozenset({4}))


def asks(**fields):
    return Route(name="jaga", **{"level": "low", **fields})


# The rule alone


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("least", LEVELS)
def test_a_route_tells_its_level_and_what_is_above(level, least):
    told = matches(asks(level=least), Signal(level=level), ABOUT)
    assert told is (LEVELS.index(level) >= LEVELS.index(least))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, True),
        ({"paused": True}, False),
        ({"topics": ["flood", "water"]}, True),
        ({"topics": ["water"]}, False),
        ({"source_kind": "press"}, True),
        ({"source_kind": "public"}, False),
        ({"topics": ["flood"], "source_kind": "public"}, False),
        ({"watches": [4, 5]}, True),
        ({"watches": [5]}, False),
    ],
)
def test_what_a_route_asks_for_must_all_hold(fields, told):
    assert matches(asks(**fields), Signal(level="high"), ABOUT) is told


def test_a_place_is_one_of_those_named_or_above_one_of_them():
    assert [matches(asks(place_id=place), Signal(level="high"), ABOUT) for place in (7, 3, 4)] == [True, True, False]


# Against the database


@pytest.fixture
def post(db):
    return made()


def place(post, name, above=None, level="ward"):
    return Place.objects.create(office=post.office, name=name, code=name.lower().replace(" ", "-"), level=level, parent=above)


def names(post, signal):
    rows = list(Route.objects.filter(office=post.office))
    return {route.name for route in routes_of(post.office.pk, rows, [signal], NOW)[signal.pk]}


def route(post, name, **fields):
    given = {"level": "low", "created": NOW, **fields}
    return Route.objects.create(office=post.office, name=name, **given)


def test_the_whole_district_hears_of_its_ward(post):
    Route.objects.all().delete()
    district = place(post, "Kecamatan Utara")
    ward = place(post, "Sena Hulu", district)
    other = place(post, "Lebak Damar", district)
    for name, where in {"district": district, "ward": ward, "other": other}.items():
        route(post, name, place=where)
    assert names(post, post.signal("banjir Sena Hulu")) == {"district", "ward"}


def test_a_place_is_known_by_the_name_it_had(post):
    Route.objects.all().delete()
    ward = place(post, "Sena Hulu")
    PlaceName.objects.create(office=post.office, place=ward, name="Kampung Rawa", until=date(2020, 1, 1))
    route(post, "ward", place=ward)
    assert names(post, post.signal("banjir Kampung Rawa")) == {"ward"}


def test_a_matter_is_of_its_own_topic_whatever_its_words_say(post):
    Route.objects.all().delete()
    route(post, "water", topics=["water"])
    route(post, "flood", topics=["flood"])
    assert names(post, post.signal("Banjir Kanal|water", kind="matter")) == {"water"}


def test_a_signal_of_a_source_kind_is_told_by_that_kind(post):
    Route.objects.all().delete()
    route(post, "public", source_kind="public")
    assert names(post, post.signal("public", kind="source")) == {"public"}


def test_routes_that_ask_for_no_place_and_source_cost_no_query(post):
    rows, signals = list(Route.objects.all()), [post.signal(f"banjir {n}") for n in range(5)]
    signals = list(Signal.objects.filter(pk__in=[one.pk for one in signals]).select_related("story"))
    with CaptureQueriesContext(connection) as asked:
        routes_of(post.office.pk, rows, signals, NOW)
    assert len(asked) == 0


@pytest.mark.parametrize("count", [1, 10])
def test_ten_signals_cost_as_many_queries_as_one(post, count):
    ward = place(post, "Sena Hulu")
    rows = [route(post, "ward", place=ward), route(post, "public", source_kind="public")]
    made_here = [post.signal(f"banjir {n}").pk for n in range(count)]
    signals = list(Signal.objects.filter(pk__in=made_here).select_related("story"))
    with CaptureQueriesContext(connection) as asked:
        routes_of(post.office.pk, rows, signals, NOW)
    assert len(asked) == 3


def twice(post):
    """Two cities with a district of one name each, and a ward in the first."""
    cities = [place(post, name, level="city") for name in ("Kota Anggrek", "Kota Melati")]
    districts = [Place.objects.create(office=post.office, name="Kecamatan Cempaka", code=f"c{n}", level="district", parent=city)
                 for n, city in enumerate(cities)]  # fmt: skip
    ward = place(post, "Lubuk Sari", districts[0])
    for name, where in {"first": districts[0], "second": districts[1], "ward": ward, "city": cities[0]}.items():
        route(post, name, place=where)
    return cities, districts


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("banjir Kecamatan Cempaka, Kota Melati", {"second"}),
        ("banjir Kec. Cempaka Kota Anggrek", {"first", "city"}),
        ("banjir di Lubuk Sari", {"ward", "first", "city"}),
        ("banjir Kecamatan Cempaka", set()),
        ("banjir", set()),
    ],
)
def test_of_two_places_with_one_name_the_one_is_told_whose_city_stands_beside_it(post, words, told):
    Route.objects.all().delete()
    twice(post)
    assert names(post, post.signal(words)) == told


def test_the_signal_of_a_place_is_of_that_place_whatever_else_bears_its_name(post):
    Route.objects.all().delete()
    twice(post)
    assert names(post, post.signal("Kecamatan Cempaka, Kota Melati|flood", kind="matter")) == {"second"}
    assert names(post, post.signal("Kecamatan Cempaka, Kota Anggrek", kind="place")) == {"first", "city"}


def test_where_a_source_is_from_says_which_place_is_meant(post):
    Route.objects.all().delete()
    twice(post)
    office = post.office
    story = Story.objects.create(office=office, key="s1", headline="Banjir di Kecamatan Cempaka", first=NOW, last=NOW, changed=NOW)
    source = builders.make_source(office, "Kabar Melati", area="Kota Melati")
    article = Article.objects.create(
        office=office, source=source, key="a1", url="https://kabar.example/1", outlet="Kabar Melati", source_kind="press",
        title="Banjir", language="id", published=NOW, seen=NOW,
    )  # fmt: skip
    Membership.objects.create(office=office, article=article, story=story)
    signal = post.signal("banjir")
    signal.story = story
    signal.save()
    assert names(post, signal) == {"second"}


@pytest.mark.parametrize("count", [1, 10])
def test_ten_places_of_routes_cost_as_many_queries_as_one(post, count):
    rows = [route(post, f"ward {n}", place=place(post, f"Sena {n}")) for n in range(count)]
    signals = list(Signal.objects.filter(pk=post.signal("banjir Sena 0").pk).select_related("story"))
    with CaptureQueriesContext(connection) as asked:
        routes_of(post.office.pk, rows, signals, NOW)
    assert len(asked) == 3


def test_a_place_of_another_office_names_nothing(post):
    other = builders.make_office("Kota Lain", "lain")
    theirs = Place.objects.create(office=other, name="Sena Hulu", code="sena-hulu", level="ward")
    Route.objects.all().delete()
    route(post, "theirs", place=theirs)
    assert names(post, post.signal("banjir Sena Hulu")) == set()


# Watches


def watch(post, name="Bau air", query="air NEAR/3 berbau", **fields):
    draft = purposes.Draft("watch", f"Untuk {name}", "Mendengar.", "Perwali 25/2017", post.boss, date(2025, 11, 1), date(2026, 11, 1))
    return watches.begin(post.sari, purposes.register(post.boss, draft, NOW), name, query, NOW, **fields)


def test_a_route_of_a_watch_tells_its_own_signals_and_those_that_name_its_words(post):
    Route.objects.all().delete()
    here, other = watch(post), watch(post, "Jalan", "jalan NEAR/2 rusak")
    route(post, "air", watches=[here.pk])
    route(post, "jalan", watches=[other.pk])
    route(post, "both", watches=[here.pk, other.pk])
    assert names(post, post.signal("Bau air", kind="watch", level="low")) == {"air", "both"}
    assert names(post, post.signal("Air PDAM berbau lumpur", kind="story", level="low")) == {"air", "both"}
    assert names(post, post.signal("Festival lampion")) == set()
    carried = {"code": "signal.carried", "values": {"headlines": "Jalan kota rusak; Pasar sepi", "keys": ""}}
    assert names(post, post.signal("roads", kind="topic", reasons=[carried])) == {"jalan", "both"}


def test_what_a_watch_excludes_is_not_told_and_a_watch_by_meaning_tells_its_own_signals(post):
    Route.objects.all().delete()
    examples = ("harga beras naik lagi", "harga beras naik di pasar", "harga beras naik tajam", "beras naik lagi hari ini")
    words, meant = watch(post, "Banjir", "banjir -lagu"), watch(post, "Beras", "", examples=examples)
    route(post, "words", watches=[words.pk])
    route(post, "meant", watches=[meant.pk])
    assert names(post, post.signal("Banjir bandang")) == {"words"}
    assert names(post, post.signal("Lagu banjir kenangan")) == set()
    assert "meant" not in names(post, post.signal("Harga beras naik lagi"))
    assert "meant" in names(post, post.signal("Beras", kind="watch"))


def test_a_watch_that_has_ended_or_is_another_offices_tells_nothing_and_narrows_still(post):
    Route.objects.all().delete()
    here = watch(post)
    row = route(post, "air", watches=[here.pk])
    assert names(post, post.signal("Air PDAM berbau lumpur")) == {"air"}
    watches.end(post.sari, here, NOW)
    assert names(post, post.signal("Air PDAM berbau lumpur")) == set()
    row.watches = [here.pk, 987_654]
    row.save()
    assert names(post, post.signal("Bau air", kind="watch")) == set()


@pytest.mark.parametrize("count", [1, 10])
def test_ten_watches_of_routes_cost_as_many_queries_as_one(post, count):
    words = ("sungai", "jalan", "pasar", "sekolah", "sampah", "listrik", "jembatan", "bus", "pupuk", "beras")[:count]
    rows = [route(post, f"r{n}", watches=[watch(post, f"W{n}", f"banjir NEAR/3 {word}").pk]) for n, word in enumerate(words)]
    signals = list(Signal.objects.filter(pk=post.signal("banjir sungai").pk).select_related("story"))
    with CaptureQueriesContext(connection) as asked:
        found = routes_of(post.office.pk, rows, signals, NOW)
    assert [one.name for one in found[signals[0].pk]] == ["r0"] and len(asked) == 3


def test_a_route_is_given_its_watches_on_its_page_and_says_which(post):
    here = watch(post)
    client = client_of(post.boss)
    form = client.get(reverse("new_route")).content.decode()
    assert "Only of these watches" in form and "Bau air" in form
    given = {"name": "Air", "level": "low", "roles": ["officer"], "watches": [str(here.pk)], "silences": ["mark"], "version": 0}
    assert client.post(reverse("new_route"), given).status_code == 302
    made_now = Route.objects.get(name="Air")
    assert made_now.watches == [here.pk]
    assert "<span>Bau air</span>" in client.get(reverse("routes")).content.decode()
    watches.end(post.sari, here, NOW)
    assert "Bau air (ended)" in client.get(reverse("routes")).content.decode()
    assert "Bau air (ended)" in client.get(reverse("route", args=[made_now.pk])).content.decode()
    assert "Only of these watches" not in client.get(reverse("new_route")).content.decode()


def test_only_watches_of_the_office_are_asked_for(post):
    draft = arranging.RouteDraft("x", roles=("officer",), watches=(987_654,))
    with pytest.raises(InputError) as raised:
        arranging.make_route(post.boss, draft, NOW)
    assert raised.value.subject == "watches"
