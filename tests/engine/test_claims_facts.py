"""Numbers, dates, names, negation and opposites are read the same in every language; what cannot be read is not guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.claims_facts import Facts, facts_of
from kentongan.engine.records import Language


def facts(text: str, language: Language = "id") -> Facts:
    return facts_of(text, language)


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("Sebanyak 1.200 warga mengungsi", "id", "1200"),
        ("Some 1,200 residents left", "en", "1200"),
        ("Harga naik 1,5 persen", "id", "1.5"),
        ("Prices rose 1.5 per cent", "en", "1.5"),
        ("Kerugian Rp 1,5 juta", "id", "1.5e+06"),
        ("Losses of 1.5 million", "en", "1.5e+06"),
        ("Thiệt hại 1,5 triệu đồng", "vi", "1.5e+06"),
        ("Anggaran 3 miliar", "id", "3e+09"),
        ("Ngân sách 3 tỷ", "vi", "3e+09"),
        ("Tiga orang tewas", "id", "3"),
        ("Three people died", "en", "3"),
        ("Bốn người chết", "vi", "4"),
        ("Dua ribu rumah terendam", "id", "2000"),
        ("Suhu 0,5 derajat", "id", "0.5"),
        ("Debit 1.234,5 liter", "id", "1234.5"),
        ("Potongan 51% saham", "id", "51"),
    ],
)
def test_a_number_is_read_as_the_same_in_every_spelling(text: str, language: Language, number: str) -> None:
    assert facts(text, language).numbers == {number}


@pytest.mark.parametrize(
    ("text", "language", "dates"),
    [
        ("Pasar ditutup 25 April 2020", "id", {"25-4", "2020"}),
        ("The market closed on April 25, 2020", "en", {"25-4", "2020"}),
        ("Chợ đóng cửa ngày 25/4/2020", "vi", {"25-4"}),
        ("Chợ đóng cửa ngày 25 tháng 4 năm 2020", "vi", {"25-4", "2020"}),
        ("Acara pada 31 Agustus", "id", {"31-8"}),
        ("Rasio 40/80 tidak tercapai", "id", set()),
    ],
)
def test_a_date_is_read_as_the_same_in_every_language(text: str, language: Language, dates: set[str]) -> None:
    assert facts(text, language).dates == dates


def test_a_day_and_a_year_are_no_numbers() -> None:
    assert facts("Bendungan dibangun 3 Mei 1998 oleh 12 pekerja").numbers == {"12"}


def test_names_are_words_with_a_capital_inside_the_sentence() -> None:
    assert facts("Bupati Garut membuka Pasar Limbangan").names == {"bupati", "garut", "pasar", "limbangan"}
    assert facts("Air sungai meluap ke jalan").names == frozenset()
    assert facts("PDAM menutup keran").names == {"pdam"}
    assert facts("Đường Nguyễn Huệ ngập nước", "vi").names == {"duong", "nguyen", "hue"}


def test_text_in_capitals_alone_has_no_names() -> None:
    assert facts("BENDUNGAN RETAK DI KAMPUNG BARU").names == frozenset()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Air tidak aman", "id"),
        ("Nước không an toàn", "vi"),
        ("The water isn't safe", "en"),
        ("Banyune ora aman", "jv"),
        ("Cai teu aman", "su"),
    ],
)
def test_a_negation_is_seen_in_every_language(text: str, language: Language) -> None:
    assert facts(text, language).negated


def test_two_negations_are_none() -> None:
    assert not facts("Tidak ada warga yang tidak mengungsi").negated


def test_opposites_lie_on_one_line() -> None:
    up, down = facts("Harga beras naik"), facts("Harga beras turun")
    assert {line for line, _ in up.poles} == {line for line, _ in down.poles}
    assert up.poles != down.poles
    assert facts("Giá gạo giảm", "vi").poles == down.poles


@given(st.text(max_size=200), st.sampled_from(("id", "vi", "en", "su", "other")))
def test_any_text_has_facts(text: str, language: Language) -> None:
    found = facts_of(text, language)
    assert all(value == f"{float(value):.6g}" for value in found.numbers)


@given(st.integers(1, 999_999_999))
def test_a_whole_number_is_the_same_with_and_without_groups(value: int) -> None:
    plain, grouped, comma = f"ada {value} orang", f"ada {value:,} orang".replace(",", "."), f"ada {value:,} orang"
    expected = {f"{float(value):.6g}"}
    assert facts(grouped).numbers == facts(comma).numbers == (facts(plain).numbers if value < 1000 else expected)
    assert facts(plain).numbers == (set() if 1900 <= value < 2100 else expected)
