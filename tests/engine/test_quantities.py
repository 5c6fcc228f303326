"""Numbers with their units are read alike however three languages write them, and what names a thing counts nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.quantities import Quantity, quantities
from kentongan.engine.statement_records import Tongue


def one(text: str, language: Tongue) -> Quantity:
    (found,) = quantities(text, language)
    return found


@pytest.mark.parametrize(
    ("text", "language", "value", "unit"),
    [
        ("sebanyak 1.200 warga mengungsi", "id", 1200, "person"),
        ("kerugian 1,2 juta rupiah", "id", 1_200_000, "IDR"),
        ("anggaran Rp 3,5 miliar", "id", 3_500_000_000, "IDR"),
        ("harga Rp48.000", "id", 48_000, "IDR"),
        ("turun 30 %", "id", 30, "percent"),
        ("dua puluh satu keluarga", "id", 21, "family"),
        ("seratus dua puluh ribu jiwa", "id", 120_000, "person"),
        ("setengah juta rumah", "id", 500_000, "house"),
        ("thiệt hại ba triệu đồng", "vi", 3_000_000, "VND"),
        ("2 triệu 500 nghìn đồng", "vi", 2_500_000, "VND"),
        ("hai triệu rưỡi đồng", "vi", 2_500_000, "VND"),
        ("một trăm linh năm người", "vi", 105, "person"),
        ("hai mươi mốt hộ dân", "vi", 21, "family"),
        ("có năm người bị thương", "vi", 5, "person"),
        ("half a million people", "en", 500_000, "person"),
        ("twenty-one families", "en", 21, "family"),
        ("one hundred and five people", "en", 105, "person"),
        ("some $5 million", "en", 5_000_000, "USD"),
        ("a 12-metre crack", "en", 12, "m"),
        ("20 elderly residents", "en", 20, "person"),
    ],
)
def test_a_quantity_is_read_with_its_scale_and_unit(text: str, language: Tongue, value: float, unit: str) -> None:
    found = one(text, language)
    assert (found.value, found.unit) == (value, unit)


@pytest.mark.parametrize(
    ("text", "language"),
    [("di RT 04", "id"), ("Pasal 12 berlaku", "id"), ("theo Điều 5", "vi"), ("along Route 9", "en"), ("Peraturan Nomor 4", "id")],
)
def test_a_number_that_names_a_thing_is_a_label(text: str, language: Tongue) -> None:
    assert one(text, language).unit == "label"


@pytest.mark.parametrize(
    ("text", "language"),
    [("di Dermaga Lima", "id"), ("cha ba", "vi"), ("năm nay", "vi"), ("no one came", "en"), ("kadar CO2", "id"), ("setengah hati", "id")],
)
def test_a_word_that_is_as_often_something_else_is_no_number(text: str, language: Tongue) -> None:
    assert quantities(text, language) == ()


@pytest.mark.parametrize(
    ("text", "language", "bound"),
    [
        ("lebih dari 40 warga", "id", "above"),
        ("hơn 40 người", "vi", "above"),
        ("fewer than 40 people", "en", "below"),
        ("sekitar 2.400 rumah", "id", "about"),
        ("khoảng 2.400 nhà", "vi", "about"),
        ("40 people", "en", ""),
    ],
)
def test_what_stands_before_a_number_bounds_it(text: str, language: Tongue, bound: str) -> None:
    assert one(text, language).bound == bound


def test_both_ends_of_a_range_have_its_unit() -> None:
    assert [(found.value, found.unit) for found in quantities("dalam 18 sampai 20 jam", "id")] == [(18, "hour"), (20, "hour")]


def test_measures_of_one_kind_meet_in_their_base_unit() -> None:
    assert one("112 sentimeter", "id").base == pytest.approx(("length", 1.12)) or one("112 sentimeter", "id").base[1] == pytest.approx(1.12)
    assert one("1,12 mét", "vi").base == ("length", 1.12)


def test_what_is_masked_is_not_read() -> None:
    text = "pada 27 November 12 orang"
    assert [found.value for found in quantities(text, "id", [(5, 16)])] == [12]


@given(st.integers(min_value=0, max_value=999_999_999))
def test_whole_numbers_are_read_in_the_spelling_of_each_language(number: int) -> None:
    grouped = f"{number:,}"
    assert one(f"ada {grouped.replace(',', '.')} warga", "id").value == number
    assert one(f"có {grouped.replace(',', '.')} người", "vi").value == number
    assert one(f"there are {grouped} people", "en").value == number


_ONES = ("", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")


def in_indonesian(number: int) -> str:
    """A number below a million in words, by the grammar and not by the reader's tables."""
    if number >= 1000:
        head = "seribu" if number // 1000 == 1 else f"{in_indonesian(number // 1000)} ribu"
        return f"{head} {in_indonesian(number % 1000)}".strip()
    if number >= 100:
        head = "seratus" if number // 100 == 1 else f"{_ONES[number // 100]} ratus"
        return f"{head} {in_indonesian(number % 100)}".strip()
    if number >= 20:
        return f"{_ONES[number // 10]} puluh {_ONES[number % 10]}".strip()
    if number >= 12:
        return f"{_ONES[number - 10]} belas"
    return {10: "sepuluh", 11: "sebelas"}.get(number, _ONES[number] if number < 10 else "")


@given(st.integers(min_value=2, max_value=999_999))
def test_indonesian_number_words_are_added_up_by_their_grammar(number: int) -> None:
    assert one(f"ada {in_indonesian(number)} warga", "id").value == number


_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = (
    *(
        "",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
    ),
    *("sixteen", "seventeen", "eighteen", "nineteen"),
)


def in_english(number: int) -> str:
    """A number below a million in words."""
    if number >= 1000:
        return f"{in_english(number // 1000)} thousand {in_english(number % 1000)}".strip()
    if number >= 100:
        rest = in_english(number % 100)
        return f"{_SMALL[number // 100]} hundred{' and ' if rest else ''}{rest}"
    return _SMALL[number] if number < 20 else f"{_TENS[number // 10]}{'-' if number % 10 else ''}{_SMALL[number % 10]}"


@given(st.integers(min_value=2, max_value=999_999))
def test_english_number_words_are_added_up_by_their_grammar(number: int) -> None:
    assert one(f"there were {in_english(number)} people", "en").value == number


_SO = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def in_vietnamese(number: int) -> str:
    """A number from 2 to 999 in words."""
    if number >= 100:
        rest = number % 100
        last = in_vietnamese(rest) if rest > 1 else "một" if rest else ""
        return f"{_SO[number // 100]} trăm{' linh' if 0 < rest < 10 else ''} {last}".strip()
    if number >= 20:
        last = {0: "", 1: "mốt", 5: "lăm"}.get(number % 10, _SO[number % 10])
        return f"{_SO[number // 10]} mươi {last}".strip()
    return _SO[number] if number < 10 else f"mười {'lăm' if number == 15 else _SO[number % 10] if number % 10 else ''}".strip()


@given(st.integers(min_value=2, max_value=999))
def test_vietnamese_number_words_are_added_up_by_their_grammar(number: int) -> None:
    assert one(f"có {in_vietnamese(number)} người", "vi").value == number


@pytest.mark.parametrize(
    ("text", "language"), [("Peraturan Nomor 4 Tahun 2024 berlaku.", "id"), ("Thông tư số 4 năm 2024 có hiệu lực.", "vi")]
)
def test_a_rules_number_before_its_year_is_a_number_and_no_span_of_years(text: str, language: Tongue) -> None:
    assert next((found.value, found.unit) for found in quantities(text, language)) == (4.0, "label")
