"""A carried head, corrected by the labels of one office: little is learned from few, and only what is surely better is used. Pure.

Observed. A shipped head was taught other texts than an office hears. Most of what it gets wrong there is one-sided: too many complaints,
too few questions. An office has dozens of labels, seldom thousands. And what people put right by themselves are the errors that annoyed
somebody: learned from alone, they teach that the head is always wrong.

Method. The head's scores (log-odds) are kept; a shift for each class is added, as for a population with other shares (Saerens et al.
2002). Only where there are `LABELS_A_WEIGHT` labels for each pair of classes a small matrix over the head's own beliefs is added too:
where the head says "complaint", how much of it is a question (Kull et al. 2019, who hold shift and matrix back the same way). Both are the
most probable ones given the labels where the shipped head is the prior: a normal one around "no correction" with `SHIFT_SD` and `MIX_SD`
(maximum a posteriori; Chelba & Acero 2006). The problem is convex: Newton's steps find its one answer, whatever the order of the labels.
What an item cannot be (`possible`: the guards around a head) stays impossible. An item counts by how many people said the same: two a
whole one, a single correction half.

Is it better? The items are parted into `FOLDS`, whole stories together so that copies do not leak, and each is judged by a correction that
did not see its fold. Judged are only items drawn by chance and labelled blind by two who agree: corrections teach, they do not judge. Three
things must hold: the log loss is lower, and its interval leaves out nought; macro-F1 is not lower; and the log loss is lower, by the same
measure, than that of one who reads nothing and knows only the shares of the answers. The last stops noise: labels that hang together with
nothing would else teach a head to say less, which is a lower loss and helps nobody. Intervals are 95 %, over whole stories, with the
variance that corrected heads of overlapping folds share added (Nadeau & Bengio 2003); macro-F1 by leaving out each story once.

Known failures. A class nobody labelled only gets rarer. A shift moves all languages and sources alike: an office whose press and posts
are wrong in opposite ways is not helped. What two people agree on may still be a habit of the house. Judged on the same labels month after
month something looks better by chance once. With fifty items only a great gain is clear: "not clearly better" is the usual answer and no
fault. That a correction is used says that it is better than the shipped head, not that it is good.

Why not train the head anew: 384 numbers of a vector need thousands of labels. Why not nearest labelled items: it would keep texts, and
could not be told in a row of numbers.

Reading: Guo et al. 2017; Alexandari et al. 2020 (shift and calibration together); Bengio & Grandvalet 2004 (why no interval is exact).
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import numpy as np
import numpy.typing as npt

HeadName = Literal["kinds", "tone"]
Verdict = Literal["better", "unclear", "fewer_right", "no_text"]
SHIFT_SD = 0.5
"""Two offices of three are thought to differ from the shipped head by less than a factor of 1.65 in the odds of a class."""
MIX_SD = 0.2
LABELS_A_WEIGHT = 10
LEAST_ITEMS = 50
LEAST_DRAWN = 30
LEAST_CLASSES = 2
FOLDS = 10
"""Also the fewest stories, so that no fold is empty."""
_FAINT = -7.0
"""A belief below a thousandth says no more than that it is small: the logarithm of noise teaches nothing."""
_Z = 1.959964
_ROUNDS = 60
_DIGITS = 4
_SHARED = 1 + FOLDS / (FOLDS - 1)
"""By how much the variance over items is too small, because the folds' corrections learned mostly from the same items."""
_FILES: Mapping[HeadName, tuple[str, ...]] = {
    "kinds": ("heads/kinds.npz", "heads/centres.npz", "data/kinds.yaml", "data/questions.yaml", "data/tone.yaml", "data/harm.yaml"),
    "tone": ("heads/tone.npz", "heads/centres.npz", "data/tone.yaml", "data/harm.yaml"),
}
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled item: the shipped head's scores for each class, what it can be at all, what people say it is.

    `key` names the item, `story` what it is held back with. `weight` is 1 for two people who agree. `drawn`: by chance, and labelled blind.
    """

    key: str
    story: str
    scores: tuple[float, ...]
    said: int
    possible: tuple[bool, ...] = ()
    weight: float = 1.0
    drawn: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.said < len(self.scores) or (self.possible and not self.possible[self.said]):
            raise ValueError(f"{self.key}: what was said is not among what it can be")


@dataclass(frozen=True, slots=True)
class Correction:
    """What is added to a head's scores: `shift` to each class, and the head's own beliefs times `mix` where that was learned."""

    shift: tuple[float, ...]
    mix: tuple[tuple[float, ...], ...] = ()

    def applied(self, scores: Floats) -> Floats:
        """The corrected scores; the last axis are the classes. Unchanged, bit for bit, where nothing was learned."""
        if not any(self.shift) and not any(map(any, self.mix)):
            return scores
        corrected: Floats = scores + np.array(self.shift)
        return corrected + _beliefs(scores) @ np.array(self.mix) if self.mix else corrected


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of the shipped head and of the corrected one, and the 95 % interval of the second minus the first."""

    before: float
    after: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Taught:
    """What was learned and how it was judged. `by_shares` is the log loss of one who knows only the shares of the answers."""

    correction: Correction
    items: int
    drawn: int
    stories: int
    loss: Change
    f1: Change
    by_shares: float
    verdict: Verdict

    @property
    def better(self) -> bool:
        """Whether it is to be used."""
        return self.verdict == "better"


