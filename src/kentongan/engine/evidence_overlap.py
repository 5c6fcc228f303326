"""How much of what a sentence says stands in a passage, by words: shares of words, pairs, order, and what is left over.

Observed. In one language a faithful sentence is mostly made of the stems of its source, in nearly their order; an invented one brings words
that stand nowhere. Between languages only figures, names and the lines of `data/same_words.yaml` meet.

Method. A content word is *covered* where it shares a stem with a word of the passage, is part of a number, day or name that agrees, or is
another name of what is named there. `covered` is the share of content words, `rare` the same with each word weighed by its length (a
long word says more), `order` the longest run of stems in one order, `pairs` neighbours that are neighbours there, `grams` runs of four
letters. All lie within 0 and 1.

Known failures. Synonyms that stand in no list are not covered; the vector carries those. A passage that says everything covers anything.

Reading: Lin 2004 (ROUGE); MacCartney and Manning 2008 (what alignment says about entailment, and where it misleads).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kentongan.engine.evidence_match import Finding
from kentongan.engine.evidence_parts import Reading

_GRAM = 4


@dataclass(frozen=True, slots=True)
class Overlap:
    """Shares within 0..1; `left` are the (start, end) of content words of the sentence that are not covered.

    `begins_new`: the first word is one of them.
    """

    covered: float
    rare: float
    order: float
    pairs: float
    grams: float
    left: tuple[tuple[int, int], ...]
    words: int
    begins_new: bool


def overlap(claim: Reading, passage: Reading, findings: Sequence[Finding]) -> Overlap:
    """What of `claim` stands in `passage`; words inside parts that agree or are computed count as covered."""
    borne = [(one.start, one.end) for one in findings if one.kind in ("number", "date", "name") and one.outcome in ("agrees", "computed")]
    theirs = passage.keys
    mine = [(place, claim.keys_at(place)) for place in claim.content]
    covered = {
        place for place, stems in mine if stems & theirs or _within(claim, place, borne) or claim.tokens[place].plain in passage.words
    }
    weights = {place: min(len(claim.tokens[place].low), 10) for place, _ in mine}
    total = sum(weights.values())
    return Overlap(
        covered=len(covered) / len(mine) if mine else 1.0,
        rare=sum(weights[place] for place in covered) / total if total else 1.0,
        order=_order(claim, passage),
        pairs=_pairs(claim, passage),
        grams=_grams(claim, passage),
        left=tuple((claim.tokens[place].start, claim.tokens[place].end) for place, _ in mine if place not in covered),
        words=len(mine),
        begins_new=bool(mine) and mine[0][0] == 0 and 0 not in covered and claim.tokens[0].capital,
    )


def _within(claim: Reading, place: int, borne: Sequence[tuple[int, int]]) -> bool:
    token = claim.tokens[place]
    return any(start <= token.start < end for start, end in borne)


def _order(claim: Reading, passage: Reading) -> float:
    """The longest common run of stems, gaps allowed, as a share of the sentence's content words."""
    mine = [claim.keys_at(place) for place in claim.content]
    theirs = [passage.keys_at(place) for place in passage.content]
    if not mine:
        return 1.0
    row = [0] * (len(theirs) + 1)
    for stems in mine:
        before = 0
        for at, other in enumerate(theirs, 1):
            kept = row[at]
            row[at] = before + 1 if stems & other else max(row[at], row[at - 1])
            before = kept
    return row[-1] / len(mine)


def _pairs(claim: Reading, passage: Reading) -> float:
    mine = list(pairwise(claim.keys_at(place) for place in claim.content))
    theirs = list(pairwise(passage.keys_at(place) for place in passage.content))
    if not mine:
        return 1.0
    return sum(any(left & one and right & other for one, other in theirs) for left, right in mine) / len(mine)


def _grams(claim: Reading, passage: Reading) -> float:
    mine, theirs = (_runs(" ".join(token.plain for token in reading.tokens)) for reading in (claim, passage))
    return len(mine & theirs) / len(mine) if mine else 1.0


def _runs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + _GRAM] for at in range(max(1, len(text) - _GRAM + 1)))
