"""`kentongan eval parallel`: do two languages telling the same end in one story, and two different things apart?

All sentences of both languages arrive one by one as headlines, in the order of a hash of (language, id), one second
apart.

- `joined`: share of pairs (the same id in both languages) that end in one story.
- `false_joins`: share of sentences that share their story with a sentence of any other id, in whichever language.
- `non_pairs_joined`: the lenient form of it, share of non-pairs (two different ids, one sentence of each language) that end in one story.
- `joined_default`, `false_joins_default`: the same with the settings for news, where two sentences of one language that mean
  nearly the same are one story, which in a set of single reviews is counted as wrong.
- `p_at_1`: share of sentences of the first language whose nearest sentence of the second, by centred cosine, is
their own.

Every sentence of the set is another event, and there are no times; `SENTENCES` says so to the method: within a
language nothing but the same words is one story, and the margin between languages is that of sentences.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kentongan.engine import stories
from kentongan.engine.records import Copy, Reason
from kentongan.engine.vectors import E5Embedder, Embedder, FloatArray, prior_centres, text_for
from kentongan.errors import InputError
from kentongan.measure.clustering import article_from_row
from kentongan.measure.form import Evaluation, read_jsonl

SENTENCES = stories.Settings(join=1.2, rival=1.2, merge=9.0, gap_cost=0.0, across=0.34, across_margin=0.07, across_sure=0.8)
Key = tuple[str, str]


def evaluate(files: Sequence[Path], pair: str = "id-en", embedder: Embedder | None = None) -> Evaluation:
    """Read `{id, id_text, en_text, …}` rows; `pair` names two of their languages. Raises `InputError` for a pair the rows do not have."""
    languages = pair.split("-")
    rows = [row for path in files for row in read_jsonl(path)]
    if len(languages) != 2 or any(f"{language}_text" not in row for row in rows for language in languages):
        raise InputError(f"--pair {pair!r} names languages that the rows do not have; write for example id-en.", subject="--pair")
    sentences = {
        (language, str(row["id"])): {"id": row["id"], "lang": language, "title": row[f"{language}_text"]}
        for row in rows
        for language in languages
    }
    order = sorted(sentences, key=lambda key: hashlib.sha256("/".join(key).encode()).hexdigest())
    articles = [article_from_row(sentences[key], place) for place, key in enumerate(order)]
    vectors = (embedder or E5Embedder()).embed([text_for(article) for article in articles])
    by_key = dict(zip(order, vectors, strict=True))
    metrics: dict[str, object] = {}
    for suffix, settings in (("", SENTENCES), ("_default", stories.Settings())):
        state = stories.start()
        for article, vector in zip(articles, vectors, strict=True):
            copy = Copy(article.id, article.id, "original", 1.0, Reason("copy.original"))
            state, _ = stories.step(state, article, vector, copy, settings)
        places = {key: state.place[article.id] for key, article in zip(order, articles, strict=True)}
        metrics |= {f"{name}{suffix}": value for name, value in _shares(places, languages).items()}
    del metrics["non_pairs_joined_default"]
    return Evaluation(len(rows), metrics | {"p_at_1": _first_hits(by_key, rows, languages)})


def _shares(places: dict[Key, str], languages: Sequence[str]) -> dict[str, float]:
    stories_of: dict[str, list[Key]] = defaultdict(list)
    for key, story in places.items():
        stories_of[story].append(key)
    ids = sorted({name for _, name in places})
    first, second = languages
    joined = sum(places[first, name] == places[second, name] for name in ids)
    false = mixed = 0
    for members in stories_of.values():
        false += sum(a != b for la, a in members for lb, b in members if la == first and lb == second)
        mixed += len(members) if len({name for _, name in members}) > 1 else 0
    return {
        "joined": joined / len(ids),
        "false_joins": mixed / len(places),
        "non_pairs_joined": false / max(1, len(ids) * (len(ids) - 1)),
    }


def _first_hits(vectors: dict[Key, FloatArray], rows: Sequence[dict[str, Any]], languages: Sequence[str]) -> float:
    """Centred with the shipped means, moved by the sentences themselves as in a running installation."""
    centres = prior_centres()
    for (language, _), vector in vectors.items():
        centres.learn(vector, language)  # type: ignore[arg-type]
    ids = [str(row["id"]) for row in rows]
    left, right = (
        np.stack([centres.centred(vectors[language, name], language) for name in ids])  # type: ignore[arg-type]
        for language in languages
    )
    return float((np.argmax(left @ right.T, axis=1) == np.arange(len(ids))).mean())
