"""Make the small heads anew: `kentongan heads train OUT [--data DIR]`. The same data give the same bytes; for tone see its card.

What is learned from, and under which licence it may be: NusaX (CC-BY-SA 4.0) for id, jv, su, en; IndoNLU's NER sets and SmSA
(Apache-2.0) and IndoNLI (CC-BY-SA) for id; XQuAD (CC-BY-SA 4.0) for vi and en; word frequencies of `wordfreq` (CC-BY-SA 4.0) for ms,
id, vi, en and the other languages in Latin script; `heads/own-words.json` and the sentences of `measure/data`, written for this project.
Headlines without a licence are never read here. Tone, kinds, claims and the centres of the languages have modules of their own.

Malay has no corpus among them. Sentences for it (and an equal share for the others, so that the make of a text tells nothing) are
bags of words drawn by their frequency, flattened because headlines carry more content words than running text.
"""

from __future__ import annotations

import importlib
import json
import unicodedata
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import py3langid
from scipy import sparse
from sklearn.linear_model import LogisticRegression, Ridge

from kentongan.engine import heads, language, names
from kentongan.engine.records import Language
from kentongan.errors import InputError
from kentongan.measure import train_centres, train_kinds, train_tone
from kentongan.measure.form import read_jsonl
from kentongan.measure.train_claims import train_claims

SEED = 20_260_101
_FLATTEN = 0.7
_SHARE = 8_000
_VOCABULARY = 20_000
_PENALTY = 3.0
_TEACHER = 1.0
_LOUDEST = 8.0
_OWN_SAY = 2.0
_PRIOR = {"id": 0.6, "ms": 0.8, "jv": 1.0, "su": 0.5, "en": 1.2, "other": -0.8}
"""Log-odds added after training, set on the invented headlines of the tests and a ninth of `stream/`: lists of words are no sentences,
so the languages known by the one or the other alone need a little help. Malay was raised until the stream lost half a point."""
_FREQUENCIES: tuple[Language, ...] = ("id", "ms", "vi", "en")
_OTHER = (
    *("de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu", "ro", "ca", "sh", "sl"),
    *("lv", "lt", "tr", "is", "fil"),
)

Floats = npt.NDArray[np.float64]
Arrays = dict[str, npt.NDArray[Any]]


def main(out_dir: Path, data_dir: Path = Path("../shared/data"), only: str = "") -> list[Path]:
    """Train the heads (or the one called `only`) on the sets under `data_dir` and write them to `out_dir`. Returns the files written.

    Raises InputError for a head there is not, FileError for a set that cannot be read.
    """
    chosen = [(name, train) for name, train in HEADS if only in ("", name)]
    if not chosen:
        raise InputError(f"There is no head “{only}”. The heads are: {', '.join(name for name, _ in HEADS)}.", subject="only")
    out_dir.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, train in chosen:
        path = out_dir / f"{name}.npz"
        write_arrays(path, train(data_dir), packed=name != "centres")
        written.append(path)
    return written


def write_arrays(path: Path, arrays: Arrays, *, packed: bool = True) -> None:
    """Like `np.savez_compressed`, which stamps no times into the archive, with the arrays in order of name.

    The centres are not packed: they never were, and what an office has taught stays in force only beside the same bytes.
    """
    write = np.savez_compressed if packed else np.savez
    with path.open("wb") as file:
        write(file, **{key: arrays[key] for key in sorted(arrays)})  # pyright: ignore[reportArgumentType]


# ---- language ---------------------------------------------------------------------------------------------------------------
def train_language(data_dir: Path) -> Arrays:
    """The language head: see `language_arrays`."""
    examples = list(language_texts(data_dir, np.random.default_rng(SEED)))
    features = language_features([text for text, _, _ in examples])
    answers = np.array([language.LANGUAGES.index(label) for _, label, _ in examples])
    model = LogisticRegression(C=_PENALTY, max_iter=200, tol=1e-4)
    model.fit(features, answers, sample_weight=np.array([weight for _, _, weight in examples]))
    return language_arrays(np.asarray(model.coef_), np.asarray(model.intercept_), malay_leaning(data_dir))