@dataclass(frozen=True, slots=True)
class Missing:
    """How much is missing before anything can be learned; all nought where nothing is."""

    items: int
    drawn: int
    classes: int
    stories: int

    @property
    def anything(self) -> bool:
        """Whether something is missing."""
        return bool(self.items or self.drawn or self.classes or self.stories)


def missing_of(items: int, drawn: int, classes: int, stories: int) -> Missing:
    """What is missing of so many items, of them drawn by chance, classes and stories among the drawn."""
    return Missing(*(max(0, least - there) for least, there in
                     ((LEAST_ITEMS, items), (LEAST_DRAWN, drawn), (LEAST_CLASSES, classes), (FOLDS, stories))))  # fmt: skip


def missing_among(examples: Sequence[Example]) -> Missing:
    """What is missing among these."""
    drawn = [one for one in examples if one.drawn]
    return missing_of(len(examples), len(drawn), len({one.said for one in drawn}), len({one.story for one in drawn}))


@cache
def digest_of(head: HeadName) -> str:
    """Which head a correction belongs to: of its numbers and of the word lists it counts. With another the correction means nothing."""
    files = (resources.files("kentongan.engine").joinpath(*name.split("/")).read_bytes() for name in _FILES[head])
    return hashlib.sha256(b"".join(hashlib.sha256(file).digest() for file in files)).hexdigest()


# ---- learning ---------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Rows:
    """Examples as arrays, in the order of their keys."""

    scores: Floats
    allowed: npt.NDArray[np.bool_]
    said: npt.NDArray[np.int64]
    weight: Floats
    stories: tuple[str, ...]
    drawn: npt.NDArray[np.bool_]

    def part(self, chosen: npt.NDArray[np.bool_]) -> _Rows:
        stories = tuple(story for story, wanted in zip(self.stories, chosen.tolist(), strict=True) if wanted)
        return _Rows(self.scores[chosen], self.allowed[chosen], self.said[chosen], self.weight[chosen], stories, self.drawn[chosen])


def _rows_of(examples: Sequence[Example]) -> _Rows:
    ordered = sorted(examples, key=lambda one: (one.key, one.said))
    scores = np.array([one.scores for one in ordered], dtype=np.float64)
    allowed = np.array([one.possible or (True,) * len(one.scores) for one in ordered], dtype=np.bool_)
    said = np.array([one.said for one in ordered], dtype=np.int64)
    weight, drawn = np.array([one.weight for one in ordered]), np.array([one.drawn for one in ordered], dtype=np.bool_)
    return _Rows(scores, allowed, said, weight, tuple(one.story for one in ordered), drawn)


def correction_from(examples: Sequence[Example], classes: int) -> Correction:
    """The most probable correction given these labels, around none at all; with no labels it is none."""
    if not examples:
        return Correction((0.0,) * classes)
    rows = _rows_of(examples)
    return _fitted(rows, _rich(rows))


def _rich(rows: _Rows) -> bool:
    return float(rows.weight.sum()) >= LABELS_A_WEIGHT * rows.scores.shape[1] ** 2


