"""Shingles: the same words in the same order are the same set, in every process and for ever."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.shingles import WIDTH, jaccard, shingle_hashes, words_of

WORDS = st.lists(st.sampled_from(["air", "surut", "di", "melati", "kota", "warga", "pompa", "nước", "rút"]), max_size=20)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Air surut, di Melati!", ["air", "surut", "di", "melati"]),
        ("Rp 1.200 (5%)", ["rp", "1", "200", "5"]),
        ("đối_lập ĐỐI", ["đối", "lập", "đối"]),
        ("ﬁle ＡＢＣ", ["file", "abc"]),
        ("STRASSE straße", ["strasse", "strasse"]),
        ("—", []),
        ("", []),
    ],
)
def test_words_are_folded_and_free_of_marks(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@given(WORDS)
def test_hashes_are_sorted_distinct_and_at_most_one_a_run(words: list[str]) -> None:
    hashes = shingle_hashes(words)
    assert hashes.dtype == np.uint64
    assert len(hashes) == len({tuple(words[at : at + WIDTH]) for at in range(len(words) - WIDTH + 1)})
    assert (np.diff(hashes.astype(object)) > 0).all()


@given(WORDS, WORDS)
def test_two_texts_share_exactly_the_runs_they_share(left: list[str], right: list[str]) -> None:
    runs = [{tuple(words[at : at + WIDTH]) for at in range(len(words) - WIDTH + 1)} for words in (left, right)]
    wanted = len(runs[0] & runs[1]) / len(runs[0] | runs[1]) if runs[0] | runs[1] else 0.0
    assert jaccard(shingle_hashes(left), shingle_hashes(right)) == pytest.approx(wanted)
    assert jaccard(shingle_hashes(right), shingle_hashes(left)) == pytest.approx(wanted)


@given(st.permutations(["satu", "dua", "tiga", "empat"]), st.permutations(["satu", "dua", "tiga", "empat"]))
def test_the_order_of_words_matters(first: list[str], second: list[str]) -> None:
    assert (shingle_hashes(first) == shingle_hashes(second)).all() == (first == second)


def test_the_hashes_are_pinned_because_saved_states_hold_them() -> None:
    assert [int(one) for one in shingle_hashes(["air", "surut", "di", "melati", "kota"])] == [4951564358501645881, 6489515823921026991]


@given(st.lists(st.integers(0, 2**20), min_size=200, max_size=200, unique=True))
def test_low_bits_may_choose_a_sample(numbers: list[int]) -> None:
    hashes = shingle_hashes([str(number) for number in numbers])
    share = float((hashes % np.uint64(4) == 0).mean())
    assert 0.08 < share < 0.45