def language_arrays(coefficients: Floats, intercepts: Floats, leaning: Floats) -> Arrays:
    """The head as it is stored: every column of weights in signed bytes with its own `steps`; the last column is the leaning to Malay."""
    weights = np.zeros((language.BUCKETS, len(language.LANGUAGES) + 1))
    weights[:, :-1] = coefficients.T
    weights[:, :-1] -= weights[:, :-1].mean(axis=1, keepdims=True)
    weights[:, -1] = _TEACHER * leaning
    steps = np.abs(weights).max(axis=0) / 127
    bias = [float(value) + _PRIOR.get(name, 0.0) for value, name in zip(intercepts, language.LANGUAGES, strict=True)]
    return {
        "weights": np.round(weights / steps).astype(np.int8),
        "steps": steps.astype(np.float32),
        "bias": np.round(np.array(bias), 3).astype(np.float32),
    }


def malay_leaning(data_dir: Path) -> npt.NDArray[np.float64]:
    """(buckets): by how much each bucket speaks for Malay against Indonesian, as `py3langid` sees the words of both.

    `py3langid` (BSD) was trained on running text of both languages, which we have not; alone it is weaker than our head, added to it it
    helps. Its scores of some 40,000 words are fitted by least squares, so it is not needed where the head is used.
    """
    words = {*vocabulary("id"), *vocabulary("ms"), *(word for known in own_words().values() for word in known)}
    counts = Counter(word for text in real_sentences(data_dir)["id"] for word in language.words_of(text))
    words |= {word for word, count in counts.items() if count > 2}
    ordered = sorted(words)
    views = [dict(py3langid.rank(f" {word} ")) for word in ordered]
    aims = np.clip([view.get("ms", 0.0) - view.get("id", 0.0) for view in views], -_LOUDEST, _LOUDEST)
    own = own_words()
    told = {word: 1.0 for word in own["ms"] if word not in own["id"]} | {word: -1.0 for word in own["id"] if word not in own["ms"]}
    for place, word in enumerate(ordered):
        aims[place] += _OWN_SAY * told.get(word, 0.0)
    fit = Ridge(alpha=1.0, solver="lsqr", fit_intercept=False, tol=1e-6).fit(language_features(ordered), aims)
    return np.asarray(fit.coef_)


def language_features(texts: Sequence[str]) -> sparse.csr_matrix:
    """(texts, buckets): what `language` adds up at run time, one sparse row a text."""
    columns, values, ends = array("i"), array("f"), array("i", [0])
    for text in texts:
        words = language.words_of(text)
        factor = language.length_factor(max(1, len(words)))
        for word in words:
            whole, groups = language.buckets_of(word)
            columns.extend((whole, *groups))
            values.append(1.0 / factor)
            values.extend([1.0 / factor / len(groups) ** 0.5] * len(groups))
        ends.append(len(columns))
    parts = (np.array(values, dtype=np.float64), np.array(columns), np.array(ends))
    matrix = sparse.csr_matrix(parts, shape=(len(texts), language.BUCKETS))
    matrix.sum_duplicates()
    return matrix


