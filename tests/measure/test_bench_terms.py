"""The measure of watched words: its stream is made the same each time, and what it gives is within the bars already when small."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from kentongan.engine import bursts
from kentongan.measure import bench_terms

STREAM = Path(__file__).resolve().parents[3] / "shared" / "data"


def test_the_made_stream_is_the_same_each_time_and_mostly_new() -> None:
    first, second = list(bench_terms.made_stream(300)), list(bench_terms.made_stream(300))
    assert first == second
    words = [term for one in first for term in one.terms]
    assert len(set(words)) > 0.6 * len(words)
    assert all(one.seconds < two.seconds for one, two in pairwise(first))


def test_it_gives_megabytes_and_milliseconds_and_says_how_many_words_are_alive() -> None:
    figures = list(bench_terms.terms(Path(), 400))
    assert [what for what, _, _ in figures] == ["megabytes of the bursts' state", "milliseconds of processor an item"]
    assert all("400 made headlines" in about and "alive" in about for _, _, about in figures)
    assert 0 < figures[0][1] < 50


def test_real_headlines_are_told_three_times_as_fast_and_each_step_is_timed() -> None:
    if not (STREAM / "stream").is_dir():
        pytest.skip("the evaluation data is not beside the project")
    before = bursts.step
    (what, milliseconds, about), *_ = bench_terms.real(STREAM, 64)
    assert what == "milliseconds of processor an item, real headlines"
    assert 0 < milliseconds < 100
    assert "first 64, 3 × as fast" in about and " 0 words" not in about
    assert bursts.step is before
