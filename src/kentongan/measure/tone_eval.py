"""How well the tone of texts is told, and how honest its beliefs are.

A line is `{text, lang, label}`, the label one of positive, neutral, negative. Sets of this kind know no "mixed" and no "unclear", so
accuracy and F1 are taken over every line with the pole that is believed most; `answered` is the share of lines the product would not
call "unclear", and `answered_accuracy` its accuracy on those. A set has no target: the text is judged as a whole, as a public post.

`ece` is the expected calibration error over ten bins of equal width (Guo et al. 2017): the mean distance between how sure the answers
of a bin were and how many were right. It never reaches nought on a small set: `ece_by_chance` is what beliefs that are exactly right
would show on as many lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kentongan.engine import tone
from kentongan.engine.language import LANGUAGES
from kentongan.engine.records import Language
from kentongan.engine.vectors import E5Embedder, Embedder
from kentongan.errors import FileError
from kentongan.measure.form import Evaluation, read_jsonl
from kentongan.measure.train_tone import lead_of

_BINS = 10
_DRAWS = 200

Floats = npt.NDArray[np.float64]
Line = tuple[str, Language, int]


def evaluate(files: Sequence[Path], embedder: Embedder | None = None) -> Evaluation:
    """`accuracy, macro_f1, weighted_f1, ece, answered` and more over all lines of the files."""
    lines = [line for path in files for line in _lines(path)]
    vectors = (embedder or E5Embedder()).embed([lead_of(text) for text, _, _ in lines])
    judged = [tone.tone_of(text, vector, language) for (text, language, _), vector in zip(lines, vectors, strict=True)]
    beliefs = np.array([[one.poles[pole] for pole in tone.POLES] for one in judged]).reshape(len(lines), len(tone.POLES))
    truth = np.array([pole for *_, pole in lines], dtype=np.int64)
    answered = np.array([one.tone != "unclear" for one in judged], dtype=np.bool_)
    return Evaluation(len(lines), figures(beliefs, truth, answered))


def figures(beliefs: Floats, truth: npt.NDArray[np.int64], answered: npt.NDArray[np.bool_]) -> dict[str, object]:
    """The figures of (lines, 3) beliefs against the true poles; empty sets have noughts."""
    if not len(truth):
        return dict.fromkeys(("accuracy", "macro_f1", "weighted_f1", "ece", "answered"), 0.0)
    told = beliefs.argmax(axis=1)
    right = told == truth
    sure = beliefs.max(axis=1)
    by_pole = f1_by_class(truth, told, len(tone.POLES))
    present = sorted(set(truth.tolist()))
    return {
        "accuracy": round(float(right.mean()), 4),
        "macro_f1": round(float(np.mean(by_pole[present])), 4),
        "weighted_f1": round(float(np.average(by_pole, weights=np.bincount(truth, minlength=len(tone.POLES)))), 4),
        "ece": round(calibration_error(sure, right), 4),
        "ece_by_chance": round(error_by_chance(sure), 4),
        "answered": round(float(answered.mean()), 4),
        "answered_accuracy": round(float(right[answered].mean()) if answered.any() else 0.0, 4),
        "f1": {pole: round(float(one), 4) for pole, one in zip(tone.POLES, by_pole, strict=True)},
    }


def f1_by_class(truth: npt.NDArray[np.int64], told: npt.NDArray[np.int64], classes: int) -> Floats:
    """F1 of each of the classes 0 … classes - 1; nought for one that neither has."""
    right = np.array([((told == one) & (truth == one)).sum() for one in range(classes)], float)
    both = np.array([(told == one).sum() + (truth == one).sum() for one in range(classes)], float)
    return 2 * right / np.maximum(both, 1)


def calibration_error(sure: Floats, right: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins of equal width."""
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    gaps = [abs(float(sure[bins == one].sum() - right[bins == one].sum())) for one in range(_BINS)]
    return sum(gaps) / len(sure)


def error_by_chance(sure: Floats) -> float:
    """The mean calibration error of answers that are right exactly as often as they were believed, drawn with a fixed seed."""
    rng = np.random.default_rng(1)
    return float(np.mean([calibration_error(sure, rng.random(len(sure)) < sure) for _ in range(_DRAWS)]))


def _lines(path: Path) -> Iterator[Line]:
    for number, row in enumerate(read_jsonl(path), start=1):
        text, language, label = row.get("text"), row.get("lang"), row.get("label")
        if not isinstance(text, str) or not isinstance(language, str) or label not in tone.POLES:
            problem = f"{path.name}: line {number} needs `text`, `lang` and `label`, one of {', '.join(tone.POLES)}"
            raise FileError(problem, subject=str(path), line=number)
        yield text, language if language in LANGUAGES else "other", tone.POLES.index(label)
