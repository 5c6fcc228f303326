"""The measure of the gate's cost gives both parts of it, for as many sentences and passages as it says."""

from __future__ import annotations

from pathlib import Path

from kentongan.measure import bench_evidence
from kentongan.office.listening.embedding import HashedEmbedder


def test_it_times_embedding_and_judging_apart_and_says_of_how_much() -> None:
    embedding, judging = bench_evidence.evidence(Path(), 60, HashedEmbedder())
    assert embedding[0].startswith("seconds of processor to embed")
    assert judging[2] == "40 sentences, 60 passages, one core"
    assert 0 < judging[1] < 5
