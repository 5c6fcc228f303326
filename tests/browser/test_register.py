"""Register, watches, places, retention and the public page in a real browser: no finding of axe, three languages, both widths and looks."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from axe import AXE, findings, in_every_look, shown

from kentongan.demo import city as cities
from kentongan.demo.places import geojson
from kentongan.office.administration import transparency
from kentongan.office.listening import purposes, releases, retention, watches
from kentongan.office.listening.models import TopicCount
from kentongan.office.people import places
from kentongan.office.people.models import Place
from kentongan.office.people.places_reading import read
from kentongan.testing import builders


def furnish(house):
    office, admin, now = house.ours, house.administrator, builders.NOW
    places.bring_in(None, office, read(geojson(cities.load()), "muarasena.geojson"), "muarasena.geojson", now)
    draft = purposes.Draft("watch", "Banjir", "Mendengar banjir.", "Perwali 9/2025", admin, date(2025, 11, 1), date(2025, 12, 1))
    row = purposes.register(admin, draft, now)
    watch = watches.begin(admin, row, "Banjir", "banjir", now)
    for place, count in (("Bensong", 20), ("Tepi Welar", 4), ("Lebak Damar", 7)):
        at = datetime(2025, 10, 3, tzinfo=UTC)
        TopicCount.objects.create(office=office, topic="Air", place=place, start=at, end=at, count=count)
    releases.release_due(office, now)
    retention.run(office, now, retention.keep_for(office))
    transparency.add_correction(admin, date(2025, 11, 20), "Kami menulis 12 RT.", "Yang benar 21 RT.", now)
    ward = Place.objects.get(office=office, code="pulau-angin")
    return [
        "/purposes/", "/purposes/new/", f"/purposes/{row.pk}/", f"/purposes/{row.pk}/change/", "/watches/", f"/watches/{watch.pk}/",
        "/retention/", "/complaints/", "/places/", "/places/?q=kampung", f"/places/{ward.pk}/", "/transparency/",
    ]  # fmt: skip


@pytest.mark.timeout(600)
@in_every_look("en")
def test_every_page_of_the_register_is_accessible(house, pages_of, language, looks):
    if not AXE.is_file():
        pytest.skip("axe-core is not there: run tools/assets.py dev")
    asked = {house.administrator.username: furnish(house), "": [f"/o/{house.ours.slug}/transparency/"]}
    pages = pages_of()
    wrong = {}
    for who, addresses in asked.items():
        page = pages.window(who=who, language=language)
        for seen in shown(page, addresses, looks):
            found = findings(page) + list(page.problems)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append("scrolls sideways")
            if found:
                wrong[seen] = found
            page.problems.clear()
    assert wrong == {}
