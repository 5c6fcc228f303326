"""What a watch looks for, as people write it: words, phrases, exclusions, one word near another. Pure.

    banjir                      this word
    "air keruh"                 these words, in this order
    air keruh                   both, anywhere
    banjir OR genangan          one of them
    air NEAR/5 (keruh OR bau)   at most five words apart, in either order
    banjir -lagu                without the other; NOT says the same
    (banjir OR rob) pesisir     parentheses, four deep

Observed. People write searches as on the web, and forget to close a quotation mark. A search that is read leniently finds something else
than was meant, and nobody notices for weeks: a watch is written once and believed for months.

Method. One pass over the signs, one over the tokens; no regular expression comes from anybody, so nothing can hang, and what is one is
refused (`patterns.py`), not read as words. OR binds less than standing side by side. What is excluded is excluded from everything within
the same parentheses, wherever in them it stands, because `banjir OR genangan -lagu` is meant so. Only capitals are operators: "or" and
"not" are words. What cannot be read is refused with its place and the remedy (`Unclear`), never guessed at.

Words are compared folded: without case and accents, đ as d, so that "lu lut" finds "lũ lụt". A word of four letters or more is also found
with the endings -nya, -lah, -kah, and -s, -es.

Known failures. No stemming here: "banjir" does not find "kebanjiran" (PostgreSQL, which looks through what is stored, has stemmers and
does). Folding makes "cấp" and "cáp" one. The end of a sentence does not part what is near.

Why not a query language of a search engine: those read everything as something, and have regular expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from kentongan.engine.patterns import place_of
from kentongan.engine.terms import fold
from kentongan.errors import InputError

LONGEST = 500
"""Characters of a query."""
TERMS = 40
"""Words of a query, those of phrases included."""
DEEPEST = 4
FARTHEST = 10
"""NEAR asks for at most so many words apart: beyond that the two are merely in one text."""
NEAR = 5
"""Where no number is given."""
GROUPS = 200
"""Ways to put the parts of a query side by side that are judged; with more, nobody could say what is watched."""
TEXT = 200_000
"""Characters of a text that are read, as the stored search does."""

Code = str
SAID: dict[Code, str] = {
    "long": f"The words are longer than {LONGEST} characters. Make two watches of them.",
    "terms": f"More than {TERMS} words. Make two watches of them.",
    "deep": f"Parentheses at character {{at}} stand more than {DEEPEST} deep. Write it flatter.",
    "quote": "The quotation mark at character {at} is never closed. Put one after the last word of the phrase.",
    "open": "The parenthesis at character {at} is never closed. Put one after the last word that belongs to it.",
    "close": "The parenthesis at character {at} closes nothing. Take it out.",
    "empty": "Nothing stands in the parentheses or quotation marks at character {at}. Write a word there or take them out.",
    "or": "OR at character {at} needs words to look for on both sides.",
    "not": "After the minus or NOT at character {at} comes what is excluded.",
    "near": "NEAR at character {at} needs a word or phrase on both sides, or several with OR in parentheses.",
    "distance": f"NEAR/ at character {{at}} takes a number of words from 1 to {FARTHEST}, such as NEAR/5.",
    "nothing": "Give at least one word to look for, not only what is excluded.",
    "pattern": "The words hold a pattern, from character {at} on. There are no patterns here: write each word, with OR between them.",
    "groups": "So many alternatives side by side cannot be judged. Make several watches of them.",
}
"""What is wrong, by code, in English; the office says it in the reader's language."""


class Unclear(InputError):
    """A query that cannot be read: `code` of SAID, and the character where, counted from 1."""

    def __init__(self, code: Code, at: int = 0) -> None:
        super().__init__(SAID[code].format(at=at), subject="query")
        self.code = code
        self.at = at


@dataclass(frozen=True, slots=True)
class Words:
    """A word, or several that stand in this order: as typed, with single blanks."""

    text: str

    @property
    def tokens(self) -> tuple[str, ...]:
        """Its words as they are compared."""
        return tuple(folded(token) for token in _TOKEN.findall(self.text))


@dataclass(frozen=True, slots=True)
class Near:
    """One of the first and one of the second, at most `within` words apart, in either order."""

    first: tuple[Words, ...]
    second: tuple[Words, ...]
    within: int


