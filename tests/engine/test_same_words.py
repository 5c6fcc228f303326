"""The same words in other languages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.lexicon import word_list
from kentongan.engine.same_words import bare, same_words


def test_a_word_stands_first_and_brings_the_other_languages() -> None:
    ((first, *others),) = same_words("flood")
    assert first == "flood"
    assert {"banjir", "ngập"} <= set(others)
    assert "flood" not in others


def test_the_longest_run_of_words_is_taken() -> None:
    assert [part[0] for part in same_words("air keruh di Banyuwari")] == ["air keruh", "di", "Banyuwari"]


def test_two_syllables_need_no_accents_and_one_does() -> None:
    assert set(same_words("lu lut")[0]) > {"lu lut", "banjir"}
    assert same_words("sông")
    assert same_words("song") == [], "an English song is no river"


def test_every_line_of_the_list_has_all_languages_and_every_word_finds_its_line() -> None:
    for line in word_list("same_words")["words"]:
        assert set(line) == {"id", "vi", "en"}
        for words in line.values():
            for word in words:
                ((_, *others),) = same_words(word)
                assert {other for language in line.values() for other in language} <= {word, *others}


@given(st.text(max_size=60))
def test_every_word_typed_stays_in_its_part(typed: str) -> None:
    parts = same_words(typed)
    assert all(len(part) == len({word.casefold() for word in part}) for part in parts)
    assert all(bare(part[0].split()[0]) in bare(typed) for part in parts)
