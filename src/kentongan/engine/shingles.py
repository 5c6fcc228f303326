"""Text as a bag of short word runs (shingles), the common ground of all duplicate detection. Pure functions of the text.

Reading: Broder 1997, *On the resemblance and containment of documents*; Manku, Jain, Das Sarma 2007 for what happens at web scale.
"""

from __future__ import annotations

import re
import unicodedata
import zlib

import numpy as np
import numpy.typing as npt

HashArray = npt.NDArray[np.uint64]

WIDTH = 4
"""Words in a shingle. Three join follow-ups of one outlet by its stock phrases, five lose lightly edited agency copy."""

_WORD = re.compile(r"[^\W_]+")
_MULTIPLIERS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9), np.uint64(0x27D4EB2F165667C5))


def words_of(text: str) -> list[str]:
    """The words of a text: NFKC, lower case, punctuation and the underscores of segmented Vietnamese dropped."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def shingle_hashes(words: list[str]) -> HashArray:
    """Sorted distinct 64-bit hashes of all runs of `WIDTH` words; shape (n,), empty when the text is shorter than that."""
    if len(words) < WIDTH:
        return np.empty(0, dtype=np.uint64)
    tokens = np.array([zlib.crc32(word.encode()) for word in words], dtype=np.uint64)
    size = len(words) - WIDTH + 1
    mixed = np.zeros(size, dtype=np.uint64)
    for place, multiplier in enumerate(_MULTIPLIERS):
        mixed ^= (tokens[place : place + size] + np.uint64(place + 1)) * multiplier
        mixed = (mixed << np.uint64(13)) | (mixed >> np.uint64(51))
    return np.unique(_finished(mixed))


def _finished(mixed: HashArray) -> HashArray:
    """The finaliser of splitmix64: every input bit reaches every output bit, so that low bits may choose a sample."""
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def jaccard(left: HashArray, right: HashArray) -> float:
    """Shared shingles over all shingles, 0..1; 0 when both are empty."""
    shared = len(np.intersect1d(left, right, assume_unique=True))
    union = len(left) + len(right) - shared
    return shared / union if union else 0.0
