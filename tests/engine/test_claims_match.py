"""Meaning joins, hard facts part: what contradicts in numbers, dates, negation or opposites is never surely the same claim."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.claims_facts import facts_of
from kentongan.engine.claims_match import FEATURES, USUAL, Side, features, likeness, tongues, usual
from kentongan.engine.reasons import sentence
from kentongan.engine.records import Language
from kentongan.engine.vectors import DIMENSION, FloatArray


def direction(angle: float) -> FloatArray:
    vector = np.zeros(DIMENSION, dtype=np.float32)
    vector[0], vector[1] = np.cos(angle), np.sin(angle)
    return vector


def side(text: str, angle: float = 0.0, language: Language = "id") -> Side:
    return Side(facts_of(text, language), direction(angle))


SAID = "Bendungan Citarik retak dan 300 warga Desa Cikawung mengungsi pada 2 Maret"


def test_the_same_words_are_surely_the_same_claim() -> None:
    like = likeness(side(SAID), side(SAID))
    assert like.sure and like.suggest and not like.against


def test_other_words_that_mean_the_same_are_surely_the_same_claim() -> None:
    other = "Pada 2 Maret sebanyak 300 warga Desa Cikawung mengungsi karena bendungan Citarik retak"
    assert likeness(side(SAID), side(other, 0.4)).sure


def test_a_translation_close_in_meaning_is_surely_the_same_claim() -> None:
    english = "The Citarik dam cracked and 300 residents of Cikawung fled on 2 March"
    assert likeness(side(SAID), side(english, 0.7, "en")).sure


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (SAID.replace("300", "3.000"), "claim.numbers_differ"),
        (SAID.replace("2 Maret", "5 Maret"), "claim.dates_differ"),
        (SAID.replace("retak", "tidak retak"), "claim.negated"),
    ],
)
def test_what_contradicts_in_a_hard_part_is_never_sure_and_says_why(other: str, why: str) -> None:
    like = likeness(side(SAID), side(other, 0.05))
    assert like.hard and not like.sure and why in like.against
    assert like.score < likeness(side(SAID), side(SAID, 0.05)).score
    assert all(sentence(reason).endswith(".") for reason in like.reasons())


def test_opposites_are_never_the_same() -> None:
    like = likeness(side("Harga beras di Pasar Induk naik pekan ini"), side("Harga beras di Pasar Induk turun pekan ini", 0.05))
    assert "claim.opposite" in like.against and not like.sure


def test_two_opposites_and_a_negation_are_no_opposites() -> None:
    values = features(side("Air sumur warga aman"), side("Air sumur warga tidak berbahaya"))
    assert values["poles"] == 0.0


def test_what_is_far_in_meaning_is_not_even_suggested() -> None:
    like = likeness(side(SAID), side("Wali kota membuka lomba lari di alun-alun", 1.5))
    assert not like.sure and not like.suggest


def test_what_a_sentence_has_with_everything_counts_less() -> None:
    english = "The mayor opened a market on Monday"
    near, common = side(SAID, 0.9), Side(facts_of(SAID, "id"), direction(0.9), usual=0.6)
    assert likeness(common, side(english, 0.0, "en")).score < likeness(near, side(english, 0.0, "en")).score


def test_malay_is_indonesian_here_javanese_its_kin_and_vietnamese_another() -> None:
    assert [tongues("ms", "id"), tongues("id", "jv"), tongues("id", "vi"), tongues("vi", "vi")] == ["within", "kin", "across", "within"]


def test_a_negation_parts_short_sentences_of_two_languages() -> None:
    like = likeness(side("Air PAM di Pelita Dalam aman"), side("Tap water in Pelita Dalam is not safe", 0.2, "en"))
    assert like.hard and not like.sure


def test_what_is_usual_never_falls_below_the_floor() -> None:
    assert usual(direction(0.0), []) == USUAL
    assert usual(direction(0.0), [direction(0.0)] * 4) == pytest.approx(1.0)
    assert usual(direction(0.0), [direction(1.5)] * 9) == USUAL


TEXTS = st.sampled_from((SAID, SAID.replace("300", "3.000"), "Air tidak aman", "Harga naik 5 persen", "", "Nước an toàn ở Huế"))


@given(TEXTS, TEXTS, st.floats(-3, 3), st.sampled_from(("id", "vi", "en")))
def test_the_order_of_the_two_does_not_matter(one: str, other: str, angle: float, language: Language) -> None:
    left, right = side(one, 0.0), side(other, angle, language)
    assert set(features(left, right)) == set(FEATURES)
    assert likeness(left, right) == likeness(right, left)
    assert 0.0 <= likeness(left, right).score <= 1.0
