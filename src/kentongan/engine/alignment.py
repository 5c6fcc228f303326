"""Sentences are records whose identity survives editing: which sentence of a new text is which sentence of the former one.

Observed. Whoever edits a statement changes a figure, moves the instruction to the top, cuts a long sentence in two, joins two short ones,
strikes one, repeats one. What belongs to a sentence (its evidence, its reviewer, how much of it is a machine's draft) has to stay with it
through all of that, and must never slide onto a sentence that says something else: a lost tie is found by the person who approves
(the sentence is shown as new and without evidence), a wrong tie is not. So doubt goes to "new".

Method. In four steps, each of which leaves what it paired alone.
1. The same beginning and the same end of both texts, sentence by sentence. This alone settles most savings, and settles repeated sentences.
2. The same sentence anywhere else: it moved. Sentences that repeat are paired in their order.
3. What is left is paired by likeness: twice the longest common subsequence of words over the number of words of both (Dice over LCS), at
   least `ALIKE`, or `ALIKE_IN_PLACE` where both stand between the same two neighbours. The pair most alike is taken first, then the next.
   Candidates come from an index of words; words both have in any order bound the likeness from above, so few pairs are looked at, and
   the longest common subsequence is found with whole machine words at once (Crochemore et al. 2001; Hyyrö 2004).
4. Where from. A former sentence whose id nobody has, and whose words stand in what a new sentence has beyond its own, was merged into it. A
   new sentence most of whose words a former one has, was split off it, or is a copy of it where the one that kept the id still says them.
What stands out of the order of the longest rising run of kept sentences is marked as moved.

Known failures. A sentence of one or two words that is rewritten is a new one. A sentence of which more than half is rewritten is a new
one, also where a person would say it is "the same thought". Of two nearly equal sentences, one struck and the other edited, the ids may
be swapped; their texts then differ by less than each from itself. A merge of four sentences or more may keep no id; the origins are
recorded. Words are compared as written: no stems, no synonyms, no other language.

Why not Gale & Church 1993, the model of sentence alignment: it is monotone and counts lengths because its two sides share no words; ours
do, and moving is common. Why not the cheapest assignment of all (Kuhn 1955): to raise the sum it may part the two that are most alike,
and a reviewer sees pairs, not sums. Why not vectors: "12 orang" and "120 orang" are neighbours there, and the result must be the same on
every machine.

Reading: Gale & Church 1993 (Computational Linguistics 19); Zhang et al. 2014 and Jiang et al. 2020 (aligning revisions of one text);
Myers 1986 and Heckel 1978 (differences with moved blocks).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from kentongan.engine.sentences import spans
from kentongan.errors import InputError

LONGEST = 60_000
"""Characters of one statement: some twenty pages."""
MOST_SENTENCES = 1_000
ALIKE, ALIKE_IN_PLACE = 0.5, 0.35
CONTAINED = 0.6
"""This share of a sentence's words has to be found in another one for it to have come from there, or gone there."""
_FEWEST_CONTAINED = 2
_CANDIDATES = 8
_LEAST_RATIO = 0.01
_WORD = re.compile(r"\w+")
_SIGN = re.compile(r"\w+|[^\w\s]")
_NEW_ID = re.compile(r"s([1-9]\d{0,17})")
_LINE = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")

Change = Literal["kept", "edited", "merged", "split", "copied", "new"]
Code = Literal["long", "sentences"]
_REMEDY = "Attach the long part as a file, or make two statements."
SAID: dict[Code, str] = {
    "long": "{field}: {found} characters are too many for one statement ({most} at most). " + _REMEDY,
    "sentences": "{field}: {found} sentences are too many for one statement ({most} at most). " + _REMEDY,
}  # fmt: skip
"""What can be wrong with a text, with the remedy. The office says it in the reader's language."""


class TooMuch(InputError):
    """A text that is no statement any more: `code` of SAID and its values; `subject` is the field."""

    def __init__(self, code: Code, field: str, found: int, most: int) -> None:
        super().__init__(SAID[code].format(field=field, found=found, most=most), subject=field)
        self.code: Code = code
        self.values: dict[str, Any] = {"field": field, "found": found, "most": most}


