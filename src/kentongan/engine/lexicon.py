"""Word lists as data, and finding their entries in a text as whole words, longest first.

One Aho-Corasick automaton (Aho & Corasick 1975) per list finds every entry in one pass, whatever the number of
entries; leftmost-longest matching lets a longer phrase (`banjir diskon`) hide the word inside it (`banjir`). The
automaton works on letters, so a match counts only where no letter or digit touches it; Indonesian endings (-nya,
-lah, -kah) are allowed after it.

Known failures: no morphology beyond those endings (`kebanjiran` is another entry), no word sense. Not a learned
model: an officer must be able to read why a story has a level and correct the list."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml
from ahocorasick_rs import AhoCorasick, MatchKind

_ENDINGS = ("nya", "lah", "kah")


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry found: which, and where in the folded text."""

    entry: str
    start: int
    end: int


@cache
def word_list(name: str) -> Mapping[str, Any]:
    """The YAML list `data/<name>.yaml` of this package, read once."""
    return yaml.safe_load(resources.files("kentongan.engine").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8"))


def folded(text: str) -> str:
    """NFC, lower case, white space as single blanks: the form in which lists and texts are compared.

    Accents are kept.
    """
    return " ".join(unicodedata.normalize("NFC", text).lower().split())


class Finder:
    """Finds the entries of a list in folded text. Immutable; safe to share."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._entries = sorted({folded(entry) for entry in entries})
        self._automaton = AhoCorasick(self._entries, matchkind=MatchKind.Standard)

    def find(self, text: str) -> list[Hit]:
        """Whole-word hits in order, none overlapping, the longest where several begin together.

        `text` must be folded.
        """
        hits: list[Hit] = []
        whole = [
            Hit(self._entries[index], start, end)
            for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True)
            if _starts_word(text, start) and _ends_word(text, end)
        ]
        for hit in sorted(whole, key=lambda one: (one.start, -one.end)):
            if not hits or hit.start >= hits[-1].end:
                hits.append(hit)
        return hits


def _starts_word(text: str, start: int) -> bool:
    return start == 0 or not text[start - 1].isalnum()


def _ends_word(text: str, end: int) -> bool:
    if end == len(text) or not text[end].isalnum():
        return True
    return any(text.startswith(ending, end) and (end + 3 == len(text) or not text[end + 3].isalnum()) for ending in _ENDINGS)
