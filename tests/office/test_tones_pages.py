"""What is said of agencies and watches on the page and by the API: whole weeks, n and an interval, nothing of fewer than ten."""

from __future__ import annotations

import re
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from kentongan.engine.tone_shares import Said, share_of
from kentongan.office.api import services as programs
from kentongan.office.listening import purposes, tones_charts, tones_pages, tones_queries, watches
from kentongan.office.people import standing
from kentongan.testing import builders
from kentongan.testing.tones import add_counts, furnish_tones

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of

pytestmark = pytest.mark.django_db
NOW = builders.NOW
MONDAY = date(2025, 11, 24)
"""NOW is the Thursday after."""
DISHUB = "aDinas Perhubungan"


@pytest.fixture(autouse=True)
def still(settings):
    settings.CLOCK = STILL


@pytest.fixture
def admin(office):
    return builders.make_user(office, "kepala", "administrator")


@pytest.fixture
def agency(office, admin):
    return standing.make_agency(admin, "Dinas Perhubungan", "Dishub", "", NOW)


@pytest.fixture
def purpose(admin):
    draft = purposes.Draft("watch", "Air bersih", "Mendengar.", "Perwali 25/2017", admin, date(2025, 11, 1), date(2026, 11, 1))
    return purposes.register(admin, draft, NOW)


def test_whole_weeks_are_told_press_and_public_posts_apart(office, agency):
    add_counts(office, DISHUB, MONDAY, negative=50)
    add_counts(office, DISHUB, MONDAY - timedelta(days=1), negative=4, neutral=8)
    add_counts(office, DISHUB, MONDAY - timedelta(days=28), "public", "vi", negative=12, positive=11)
    add_counts(office, DISHUB, MONDAY - timedelta(days=29), negative=9)
    overview = tones_queries.get_overview(office, NOW)
    (row,) = overview.rows
    assert (overview.first, overview.last, overview.told) == (date(2025, 10, 27), date(2025, 11, 23), 1)
    assert (row.press.n, row.press.negative) == (12, share_of(4, 12))
    assert (row.public.n, row.public.positive) == (23, share_of(11, 23))


def test_fewer_than_ten_are_not_told(office, admin, agency):
    add_counts(office, DISHUB, MONDAY - timedelta(days=1), negative=9)
    add_counts(office, DISHUB, MONDAY - timedelta(days=1), "public", negative=14, positive=3)
    (row,) = tones_queries.get_overview(office, NOW).rows
    assert row.press.n is None
    assert [part.count for part in row.public.parts] == [17]
    page = client_of(admin).get(reverse("tones")).content.decode()
    assert "fewer than 10" in page and "Too few to say." in page and "<b>14</b>" not in page and "<b>17</b>" in page


def test_the_press_is_told_by_week_and_public_posts_by_four_weeks(office, agency):
    add_counts(office, DISHUB, MONDAY - timedelta(days=1), negative=5, neutral=10)
    add_counts(office, DISHUB, MONDAY - timedelta(days=8), negative=2)
    add_counts(office, DISHUB, MONDAY - timedelta(days=50), "public", neutral=30)
    target = tones_queries.get_target(office, "agency", agency.pk, NOW)
    detail = tones_queries.get_detail(office, target, NOW)
    assert [span.said.n for span in detail.weeks] == [0] * 10 + [None, 15]
    assert [span.said.n for span in detail.spans] == [0, 30, 0]
    with override("en"):
        drawn = tones_charts.line(detail.weeks, "negative")
    assert [week.share is not None for week in drawn.weeks] == [False] * 11 + [True]
    assert drawn.words == "Week from 17 Nov: 33% of 15, between 15% and 58%"
    assert drawn.weeks[-1].band_y < drawn.weeks[-1].y < drawn.weeks[-1].band_y + drawn.weeks[-1].band_height
    assert tones_charts.line(detail.weeks[:4], "negative") is None


