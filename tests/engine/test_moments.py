"""Days and hours are read as far as a sentence names them, alike in three languages, and nothing that is no day."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.moments import Moment, in_year_of, moments
from kentongan.engine.statement_records import Tongue
from kentongan.engine.statement_times import clock_said

SAID = date(2025, 11, 27)


def one(text: str, language: Tongue, said: date | None = SAID) -> Moment:
    (found,) = moments(text, language, said)
    return found


@pytest.mark.parametrize(
    ("text", "language", "named"),
    [
        ("pada 27 November 2025", "id", {"year": 2025, "month": 11, "day": 27}),
        ("ngày 27 tháng 11 năm 2025", "vi", {"year": 2025, "month": 11, "day": 27}),
        ("ngày 27/11/2025", "vi", {"year": 2025, "month": 11, "day": 27}),
        ("on November 27, 2025", "en", {"year": 2025, "month": 11, "day": 27}),
        ("tanggal 3 Desember", "id", {"month": 12, "day": 3}),
        ("ngày 3/12", "vi", {"month": 12, "day": 3}),
        ("on 3 December", "en", {"month": 12, "day": 3}),
        ("sejak bulan Agustus", "id", {"month": 8}),
        ("từ tháng 8", "vi", {"month": 8}),
        ("since August", "en", {"month": 8}),
        ("pada tahun 2024", "id", {"year": 2024}),
        ("hari Kamis", "id", {"weekday": 3}),
        ("vào thứ năm", "vi", {"weekday": 3}),
        ("on Thursday", "en", {"weekday": 3}),
        ("pukul 04.50 WIB", "id", {"hour": 4, "minute": 50}),
        ("jam 7 malam", "id", {"hour": 19, "minute": 0}),
        ("lúc 4 giờ 50", "vi", {"hour": 4, "minute": 50}),
        ("lúc 7 giờ tối", "vi", {"hour": 19, "minute": 0}),
        ("at 4.50 a.m.", "en", {"hour": 4, "minute": 50}),
        ("by 8 p.m.", "en", {"hour": 20, "minute": 0}),
        ("kemarin", "id", {"year": 2025, "month": 11, "day": 26}),
        ("tối qua", "vi", {"year": 2025, "month": 11, "day": 26}),
        ("two days ago", "en", {"year": 2025, "month": 11, "day": 25}),
        ("bulan lalu", "id", {"year": 2025, "month": 10}),
        ("năm ngoái", "vi", {"year": 2024}),
    ],
)
def test_a_moment_names_what_is_said_of_it(text: str, language: Tongue, named: dict[str, int]) -> None:
    assert one(text, language).named == named


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("31/02/2025", "vi"),
        ("pukul 25.00", "id"),
        ("2000 warga", "id"),
        ("selama 20 jam", "id"),
        ("trong 18 giờ", "vi"),
        ("it may rain", "en"),
        ("seminggu sekali", "id"),
        ("máy bơm thứ ba bị hỏng", "vi"),
        ("lần thứ hai", "vi"),
        ("rasio 40/80", "id"),
        ("at 1.12 metres", "en"),
    ],
)
def test_what_is_no_day_and_no_hour_is_not_read(text: str, language: Tongue) -> None:
    assert moments(text, language, SAID) == ()


def test_a_weekday_beside_its_day_is_one_moment_with_it_unless_it_was_another() -> None:
    assert one("Kamis, 27 November 2025", "id").named["weekday"] == 3
    assert len(moments("Senin, 27 November 2025", "id", SAID)) == 2


def test_a_relative_word_stays_one_where_the_day_of_saying_is_not_known() -> None:
    assert one("kemarin", "id", None).ago == ("day", -1)


def test_a_day_without_a_year_is_in_the_year_nearest_to_the_day_of_saying() -> None:
    assert in_year_of(one("3 Januari", "id"), date(2025, 12, 20)).year == 2026
    assert in_year_of(one("3 Januari", "id"), None).year is None


def test_months_that_are_words_need_a_word_for_a_time_before_them() -> None:
    assert one("in May", "en").named == {"month": 5}
    assert moments("May the river fall", "en") == ()


_MONTHS = {
    "id": ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"],
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
}


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2099, 12, 31)))
def test_every_day_is_read_as_written_in_each_language(day: date) -> None:
    written: list[tuple[Tongue, str]] = [
        ("id", f"pada {day.day} {_MONTHS['id'][day.month - 1]} {day.year}"),
        ("vi", f"ngày {day.day} tháng {day.month} năm {day.year}"),
        ("vi", f"ngày {day.day:02}/{day.month:02}/{day.year}"),
        ("en", f"on {day.day} {_MONTHS['en'][day.month - 1]} {day.year}"),
        ("en", f"on {_MONTHS['en'][day.month - 1]} {day.day}, {day.year}"),
    ]
    assert [one(text, language).date for language, text in written] == [day] * len(written)


@given(st.datetimes(), st.sampled_from(["id", "vi", "en"]))
def test_an_hour_that_a_statement_writes_is_read_as_the_same(at: datetime, language: Tongue) -> None:
    said = clock_said(at, language)
    found = one({"id": f"pukul {said}", "vi": f"lúc {said}", "en": f"at {said}"}[language], language)
    assert (found.hour, found.minute) == (at.hour, at.minute)


@given(st.text(max_size=200), st.sampled_from(["id", "vi", "en"]))
def test_any_text_is_read_without_an_error_and_moments_do_not_overlap(text: str, language: Tongue) -> None:
    found = moments(text, language, SAID)
    assert all(left.end <= right.start for left, right in pairwise(found))
