"""Do two sentences make the same claim? A probability from meaning and from what the words must agree on.

Observed (docs/explanation/claims.md has the table). The raw cosine of e5 is 0.75 to 0.85 for sentences that have nothing to do with each
other, and 0.95 lets "12 orang tewas" be "120 orang tewas". Check, which ships 0.95 and 0.75 of a raw cosine, therefore joins what
contradicts and misses what is translated.

Method. A logistic regression over some twenty plain features: the cosine centred per language; by how much it exceeds what these two
sentences usually have with others (the margin of bitext mining, which does most between languages); how many of each one's words and
four-letter runs the other has; numbers, dates and names of one that the other lacks, and those that stand against each other; negation
and opposites that do not agree; lengths. Three sets of weights: for one language, for kin (Indonesian, Javanese, Sundanese), which share
many words, and for two that share only figures and names. Learned by `kentongan heads train --only claims` (`heads/claims.md`).

Two thresholds were chosen where the training half reaches a precision, and measured on the other: `SURE` joins a sentence to a claim
without asking, `SUGGEST` shows it to a person. A false join is worse than a miss, so what contradicts in a hard part (numbers, dates,
opposites, negation) is never sure, whatever the weights say.

Known failures. Who did it to whom ("A menggugat B") is not read; a contradiction without a number, a name, a negation or a listed opposite
is missed; names that are translated count as different.

Why not a cross-encoder: none fits the machine; boosted trees on the same features were no better on the other half (same page).

Reading: Artetxe & Schwenk 2019 (margin); Shaar et al. 2020 (That is a known lie: detecting previously fact-checked claims); Kazemi et al.
2021 (claim matching beyond English, Meedan); Nakov et al. 2021.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from kentongan.engine.claims_facts import Facts
from kentongan.engine.heads import load_arrays
from kentongan.engine.records import Language, Reason
from kentongan.engine.vectors import FloatArray

USUAL = 0.20
"""What two unrelated sentences have of a centred cosine, where there is nothing to compare with."""
NEIGHBOURS = 4
Tongues = Literal["within", "kin", "across"]
PAIRINGS: tuple[Tongues, ...] = ("within", "kin", "across")
_ONE: Mapping[Language, str] = {"id": "id", "ms": "id"}
_KIN = frozenset(("id", "ms", "jv", "su"))
LONG = 14
"""Distinct words from which negation and opposites of one part say little about the whole of a sentence in another language: of translated
reviews a fifth differ in them."""

FEATURES = (
    "cosine",
    "margin",
    "words_left",
    "words_right",
    "grams",
    "numbers_shared",
    "numbers_extra",
    "numbers_against",
    "dates_shared",
    "dates_extra",
    "dates_against",
    "names_shared",
    "names_missing",
    "names_missing_right",
    "negation",
    "negation_raw",
    "poles",
    "length",
    "short",
)
_HARD = ("numbers_against", "dates_against", "negation", "poles")
_SAID: Mapping[str, str] = {
    "numbers_against": "claim.numbers_differ",
    "dates_against": "claim.dates_differ",
    "negation": "claim.negated",
    "poles": "claim.opposite",
    "names_missing": "claim.names_differ",
}


@dataclass(frozen=True, slots=True)
class Side:
    """A sentence as it is compared: its facts, its centred vector, and the cosine it usually has with its nearest others."""

    facts: Facts
    centred: FloatArray
    usual: float = USUAL


@dataclass(frozen=True, slots=True)
class Likeness:
    """How surely two sentences say the same, 0..1; `against` are the codes of what stands against it, `hard` whether one of them is enough.

    `sure` and `suggest` are the verdicts.
    """

    score: float
    cosine: float
    against: tuple[str, ...]
    hard: bool
    sure: bool
    suggest: bool

    def reasons(self) -> tuple[Reason, ...]:
        """For people, in order of weight."""
        meaning = Reason("claim.same_meaning", {"cosine": round(self.cosine, 2)})
        return (meaning, *(Reason(code) for code in self.against))


def likeness(left: Side, right: Side) -> Likeness:
    """How surely these two make the same claim. Symmetric within rounding of the features' two sides."""
    values = features(left, right)
    longer = max(len(left.facts.words), len(right.facts.words))
    return _judged(values, tongues(left.facts.language, right.facts.language), longer > LONG)


