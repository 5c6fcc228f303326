"""Make the tone head anew (`engine/heads/tone.npz`): the same data and model give the same bytes.

Learned only from sets whose licence allows it: SmSA (IndoNLU, Apache-2.0) for id, NusaX (CC-BY-SA 4.0) for id, en, jv, su, and for vi
our own invented sentences and our own list of judging words (`measure/data/tone-examples.yaml`, `engine/data/tone.yaml`). UIT-VSFC has
no licence and is never read here.

NusaX was drawn from SmSA: nine of ten of its Indonesian sentences stand there in other spelling. Rows of SmSA that nearly repeat a row of
a set that is measured on (`*-valid`) are left out, so those figures do not flatter; for the rest of NusaX, which is not here, they may.

Two scores are learned apart and mixed: words, and meaning (vectors and counts of judging words). Mixing and temperature of each
language are found on scores that no row had a part in (cross-validation; a sentence in four languages, and its like in SmSA, lie in one
fold). What Vietnamese shows on our own sentences flatters: its temperature is raised by what the same flattery is worth in the languages
where both can be seen (`flattery_of_own`).
"""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import yaml
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from kentongan.engine import tone
from kentongan.engine.lexicon import word_list
from kentongan.engine.records import Language
from kentongan.engine.vectors import LEAD, E5Embedder, Embedder, clean
from kentongan.measure.form import read_jsonl

FOLDS = 5
_WORDS_PENALTY, _MEANING_PENALTY, _OWN_PENALTY = 20.0, 10.0, 5.0
_ROUNDS = 60
"""Where the fit of words stops, before it has converged: the last rounds take most of the time and change no figure."""
_OWN_SAY = 6.0
_JOINED_SAY = 0.3
_GRAM = 8
_LIKE = 0.4
_NUSAX: tuple[Language, ...] = ("id", "en", "jv", "su")

Floats = npt.NDArray[np.float64]
Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled text. `group` keeps what is alike in one fold; `meant` says that its vector is used; `weight` is its say of words."""

    text: str
    language: Language
    pole: int
    group: str
    meant: bool = True
    weight: float = 1.0
    origin: str = ""


def train(data_dir: Path, embedder: Embedder | None = None) -> Arrays:
    """The head as it is stored. Raises `FileError` where a set is missing.

    One thread adds up the fits: several add in another order, so the last bits may differ, and on a busy machine they wait for one another.
    """
    examples = list(all_examples(data_dir))
    vectors = centred_vectors(examples, embedder or E5Embedder())
    with threadpool_limits(limits=1):
        words, words_bias = fit_words(examples)
        meanings = [fit_meaning(examples, vectors, name) for name in tone.MEANINGS]
        languages, mixing = mixing_of(examples, *scores_by_others(examples, vectors))
        mixing[languages.index("vi"), 2] *= flattery_of_own(examples, vectors)
    return {
        "words": words.astype(np.float16),
        "words_bias": words_bias.astype(np.float32),
        "vector": np.array([one.vector for one in meanings]).astype(np.float16),
        "counts": np.array([one.counts for one in meanings]).astype(np.float32),
        "bias": np.array([one.bias for one in meanings]).astype(np.float32),
        "languages": np.array(languages),
        "mixing": np.round(mixing, 3),
    }


# ---- what is learned from ---------------------------------------------------------------------------------------------------
def all_examples(data_dir: Path) -> Iterator[Example]:
    """Every training text, in the order of the files."""
    nusax: dict[Language, list[dict[str, Any]]] = {
        language: list(read_jsonl(data_dir / f"tone/nusax-{language}-train.jsonl.gz")) for language in _NUSAX
    }
    measured = [row["text"] for name in ("smsa", "nusax-id") for row in read_jsonl(data_dir / f"tone/{name}-valid.jsonl.gz")]
    smsa = list(read_jsonl(data_dir / "tone/smsa-train.jsonl.gz"))
    texts = [str(row["text"]) for row in smsa]
    barred = {number for number, _ in alike(measured, texts)}
    groups = {number: f"n{near}" for number, near in alike([row["text"] for row in nusax["id"]], texts)}
    for number, row in enumerate(smsa):
        if number not in barred:
            yield Example(texts[number], "id", tone.POLES.index(row["label"]), groups.get(number, f"s{number}"), origin="smsa")
    for language, rows in nusax.items():
        for number, row in enumerate(rows):
            yield Example(row["text"], language, tone.POLES.index(row["label"]), f"n{number}", origin="nusax")
    yield from own_examples()


def own_examples() -> Iterator[Example]:
    """The invented sentences, and things joined with judging words; what is joined teaches words alone."""
    data = _own("tone-examples")
    for language, poles in data["examples"].items():
        for pole, sentences in poles.items():
            for number, sentence in enumerate(sentences):
                yield Example(sentence, language, tone.POLES.index(pole), f"o{pole}{number}", origin="own")
    for kind, pole in (("complaint", 0), ("praise", 2), ("question", 1), ("announcement", 1), ("report", 1)):
        for language, sentences in _own("kind-examples")[kind].items():
            for number, sentence in enumerate(sentences):
                yield Example(sentence, language, pole, f"k{kind}{number}", origin="own")
    for language, things in data["things"].items():
        yield from joined(language, things)


def joined(language: Language, things: Sequence[str]) -> Iterator[Example]:
    """Each judging word of a language alone, behind some things, and behind a thing and a negation."""
    lists = word_list("tone")
    negations = lists["not"][language][:3]
    for kind, pole in (("good", 2), ("bad", 0)):
        for number, word in enumerate(lists[kind][language]):
            group = f"j{number % FOLDS}"
            yield Example(word, language, pole, group, False, _JOINED_SAY, "joined")
            for step in range(3):
                thing = things[(3 * number + step) % len(things)]
                yield Example(f"{thing} {word}", language, pole, group, False, _JOINED_SAY, "joined")
                turned = f"{thing} {negations[step % len(negations)]} {word}"
                yield Example(turned, language, 0 if pole == 2 else 1, group, False, _JOINED_SAY / 2, "joined")


def _own(name: str) -> dict[str, Any]:
    text = resources.files("kentongan.measure").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
    return cast("dict[str, Any]", yaml.safe_load(text))


def alike(those: Sequence[str], texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """(number of a text, number of one of `those`) where two fifths of the eight-letter stretches of the latter stand in the former."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(those):
        for gram in _grams(one):
            holders[gram].append(number)
    sizes = [len(_grams(one)) for one in those]
    for number, text in enumerate(texts):
        shared = Counter(holder for gram in _grams(text) for holder in holders.get(gram, ()))
        near = max(shared, key=lambda holder: (shared[holder] / sizes[holder], -holder), default=None)
        if near is not None and shared[near] > _LIKE * sizes[near]:
            yield number, near


