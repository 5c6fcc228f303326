"""How often each of any number of words was said, in a fixed amount of memory, forgetting.

Observed. A stream has more words and pairs of words than a table should hold: most come once and never again, and nobody knows beforehand
which will matter. Method. A count-min sketch with conservative update: a word owns one cell in each of four rows, is as frequent as the
smallest of its cells, and only cells below the new value are raised, so that what frequent words put into shared cells hurts rare ones
little. Counts forget with a half-life; instead of lowering a million cells each day, later counts weigh more, and the whole is scaled back
once in years.

Known failure: an estimate is never too low but may be too high, by about the count of the four least crowded cells a word meets (with 2^18
cells a row and three quarters of a million counts alive, 0.7 on average; measured in tests/engine/test_sketch.py on fewer). Why not a
dictionary: a large city's stream has millions of pairs alive. Why not Bloom counters or lossy counting: they cannot forget by age.

Reading: Cormode and Muthukrishnan 2005 (count-min); Estan and Varghese 2002 (conservative update); Schubert, Weiler and Kriegel, KDD 2014
(SigniTrend: hashed averages, exact counts for heavy hitters only)."""

from __future__ import annotations

import base64
import hashlib
import zlib
from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from struct import unpack
from typing import Any

ROWS = 4
_SCALE_BACK = 16.0
"""Half-lives after which the cells are scaled back: a count then weighs 65,536, which a 32-bit float holds with room."""


@lru_cache(maxsize=4_096)
def _places(key: str, width: int) -> tuple[int, int, int, int]:
    """One cell in each row. Not Python's own hash, which differs from run to run. Kept: one report asks several times for its words."""
    a, b, c, d = unpack("<4I", hashlib.blake2b(key.encode(), digest_size=16).digest())
    mask = width - 1
    return a & mask, width + (b & mask), 2 * width + (c & mask), 3 * width + (d & mask)


@dataclass(slots=True)
class Sketch:
    """Counts of keys. `width` cells in each row, a power of two. Mutable; `add` is its only change."""

    half_life: float
    width: int = 1 << 18
    origin: float = 0.0
    """The moment, in seconds, at which a count weighs one; 0 before the first."""
    cells: array[float] = field(default_factory=lambda: array("f"))
    """Empty before the first count, then all rows one after the other."""

    def add(self, key: str, amount: float, seconds: float) -> None:
        """Count `key` so many times at this moment."""
        if not self.cells:
            self.origin, self.cells = seconds, array("f", bytes(4 * ROWS * self.width))
        if seconds - self.origin > _SCALE_BACK * self.half_life:
            self._scale_back(seconds)
        places = _places(key, self.width)
        least = min(self.cells[place] for place in places) + amount * self._weight(seconds)
        for place in places:
            if self.cells[place] < least:
                self.cells[place] = least

    def estimate(self, key: str, seconds: float) -> float:
        """How often `key` was counted, as it is remembered at this moment: never less than it was, sometimes more."""
        if not self.cells:
            return 0.0
        least = min(self.cells[place] for place in _places(key, self.width))
        return least / self._weight(seconds) if least else 0.0

    def to_data(self) -> dict[str, Any]:
        """JSON values that `from_data` reads; a sketch that is mostly empty is small."""
        packed = base64.b64encode(zlib.compress(self.cells.tobytes(), 1)).decode("ascii")
        return {"half_life": self.half_life, "width": self.width, "origin": self.origin, "cells": packed}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Sketch:
        """The sketch `to_data` described."""
        cells = array("f")
        cells.frombytes(zlib.decompress(base64.b64decode(data["cells"])))
        return cls(data["half_life"], data["width"], data["origin"], cells)

    def _weight(self, seconds: float) -> float:
        return 2.0 ** ((seconds - self.origin) / self.half_life)

    def _scale_back(self, seconds: float) -> None:
        weight = self._weight(seconds)
        for place, value in enumerate(self.cells):
            if value:
                self.cells[place] = value / weight
        self.origin = seconds
