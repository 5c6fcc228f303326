"""Names of persons in Indonesian and Vietnamese text, so that they can be hidden in public posts and field reports.

Observed. In posts people write without capitals, so capitals help and may not be needed. In Indonesian a name is mostly announced by
what stands around it (*kata*, *menurut*, *Pak*, *Bupati*, a comma after an office) and by being no common word. In Vietnamese a name
begins with one of a few family names and has two to four capitalised syllables, or is one syllable after *anh*, *chị*, *ông*, *bà*,
or is shortened to initials (*chị N.T.H.*).

Method. Indonesian (and any text that is not Vietnamese): a linear-chain tagger, the averaged structured perceptron (Collins 2002),
over hashed features: the word, its beginning and end, its neighbours, its shape where the text uses capitals, and a class of every
word learned from running text (how often it is capitalised inside a sentence, how common it is). It tells persons from places,
organisations and other names, since what is a place is no person, and only persons are given back. Decoding is exact (Viterbi). A
word found to be a name is hidden wherever it stands in the same text, unless it is a common word. Vietnamese: rules, for no licensed
set was at hand to learn from.

Known failures. Names that are common words (*Bunga*, *Cahaya*, *An*), places the office has not named (`ExceptPlaces` knows only its
own), bands and fictional persons, one-word names without context, names in Javanese or Sundanese posts, Vietnamese names written small
and without title. Public figures are hidden like anyone else. Figures: `heads/names.md`.

Why not a large neural tagger: half a gigabyte for a field report of thirty words; and the loss is bounded, for press articles keep
their names anyway.

Reading. Collins, "Discriminative training methods for hidden Markov models" (EMNLP 2002); Ratinov & Roth, "Design challenges and
misconceptions in named entity recognition" (CoNLL 2009).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kentongan.engine.heads import load_arrays
from kentongan.engine.names_vi import VietnameseRules, is_vietnamese

Span = tuple[int, int]
Weights = npt.NDArray[np.float32]

TAGS = ("O", "B-P", "I-P", "B-L", "I-L", "B-G", "I-G", "B-X", "I-X")
"""P person, L place, G organisation, X other (event, product)."""
BUCKETS = 1 << 18
WORD_BUCKETS = 1 << 17
CLASS_BANDS = 15
LEAN = 1.0
"""A name missed is worse than a word hidden: on nerp-id-valid recall 0.830 at precision 0.816, with 0 it is 0.825 at 0.819."""
_PERSON = ("B-P", "I-P")
_MOSTLY_SMALL = (1, 2, 3, 4)
_TOKEN = re.compile(r"\w+(?:['’]\w+)*|⟦\w+⟧|[^\w\s]")
_FORBIDDEN = -1e6
_TITLES = frozenset(
    ("pak", "bapak", "bpk", "bu", "ibu", "mas", "mbak", "mbah", "bang", "kang", "teh", "teteh", "neng", "nyonya", "ny", "tuan", "tn",
     "haji", "hajah", "h", "hj", "saudara", "saudari", "sdr", "sdri", "ustaz", "ustad", "menurut", "kata", "ujar", "tutur", "ungkap",
     "oleh", "bernama", "nama", "an", "anh", "chị", "ông", "bà", "cô", "chú", "bác", "em", "cháu", "tên")
)  # fmt: skip
"""Words before a person's name."""


