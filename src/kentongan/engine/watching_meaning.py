"""What several headlines have in common, as a vector and how near to it something must be. Pure.

Observed. "Like these" is easier to say than the words for it, and it crosses languages. But one number for "near" does not fit: headlines
about one dam lie close together, headlines about prices do not.

Method. The examples' vectors, centred by language (`vectors.Centres`), are added and brought to length one. How near each example is to the
sum of the others, which did not know it, is what a further headline of the kind may be expected to be. Close: as near as the middle one of
the examples. Wider: as far as the farthest. Neither goes below LEAST, where on real headlines what was found had nothing to do with what
was asked (docs/explanation/search.md).

Known failures. Examples of two different things have a middle that is neither; where they are too far apart they are refused
(`Likeness.alike`). A few examples say little about spread: three is the fewest.

Why not a trained head: three to ten examples are too few to learn more than a centre from (Snell et al. 2017, prototypical networks, do
just this).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

import numpy as np

from kentongan.engine.vectors import FloatArray, unit

FEWEST, MOST = 3, 10
LEAST = 0.28
APART = 0.05
"""Close is never wider than LEAST and this."""


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
    return Likeness(unit(np.asarray(total, dtype=np.float32)), close, min(close, max(LEAST, min(near))), median(near) >= LEAST)
