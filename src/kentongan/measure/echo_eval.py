"""`kentongan eval echo`: which articles carry a publication, and how surely, on pairs of Indonesian and Vietnamese press.

Pairs are those of `echo_pairs`, which says how each label came about and what it does not mean. Judged is the verdict as it is shipped: an
article carries a publication when it copies, quotes or tells it again. Precision and recall stand with Wilson's 95 % interval: over all
pairs, on the half the bars were chosen on (`part_0`) and on the other (`part_1`), for each language, and for each way a pair tries with
its language.

`recall_at_95` is the highest recall at a precision of 0.95 when all pairs are ranked by confidence; `precision_at_85` the precision at a
recall of 0.85. Beside ours stand three simpler ways for what is told again, ranked on the same *retold* pairs of each language: the
centred cosine alone, the words alone, and cosine and words of title and lead as stories weigh them. A bar chosen on the judged pairs
flatters each of them alike.

Vectors of publications are those of their title and lead, as for articles; in an office the publication is shorter and says more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kentongan.engine.echo import Carried, Heard, Publication, echo
from kentongan.engine.echo_match import Weighed, weighed
from kentongan.engine.proof import Share
from kentongan.engine.vectors import E5Embedder, Embedder
from kentongan.measure.echo_pairs import Pair, Set, pairs_of
from kentongan.measure.form import Evaluation

WANTED, REACHED = 0.95, 0.85
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair, the article's language, what was said of it, and the scores of simpler ways."""

    pair: Pair
    language: str
    said: Carried
    beside: Mapping[str, float]

    @property
    def score(self) -> float:
        """How surely it carries the publication, for ranking."""
        return self.said.confidence if self.said.carries else 1.0 - self.said.confidence


def evaluate(files: Sequence[Path], embedder: Embedder | None = None) -> Evaluation:
    """Figures as the module says; `n` are pairs."""
    model = embedder or E5Embedder()
    judged = [one for path in files for one in judge(pairs_of(path, model))]
    metrics: dict[str, object] = {"pairs": len(judged), "carry": sum(one.pair.carries for one in judged), **rates(judged)}
    metrics |= bars(judged)
    for part in (0, 1):
        mine = [one for one in judged if one.pair.part == part]
        metrics[f"part_{part}"] = rates(mine) | bars(mine)
    for language in sorted({one.language for one in judged}):
        mine = [one for one in judged if one.language == language]
        metrics[language] = rates(mine)
        for how in sorted({one.pair.how for one in mine}):
            tried = [one for one in mine if one.pair.how == how]
            metrics[f"{language}_{how}"] = rates(tried) | {f"part_1_{name}": value for name, value in rates(_other(tried)).items()}
        told = [one for one in mine if one.pair.how == "retold"]
        metrics[f"{language}_beside"] = {name: recall_at(values, same) for name, values, same in _ways(told)}
    return Evaluation(len(judged), metrics)


def bars(judged: Sequence[Judged]) -> dict[str, object]:
    """Recall at the precision wanted, and precision at the recall wanted, of the ranking by confidence."""
    return {"recall_at_95": recall_at(*_ranked(judged)), "precision_at_85": precision_at(*_ranked(judged))}


def _other(judged: Sequence[Judged]) -> list[Judged]:
    return [one for one in judged if one.pair.part == 1]


def judge(given: Set) -> Iterator[Judged]:
    """Each pair as the engine judges it. All articles of a publication are given at once, which changes nothing of what is said of each."""
    texts = {place: _weighed(given, place) for place in given.vectors}
    by_publication: dict[int, list[Pair]] = {}
    for pair in given.pairs:
        by_publication.setdefault(pair.publication, []).append(pair)
    for place, pairs in by_publication.items():
        one = given.articles[place]
        publication = Publication(one.id, one.title, one.text, one.language, one.published, given.vectors[place])
        heard = [Heard(given.articles[pair.article], given.vectors[pair.article]) for pair in pairs]
        said = {found.article: found for found in echo(publication, heard, given.counts)}
        for pair in pairs:
            article = given.articles[pair.article]
            yield Judged(pair, article.language, said[article.id], _simpler(texts[place], texts[pair.article]))


def _weighed(given: Set, place: int) -> Weighed:
    one = given.articles[place]
    return weighed(one.title, one.text, one.language, given.vectors[place], given.counts)


def _simpler(left: Weighed, right: Weighed) -> dict[str, float]:
    cosine = float(np.dot(left.vector, right.vector)) if left.vector is not None and right.vector is not None else 0.0
    return {"cosine": cosine, "words": _dot(left.words, right.words), "as stories": cosine + 0.8 * _leads(left, right)}


def _dot(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    return sum(weight * right.get(word, 0.0) for word, weight in left.items())


def _leads(left: Weighed, right: Weighed) -> float:
    norms = np.sqrt(_dot(left.lead, left.lead) * _dot(right.lead, right.lead))
    return _dot(left.lead, right.lead) / float(norms) if norms else 0.0


def rates(judged: Sequence[Judged]) -> dict[str, object]:
    """Precision and recall with their intervals, and the numbers of pairs."""
    right = sum(one.said.carries and one.pair.carries for one in judged)
    precision = Share(right, sum(one.said.carries for one in judged))
    recall = Share(right, sum(one.pair.carries for one in judged))
    return {
        "precision": _value(precision),
        "precision_between": _between(precision),
        "recall": _value(recall),
        "recall_between": _between(recall),
        "yes": recall.n,
        "no": len(judged) - recall.n,
    }


def _value(share: Share) -> float | None:
    return round(share.value, 4) if share.value is not None else None


def _between(share: Share) -> tuple[float, float] | None:
    return (round(share.interval[0], 3), round(share.interval[1], 3)) if share.interval is not None else None


def _ranked(judged: Sequence[Judged]) -> tuple[Floats, Flags]:
    return np.array([one.score for one in judged], dtype=np.float64), np.array([one.pair.carries for one in judged], dtype=np.bool_)


def _ways(judged: Sequence[Judged]) -> Iterator[tuple[str, Floats, Flags]]:
    scores, same = _ranked(judged)
    yield "ours", scores, same
    for name in judged[0].beside if judged else ():
        yield name, np.array([one.beside[name] for one in judged], dtype=np.float64), same


def _curve(scores: Floats, same: Flags) -> tuple[Floats, Floats]:
    """Precision and recall where the ranking is cut; equal scores are cut together."""
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(same[order])
    cuts = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    return right[cuts] / (cuts + 1.0), right[cuts] / max(1, int(same.sum()))


def _best(scores: Floats, same: Flags, choose: Callable[[Floats, Floats], Floats]) -> float:
    if not len(scores):
        return 0.0
    found = choose(*_curve(scores, same))
    return round(float(found.max()), 4) if len(found) else 0.0


def recall_at(scores: Floats, same: Flags) -> float:
    """The highest recall at which the ranking still has the precision wanted."""
    return _best(scores, same, lambda precision, recall: recall[precision >= WANTED])


def precision_at(scores: Floats, same: Flags) -> float:
    """The highest precision at which the ranking reaches the recall wanted."""
    return _best(scores, same, lambda precision, recall: precision[recall >= REACHED])
