"""Kinds of item: question, complaint, suggestion, praise, report of an event, claim of a fact, rumour, announcement.

Observed. A post asks with a question word or mark; a press text reports a question with an asker (`warga`, `người
dân`, `residents`) near a question word; a headline with a question mark alone is usually bait and is not counted.
Hearsay says so (`katanya`, `nghe nói`), wishes say `sebaiknya`, `nên`, `should`; what is left is told by judging words,
by words for events, by numbers. No set of labelled items exists under any licence we know.

Method. Cues (`data/kinds.yaml`, with the lists of questions, tone and harm) are counted, and a small head
(`heads/kinds.npz`, see its model card) adds up the counts and the text's vector; it was taught 480 invented sentences.
An official source announces or reports and never asks, complains or spreads rumours. A press text mostly reports: it asks,
complains, praises or suggests only where a cue says so, since the head was taught no headlines. And nothing is called a
rumour without a word of hearsay in it, whoever says it: that would be a judgement of the head. Below `SURE` the answer is "".

Known failures: rhetorical questions in posts count as questions; indirect questions without a question word are
missed; a complaint told as a plain fact is a report; a wish made in a question is either. How often on real items is not
known: see docs/explanation/tone.md."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from kentongan.engine import tone
from kentongan.engine.harm import harm_of
from kentongan.engine.heads import load_arrays
from kentongan.engine.lexicon import Finder, folded, word_list
from kentongan.engine.records import Language, SourceKind
from kentongan.engine.teaching import Correction
from kentongan.engine.vectors import FloatArray

Kind = Literal["question", "complaint", "suggestion", "praise", "report", "claim", "rumour", "announcement"]
KINDS: tuple[Kind, ...] = ("question", "complaint", "suggestion", "praise", "report", "claim", "rumour", "announcement")
SURE = 0.4
"""Below this belief the answer is "": nothing is said."""
_OFFICIAL: frozenset[Kind] = frozenset({"announcement", "report", "claim"})
_PRESS_REPORTS = 2.0
"""Log-odds by which a press text is rather a report: it is what the press is for."""
_SPLIT = re.compile(r"(?<=[.!?…\"”])\s+|\n+")
_NUMBER = re.compile(r"\d|%")
_OPENING = 3000
_HEAD_OPENING = 300

Floats = npt.NDArray[np.float64]


@cache
def _finders() -> tuple[Finder, Finder, Finder]:
    data = word_list("questions")

    def finder(name: str) -> Finder:
        return Finder(word for words in data[name].values() for word in words)

    return finder("asks"), finder("bait"), finder("public")


def asks_something(title: str, text: str, source_kind: SourceKind) -> str:
    """The sentence in which the public asks, as it stands, or "" where none does. An official source never asks."""
    if source_kind == "official":
        return ""
    asks, bait, public = _finders()
    for sentence in (title, *_SPLIT.split(text[:_OPENING])):
        line = folded(sentence)
        marked = "?" in line
        if not asks.find(line) and not (marked and source_kind == "public"):
            continue
        if source_kind == "public":
            if marked or asks.find(line)[0].start == 0:
                return sentence.strip()
        elif marked and public.find(line) and not bait.find(line):
            return sentence.strip()
    return ""


@dataclass(frozen=True, slots=True)
class KindJudgement:
    """The kind, "" where the head is not sure, and how much each kind is believed (adding up to one)."""

    kind: Kind | Literal[""]
    beliefs: Mapping[Kind, float]


@cache
def _cues() -> tuple[tuple[str, Finder], ...]:
    lists = word_list("kinds")
    return tuple((kind, Finder(word for words in lists[kind].values() for word in words)) for kind in sorted(lists))


def cues_of(text: str) -> list[float]:
    """What of a text speaks for a kind, as numbers mostly between 0 and 1: cues by kind, question, judging words, harm, numbers."""
    opening = text[:_HEAD_OPENING]
    line = folded(opening)
    asks, _, public = _finders()
    asking = asks.find(line)
    counts = tone.counts_of(opening)
    return [
        *(math.log1p(len(finder.find(line))) for _, finder in _cues()),
        float("?" in line), float(bool(asking)), float(bool(asking) and asking[0].start == 0), float(bool(public.find(line))),
        math.log1p(counts.good), math.log1p(counts.bad), harm_of(opening).level / 4, float(bool(_NUMBER.search(line))),
        float(counts.loud), math.log1p(counts.words) / 3,
    ]  # fmt: skip


@cache
def _head() -> tuple[Floats, Floats, Floats]:
    arrays = load_arrays("kinds")
    return arrays["meaning"].astype(np.float64), arrays["cues"].astype(np.float64), arrays["bias"].astype(np.float64)


def read(title: str, text: str, vector: FloatArray | None, language: Language, source_kind: SourceKind) -> tuple[Floats, frozenset[Kind]]:
    """The head's score of each kind, and the kinds an item of this source can have: what an office's labels are laid beside."""
    meaning, cues, bias = _head()
    said = _said(title, text)
    score = tone.centred(language, vector).astype(np.float64) @ meaning + np.array(cues_of(said)) @ cues + bias
    if source_kind == "press":
        score[KINDS.index("report")] += _PRESS_REPORTS
    return score, _possible(title, text, said, source_kind)


def kind_of(
    title: str,
    text: str,
    vector: FloatArray | None,
    language: Language,
    source_kind: SourceKind,
    taught: Correction | None = None,
) -> KindJudgement:
    """The kind of an item, from its title and the opening of its text. `vector` is the embedder's (`vectors.text_for`), or None.

    A kind its source cannot have is never told, whatever an office `taught`. Touches nothing else.
    """
    score, possible = read(title, text, vector, language, source_kind)
    if taught is not None:
        score = taught.applied(score)
    allowed = np.array([kind in possible for kind in KINDS])
    raw = np.where(allowed, np.exp(score - score.max()), 0.0)
    shares = (raw / raw.sum()).tolist()
    beliefs: dict[Kind, float] = {kind: round(share, 4) for kind, share in zip(KINDS, shares, strict=True)}
    strongest = max(KINDS, key=beliefs.__getitem__)
    return KindJudgement(strongest if _said(title, text).strip() and beliefs[strongest] >= SURE else "", beliefs)


def _said(title: str, text: str) -> str:
    return f"{title}. {text}" if title and text else title or text


def _possible(title: str, text: str, said: str, source_kind: SourceKind) -> frozenset[Kind]:
    """The kinds an item of this source can have, seeing which cues are there."""
    if source_kind == "official":
        return _OFFICIAL
    line = folded(said[:_HEAD_OPENING])
    cued = {kind for kind, finder in _cues() if finder.find(line)}
    if source_kind == "public":
        return frozenset(kind for kind in KINDS if kind != "rumour" or kind in cued)
    asked = bool(asks_something(title, text, source_kind))
    allowed: frozenset[Kind] = frozenset(kind for kind in KINDS if kind in cued or (kind == "question" and asked))
    return _OFFICIAL | allowed


def kind_by_rules(text: str, source_kind: SourceKind = "public") -> Kind | Literal[""]:
    """The kind by the cues alone, in a fixed order: the transparent way, kept to be measured beside the head and where there is none."""
    line = folded(text[:_HEAD_OPENING])
    found = {kind for kind, finder in _cues() if finder.find(line)}
    counts = tone.counts_of(text[:_HEAD_OPENING])
    if source_kind == "official":
        return "report" if harm_of(text).level >= 3 and "announcement" not in found else "announcement"
    if "rumour" in found:
        return "rumour"
    if asks_something("", text, source_kind) and "suggestion" not in found:
        return "question"
    for kind in ("suggestion", "praise", "complaint"):
        if kind in found:
            return kind
    if counts.good != counts.bad and "announcement" not in found:
        return "praise" if counts.good > counts.bad else "complaint"
    if "claim" in found and _NUMBER.search(line):
        return "claim"
    if "announcement" in found:
        return "announcement"
    return "report" if harm_of(text).level >= 2 else "claim" if "claim" in found else ""
