"""Whether a headline tells of something that happened abroad: an earthquake in Japan is read here and asks nothing of this office.

Observed. National outlets tell of floods and crashes everywhere; the words of harm are the same as at home. Headlines name the country or
its capital after a preposition ("di Jepang", "ở Nhật Bản"), or right beside the event ("Gempa Myanmar", "Thailand Banjir"). They also name
countries for other things: nationals ("WNA China"), matches, presidents, trade.

Method. Names of countries in Indonesian, Vietnamese and English come from Unicode's list (CLDR, by Babel), with short names, capitals and
the names that are common words in `data/abroad.yaml`. A name says *where* when a preposition stands before it, or when no word stands there
that says whose it is and a word of harm stands within four words of it. A preposition before any other word ("di Bali") names a place that
is not known to be abroad: then the headline is taken as told from here. Indonesia and Viet Nam are both never abroad, because nothing here
knows in which of them the office lies.

A miss costs a line of the briefing, a wrong hit hides a danger: whether an office's own place is named is asked by the caller first, and
one that is wins. Known failures: cities that are not listed; a headline that names no place counts for neither side.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal, cast

from babel import Locale

from kentongan.engine.harm import words_of_harm
from kentongan.engine.lexicon import Finder, Hit, folded, word_list

Where = Literal["abroad", "elsewhere", ""]
"""`elsewhere`: some place that is not known to be abroad; "": no place is named."""
_LANGUAGES = ("id", "vi", "en")
_NEAR_WORDS = 4
_TOKEN = re.compile(r"\w+")
_PARTS = re.compile(r"\s*[()]\s*")
"""Unicode says "Myanmar (Burma)": either name is one."""


@dataclass(frozen=True, slots=True)
class _Lists:
    """`traps` are longer names that hold a country's; `guarded` ones count after one of `before_guarded`; after `whose` none says where."""

    names: Finder
    traps: frozenset[str]
    guarded: frozenset[str]
    before_guarded: frozenset[str]
    whose: frozenset[str]
    before: frozenset[str]
    no_place: frozenset[str]


@cache
def _lists() -> _Lists:
    data, places = word_list("abroad"), word_list("hazards")
    before, none = (frozenset(folded(word) for words in places[part].values() for word in words) for part in ("before_place", "no_place"))
    guarded, traps = (frozenset(map(folded, words)) for words in (data["guarded"]["names"], data["traps"]))
    names = {folded(name) for names_of in data["more"].values() for name in names_of}
    for language in _LANGUAGES:
        for code, name in cast("Mapping[str, str]", Locale(language).territories).items():
            names |= {folded(part) for part in _PARTS.split(name) if part} if code.isalpha() else set()
    names = (names - set(map(folded, data["not"]))) | guarded | traps
    whose = frozenset(map(folded, data["whose"]))
    return _Lists(Finder(names), traps, guarded, frozenset(map(folded, data["guarded"]["before"])), whose, before, none)


def where_of(title: str) -> Where:
    """Where a headline says that it happened, as far as abroad or not goes. Deterministic."""
    line = folded(title)
    hits = [hit for hit in _lists().names.find(line) if _counts(line, hit)]
    inside = {start for hit in hits for start in range(hit.start, hit.end)}
    if _elsewhere(line, inside):
        return "elsewhere"
    return "abroad" if any(_says_where(line, hit) for hit in hits) else ""


def _counts(line: str, hit: Hit) -> bool:
    """Whether a name that may be a common word stands where a country stands."""
    lists = _lists()
    return hit.entry not in lists.traps and (hit.entry not in lists.guarded or _last(line[: hit.start]) in lists.before_guarded)


def _last(text: str) -> str:
    """The word right before, where nothing but blanks stands between."""
    found = re.search(r"(\w+)\s+$", text)
    return found[1] if found else ""


def _says_where(line: str, hit: Hit) -> bool:
    lists, left = _lists(), _last(line[: hit.start])
    if left in lists.before | lists.before_guarded:
        return True
    if left in lists.whose:
        return False
    return any(_between(line, hit, word) <= _NEAR_WORDS for word in words_of_harm(line))


def _between(line: str, one: Hit, other: Hit) -> int:
    """How many words stand between two hits."""
    first, second = sorted((one, other), key=lambda hit: hit.start)
    return len(_TOKEN.findall(line[first.end : second.start])) if first.end <= second.start else 0


def _elsewhere(line: str, inside: set[int]) -> bool:
    """Whether a preposition of place stands before a word that is no name of abroad."""
    lists = _lists()
    for left, right in pairwise(_TOKEN.finditer(line)):
        word, placed = right.group(), left.group() in lists.before and right.start() not in inside
        if placed and len(word) > 2 and not word.isdigit() and word not in lists.no_place | lists.before:
            return True
    return False
