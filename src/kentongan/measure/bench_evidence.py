"""Figures of the evidence gate: a statement of forty sentences against two hundred passages, in seconds of one processor core.

Sentences and passages are the project's own cited ones in three languages, each passage with its number in front so that nothing is read
twice. Passages have their vectors (made when a source is stored); the sentences are embedded anew, and that is timed by itself.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from kentongan.engine import evidence_parts
from kentongan.engine.evidence import Passage, judge
from kentongan.engine.passages import Passages
from kentongan.engine.vectors import E5Embedder, Embedder, shipped_centres
from kentongan.measure.bench_engine import Figure
from kentongan.measure.evidence_cases import cases, city_names

SENTENCES, PASSAGES, ASKED = 40, 200, 5


def evidence(data: Path, size: int, embedder: Embedder | None = None) -> Iterator[Figure]:
    """Seconds of the processor to embed the sentences, and to find and judge them. Reads nothing from `data`; `size` (0: 200) passages."""
    model, centres, aliases = embedder or E5Embedder(), shipped_centres(), city_names()
    own = [one for one in cases() if not one.across]
    sources = list({one.passage.id: one.passage for one in own}.values())
    passages = [
        Passage(str(at), f"{at}. {one.text}", one.language, one.said) for at, one in enumerate(islice(cycle(sources), size or PASSAGES))
    ]
    sentences = [one for one in own if one.truth == "same"][:: len(own) // SENTENCES // 2][:SENTENCES]
    kept = centres.centred_all(model.embed([one.text for one in passages]), [one.language for one in passages])
    about = f"{len(sentences)} sentences, {len(passages)} passages, one core"
    began = time.process_time()
    vectors = centres.centred_all(model.embed([one.text for one in sentences]), [one.language for one in sentences])
    yield "seconds of processor to embed a statement's sentences", time.process_time() - began, about
    evidence_parts.read.cache_clear()
    began = time.process_time()
    index = Passages([(one.language, one.text) for one in passages], kept)
    for one, vector in zip(sentences, vectors, strict=True):
        near = [passages[found.place] for found in index.find(one.text, one.language, vector, most=ASKED)]
        cosines = {passage.id: float(kept[int(passage.id)] @ vector) for passage in near}
        judge(one.text, one.language, near, aliases=aliases, cosines=cosines)
    yield f"seconds of processor to find {ASKED} passages each and judge", time.process_time() - began, about
