"""Passages are found by words and by meaning, also across languages, best first and the same every time."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.passages import Passages, words_of
from kentongan.engine.records import Language

TEXTS: list[tuple[Language, str]] = [
    ("id", "Pasar Senandung diperbaiki selama sepuluh bulan."),
    ("id", "BPBD mengevakuasi 312 keluarga dari Rawa Kenari."),
    ("vi", "Sông Welaran tràn đê ở Bến Sương."),
    ("en", "City bus route 4 goes on to Batu Layah."),
]
VECTORS = np.eye(4, dtype=np.float32)


def first(text: str, language: Language, vector: int | None = None) -> int:
    index = Passages(TEXTS, VECTORS)
    return index.find(text, language, None if vector is None else VECTORS[vector])[0].place


def test_words_find_a_passage_in_other_endings() -> None:
    assert first("Berapa keluarga dievakuasi BPBD?", "id") == 1
    assert first("Kapan perbaikan pasar selesai?", "id") == 0


def test_a_name_without_accents_finds_its_passage_in_another_language() -> None:
    assert first("Did the river overflow in Ben Suong?", "en") == 2


def test_meaning_finds_what_no_word_shares() -> None:
    assert first("Xe nào đi đâu?", "vi", vector=3) == 3


def test_words_and_meaning_together_outweigh_either_alone() -> None:
    index = Passages([("id", "pompa rusak"), ("id", "pompa air"), ("id", "jalan rusak")], np.eye(3, dtype=np.float32))
    assert index.find("pompa rusak", "id", np.array([0.6, 0.6, 0.5], dtype=np.float32))[0].place == 0


def test_the_best_sentence_of_a_passage_counts_where_its_vectors_are_given() -> None:
    parts = np.array([[0.0, 1.0], [1.0, 0.0]], dtype=np.float32)
    index = Passages([("id", "satu"), ("id", "dua")], np.full((2, 2), 0.5, dtype=np.float32), parts, [0, 1])
    assert index.find("tiga", "id", np.array([1.0, 0.0], dtype=np.float32))[0].place == 1


def test_nothing_is_found_among_nothing() -> None:
    assert Passages([]).find("Berapa?", "id") == ()


def test_equal_passages_stand_in_the_order_given() -> None:
    index = Passages([("id", "sama saja"), ("id", "sama saja")])
    assert [one.place for one in index.find("sama", "id")] == [0, 1]


def test_stop_words_are_not_looked_for() -> None:
    assert words_of("the and of", "en") == []


@given(st.text(max_size=120), st.sampled_from(["id", "vi", "en", "jv"]))
def test_any_question_gets_every_passage_once(text: str, language: Language) -> None:
    found = Passages(TEXTS, VECTORS).find(text, language, VECTORS[0], most=10)
    assert sorted(one.place for one in found) == [0, 1, 2, 3]
