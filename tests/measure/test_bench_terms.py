"""The measure of watched words: its stream is made the same each time, and what it gives is within the bars already when small."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from kentongan.measure import bench_terms


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
