"""The pipeline one would assemble from well-known parts, to measure ours against on the same machine in the same run.

trafilatura takes the text, datasketch (MinHash LSH, 128 permutations, 5-word shingles) marks copies, multilingual e5 embeds **every**
article up to its 512 tokens (about 2,000 characters), and river's DBSTREAM clusters the vectors. No part is slowed down on purpose; each
is used as its documentation shows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import trafilatura
from datasketch import MinHash, MinHashLSH
from river.cluster import DBSTREAM

from kentongan.engine.vectors import Embedder

CHARACTERS = 2000
_WORD = re.compile(r"\w+")


def minhash(text: str) -> Any:
    """A datasketch MinHash over 5-word shingles."""
    words = _WORD.findall(text.lower())
    sketch = MinHash(num_perm=128)
    sketch.update_batch([" ".join(words[i : i + 5]).encode() for i in range(max(1, len(words) - 4))])
    return sketch


def run(pages: Sequence[tuple[str, bytes]], embedder: Embedder) -> int:
    """Read (id, HTML) pages one after the other as a stream; gives the number of micro-clusters."""
    index = MinHashLSH(threshold=0.7, num_perm=128)
    clusters = DBSTREAM(clustering_threshold=0.5, fading_factor=0.001, cleanup_interval=100)
    for key, html in pages:
        text = trafilatura.extract(html, fast=True) or ""
        sketch = minhash(text)
        index.query(sketch)
        index.insert(key, sketch)
        vector = embedder.embed([text[:CHARACTERS]])[0]
        clusters.learn_one({i: float(value) for i, value in enumerate(vector)})
    return len(clusters.micro_clusters)
