"""Tone of a text toward a policy, service or agency: positive, neutral, negative, mixed, or unclear. Never toward a person.

Observed. A report of a crash is full of bad words and says nothing of the bus company; a post says "bagus sekali, tiga
hari mati air" and means the contrary; half of what people write of a service is a wish. Two readers of posts agree on
eight or nine of ten. So a belief is given, not a verdict, and below `SURE` the answer is "unclear".

Method. Three things speak, each a linear score for the three poles, added up (`heads/tone.npz`, see its model card):
words, pairs of words and letter groups, hashed (Wang & Manning 2012 showed how far these alone go); the text's e5
vector without the centre of its language (with weights of their own for Vietnamese and English); and counts of judging
words of our own list (`data/tone.yaml`), turned round by a negation before them. The sum is divided by a temperature
of its language (Guo et al. 2017), so that of the answers given with 0.8 eight in ten are right.

Rules around the head, for what no head can know:
- A target is asked about by name. Only the clauses that name it are judged, and the sentence right after one that
  begins with none of its own. A text that does not name it says nothing about it: unclear.
- In press and official texts a bad event is no opinion: without a judging word of our list in those clauses, the tone
  is neutral. In a public post whose only bad words are events (`data/harm.yaml`) a negative belief is unclear.
- Clauses that judge both ways, each with a judging word and a sure belief, make it mixed.
- The name of a private person is no target (`query_names.judge`): refused.

Known failures. Irony; sarcasm by praise; local slang nobody listed; criticism told as a fact in the press ("air mati
sejak Senin") is neutral by rule; a clause about something else in the same sentence; Vietnamese is known by carrying
over and by our own list only. Figures: the model card.

Why not a language model: it cannot be carried, and nobody could say why it decided. Reading: Pang & Lee 2008."""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from kentongan.engine.harm import harm_of
from kentongan.engine.heads import load_arrays
from kentongan.engine.lexicon import Finder, folded, word_list
from kentongan.engine.names import NameTagger
from kentongan.engine.query_names import judge
from kentongan.engine.records import Language, SourceKind
from kentongan.engine.sentences import spans
from kentongan.engine.teaching import Correction
from kentongan.engine.vectors import DIMENSION, FloatArray, shipped_centres
from kentongan.errors import RefusedError

