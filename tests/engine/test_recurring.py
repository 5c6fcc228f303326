"""Texts of service belong to their day: which headlines are such texts, and that stories and copies keep their days apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine import duplicates, stories
from kentongan.engine.records import Article, Copy, Reason, article_id
from kentongan.engine.recurring import day_of, is_recurring
from kentongan.engine.vectors import DIMENSION, prior_centres, unit

MORNING = datetime(2025, 11, 20, 22, 45, tzinfo=UTC)
"""05:45 on the 21st in Jakarta."""
SERVICE = """
    Prakiraan Cuaca 1 Januari 2026, Apakah Hari Pertama 2026 Bakal Hujan?|Cuaca Muarasena hari ini cerah berawan|Langit pagi: berawan tebal
    Hujan ringan malam, suhu sampai 30 derajat|Prakiraan pagi ini: hujan siang|Harga Emas Antam 9 Oktober 2025 Tembus Rp 2,3 Juta per Gram
    Jadwal Salat Hari Ini untuk Kota Muarasena|Lokasi SIM Keliling Jakarta Senin|Dự báo thời tiết hôm nay: mưa rào|Giá vàng ngày 8/10 tăng
    Trời nắng, nhiệt độ cao nhất 35 độ|Weather forecast for Monday|Sunny morning, showers in the afternoon
""".replace("\n", "|").split("|")
NEWS = """
    Cuaca Ekstrem, BMKG Peringatkan Masyarakat|Cuaca Buruk Hambat Pencarian Pesawat Hilang di Maros|Hujan lebat, tanggul Kali Sena jebol
    Harga Emas Dunia Pecah Rekor, Ketegangan Dagang Jadi Pemicu|Banjir merendam Lebak|Ngập sâu sau mưa lớn ở phường Bến Thành|Hujan
    Jadwal Ulang Pemeriksaan Saksi Senin|Heavy rain floods the market|Wali kota resmikan pasar hari ini
    Mưa lớn, sạt lở đất vùi lấp hai căn nhà
""".replace("\n", "|").split("|")


@pytest.mark.parametrize("title", [one.strip() for one in SERVICE if one.strip()])
def test_a_text_of_service_is_known_by_its_headline(title):
    assert is_recurring(title)


@pytest.mark.parametrize("title", [one.strip() for one in NEWS if one.strip()])
def test_news_is_none_though_it_speaks_of_weather_or_prices(title):
    assert not is_recurring(title)


@given(st.text(max_size=100))
def test_any_headline_has_an_answer_whatever_the_case(title):
    assert is_recurring(title) is is_recurring(title)


def test_a_day_begins_at_midnight_in_jakarta():
    assert day_of(MORNING.timestamp()) == day_of((MORNING + timedelta(hours=18)).timestamp())
    assert day_of(MORNING.timestamp()) == day_of((MORNING - timedelta(hours=6)).timestamp()) + 1


def article(number, title, hours):
    url = f"https://radio.example/{number}"
    return Article(article_id(url), url, "Radio", "press", title, "", "id", MORNING + timedelta(hours=hours))


def told(titles, hours=24.0):
    """One article after the other, all of one meaning; gives the story of each."""
    state, found = stories.start(), []
    meaning = np.zeros(DIMENSION, dtype=np.float32)
    meaning[10] = 1.0
    for number, title in enumerate(titles):
        one = article(number, title, hours * number)
        copy = Copy(one.id, one.id, "original", 1.0, Reason("copy.original"))
        vector = unit(prior_centres().means["id"] + 0.45 * meaning)
        state, joined = stories.step(state, one, vector, copy, stories.Settings())
        found.append(joined.assignment.story)
    return [state.alias.get(story, story) for story in found]


def test_forecasts_of_a_fortnight_are_a_story_a_day():
    found = told([f"Cuaca Muarasena hari ini {sky}" for sky in ("cerah", "berawan", "hujan", "cerah", "hujan")])
    assert len(set(found)) == 5


def test_forecasts_of_one_day_are_one_story():
    found = told(["Prakiraan cuaca Muarasena hari ini", "Prakiraan cuaca Muarasena hari ini: hujan"], hours=3.0)
    assert len(set(found)) == 1


def test_a_storm_that_goes_on_stays_one_story():
    found = told([f"Badai Sena rusak rumah di Lebak, warga mengungsi ke balai ({n})" for n in "abc"])
    assert len(set(found)) == 1


def test_the_same_form_of_another_day_is_no_copy():
    state, settings, kinds = duplicates.start(), duplicates.Settings(), []
    for number, hours in enumerate((0, 2, 23)):
        state, copy = duplicates.step(state, article(number, "Prakiraan cuaca Muarasena hari ini", hours), settings)
        kinds.append(copy.kind)
    assert kinds == ["original", "exact", "original"]


def test_a_headline_that_gives_its_date_is_a_copy_of_one_that_gives_the_same():
    state, settings, kinds = duplicates.start(), duplicates.Settings(), []
    for number, hours in enumerate((0, 20)):
        state, copy = duplicates.step(state, article(number, "Harga emas hari ini 21 November 2025 naik", hours), settings)
        kinds.append(copy.kind)
    assert kinds == ["original", "exact"]