def test_the_bar_is_whole_and_every_part_has_a_sign(office, agency):
    add_counts(office, DISHUB, MONDAY - timedelta(days=1), negative=5, neutral=10, positive=1, mixed=2, unclear=3)
    (row,) = tones_queries.get_overview(office, NOW).rows
    segments = tones_charts.bar(row.press)
    assert sum(one.width for one in segments) == pytest.approx(100, abs=0.01)
    assert [one.sign for one in segments] == ["−", "±", "=", "+", "?"]
    assert [one.pattern for one in segments] == ["", "both", "", "", "hatched"]


# The pages


@pytest.mark.parametrize("language", ["en", "id", "vi"])
def test_the_pages_say_n_the_interval_and_what_the_figures_are_not(office, admin, language):
    builders.furnish_people(office, admin, builders.make_user(office, "sari"))
    watch = furnish_tones(office, admin)
    client = client_of(admin, language)
    page = client.get(reverse("tones")).content.decode()
    said = {
        "en": ("95% interval", "no survey"),
        "id": ("rentang kepercayaan 95%", "bukan survei"),
        "vi": ("khoảng tin cậy 95%", "không phải là khảo sát"),
    }
    assert all(words in page for words in said[language])
    assert "n = " in page and "url(#hatched)" in page and "style=" not in page
    detail = client.get(reverse("agency_tone", args=[tones_queries.get_overview(office, NOW).rows[1].target.pk])).content.decode()
    assert detail.count("<circle class=") == 24 and "95%%" not in detail
    assert client.get(reverse("watch_tone", args=[watch.pk])).status_code == 200


def test_an_office_without_agencies_is_told_what_to_do(other_office):
    page = client_of(builders.make_user(other_office, "tamu")).get(reverse("tones")).content.decode()
    assert "There is no agency or watch yet" in page and "Add the agencies under Office" in page


