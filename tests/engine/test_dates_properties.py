"""Whatever moment an outlet prints, in whichever of its forms and zones, is read back; and nothing that is not written is made up."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kentongan.engine import dates

MONTHS = {
    "id": ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"],
    "id short": ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
    "id old": ["Januari", "Pebruari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "Nopember", "Desember"],
    "ms": ["Januari", "Februari", "Mac", "April", "Mei", "Jun", "Julai", "Ogos", "September", "Oktober", "November", "Disember"],
    "su": ["Januari", "Pebruari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "Nopember", "Desember"],
    "en": list(calendar.month_name)[1:],
    "en short": list(calendar.month_abbr)[1:],
    "vi": ["Giêng", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười Một", "Mười Hai"],
}
WEEKDAYS = {
    "id": ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"],
    "ms": ["Isnin", "Selasa", "Rabu", "Khamis", "Jumaat", "Sabtu", "Ahad"],
    "jv": ["Senin", "Selasa", "Rebo", "Kemis", "Jemuwah", "Setu", "Ahad"],
    "en": list(calendar.day_name),
    "vi": ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"],
}
ZONES = {
    "WIB": 420,
    "WITA": 480,
    "WIT": 540,
    "GMT+7": 420,
    "UTC+08:00": 480,
    "+0900": 540,
    "GMT": 0,
    "Z": 0,
    "MYT": 480,
    "ICT": 420,
    "EST": -300,
}

LOCAL = st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 30)).map(lambda moment: moment.replace(second=0, microsecond=0))


def in_id(t: datetime) -> str:
    return f"{WEEKDAYS['id'][t.weekday()]}, {t.day} {MONTHS['id'][t.month - 1]} {t.year} | {t:%H:%M}"


def in_id_dots(t: datetime) -> str:
    return f"Diterbitkan {t.day:02d} {MONTHS['id short'][t.month - 1]} {t.year}, {t:%H.%M}"


def in_id_old(t: datetime) -> str:
    return f"{t.day} {MONTHS['id old'][t.month - 1]} {t.year} pukul {t:%H.%M}"


def in_ms(t: datetime) -> str:
    return f"{WEEKDAYS['ms'][t.weekday()]}, {t.day} {MONTHS['ms'][t.month - 1]} {t.year} {t:%I:%M %p}"


def in_vi_numbers(t: datetime) -> str:
    return f"{WEEKDAYS['vi'][t.weekday()]}, {t:%d/%m/%Y} | {t:%H:%M}"


def in_vi_words(t: datetime) -> str:
    return f"{t.hour}h{t:%M} ngày {t.day} tháng {t.month} năm {t.year}"


def in_en(t: datetime) -> str:
    return f"{t:%A}, {MONTHS['en'][t.month - 1]} {t.day}, {t.year} {t:%I:%M %p}"


def in_rfc(t: datetime) -> str:
    return f"{calendar.day_abbr[t.weekday()]}, {t.day:02d} {MONTHS['en short'][t.month - 1]} {t.year} {t:%H:%M}:00"


def in_iso(t: datetime) -> str:
    return f"{t:%Y-%m-%dT%H:%M:%S}"


def clock_first(t: datetime) -> str:
    return f"{t:%H:%M}, {t:%d/%m/%Y}"


PRINTED: dict[str, Callable[[datetime], str]] = {
    form.__name__: form for form in (in_id, in_id_dots, in_id_old, in_ms, in_vi_numbers, in_vi_words, in_en, in_rfc, in_iso, clock_first)
}
WITH_ZONE_BEHIND = [name for name in PRINTED if name not in ("in_vi_words", "clock_first")]


def in_utc(local: datetime, minutes: int) -> datetime:
    return local.replace(tzinfo=timezone(timedelta(minutes=minutes))).astimezone(UTC)


@pytest.mark.parametrize("form", PRINTED)
@given(local=LOCAL, offset=st.sampled_from([-480, 0, 330, 420, 480, 540, 840]))
def test_every_printed_form_is_read_in_the_offset_of_its_outlet(form: str, local: datetime, offset: int) -> None:
    assert dates.read(PRINTED[form](local), default_offset=offset) == in_utc(local, offset)


@pytest.mark.parametrize("form", WITH_ZONE_BEHIND)
@given(local=LOCAL, zone=st.sampled_from(sorted(ZONES)))
def test_a_zone_behind_the_clock_outweighs_the_offset_of_the_outlet(form: str, local: datetime, zone: str) -> None:
    assert dates.read(f"{PRINTED[form](local)} {zone}", default_offset=60) == in_utc(local, ZONES[zone])


@pytest.mark.parametrize("form", PRINTED)
@given(local=LOCAL)
def test_case_marks_and_spaces_change_nothing(form: str, local: datetime) -> None:
    text = PRINTED[form](local)
    known = dates.read(text)
    assert known is not None
    for changed in (text.upper(), text.lower(), text.replace(" ", "\u00a0"), text.replace(" ", "  "), f"  {text}\n", dates.fold(text)):
        assert dates.read(changed) == known


@pytest.mark.parametrize("form", PRINTED)
@given(local=LOCAL, before=st.sampled_from(["Kabar Kota - ", "Diperbarui ", "Cập nhật: ", "Oleh Redaksi | ", "("]))
def test_words_before_a_date_do_not_hide_it(form: str, local: datetime, before: str) -> None:
    assert dates.read(before + PRINTED[form](local)) == in_utc(local, dates.WESTERN_INDONESIA)


@pytest.mark.parametrize("language", [name for name in MONTHS if name != "vi"])
@given(day=st.dates(date(1990, 1, 1), date(2099, 12, 30)))
def test_a_day_without_a_clock_is_its_first_minute(language: str, day: date) -> None:
    moment = dates.read(f"{day.day} {MONTHS[language][day.month - 1]} {day.year}", default_offset=420)
    assert moment == in_utc(datetime(day.year, day.month, day.day), 420)


@given(day=st.dates(date(1990, 1, 1), date(2099, 12, 30)))
def test_vietnamese_months_are_read_in_words_and_in_numbers(day: date) -> None:
    wanted = in_utc(datetime(day.year, day.month, day.day), 420)
    assert dates.read(f"{day.day} Tháng {MONTHS['vi'][day.month - 1]}, {day.year}") == wanted
    assert dates.read(f"Ngày {day.day} tháng {day.month} năm {day.year}") == wanted
    assert dates.read(f"{day.day} Thg {day.month}, {day.year}") == wanted


@given(year=st.integers(1990, 2099), month=st.integers(1, 12), over=st.integers(1, 40))
def test_a_day_the_month_does_not_have_is_no_day(year: int, month: int, over: int) -> None:
    day = calendar.monthrange(year, month)[1] + over
    assume(day <= 99)
    for text in (f"{day}/{month:02d}/{year} 08:00", f"{day} {MONTHS['id'][month - 1]} {year}", f"{year}-{month:02d}-{day:02d}T08:00Z"):
        assert dates.read(text) is None


@given(local=LOCAL, hour=st.integers(24, 99), minute=st.integers(60, 99))
def test_a_clock_that_does_not_exist_makes_the_date_unknown_not_midnight(local: datetime, hour: int, minute: int) -> None:
    assert dates.read(f"{local:%d/%m/%Y} {hour}:{local:%M}") is None
    assert dates.read(f"{local:%d/%m/%Y} {local:%H}:{minute}") is None


@given(local=LOCAL, language=st.sampled_from(sorted(WEEKDAYS)), other=st.integers(1, 6))
def test_a_weekday_confirms_a_numeric_date_or_makes_it_unknown(local: datetime, language: str, other: int) -> None:
    names = WEEKDAYS[language]
    assert dates.read(f"{names[local.weekday()]}, {local:%d/%m/%Y}") is not None
    assert dates.read(f"{names[(local.weekday() + other) % 7]}, {local:%d/%m/%Y}") is None


@given(first=LOCAL, second=LOCAL)
def test_two_different_dates_in_one_text_are_none_and_the_same_twice_is_one(first: datetime, second: datetime) -> None:
    assume(first != second)
    assert dates.read(f"{in_id(first)} WIB sampai {in_id(second)} WIB") is None
    assert dates.read(f"{in_id(first)} WIB ({in_iso(first)}+07:00)") == in_utc(first, 420)


@given(local=LOCAL, left_out=st.sampled_from(["day", "month", "year"]))
def test_a_missing_part_is_never_filled_in(local: datetime, left_out: str) -> None:
    month = MONTHS["id"][local.month - 1]
    text = {"day": f"{month} {local.year}", "month": f"tanggal {local.day} tahun {local.year}", "year": f"{local.day} {month}"}[left_out]
    assert dates.read(text) is None
    assert dates.read(f"{text}, {local:%H:%M} WIB") is None


@given(local=LOCAL, zone=st.sampled_from(["IST", "BST", "AST", "SST", "GST", "ET", "CT"]))
def test_a_zone_several_countries_use_makes_the_moment_unknown(local: datetime, zone: str) -> None:
    assert dates.read(f"{in_rfc(local)} {zone}") is None


@given(
    count=st.integers(1, 999),
    unit=st.sampled_from([("menit", 1), ("jam", 60), ("hari", 1440), ("phút", 1), ("giờ", 60), ("ngày", 1440)]),
    now=LOCAL,
)
def test_a_relative_time_counts_back_from_the_time_it_is_given(count: int, unit: tuple[str, int], now: datetime) -> None:
    word, minutes = unit
    ago = "trước" if word in ("phút", "giờ", "ngày") else "lalu"
    told = now.replace(tzinfo=UTC)
    assert dates.read(f"{count} {word} {ago}", now=told) == told - timedelta(minutes=count * minutes)
    assert dates.read(f"{count} {word} {ago}") is None


@given(local=LOCAL, now=LOCAL)
def test_a_written_date_is_not_moved_by_the_time_of_reading(local: datetime, now: datetime) -> None:
    assert dates.read(in_id(local), now=now.replace(tzinfo=UTC)) == dates.read(in_id(local))


@given(rows=st.lists(LOCAL, min_size=1, max_size=4, unique=True))
def test_every_date_of_a_line_is_found_in_order_at_its_place(rows: list[datetime]) -> None:
    line = " ; ".join(in_id_dots(row) for row in rows)
    found = dates.find(line)
    assert [one.at for one in found] == [in_utc(row, 420) for row in rows]
    folded = dates.fold(line)
    for one, row in zip(found, rows, strict=True):
        assert folded[one.start : one.end].startswith(f"{row.day:02d}") and one.has_clock


@given(st.text(alphabet="abcdefghijkl mnop", max_size=120), LOCAL)
def test_a_date_line_has_few_letters_besides_its_date(words: str, local: datetime) -> None:
    line = f"{words} {in_id_dots(local)}"
    letters = sum(map(str.isalpha, dates.fold(words))) + len("diterbitkan")
    assert bool(dates.dateline(line)) is (letters <= 30)


@given(st.text(max_size=300))
def test_folding_twice_is_folding_once(text: str) -> None:
    once = dates.fold(text)
    assume(len(once) <= dates.MAX_LENGTH)
    assert dates.fold(once) == once


@given(st.text(alphabet="0123456789 ./:-|,", max_size=200))
def test_figures_alone_give_a_moment_only_of_a_year_that_stands_there(text: str) -> None:
    moment = dates.read(text)
    if moment is not None:
        assert any(str((moment + timedelta(minutes=shift)).year) in text for shift in (0, 420))
