"""Words that are no names: the list of things, and how the press writes a word within its sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.ordinary import LEAST, is_listed, is_used_small, uses


@pytest.mark.parametrize(
    ("words", "listed"),
    [
        ("tandon", True),
        ("Tandon Kosong", True),
        ("gorong-gorong", True),
        ("tandon santoso", False),
        ("Budi", False),
        ("", False),
        ("12", False),
    ],
)
def test_words_are_things_where_each_of_them_is_listed(words, listed):
    assert is_listed(words) is listed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Warga membawa tandon, dan tandon itu bocor.", (2, 0)),
        ("Kata Tandon, warga lelah.", (0, 1)),
        ("Tandon bocor. Tandon itu milik warga. TANDON!", (0, 0)),
        ("warga \n punya tandon", (1, 0)),
        ("tandonnya bocor", (0, 0)),
        ("Ia berkata: Tandon bocor.", (0, 0)),
        ("", (0, 0)),
    ],
)
def test_a_word_is_read_where_a_sentence_goes_on_and_capitals_tell(text, found):
    assert uses("tandon", text) == found


def press(*texts):
    return [("AB"[number % 2], text) for number, text in enumerate(texts)]


SMALL = "Warga mengisi bayu di pasar."


def test_a_word_of_five_items_of_two_outlets_that_is_hardly_ever_a_name_is_a_word():
    assert is_used_small("bayu", press(*[SMALL] * LEAST))
    assert not is_used_small("bayu", press(*[SMALL] * (LEAST - 1)))
    assert not is_used_small("bayu", [("A", SMALL)] * LEAST)
    assert not is_used_small("bayu", press(*[SMALL] * LEAST, "Menurut warga, Bayu lelah."))
    assert is_used_small("bayu", press(*[SMALL] * 19, "Menurut warga, Bayu lelah."))
    assert not is_used_small("bayu", [])


@given(st.text(max_size=40), st.text(max_size=80))
def test_any_text_is_read(words, text):
    small, capital = uses(words, text)
    assert small >= 0 <= capital
