"""Finding the passages that may carry a sentence, or answer a question: by words and by meaning, also across languages.

Observed. Words find what vectors blur (a name, a figure, a rule's number), vectors find what is said in other words or another language.
On questions of one language both are right nine times in ten, and not on the same ones; between languages words meet in names and figures.

Method. Words: BM25 over stems and words without accents, so that "Bến Sương" meets "Ben Suong", with the lines of `same_words` in common.
Meaning: centred cosines; a passage counts with itself and with its best sentence where those vectors are given. Each way's scores are set
to how far they stand above the usual of this question (in standard deviations) and added, words with `WITHIN` in one language and `ACROSS`
between two. Equal sums stand in the order given.

Known failures. A question whose answer is spread over passages. A name that is written in two ways. A passage that lists everything wins
too often. Without vectors nothing is found across languages but by names and figures.

Why not reciprocal ranks: they forget by how much the first is ahead; why not learned weights: two numbers that can be read were enough.

Reading: Robertson and Zaragoza 2009 (BM25); Wang et al. 2024 (multilingual e5); Bruch, Gai and Ingber 2023 (fusion of words and meaning).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kentongan.engine.evidence_words import keys, known_tongue, stop_words, tokens
from kentongan.engine.records import Language
from kentongan.engine.vectors import FloatArray

WITHIN, ACROSS = 0.6, 0.1
"""What words weigh beside meaning (1.0)."""
_K1, _B = 1.2, 0.5
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Found:
    """A passage by its place among those given, and how far it stands above the usual, in standard deviations, added up."""

    place: int
    score: float


class Passages:
    """Passages that can be asked. Immutable once made.

    `vectors` are centred, of shape (passages, dimension); `parts` the same of sentences, each with the place of its passage in `owners`.
    """

    def __init__(
        self,
        texts: Sequence[tuple[Language, str]],
        vectors: FloatArray | None = None,
        parts: FloatArray | None = None,
        owners: Sequence[int] = (),
    ) -> None:
        self._languages = [language for language, _ in texts]
        self._vectors, self._parts, self._owners = vectors, parts, np.array(owners, dtype=np.int64)
        bags = [Counter(words_of(text, language)) for language, text in texts]
        self._lengths = np.array([max(1, bag.total()) for bag in bags], dtype=np.float64)
        self._holders: dict[str, list[tuple[int, int]]] = {}
        for place, bag in enumerate(bags):
            for word, count in bag.items():
                self._holders.setdefault(word, []).append((place, count))

    def find(self, text: str, language: Language, vector: FloatArray | None = None, most: int = 5) -> tuple[Found, ...]:
        """The likeliest passages, best first. `vector`: that of the text, centred; without it only words are asked."""
        if not self._languages:
            return ()
        across = np.array([known_tongue(one) != known_tongue(language) for one in self._languages])
        scores = np.where(across, ACROSS, WITHIN) * _above(self._by_words(text, language))
        if vector is not None and self._vectors is not None:
            scores = scores + _above(self._by_meaning(vector))
        order = np.argsort(-scores, kind="stable")[:most]
        return tuple(Found(int(place), float(scores[place])) for place in order)

    def _by_words(self, text: str, language: Language) -> Floats:
        count, usual = len(self._languages), float(self._lengths.mean())
        scores = np.zeros(count)
        for word in dict.fromkeys(words_of(text, language)):
            holders = self._holders.get(word, ())
            rarity = math.log(1 + (count - len(holders) + 0.5) / (len(holders) + 0.5))
            for place, times in holders:
                scores[place] += rarity * times * (_K1 + 1) / (times + _K1 * (1 - _B + _B * self._lengths[place] / usual))
        return scores

    def _by_meaning(self, vector: FloatArray) -> Floats:
        assert self._vectors is not None
        whole = np.asarray(self._vectors @ vector, dtype=np.float64)
        if self._parts is None or not len(self._owners):
            return whole
        best = np.full(len(whole), -1.0)
        np.maximum.at(best, self._owners, np.asarray(self._parts @ vector, dtype=np.float64))
        return whole + np.maximum(best, 0.0)


def words_of(text: str, language: Language) -> list[str]:
    """The words of a text as they are looked for: each without accents once, and its stems that differ from it."""
    tongue = known_tongue(language)
    found: list[str] = []
    for token in tokens(text):
        if tongue and token.low in stop_words(tongue):
            continue
        stems: Mapping[str, None] = dict.fromkeys(sorted(keys(token.low, tongue))) if tongue else {}
        found += [token.plain, *(stem for stem in stems if stem != token.plain)]
    return found


def _above(scores: Floats) -> Floats:
    """How far each stands above the mean, in standard deviations; nothing where all are equal."""
    spread = float(scores.std())
    return (scores - scores.mean()) / spread if spread > 1e-12 else np.zeros_like(scores)