Tone = Literal["positive", "neutral", "negative", "mixed", "unclear"]
Pole = Literal["negative", "neutral", "positive"]
POLES: tuple[Pole, ...] = ("negative", "neutral", "positive")
BUCKETS = 1 << 18
SHORTEST_GROUP, LONGEST_GROUP = 2, 5
MEANINGS = ("other", "en", "vi")
"""Languages whose meaning has weights of its own: eleven thousand Indonesian rows would drown theirs."""
GROUP_SHARE = 0.3
"""What a letter group counts beside a word; chosen by cross-validation (0.6 is a point worse)."""
COUNTS_SHARE = 0.3
SURE = 0.6
"""Below this belief the answer is "unclear"."""
SURE_CLAUSE = 0.7
_CHARACTERS_READ = 4_000
_MOST_CLAUSES = 12
_EVENT = 3
"""The harm from which on a text tells of an event: death, injury, fire, flood."""
_WORDS_KEPT = 50_000
_REACH = 12
"""Letters a negation reaches."""
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[!?]+|[:;=]-?[()DPp]|[\U0001F300-\U0001FAFF❤]")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|⟦\w+⟧|[@#](?=\w)")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The tone, the belief in the strongest pole and in each (adding up to one), and the clauses it stands on, as they were written."""

    tone: Tone
    belief: float
    poles: Mapping[Pole, float]
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """A policy, service or agency by its names. Made by `target_from`, which refuses persons."""

    names: tuple[str, ...]


def target_from(names: Iterable[str], tagger: NameTagger) -> Target:
    """A target by its names and other spellings. Raises RefusedError where one is, or holds, the name of a private person."""
    kept = tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
    for name in kept:
        if not judge(name, tagger).allowed:
            raise RefusedError("Tone is never judged toward a person: name a policy, a service or an agency.", subject="target")
    if not kept:
        raise RefusedError("Name the policy, service or agency whose tone is asked for.", subject="target")
    return Target(kept)


# ---- what a text is made of -------------------------------------------------------------------------------------------------
def tokens(text: str) -> list[str]:
    """Words in lower case, numbers as 0, marks and small faces; letters drawn out are cut to two (`mantaaap`)."""
    plain = _ADDRESS.sub(" ", unicodedata.normalize("NFC", text[:_CHARACTERS_READ])).lower()
    return ["0" if word.isdigit() else _DRAWN_OUT.sub(r"\1\1", word) for word in _TOKEN.findall(plain)]


def buckets_of(word: str) -> tuple[int, tuple[int, ...]]:
    """The bucket of a word and those of its letter groups, each once; `^` and `$` stand for its edges."""
    edged = f"^{word}$"
    groups = {
        zlib.crc32(edged[start : start + size].encode()) % BUCKETS
        for size in range(SHORTEST_GROUP, LONGEST_GROUP + 1)
        for start in range(len(edged) - size + 1)
    }
    return zlib.crc32(f"={word}".encode()) % BUCKETS, tuple(sorted(groups))


def pair_bucket(left: str, right: str) -> int:
    """The bucket of two neighbours."""
    return zlib.crc32(f"{left} {right}".encode()) % BUCKETS


def weights_of(words: Sequence[str]) -> dict[int, float]:
    """Buckets of a text with their weights, of length one together: each word, pair and letter group counts once.

    Always in the same order, which does not hang on how Python hashes words: sums in another order end in other bits.
    """
    groups = (bucket for word in words for bucket in _kept_buckets(word)[1])
    found = dict.fromkeys(groups, GROUP_SHARE)
    found.update(dict.fromkeys((pair_bucket(left, right) for left, right in pairwise(("<", *words, ">"))), 1.0))
    found.update(dict.fromkeys((_kept_buckets(word)[0] for word in words), 1.0))
    length = math.sqrt(sum(weight * weight for weight in found.values()))
    return {bucket: weight / length for bucket, weight in found.items()}


@lru_cache(maxsize=_WORDS_KEPT)
def _kept_buckets(word: str) -> tuple[int, tuple[int, ...]]:
    return buckets_of(word)


@cache
def _finder() -> tuple[Finder, dict[str, frozenset[str]]]:
    """One finder over all words of the list, and what each word is."""
    kinds: dict[str, frozenset[str]] = {}
    for kind, languages in word_list("tone").items():
        for words in languages.values():
            for word in words:
                kinds[folded(word)] = kinds.get(folded(word), frozenset()) | {kind}
    return Finder(kinds), kinds


@dataclass(slots=True)
class Counts:
    """Judging words of a text: how many good and bad ones, those after the last "but", and what else was found."""

    good: float = 0.0
    bad: float = 0.0
    last_good: float = 0.0
    last_bad: float = 0.0
    turned_good: int = 0
    turned_bad: int = 0
    seen: dict[str, int] | None = None
    words: int = 0
    asked: bool = False
    loud: bool = False

    def judges(self) -> bool:
        """Whether anything judges."""
        return self.good + self.bad > 0


def counts_of(text: str) -> Counts:
    """The judging words of a text; one right after a negation is turned round, one beside a strong word counts half as much again."""
    line = folded(text[:_CHARACTERS_READ])
    finder, kinds = _finder()
    counts = Counts(seen={}, words=max(1, line.count(" ") + 1), asked="?" in line, loud="!" in line)
    seen: dict[str, int] = {}
    negated = strong = -1_000
    for hit in finder.find(line):
        kind = kinds[hit.entry]
        for one in kind:
            seen[one] = seen.get(one, 0) + 1
        if "but" in kind:
            counts.last_good = counts.last_bad = 0.0
            negated = -1_000
        if "good" in kind or "bad" in kind:
            between = line[max(negated, 0) : hit.start]
            turned = 0 <= hit.start - negated <= _REACH and "." not in between and "," not in between
            _count(counts, ("good" in kind) != turned, turned, 1.5 if hit.start - strong <= 2 else 1.0)
            negated = -1_000
        elif "not" in kind:
            negated = hit.end
        elif "strong" in kind:
            strong = hit.end
    counts.seen = seen
    return counts


def _count(counts: Counts, good: bool, turned: bool, weight: float) -> None:
    if good:
        counts.good += weight
        counts.last_good += weight
        counts.turned_good += turned
    else:
        counts.bad += weight
        counts.last_bad += weight
        counts.turned_bad += turned


def count_features(counts: Counts) -> list[float]:
    """The counts as the head takes them: eighteen numbers, most of them between 0 and 2."""
    log, seen = math.log1p, counts.seen or {}
    good, bad = counts.good, counts.bad
    numbers = [
        log(good), log(bad), log(counts.last_good), log(counts.last_bad), float(good > bad), float(bad > good), float(good + bad == 0),
        (good - bad) / (good + bad) if good + bad else 0.0, log(seen.get("not", 0)), log(seen.get("but", 0)), log(seen.get("asks", 0)),
        log(seen.get("tells", 0)), log(counts.words) / 3, float(counts.asked), float(counts.loud), float(good > 0 and bad > 0),
        log(counts.turned_good), log(counts.turned_bad),
    ]  # fmt: skip
    return [COUNTS_SHARE * number for number in numbers]


# ---- the head ---------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Meaning:
    """Weights of a centred vector (384, 3), of the counts of judging words (18, 3), and the bias (3)."""

    vector: Floats
    counts: Floats
    bias: Floats

    def score(self, vector: FloatArray, counts: Counts) -> Floats:
        """The score of each pole; a vector of noughts says nothing."""
        return vector.astype(np.float64) @ self.vector + np.array(count_features(counts)) @ self.counts + self.bias


@dataclass(frozen=True, slots=True)
class Head:
    """What is learned: weights of the buckets (BUCKETS, 3), what meaning weighs by language, and how both are mixed by language.

    `mixing` says how much words and meaning count, and the temperature. A language that is not there is told as "other".
    `taught` is what an office's own labels add, None for the head as it is shipped.
    """

    words: npt.NDArray[np.float32]
    words_bias: Floats
    meaning: Mapping[str, Meaning]
    mixing: Mapping[str, tuple[float, float, float]]
    taught: Correction | None = None

    def of_words(self, text: str) -> Floats:
        """The score of words, pairs and letter groups."""
        weights = weights_of(tokens(text))
        if not weights:
            return np.zeros(len(POLES))
        rows = self.words[np.fromiter(weights, dtype=np.int64, count=len(weights))]
        return np.fromiter(weights.values(), dtype=np.float64, count=len(weights)) @ rows + self.words_bias

    def scores(self, text: str, vector: FloatArray | None, language: Language, counts: Counts) -> Floats:
        """The log-odds of each of `POLES`, as the head is shipped."""
        words, meaning, temperature = self.mixing.get(language, self.mixing["other"])
        own = self.meaning.get(language, self.meaning["other"])
        score = words * self.of_words(text) + meaning * own.score(centred(language, vector), counts)
        return (score - score.max()) / temperature

    def poles(self, text: str, vector: FloatArray | None, language: Language, counts: Counts) -> Floats:
        """Belief in each of `POLES`, adding up to one. `vector` is the text's own, as the embedder gave it, or None."""
        score = self.scores(text, vector, language, counts)
        if self.taught is not None:
            score = self.taught.applied(score)
        raw = np.exp(score)
        return raw / raw.sum()