def tongues(left: Language, right: Language) -> Tongues:
    """One language (Malay and Indonesian count as one), kin that share many words, or two."""
    if _ONE.get(left, left) == _ONE.get(right, right):
        return "within"
    return "kin" if left in _KIN and right in _KIN else "across"


def _judged(values: Mapping[str, float], pairing: Tongues, long: bool) -> Likeness:
    part = _head()[pairing]
    score = 1.0 / (1.0 + math.exp(-float(np.dot(part.weights[:-1], [values[name] for name in FEATURES]) + part.weights[-1])))
    against = tuple(code for name, code in _SAID.items() if values[name] >= (1.0 if name in _HARD else _MISSING))
    hard = any(values[name] >= 1.0 for name in (_HARD[:2] if long and pairing != "within" else _HARD))
    return Likeness(score, values["cosine"], against, hard, score >= part.sure and not hard, score >= part.suggest)


_MISSING = 0.67


# ---- features ---------------------------------------------------------------------------------------------------------------
def features(left: Side, right: Side) -> dict[str, float]:
    """The features of a pair by name, each about 0..1. The order of the two does not matter."""
    one, other = left.facts, right.facts
    cosine = float(np.dot(left.centred, right.centred))
    smaller, larger = sorted((len(one.words), len(other.words)))
    words = sorted((_share(one.words, other.words), _share(other.words, one.words)))
    missing = sorted((_missing(one, other), _missing(other, one)))
    found = {
        "cosine": cosine,
        "margin": cosine - (left.usual + right.usual) / 2.0,
        "words_left": words[1],
        "words_right": words[0],
        "grams": len(one.grams & other.grams) / max(1, len(one.grams | other.grams)),
        "names_shared": float(bool((one.names & other.words) | (other.names & one.words))),
        "names_missing": missing[1],
        "names_missing_right": missing[0],
        "negation": float(one.negated != other.negated),
        "negation_raw": float(one.negated or other.negated),
        "poles": float(_opposite(one, other)),
        "length": smaller / max(1, larger),
        "short": 1.0 / max(1, smaller),
    }
    return found | _agreement("numbers", one.numbers, other.numbers) | _agreement("dates", one.dates, other.dates)


def _agreement(name: str, left: frozenset[str], right: frozenset[str]) -> dict[str, float]:
    """Shared, said by one alone, and against each other: each has one the other lacks."""
    return {
        f"{name}_shared": float(bool(left & right)),
        f"{name}_extra": float(bool(left ^ right)),
        f"{name}_against": float(bool(left - right) and bool(right - left)),
    }


def _share(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / len(left) if left else 0.0


def _missing(one: Facts, other: Facts) -> float:
    """Share of one's names that stand nowhere among the other's words."""
    return len(one.names - other.words) / len(one.names) if one.names else 0.0


def _opposite(one: Facts, other: Facts) -> bool:
    """True where one stands at one end of a line, the other at the other, and neither at both. Two ends and a negation are no opposites."""
    for line, end in one.poles:
        facing = (line, 1 - end)
        if facing in other.poles and facing not in one.poles and (line, end) not in other.poles:
            return one.negated == other.negated
    return False


# ---- the head ---------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Part:
    weights: npt.NDArray[np.float64]
    sure: float
    suggest: float


@cache
def _head() -> Mapping[Tongues, _Part]:
    stored = {name: array.astype(np.float64) for name, array in load_arrays("claims").items()}
    return {
        pairing: _Part(stored[pairing], float(stored["sure"][place]), float(stored["suggest"][place]))
        for place, pairing in enumerate(PAIRINGS)
    }


def usual(vector: FloatArray, others: Sequence[FloatArray] | FloatArray) -> float:
    """The mean centred cosine with the nearest of `others`, never below `USUAL`: where little was heard, much may still come."""
    cosines = sorted((np.asarray(others) @ vector).tolist(), reverse=True)[:NEIGHBOURS] if len(others) else []
    return max(USUAL, sum(cosines) / NEIGHBOURS)
