"""How well the kind of an invented sentence is told: by the cues alone, by the head, and by the head when no cue is listed.

By cross-validation on the sentences the head is taught (`measure/data/kind-examples.yaml`): no real item with a label exists under a
licence we know, so these figures say what the head can do, not how often it is right on real posts. Takes no files.

`ece` is the calibration error of the head's beliefs, as `tone_eval` has it; `ece_tempered` the same with each fold's beliefs divided by the
temperature that suits the others best (`temperatures`). No temperature is carried: see the head's card."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kentongan.engine import kinds
from kentongan.engine.vectors import E5Embedder, Embedder
from kentongan.errors import InputError
from kentongan.measure import tone_eval, train_kinds, train_tone
from kentongan.measure.form import Evaluation

_NOTHING = len(kinds.KINDS)

Floats = npt.NDArray[np.float64]


def evaluate(files: Sequence[Path], embedder: Embedder | None = None) -> Evaluation:
    """`accuracy` and `macro_f1` of the head, of the rules, and of the head without cues of kinds; by language and kind."""
    if files:
        raise InputError("`kinds` is measured on the invented sentences of the package and takes no files.", subject="files")
    these = train_kinds.examples()
    vectors, cues = train_kinds.rows_of(these, embedder or E5Embedder())
    truth = np.array([one.kind for one in these])
    rules = [kinds.kind_by_rules(one.text) for one in these]
    scores = train_kinds.by_others(these, vectors, cues, lambda rows: rows)
    told = {
        "": scores.argmax(axis=1),
        "without_cues_": train_kinds.by_others(these, vectors, cues, train_kinds.hidden).argmax(axis=1),
        "rules_": np.array([kinds.KINDS.index(one) if one else _NOTHING for one in rules]),
    }
    metrics: dict[str, object] = {}
    for name, answers in told.items():
        metrics[f"{name}accuracy"] = round(float((answers == truth).mean()), 4)
        metrics[f"{name}macro_f1"] = round(float(tone_eval.f1_by_class(truth, answers, len(kinds.KINDS)).mean()), 4)
    languages = np.array([one.language for one in these])
    metrics["accuracy_by_language"] = {
        str(language): round(float((told[""] == truth)[languages == language].mean()), 4) for language in sorted(set(languages.tolist()))
    }
    by_kind = tone_eval.f1_by_class(truth, told[""], len(kinds.KINDS))
    metrics["f1"] = {kind: round(float(one), 4) for kind, one in zip(kinds.KINDS, by_kind, strict=True)}
    metrics |= calibration(scores, truth, np.array([one.number % train_kinds.FOLDS for one in these]))
    return Evaluation(len(these), metrics)


def calibration(scores: Floats, truth: npt.NDArray[np.int64], folds: npt.NDArray[np.int64]) -> dict[str, object]:
    """`ece`, `ece_by_chance`, and both with a temperature that is found on the other folds."""
    tempered, found = scores.copy(), list[float]()
    for fold in sorted(set(folds.tolist())):
        others = folds != fold
        found.append(float(train_tone.best_mixing(0 * scores[others], scores[others] / 2, truth[others], words_shares=(0.0,))[2]))
        tempered[~others] /= found[-1]
    metrics: dict[str, object] = {}
    for name, rows in (("", scores), ("_tempered", tempered)):
        raw = np.exp(rows - rows.max(axis=1, keepdims=True))
        sure = (raw / raw.sum(axis=1, keepdims=True)).max(axis=1)
        metrics[f"ece{name}"] = round(tone_eval.calibration_error(sure, rows.argmax(axis=1) == truth), 4)
        metrics[f"ece_by_chance{name}"] = round(tone_eval.error_by_chance(sure), 4)
    return {**metrics, "temperatures": [round(one, 2) for one in found]}