def _beliefs(scores: Floats) -> Floats:
    """What the head believes, as it is mixed: logarithms, faint ones cut off, around nought."""
    logs = np.maximum(scores - _log_total(scores), _FAINT)
    centred: Floats = logs - logs.mean(axis=-1, keepdims=True)
    return centred


def _log_total(scores: Floats) -> Floats:
    top = scores.max(axis=-1, keepdims=True)
    total: Floats = top + np.log(np.exp(scores - top).sum(axis=-1, keepdims=True))
    return total


def _log_shares(scores: Floats, allowed: npt.NDArray[np.bool_]) -> Floats:
    """Logarithms of the beliefs, with what is impossible out of the sum."""
    guarded: Floats = np.where(allowed, scores, -np.inf)
    return guarded - _log_total(guarded)


def _fitted(rows: _Rows, rich: bool) -> Correction:
    """Newton's steps, each halved until it is a step down."""
    n, classes = rows.scores.shape
    told = np.hstack([np.ones((n, 1)), _beliefs(rows.scores)]) if rich else np.ones((n, 1))
    stiff = np.full((told.shape[1], classes), MIX_SD**-2)
    stiff[0] = SHIFT_SD**-2
    learned: Floats = np.zeros(stiff.shape)
    price = _price(rows, told, stiff, learned)
    for _ in range(_ROUNDS):
        slope, bend = _slope_and_bend(rows, told, stiff, learned)
        if float(np.abs(slope).max()) < 1e-8:
            break
        step: Floats = np.asarray(np.linalg.solve(bend, slope.ravel()), dtype=np.float64).reshape(slope.shape)
        tried = _price(rows, told, stiff, learned - step)
        while tried > price and float(np.abs(step).max()) > 1e-12:
            step = step / 2
            tried = _price(rows, told, stiff, learned - step)
        learned, price = learned - step, tried
    rounded: list[list[float]] = (np.round(learned, _DIGITS) + 0.0).tolist()
    return Correction(tuple(rounded[0]), tuple(map(tuple, rounded[1:])))


def _price(rows: _Rows, told: Floats, stiff: Floats, learned: Floats) -> float:
    logs = _log_shares(rows.scores + told @ learned, rows.allowed)
    return float(-(rows.weight * logs[np.arange(len(rows.said)), rows.said]).sum() + (stiff * learned**2).sum() / 2)


def _slope_and_bend(rows: _Rows, told: Floats, stiff: Floats, learned: Floats) -> tuple[Floats, Floats]:
    shares: Floats = np.exp(_log_shares(rows.scores + told @ learned, rows.allowed))
    off = shares.copy()
    off[np.arange(len(rows.said)), rows.said] -= 1
    slope: Floats = told.T @ (rows.weight[:, None] * off) + stiff * learned
    many, classes = stiff.shape
    crossed = (told[:, :, None] * shares[:, None, :]).reshape(len(rows.said), -1)
    bend: Floats = -crossed.T @ (rows.weight[:, None] * crossed) + np.diag(stiff.ravel())
    for place in range(classes):
        own: npt.NDArray[np.int64] = np.arange(many, dtype=np.int64) * classes + place
        bend[np.ix_(own, own)] += told.T @ ((rows.weight * shares[:, place])[:, None] * told)
    return slope, bend


# ---- judging ----------------------------------------------------------------------------------------------------------------
def teach(examples: Sequence[Example], classes: int) -> Taught:
    """Learn from these labels and judge what was learned. Raises ValueError where `missing_among` says that something is missing."""
    if missing_among(examples).anything:
        raise ValueError("too few labels to learn from")
    rows = _rows_of(examples)
    rich, fold = _rich(rows), _folds(rows)
    corrected, shares = np.zeros_like(rows.scores), np.zeros_like(rows.scores)
    for number in range(FOLDS):
        here = fold == number
        others = rows.part(~here)
        corrected[here] = _fitted(others, rich).applied(rows.scores[here])
        shares[here] = np.log(_shares(others, classes))
    judged, held = rows.part(rows.drawn), rows.drawn
    before, after = _log_shares(judged.scores, judged.allowed), _log_shares(corrected[held], judged.allowed)
    plain = _log_shares(shares[held], judged.allowed)
    stories = _numbered(judged.stories)
    losses = [-logs[np.arange(len(judged.said)), judged.said] for logs in (before, after, plain)]
    loss, f1 = _loss_change(losses[0], losses[1], stories), _f1_change(before.argmax(axis=1), after.argmax(axis=1), judged.said, stories)
    verdict = _verdict(loss, f1, _loss_change(losses[2], losses[1], stories))
    found = _fitted(rows, rich)
    return Taught(found, len(rows.said), len(judged.said), int(stories.max()) + 1, loss, f1, float(losses[2].mean()), verdict)


