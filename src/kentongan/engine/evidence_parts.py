"""The parts of a sentence that its source must bear out: numbers, moments, names, quotations, negation, comparison, modality.

Observed. What distorts a source is small: a figure, a day, another ward, a "tidak" that is lost, "more" for "fewer", "will" that became
"has", "some" that became "all", "suspected" left out. Each of these can be found by itself; what is left is whether the words say the same.

Method. A sentence (or a passage, sentence by sentence) is read once into a `Reading`: `moments` first, then `quantities` of what is left,
names as runs of words with a capital that do not merely begin the sentence, words in quotation marks, and words of lists
(`data/evidence.yaml`, `claims.yaml`): which stems are negated (the next three words of the same clause), ends of opposites (turned by a
negation), comparison, all, only, planned, guessed, cause.

Known failures. Scope of negation is counted in words, not parsed. A name in small letters, and one that is a single word at the
beginning of its sentence, is a word like others. Irony. A quotation without marks is no quotation.

Reading: Chapman et al. 2001 (NegEx); Saurí and Pustejovsky 2009 (FactBank, degrees of certainty); Angeli and Manning 2014 (natural
logic: what may be left out and what not).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal, TypeVar, cast, get_args

from kentongan.engine.evidence_words import Aliases, Phrases, Token, content, keys, phrases, poles, tokens, union
from kentongan.engine.lexicon import word_list
from kentongan.engine.moments import Moment, moments
from kentongan.engine.quantities import Quantity, quantities
from kentongan.engine.sentences import spans
from kentongan.engine.statement_records import Tongue

Mark = Literal[
    "plan", "guess", "hedge", "forecast", "done", "only", "all", "superlative", "comparator", "cause", "total", "change", "share"
]
MARKS: tuple[Mark, ...] = get_args(Mark)
SCOPE, SCOPE_VI = 3, 5
"""Words (syllables in Vietnamese) after a negation that it turns."""
_QUOTE = re.compile(r"[\"“«„]([^\"“”«»„]{2,400})[\"”»]")
_NUMBERED = re.compile(r"No\.\s?\d")
"""The abbreviation, which denies nothing."""
_OPENS = re.compile(r"[\"“«„(:]\s*$")


@dataclass(frozen=True, slots=True)
class Name:
    """A run of words with a capital; `words` folded, the generic ones ("River", "Sở") left out. `groups`: what `Aliases` knows it as.

    `first`: the word that begins the sentence too, and may be no part of the name; "" for none.
    """

    start: int
    end: int
    words: tuple[str, ...]
    groups: tuple[int, ...] = ()
    first: str = ""


@dataclass(frozen=True, slots=True)
class Marked:
    """A word of a list between two offsets."""

    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence or several, read. Offsets are those of the text it was read from; `content` are places in `tokens`.

    `poles` are ends of opposites, `turned` those of them that a negation made of the other end; `keys` the stems of all words, `words` all
    words without accents.
    """

    language: Tongue
    start: int
    end: int
    tokens: tuple[Token, ...]
    content: tuple[int, ...]
    quantities: tuple[Quantity, ...]
    moments: tuple[Moment, ...]
    names: tuple[Name, ...]
    quotes: tuple[Marked, ...]
    negators: tuple[Marked, ...]
    negated: frozenset[str]
    poles: frozenset[tuple[int, int]]
    turned: frozenset[tuple[int, int]]
    marks: tuple[tuple[Mark, Marked], ...]
    groups: frozenset[int]
    initials: frozenset[str]
    keys: frozenset[str]
    words: frozenset[str]

    def marked(self, mark: Mark) -> Marked | None:
        """The first word of a list; None where there is none."""
        return next((one for name, one in self.marks if name == mark), None)

    def keys_at(self, place: int) -> frozenset[str]:
        """The stems of a token."""
        return keys(self.tokens[place].low, self.language)


def readings(text: str, language: Tongue, said: date | None, aliases: Aliases) -> tuple[Reading, ...]:
    """Each sentence of a text, read. `said`: the day on which the source said it, for "yesterday"."""
    return tuple(read(text[start:end], language, said, aliases, start) for start, end in spans(text))


