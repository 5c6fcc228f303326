"""Verbatim stretches: which words of a publication stand in an article, in the same order, and where in both.

Observed. Outlets quote an office word for word and change what a typesetter changes: curly quotation marks for straight ones, a dash for a
hyphen, one space for two, a line break within the sentence, composed letters for letters with marks after them. They leave out in the
middle and say so with dots, or do not say so. Two reports that have nothing to do with each other share stock phrases and long names of
bodies ("Kementerian Komunikasi dan Digital Republik Indonesia"), never a whole sentence.

Method. Both texts are words without what stands between them (NFKC, lower case; marks, zero-width signs and the underscores of segmented
Vietnamese are no part of a word). A stretch is a longest run of words both have, found by its first `least` words, so that the cost is that
of reading both once. Stretches of an article do not overlap; the longer wins.

How long is verbatim? `least` words: the length at which of pairs of unrelated articles hardly any share a run (docs/reference/figures.md
has the table). Vietnamese writes syllables, about one and a half to a word, and needs more of them. A shorter quotation is not proved by
its words; it may still be found by its meaning.

The words before a stretch can turn it round: "tidak benar bahwa …" before the office's sentence, or the office's "tidak" left out. A
stretch is `turned` where what stands before it in its sentence negates or denies it on one side only (`claims_facts`,
`data/claims.yaml`), and does not count as carrying.

Known failures. A quotation split by "ujarnya" into two short halves is missed. Negation from an earlier sentence ("Ini tidak benar.") is
not seen. A stock paragraph about the office that it puts under everything is a stretch: give a publication without it.

Why not difflib or suffix automata: the first is quadratic on news texts, the second gives shorter runs nobody asks for.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from kentongan.engine.claims_facts import facts_of, find
from kentongan.engine.lexicon import folded
from kentongan.engine.records import Language
from kentongan.engine.sentences import spans

LEAST, LEAST_VI = 10, 13
"""Words (syllables in Vietnamese) from which a stretch is verbatim."""
_HIDDEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[\u0300-\u036f{_HIDDEN}])*")
_DROP = dict.fromkeys(map(ord, _HIDDEN))


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of `words` words: `publication[start:end]` says what `article[there_start:there_end]` says. `turned`: it is denied
    there."""

    start: int
    end: int
    there_start: int
    there_end: int
    words: int
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A text as its words and where each begins and ends."""

    text: str
    language: Language
    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]


def words_with_places(text: str, language: Language) -> Words:
    """The words of a text in the spelling in which they are compared, each with its offsets."""
    found = [(match.group(), match.span()) for match in _WORD.finditer(text)]
    return Words(text, language, tuple(_plain(word) for word, _ in found), tuple(span for _, span in found))


def _plain(word: str) -> str:
    return word.lower() if word.isascii() else unicodedata.normalize("NFKC", word.translate(_DROP)).casefold()


def least_words(language: Language) -> int:
    """How many words in a row are verbatim in a language."""
    return LEAST_VI if language == "vi" else LEAST


def quotes(publication: Words, article: Words, least: int = 0) -> tuple[Quote, ...]:
    """The verbatim stretches in the order in which they stand in the article; `least` words or more, by the language where it is 0."""
    least = least or least_words(publication.language)
    runs = _runs(publication.words, article.words, least)
    return tuple(_quote(publication, article, here, there, length) for here, there, length in runs)


def _runs(ours: tuple[str, ...], theirs: tuple[str, ...], least: int) -> list[tuple[int, int, int]]:
    """(place in ours, place in theirs, length) of longest common runs that do not overlap in theirs."""
    if min(len(ours), len(theirs)) < least:
        return []
    begins: dict[tuple[str, ...], list[int]] = {}
    for place in range(len(ours) - least + 1):
        begins.setdefault(ours[place : place + least], []).append(place)
    found: list[tuple[int, int, int]] = []
    at = 0
    while at <= len(theirs) - least:
        places = begins.get(theirs[at : at + least], ())
        if not places:
            at += 1
            continue
        length, here = max((_length(ours, theirs, place, at), -place) for place in places)
        found.append((-here, at, length))
        at += length
    return found


def _length(ours: tuple[str, ...], theirs: tuple[str, ...], here: int, there: int) -> int:
    length = 0
    while here + length < len(ours) and there + length < len(theirs) and ours[here + length] == theirs[there + length]:
        length += 1
    return length


def _quote(publication: Words, article: Words, here: int, there: int, length: int) -> Quote:
    start, end = publication.places[here][0], publication.places[here + length - 1][1]
    there_start, there_end = article.places[there][0], article.places[there + length - 1][1]
    turned = _negated_around(publication, start, end) != _negated_around(article, there_start, there_end)
    return Quote(start, end, there_start, there_end, length, turned)


def _negated_around(text: Words, start: int, end: int) -> bool:
    """Whether the sentence in which a stretch begins is negated by what stands before it."""
    begin = next((first for first, last in spans(text.text) if first <= start < last), start)
    said = text.text[begin:start]
    return facts_of(said, text.language).negated != find("denial", folded(said.replace("_", " ")))


def share_quoted(stretches: tuple[Quote, ...], start: int, end: int) -> float:
    """The share of `publication[start:end]` that stands in stretches which are not turned, 0..1."""
    covered = sorted((max(start, one.start), min(end, one.end)) for one in stretches if not one.turned)
    total, reached = 0, start
    for first, last in covered:
        total += max(0, last - max(first, reached))
        reached = max(reached, last)
    return total / (end - start) if end > start else 0.0