def test_another_offices_agency_and_one_that_ended_are_not_there(office, other_office, admin, agency):
    stranger = client_of(builders.make_user(other_office, "tamu"))
    assert stranger.get(reverse("agency_tone", args=[agency.pk])).status_code == 404
    standing.change_agency(admin, agency, "Dinas Perhubungan", "", "", date(2025, 1, 1), NOW)
    assert client_of(admin).get(reverse("agency_tone", args=[agency.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 9])
def test_the_page_costs_the_same_however_many_agencies_and_watches_there_are(office, admin, purpose, count):
    client = client_of(admin)
    client.get(reverse("tones"))
    for number in range(count):
        standing.make_agency(admin, f"Dinas Ke-{number}", "", "", NOW)
        watches.begin(admin, purpose, f"Bus {number}", f"bus{number}", NOW)
        add_counts(office, f"aDinas Ke-{number}", MONDAY - timedelta(days=1), negative=12)
    with CaptureQueriesContext(connection) as asked:
        tones_queries.get_overview(office, NOW)
    assert len(asked) == 4


def test_a_week_ends_when_sunday_is_over_where_the_office_is(office):
    sunday = datetime(2025, 11, 23, 16, 59, tzinfo=UTC)
    assert tones_queries.monday_of(office, sunday) == date(2025, 11, 17)
    assert tones_queries.monday_of(office, sunday + timedelta(minutes=1)) == MONDAY


def test_rows_come_by_name_and_not_by_tone(office, admin, agency, purpose):
    standing.make_agency(admin, "Badan Pangan", "", "", NOW)
    watches.begin(admin, purpose, "Bus kota", '"bus kota"', NOW)
    add_counts(office, DISHUB, MONDAY - timedelta(days=1), negative=90)
    add_counts(office, "aBadan Pangan", MONDAY - timedelta(days=1), positive=10)
    names = [row.target.name for row in tones_queries.get_overview(office, NOW).rows]
    assert names == ["Badan Pangan", "Dinas Perhubungan", "Bus kota"]
    page = client_of(admin).get(reverse("tones")).content.decode()
    assert "2 of 3 agencies and watches are spoken of often enough" in page


def test_what_is_counted_for_another_office_or_for_a_name_that_is_gone_is_not_shown(office, other_office, admin, agency):
    add_counts(other_office, DISHUB, MONDAY - timedelta(days=1), negative=20)
    add_counts(office, "aDinas Lama", MONDAY - timedelta(days=1), negative=20)
    (row,) = tones_queries.get_overview(office, NOW).rows
    assert (row.target.name, row.press.n) == ("Dinas Perhubungan", 0)
    page = client_of(admin).get(reverse("tones")).content.decode()
    assert "Too little is spoken of" in page and "Nothing was heard." in page and "Dinas Lama" not in page


def test_a_share_says_of_how_many_and_between_what(office):
    said = Said(30, (), share_of(11, 25), None)
    with override("en"):
        assert tones_pages.told_of("Press", said).lines == ("− Negative: 44% of the 25 that are clear (95% interval 27% to 63%)",)
    with override("vi"):
        (line,) = tones_pages.told_of("Báo chí", said).lines
    assert line == "− Tiêu cực: 44% trong 25 tin rõ ràng (khoảng tin cậy 95%: 27% đến 63%)"


def test_nothing_is_drawn_of_nothing():
    assert tones_charts.bar(Said(None)) == () == tones_charts.bar(Said(0))


def test_small_answers_of_people_are_one_segment_with_all_their_signs(office, agency):
    add_counts(office, DISHUB, MONDAY - timedelta(days=1), "public", negative=25, neutral=6, positive=5, unclear=3)
    (row,) = tones_queries.get_overview(office, NOW).rows
    first, second = tones_charts.bar(row.public)
    assert (first.look, first.count) == ("negative", 25)
    assert (second.look, second.sign, second.pattern, second.count) == ("joined", "= + ?", "dotted", 14)


def test_a_line_is_broken_where_a_week_has_too_few(office, agency):
    for back in (1, 8, 22):
        add_counts(office, DISHUB, MONDAY - timedelta(days=back), negative=8, neutral=8)
    add_counts(office, DISHUB, MONDAY - timedelta(days=15), negative=8, unclear=30)
    target = tones_queries.get_target(office, "agency", agency.pk, NOW)
    line = tones_charts.line(tones_queries.get_detail(office, target, NOW).weeks, "negative")
    assert [week.share is not None for week in line.weeks[-4:]] == [True, False, True, True]
    assert len(line.joins) == 1 and len(line.marks) == 3


def test_the_pages_are_found_from_the_office_the_agencies_and_the_watch(office, admin, agency, purpose):
    watch = watches.begin(admin, purpose, "Bus kota", '"bus kota"', NOW)
    client = client_of(admin)
    assert reverse("tones") in client.get(reverse("office")).content.decode()
    assert reverse("tones") in client.get(reverse("agencies")).content.decode()
    assert reverse("watch_tone", args=[watch.pk]) in client.get(reverse("watch", args=[watch.pk])).content.decode()


def test_no_page_of_tone_links_to_an_item_or_a_story(office, admin):
    builders.furnish_people(office, admin, builders.make_user(office, "sari"))
    furnish_tones(office, admin)
    page = client_of(admin).get(reverse("tones")).content.decode()
    main = page[page.index("<main") : page.index("</main")]
    assert {link.split("/")[1] for link in re.findall(r'href="(/[^"]*)"', main)} == {"tones"}


def test_a_program_reads_the_same_figures(office, admin, agency):
    add_counts(office, DISHUB, MONDAY - timedelta(days=1), negative=5, neutral=10, unclear=2)
    add_counts(office, DISHUB, MONDAY - timedelta(days=1), "public", negative=4)
    programs.make_token(admin, "uji", ["read"], NOW + timedelta(days=1), "ktg_rahasia", NOW)
    answer = Client(headers={"authorization": "Bearer ktg_rahasia"}).get("/api/v1/tones").json()
    assert (answer["first"], answer["last"]) == ("2025-10-27", "2025-11-23")
    (row,) = answer["rows"]
    assert (row["kind"], row["id"], row["name"], row["judged"]) == ("agency", agency.pk, "Dinas Perhubungan", True)
    assert row["press"]["n"] == 17 and row["press"]["negative"] == {"n": 5, "of": 15, "share": 0.3333, "low": 0.1518, "high": 0.5829}
    assert row["press"]["parts"][-1] == {"tones": ["unclear"], "n": 2}
    assert row["public_posts"] == {"n": None, "parts": [], "negative": None, "positive": None}