class NameTagger(Protocol):
    """Finds names of persons. Pure and deterministic."""

    def spans(self, text: str) -> tuple[Span, ...]:
        """(start, end) of every name, in characters of the text, in order, never overlapping."""
        ...


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a sign and where it stands."""

    text: str
    start: int
    end: int


def tokens_of(text: str) -> list[Token]:
    """Words, signs and marks of a text, in order."""
    return [Token(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text)]


# ---- features ---------------------------------------------------------------------------------------------------------------
def word_bucket(word: str) -> int:
    """Where the class of a lower-case word is kept."""
    return zlib.crc32(word.encode()) % WORD_BUCKETS


def _shape(word: str) -> str:
    if word[0] == "⟦":
        return "m"
    if not word[0].isalnum():
        return word[0]
    if word.isdigit():
        return "9"
    if any(character.isdigit() for character in word):
        return "a9"
    if word.isupper():
        return "X" if len(word) == 1 else "XX"
    return "Xx" if word[0].isupper() else "x"


def uses_capitals(words: Sequence[str]) -> bool:
    """Whether capitals tell anything: some words have them, and not most."""
    letters = [word for word in words if word[0].isalpha()]
    capital = sum(word[0].isupper() for word in letters)
    return 0 < capital < 0.8 * max(1, len(letters))


def features_of(words: Sequence[str], classes: npt.NDArray[np.uint8]) -> list[list[int]]:
    """For every word the buckets of its features. `classes` holds the class of each word bucket."""
    low = [word.lower() for word in words]
    kind = [f"{classes[word_bucket(word)]}" if word[0].isalpha() else word[0] for word in low]
    shape = [_shape(word) for word in words] if uses_capitals(words) else ["?" if word[0].isalpha() else _shape(word) for word in words]
    pad = ["<s>", "<s>", "<s>"]
    low, kind, shape = pad + low + pad, pad + kind + pad, pad + shape + pad
    return [
        [zlib.crc32(f"{number}|{text}".encode()) % BUCKETS for number, text in enumerate(_templates(low, kind, shape, place))]
        for place in range(3, len(low) - 3)
    ]


def _templates(low: Sequence[str], kind: Sequence[str], shape: Sequence[str], i: int) -> Iterator[str]:
    word = low[i]
    yield "bias"
    yield word
    yield low[i - 1]
    yield low[i + 1]
    yield low[i - 2]
    yield low[i + 2]
    yield f"{low[i - 1]} {word}"
    yield f"{word} {low[i + 1]}"
    yield f"{low[i - 2]} {low[i - 1]}"
    yield f"{low[i + 1]} {low[i + 2]}"
    yield word[:2]
    yield word[:3]
    yield word[:4]
    yield word[-2:]
    yield word[-3:]
    yield word[-4:]
    yield f"{kind[i]} {len(word) if len(word) < 9 else 9}"
    yield f"{kind[i - 1]} {kind[i]}"
    yield f"{kind[i]} {kind[i + 1]}"
    yield f"{kind[i - 1]} {kind[i]} {kind[i + 1]}"
    yield f"{kind[i - 2]} {kind[i - 1]} {kind[i]}"
    yield f"{kind[i]} {kind[i + 1]} {kind[i + 2]}"
    yield f"{low[i - 1]} {kind[i]}"
    yield f"{kind[i]} {low[i + 1]}"
    yield f"{low[i - 2]} {kind[i - 1]} {kind[i]}"
    yield f"{kind[i]} {kind[i + 1]} {low[i + 2]}"
    yield f"{low[i - 1]} {kind[i]} {low[i + 1]}"
    yield f"{low[i - 3]} {kind[i - 1]} {kind[i]}"
    yield f"{kind[i]} {word[-3:]}"
    yield f"{shape[i]}"
    yield f"{shape[i - 1]} {shape[i]}"
    yield f"{shape[i]} {shape[i + 1]}"
    yield f"{shape[i - 1]} {shape[i]} {shape[i + 1]}"
    yield f"{shape[i]} {kind[i]}"
    yield f"{low[i - 1]} {shape[i]}"
    yield f"{shape[i]} {low[i + 1]}"


# ---- decoding ---------------------------------------------------------------------------------------------------------------
def allowed_steps() -> npt.NDArray[np.float64]:
    """(from, to): 0 where a tag may follow another, a large negative number where not. Row `len(TAGS)` is the start."""
    steps = np.zeros((len(TAGS) + 1, len(TAGS)))
    for to, tag in enumerate(TAGS):
        if tag.startswith("I-"):
            for before in range(len(TAGS) + 1):
                if before == len(TAGS) or TAGS[before][-2:] != tag[-2:]:
                    steps[before, to] = _FORBIDDEN
    return steps


def best_path(scores: npt.NDArray[np.float64], steps: npt.NDArray[np.float64]) -> list[int]:
    """Viterbi: the tags with the highest sum of `scores` (words, tags) and `steps` (tags + 1, tags)."""
    count = len(scores)
    if not count:
        return []
    total = scores[0] + steps[-1]
    back = np.zeros(scores.shape, dtype=np.int64)
    for place in range(1, count):
        ways = total[:, None] + steps[:-1]
        back[place] = ways.argmax(axis=0)
        total = ways.max(axis=0) + scores[place]
    path = [int(total.argmax())]
    for place in range(count - 1, 0, -1):
        path.append(int(back[place, path[-1]]))
    return path[::-1]


@dataclass(frozen=True, slots=True)
class ChainTagger:
    """The learned tagger. `lean` is added to the score of every person tag: more is hidden, less of it rightly."""

    weights: Weights
    steps: npt.NDArray[np.float64]
    classes: npt.NDArray[np.uint8]
    lean: float = 0.0

    def tags(self, words: Sequence[str]) -> list[str]:
        """The best tag for every word."""
        if not words:
            return []
        features = np.array(features_of(words, self.classes))
        scores = self.weights[features].sum(axis=1, dtype=np.float64)
        scores[:, 1:3] += self.lean
        return [TAGS[tag] for tag in best_path(scores, self.steps)]

    def spans(self, text: str) -> tuple[Span, ...]:
        """Names of persons; a word found once as a name is taken wherever it stands in the text, unless it is a common word."""
        tokens = tokens_of(text)
        tags = self.tags([token.text for token in tokens])
        known = {
            token.text.lower()
            for token, tag in zip(tokens, tags, strict=True)
            if tag in _PERSON and len(token.text) > 2 and not self._is_common(token.text.lower())
        }
        found: list[Span] = []
        inside = False
        for token, tag in zip(tokens, tags, strict=True):
            if tag == "I-P" and inside:
                found[-1] = (found[-1][0], token.end)
            elif tag in _PERSON or (tag == "O" and token.text.lower() in known):
                found.append((token.start, token.end))
            inside = tag in _PERSON
        return tuple(found)

    def _is_common(self, word: str) -> bool:
        """Whether running text knows the word and mostly writes it small."""
        return capital_band_of(int(self.classes[word_bucket(word)])) in _MOSTLY_SMALL


def capital_band_of(word_class: int) -> int:
    """Of a word's class the part that says how often it is capitalised inside sentences: 0 unknown, 1 never … 6 always."""
    return max(0, word_class - 1) // CLASS_BANDS


