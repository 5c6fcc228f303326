"""The demo stands under the register and knows its places, like every office."""

import pytest

from kentongan.demo import city as cities
from kentongan.demo.furnishing import stand_under
from kentongan.office.ledger.models import Line
from kentongan.office.listening.models import Purpose, Watch
from kentongan.office.people import places
from kentongan.office.people.models import Agency
from kentongan.testing import builders


@pytest.mark.django_db
def test_the_demo_has_places_with_old_names_the_citys_agencies_a_purpose_and_two_watches(office, now):
    city = cities.load()
    builders.make_user(office, "rina", "administrator")
    stand_under(office, city, now)
    assert places.get_count(office) == len(city.places) + 2
    assert [place.code for place in places.get_found(office, "pasar lama")] == ["senandung"]
    assert [watch.name for watch in Watch.objects.all()] == ["Air PDAM keruh", "Banjir"]
    assert Purpose.objects.get(kind="watch").owner.username == "rina"
    assert office.area.code == city.key
    made = Agency.objects.filter(office=office).values_list("name", "short", "email")
    assert sorted(made) == sorted((one.names["id"], one.short, f"{one.key}@muarasena.example") for one in city.agencies)
    assert len(made) >= 10
    assert Line.objects.filter(office=office.pk, act="agency.made").count() == len(made)
