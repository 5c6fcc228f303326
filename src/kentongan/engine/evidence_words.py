"""Words of a sentence as the evidence gate compares them: where they stand, what of them is left without endings, and phrases of lists.

Observed. A faithful sentence changes endings ("ditutup", "menutup", "penutupan"; "flooded", "flooding") and keeps stems. Vietnamese changes
nothing and writes syllables.

Method. A token keeps its place. Its keys are its stems: Indonesian endings and prefixes are taken off where four letters stay, with
the letters a nasal prefix may have swallowed ("menutup": tutup, kutup, putup, sutup); English plural and verb endings; accents are folded
for names only. Two words are one where they share a key, or stand in one line of `data/same_words.yaml`. Phrases of a list are found over
tokens, the longest first, Indonesian ones also with -nya, -lah, -kah.

Known failures. No dictionary: "bera" is taken from "berani" never, but "mesin" and "mesinan" part. Compounds are not joined.

Reading: Adriani et al. 2007 (stemming Indonesian, from which the order of endings and prefixes is); Porter 1980.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import TypeVar

from kentongan.engine.lexicon import word_list
from kentongan.engine.statement_records import TONGUES, Tongue
from kentongan.engine.terms import fold

_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_STOPS = re.compile(r"[,;:.!?()–—]")
_SHORTEST = 4
_LONGEST_PHRASE = 5


@dataclass(frozen=True, slots=True)
class Token:
    """`text[start:end]`; `low` in small letters, `plain` without accents too. `clause`: how many commas, stops and brackets before it."""

    low: str
    plain: str
    start: int
    end: int
    capital: bool
    clause: int


def tokens(text: str, offset: int = 0) -> tuple[Token, ...]:
    """The words of a text in order; `offset` is added to where they stand."""
    found: list[Token] = []
    clause, last = 0, 0
    for match in _TOKEN.finditer(text):
        clause += _STOPS.search(text, last, match.start()) is not None
        last = match.end()
        low = match[0].lower()
        found.append(Token(low, fold(match[0]), match.start() + offset, match.end() + offset, match[0][0].isupper(), clause))
    return tuple(found)


class Phrases:
    """Phrases of a list, each with what it stands for, found over tokens."""

    def __init__(self, entries: Iterable[tuple[str, object]]) -> None:
        self._entries: dict[tuple[str, ...], object] = {}
        for phrase, value in entries:
            self._entries.setdefault(tuple(_TOKEN.findall(phrase.lower())), value)
        self._first = {key[0] for key in self._entries if key}

    def find(self, words: Sequence[Token]) -> Iterator[tuple[object, int, int]]:
        """(value, first token, token after), none overlapping, the longest first."""
        after = 0
        for at, word in enumerate(words):
            if at < after or (word.low not in self._first and _bare(word.low) not in self._first):
                continue
            length = self._length(words, at)
            if length:
                after = at + length
                yield self._entries[self._run(words, at, length)], at, after

    def _length(self, words: Sequence[Token], at: int) -> int:
        longest = min(_LONGEST_PHRASE, len(words) - at)
        return next((length for length in range(longest, 0, -1) if self._run(words, at, length) in self._entries), 0)

    def _run(self, words: Sequence[Token], at: int, length: int) -> tuple[str, ...]:
        run = tuple(word.low for word in words[at : at + length])
        return run if run in self._entries else (*run[:-1], _bare(run[-1]))


def _bare(word: str) -> str:
    return word[:-3] if word.endswith(("nya", "lah", "kah")) and len(word) > 3 + _SHORTEST else word


_Item = TypeVar("_Item")


def union(sets: Iterable[Iterable[_Item]]) -> frozenset[_Item]:
    """All members of all of these."""
    return frozenset(chain.from_iterable(sets))


@cache
def phrases(name: str, language: Tongue) -> Phrases:
    """A list of `data/evidence.yaml`; "guess" is that of `statement_words.yaml`."""
    listed: Sequence[str] = word_list("statement_words" if name == "guess" else "evidence")[name][language]
    return Phrases((str(phrase), phrase) for phrase in listed)


@cache
def poles(language: Tongue) -> Phrases:
    """Opposites of `claims.yaml` and `evidence.yaml`; a phrase stands for its (line, end) pairs."""
    owners: dict[str, list[tuple[int, int]]] = {}
    for line, ends in enumerate([*word_list("claims")["poles"], *word_list("evidence")["poles"]]):
        for end, languages in enumerate(ends):
            for word in languages.get(language, ()):
                owners.setdefault(str(word), []).append((line, end))
    return Phrases((word, tuple(pairs)) for word, pairs in owners.items())


# ---- keys -------------------------------------------------------------------------------------------------------------------
@cache
def stop_words(language: Tongue) -> frozenset[str]:
    """Words that carry nothing a source must say."""
    return frozenset(map(str, word_list("evidence")["stop"][language]))


@lru_cache(maxsize=65_536)
def keys(low: str, language: Tongue) -> frozenset[str]:
    """The stems a word may have, and the lines of `same_words.yaml` it stands in."""
    stems = _indonesian(low) if language == "id" else {_english(low)} if language == "en" else {low}
    found = set(stems)
    for word in (low, *stems):
        found.update(_lines(language).get(word, ()))
    return frozenset(found)


@cache
def _lines(language: Tongue) -> Mapping[str, tuple[str, ...]]:
    """Single words of the list, each with the names of its lines, which are the same in every language."""
    found: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(word_list("same_words")["words"]):
        for word in line.get(language, ()):
            if " " not in word:
                found[word] = (*found.get(word, ()), f"={number}")
    return found


_ENDINGS = ("lah", "kah", "nya", "ku", "mu")
_SUFFIXES = ("kan", "an", "i")
_NASAL = (
    ("meng", "k"),
    ("peng", "k"),
    ("meny", "s"),
    ("peny", "s"),
    ("men", "t"),
    ("pen", "t"),
    ("mem", "p"),
    ("pem", "p"),
    ("me", ""),
    ("pe", ""),
)
_PREFIXES = ("memper", "diper", "keber", "ber", "ter", "per", "di", "ke", "se")


def _indonesian(word: str) -> set[str]:
    word = next((word[: -len(end)] for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= _SHORTEST), word)
    found = set(_without_prefix(word))
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST:
            found.update(_without_prefix(word[: -len(suffix)]))
    return found


def _without_prefix(word: str) -> Iterator[str]:
    yield word
    for prefix, swallowed in _NASAL:
        rest = word[len(prefix) :]
        if word.startswith(prefix) and len(rest) >= _SHORTEST - 1:
            if rest[0] in "aiueo" and swallowed:
                yield swallowed + rest
            if len(rest) >= _SHORTEST:
                yield rest
            break
    for prefix in _PREFIXES:
        rest = word[len(prefix) :]
        if word.startswith(prefix) and len(rest) >= _SHORTEST:
            yield rest
            break


_ENGLISH = ("'s", "’s", "ingly", "edly", "ations", "ation", "ing", "ies", "ied", "ers", "er", "ed", "es", "ly", "s", "e")


def _english(word: str) -> str:
    for ending in _ENGLISH:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST - 1 and not (ending == "s" and word.endswith("ss")):
            rest = word[: -len(ending)]
            rest = rest[:-1] if len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "ls" else rest
            return rest[:-1] if ending not in ("ies", "ied") and rest.endswith("e") else rest + "i" if ending in ("ies", "ied") else rest
    return word[:-1] + "i" if word.endswith("y") else word


def content(words: Sequence[Token], language: Tongue) -> tuple[int, ...]:
    """Which of these carry something: places of those that are neither stop words nor single letters."""
    stops = stop_words(language)
    return tuple(at for at, word in enumerate(words) if word.low not in stops and (len(word.low) > 1 or word.low.isdigit()))


# ---- names in several languages ---------------------------------------------------------------------------------------------
class Aliases:
    """Names of one thing in several languages or spellings; each group has a number."""

    def __init__(self, groups: Iterable[Iterable[str]] = ()) -> None:
        entries: list[tuple[str, object]] = []
        for number, group in enumerate([*_shipped(), *groups]):
            entries += [(fold(name), number) for name in group]
        self._phrases = Phrases(entries)

    def find(self, words: Sequence[Token]) -> list[tuple[int, int, int]]:
        """(group, first token, token after) of every name in these words, accents aside."""
        plain = [Token(word.plain, word.plain, word.start, word.end, word.capital, word.clause) for word in words]
        return [(int(str(group)), first, after) for group, first, after in self._phrases.find(plain)]


def _shipped() -> list[list[str]]:
    groups: list[list[str]] = word_list("evidence")["same_names"]
    return groups


def known_tongue(language: str) -> Tongue | None:
    """The language as one the gate reads; Malay is read as Indonesian; None for others."""
    if language == "ms":
        return "id"
    return next((tongue for tongue in TONGUES if tongue == language), None)