@dataclass(frozen=True, slots=True)
class Former:
    """A sentence of the text as it was, with the id it has."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Aligned:
    """A sentence of the new text: `text` is `new[start:end]`.

    `edit_ratio`: 0 for the very same sentence, up to 1 where nothing of the sentence it comes from is left; 1 for a new one.
    `origins`: ids of former sentences it comes from, its own first; empty for a new one. `moved`: it stands in another order than before.
    """

    id: str
    text: str
    start: int
    end: int
    change: Change
    edit_ratio: float
    origins: tuple[str, ...]
    moved: bool
    hash: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """The sentences of the new text in order; ids of the former ones that nobody has any more; the hash of the whole text."""

    sentences: tuple[Aligned, ...]
    gone: tuple[str, ...]
    hash: str


# ---- hashes -----------------------------------------------------------------------------------------------------------------
def sentence_hash(text: str) -> str:
    """SHA-256 of a sentence in NFC with white space single, in hex. Nothing else is forgiven: not case, signs or invisible marks."""
    return _hash(_single(text))


def text_hash(text: str) -> str:
    """SHA-256 of a whole text, in hex: every line in NFC with white space single, empty lines left out.

    What was approved is what is published where both have this hash.
    """
    return _hash("\n".join(filter(None, map(_single, _LINE.split(text)))))


def _single(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# ---- the four steps ---------------------------------------------------------------------------------------------------------
def align(former: Sequence[Former], text: str, *, used: Iterable[str] = (), field: str = "text") -> Alignment:
    """Split `text` and give every sentence its id: the one it had, or a new one (`s1`, `s2` …) above all ids of `former` and `used`.

    `used` are ids that sentences of this statement had once and no more, so that none is given twice in its life. Raises `TooMuch`
    where a text passes the limits, `ValueError` where two former sentences have one id. Does not decide what a change means for
    evidence or approval.
    """
    _measure(len(text), LONGEST, "long", field)
    where = list(spans(text))
    _measure(len(where), MOST_SENTENCES, "sentences", field)
    _measure(len(former), MOST_SENTENCES, "sentences", field)
    _measure(sum(len(one.text) for one in former), LONGEST, "long", field)
    ids = [one.id for one in former]
    if len(set(ids)) != len(ids):
        raise ValueError("two former sentences have the same id")
    old, new = [_Words(one.text) for one in former], [_Words(text[start:end]) for start, end in where]
    pairs = _same(old, new)
    pairs.update(_alike(old, new, pairs))
    origins = _origins(old, new, pairs)
    moved = _moved(pairs)
    fresh = _fresh([*ids, *used])
    keepers = {place: new[at] for at, place in pairs.items()}
    sentences: list[Aligned] = []
    for at, (start, end) in enumerate(where):
        sources = origins[at]
        change = _change(new[at], old[pairs[at]] if at in pairs else None, sources, keepers)
        own = ids[pairs[at]] if at in pairs else next(fresh)
        ratio = _edited(old[sources[0]], new[at]) if sources else 1.0
        from_ids = tuple(ids[source] for source in sources)
        sentences.append(Aligned(own, text[start:end], start, end, change, ratio, from_ids, at in moved, sentence_hash(text[start:end])))
    return Alignment(tuple(sentences), tuple(one for place, one in enumerate(ids) if place not in keepers), text_hash(text))


def _measure(found: int, most: int, code: Code, field: str) -> None:
    if found > most:
        raise TooMuch(code, field, found, most)


class _Words:
    """A sentence made ready for comparing: `key` tells the same sentence, `words` the likeness, `signs` what was edited."""

    __slots__ = ("bag", "key", "signs", "words")

    def __init__(self, text: str) -> None:
        self.key = _single(text)
        self.signs = _SIGN.findall(self.key)
        self.words = _WORD.findall(self.key.casefold())
        self.bag = Counter(self.words)


def _same(old: Sequence[_Words], new: Sequence[_Words]) -> dict[int, int]:
    """Steps 1 and 2: new place → old place of sentences that did not change."""
    pairs: dict[int, int] = {}
    shorter = min(len(old), len(new))
    front = 0
    while front < shorter and old[front].key == new[front].key:
        pairs[front] = front
        front += 1
    back = 0
    while back < shorter - front and old[-1 - back].key == new[-1 - back].key:
        pairs[len(new) - 1 - back] = len(old) - 1 - back
        back += 1
    waiting: dict[str, list[int]] = defaultdict(list)
    for place in range(len(old) - 1 - back, front - 1, -1):
        waiting[old[place].key].append(place)
    for at in range(front, len(new) - back):
        if waiting.get(new[at].key):
            pairs[at] = waiting[new[at].key].pop()
    return pairs


def _alike(old: Sequence[_Words], new: Sequence[_Words], pairs: dict[int, int]) -> dict[int, int]:
    """Step 3: pairs among what is left, the most alike first."""
    free_old = set(range(len(old))) - set(pairs.values())
    anchors = sorted(set(pairs) - _moved(pairs))
    old_anchors = [pairs[at] for at in anchors]
    found: list[tuple[float, int, int, int]] = []
    index = _Index(old, free_old)
    for at in range(len(new)):
        if at in pairs:
            continue
        for place, shared in index.nearest(new[at]):
            in_place = bisect_left(anchors, at) == bisect_left(old_anchors, place)
            least = ALIKE_IN_PLACE if in_place else ALIKE
            total = len(new[at].words) + len(old[place].words)
            if 2 * shared / total < least:
                continue
            likeness = 2 * common(old[place].words, new[at].words) / total
            if likeness >= least:
                found.append((-round(likeness + 0.1 * in_place, 9), abs(at - place), at, place))
    out: dict[int, int] = {}
    for _, _, at, place in sorted(found):
        if at not in out and place in free_old:
            out[at] = place
            free_old.remove(place)
    return out


class _Index:
    """Which of some sentences share words with another one."""

    def __init__(self, sentences: Sequence[_Words], places: Iterable[int]) -> None:
        self._size = len(sentences)
        postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place in sorted(places):
            for word, count in sentences[place].bag.items():
                postings[word].append((place, count))
        self._postings: dict[str, npt.NDArray[np.int64]] = {word: np.array(ones, dtype=np.int64).T for word, ones in postings.items()}

    def nearest(self, sentence: _Words) -> list[tuple[int, int]]:
        """The places that share most words with a sentence, each with how many, the most first; equal ones in order."""
        shared = np.zeros(self._size, dtype=np.int64)
        for word, count in sentence.bag.items():
            if word in self._postings:
                places, counts = self._postings[word]
                shared[places] += np.minimum(counts, count)
        best = np.argsort(-shared, kind="stable")[:_CANDIDATES]
        return [(int(place), int(shared[place])) for place in best if shared[place]]


def common(left: Sequence[str], right: Sequence[str]) -> int:
    """The length of the longest common subsequence, by bits: one step for every word of `right`."""
    where: dict[str, int] = defaultdict(int)
    for place, word in enumerate(left):
        where[word] |= 1 << place
    full = (1 << len(left)) - 1
    row = full
    for word in right:
        hits = row & where.get(word, 0)
        row = ((row + hits) | (row - hits)) & full
    return len(left) - row.bit_count()


def _origins(old: Sequence[_Words], new: Sequence[_Words], pairs: dict[int, int]) -> list[list[int]]:
    """Step 4: for every new sentence the former ones it comes from, its own first."""
    origins: list[list[int]] = [[pairs[at]] if at in pairs else [] for at in range(len(new))]
    gone = set(range(len(old))) - set(pairs.values())
    swallowed = _Index(old, gone)
    whole = _Index(old, range(len(old)))
    for at, sentence in enumerate(new):
        own = pairs.get(at)
        if own is not None and old[own].key == sentence.key:
            continue
        beyond = sentence.bag - old[own].bag if own is not None else Counter(sentence.bag)
        for place, _ in swallowed.nearest(sentence):
            size = len(old[place].words)
            if _enough((old[place].bag & beyond).total(), size) and _enough(common(old[place].words, sentence.words), size):
                origins[at].append(place)
                beyond -= old[place].bag
        if not origins[at]:
            size = len(sentence.words)
            parts = [(common(old[place].words, sentence.words), -place) for place, _ in whole.nearest(sentence)]
            best = max(parts, default=(0, 0))
            if _enough(best[0], size):
                origins[at].append(-best[1])
    return [[*ones[:1], *sorted(ones[1:])] if at in pairs else sorted(ones) for at, ones in enumerate(origins)]


def _enough(shared: int, size: int) -> bool:
    return shared >= max(_FEWEST_CONTAINED, CONTAINED * size)


def _change(sentence: _Words, own: _Words | None, sources: Sequence[int], keepers: Mapping[int, _Words]) -> Change:
    if own is not None and own.key == sentence.key:
        return "kept"
    if len(sources) > 1:
        return "merged"
    if own is not None:
        return "edited"
    if not sources:
        return "new"
    keeper = keepers.get(sources[0])
    still_said = keeper is not None and _enough((sentence.bag & keeper.bag).total(), len(sentence.words))
    return "copied" if still_said else "split"


def _edited(before: _Words, after: _Words) -> float:
    """0 for the same sentence, else how much of both is not common, signs and capitals counted; never 0 where anything differs."""
    if before.key == after.key:
        return 0.0
    total = len(before.signs) + len(after.signs)
    return round(max(_LEAST_RATIO, 1 - 2 * common(before.signs, after.signs) / total), 4) if total else 1.0


def _moved(pairs: dict[int, int]) -> set[int]:
    """New places whose former places are not in the longest rising run (patience sorting; of equal runs the one with the lowest end)."""
    tails: list[int] = []
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for at in sorted(pairs):
        depth = bisect_left(tails, pairs[at])
        before[at] = ends[depth - 1] if depth else None
        tails[depth : depth + 1] = [pairs[at]]
        ends[depth : depth + 1] = [at]
    stays: set[int] = set()
    at = ends[-1] if ends else None
    while at is not None:
        stays.add(at)
        at = before[at]
    return set(pairs) - stays


def _fresh(ids: Iterable[str]) -> Iterator[str]:
    number = max((int(match[1]) for match in map(_NEW_ID.fullmatch, ids) if match), default=0)
    while True:
        number += 1
        yield f"s{number}"
