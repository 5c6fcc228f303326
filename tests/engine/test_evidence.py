"""The gate says of a sentence and a passage what a careful reader would, with its reason, and abstains where it cannot tell."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.evidence import VERDICTS, Judgement, Passage, asserts, compare, cut, judge
from kentongan.engine.evidence_reasons import sentence
from kentongan.engine.evidence_words import Aliases
from kentongan.engine.records import Language, Reason
from kentongan.engine.sentences import spans
from kentongan.engine.statement_records import Tongue

SAID = date(2025, 11, 27)
FLOOD: dict[Tongue, str] = {
    "id": "BPBD mencatat 312 keluarga dievakuasi dari Rawa Kenari Kamis pukul 08.00 WIB. Tidak ada korban jiwa. Air akan surut pada Jumat.",
    "vi": "BPBD ghi nhận 312 hộ được sơ tán khỏi Rawa Kenari lúc 8 giờ sáng thứ năm. Không có người thiệt mạng. Nước sẽ rút vào thứ sáu.",
    "en": "BPBD recorded 312 families evacuated from Rawa Kenari at 8 a.m. on Thursday. Nobody died. The water will recede on Friday.",
}


def passage(language: Tongue, text: str = "", name: str = "p") -> Passage:
    return Passage(name, text or FLOOD[language], language, SAID)


def of(text: str, language: Tongue, source: str = "", cosine: float | None = None, there: Tongue | None = None) -> Judgement:
    return compare(text, language, passage(there or language, source), cosine=cosine)


@pytest.mark.parametrize(
    ("text", "language", "verdict"),
    [
        ("Sebanyak 312 keluarga dievakuasi dari Rawa Kenari.", "id", "supported"),
        ("Sebanyak 321 keluarga dievakuasi dari Rawa Kenari.", "id", "contradicted"),
        ("Sebanyak 312 orang dievakuasi dari Rawa Kenari.", "id", "contradicted"),
        ("Sebanyak 312 keluarga dievakuasi dari Lebak Damar.", "id", "not_supported"),
        ("Sebanyak 312 keluarga dievakuasi pada 27 November 2025.", "id", "supported"),
        ("Sebanyak 312 keluarga dievakuasi pada 28 November 2025.", "id", "contradicted"),
        ("Ada korban jiwa.", "id", "contradicted"),
        ("Air telah surut pada Jumat.", "id", "partly"),
        ("Semua 312 keluarga dievakuasi dari Rawa Kenari.", "id", "not_supported"),
        ("Sebanyak 312 keluarga dievakuasi dari Rawa Kenari karena tanggul jebol.", "id", "not_supported"),
        ("Có 312 gia đình được sơ tán khỏi Rawa Kenari.", "vi", "supported"),
        ("Có 213 gia đình được sơ tán khỏi Rawa Kenari.", "vi", "contradicted"),
        ("Có người thiệt mạng.", "vi", "contradicted"),
        ("BPBD ghi nhận 312 hộ được sơ tán lúc 9 giờ sáng thứ năm.", "vi", "contradicted"),
        ("312 families were evacuated from Rawa Kenari.", "en", "supported"),
        ("312 families were not evacuated from Rawa Kenari.", "en", "contradicted"),
        ("312 families were evacuated at 8 p.m. on Thursday.", "en", "contradicted"),
        ("BPBD recorded 312 families evacuated from Rawa Kenari and gave each of them blankets and rice for a week.", "en", "partly"),
        ("The market opens next year with new stalls for fishers.", "en", "not_supported"),
    ],
)
def test_a_sentence_is_judged_by_its_parts(text: str, language: Tongue, verdict: str) -> None:
    assert of(text, language).verdict == verdict


@pytest.mark.parametrize(
    ("text", "source", "how"),
    [
        ("Total 400 keluarga mengungsi.", "Di utara 312 keluarga mengungsi dan di selatan 88 keluarga mengungsi.", "312 + 88 = 400"),
        (
            "Jumlah keluarga bertambah 28 keluarga.",
            "Pagi ada 312 keluarga, sore ada 340 keluarga, jumlah keluarga bertambah.",
            "340 − 312 = 28",
        ),
        ("Sebanyak 92 persen balita diimunisasi.", "Dari 20.000 balita, 18.400 balita diimunisasi.", "18400 / 20000 = 92 %"),
        ("Lebih dari 300 keluarga mengungsi.", "Sebanyak 312 keluarga mengungsi.", "312 → 300"),
        ("Pasar tutup 7 hari.", "Pasar tutup dari 1 Desember 2025 sampai 8 Desember 2025.", "2025-12-08 − 2025-12-01 = 7"),
    ],
)
def test_what_follows_from_the_passage_is_shown_as_it_was_computed(text: str, source: str, how: str) -> None:
    assert how in [one.how for one in of(text, "id", source).findings if one.outcome == "computed"]


def test_a_sum_that_no_word_asks_for_is_not_computed() -> None:
    source = "Di utara 312 keluarga mengungsi dan di selatan 88 keluarga mengungsi."
    assert of("Sebanyak 400 keluarga mengungsi.", "id", source).verdict == "contradicted"


def test_a_quotation_must_stand_word_for_word() -> None:
    source = 'Kepala BPBD berkata, "Kami menjemput warga lanjut usia lebih dahulu."'
    assert of('Kepala BPBD berkata, "Kami menjemput warga lanjut usia lebih dahulu."', "id", source).verdict == "supported"
    changed = of('Kepala BPBD berkata, "Kami menjemput semua warga lebih dahulu."', "id", source)
    assert "quote.differs" in [one.code for one in changed.findings]
    assert changed.blocks


def test_who_is_more_than_whom_is_read() -> None:
    source = "Curah hujan di Girimanis lebih tinggi daripada di Batu Tumpang."
    assert of("Curah hujan di Girimanis lebih tinggi daripada di Batu Tumpang.", "id", source).verdict == "supported"
    assert of("Curah hujan di Batu Tumpang lebih tinggi daripada di Girimanis.", "id", source).verdict == "contradicted"


def test_a_guess_told_as_fact_is_no_more_than_partly_supported() -> None:
    told = of("Korsleting memicu kebakaran.", "id", "Korsleting diduga memicu kebakaran.")
    assert (told.verdict, "evidence.modality.guess" in [one.code for one in told.reasons]) == ("partly", True)
    assert of("Korsleting diduga memicu kebakaran.", "id", "Korsleting diduga memicu kebakaran.").verdict == "supported"


def test_between_languages_the_parts_and_the_meaning_decide() -> None:
    close = of("312 gia đình được sơ tán khỏi Rawa Kenari.", "vi", cosine=0.5, there="id")
    assert close.verdict == "supported"
    assert of("313 gia đình được sơ tán khỏi Rawa Kenari.", "vi", cosine=0.5, there="id").verdict == "contradicted"
    assert of("312 gia đình được sơ tán khỏi Rawa Kenari.", "vi", cosine=0.05, there="id").verdict == "not_supported"


def test_between_languages_it_abstains_where_nothing_hard_is_shared() -> None:
    told = of("Nước ở trong nhà dân rút dần.", "vi", cosine=0.6, there="id")
    assert (told.verdict, told.abstains) == ("partly", True)
    assert of("312 gia đình được sơ tán.", "vi", there="id").abstains


def test_names_of_one_thing_in_several_languages_agree_where_they_are_given() -> None:
    source = Passage("p", "Kebun Bulan terendam 70 sentimeter.", "id")
    text = "Moon Garden was under 70 cm of water."
    assert compare(text, "en", source, cosine=0.5).verdict == "not_supported"
    assert compare(text, "en", source, cosine=0.5, aliases=Aliases([["Kebun Bulan", "Moon Garden"]])).verdict == "supported"


@pytest.mark.parametrize("language", ["jv", "su", "other"])
def test_a_language_it_does_not_read_is_said_and_not_guessed(language: Language) -> None:
    told = judge("Banyu mili.", language, [passage("id")])
    assert (told.verdict, told.abstains, told.reasons[0].code) == ("not_supported", True, "evidence.language")
    other = judge("Ada 312 keluarga.", "id", [Passage("p", "Banyu mili.", language)])
    assert (other.verdict, other.abstains) == ("not_supported", True)


def test_what_states_nothing_needs_no_passage() -> None:
    assert judge("Terima kasih atas kesabaran Anda.", "id", []).verdict == "nothing_to_check"
    assert not asserts("Apakah air aman?", "id")
    assert asserts("Sebanyak 312 keluarga dievakuasi.", "id")


def test_a_fact_without_a_passage_is_not_supported() -> None:
    told = judge("Sebanyak 312 keluarga dievakuasi.", "id", [])
    assert (told.blocks, told.reasons[0].code) == (True, "evidence.no_passage")


def test_the_best_passage_wins_and_one_that_contradicts_is_told() -> None:
    right, wrong = passage("id", name="right"), passage("id", "BPBD mencatat 340 keluarga dievakuasi dari Rawa Kenari.", "wrong")
    told = judge("Sebanyak 312 keluarga dievakuasi dari Rawa Kenari.", "id", [wrong, right])
    assert (told.verdict, told.passage, told.against) == ("supported", "right", ("wrong",))


def test_the_abbreviation_of_number_denies_nothing() -> None:
    rule = "Regulation No. 4 of 2024 allows local governments to set a media relations policy."
    assert of("Regulation No. 4 of 2024 allows a media relations policy.", "en", rule).verdict == "supported"
    assert of("Peraturan Nomor 4 Tahun 2024 mengizinkan kebijakan media.", "id", rule, 0.4, "en").verdict != "contradicted"


def test_the_place_of_what_carries_the_sentence_is_given() -> None:
    told = of("Sebanyak 312 keluarga dievakuasi dari Rawa Kenari.", "id")
    assert told.there is not None
    assert FLOOD["id"][slice(*told.there)].startswith("BPBD mencatat 312 keluarga")


def test_words_that_stand_nowhere_are_named() -> None:
    text = "BPBD mencatat 312 keluarga dievakuasi dan menerima selimut, beras, serta obat."
    assert "selimut" in [text[start:end] for start, end in of(text, "id").left]


def test_every_reason_has_a_sentence() -> None:
    told = [
        of(text, "id") for text in ("Sebanyak 321 keluarga dievakuasi.", "Air telah surut pada Jumat.", "Pasar dibuka Wali Kota Bandung.")
    ]
    assert all(sentence(reason) for one in told for reason in one.reasons)
    assert sentence(Reason("evidence.words_left", {"count": 2})) == "Words that the passage does not say: 2."


def test_a_longer_source_is_cut_into_passages_that_overlap() -> None:
    text = "Satu. Dua. Tiga. Empat. Lima."
    assert [text[start:end] for start, end in cut(text)] == ["Satu. Dua. Tiga.", "Tiga. Empat. Lima."]
    assert cut("") == ()
    assert cut("Satu.") == ((0, 5),)


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["id", "vi", "en"]), st.sampled_from(["id", "vi", "en"]))
def test_any_text_gets_a_verdict_without_an_error_and_the_same_again(text: str, source: str, language: Tongue, there: Tongue) -> None:
    first, again = (compare(text, language, Passage("p", source, there, SAID), cosine=0.4) for _ in range(2))
    assert first == again
    assert first.verdict in VERDICTS


@pytest.mark.parametrize("language", ["id", "vi", "en"])
def test_every_sentence_of_a_passage_is_carried_by_it(language: Tongue) -> None:
    text = FLOOD[language]
    assert [compare(text[start:end], language, passage(language)).verdict for start, end in spans(text)] == ["supported"] * 3
