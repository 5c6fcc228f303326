"""Train the head of the same claim (`heads/claims.npz`): three logistic regressions and the scores from which they are trusted.

Learned from IndoNLI's training half (500 pairs drawn) and, of part 0, from NusaX (240 sentences in four languages drawn) and XQuAD
(sentences of passages in English and Vietnamese), all under licences that allow it; `claims_eval` reports on part 1 and on IndoNLI's other
half. `SURE` is the lowest score at which this training part has the precision wanted against the nearest other sentences; what people
wrote to contradict is not counted there, since hard contradictions are never sure whatever their score.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from kentongan.engine.claims_match import FEATURES, PAIRINGS, Tongues, features, tongues
from kentongan.engine.vectors import E5Embedder, Embedder
from kentongan.measure.claims_pairs import Draw, Pair, Sides, pairs_of

SURE: dict[Tongues, float] = {"within": 0.97, "kin": 0.98, "across": 0.95}
"""Precision wanted of what is joined without asking; where a false neighbour is likelier, more is wanted."""
SUGGEST = 0.80
"""Precision wanted of what is shown to a person."""
DRAWN = Draw(facts=(500, 7), translated=(240, 1))
WRITTEN = ("contradicted", "unrelated")
"""Kinds of pairs that people wrote to look alike."""
_LEAST = 0.1
_LOWER = ("numbers_against", "dates_against", "negation", "poles", "names_missing")
_BOUNDS: dict[str, tuple[float | None, float | None]] = {
    **dict.fromkeys(_LOWER, (None, -_LEAST)),
    **dict.fromkeys(("numbers_extra", "dates_extra"), (None, 0.0)),
    **dict.fromkeys(
        ("cosine", "margin", "words_left", "words_right", "grams", "numbers_shared", "dates_shared", "names_shared"), (0.0, None)
    ),
}
"""Of weights over features of width one."""
Floats = npt.NDArray[np.float64]
Arrays = dict[str, npt.NDArray[Any]]


def train_claims(data_dir: Path, embedder: Embedder | None = None) -> Arrays:
    """The arrays of the head: for each pairing of languages the weights with the constant last, and of all of them the thresholds."""
    model = embedder or E5Embedder()
    files = ("stories/parallel-id-en-jv-su.jsonl.gz", "evidence/xquad-en.jsonl.gz", "evidence/xquad-vi.jsonl.gz")
    own, own_sides = pairs_of([data_dir / "evidence/indonli-train.jsonl.gz"], model, DRAWN)
    other, sides = pairs_of([data_dir / name for name in files], model, DRAWN, questions=False)
    return head_of([(own, own_sides), ([pair for pair in other if pair.part == 0], sides)])


def matrix(pairs: Sequence[Pair], sides: Sides) -> Floats:
    """The features of pairs, shape (pairs, features)."""
    rows = [features(*sides.pair(pair)) for pair in pairs]
    return np.array([[row[name] for name in FEATURES] for row in rows])


def head_of(given: Sequence[tuple[Sequence[Pair], Sides]]) -> Arrays:
    """One regression for each pairing of languages."""
    found: Arrays = {}
    thresholds: list[tuple[float, float]] = []
    for pairing in PAIRINGS:
        mine = [([pair for pair in pairs if tongues(pair.left[0], pair.right[0]) == pairing], sides) for pairs, sides in given]
        values = np.concatenate([matrix(pairs, sides) for pairs, sides in mine if pairs])
        found[pairing], both = fitted(values, [pair for pairs, _ in mine for pair in pairs], SURE[pairing])
        thresholds.append(both)
    found["sure"], found["suggest"] = (np.array(column) for column in zip(*thresholds, strict=True))
    return {name: np.round(array, 4).astype(np.float32) for name, array in found.items()}


def fitted(values: Floats, pairs: Sequence[Pair], wanted: float) -> tuple[Floats, tuple[float, float]]:
    """Weights over the bare features with the constant, and the scores from which the wanted precisions hold."""
    truth = np.array([pair.same for pair in pairs], dtype=np.int64)
    middle, scale = values.mean(axis=0), values.std(axis=0)
    scale[scale == 0.0] = 1.0
    learned = bounded_regression((values - middle) / scale, truth)
    weights = learned[:-1] / scale
    constant = float(learned[-1] - weights @ middle)
    scores = 1.0 / (1.0 + np.exp(-(values @ weights + constant)))
    plain = np.array([pair.kind not in WRITTEN for pair in pairs])
    sure, suggest = (lowest_with(scores[plain], truth[plain], precision) for precision in (wanted, SUGGEST))
    return np.append(weights, constant), (sure, suggest)


def bounded_regression(values: Floats, truth: npt.NDArray[np.int64]) -> Floats:
    """Logistic regression in which a contradiction can only lower and an agreement only raise: where examples are few, chance must not
    decide the sign. Penalised like scikit-learn's with C = 1; the constant stands last.
    """
    signs = np.where(truth == 1, 1.0, -1.0)
    full = np.column_stack([values, np.ones(len(values))])

    def cost(weights: Floats) -> tuple[float, Floats]:
        margins = signs * (full @ weights)
        slope = full.T @ (-signs / (1.0 + np.exp(np.clip(margins, -50, 50))))
        slope[:-1] += weights[:-1]
        return float(np.logaddexp(0.0, -margins).sum() + weights[:-1] @ weights[:-1] / 2), slope

    bounds = [_BOUNDS.get(name, (None, None)) for name in FEATURES] + [(None, None)]
    begin = np.zeros(full.shape[1])
    found = optimize.minimize(cost, begin, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 1000})
    return np.asarray(found.x)


def lowest_with(scores: Floats, truth: npt.NDArray[np.int64], precision: float) -> float:
    """The lowest score from which on the ranking has this precision; 1 where it never does."""
    order = np.argsort(-scores, kind="stable")
    precisions = np.cumsum(truth[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(precisions >= precision)
    return float(scores[order][good[-1]]) if len(good) else 1.0
