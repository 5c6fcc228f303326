"""The pages of the register and of the watches, as an administrator, an officer and a reader see them."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from kentongan.office.listening.models import Purpose, Watch
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
DAY = builders.NOW.date()


@pytest.fixture
def admin(house):
    return builders.make_user(house.ours, "ketua", "administrator")


def fields(admin, **changed):
    return {
        "kind": "watch", "title": "Banjir", "purpose": "Mendengar banjir.", "legal_basis": "Perwali 1/2025", "owner": admin.pk,
        "starts": DAY.isoformat(), "ends": (DAY + timedelta(days=200)).isoformat(), "version": 0, **changed,
    }  # fmt: skip


def test_a_purpose_is_registered_changed_and_ended_on_the_screen(house, admin):
    client = client_of(admin)
    assert client.get(reverse("new_purpose")).status_code == 200
    response = client.post(reverse("new_purpose"), fields(admin))
    row = Purpose.objects.get(title="Banjir")
    assert response.url == reverse("purpose", args=[row.pk])
    assert "Perwali 1/2025" in client.get(response.url).content.decode()
    client.post(reverse("change_purpose", args=[row.pk]), fields(admin, title="Banjir rob"))
    late = client.post(reverse("change_purpose", args=[row.pk]), fields(admin, title="Lain"))
    assert late.status_code == 422
    assert "Somebody else changed this" in late.content.decode()
    assert "Banjir rob" in client.get(reverse("purposes")).content.decode()
    client.post(reverse("end_purpose", args=[row.pk]), {"reason": "Selesai"})
    row.refresh_from_db()
    assert row.ended_reason == "Selesai"


def test_what_is_wrong_with_a_purpose_stands_at_its_field(house, admin):
    response = client_of(admin).post(reverse("new_purpose"), fields(admin, title="Keluhan Budi Santoso"))
    assert response.status_code == 422
    assert "This names a person" in response.content.decode()


def test_officers_and_readers_read_the_register_and_do_not_write_in_it(house, admin):
    row = builders.purpose_of(house.ours)
    for person in (house.officer, house.reader):
        client = client_of(person)
        assert client.get(reverse("purposes")).status_code == 200
        assert client.get(reverse("purpose", args=[row.pk])).status_code == 200
        assert client.get(reverse("new_purpose")).status_code == 403
        assert client.post(reverse("end_purpose", args=[row.pk]), {"reason": "x"}).status_code == 403
    assert client_of(house.stranger).get(reverse("purpose", args=[row.pk])).status_code == 404


def test_a_watch_is_begun_read_seen_and_ended_on_the_screen(house, admin):
    client_of(admin).post(reverse("new_purpose"), fields(admin))
    purpose, client = Purpose.objects.get(title="Banjir"), client_of(house.officer)
    response = client.post(reverse("begin_watch"), {"name": "Banjir", "query": "banjir", "purpose": purpose.pk})
    watch = Watch.objects.get()
    assert response.url == reverse("watch", args=[watch.pk])
    assert "Banjir" in client.get(response.url).content.decode()
    assert client.get(reverse("watches")).status_code == 200
    client.post(reverse("look_through_watch", args=[watch.pk]))
    client.post(reverse("end_watch", args=[watch.pk]))
    watch.refresh_from_db()
    assert watch.ended is not None
    assert client_of(house.stranger).get(reverse("watch", args=[watch.pk])).status_code == 404
    assert client_of(house.reader).post(reverse("end_watch", args=[watch.pk])).status_code == 403


def test_a_refusal_says_why_and_keeps_what_was_typed(house, admin):
    client_of(admin).post(reverse("new_purpose"), fields(admin))
    purpose = Purpose.objects.get(title="Banjir")
    response = client_of(house.officer).post(reverse("begin_watch"), {"name": "Dia", "query": "Budi Santoso", "purpose": purpose.pk})
    assert response.status_code == 422
    assert "Mayor of" in response.content.decode()
    assert 'value="Dia"' in response.content.decode()
