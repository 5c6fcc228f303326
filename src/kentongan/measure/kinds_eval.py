"""How well the kind of an invented sentence is told: by the cues alone, by the head, and by the head when no cue is listed.

By cross-validation on the sentences the head is taught (`measure/data/kind-examples.yaml`): no real item with a label exists under a
licence we know, so these figures say what the head can do, not how often it is right on real posts. Takes no files.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kentongan.engine import kinds
from kentongan.engine.vectors import E5Embedder, Embedder
from kentongan.errors import InputError
from kentongan.measure import tone_eval, train_kinds
from kentongan.measure.form import Evaluation

_NOTHING = len(kinds.KINDS)


def evaluate(files: Sequence[Path], embedder: Embedder | None = None) -> Evaluation:
    """`accuracy` and `macro_f1` of the head, of the rules, and of the head without cues of kinds; by language and kind."""
    if files:
        raise InputError("`kinds` is measured on the invented sentences of the package and takes no files.", subject="files")
    these = train_kinds.examples()
    vectors, cues = train_kinds.rows_of(these, embedder or E5Embedder())
    truth = np.array([one.kind for one in these])
    rules = [kinds.kind_by_rules(one.text) for one in these]
    told = {
        "": train_kinds.by_others(these, vectors, cues, lambda rows: rows),
        "without_cues_": train_kinds.by_others(these, vectors, cues, train_kinds.hidden),
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
    return Evaluation(len(these), metrics)