def together(parts: Sequence[Reading]) -> Reading:
    """Neighbouring sentences of one text as one reading."""
    first = parts[0]
    if len(parts) == 1:
        return first
    shifts = [sum(len(part.tokens) for part in parts[:at]) for at in range(len(parts))]
    return replace(
        first,
        end=parts[-1].end,
        tokens=tuple(token for part in parts for token in part.tokens),
        content=tuple(place + shift for part, shift in zip(parts, shifts, strict=True) for place in part.content),
        quantities=tuple(one for part in parts for one in part.quantities),
        moments=tuple(one for part in parts for one in part.moments),
        names=tuple(one for part in parts for one in part.names),
        quotes=tuple(one for part in parts for one in part.quotes),
        negators=tuple(one for part in parts for one in part.negators),
        negated=union(part.negated for part in parts),
        poles=union(part.poles for part in parts),
        turned=union(part.turned for part in parts),
        marks=tuple(one for part in parts for one in part.marks),
        groups=union(part.groups for part in parts),
        initials=union(part.initials for part in parts),
        keys=union(part.keys for part in parts),
        words=union(part.words for part in parts),
    )


@lru_cache(maxsize=8_192)
def read(text: str, language: Tongue, said: date | None, aliases: Aliases, offset: int = 0) -> Reading:
    """One sentence, read. `offset` is added to where things stand."""
    words = tokens(text)
    days = moments(text, language, said)
    counted = quantities(text, language, [(one.start, one.end) for one in days])
    denials = [
        (first, after) for _, first, after in phrases("negation", language).find(words) if not _NUMBERED.match(text, words[first].start)
    ]
    turned = _negated(words, denials, language)
    known = aliases.find(words)
    taken = [(one.start, one.end) for one in (*days, *counted)]
    return _shifted(
        Reading(
            language,
            0,
            len(text),
            words,
            content(words, language),
            counted,
            days,
            _names(text, words, taken, known),
            tuple(Marked(match.start(), match.end(), match[1]) for match in _QUOTE.finditer(text)),
            tuple(_marked(words, first, after) for first, after in denials),
            union(keys(words[at].low, language) for at in turned),
            *_ends(words, turned, language),
            tuple((mark, one) for mark in MARKS for one in _found(phrases(mark, language), words)),
            frozenset(group for group, _, _ in known),
            _initials(words),
            union(keys(token.low, language) for token in words),
            frozenset(token.plain for token in words),
        ),
        offset,
    )


_Placed = TypeVar("_Placed", Quantity, Moment, Name, Marked, Token)


def _moved(item: _Placed, by: int) -> _Placed:
    return replace(item, start=item.start + by, end=item.end + by)


def _shifted(one: Reading, by: int) -> Reading:
    if not by:
        return one

    return replace(
        one,
        start=one.start + by,
        end=one.end + by,
        tokens=tuple(_moved(item, by) for item in one.tokens),
        quantities=tuple(_moved(item, by) for item in one.quantities),
        moments=tuple(_moved(item, by) for item in one.moments),
        names=tuple(_moved(item, by) for item in one.names),
        quotes=tuple(_moved(item, by) for item in one.quotes),
        negators=tuple(_moved(item, by) for item in one.negators),
        marks=tuple((mark, _moved(item, by)) for mark, item in one.marks),
    )


# ---- words of lists ---------------------------------------------------------------------------------------------------------
def _marked(words: Sequence[Token], first: int, after: int) -> Marked:
    return Marked(words[first].start, words[after - 1].end, " ".join(word.low for word in words[first:after]))


def _found(listed: Phrases, words: Sequence[Token]) -> list[Marked]:
    return [_marked(words, first, after) for _, first, after in listed.find(words)]


def _negated(words: Sequence[Token], denials: Sequence[tuple[int, int]], language: Tongue) -> frozenset[int]:
    """Places of the words that a negation turns; twice is not at all."""
    stops = frozenset(content(words, language))
    turned: set[int] = set()
    for _, after in denials:
        clause = words[after - 1].clause
        turned ^= set(scope_of(words, after, stops, clause, language))
    return frozenset(turned)