def centred(language: Language, vector: FloatArray | None) -> FloatArray:
    """A vector without the shipped centre of its language; noughts where there is none.

    The shipped centre, not the running one of an installation: the same text has the same tone everywhere.
    """
    return np.zeros(DIMENSION, dtype=np.float32) if vector is None else shipped_centres().centred(vector, language)


@cache
def shipped_head() -> Head:
    """The head carried with the program."""
    arrays = load_arrays("tone")
    rows = zip(arrays["languages"].tolist(), arrays["mixing"].tolist(), strict=True)
    mixing: dict[str, tuple[float, float, float]] = {name: (words, meaning, temperature) for name, (words, meaning, temperature) in rows}
    parts = [arrays[name].astype(np.float64) for name in ("vector", "counts", "bias")]
    meaning = {name: Meaning(*(part[place] for part in parts)) for place, name in enumerate(MEANINGS)}
    return Head(arrays["words"].astype(np.float32), arrays["words_bias"].astype(np.float64), meaning, mixing)


# ---- the judgement ----------------------------------------------------------------------------------------------------------
def tone_of(
    text: str,
    vector: FloatArray | None,
    language: Language,
    *,
    source_kind: SourceKind = "public",
    target: Target | None = None,
    head: Head | None = None,
) -> Judgement:
    """The tone of a text toward `target`, or of the text as a whole where what it is about is the target.

    `vector` is the embedder's for the text (`vectors.text_for`); None where there is none: then words alone speak. Touches nothing else.
    """
    head = head or shipped_head()
    clauses, vector = _toward(clauses_of(text), vector, target)
    said = " ".join(clauses)
    if not tokens(said):
        return Judgement("unclear", 1 / len(POLES), dict.fromkeys(POLES, 1 / len(POLES)), ())
    counts = counts_of(said)
    belief = head.poles(said, vector, language, counts)
    poles: dict[Pole, float] = {pole: round(float(share), 4) for pole, share in zip(POLES, belief, strict=True)}
    strongest = max(POLES, key=lambda pole: (poles[pole], pole))
    both = counts.good > 0 and counts.bad > 0 and _judging_both_ways(clauses, language, head)
    tone = _ruled(said, counts.judges(), both, strongest, poles, source_kind)
    return Judgement(tone, poles[strongest], poles, clauses)


