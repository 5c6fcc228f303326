"""Make the small heads anew: `kentongan heads train OUT [--data DIR]`. The same data give the same bytes.

What is learned from, and under which licence it may be: NusaX (CC-BY-SA 4.0) for id, jv, su, en; IndoNLU's NER sets and SmSA
(Apache-2.0) and IndoNLI (CC-BY-SA) for id; XQuAD (CC-BY-SA 4.0) for vi and en; word frequencies of `wordfreq` (CC-BY-SA 4.0) for ms,
id, vi, en and the other languages in Latin script; `heads/own-words.json`, written for this project. Headlines without a licence are
never read here.

Malay has no corpus among them. Sentences for it (and an equal share for the others, so that the make of a text tells nothing) are
bags of words drawn by their frequency, flattened because headlines carry more content words than running text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt
import wordfreq
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from kentongan.engine import heads, language
from kentongan.engine.records import Language
from kentongan.measure.form import read_jsonl

SEED = 20_260_101
_FLATTEN = 0.7
_SHARE = 8_000
_VOCABULARY = 20_000
_PENALTY = 1.0
_PRIOR = {"id": 0.6, "ms": -0.3, "jv": -0.2, "su": -0.2}
"""Log-odds added after training on equal shares: an office in Indonesia reads mostly Indonesian."""
_OTHER = ("de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu", "ro", "ca", "sh", "sl", "lv", "lt", "tr", "is", "fil")


def main(out_dir: Path, data_dir: Path = Path("../shared/data")) -> list[Path]:
    """Train every head on the sets under `data_dir` and write them to `out_dir`. Returns the files written."""
    out_dir.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, train in HEADS:
        path = out_dir / f"{name}.npz"
        write_arrays(path, train(data_dir))
        written.append(path)
    return written


def write_arrays(path: Path, arrays: dict[str, npt.NDArray[np.generic]]) -> None:
    """Like `np.savez_compressed`, which stamps no times into the archive, with the arrays in order of name."""
    with path.open("wb") as file:
        np.savez_compressed(file, **{key: arrays[key] for key in sorted(arrays)})  # type: ignore[arg-type]


# ---- language ---------------------------------------------------------------------------------------------------------------
def train_language(data_dir: Path) -> dict[str, npt.NDArray[np.generic]]:
    """Weights of the language head: (buckets, languages) signed bytes, one `step`, and the `bias` of each language."""
    examples = list(language_texts(data_dir, np.random.default_rng(SEED)))
    features = language_features([text for text, _, _ in examples])
    answers = np.array([language.LANGUAGES.index(label) for _, label, _ in examples])
    model = LogisticRegression(C=_PENALTY, max_iter=200, tol=1e-4)
    model.fit(features, answers, sample_weight=np.array([weight for _, _, weight in examples]))
    weights = np.zeros((language.BUCKETS, len(language.LANGUAGES)))
    weights[:] = model.coef_.T
    weights -= weights.mean(axis=1, keepdims=True)
    step = float(np.abs(weights).max() / 127)
    bias = np.array([float(value) + _PRIOR.get(name, 0.0) for value, name in zip(model.intercept_, language.LANGUAGES, strict=True)])
    return {
        "weights": np.round(weights / step).astype(np.int8),
        "step": np.float32(step),
        "bias": np.round(bias, 3).astype(np.float32),
    }  # type: ignore[dict-item]


def language_features(texts: Sequence[str]) -> sparse.csr_matrix:
    """(texts, buckets): what `language` adds up at run time, one sparse row a text."""
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for text in texts:
        words = language.words_of(text)
        factor = language.length_factor(max(1, len(words)))
        for word in words:
            whole, groups = language.buckets_of(word)
            columns += [whole, *groups]
            values += [1.0 / factor] + [1.0 / factor / len(groups) ** 0.5] * len(groups)
        ends.append(len(columns))
    matrix = sparse.csr_matrix((values, columns, ends), shape=(len(texts), language.BUCKETS), dtype=np.float64)
    matrix.sum_duplicates()
    return matrix


def language_texts(data_dir: Path, rng: np.random.Generator) -> Iterator[tuple[str, Language, float]]:
    """The training texts of the language head with their weights: headline-like cuts, bags of words, single words."""
    for label, sentences in real_sentences(data_dir).items():
        yield from ((cut, label, 1.0) for cut in cuts(sentences, _SHARE, rng))
    vocabularies = {label: vocabulary(label) for label in ("id", "ms", "vi", "en")}
    for label, known in vocabularies.items():
        yield from ((bag, label, 1.0) for bag in bags(known, _SHARE * (2 if label == "ms" else 1), rng))
        yield from single_words(known, label)
    for code in _OTHER:
        known = vocabulary(code)
        yield from ((bag, "other", 1.0) for bag in bags(known, 2 * _SHARE // len(_OTHER) + 1, rng))
    own = json.loads(resources.files(heads).joinpath("own-words.json").read_text(encoding="utf-8"))
    for label in ("id", "ms", "jv", "su"):
        words = own[label].split()
        for _ in range(_SHARE // 3):
            yield " ".join(rng.choice(words, size=int(rng.integers(3, 9)))), label, 1.0


def vocabulary(code: str) -> dict[str, float]:
    """Words of a language with their flattened frequency, without those that English uses more (names, brands, loans)."""
    frequencies = wordfreq.get_frequency_dict(code, wordlist="small")
    english: dict[str, float] = {} if code == "en" else wordfreq.get_frequency_dict("en", wordlist="small")
    words = (word for word in frequencies if word.isalpha() and frequencies[word] > english.get(word, 0.0))
    ordered = sorted(words, key=lambda word: (-frequencies[word], word))[:_VOCABULARY]
    return {word: frequencies[word] ** _FLATTEN for word in ordered}


def single_words(known: dict[str, float], label: Language) -> Iterator[tuple[str, Language, float]]:
    """Every word of a vocabulary once, weighted by its flattened frequency: rare words would never be drawn into a bag."""
    scale = _SHARE / sum(known.values())
    yield from ((word, label, weight * scale) for word, weight in known.items())


def real_sentences(data_dir: Path) -> dict[Language, list[str]]:
    """Sentences of the licensed sets by language, in the order of the files."""

    def texts(name: str, *fields: str) -> list[str]:
        rows = read_jsonl(data_dir / name)
        return [row[field] if isinstance(row[field], str) else " ".join(row[field]) for row in rows for field in fields]

    found: dict[Language, list[str]] = {
        "id": texts("tone/nusax-id-train.jsonl.gz", "text") * 4
        + texts("names/nerp-id-train.jsonl.gz", "tokens")
        + texts("names/nergrit-id-train.jsonl.gz", "tokens")
        + _sentences(texts("evidence/indonli-train.jsonl.gz", "evidence", "claim"))
        + texts("tone/smsa-train.jsonl.gz", "text")[::3],
        "en": texts("tone/nusax-en-train.jsonl.gz", "text") + _sentences(texts("evidence/xquad-en.jsonl.gz", "evidence", "question")),
        "vi": _sentences(texts("evidence/xquad-vi.jsonl.gz", "evidence", "question")),
        "jv": texts("tone/nusax-jv-train.jsonl.gz", "text"),
        "su": texts("tone/nusax-su-train.jsonl.gz", "text"),
    }
    found["vi"] += [without_marks(text) for text in found["vi"][::3]]
    return found


def _sentences(texts: Sequence[str]) -> list[str]:
    return [part for text in dict.fromkeys(texts) for part in text.split(". ") if part]


def without_marks(text: str) -> str:
    """Vietnamese as typed in haste: no tone or vowel marks."""
    import unicodedata

    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(character for character in plain if not unicodedata.combining(character))


def cuts(sentences: Sequence[str], count: int, rng: np.random.Generator) -> Iterator[str]:
    """Stretches of 3 to 14 words cut from sentences drawn at random."""
    for _ in range(count):
        words = sentences[int(rng.integers(len(sentences)))].split()
        size = int(rng.integers(3, 15))
        start = int(rng.integers(max(1, len(words) - size + 1)))
        yield " ".join(words[start : start + size])


def bags(known: dict[str, float], count: int, rng: np.random.Generator) -> Iterator[str]:
    """Bags of 3 to 12 words drawn by weight."""
    words, weights = list(known), np.fromiter(known.values(), dtype=np.float64)
    sums = np.cumsum(weights / weights.sum())
    for _ in range(count):
        picks = np.searchsorted(sums, rng.random(int(rng.integers(3, 13))))
        yield " ".join(words[min(int(pick), len(words) - 1)] for pick in picks)


HEADS: tuple[tuple[str, Callable[[Path], dict[str, npt.NDArray[np.generic]]]], ...] = (("language", train_language),)