@dataclass(frozen=True, slots=True)
class Group:
    """At least one of `ways`, all parts of it, and nothing of `without`. Only the outermost may have no way (it narrows something else)."""

    ways: tuple[tuple[Part, ...], ...]
    without: tuple[Part, ...] = ()


Part = Words | Near | Group
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Match:
    """Where a query was found: spans of the title and of the text, and the parts that were, as they are written."""

    title: tuple[Span, ...]
    text: tuple[Span, ...]
    parts: tuple[str, ...]


_TOKEN = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_QUOTES = dict.fromkeys(map(ord, "“”„«»"), '"')


@lru_cache(maxsize=65_536)
def folded(word: str) -> str:
    """A word as it is compared."""
    return fold(word)


@dataclass(frozen=True, slots=True)
class _Sign:
    """A token: "(" ")" "OR" "NOT" "NEAR" or "words"; `value` is what was typed, `at` its place from 1."""

    kind: str
    value: str
    at: int


def parse(text: str, *, narrowing: bool = False, stored: bool = False) -> Group:
    """Read a query. Raises `Unclear` with the place and the remedy. With `narrowing` it may be empty or only exclude.

    What was `stored` before patterns were refused stays the words it always was.
    """
    if len(text) > LONGEST:
        raise Unclear("long")
    text = text.replace("\0", " ").translate(_QUOTES)
    if not stored and (at := place_of(text)):
        raise Unclear("pattern", at)
    reader = _Reader(list(_signs(text)))
    if reader.signs and reader.terms > TERMS:
        raise Unclear("terms")
    group = reader.group(0, 0)
    if not group.ways and not narrowing:
        raise Unclear("nothing")
    return group


def _signs(text: str) -> Iterator[_Sign]:
    at = 0
    while at < len(text):
        sign = text[at]
        if sign in "()":
            yield _Sign(sign, sign, at + 1)
        elif sign == "-" and _begins(text, at):
            if at + 1 < len(text) and not text[at + 1].isspace():
                yield _Sign("NOT", sign, at + 1)
        elif sign == '"':
            end = text.find('"', at + 1)
            if end < 0:
                raise Unclear("quote", at + 1)
            phrase = " ".join(text[at + 1 : end].split())
            if not _TOKEN.search(phrase):
                raise Unclear("empty", at + 1)
            yield _Sign("words", phrase, at + 1)
            at = end
        elif not sign.isspace():
            end = at
            while end < len(text) and text[end] not in '()"' and not text[end].isspace():
                end += 1
            yield from _word(text[at:end], at + 1)
            at = end - 1
        at += 1


def _begins(text: str, at: int) -> bool:
    return at == 0 or text[at - 1].isspace() or text[at - 1] in '("'


def _word(word: str, at: int) -> Iterator[_Sign]:
    if word in ("OR", "NOT"):
        yield _Sign(word, word, at)
    elif word == "NEAR" or word.startswith("NEAR/"):
        number = word[5:] if word != "NEAR" else str(NEAR)
        if not (number.isascii() and number.isdigit() and 1 <= int(number[:3]) <= FARTHEST):
            raise Unclear("distance", at)
        yield _Sign("NEAR", number, at)
    elif _TOKEN.search(word):
        yield _Sign("words", word, at)


