"""The places of an office: brought in whole or not at all, kept with the names they had."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kentongan.errors import FileError, InputError, RefusedError
from kentongan.office.ledger.models import Line
from kentongan.office.people import places
from kentongan.office.people.models import Office, Place, PlaceChange, PlaceName
from kentongan.office.people.places_reading import read
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
FIRST = """code,name,level,parent,name_vi,old_names
K,Muarasena,city,,Thành phố Muarasena,
D1,Utara,district,K,,
W1,Bensong,ward,D1,,Kampung Bensong
W2,Tepi Welar,ward,D1,,
"""
MERGED = """code,name,level,parent,since,replaces
W9,Bensong Raya,ward,D1,2025-07-01,W1|W2
"""


def bring_in(office, text, now, user=None):
    return places.bring_in(user, office, read(text.encode(), "a.csv"), "a.csv", now)


def test_a_file_is_brought_in_with_names_and_a_line(office, now):
    made = bring_in(office, FIRST, now)
    assert made.counts() == {"new": 4, "changed": 0, "renamed": 0, "unchanged": 0, "replaced": 0}
    ward = Place.objects.get(code="W1")
    assert (ward.parent.code, ward.parent.parent.names) == ("D1", {"vi": "Thành phố Muarasena"})
    assert [json.loads(line.detail) for line in Line.objects.filter(act="places.imported")] == [made.counts()]
    assert bring_in(office, FIRST, now).counts()["unchanged"] == 4


def test_a_place_that_is_called_otherwise_keeps_its_old_name(office, now):
    bring_in(office, FIRST, now)
    made = bring_in(office, FIRST.replace("Tepi Welar", "Tepi Sena"), now)
    assert (made.changed, made.renamed) == (1, 1)
    assert PlaceName.objects.get(place__code="W2").name == "Tepi Welar"
    assert [one.code for one in places.get_found(office, "tepi welar")] == ["W2"]


def test_old_places_lead_to_the_new_one_and_end(office, now):
    bring_in(office, FIRST, now)
    assert bring_in(office, MERGED, now).replaced == 2
    assert PlaceChange.objects.filter(new__code="W9", on=date(2025, 7, 1)).count() == 2
    assert set(Place.objects.filter(until=date(2025, 7, 1)).values_list("code", flat=True)) == {"W1", "W2"}
    assert places.get_spellings(office)["Tepi Welar"] == "W9"
    assert {one.code for one in places.get_found(office, "bensong")} == {"W1", "W9"}
    assert places.get_paths(office)["W9"] == ("K", "D1", "W9")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("code,name,level,parent\nW8,Baru,ward,D9\n", "neither the file nor the office"),
        ("code,name,level,replaces\nW8,Baru,ward,W7\n", "which nobody knows"),
        ("code,name,level,parent\nK,Muarasena,city,W1\n", "cannot stand below"),
        ("code,name,level,parent\nW8,Baru,ward,D1\nW7,Lain,ward,W1\n", "cannot stand below"),
        ("code,name,level,parent\nD1,Utara,ward,K\n", "W1 .* cannot stand below D1"),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(office, now, text, words):
    bring_in(office, FIRST, now)
    before = list(Place.objects.order_by("code").values_list("code", "parent__code", "name"))
    with pytest.raises(FileError, match=words):
        bring_in(office, text, now)
    assert list(Place.objects.order_by("code").values_list("code", "parent__code", "name")) == before


def test_only_administrators_of_the_office_bring_places_in(office, officer, stranger, now):
    rows = read(FIRST.encode(), "a.csv")
    for nobody in (officer, stranger):
        with pytest.raises(RefusedError):
            places.bring_in(nobody, office, rows, "a.csv", now)
    places.bring_in(builders.make_user(office, "kepala", "administrator"), office, rows, "a.csv", now)


def test_looking_changes_nothing(office):
    made = places.plan(office, read(FIRST.encode(), "a.csv"), "a.csv")
    assert made.new == 4
    assert not Place.objects.exists()


def test_two_offices_have_their_own_places(office, other_office, now):
    bring_in(office, FIRST, now)
    with pytest.raises(FileError, match="neither the file nor the office"):
        bring_in(other_office, "code,name,level,parent\nW8,Baru,ward,D1\n", now)
    bring_in(other_office, FIRST, now)
    assert places.get_count(office) == places.get_count(other_office) == 4


def test_the_command_line_needs_to_know_which_office(office, other_office):
    offices = Office.objects.order_by("pk")
    assert places.office_called("kota-lain", offices) == other_office
    for slug in ("", "tidak-ada"):
        with pytest.raises(InputError, match="--office"):
            places.office_called(slug, offices)


def upload(client, text, **more):
    return client.post(reverse("import_places"), {"file": SimpleUploadedFile("wilayah.csv", text.encode()), **more})


def test_an_administrator_looks_brings_in_and_finds_on_the_screen(house):
    client = client_of(builders.make_user(house.ours, "ketua", "administrator"))
    assert "No places yet" in client.get(reverse("places")).content.decode()
    looked = upload(client, FIRST, look="1")
    assert "4 new" in looked.content.decode()
    assert not Place.objects.exists()
    assert upload(client, FIRST).url == reverse("places")
    page = client.get(reverse("places"), {"q": "kampung bensong"}).content.decode()
    assert "Bensong" in page
    ward = Place.objects.get(code="W1")
    page = client.get(reverse("place", args=[ward.pk])).content.decode()
    assert "Kampung Bensong" in page
    assert "Muarasena" in page
    wrong = upload(client, FIRST.replace("district,K", "district,X"))
    assert wrong.status_code == 422
    assert "wilayah.csv, line 3" in wrong.content.decode()


def test_readers_read_places_and_another_offices_do_not_exist(house, now):
    bring_in(house.ours, FIRST, now)
    ward = Place.objects.get(code="W1")
    assert client_of(house.reader).get(reverse("place", args=[ward.pk])).status_code == 200
    assert upload(client_of(house.reader), FIRST).status_code == 403
    assert client_of(house.stranger).get(reverse("place", args=[ward.pk])).status_code == 404
