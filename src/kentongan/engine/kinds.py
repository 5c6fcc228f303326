"""Kinds of item. Today one: is the public asking something? (Complaint, report, rumour and claim follow with trained
heads.)

Observed: a post asks with a question word or mark; a press text reports a question with an asker (`warga`, `người
dân`, `residents`) near a question word; a headline with a question mark alone is usually bait and is not counted.
Method: word lists of `data/questions.yaml`. Known failures: rhetorical questions in posts count; indirect questions
without a question word are missed."""

from __future__ import annotations

import re
from functools import cache

from kentongan.engine.lexicon import Finder, folded, word_list
from kentongan.engine.records import SourceKind

_SPLIT = re.compile(r"(?<=[.!?…\"”])\s+|\n+")
_OPENING = 3000


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
