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

from kentongan.engine.places import Gazetteer
from kentongan.engine.records import LEVELS
from kentongan.office.alerting.matching import About, matches, routes_of
from kentongan.office.alerting.models import Route
from kentongan.office.listening.models import Signal
from kentongan.office.people.models import Place, PlaceName
from kentongan.testing import builders

ABOUT = About(frozenset({"flood"}), frozenset({"press"}), frozenset(), "banjir di Sena Hulu")


def asks(**fields):
    return Route(name="jaga", **{"level": "low", **fields})


# The rule alone


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("least", LEVELS)
def test_a_route_tells_its_level_and_what_is_above(level, least):
    told = matches(asks(level=least), Signal(level=level), ABOUT, {})
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
    ],
)
def test_what_a_route_asks_for_must_all_hold(fields, told):
    assert matches(asks(**fields), Signal(level="high"), ABOUT, {}) is told


def test_a_place_is_in_the_words_or_the_source_speaks_for_it():
    named = {7: Gazetteer({"Sena Hulu": "7"})}
    elsewhere = About(frozenset(), frozenset(), frozenset(), "banjir di Lebak Damar")
    from_there = About(frozenset(), frozenset(), frozenset({"Sena Hulu"}), "air sudah masuk rumah")
    route = asks(place_id=7)
    assert [matches(route, Signal(level="high"), about, named) for about in (ABOUT, elsewhere, from_there)] == [True, False, True]


# Against the database


@pytest.fixture
def post(db):
    return made()


def place(post, name, above=None, **fields):
    return Place.objects.create(office=post.office, name=name, code=name.lower().replace(" ", "-"), level="ward", parent=above, **fields)


def names(post, signal):
    rows = list(Route.objects.filter(office=post.office))
    return {route.name for route in routes_of(post.office.pk, rows, [signal])[signal.pk]}


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
        routes_of(post.office.pk, rows, signals)
    assert len(asked) == 0


@pytest.mark.parametrize("count", [1, 10])
def test_ten_signals_cost_as_many_queries_as_one(post, count):
    ward = place(post, "Sena Hulu")
    rows = [route(post, "ward", place=ward), route(post, "public", source_kind="public")]
    made_here = [post.signal(f"banjir {n}").pk for n in range(count)]
    signals = list(Signal.objects.filter(pk__in=made_here).select_related("story"))
    with CaptureQueriesContext(connection) as asked:
        routes_of(post.office.pk, rows, signals)
    assert len(asked) == 2


def test_a_place_of_another_office_names_nothing(post):
    other = builders.make_office("Kota Lain", "lain")
    theirs = Place.objects.create(office=other, name="Sena Hulu", code="sena-hulu", level="ward")
    Route.objects.all().delete()
    route(post, "theirs", place=theirs)
    assert names(post, post.signal("banjir Sena Hulu")) == set()
