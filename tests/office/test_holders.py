"""Who holds a public office: the only people a watch may name, beside the word for their office and while the term runs."""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from kentongan.errors import InputError, RefusedError
from kentongan.office.ledger.models import Line
from kentongan.office.listening import purposes, retention, watches
from kentongan.office.people import holders
from kentongan.office.people.models import OfficeHolder
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of

pytestmark = pytest.mark.django_db
LAST = date(2026, 2, 20)


@pytest.fixture
def legal(office):
    return builders.make_user(office, "hukum", "legal", language="en")


@pytest.fixture
def purpose(legal, now):
    draft = purposes.Draft("watch", "Pelayanan", "Mendengar.", "Perwali 25/2017", legal, date(2025, 11, 1), date(2026, 11, 1))
    return purposes.register(legal, draft, now)


def test_an_office_is_watched_alone_and_with_a_name_only_where_the_name_is_listed(office, officer, legal, purpose, now):
    watches.begin(officer, purpose, "Wali kota", "Wali Kota Muarasena", now)
    with pytest.raises(RefusedError, match="never private people"):
        watches.begin(officer, purpose, "Wali kota", "Wali Kota Budi Santoso", now)
    holders.add(legal, "Budi Santoso", "Wali Kota Muarasena", LAST, now)
    watches.begin(officer, purpose, "Wali kota", "Wali Kota Budi Santoso", now)
    with pytest.raises(RefusedError):
        watches.begin(officer, purpose, "Wali kota", "Wali Kota Siti Aminah", now)


def test_after_the_last_day_of_the_term_the_name_is_a_private_persons_again(office, officer, legal, purpose, now):
    holders.add(legal, "Budi Santoso", "Wali Kota Muarasena", now.date(), now)
    assert list(holders.known_names(office, now)) == ["Budi Santoso"]
    tomorrow = now + timedelta(days=1)
    assert list(holders.known_names(office, tomorrow)) == []
    with pytest.raises(RefusedError):
        watches.begin(officer, purpose, "Wali kota", "Wali Kota Budi Santoso", tomorrow)


def test_a_line_says_that_somebody_was_listed_and_never_who(legal, now):
    made = holders.add(legal, "Sri Wening Asih", "Wali Kota Muarasena", LAST, now)
    holders.take_out(legal, made, now)
    lines = list(Line.objects.filter(act__startswith="holder.").order_by("pk"))
    assert [(line.act, line.subject) for line in lines] == [("holder.added", f"holder:{made.pk}"), ("holder.removed", f"holder:{made.pk}")]
    assert "Sri" not in json.dumps([line.detail for line in lines])
    assert not OfficeHolder.objects.exists()


@pytest.mark.parametrize(
    ("name", "post", "last", "field"),
    [
        ("Sri", "Wali Kota", LAST, "name"), ("Sri Wening", "tetangga saya", LAST, "post"), ("Budi Santoso", "Camat", LAST, "name"),
        ("Sri Wening", "Wali Kota", date(2025, 11, 1), "last_day"), ("Sri Wening", "Wali Kota", date(2045, 1, 1), "last_day"),
    ],
)  # fmt: skip
def test_a_row_that_says_too_little_too_much_or_for_ever_is_refused(legal, now, name, post, last, field):
    holders.add(legal, "Budi Santoso", "Camat", LAST, now)
    with pytest.raises(InputError) as raised:
        holders.add(legal, name, post, last, now)
    assert raised.value.subject == field


def test_only_those_who_write_in_the_register_list_anybody_and_only_in_their_office(officer, stranger, legal, now):
    for nobody in (officer, stranger):
        with pytest.raises(RefusedError):
            holders.add(nobody, "Sri Wening", "Wali Kota", LAST, now)
    made = holders.add(legal, "Sri Wening", "Wali Kota", LAST, now)
    with pytest.raises(RefusedError):
        holders.take_out(stranger, made, now)


def test_the_row_goes_thirty_days_after_the_term(office, legal, now):
    holders.add(legal, "Sri Wening", "Wali Kota", LAST, now)
    keep = retention.keep_for(office)
    assert retention.run(office, now + timedelta(days=110), keep)["holders"] == 0
    assert retention.run(office, now + timedelta(days=130), keep)["holders"] == 1


def test_the_page_lists_adds_refuses_in_words_and_takes_out(office, legal, reader, settings):
    settings.CLOCK = STILL
    client, address = client_of(legal), reverse("office_holders")
    refused = client.post(address, {"name": "Sri", "post": "Wali Kota", "last_day": "2026-02-20"})
    assert (refused.status_code, "Give the full name" in refused.content.decode()) == (422, True)
    assert client.post(address, {"name": "Sri Wening", "post": "Wali Kota", "last_day": "2026-02-20"}).status_code == 302
    page = client_of(reader).get(address).content.decode()
    assert ("Sri Wening" in page, '<form class="form"' in page) == (True, False)
    client.post(reverse("take_out_holder", args=[OfficeHolder.objects.get().pk]))
    assert not OfficeHolder.objects.exists()