@dataclass(frozen=True, slots=True)
class NamesByLanguage:
    """Vietnamese text to the rules, all other text to the learned tagger."""

    chain: ChainTagger
    vietnamese: VietnameseRules

    def spans(self, text: str) -> tuple[Span, ...]:
        """Names of persons in the text."""
        return self.vietnamese.spans(text) if is_vietnamese(text) else self.chain.spans(text)


class ExceptPlaces:
    """A tagger that leaves the places of one office alone (wards, roads, markets): hidden, they would take from a report where it is.

    A name is left standing only where all its words are words of a place named there ("Lebak Larangan" also when the tagger took
    "Larangan" alone) and no title stands before it: *Bu Cempaka* is hidden in Kelurahan Cempaka too, for a name missed is worse.
    """

    def __init__(self, tagger: NameTagger, places: Iterable[str]) -> None:
        self._tagger = tagger
        self._places: dict[str, set[tuple[str, ...]]] = {}
        for place in places:
            words = tuple(token.text.lower() for token in tokens_of(place))
            if words:
                self._places.setdefault(words[0], set()).add(words)

    def spans(self, text: str) -> tuple[Span, ...]:
        """Names of persons in the text that are no places."""
        found = self._tagger.spans(text)
        if not found or not self._places:
            return found
        there = self._named(tokens_of(text))
        return tuple(span for span in found if not any(start <= span[0] and span[1] <= end for start, end in there))

    def _named(self, tokens: Sequence[Token]) -> list[Span]:
        """Where places are named, the longest name at each word."""
        low = [token.text.lower() for token in tokens]
        named: list[Span] = []
        for at, word in enumerate(low):
            before = next((other for other in reversed(low[:at]) if other != "."), "")
            lengths = [len(place) for place in self._places.get(word, ()) if tuple(low[at : at + len(place)]) == place]
            if lengths and before not in _TITLES:
                named.append((tokens[at].start, tokens[at + max(lengths) - 1].end))
        return named


@lru_cache(maxsize=1)
def load_tagger() -> NamesByLanguage:
    """The tagger carried with the package, read on first use. Raises StateError when it is missing."""
    arrays = load_arrays("names")
    weights = arrays["weights"].astype(np.float32) * np.float32(arrays["step"])
    chain = ChainTagger(weights, arrays["steps"].astype(np.float64), arrays["classes"].astype(np.uint8), LEAN)
    return NamesByLanguage(chain, VietnameseRules())
