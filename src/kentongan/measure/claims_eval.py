"""How surely the same claim is found in other words and in another language, and what is taken for the same and is not.

Pairs are those of `claims_pairs`. Judged are the verdicts as they are shipped: *sure* joins without asking, *suggest* shows to a person.
The chief figures hold the same claim against the nearest other sentences. Against sentences that people wrote to contradict
(IndoNLI) they are far lower and stand beside as `precision_with_written` and `let_through`: telling a contradiction without a figure, a
name or a negation from a paraphrase is textual entailment, which this is not.

Of the sets the head was learned from only part 1 is judged, with which it was not; IndoNLI's training half was learned from whole and
says nothing here. Beside ours stand the thresholds that Check ships (0.95 and 0.75 of a raw cosine), and for each way of
scoring the recall at a precision of 0.95, chosen on the judged pairs themselves, which flatters every one of them alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kentongan.engine.claims_match import features, likeness
from kentongan.engine.vectors import E5Embedder, Embedder
from kentongan.measure.claims_pairs import Draw, Pair, pairs_of
from kentongan.measure.form import Evaluation

WRITTEN = ("supported", "contradicted", "unrelated")
DRAWN = Draw(facts=(450, 3), translated=(240, 1))
"""Of long sets so many rows are judged: the model reads some twenty sentences a second on an idle machine."""
CHECK = (0.95, 0.75)
WANTED = 0.95
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def evaluate(files: Sequence[Path], embedder: Embedder | None = None) -> Evaluation:
    """Precision and recall of both verdicts, by kind of pair, with simpler ways beside."""
    told, sides = pairs_of(files, embedder or E5Embedder(), DRAWN, questions=False)
    pairs = [pair for pair in told if pair.part == 1 or pair.kind in (*WRITTEN, "other")]
    both = [sides.pair(pair) for pair in pairs]
    likes = [likeness(left, right) for left, right in both]
    plain = [features(left, right) for left, right in both]
    same, sure, suggest = (
        np.array(flags, dtype=np.bool_)
        for flags in ([pair.same for pair in pairs], [like.sure for like in likes], [like.suggest for like in likes])
    )
    scores = {
        "ours": np.array([like.score for like in likes]),
        "margin": np.array([one["margin"] for one in plain]),
        "centred cosine": np.array([one["cosine"] for one in plain]),
        "raw cosine": np.array([sides.raw_cosine(pair) for pair in pairs]),
    }
    chief = np.array([pair.kind not in WRITTEN[1:] for pair in pairs])
    metrics: dict[str, object] = {}
    metrics["precision"], metrics["recall"] = rates(sure[chief], same[chief])
    metrics["suggest_precision"], metrics["suggest_recall"] = rates(suggest[chief], same[chief])
    metrics["precision_with_written"] = rates(sure, same)[0]
    metrics["let_through"] = {kind: share(sure, pairs, kind) for kind in WRITTEN[1:]}
    metrics["beside"] = {f"check_{bar}": rates(scores["raw cosine"][chief] >= bar, same[chief]) for bar in CHECK}
    metrics["recall_at_95"] = {name: recall_at(values[chief], same[chief]) for name, values in scores.items()}
    metrics["by_kind"] = by_kind(pairs, sure, same)
    return Evaluation(len(pairs), metrics)


def rates(said: Flags, same: Flags) -> tuple[float, float]:
    """Precision and recall; precision 1 where nothing was said."""
    right = int((said & same).sum())
    return round(right / int(said.sum()), 4) if said.any() else 1.0, round(right / max(1, int(same.sum())), 4)


def share(said: Flags, pairs: Sequence[Pair], kind: str) -> float:
    """The share of a kind that was said to be the same."""
    of_kind = np.array([pair.kind == kind for pair in pairs])
    return round(float(said[of_kind].mean()), 4) if of_kind.any() else 0.0


def recall_at(scores: Floats, same: Flags) -> float:
    """The highest recall at which the ranking by score still has the precision wanted."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(same[order])
    good = np.flatnonzero(right / np.arange(1, len(order) + 1) >= WANTED)
    return round(float(right[good[-1]] / max(1, right[-1])), 4) if len(good) else 0.0


def by_kind(pairs: Sequence[Pair], said: Flags, same: Flags) -> dict[str, tuple[float, float]]:
    """Precision and recall of each kind of pair with the nearest others of its own sentences."""
    found = {}
    for kind in sorted({pair.kind for pair in pairs if pair.same}):
        other = f"other {kind}" if "-" in kind else "other"
        mine = np.array([pair.kind in (kind, other) for pair in pairs])
        found[kind] = rates(said[mine], same[mine])
    return found