class _Reader:
    """Walks the tokens once. A group ends at the closing parenthesis that belongs to it, the outermost at the end."""

    def __init__(self, signs: Sequence[_Sign]) -> None:
        self.signs = signs
        self.place = 0

    @property
    def terms(self) -> int:
        """All words that were typed."""
        return sum(len(Words(sign.value).tokens) for sign in self.signs if sign.kind == "words")

    def _next(self) -> str:
        return self.signs[self.place].kind if self.place < len(self.signs) else ""

    def _take(self) -> _Sign:
        self.place += 1
        return self.signs[self.place - 1]

    def group(self, depth: int, opened: int) -> Group:
        """A group; `opened` is where its parenthesis stands, 0 for the outermost."""
        ways: list[tuple[Part, ...]] = []
        way: list[Part] = []
        without: list[Part] = []
        waits = 0
        while self._next() not in ("", ")"):
            sign = self.signs[self.place]
            if sign.kind == "OR":
                if not way:
                    raise Unclear("or", sign.at)
                ways.append(tuple(way))
                way, waits = [], self._take().at
            elif sign.kind == "NOT":
                self._take()
                if self._next() not in ("words", "("):
                    raise Unclear("not", sign.at)
                without.append(self._part(depth))
            else:
                way.append(self._part(depth))
        if waits and not way:
            raise Unclear("or", waits)
        self._close(opened, bool(way))
        return Group((*ways, tuple(way)) if way else (), tuple(without))

    def _close(self, opened: int, wanted: bool) -> None:
        ends = self._next()
        if opened and not ends:
            raise Unclear("open", opened)
        if ends and not opened:
            raise Unclear("close", self.signs[self.place].at)
        if opened:
            self._take()
            if not wanted:
                raise Unclear("empty", opened)

    def _part(self, depth: int) -> Part:
        first = self._unit(depth)
        if self._next() != "NEAR":
            return first
        sign = self._take()
        if self._next() not in ("words", "("):
            raise Unclear("near", sign.at)
        second = self._unit(depth)
        if self._next() == "NEAR":
            raise Unclear("near", self.signs[self.place].at)
        return Near(_side(first, sign), _side(second, sign), int(sign.value))

    def _unit(self, depth: int) -> Part:
        sign = self._take()
        if sign.kind == "words":
            return Words(sign.value)
        if sign.kind == "NEAR":
            raise Unclear("near", sign.at)
        if depth >= DEEPEST:
            raise Unclear("deep", sign.at)
        group = self.group(depth + 1, sign.at)
        alone = len(group.ways) == 1 and len(group.ways[0]) == 1 and not group.without
        return group.ways[0][0] if alone else group


def _side(part: Part, sign: _Sign) -> tuple[Words, ...]:
    """What may stand beside NEAR: words, or a choice of words."""
    if isinstance(part, Words):
        return (part,)
    if isinstance(part, Group) and not part.without and all(len(way) == 1 and isinstance(way[0], Words) for way in part.ways):
        return tuple(one for way in part.ways for one in way if isinstance(one, Words))
    raise Unclear("near", sign.at)


def to_text(part: Part) -> str:
    """A query as it would be typed; `parse` reads it back to the same."""
    if isinstance(part, Words):
        plain = part.text not in ("OR", "NOT", "NEAR") and not part.text.startswith(("-", "NEAR/"))
        return part.text if plain and not any(sign.isspace() or sign in "()" for sign in part.text) else f'"{part.text}"'
    if isinstance(part, Near):
        return f"{_choice(part.first)} NEAR/{part.within} {_choice(part.second)}"
    wanted = " OR ".join(" ".join(_inside(one) for one in way) for way in part.ways)
    return " ".join([*([wanted] if wanted else []), *(f"-{_inside(one)}" for one in part.without)])


def _inside(part: Part) -> str:
    return f"({to_text(part)})" if isinstance(part, Group) else to_text(part)


def _choice(side: tuple[Words, ...]) -> str:
    return to_text(side[0]) if len(side) == 1 else f"({' OR '.join(map(to_text, side))})"


