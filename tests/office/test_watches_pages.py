"""The pages of the watches: written, tried on the past, saved, changed; what each person of the office sees of them."""

from __future__ import annotations

import html
import json
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kentongan.office.ledger.models import Line
from kentongan.office.listening import purposes, watches
from kentongan.office.listening.models import Article, Watch
from kentongan.office.people.models import Place
from kentongan.testing import builders
from kentongan.testing.watches import furnish_watches

sys.path.insert(0, str(Path(__file__).parent))
from screens import client_of

pytestmark = pytest.mark.django_db
NOW = builders.NOW


@pytest.fixture
def purpose(house):
    draft = purposes.Draft("watch", "Air", "Mendengar.", "Perwali 25/2017", house.administrator, date(2025, 11, 1), date(2026, 11, 1))
    return purposes.register(house.administrator, draft, NOW)


def typed(purpose, **changed):
    return {"name": "Air", "query": "air NEAR/3 berbau", "examples": "", "wide": "", "purpose": purpose.pk, **changed}


def shown(response):
    return html.unescape(response.content.decode())


def test_the_past_is_shown_before_a_watch_is_saved_and_nothing_is_saved_by_looking(house, purpose):
    client = client_of(house.officer)
    response = client.post(reverse("begin_watch"), typed(purpose, preview="1"))
    page = shown(response)
    assert response.status_code == 200
    assert "items would have matched since" in page
    assert "words: air NEAR/3 berbau" in page
    assert "<mark>" in page
    assert 'value="air NEAR/3 berbau"' in page
    assert "Watch this" in page
    assert not Watch.objects.exists()
    (line,) = Line.objects.filter(act="search.made")
    kept = json.loads(line.detail)
    assert (line.actor, kept["words"], kept["way"], kept["narrowed"]) == (house.officer.pk, "air NEAR/3 berbau", "watch", {})
    assert f"{kept['hits']} items would have matched" in page


def test_where_nothing_would_have_matched_the_page_says_since_when(house, purpose):
    page = shown(client_of(house.officer).post(reverse("begin_watch"), typed(purpose, query="gerhana", preview="1")))
    assert "Nothing would have matched since" in page
    assert "Too few items to draw a chart" in page


def test_a_query_that_cannot_be_read_is_marked_at_its_field_in_the_readers_language(house, purpose):
    response = client_of(house.officer, "vi").post(reverse("begin_watch"), typed(purpose, query='air "bau', preview="1"))
    assert response.status_code == 422
    assert "Dấu ngoặc kép ở ký tự thứ 5 chưa được đóng." in shown(response)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The words hold a pattern, from character 4 on."),
        ("id", "Kata-kata ini memuat pola, mulai huruf ke-4."),
        ("vi", "Phần từ ngữ có mẫu tìm kiếm, từ ký tự thứ 4."),
    ],
)
def test_a_pattern_is_refused_at_its_field_in_the_readers_language(house, purpose, language, said):
    for query in ("ban.*jir", "(a+)+$"):
        response = client_of(house.officer, language).post(reverse("begin_watch"), typed(purpose, query=query))
        assert response.status_code == 422
        assert said in shown(response)
        assert 'aria-invalid="true"' in shown(response)
    assert not Watch.objects.exists()


def test_what_matches_almost_everything_has_no_button_to_save_it(house, purpose):
    plain = {"office": house.ours, "outlet": "Lentera", "source_kind": "press", "language": "id", "seen": NOW}
    hours = [NOW - timedelta(hours=5 * at + 1) for at in range(130)]
    rows = [
        Article(key=f"m{at}", url=f"https://m.example/{at}", title="Rapat anggaran", published=at_, **plain) for at, at_ in enumerate(hours)
    ]
    Article.objects.bulk_create(rows)
    page = shown(client_of(house.officer).post(reverse("begin_watch"), typed(purpose, query="rapat OR air", preview="1")))
    assert "This matches almost everything" in page
    assert "Watch this" not in page
    saved = client_of(house.officer).post(reverse("begin_watch"), typed(purpose, query="rapat OR air"))
    assert saved.status_code == 422
    assert "This matches almost everything" in shown(saved)


