"""The invented city's places fit the form that every city uses."""

from kentongan.demo import city as cities
from kentongan.demo.places import geojson
from kentongan.office.people.places_reading import read


def test_every_district_and_ward_is_there_with_its_shape_and_three_names():
    city = cities.load()
    rows = {row.code: row for row in read(geojson(city), "muarasena.geojson")}
    assert {place.key for place in city.places} <= set(rows)
    assert all(rows[ward.key].shape is not None and rows[ward.key].parent == ward.parent for ward in city.wards)
    assert dict(rows["bensong"].names)["vi"] == "Bến Sương"
    assert rows["bensong"].old_names == ("Kampung Bensong",)
    assert rows["pulau-angin"].replaces == ("gosong-angin",)
    assert rows[city.key].population == city.population
