"""Words that are no names: by a short list of things, and by how the press writes them. Pure.

Observed. A tagger of names decides about a word it never read by its letters alone, and who watches one word gives it nothing else.
*Galon*, *tandon* and *tangki* end as names do and stand in none of the texts it learned from. Within a sentence of the press capitals tell
the two apart: "tandon" is written small there and "Bayu" is not.

Method. First a list of things (`data/ordinary.yaml`), for an office that has heard nothing yet. Then what the office heard: within
sentences of its press items (not in headlines, which capitalise everything, nor in posts, which capitalise nothing and which anybody can
write) the word stands in LEAST items of OUTLETS outlets or more, and at least SHARE of the times small.

Known failures. A person's name that the press of an office only writes as a word ("cahaya") passes, as it does the tagger. A thing in the
name of a body ("PT Tangki Jaya") counts against it. What the list lacks is refused until it has been heard often enough.

Why no list of names beside it: it would be long, never complete, and a list of persons.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from kentongan.engine.lexicon import folded, word_list

LEAST, OUTLETS = 5, 2
SHARE = 0.95
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@cache
def _listed() -> frozenset[str]:
    return frozenset(folded(word) for words in word_list("ordinary").values() for word in words)


def is_listed(words: str) -> bool:
    """Whether each of these words is a thing of the list, or how one is."""
    found = _WORD.findall(folded(words))
    return bool(found) and _listed().issuperset(found)


def uses(word: str, text: str) -> tuple[int, int]:
    """How often the word stands within a sentence of this text: small, and with a capital."""
    inside = rf"(?<=[\w,;)] ){re.escape(folded(word))}(?!\w)"
    found = [match.group() for match in re.finditer(inside, " ".join(text.split()), re.I)]
    small = sum(one.islower() for one in found)
    return small, len(found) - small


def is_used_small(word: str, heard: Iterable[tuple[str, str]]) -> bool:
    """Whether the press writes the word as a word. `heard` are its items: outlet and text."""
    items, outlets, small, capital = 0, set[str](), 0, 0
    for outlet, text in heard:
        one, other = uses(word, text)
        small, capital = small + one, capital + other
        if one:
            items += 1
            outlets.add(outlet)
    return items >= LEAST and len(outlets) >= OUTLETS and small >= SHARE * (small + capital)