def scores_of(
    text: str, vector: FloatArray | None, language: Language, source_kind: SourceKind, target: Target | None = None
) -> Floats | None:
    """The shipped head's log-odds for a text, or what it says of `target`: what an office's labels are laid beside. None where a rule
    decides, not the head."""
    clauses, vector = _toward(clauses_of(text), vector, target)
    said = " ".join(clauses)
    if not tokens(said):
        return None
    counts, head = counts_of(said), shipped_head()
    if source_kind != "public" and not counts.judges():
        return None
    if counts.good > 0 and counts.bad > 0 and _judging_both_ways(clauses, language, head):
        return None
    return head.scores(said, vector, language, counts)


def _toward(clauses: tuple[str, ...], vector: FloatArray | None, target: Target | None) -> tuple[tuple[str, ...], FloatArray | None]:
    """What names the target, all where none is asked for; the vector is of the whole text, so it says nothing of a part of it."""
    if target is None:
        return clauses, vector
    kept = _naming(clauses, Finder(target.names))
    return kept, vector if kept == clauses else None


def _ruled(said: str, judges: bool, both: bool, strongest: Pole, poles: Mapping[Pole, float], source_kind: SourceKind) -> Tone:
    """What the rules make of the strongest pole."""
    if source_kind != "public" and not judges:
        return "neutral"
    if both:
        return "mixed"
    if strongest == "negative" and not judges and harm_of(said).level >= _EVENT:
        return "unclear"
    return strongest if poles[strongest] >= SURE else "unclear"


def _judging_both_ways(clauses: Sequence[str], language: Language, head: Head) -> bool:
    """Whether one clause is surely positive and another surely negative, each with a judging word of its own."""
    found: set[Pole] = set()
    for clause in clauses[:_MOST_CLAUSES]:
        counts = counts_of(clause)
        if counts.good == counts.bad:
            continue
        belief = head.poles(clause, None, language, counts)
        pole = POLES[int(belief.argmax())]
        listed: Pole = "positive" if counts.good > counts.bad else "negative"
        if pole == listed and belief.max() >= SURE_CLAUSE:
            found.add(pole)
    return found == {"positive", "negative"}


def clauses_of(text: str) -> tuple[str, ...]:
    """The clauses of a text: its sentences, parted at semicolons and before words that say "but"."""
    found: list[str] = []
    for start, end in spans(text[:_CHARACTERS_READ]):
        sentence = text[start:end]
        cuts = [0, *(match.start() for match in _but().finditer(sentence) if match.start() > 0), len(sentence)]
        found += [piece for left, right in pairwise(cuts) if (piece := sentence[left:right].strip(" ,;"))]
    return tuple(found)


@cache
def _but() -> re.Pattern[str]:
    words = sorted({word for words in word_list("tone")["but"].values() for word in words}, key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)|;", re.IGNORECASE)


def _naming(clauses: Sequence[str], finder: Finder) -> tuple[str, ...]:
    """The clauses that name the target, each with the one after it where that names nothing else."""
    named = [bool(finder.find(folded(clause))) for clause in clauses]
    kept = [here or (before and _goes_on(clause)) for clause, here, before in zip(clauses, named, [False, *named], strict=False)]
    return tuple(clause for clause, keep in zip(clauses, kept, strict=True) if keep)


def _goes_on(clause: str) -> bool:
    """Whether a clause names nothing else: no word written with a capital but the first."""
    return not any(word[0].isupper() for word in clause.split()[1:] if word)
