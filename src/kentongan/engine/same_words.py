"""What was typed in the words of the other languages: "banjir" is also searched as "flood" and "ngập".

Observed. The vector of a single word says little: of twenty service words in three languages the five nearest articles of another language
were right in 0.56 of the cases, and a bound that kept nonsense out also kept most of the right ones out. A list of words is narrow and
exact; vectors are wide and loose. The search asks both and says which of them brought a result (docs/explanation/search.md).

Method. The longest runs of typed words that stand in `data/same_words.yaml` become their line; a word that stands in none (a name) stays as
it is. If no word stands in the list there is nothing to add. Accents may be left out where a word has two syllables ("lu lut" is "lũ
lụt"); a single syllable without them would be too many words ("song" is no river).

Known failures. A word of two meanings finds both ("cầu" is a bridge and a wish). What is not on the list is left to the vectors.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

from kentongan.engine.lexicon import folded, word_list

LONGEST = 4
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=32_768)
def bare(text: str) -> str:
    """Lower case without accents, đ as d."""
    if text.isascii():
        return text.lower()
    parted = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(ch for ch in parted if not unicodedata.combining(ch))


def same_words(typed: str) -> list[tuple[str, ...]]:
    """For each part of what was typed the words that stand for it, itself first; empty where no part stands in the list."""
    words = _WORD.findall(unicodedata.normalize("NFC", typed))
    parts: list[tuple[str, ...]] = []
    at = 0
    while at < len(words):
        runs = (" ".join(words[at : at + length]) for length in range(min(LONGEST, len(words) - at), 1, -1))
        here = next((run for run in runs if _line(run)), words[at])
        parts.append((here, *(word for word in _line(here) if folded(word) != folded(here))))
        at += here.count(" ") + 1
    return parts if any(len(part) > 1 for part in parts) else []


def _line(words: str) -> tuple[str, ...]:
    lines = _lines()
    return lines.get(folded(words)) or lines.get(bare(words), ())


@cache
def _lines() -> Mapping[str, tuple[str, ...]]:
    """Each word of the list, and all words of its lines; a word of several syllables without its accents too."""
    found: dict[str, tuple[str, ...]] = {}
    for line in word_list("same_words")["words"]:
        words: tuple[str, ...] = tuple(dict.fromkeys(word for language in line.values() for word in language))
        for key in {key for word in words for key in ((folded(word), bare(word)) if " " in word else (folded(word),))}:
            there = found.get(key, ())
            found[key] = (*there, *(word for word in words if word not in there))
    return found