def _grams(text: str) -> set[str]:
    letters = "".join(character for character in text.lower() if character.isalnum())
    return {letters[start : start + _GRAM] for start in range(max(1, len(letters) - _GRAM + 1))}


# ---- two scores -------------------------------------------------------------------------------------------------------------
def lead_of(text: str) -> str:
    """What of a text is embedded, as for an article without a title: its first `LEAD` characters, cut at a word."""
    plain = clean(text)
    return plain if len(plain) <= LEAD else plain[:LEAD].rsplit(" ", 1)[0]


def centred_vectors(examples: Sequence[Example], embedder: Embedder) -> Floats:
    """(examples, 384): vectors without the centre of their language; noughts where none is used."""
    found = np.zeros((len(examples), embedder.dimension))
    meant = [number for number, example in enumerate(examples) if example.meant]
    for number, vector in zip(meant, embedder.embed([lead_of(examples[number].text) for number in meant]), strict=True):
        found[number] = tone.centred(examples[number].language, vector)
    return found


def word_rows(texts: Sequence[str]) -> sparse.csr_matrix:
    """(texts, buckets): what `tone.weights_of` gives, a sparse row a text."""
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for text in texts:
        weights = tone.weights_of(tone.tokens(text))
        columns += weights.keys()
        values += weights.values()
        ends.append(len(columns))
    parts = (np.array(values, dtype=np.float32), np.array(columns, dtype=np.int32), np.array(ends))
    return sparse.csr_matrix(parts, shape=(len(texts), tone.BUCKETS))


def fit_words(examples: Sequence[Example]) -> tuple[Floats, Floats]:
    """Weights of the buckets (buckets, 3) and the bias (3)."""
    model = LogisticRegression(C=_WORDS_PENALTY, max_iter=_ROUNDS, tol=1e-3)
    rows, poles, weights = word_rows([one.text for one in examples]), [one.pole for one in examples], [one.weight for one in examples]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(rows, poles, sample_weight=weights)
    return np.asarray(model.coef_).T, np.asarray(model.intercept_)


def count_rows(examples: Sequence[Example]) -> Floats:
    """(examples, 18): the counts of judging words."""
    return np.array([tone.count_features(tone.counts_of(one.text)) for one in examples])


def fit_meaning(examples: Sequence[Example], vectors: Floats, language: str = "other") -> tone.Meaning:
    """What meaning weighs: learned from all rows with a vector, for Vietnamese from its own; English rows have more say of English."""
    chosen = [number for number, one in enumerate(examples) if one.meant and (language != "vi" or one.language == "vi")]
    these = [examples[number] for number in chosen]
    say = [_OWN_SAY if one.language == language == "en" else 1.0 for one in these]
    return fit_rows(these, vectors[chosen], _MEANING_PENALTY if language == "other" else _OWN_PENALTY, say)


def fit_rows(these: Sequence[Example], vectors: Floats, penalty: float, say: Sequence[float] | None = None) -> tone.Meaning:
    """What meaning weighs, learned from just these rows, each with its say."""
    model = LogisticRegression(C=penalty, max_iter=300, tol=1e-4)
    model.fit(np.hstack([vectors, count_rows(these)]), [one.pole for one in these], sample_weight=say)
    weights = np.asarray(model.coef_).T
    return tone.Meaning(weights[: vectors.shape[1]], weights[vectors.shape[1] :], np.asarray(model.intercept_))