def language_texts(data_dir: Path, rng: np.random.Generator) -> Iterator[tuple[str, Language, float]]:
    """The training texts of the language head with their weights: headline-like cuts, bags of words, single words.

    Most cuts and bags get a few words that belong to no language (names, brands, loans), as headlines have them.
    """
    everywhere = drawing(shared_words())

    def among_names(texts: Iterator[str], label: Language) -> Iterator[tuple[str, Language, float]]:
        for text in texts:
            names = everywhere(int(rng.integers(0, 2 if label == "other" else 6)), rng)
            yield " ".join([text, *names]), label, 1.0

    real = real_sentences(data_dir)
    for label, sentences in real.items():
        yield from among_names(cuts(sentences, _SHARE * (2 if label == "id" else 1), rng), label)
    for label in _FREQUENCIES:
        known = vocabulary(label)
        yield from among_names(bags(known, _SHARE * (2 if label == "ms" else 1), rng), label)
        yield from single_words(known, label)
    for code in _OTHER:
        yield from among_names(bags(vocabulary(code), 2 * _SHARE // len(_OTHER) + 1, rng), "other")
    for label, words in own_words().items():
        yield from among_names(bags(words, _SHARE // 3, rng), label)


def own_words() -> dict[Language, dict[str, float]]:
    """The words written down for this project, by language, all of one weight."""
    own = json.loads(resources.files(heads).joinpath("own-words.json").read_text(encoding="utf-8"))
    pairs = [pair.split(":") for pair in own["id-to-ms"].split()]
    told_apart: dict[Language, list[str]] = {
        "id": [here for here, there in pairs if here != there],
        "ms": [there for here, there in pairs if here != there],
    }
    labels: tuple[Language, ...] = ("id", "ms", "jv", "su")
    return {label: dict.fromkeys(own[label].split() + told_apart.get(label, []), 1.0) for label in labels}


def shared_words() -> dict[str, float]:
    """Words that no language can claim: each has less than half of their use, by the weight of their total use."""
    anywhere = _used_anywhere()
    highest: dict[str, float] = {}
    for code in (*_FREQUENCIES, *_OTHER):
        for word, frequency in frequencies_of(code).items():
            highest[word] = max(highest.get(word, 0.0), frequency)
    words = (word for word in anywhere if word.isalpha() and len(word) > 2 and highest[word] < anywhere[word] / 2)
    ordered = sorted(words, key=lambda word: (-anywhere[word], word))[:_VOCABULARY]
    return {word: anywhere[word] ** 0.5 for word in ordered}


@lru_cache(maxsize=32)
def frequencies_of(code: str) -> dict[str, float]:
    """How often the words of a language are used, as shares of one. Raises InputError where `wordfreq` is not installed.

    The package weighs 57 MB and serves training alone, so it is in the extra `bench` and imported here.
    """
    try:
        wordfreq = importlib.import_module("wordfreq")
    except ImportError as error:
        raise InputError("Training needs the package wordfreq: install kentongan[bench].", subject="wordfreq") from error
    frequencies: dict[str, float] = wordfreq.get_frequency_dict(code, wordlist="small")
    return frequencies


@lru_cache(maxsize=1)
def _used_anywhere() -> dict[str, float]:
    """How often each word is used, added up over the languages of `wordfreq` that are written in Latin letters."""
    total: dict[str, float] = {}
    for code in (*_FREQUENCIES, *_OTHER):
        for word, frequency in frequencies_of(code).items():
            total[word] = total.get(word, 0.0) + frequency
    return total


def vocabulary(code: str) -> dict[str, float]:
    """Words of a language with their flattened frequency times the share of their use that is in this language.

    So names, brands and loans, which every list has, count little; words that English uses more are left out.
    """
    frequencies = frequencies_of(code)
    english: dict[str, float] = {} if code == "en" else frequencies_of("en")
    words = (word for word in frequencies if word.isalpha() and frequencies[word] > english.get(word, 0.0))
    ordered = sorted(words, key=lambda word: (-frequencies[word], word))[:_VOCABULARY]
    anywhere = _used_anywhere()
    return {word: frequencies[word] ** _FLATTEN * (frequencies[word] / anywhere[word]) for word in ordered}


def single_words(known: dict[str, float], label: Language) -> Iterator[tuple[str, Language, float]]:
    """Every word of a vocabulary once, weighted by its flattened frequency: rare words would never be drawn into a bag."""
    scale = _SHARE / sum(known.values())
    for word, weight in known.items():
        yield word, label, weight * scale


def real_sentences(data_dir: Path) -> dict[Language, list[str]]:
    """Sentences of the licensed sets by language, in the order of the files."""

    def texts(name: str, *fields: str) -> list[str]:
        rows = read_jsonl(data_dir / name)
        return [row[field] if isinstance(row[field], str) else " ".join(row[field]) for row in rows for field in fields]

    def passages(name: str) -> list[str]:
        """Sentences of every other article; the others are kept for measuring."""
        rows = (row for row in read_jsonl(data_dir / name) if int(row["passage"].split("-")[0]) % 2 == 0)
        return _sentences([row[field] for row in rows for field in ("evidence", "question")])

    found: dict[Language, list[str]] = {
        "id": texts("tone/nusax-id-train.jsonl.gz", "text") * 4
        + texts("names/nerp-id-train.jsonl.gz", "tokens")
        + texts("names/nergrit-id-train.jsonl.gz", "tokens")
        + _sentences(texts("evidence/indonli-train.jsonl.gz", "evidence", "claim"))
        + texts("tone/smsa-train.jsonl.gz", "text")[::3],
        "en": texts("tone/nusax-en-train.jsonl.gz", "text") + passages("evidence/xquad-en.jsonl.gz"),
        "vi": passages("evidence/xquad-vi.jsonl.gz"),
        "jv": texts("tone/nusax-jv-train.jsonl.gz", "text"),
        "su": texts("tone/nusax-su-train.jsonl.gz", "text"),
    }
    found["vi"] += [without_marks(text) for text in found["vi"][::3]]
    return found


def _sentences(texts: Sequence[str]) -> list[str]:
    return [part for text in dict.fromkeys(texts) for part in text.split(". ") if part]


def without_marks(text: str) -> str:
    """Vietnamese as typed in haste: no tone or vowel marks."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(character for character in plain if not unicodedata.combining(character))


def cuts(sentences: Sequence[str], count: int, rng: np.random.Generator) -> Iterator[str]:
    """Stretches of 3 to 14 words cut from sentences drawn at random."""
    for _ in range(count):
        words = sentences[int(rng.integers(len(sentences)))].split()
        size = int(rng.integers(3, 15))
        start = int(rng.integers(max(1, len(words) - size + 1)))
        yield " ".join(words[start : start + size])


def drawing(known: dict[str, float]) -> Callable[[int, np.random.Generator], list[str]]:
    """A function that draws so many words by their weights."""
    words, weights = list(known), np.fromiter(known.values(), dtype=np.float64)
    sums = np.cumsum(weights / weights.sum())

    def draw(count: int, rng: np.random.Generator) -> list[str]:
        return [words[min(int(pick), len(words) - 1)] for pick in np.searchsorted(sums, rng.random(count))]

    return draw


def bags(known: dict[str, float], count: int, rng: np.random.Generator) -> Iterator[str]:
    """Bags of 3 to 12 words drawn by weight."""
    draw = drawing(known)
    for _ in range(count):
        yield " ".join(draw(int(rng.integers(3, 13)), rng))


# ---- names ------------------------------------------------------------------------------------------------------------------
_ROUNDS = 8
_SEEDS = (1, 2, 3)
_KINDS = {"PPL": "P", "PERSON": "P", "PLC": "L", "PLACE": "L", "IND": "G", "ORGANISATION": "G", "EVT": "X", "FNB": "X"}
_NAME_SETS = ("names/nerp-id-train.jsonl.gz", "names/nergrit-id-train.jsonl.gz")

Sentence = tuple[list[str], list[str]]
Example = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


def train_names(data_dir: Path) -> Arrays:
    """Weights of the names head: (buckets, tags) whole numbers with their `step`, `steps` between tags, `classes` of words."""
    classes = word_classes(data_dir)
    examples = [encoded(sentence, classes) for sentence in name_sentences(data_dir)]
    runs = [averaged_perceptron(examples, seed) for seed in _SEEDS]
    weights = sum(run[0] for run in runs) / len(runs)
    steps = sum(run[1] for run in runs) / len(runs) + names.allowed_steps()
    step = float(np.quantile(np.abs(weights), 0.999) / 50)
    return {
        "weights": np.round(weights / step).astype(np.int16),
        "step": np.array(step, dtype=np.float32),
        "steps": np.round(steps, 3),
        "classes": classes,
    }


def name_sentences(data_dir: Path) -> list[Sentence]:
    """The tagged training sentences; those written with capitals a second time without."""
    found: list[Sentence] = []
    for name in _NAME_SETS:
        for row in read_jsonl(data_dir / name):
            words, tags = retokenised(row["tokens"], row["tags"])
            if not words:
                continue
            found.append((words, tags))
            if any(word != word.lower() for word in words):
                found.append(([word.lower() for word in words], tags))
    return found


def retokenised(tokens: Sequence[str], tags: Sequence[str]) -> Sentence:
    """A tagged sentence in our own words and tags."""
    words: list[str] = []
    ours: list[str] = []
    for token, tag in zip(tokens, tags, strict=True):
        for place, piece in enumerate(names.tokens_of(token)):
            words.append(piece.text)
            ours.append("O" if tag == "O" else ("B-" if tag[0] == "B" and place == 0 else "I-") + _KINDS[tag[2:]])
    for place, tag in enumerate(ours):
        if tag[0] == "I" and (place == 0 or ours[place - 1][-2:] != tag[-2:]):
            ours[place] = "B" + tag[1:]
    return words, ours


def encoded(sentence: Sentence, classes: npt.NDArray[np.uint8]) -> Example:
    """Feature buckets (words, features) and tag numbers (words)."""
    words, tags = sentence
    return np.array(names.features_of(words, classes)), np.array([names.TAGS.index(tag) for tag in tags])


def word_classes(data_dir: Path) -> npt.NDArray[np.uint8]:
    """For every word bucket 1 + 15 x (capitalised inside sentences, 0-6) + 3 x (use in Indonesian, 0-4) + (use in English, 0-2)."""
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for text in _running_texts(data_dir):
        words = [token.text for token in names.tokens_of(text)]
        for before, word in pairwise(words):
            if word[0].islower():
                small[word] += 1
            elif word[0].isupper() and (before[0].isalnum() or before in ",("):
                capital[word.lower()] += 1
    indonesian = frequencies_of("id")
    english = frequencies_of("en")
    classes = np.zeros(names.WORD_BUCKETS, dtype=np.uint8)
    for word in sorted({*small, *capital, *indonesian, *english}):
        use = sum(indonesian.get(word, 0.0) > edge for edge in (0.0, 3e-6, 1e-5, 1e-4))
        abroad = sum(english.get(word, 0.0) > edge for edge in (1e-6, 1e-5))
        classes[names.word_bucket(word)] = 1 + names.CLASS_BANDS * _capital_band(capital[word], small[word]) + 3 * use + abroad
    return classes


def _running_texts(data_dir: Path) -> list[str]:
    texts = [row[field] for row in read_jsonl(data_dir / "evidence/indonli-train.jsonl.gz") for field in ("evidence", "claim")]
    texts += [" ".join(row["tokens"]) for row in read_jsonl(data_dir / _NAME_SETS[1])]
    texts += [row["text"] for row in read_jsonl(data_dir / "tone/smsa-train.jsonl.gz")]
    return list(dict.fromkeys(texts))


def _capital_band(capital: int, small: int) -> int:
    seen = capital + small
    if not seen:
        return 0
    share = capital / seen
    if share == 0 and seen < 3:
        return 1
    for band, edge in ((2, 0.05), (3, 0.3), (4, 0.7)):
        if share < edge:
            return band
    return 5 if seen < 3 else 6


def averaged_perceptron(examples: Sequence[Example], seed: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Structured perceptron (Collins 2002), weights averaged over all steps. Sums of whole numbers, so the same on every machine."""
    count = len(names.TAGS)
    weights, weights_late = (np.zeros((names.BUCKETS, count)) for _ in range(2))
    steps, steps_late = (np.zeros((count + 1, count)) for _ in range(2))
    allowed = names.allowed_steps()
    rng = np.random.default_rng(seed)
    moment = 1.0
    for _ in range(_ROUNDS):
        for number in rng.permutation(len(examples)):
            features, truth = examples[int(number)]
            guess = np.array(names.best_path(weights[features].sum(axis=1), steps + allowed))
            for place in np.nonzero(guess != truth)[0]:
                for tag, change in ((truth[place], 1.0), (guess[place], -1.0)):
                    weights[features[place], tag] += change
                    weights_late[features[place], tag] += change * moment
            for tags, change in ((truth, 1.0), (guess, -1.0)) if (guess != truth).any() else ():
                before = np.concatenate(([count], tags[:-1]))
                np.add.at(steps, (before, tags), change)
                np.add.at(steps_late, (before, tags), change * moment)
            moment += 1.0
    return weights - weights_late / moment, steps - steps_late / moment


HEADS: tuple[tuple[str, Callable[[Path], Arrays]], ...] = (
    ("centres", train_centres.arrays),
    ("language", train_language),
    ("names", train_names),
    ("claims", train_claims),
    ("kinds", train_kinds.train),
    ("tone", train_tone.train),
)
