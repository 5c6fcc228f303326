"""A sentence is held against all it points to; what blocks is what was measured to be told surely, and the rest abstains in words."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.evidence_gate import MOST_PIECES, Held, Source, blocking, hold
from kentongan.engine.evidence_words import Aliases
from kentongan.engine.records import Language
from kentongan.engine.sentences import spans
from kentongan.engine.statement_records import SAID, Line, SaidAs, Section, Tongue
from kentongan.engine.statement_templates import fill, slots, templates

DAY = date(2025, 11, 27)
WATER = "Air masuk ke 42 rumah di Rawa Kenari.\nRumah tergenang: 42\nLaporan posko BPBD"
WHEN = "Kamis, 27 November 2025, pukul 07.30 WIB"
BOATS = "BPBD mengirim tiga perahu karet."


def source(text: str, language: Language = "id", name: str = "f") -> Source:
    return Source(name, text, language, DAY, WHEN if text == WATER else "")


def held(text: str, *sources: Source, section: Section = "known", language: Tongue = "id", said_as: SaidAs = "") -> Held:
    found = hold(Line("s1", text, section, tuple(one.id for one in sources), said_as=said_as), language, sources, said=DAY)
    assert found is not None
    return found


def verdict(text: str, *sources: Source, language: Tongue = "id") -> str:
    return held(text, *sources, language=language).judgement.verdict


def test_a_sentence_that_points_to_nothing_is_not_held_against_anything() -> None:
    assert hold(Line("s1", "Air masuk ke 42 rumah.", "known"), "id", []) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Air masuk ke 42 rumah di Rawa Kenari.", "supported"),
        ("Di Rawa Kenari 42 rumah tergenang.", "supported"),
        ("Hari ini 42 rumah di Rawa Kenari tergenang.", "supported"),
        ("Menurut BPBD, air masuk ke 42 rumah.", "supported"),
        ("Per pukul 07.30 WIB, air masuk ke 42 rumah.", "supported"),
        ("Sejak pukul 05.00 WIB air masuk ke 42 rumah.", "not_supported"),
        ("Pada 26 November 2025 air masuk ke 42 rumah.", "not_supported"),
        ("Air masuk ke 55 rumah di Rawa Kenari.", "contradicted"),
        ("Air masuk ke 42 rumah di Lebak Damar.", "not_supported"),
        ("Air tidak masuk ke 42 rumah di Rawa Kenari.", "contradicted"),
    ],
)
def test_a_fact_carries_what_it_says_with_its_figure_its_source_and_its_day(text: str, told: str) -> None:
    assert verdict(text, source(WATER)) == told


def test_two_facts_together_carry_what_neither_carries_alone() -> None:
    text = "Air masuk ke 42 rumah dan BPBD mengirim tiga perahu karet."
    assert verdict(text, source(WATER)) != "supported"
    found = held(text, source(WATER), source(BOATS, name="g"))
    assert found.judgement.verdict == "supported"
    assert {one.source for one in found.places} == {"f", "g"}


def test_where_one_piece_differs_and_another_agrees_what_is_lacking_is_told_and_no_contradiction() -> None:
    sources = (source(WATER), source("Air masuk ke 24 rumah.", name="g"))
    assert verdict("Air masuk ke 42 rumah di Lebak Damar.", *sources) == "not_supported"
    assert verdict("Air masuk ke 55 rumah.", *sources) == "contradicted"


def test_the_place_is_that_in_the_source_itself_also_of_a_long_one() -> None:
    long = " ".join(f"Kegiatan hari ke-{n} berjalan seperti biasa di kantor." for n in range(60)) + f" {BOATS} Rapat selesai."
    found = held("BPBD sudah mengirim tiga perahu karet.", source(long))
    assert found.judgement.verdict == "supported"
    (place,) = found.places
    assert BOATS in long[place.start : place.end]
    assert len(long[place.start : place.end]) < 200


def test_what_asks_thanks_or_advises_is_not_checked_whatever_it_points_to() -> None:
    assert held("Jauhi tepi sungai.", source(BOATS), section="instruction").judgement.verdict == "nothing_to_check"


@pytest.mark.parametrize("language", ["jv", "su", "other"])
def test_where_it_points_to_a_language_that_is_not_read_the_gate_says_so_and_blocks_nothing(language: Language) -> None:
    line = Line("s1", "Air masuk ke 55 rumah.", "known", ("f", "g"))
    found = hold(line, "id", [source("Banyu mlebu 55 omah.", language), source(WATER, name="g")], said=DAY)
    assert found is not None
    assert (found.judgement.abstains, found.judgement.blocks, blocking(line, found)) == (True, False, None)
    assert [one.code for one in found.judgement.reasons] == ["evidence.language"]


def test_between_languages_a_figure_that_differs_blocks_and_a_name_that_is_missing_abstains() -> None:
    english = source("Water entered 42 homes in Old Marsh.", "en")
    assert held("Air masuk ke 55 rumah.", english).judgement.blocks
    found = held("Air masuk ke 42 rumah di Rawa Kenari.", english)
    assert (found.judgement.blocks, found.judgement.abstains) == (False, True)
    known = hold(Line("s1", "Air masuk ke 42 rumah di Rawa Kenari.", "known", ("f",)), "id", [english], said=DAY,
                 aliases=Aliases([("Rawa Kenari", "Old Marsh")]))  # fmt: skip
    assert known is not None
    assert not known.judgement.blocks


def test_what_blocks_names_the_words_at_fault_and_the_way_out_and_a_marked_sentence_does_not() -> None:
    line = Line("s1", "Air masuk ke 55 rumah di Rawa Kenari.", "known", ("f",))
    found = hold(line, "id", [source(WATER)], said=DAY)
    finding = blocking(line, found)
    assert finding is not None
    assert (finding.code, finding.weight, finding.sentence) == ("gate.contradicted", "blocks", "s1")
    assert "55" in str(finding.values["part"])
    assert "mark it as a promise or an opinion of a named office" in SAID[finding.code]
    assert blocking(Line("s1", line.text, "known", ("f",), said_as="promise"), found) is None
    assert blocking(line, None) is None


def test_words_that_stand_nowhere_are_the_fault_where_no_part_is() -> None:
    found = held("Pasar dibuka kembali untuk pedagang ikan.", source(WATER))
    assert found.judgement.blocks
    assert "pedagang" in found.parts[0]


words = st.text(alphabet=st.sampled_from(list("abcdefghi 0123456789.,:%-\"'?()AirRWtidak")), min_size=3, max_size=160)


@given(words, st.sampled_from(["id", "vi", "en"]), st.lists(words, max_size=3))
def test_a_sentence_that_says_a_fact_word_for_word_is_never_blocked(text: str, language: Tongue, others: list[str]) -> None:
    sources = [source(text, language), *(source(one, language, f"g{n}") for n, one in enumerate(others))]
    for start, end in spans(text):
        line = Line("s1", text[start:end], "known", tuple(one.id for one in sources))
        assert blocking(line, hold(line, language, sources, said=DAY)) is None


@given(words, st.lists(st.tuples(words, st.sampled_from(["id", "vi", "en", "jv"])), min_size=1, max_size=10))
def test_any_sentence_gets_one_verdict_with_places_that_stand_in_its_sources(text: str, given_: list[tuple[str, Language]]) -> None:
    sources = [source(said, language, f"f{n}") for n, (said, language) in enumerate(given_)]
    line = Line("s1", text, "known", tuple(one.id for one in sources))
    first, again = (hold(line, "id", sources, said=DAY) for _ in range(2))
    assert first == again
    assert first is not None
    known = {one.id: one.text for one in sources}
    assert all(0 <= one.start < one.end <= len(known[one.source]) for one in first.places)
    assert len(first.places) <= MOST_PIECES


def test_every_template_filled_with_facts_passes_by_construction() -> None:
    wrong: list[str] = []
    for one in templates():
        samples = {slot: slots()[slot].sample[one.language] for slot in (*one.needed, *one.welcome)}
        filled = fill(one, samples, {slot: (slot,) for slot in samples})
        sources = {slot: Source(slot, said, one.language, DAY) for slot, said in samples.items()}
        for line in filled.lines:
            found = hold(line, one.language, [sources[proof] for proof in line.evidence], said=DAY)
            if blocking(line, found) is not None:
                wrong.append(f"{one.code} {line.section}: {line.text}")
    assert wrong == []
