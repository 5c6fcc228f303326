"""Make the head of kinds anew (`engine/heads/kinds.npz`), and measure it: the same sentences and model give the same bytes.

Learned from 480 invented sentences only (`measure/data/kind-examples.yaml`): 20 of each kind in id, vi and en, no set of
labelled items having a licence. The cues of `engine/data/kinds.yaml` were written by the same hand as the sentences, so they
fit them better than they will fit the world. Therefore each sentence is learned twice, the second time with its cues of kinds
hidden: the vector must carry what it can.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import yaml
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from kentongan.engine import kinds, tone
from kentongan.engine.records import Language
from kentongan.engine.vectors import E5Embedder, Embedder

FOLDS = 5
CUES_SHARE = 0.5
_PENALTY = 10.0
_KINDS_CUED = 6

Floats = npt.NDArray[np.float64]
Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Example:
    """An invented sentence. `number` is its place in its list: a sentence and its translations have one number."""

    text: str
    language: Language
    kind: int
    number: int


def examples() -> list[Example]:
    """The invented sentences, in the order of the file."""
    text = resources.files("kentongan.measure").joinpath("data", "kind-examples.yaml").read_text(encoding="utf-8")
    found = cast("dict[str, dict[Language, list[str]]]", yaml.safe_load(text))
    return [
        Example(sentence, language, kinds.KINDS.index(cast("kinds.Kind", kind)), number)
        for kind, languages in found.items()
        for language, sentences in languages.items()
        for number, sentence in enumerate(sentences)
    ]


def train(_data_dir: Path, embedder: Embedder | None = None) -> Arrays:
    """The head as it is stored, added up by one thread (see `train_tone.train`). Reads nothing outside the package."""
    these = examples()
    vectors, cues = rows_of(these, embedder or E5Embedder())
    with threadpool_limits(limits=1):
        model = fit(vectors, cues, [one.kind for one in these])
    weights = np.asarray(model.coef_).T
    return {
        "meaning": weights[: vectors.shape[1]].astype(np.float16),
        "cues": (CUES_SHARE * weights[vectors.shape[1] :]).astype(np.float32),
        "bias": np.asarray(model.intercept_).astype(np.float32),
    }


def rows_of(these: Sequence[Example], embedder: Embedder) -> tuple[Floats, Floats]:
    """Centred vectors (examples, 384) and cues (examples, 16)."""
    vectors = embedder.embed([one.text for one in these])
    centred = [tone.centred(one.language, vector) for one, vector in zip(these, vectors, strict=True)]
    return np.array(centred, dtype=np.float64), np.array([kinds.cues_of(one.text) for one in these])


def hidden(cues: Floats) -> Floats:
    """The same rows as if no cue of a kind had been listed."""
    rows = cues.copy()
    rows[:, :_KINDS_CUED] = 0.0
    return rows


def fit(vectors: Floats, cues: Floats, answers: Sequence[int]) -> LogisticRegression:
    """The head on rows with their cues and again without."""
    rows = np.vstack([np.hstack([vectors, CUES_SHARE * cues]), np.hstack([vectors, CUES_SHARE * hidden(cues)])])
    return LogisticRegression(C=_PENALTY, max_iter=500, tol=1e-4).fit(rows, [*answers, *answers])


def by_others(these: Sequence[Example], vectors: Floats, cues: Floats, view: Callable[[Floats], Floats]) -> Floats:
    """(sentences, kinds): the head's scores where neither a sentence nor its translations were learned from; `view` changes its cues."""
    folds = np.array([one.number % FOLDS for one in these])
    answers = np.array([one.kind for one in these])
    scores = np.zeros((len(these), len(kinds.KINDS)))
    with threadpool_limits(limits=1):
        for fold in range(FOLDS):
            kept = folds != fold
            model = fit(vectors[kept], cues[kept], answers[kept].tolist())
            scores[~kept] = model.decision_function(np.hstack([vectors[~kept], CUES_SHARE * view(cues[~kept])]))
    return scores
