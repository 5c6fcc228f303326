"""Warnings, fact-checks and counts in the database: said twice, kept once; as long as they may be; over when they are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import settings as checks
from hypothesis import strategies as st

from kentongan.engine.notices import FactCheck as CheckNotice
from kentongan.engine.notices import Hazard as HazardNotice
from kentongan.engine.notices import TopicCount as CountNotice
from kentongan.office.listening import notices
from kentongan.office.listening.models import FactCheck, Hazard, TopicCount
from kentongan.testing import builders

NOW = builders.NOW
HOUR = timedelta(hours=1)
STORM = HazardNotice("X", "Hujan lebat", "Hujan lebat", "severe", "expected", "likely", ("Sena Hulu",), NOW - 2 * HOUR, expires=NOW + HOUR)
CHECK = CheckNotice("https://cek.example/1", "Air PAM beracun", "Salah", "Cek Fakta Kota", NOW)
COUNT = CountNotice("sampah", "Sena Hulu", NOW - 24 * HOUR, NOW, 3)
POINT = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@pytest.fixture
def source(office):
    return builders.make_source(office, "Cuaca", kind="warnings", source_kind="official")


@pytest.mark.django_db
def test_a_reading_that_says_the_same_again_adds_nothing_and_moves_only_when_it_was_seen(source):
    said = [STORM, CHECK, COUNT, replace(COUNT, place="Sena Tengah")]
    notices.keep(source, said, NOW)
    before = [Hazard.objects.get().pk, FactCheck.objects.get().pk, *TopicCount.objects.order_by("pk").values_list("pk", flat=True)]
    notices.keep(source, said, NOW + HOUR)
    after = [Hazard.objects.get().pk, FactCheck.objects.get().pk, *TopicCount.objects.order_by("pk").values_list("pk", flat=True)]
    assert after == before
    assert Hazard.objects.get().seen == FactCheck.objects.get().seen == NOW + HOUR


@pytest.mark.django_db
def test_the_same_thing_twice_in_one_reading_is_no_fault_and_the_later_word_counts(source):
    notices.keep(source, [STORM, replace(STORM, severity="extreme"), CHECK, CHECK, COUNT, replace(COUNT, count=5)], NOW)
    assert (Hazard.objects.get().severity, FactCheck.objects.count(), TopicCount.objects.get().count) == ("extreme", 1, 5)


@pytest.mark.django_db
def test_a_count_that_was_corrected_replaces_the_old_one_and_another_period_stands_beside_it(source):
    notices.keep(source, [COUNT], NOW)
    notices.keep(source, [replace(COUNT, count=9), replace(COUNT, start=COUNT.end, end=COUNT.end + 24 * HOUR, count=1)], NOW)
    assert list(TopicCount.objects.order_by("start").values_list("count", flat=True)) == [9, 1]


@pytest.mark.django_db
def test_two_claims_of_one_page_are_two_checks(source):
    notices.keep(source, [CHECK, replace(CHECK, claim="Air PAM berwarna")], NOW)
    assert set(FactCheck.objects.values_list("claim", flat=True)) == {"Air PAM beracun", "Air PAM berwarna"}


@pytest.mark.django_db
def test_words_longer_than_their_column_are_cut_and_not_an_error(source):
    long = "x" * 5_000
    wide = replace(STORM, identifier=long, event=long, headline=long, sender=long, url=long, areas=(long,) * 500)
    notices.keep(
        source, [wide, replace(CHECK, rating=long, checker=long, language="id-Latn-ID"), replace(COUNT, topic=long, place=long)], NOW
    )
    kept = Hazard.objects.get()
    assert (len(kept.identifier), len(kept.event), len(kept.headline), len(kept.areas), len(kept.areas[0])) == (300, 200, 500, 200, 300)
    notices.keep(source, [wide], NOW)
    assert Hazard.objects.count() == 1, "the cut identifier is known again"
    assert (len(FactCheck.objects.get().rating), len(TopicCount.objects.get().place)) == (200, 200)


@pytest.mark.django_db
def test_nothing_said_asks_the_database_nothing(source, count_queries):
    with count_queries() as said:
        notices.keep(source, [], NOW)
    assert said == []


@checks(max_examples=60, deadline=None)
@given(st.lists(st.lists(POINT, max_size=60), max_size=6), st.integers(1, 60))
def test_areas_keep_their_shape_with_first_and_last_corner_however_long_they_are(rings, times):
    long = tuple(tuple(ring * times) for ring in rings)
    thin = notices._thinned(long)
    filled = [ring for ring in long if ring]
    assert len(thin) == len(filled)
    for kept, ring in zip(thin, filled, strict=True):
        assert kept[-1] == list(ring[-1])
        assert kept[0] == list(ring[0])
        assert all(tuple(point) in ring for point in kept)
    assert sum(map(len, thin)) <= notices.MOST_POINTS + 2 * len(filled)
    if sum(map(len, long)) <= notices.MOST_POINTS:
        assert thin == [[list(point) for point in ring] for ring in filled], "what is short enough stays whole"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "standing"),
    [
        ({}, True),
        ({"expires": NOW}, False),
        ({"expires": NOW + timedelta(seconds=1)}, True),
        ({"ended": True}, False),
        ({"sent": NOW + HOUR, "expires": NOW + 2 * HOUR}, None),
        ({"expires": None, "sent": NOW - notices.ENDLESS + timedelta(seconds=1)}, True),
        ({"expires": None, "sent": NOW - notices.ENDLESS}, False),
    ],
)
def test_a_warning_is_in_force_until_its_end_or_a_day_and_never_before_it_was_sent(office, source, change, standing):
    notices.keep(source, [replace(STORM, **change)], NOW)
    listed = notices.get_hazards(office, NOW)
    assert (len(listed.in_force), len(listed.over)) == {True: (1, 0), False: (0, 1), None: (0, 0)}[standing]
    assert len(notices.get_strip(office, NOW)) == (standing is True)


@pytest.mark.django_db
def test_the_gravest_come_first_then_the_latest_and_the_strip_is_short(office, source):
    levels = ["unknown", "minor", "extreme", "moderate", "severe"]
    notices.keep(source, [replace(STORM, identifier=f"W{n}", severity=level) for n, level in enumerate(levels)], NOW)
    notices.keep(source, [replace(STORM, identifier="later", severity="severe", sent=NOW - HOUR)], NOW)
    ranked = [(one.row.severity, one.row.identifier) for one in notices.get_hazards(office, NOW).in_force]
    assert [severity for severity, _ in ranked] == ["extreme", "severe", "severe", "moderate", "minor", "unknown"]
    assert ranked[1][1] == "later"
    assert [one.row.severity for one in notices.get_strip(office, NOW)] == ["extreme", "severe", "severe"]


@pytest.mark.django_db
def test_a_warning_says_its_first_places_and_how_many_more_and_until_when(office, source):
    notices.keep(source, [replace(STORM, areas=tuple(f"Kelurahan {n}" for n in range(6)), expires=None, severity="minor")], NOW)
    with translation.override("en"):
        (one,) = notices.get_strip(office, NOW)
        said = (str(one.word), str(one.likely))
    assert (one.areas, one.more) == (tuple(f"Kelurahan {n}" for n in range(4)), 2)
    assert one.until == STORM.sent + notices.ENDLESS
    assert said == ("Minor", "likely")


@pytest.mark.django_db
def test_checks_without_a_day_come_last_and_another_offices_are_not_ours(office, other_office, source):
    theirs = builders.make_source(other_office, "Cek", source_kind="press")
    notices.keep(theirs, [CHECK], NOW)
    said = [replace(CHECK, claim="tanpa tanggal", checked=None), replace(CHECK, claim="lama", checked=NOW - 24 * HOUR), CHECK]
    notices.keep(source, said, NOW)
    assert [one.claim for one in notices.get_checks(office)] == ["Air PAM beracun", "lama", "tanpa tanggal"]
    assert len(notices.get_checks(other_office)) == 1
