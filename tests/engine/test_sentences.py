"""Sentences as a reader of Indonesian, Vietnamese or English would end them; offsets are exact whatever the text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.sentences import spans

WHOLE = (
    "Banjir merendam tiga kelurahan sejak Senin dini hari.",
    "Sebanyak 1.200 warga mengungsi ke balai kota!",
    "Kapan air surut?",
    "Kerugian ditaksir Rp 1,3 miliar, kata Dr. Wibowo.",
    "Posko dibuka di Jl. Anggrek No. 5, Kel. Melati, Kota Tirtaloka.",
    "UBND TP. Hồ Chí Minh họp khẩn trong đêm.",
    "Nước dâng 0.8 mét so với hôm trước...",
    "The dam near St. Mary's held through the night.",
    "“Kami siap.”",
    '"Tidak ada korban," ujar Kepala BPBD Ir. H. Santoso, M.Si.',
    "PT. Air Minum (Persero) Tbk. menutup keran umum.",
    "Suhu turun 2,5 derajat (dari 31,0).",
    "Đường Lê Lợi ngập từ 5h sáng.",
    "Pejabat itu, A. B. Nasution, tidak menjawab.",
    "See also p. 12 and fig. 3 of the report.",
    "Warga menunggu… Air belum datang.",
)


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in spans(text)]


@pytest.mark.parametrize("sentence", WHOLE[:-1])
def test_a_sentence_with_full_stops_inside_stays_whole(sentence: str) -> None:
    assert split(sentence) == [sentence]


@given(st.lists(st.sampled_from(WHOLE[:-1]), min_size=1, max_size=6))
def test_sentences_put_one_after_another_come_apart_again(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


@given(st.lists(st.sampled_from(WHOLE[:-1]), min_size=1, max_size=6), st.sampled_from(["\n", "\n\n", "\n \n", " \n"]))
def test_a_line_break_ends_a_sentence_whatever_stands_before_it(sentences: list[str], between: str) -> None:
    assert split(between.join(sentences)) == sentences


@given(st.lists(st.sampled_from(WHOLE), min_size=1, max_size=4), st.sampled_from(["  ", "\t", "\u00a0", " \u2009"]))
def test_any_white_space_may_stand_between(sentences: list[str], space: str) -> None:
    joined = space.join(sentences)
    assert "".join("".join(split(joined)).split()) == "".join(joined.split())
    assert len(split(joined)) == len(split(" ".join(sentences)))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("JAKARTA, KOMPAS.com - Air naik. Warga pergi.", ["JAKARTA, KOMPAS.com - Air naik.", "Warga pergi."]),
        ("Buka kota.go.id untuk jadwal. Gratis.", ["Buka kota.go.id untuk jadwal.", "Gratis."]),
        ("Air naik! Awas! Pergi!", ["Air naik!", "Awas!", "Pergi!"]),
        ("Apa?! Tidak mungkin.", ["Apa?!", "Tidak mungkin."]),
        ("“Air naik.” “Benarkah?” Ia diam.", ["“Air naik.”", "“Benarkah?”", "Ia diam."]),
        ("(Air naik.) Warga pergi.", ["(Air naik.)", "Warga pergi."]),
        ("Pukul 05.30 air naik. Pukul 06.15 surut.", ["Pukul 05.30 air naik.", "Pukul 06.15 surut."]),
        ("1. Bawa kartu keluarga.\n2. Datang pagi.", ["1. Bawa kartu keluarga.", "2. Datang pagi."]),
        ("Ông nói: “Nước rút rồi.” Dân về nhà.", ["Ông nói: “Nước rút rồi.”", "Dân về nhà."]),
        ("Hạn nộp là 30.11. Xin đến sớm.", ["Hạn nộp là 30.11.", "Xin đến sớm."]),
        ("It rained for 3 days. 400 people left.", ["It rained for 3 days.", "400 people left."]),
        ("Air naik.Warga pergi.", ["Air naik.Warga pergi."]),
        ("Air naik. dan turun lagi. Selesai.", ["Air naik. dan turun lagi.", "Selesai."]),
        ("   \n\t ", []),
        (".", []),
        ("...", ["..."]),
        ("a", []),
    ],
)
def test_a_text_ends_its_sentences_where_a_reader_would(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


TEXTS = st.text(alphabet=st.sampled_from("aAbB1 .!?…\n\"”')(đỆ,-"), max_size=150)


@given(TEXTS)
def test_offsets_are_exact_ordered_and_trimmed(text: str) -> None:
    found = list(spans(text))
    for start, end in found:
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert "\n" not in text[start:end]
    assert all(left[1] <= right[0] for left, right in pairwise(found))


@given(TEXTS, TEXTS)
def test_a_paragraph_does_not_change_how_the_next_is_cut(first: str, second: str) -> None:
    assert split(f"{first}\n{second}") == split(first) + split(second)


@given(TEXTS, st.integers(0, 30))
def test_blanks_before_a_text_only_move_the_offsets(text: str, blanks: int) -> None:
    assert [(start + blanks, end + blanks) for start, end in spans(text)] == list(spans(" " * blanks + text))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", [". ", "a. ", '"', "!?", "\n", "A" * 50 + ". ", " "])
def test_an_opening_of_nothing_but_marks_does_not_hang(piece: str) -> None:
    text = piece * (4_000 // len(piece))  # as much as the summary reads of one article
    assert all(text[start:end].strip() for start, end in spans(text))


def test_a_number_of_a_list_in_the_middle_of_a_line_stays_with_its_sentence() -> None:
    assert split("1. Bawa kartu keluarga. 2. Datang pagi.") == ["1. Bawa kartu keluarga.", "2. Datang pagi."]
