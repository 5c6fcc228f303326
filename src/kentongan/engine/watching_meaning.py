"""What several headlines have in common, as a vector and how near to it something must be. Pure.

Observed. "Like these" is easier to say than the words for it, and it crosses languages. But one number for "near" does not fit: headlines
about one dam lie close together, headlines about prices do not.

Method. The examples' vectors, centred by language (`vectors.Centres`), are added and brought to length one. How near each example is to the
sum of the others, which did not know it, is what a further headline of the kind may be expected to be. Close: as near as the middle one of
the examples. Wider: as far as the farthest, and SHARE of close at most. Neither goes below LEAST. A text in a language that none of the
examples is in lies farther off whatever it says; for it OTHER of the cosine is enough.

Two sets of five Indonesian headlines and 16 others in three languages: what was meant lay at 0.44 to 0.74 in Indonesian and 0.25 to 0.36 in
Vietnamese and English, what was not at 0.19 to 0.54 and -0.00 to 0.20. That is an impression, not a measurement.

Known failures. What is beside the matter in the examples' own language overlaps with what is meant. Examples of two different things have a
middle that is neither; where they are too far apart they are refused (`Likeness.alike`). A few examples say little about spread: three is
the fewest.

Many watches at once (`Likes`): a batch of vectors is held against all centres in one product, in double precision and rounded, so that it
says the same however the stream is cut into batches.

Why not a trained head: three to ten examples are too few to learn more than a centre from (Snell et al. 2017, prototypical networks, do
just this).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from kentongan.engine.records import Language
from kentongan.engine.vectors import Centres, FloatArray, unit

FEWEST, MOST = 3, 10
LEAST = 0.4
SHARE = 0.8
OTHER = 0.6
APART = 0.05
"""Close is never wider than LEAST and this."""
_PLACES = 9
"""Decimals of a cosine that count."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What the examples have in common: `centre` of length one, and from which cosine on something is close to it, or in the wider ring."""

    centre: FloatArray
    close: float
    wider: float
    alike: bool


def likeness(examples: FloatArray) -> Likeness:
    """Of centred vectors, one a row, FEWEST or more."""
    total = examples.sum(axis=0)
    near = [float(unit(total - one) @ one) for one in examples]
    close = max(LEAST + APART, median(near))
    centre = unit(np.asarray(total, dtype=np.float32))
    return Likeness(centre, close, max(LEAST, min(SHARE * close, *near)), median(near) >= LEAST)


@dataclass(frozen=True, slots=True)
class Like:
    """What the mark `key` asks for: the cosine `least` with `centre`, in the `languages` of the examples; less in others (`OTHER`)."""

    key: str
    centre: FloatArray
    least: float
    languages: frozenset[Language] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Likes:
    """Everything that is looked for by meaning. `means` centre a vector by its language; None where vectors stand around zero already."""

    likes: tuple[Like, ...]
    means: Centres | None = None

    def of(self, vectors: Sequence[FloatArray], languages: Sequence[Language]) -> list[frozenset[str]]:
        """The keys each vector is near enough to. One product, however many vectors and keys there are."""
        if not vectors or not self.likes:
            return [frozenset() for _ in vectors]
        rows = np.stack([self._centred(vector, language) for vector, language in zip(vectors, languages, strict=True)])
        centres = np.stack([one.centre for one in self.likes])
        alike = np.round(rows.astype(np.float64) @ centres.T.astype(np.float64), _PLACES)
        near = alike >= np.array([self._least(language) for language in languages])
        return [frozenset(one.key for one, hit in zip(self.likes, row, strict=True) if hit) for row in near]

    def _centred(self, vector: FloatArray, language: Language) -> FloatArray:
        return unit(vector) if self.means is None else self.means.centred(vector, language)

    def _least(self, language: Language) -> list[float]:
        """From which cosine on, for each key."""
        return [one.least if language in one.languages or not one.languages else OTHER * one.least for one in self.likes]
