"""The office's places as the engine finds them: what they are called, which rows they are, and what lies around what a text names."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kentongan.office.listening import gazetteers
from kentongan.office.people.models import Office, Place, PlaceName
from kentongan.testing import builders

pytestmark = pytest.mark.django_db


def test_without_places_there_is_none(office: Office) -> None:
    assert gazetteers.of(office.pk) is None


def test_a_place_is_found_by_every_name_and_called_as_people_call_it(office: Office) -> None:
    city = Place.objects.create(office=office, code="1", level="city", name="Kota Banjarbaru")
    ward = Place.objects.create(office=office, code="2", level="ward", name="Kelurahan Guntung Manggis", parent=city)
    PlaceName.objects.create(office=office, place=ward, name="Guntung Lama")
    places = gazetteers.of(office.pk)
    assert places is not None
    assert places.gazetteer.places_in("Banjir di Guntung Lama") == ("Kelurahan Guntung Manggis",)


def test_places_that_share_a_name_are_called_with_the_place_above(office: Office) -> None:
    cities = [Place.objects.create(office=office, code=str(n), level="city", name=name) for n, name in enumerate(["Kota Satu", "Kota Dua"])]
    for number, city in enumerate(cities):
        Place.objects.create(office=office, code=f"c{number}", level="district", name="Kecamatan Cempaka", parent=city)
    places = gazetteers.of(office.pk)
    assert places is not None
    assert {place.id for place in places.gazetteer.places} >= {"Kecamatan Cempaka, Kota Satu", "Kecamatan Cempaka, Kota Dua"}


def test_what_a_text_names_is_given_with_all_that_lies_above_by_number(office: Office) -> None:
    city = Place.objects.create(office=office, code="1", level="city", name="Kota Anggrek")
    ward = Place.objects.create(office=office, code="2", level="ward", name="Lubuk Sari", parent=city)
    known = gazetteers.of(office.pk)
    assert known is not None
    assert known.around("Banjir di Lubuk Sari") == {city.pk, ward.pk}
    assert known.above("Kota Anggrek", "Nirwana") == {city.pk}
    assert known.codes["Lubuk Sari"] == "2"


def test_where_the_place_above_has_the_same_name_the_code_tells_them_apart(office: Office) -> None:
    for code in ("1", "2"):
        Place.objects.create(office=office, code=code, level="ward", name="Melati")
    known = gazetteers.of(office.pk)
    assert known is not None
    assert set(known.rows) == {"Melati (1)", "Melati (2)"}
    assert known.around("Melati") == frozenset(), "nothing contains both, so nobody is guessed at"


def test_a_place_that_ended_gives_its_name_to_the_one_that_lives(office: Office) -> None:
    Place.objects.create(office=office, code="old", level="ward", name="Melati", until=date(2025, 7, 1))
    new = Place.objects.create(office=office, code="new", level="ward", name="Melati")
    known = gazetteers.of(office.pk)
    assert known is not None
    assert known.around("Banjir di Melati") == {new.pk}


def test_many_places_cost_as_many_queries_as_one_and_another_office_has_its_own(office: Office) -> None:
    for number in range(20):
        Place.objects.create(office=office, code=str(number), level="ward", name=f"Melati {number}")
    with CaptureQueriesContext(connection) as asked:
        known = gazetteers.of(office.pk)
        again = gazetteers.of(office.pk)
    assert len(asked) == 4
    assert known is not None
    assert again is not None
    assert known.gazetteer is again.gazetteer, "made once while the list stays the same"
    assert gazetteers.of(builders.make_office("Kota Lain", "lain").pk) is None