def _verdict(loss: Change, f1: Change, beside_shares: Change) -> Verdict:
    if loss.high >= 0:
        return "unclear"
    if f1.after < f1.before:
        return "fewer_right"
    return "better" if beside_shares.high < 0 else "no_text"


def _folds(rows: _Rows) -> npt.NDArray[np.int64]:
    """The fold of each item: whole stories, the largest first, each where fewest drawn items are."""
    drawn = Counter(story for story, by_chance in zip(rows.stories, rows.drawn.tolist(), strict=True) if by_chance)
    every = Counter(rows.stories)
    sizes = [[0, 0, number] for number in range(FOLDS)]
    fold: dict[str, int] = {}
    for story in sorted(every, key=lambda one: (-drawn[one], -every[one], hashlib.sha256(one.encode()).digest())):
        least = min(sizes)
        fold[story] = least[2]
        least[0] += drawn[story]
        least[1] += every[story]
    return np.array([fold[story] for story in rows.stories], dtype=np.int64)


def _shares(rows: _Rows, classes: int) -> Floats:
    """How often each answer is given, as if each had been given once more."""
    counted = np.bincount(rows.said, weights=rows.weight, minlength=classes) + 1
    shares: Floats = counted / counted.sum()
    return shares


def _numbered(stories: Sequence[str]) -> npt.NDArray[np.int64]:
    numbers = {story: number for number, story in enumerate(dict.fromkeys(stories))}
    return np.array([numbers[story] for story in stories], dtype=np.int64)


def _loss_change(before: Floats, after: Floats, stories: npt.NDArray[np.int64]) -> Change:
    """Of the mean loss; items of one story count as seen together."""
    change = after - before
    middle, n, many = float(change.mean()), len(change), int(stories.max()) + 1
    by_story = np.bincount(stories, weights=change - middle, minlength=many)
    half = _Z * math.sqrt(_SHARED * many / (many - 1) * float((by_story**2).sum())) / n
    return Change(float(before.mean()), float(after.mean()), middle - half, middle + half)


def _f1_change(
    before: npt.NDArray[np.int64], after: npt.NDArray[np.int64], said: npt.NDArray[np.int64], stories: npt.NDArray[np.int64]
) -> Change:
    """Of macro-F1 over the classes that were said, with the jackknife over stories."""
    first, second = _counts(before, said, stories), _counts(after, said, stories)
    wanted = np.unique(said)
    figures = [(_macro_f1(one.sum(axis=0), wanted), _macro_f1(one.sum(axis=0) - one, wanted)) for one in (first, second)]
    (was, without_was), (is_now, without_now) = figures
    change, without = float(is_now - was), without_now - without_was
    many = len(without)
    half = _Z * math.sqrt(_SHARED * (many - 1) / many * float(((without - without.mean()) ** 2).sum()))
    return Change(float(was), float(is_now), change - half, change + half)


def _counts(told: npt.NDArray[np.int64], said: npt.NDArray[np.int64], stories: npt.NDArray[np.int64]) -> Floats:
    """For each story and class: told rightly, told, said."""
    many, classes = int(stories.max()) + 1, int(max(told.max(), said.max())) + 1
    right = (told == said).astype(np.float64)
    counted = (
        np.bincount(stories * classes + answers, weights=weights, minlength=many * classes).reshape(many, classes)
        for answers, weights in ((said, right), (told, None), (said, None))
    )
    counts: Floats = np.stack([one.astype(np.float64) for one in counted], axis=1)
    return counts


def _macro_f1(counts: Floats, wanted: npt.NDArray[np.int64]) -> Floats:
    right, told, said = (counts[..., part, :][..., wanted] for part in range(3))
    f1: Floats = (2 * right / np.maximum(told + said, 1)).mean(axis=-1)
    return f1