@dataclass(frozen=True)
class Reading:
    """The words of a title and a text in one row of numbers, read once for any number of queries. Between the two lies more than NEAR can
    reach.
    """

    title: str
    text: str

    @cached_property
    def tokens(self) -> list[tuple[bool, int, int]]:
        """(in the title, start, end) of each word."""
        title = [(True, *token.span()) for token in _TOKEN.finditer(self.title)]
        return title + [(False, *token.span()) for token in _TOKEN.finditer(self.text, 0, TEXT)]

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Each folded word and where it stands."""
        found: dict[str, list[int]] = {}
        for place, (in_title, start, end) in enumerate(self.tokens):
            word = folded((self.title if in_title else self.text)[start:end])
            found.setdefault(word, []).append(place)
        return found

    def of(self, word: str) -> set[int]:
        """Where a folded word stands, as it is or with an ending."""
        forms = [word, *(word + ending for ending in _ENDINGS)] if len(word) >= 4 else [word]
        return {place for form in forms for place in self.places.get(form, ())}

    def together(self, first: int, last: int) -> bool:
        """Whether both words stand in the title, or both in the text."""
        return last < len(self.tokens) and self.tokens[first][0] == self.tokens[last][0]


_ENDINGS = ("nya", "lah", "kah", "s", "es")


def matches(query: Group, title: str, text: str) -> Match | None:
    """Where the query is found in an article; None where it is not, or where something excluded is found."""
    return match_in(query, Reading(title, text))


def match_in(query: Group, read: Reading) -> Match | None:
    """As `matches`, for an article of which several things are asked."""
    hits = _hits(query, read)
    if hits is None:
        return None
    spans: tuple[set[Span], set[Span]] = (set(), set())
    for first, last in (run for _, runs in hits for run in runs):
        for in_title, start, end in read.tokens[first : last + 1]:
            spans[0 if in_title else 1].add((start, end))
    return Match(tuple(sorted(spans[0])), tuple(sorted(spans[1])), tuple(dict.fromkeys(to_text(part) for part, _ in hits)))


def excluded(query: Group, title: str, text: str) -> bool:
    """Whether something the outermost group excludes is found."""
    return excluded_in(query, Reading(title, text))


def excluded_in(query: Group, read: Reading) -> bool:
    """As `excluded`, for an article of which several things are asked."""
    return any(_hits(part, read) is not None for part in query.without)


_Hits = list[tuple[Part, set[Span]]]
"""Each part that was found, and the runs of words that are it (numbers of the first and the last)."""


def _hits(part: Part, read: Reading) -> _Hits | None:
    if isinstance(part, Words):
        runs = _runs(part, read)
        return [(part, runs)] if runs else None
    if isinstance(part, Near):
        near = set(_near(part, read))
        return [(part, near)] if near else None
    if any(_hits(one, read) is not None for one in part.without):
        return None
    found: _Hits = []
    for way in part.ways:
        each = [_hits(one, read) for one in way]
        if all(one is not None for one in each):
            found += [hit for one in each for hit in one or ()]
    return found or None


def _runs(words: Words, read: Reading) -> set[Span]:
    """Where the words stand one after the other."""
    tokens = words.tokens
    starts = read.of(tokens[0])
    for further, token in enumerate(tokens[1:], 1):
        starts &= {place - further for place in read.of(token)}
    last = len(tokens) - 1
    return {(start, start + last) for start in starts if start >= 0 and read.together(start, start + last)}


def _near(part: Near, read: Reading) -> Iterator[Span]:
    """Runs of both sides that stand close enough. Of each run the nearest follower is looked for: a text full of them costs no more."""
    first = [(*run, 0) for words in part.first for run in _runs(words, read)]
    second = [(*run, 1) for words in part.second for run in _runs(words, read)]
    row = sorted({*first, *second})
    for place, (start, end, side) in enumerate(row):
        for further in range(place + 1, len(row)):
            other = row[further]
            if other[0] - end > part.within:
                break
            if other[2] != side and other[0] > end and read.together(start, other[1]):
                yield start, end
                yield other[0], other[1]
                break


def words_of(part: Part, *, barred: bool = True) -> Iterator[Words]:
    """All words and phrases, in the order they are written; with `barred` the excluded too."""
    if isinstance(part, Words):
        yield part
    elif isinstance(part, Near):
        yield from (*part.first, *part.second)
    else:
        for one in (*(one for way in part.ways for one in way), *(part.without if barred else ())):
            yield from words_of(one, barred=barred)


def groups(query: Group) -> list[str]:
    """Every way in which words stand side by side, for the judgement whether they name a person (`query_names.judge`).

    Operators part a name ("Budi NEAR/2 Santoso") and so do quotation marks, so neighbours are read as one. A word is judged with its
    neighbours only, for they say what it is ("Jalan Ahmad Yani"). Raises `Unclear` for more than GROUPS.
    """
    found: dict[str, None] = {}
    for one in _groups(query):
        found[one] = None
        if len(found) > GROUPS:
            raise Unclear("groups")
    return list(found)


def _groups(part: Part) -> Iterator[str]:
    if isinstance(part, Words):
        if " " in part.text:
            yield part.text
    elif isinstance(part, Near):
        for one in part.first:
            for other in part.second:
                yield f"{one.text} {other.text}"
                yield f"{other.text} {one.text}"
    else:
        for way in (*part.ways, *((one,) for one in part.without)):
            yield from (one for each in way for one in _groups(each))
            if all(isinstance(one, Words) for one in way):
                yield " ".join(one.text for one in way if isinstance(one, Words))
            else:
                yield from _pairs(way)


def _pairs(way: Iterable[Part]) -> Iterator[str]:
    """Neighbours of a way read together, each alternative of the one with each of the other."""
    for one, other in pairwise(way):
        after = [words.text for words in words_of(other, barred=False)]
        for before in words_of(one, barred=False):
            yield from (f"{before.text} {text}" for text in after)
