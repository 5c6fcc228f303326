"""Stories that tell one event though the clustering keeps them apart: a flood of a province reported district by district.

Observed. A disaster of many places is many stories, because each has its own names and figures; on a page of seven lines it then takes
four. Method, and all of it must hold: the headlines name hazards of one family (`data/hazards.yaml`), they share the name of a place, the
stories were told within two days of each other, and their headlines are near in meaning where their vectors are known. A place is a word
that some headline at hand puts after "di", "ở", "in" or their like; no list of places is carried.

A false join hides an event behind another, a miss costs a line: so accidents and crimes, of which a city has several a day, are never
joined here. Nothing is merged: the stories stay what they are, and the line names those it stands for.

Known failures: two floods of one large city on one day are one; a place that no headline puts after such a word is not seen; headlines in
two languages meet only by a place written alike in both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np

from kentongan.engine.lexicon import Finder, folded, word_list
from kentongan.engine.records import Story
from kentongan.engine.vectors import FloatArray

WITHIN_S = 48 * 3600
LEAST_COSINE = 0.35
"""Of centred vectors; two headlines of one outlet on different matters have 0.2 or less in most cases, of one disaster 0.4 to 0.65."""
_ANY = "any"
_TOKEN = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Told:
    """A story as it is held against others. `vector` is the centred one of its headline, None where it is not known."""

    story: Story
    families: frozenset[str]
    words: frozenset[str]
    vector: FloatArray | None


@cache
def _families() -> tuple[Finder, dict[str, frozenset[str]]]:
    owners: dict[str, frozenset[str]] = {}
    for family, languages in word_list("hazards")["families"].items():
        for word in (folded(word) for words in languages.values() for word in words):
            owners[word] = owners.get(word, frozenset()) | {family}
    return Finder(owners), owners


@cache
def _place_words() -> tuple[frozenset[str], frozenset[str]]:
    data = word_list("hazards")
    before, none = (frozenset(folded(word) for words in data[part].values() for word in words) for part in ("before_place", "no_place"))
    return before, none | before


def told(story: Story, vector: FloatArray | None) -> Told:
    """What of a story is compared."""
    families, tokens = _said(story.headline)
    return Told(story, families, frozenset(tokens), vector)


@lru_cache(maxsize=1024)
def _said(headline: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Families of hazards and words in order. Kept, because the same headlines are weighed each time somebody opens the briefing."""
    finder, owners = _families()
    line = folded(headline)
    return frozenset(family for hit in finder.find(line) for family in owners[hit.entry]), tuple(_TOKEN.findall(line))


def places_in(stories: Iterable[Story]) -> frozenset[str]:
    """Words that one of these headlines puts where a place is named; four letters or more, three in Vietnamese."""
    before, none = _place_words()
    found: set[str] = set()
    for story in stories:
        shortest = 3 if "vi" in story.languages else 4
        _, tokens = _said(story.headline)
        found.update(right for left, right in pairwise(tokens) if left in before and len(right) >= shortest and right not in none)
    return frozenset(found)


def is_one_event(left: Told, right: Told, places: frozenset[str]) -> bool:
    """Whether two stories tell one event. Symmetric."""
    if not left.families or not right.families or not places & left.words & right.words:
        return False
    if not left.families & right.families and _ANY not in left.families | right.families:
        return False
    first, second = sorted((left.story, right.story), key=lambda story: story.first)
    if (second.first - first.last).total_seconds() > WITHIN_S:
        return False
    if left.vector is None or right.vector is None:
        return True
    return float(np.dot(left.vector, right.vector)) >= LEAST_COSINE


def groups(stories: Sequence[Told]) -> list[list[int]]:
    """Places in `stories` of those that tell one event; each group begins with its first, groups in the order of their first.

    Each story is held against the first of a group only, so that a chain of likenesses joins nothing.
    """
    places = places_in(one.story for one in stories)
    found: list[list[int]] = []
    by_place: dict[str, list[int]] = {}
    for index, one in enumerate(stories):
        named = places & one.words if one.families else frozenset[str]()
        near = sorted({number for place in named for number in by_place.get(place, ())})
        number = next((number for number in near if is_one_event(stories[found[number][0]], one, places)), None)
        if number is not None:
            found[number].append(index)
            continue
        for place in named:
            by_place.setdefault(place, []).append(len(found))
        found.append([index])
    return found