def scope_of(words: Sequence[Token], after: int, carrying: frozenset[int], clause: int, language: Tongue) -> list[int]:
    """The places of the next words that carry something, up to the end of the clause."""
    turn = phrases("turn", language)
    found: list[int] = []
    for at in range(after, len(words)):
        if (
            words[at].clause != clause
            or len(found) == (SCOPE_VI if language == "vi" else SCOPE)
            or next(turn.find(words[at : at + 1]), None)
        ):
            break
        if at in carrying:
            found.append(at)
    return found


Ends = frozenset[tuple[int, int]]


def _ends(words: Sequence[Token], turned: frozenset[int], language: Tongue) -> tuple[Ends, Ends]:
    """Ends of opposites, the other end where negated; and those that a negation turned."""
    found: set[tuple[int, int]] = set()
    flipped: set[tuple[int, int]] = set()
    for pairs, first, after in poles(language).find(words):
        flip = any(at in turned for at in range(first, after))
        ends = {(line, 1 - end if flip else end) for line, end in cast("tuple[tuple[int, int], ...]", pairs)}
        found |= ends
        if flip:
            flipped |= ends
    return frozenset(found), frozenset(flipped)


# ---- names ------------------------------------------------------------------------------------------------------------------
def _names(text: str, words: Sequence[Token], taken: Sequence[tuple[int, int]], known: Sequence[tuple[int, int, int]]) -> tuple[Name, ...]:
    """Runs of words with a capital; a single one that begins the sentence is none, nor is one in a text without small letters."""
    if not any(word.low[0].isalpha() and not word.capital for word in words):
        return ()
    groups = {at: group for group, first, after in known for at in range(first, after)}
    found: list[Name] = []
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and _in_name(text, words, end, at, taken):
            end += 1
        if end > at and not (end == at + 1 and _begins(text, words, at) and not _shouts(text, words[at])):
            found.append(_name(text, words, at, end, groups))
        at = max(end, at + 1)
    return tuple(one for one in found if one.words or one.groups)


def _in_name(text: str, words: Sequence[Token], at: int, begin: int, taken: Sequence[tuple[int, int]]) -> bool:
    word = words[at]
    if not word.capital or any(start <= word.start < end for start, end in taken):
        return False
    return at == begin or text[words[at - 1].end : word.start].strip() in ("", ".", "-")


def _begins(text: str, words: Sequence[Token], at: int) -> bool:
    return at == 0 or bool(_OPENS.search(text[: words[at].start]))


def _shouts(text: str, word: Token) -> bool:
    return any(sign.isupper() for sign in text[word.start + 1 : word.end])


def _name(text: str, words: Sequence[Token], at: int, end: int, groups: dict[int, int]) -> Name:
    run = range(at, end)
    known = tuple(dict.fromkeys(groups[place] for place in run if place in groups))
    kept = tuple(
        words[place].plain for place in run if place not in groups and words[place].plain not in _generic() and len(words[place].plain) > 1
    )
    first = words[at].plain if at not in groups and at + 1 < end and _begins(text, words, at) else ""
    return Name(words[at].start, words[end - 1].end, tuple(word for word in kept if word != first), known, first)


@lru_cache(maxsize=1)
def _generic() -> frozenset[str]:
    return frozenset(map(str, word_list("evidence")["generic"]))


def _initials(words: Sequence[Token]) -> frozenset[str]:
    """First letters of runs of words with a capital: "Badan Penanggulangan Bencana Daerah" is bpbd; of every part from three words up."""
    found: set[str] = set()
    run = ""
    for word in (*words, Token("", "", 0, 0, False, 0)):
        if word.capital:
            run += word.plain[0]
            continue
        found.update(run[first:] for first in range(len(run) - 2))
        run = run if run and word.low in ("dan", "and", "of", "và") else ""
    return frozenset(found)