def test_a_watch_is_changed_on_its_page_and_shows_what_it_was(house, purpose):
    Place.objects.create(office=house.ours, code="1", level="district", name="Sena Hulu")
    watch = watches.begin(house.officer, purpose, "Air", "air berbau", NOW)
    client, address = client_of(house.officer), reverse("change_watch", args=[watch.pk])
    assert 'value="air berbau"' in shown(client.get(address))
    new = typed(purpose, query="air OR banjir", places=["1"], version=0)
    assert client.post(address, {**new, "preview": "1"}).status_code == 200
    assert client.post(address, new).status_code == 302
    late = client.post(address, {**new, "query": "rob"})
    assert late.status_code == 422
    assert "Somebody else changed this" in shown(late)
    page = shown(client.get(reverse("watch", args=[watch.pk])))
    assert "Only in: Sena Hulu" in page
    assert "place: Sena Hulu" in page
    assert "History" in page
    assert client_of(house.reader).get(address).status_code == 403
    assert client_of(house.stranger).get(address).status_code == 404


def test_headlines_are_given_one_a_line_and_shown_folded(house, purpose):
    lines = "air berbau di Pelita\n\nair berbau lagi\nair berbau sejak kemarin di Pelita\n"
    client = client_of(house.officer)
    response = client.post(reverse("begin_watch"), typed(purpose, query="", examples=lines, wide="wide"))
    watch = Watch.objects.get()
    assert response.url == reverse("watch", args=[watch.pk])
    assert (len(watch.examples), watch.wide, watch.query) == (3, True, "")
    assert "Like 3 headlines" in shown(client.get(response.url))
    assert "Like 3 headlines" in shown(client.get(reverse("watches")))


def test_the_page_of_a_watch_costs_the_same_however_much_matched(house, purpose):
    watch = watches.begin(house.officer, purpose, "Banjir", "banjir", NOW)
    client, address, counts = client_of(house.reader), reverse("watch", args=[watch.pk]), []
    for at in range(2):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        counts.append(len(seen))
        Article.objects.create(
            office=house.ours, key=f"z{at}", url=f"https://z.example/{at}", outlet="Radar", source_kind="press", title="Banjir lagi",
            language="id", published=NOW - timedelta(hours=1), seen=NOW,
        )  # fmt: skip
    assert counts[0] == counts[1]


def test_a_reader_sees_watches_and_begins_none(house, purpose):
    watches.begin(house.officer, purpose, "Banjir", "banjir", NOW)
    client = client_of(house.reader)
    page = shown(client.get(reverse("watches")))
    assert "Banjir" in page
    assert reverse("begin_watch") not in page
    assert client.get(reverse("begin_watch")).status_code == 403


def test_a_program_tries_a_watch_without_saving_it(house, purpose):
    client = client_of(house.officer)
    body = {"name": "Air", "query": "air NEAR/3 berbau"}
    answer = client.post("/api/v1/watches/preview", body, content_type="application/json")
    told = answer.json()
    assert answer.status_code == 200
    assert told["matched"] >= len(told["latest"]) > 0
    assert told["too_wide"] is False
    assert client.post("/api/v1/watches/preview", {**body, "query": "air OR"}, content_type="application/json").status_code == 422
    assert not Watch.objects.exists()


def test_what_would_have_called_nobody_says_so_in_words_not_as_zero(house, purpose):
    for language, said in (("id", "tanpa peringatan"), ("vi", "không có cảnh báo nào")):
        page = shown(client_of(house.officer, language).post(reverse("begin_watch"), typed(purpose, preview="1")))
        assert "0 alerts" not in page and "0 peringatan" not in page and "0 cảnh báo" not in page
        assert said in page
    page = shown(client_of(house.officer).post(reverse("begin_watch"), typed(purpose, preview="1")))
    assert "with no alert" in page
    assert page.index("Watch this") < page.index("The latest that would have matched"), "what is pressed stands before the long list"


def test_the_furnished_watches_are_one_that_finds_daily_and_one_that_has_ended(house):
    watch = furnish_watches(house.ours, house.officer)
    page = shown(client_of(house.officer).get(reverse("watches")))
    assert "Air berbau" in page and "Festival lampion" in page
    page = shown(
        client_of(house.officer).post(reverse("change_watch", args=[watch.pk]), {**typed(watch.purpose), "version": 1, "preview": "1"})
    )
    assert "items would have matched since" in page
