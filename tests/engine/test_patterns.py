"""Patterns are told from words: what only a regular expression has, and ordinary writing that looks a little like one."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.patterns import place_of


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("ban.*jir", 4),
        ("banjir .+ pesisir", 8),
        ("(a+)+$", 4),
        ("(ban|jir)", 5),
        ("banjir|rob", 7),
        ("ngập{2,3}", 4),
        ("ba[nm]jir", 3),
        ("[a-z]+banjir", 1),
        ("[abc]+", 5),
        ("[^x]air", 1),
        (r"\bbanjir\b", 1),
        (r"air \d+ cm", 5),
        (r"pdam\.go", 5),
        ("^banjir", 1),
        ("banjir$", 7),
        ("a+$ x", 3),
        ("(?:air|rob)", 1),
        ("(?i)banjir", 1),
        ("(?<=air )keruh", 1),
        ("air keruh banj*", 15),
        ('"air ban.*jir"', 9),
    ],
)
def test_what_only_a_pattern_has_is_seen_with_its_place(typed, at):
    assert place_of(typed) == at


@pytest.mark.parametrize(
    "typed",
    [
        "banjir",
        "Rp5.000 per liter",
        "Rp1.5 juta... naik?",
        "benarkah..? kapan?!",
        "C++ Disney+ A+ 1+1 5G?",
        "[BREAKING] banjir [2-1] (lagi)?",
        "(banjir OR rob) pesisir -lagu",
        'air NEAR/5 (keruh OR "bau lumpur")',
        "US$ 100, A$5, Rp100$",
        "anj*ng *penting* *sangat penting* 5* ****",
        "[d]engan kata[nya]",
        "covid-19 km/jam dan\\atau ^_^ (?) (?!)",
        "Banjir di Lebak | Kompas.com",
        "pdam.go.id/air?x=1&y=2",
        "đường ngập (Q.8)? 100%",
        "{} {x} [ ] ( )",
        "air + listrik, air+listrik",
        "#banjir @dinas __x__ ~~",
        "(?apa) (?!) (?)",
    ],
)
def test_ordinary_writing_is_words(typed):
    assert place_of(typed) == 0


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzđăơĐ0123456789 .,?!:;'-/&%#@\"", max_size=200))
def test_letters_figures_and_the_marks_of_sentences_are_never_a_pattern(typed):
    assert place_of(typed) == 0


@pytest.mark.parametrize("piece", ["[", "[a", "(a+", "\\", "*a ", "a{1", "[a-", "*" * 3 + "a", "]*]"])
def test_looking_takes_no_time_whatever_is_typed(piece):
    began = time.perf_counter()
    place_of(piece * 20_000)
    assert time.perf_counter() - began < 2.0