# ---- mixing -----------------------------------------------------------------------------------------------------------------
def scores_by_others(examples: Sequence[Example], vectors: Floats) -> tuple[Floats, Floats]:
    """(examples, 3) twice: the scores of words and of meaning, each learned without the fold of the example."""
    folds = np.array([fold_of(one.group) for one in examples])
    by_words, by_meaning = (np.zeros((len(examples), len(tone.POLES))) for _ in range(2))
    counts = count_rows(examples)
    for fold in range(FOLDS):
        others: list[int] = np.flatnonzero(folds != fold).tolist()
        these: list[int] = np.flatnonzero(folds == fold).tolist()
        weights, bias = fit_words([examples[number] for number in others])
        by_words[these] = word_rows([examples[number].text for number in these]) @ weights + bias
        for name in tone.MEANINGS:
            meaning = fit_meaning([examples[number] for number in others], vectors[others], name)
            own = [number for number in these if _meaning_of(examples[number].language) == name]
            by_meaning[own] = vectors[own] @ meaning.vector + counts[own] @ meaning.counts + meaning.bias
    return by_words, by_meaning


def _meaning_of(language: Language) -> str:
    return language if language in tone.MEANINGS else "other"


def flattery_of_own(examples: Sequence[Example], vectors: Floats) -> float:
    """By how much the temperature found on our own sentences is too small for the texts of others.

    What one hand wrote is told more easily than what thousands wrote. Vietnamese has no others to see it by, Indonesian and English have:
    meaning is learned from their invented sentences alone, and its temperature found on these (by cross-validation) and on NusaX.
    The answer is the geometric mean of the two ratios.
    """
    ratios: list[float] = []
    for language in ("id", "en"):
        own, real = (
            [number for number, one in enumerate(examples) if (one.origin, one.language) == (origin, language)]
            for origin in ("own", "nusax")
        )
        by_fold = [[number for number in own if fold_of(examples[number].group) == fold] for fold in range(FOLDS)]
        told = [_told(these, sorted({*own} - {*these}), examples, vectors) for these in by_fold]
        there = _temperature(_told(real, own, examples, vectors), real, examples)
        ratios.append(there / _temperature(np.vstack(told), [number for these in by_fold for number in these], examples))
    return float(np.prod(ratios)) ** (1 / len(ratios))


def _told(asked: Sequence[int], learned: Sequence[int], examples: Sequence[Example], vectors: Floats) -> Floats:
    """(asked, 3): what meaning says of these rows, learned from those."""
    meaning = fit_rows([examples[number] for number in learned], vectors[list(learned)], _OWN_PENALTY)
    counts = count_rows([examples[number] for number in asked])
    return vectors[list(asked)] @ meaning.vector + counts @ meaning.counts + meaning.bias


def _temperature(scores: Floats, rows: Sequence[int], examples: Sequence[Example]) -> float:
    poles = np.array([examples[number].pole for number in rows])
    return float(best_mixing(np.zeros_like(scores), scores, poles, words_shares=(0.0,))[2])


def fold_of(group: str) -> int:
    """The fold of a group: by its number, so that it does not depend on what else is there."""
    return int("".join(character for character in group if character.isdigit())) % FOLDS


def mixing_of(examples: Sequence[Example], by_words: Floats, by_meaning: Floats) -> tuple[list[str], Floats]:
    """How much words and meaning count in each language and the temperature: what makes the answers of the held-out rows likeliest.

    Malay is mixed like Indonesian; another language is told by meaning alone, as cautiously as English without its words.
    """
    poles = np.array([one.pole for one in examples])
    rows: dict[str, Floats] = {}
    for language in (*_NUSAX, "vi"):
        these = np.array([one.language == language and one.meant and one.origin in {"nusax", "own"} for one in examples])
        if language == "id":
            these |= np.array([one.origin == "smsa" and one.meant for one in examples])
        rows[language] = best_mixing(by_words[these], by_meaning[these], poles[these])
    rows["ms"] = rows["id"]
    english = np.array([one.language == "en" and one.origin == "nusax" for one in examples])
    rows["other"] = best_mixing(by_words[english], by_meaning[english], poles[english], words_shares=(0.0,))
    names = sorted(rows)
    return names, np.array([rows[name] for name in names])


_SHARES = tuple(step / 10 for step in range(11))
_TEMPERATURES = tuple(1.15**step for step in range(-10, 16))


def best_mixing(by_words: Floats, by_meaning: Floats, poles: npt.NDArray[np.int64], words_shares: Sequence[float] = _SHARES) -> Floats:
    """(words, meaning, temperature) with the smallest log loss; the first two add up to two."""
    best = (np.inf, (1.0, 1.0, 1.0))
    for share in words_shares:
        score = 2 * share * by_words + 2 * (1 - share) * by_meaning
        for temperature in _TEMPERATURES:
            scaled = score / temperature
            scaled = scaled - scaled.max(axis=1, keepdims=True)
            likely = scaled[np.arange(len(poles)), poles] - np.log(np.exp(scaled).sum(axis=1))
            best = min(best, (-float(likely.mean()), (2 * share, 2 * (1 - share), temperature)))
    return np.array(best[1])
