"""Which embedder the settings ask for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from kentongan.config import Config
from kentongan.engine.vectors import CachedEmbedder, E5Embedder, Embedder, FloatArray, Recent
from kentongan.office.listening.models import DIMENSION

KEPT = 1000
"""Vectors kept by each process: a search is asked again with a filter, an address is looked at and then added."""


class HashedEmbedder:
    """Words hashed into vectors: fast and repeatable, knows no meaning. For tests of everything around the embedder."""

    name = "hashed"
    dimension = DIMENSION

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """See `Embedder`. Two texts are as near as they share words."""
        out = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                digest = hashlib.blake2b(word.encode(), digest_size=4).digest()
                out[row, int.from_bytes(digest, "big") % DIMENSION] += 1.0
            length = float(np.linalg.norm(out[row]))
            if length:
                out[row] /= length
            else:
                out[row, 0] = 1.0
        return out


def embedder_from(config: Config) -> Embedder:
    """The embedder named by the setting `embedder`. The e5 model opens at its first text and is not asked twice for what came just now."""
    return HashedEmbedder() if config["embedder"] == "hashed" else CachedEmbedder(E5Embedder(), Recent(KEPT))
