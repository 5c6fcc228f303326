"""The two or three sentences that stand for a story, taken from its articles, never written.

Observed. A news report says what happened in its first sentences; what many outlets say is the core; the newest
report has what changed. Method: candidate sentences are the first `opening` of each article of the story (copies
excluded by the caller). A sentence's worth is

    how many outlets' reports share its rare words (centrality)  +  how early it stands (lead)  +  how new its article is

and sentences are chosen greedily, each next one losing what it repeats of those chosen (maximal marginal relevance,
Carbonell & Goldstein 1998), one outlet at most once where there is another, and one article at most once where the
story has another. Two outlets that say the same are two witnesses: while fewer than `heard` are chosen, what repeats is
taken from another outlet rather than left out. A headline-only article gives its title, with start = end = -1: it stands
outside the text.

Known failures: a pronoun whose noun stands in the sentence before; advertising lines that look like sentences (short
ones and those with addresses are passed over). Why not a generated summary: every sentence must be found word for
word at its source.

Reading: Erkan & Radev 2004 (LexRank); Nenkova & Vanderwende 2005 (frequency is hard to beat).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kentongan.engine.records import Article, Sentence
from kentongan.engine.sentences import spans
from kentongan.engine.terms import terms

TITLE_ONLY = -1
"""`start` and `end` of a sentence that is an article's title."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Lengths in characters; weights without unit."""

    sentences: int = 3
    heard: int = 2
    opening: int = 5
    shortest: int = 40
    longest: int = 400
    lead: float = 0.5
    recent: float = 0.3
    repeat: float = 1.5
    same: float = 0.6
    newest: int = 60


@dataclass(frozen=True, slots=True)
class _Candidate:
    sentence: Sentence
    words: frozenset[str]
    place: int


def sentences_for(articles: Sequence[Article], settings: Settings | None = None) -> tuple[Sentence, ...]:
    """At most `settings.sentences` sentences of these articles, in the order chosen; empty for no articles.

    Of very long stories the `newest` articles and the first are read. Equal input in any order gives the same
    sentences."""
    rules = settings or Settings()
    ordered = sorted(articles, key=lambda article: (article.published, article.id))
    read = ordered if len(ordered) <= rules.newest else [ordered[0], *ordered[1 - rules.newest :]]
    candidates = [candidate for article in read for candidate in _candidates(article, rules)]
    if not candidates:
        return ()
    weights = _weights(candidates)
    worth = [_worth(candidate, weights, read[0].published, read[-1].published, rules) for candidate in candidates]
    return tuple(candidates[index].sentence for index in _chosen(candidates, worth, weights, rules))


def _candidates(article: Article, rules: Settings) -> list[_Candidate]:
    found: list[_Candidate] = []
    for start, end in spans(article.text[: rules.opening * rules.longest * 2]):
        piece = article.text[start:end]
        if rules.shortest <= len(piece) <= rules.longest and "http" not in piece and "www." not in piece:
            found.append(_candidate(article, piece, start, end, len(found)))
        if len(found) == rules.opening:
            break
    return found or [_candidate(article, article.title, TITLE_ONLY, TITLE_ONLY, 0)]


def _candidate(article: Article, piece: str, start: int, end: int, place: int) -> _Candidate:
    sentence = Sentence(piece, article.id, article.url, article.outlet, article.published, start, end)
    return _Candidate(sentence, frozenset(terms(piece, article.language).words), place)


def _weights(candidates: Sequence[_Candidate]) -> dict[str, float]:
    """What each word is worth: shared by several outlets, but not by nearly every sentence."""
    sentences = Counter(word for candidate in candidates for word in candidate.words)
    outlets = Counter(word for word, _ in {(word, one.sentence.outlet) for one in candidates for word in one.words})
    total = len(candidates)
    return {word: math.log(1 + outlets[word]) * math.log(1 + total / sentences[word]) for word in sentences}


def _worth(candidate: _Candidate, weights: dict[str, float], first: datetime, last: datetime, rules: Settings) -> float:
    length = max(len(candidate.words), 8)
    central = sum(weights[word] for word in sorted(candidate.words)) / length
    age = (last - candidate.sentence.published) / (last - first) if last > first else 0.0
    return central + rules.lead / (1 + candidate.place) + rules.recent * (1.0 - age)


def _chosen(candidates: Sequence[_Candidate], worth: Sequence[float], weights: dict[str, float], rules: Settings) -> list[int]:
    chosen: list[int] = []
    left = set(range(len(candidates)))
    while left and len(chosen) < rules.sentences:
        overlaps = {index: max((_overlap(candidates[index], candidates[one], weights) for one in chosen), default=0.0) for index in left}
        eligible = _eligible(candidates, chosen, overlaps, rules)
        if not eligible:
            break
        best = max(eligible, key=lambda index: (round(worth[index] - rules.repeat * overlaps[index], 9), -index))
        chosen.append(best)
        left.discard(best)
    return chosen


def _eligible(candidates: Sequence[_Candidate], chosen: Sequence[int], overlaps: dict[int, float], rules: Settings) -> list[int]:
    """Which of those left may come next: what says something new from another outlet, then what repeats from another outlet while too
    few are heard, then something new from another article; from the article itself only where the story has no other."""
    outlets = {candidates[index].sentence.outlet for index in chosen}
    articles = {candidates[index].sentence.article for index in chosen}
    others = [index for index in overlaps if candidates[index].sentence.outlet not in outlets]
    fresh = [index for index in others if overlaps[index] < rules.same]
    if fresh or (others and len(chosen) < rules.heard):
        return fresh or others
    alone = len({one.sentence.article for one in candidates}) == 1
    new = [index for index in overlaps if overlaps[index] < rules.same]
    return [index for index in new if alone or candidates[index].sentence.article not in articles]


def _overlap(left: _Candidate, right: _Candidate, weights: dict[str, float]) -> float:
    """Shared weight over the weight of the smaller sentence, 0..1."""
    shared = sum(weights[word] for word in sorted(left.words & right.words))
    smaller = min(sum(weights[word] for word in sorted(one.words)) for one in (left, right))
    return shared / smaller if smaller else 1.0
