"""Vectors: what is embedded, the cache, and the centre of each language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest

from kentongan.engine.records import Article, article_id
from kentongan.engine.vectors import (
    DIMENSION,
    LEAD,
    MEMORY,
    CachedEmbedder,
    Centres,
    E5Embedder,
    Recent,
    cache_key,
    prior_centres,
    text_for,
    unit,
)


def article(title: str, text: str = "", language: str = "id") -> Article:
    url = "https://berita.example/1"
    return Article(article_id(url), url, "berita", "press", title, text, language, datetime(2025, 11, 1, tzinfo=UTC))


class Counting:
    """Remembers what it was asked; a text's vector is one at the place of its length."""

    name = "counting"
    dimension = DIMENSION

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]):
        self.asked.extend(texts)
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row, len(text)] = 1.0
        return vectors


def test_a_bare_headline_is_embedded_as_it_stands():
    assert text_for(article("Banjir di Aceh")) == "Banjir di Aceh"


def test_an_article_is_embedded_by_title_and_a_lead_cut_at_a_word():
    text = text_for(article("Judul", "kata " * 500))
    assert text.startswith("Judul. kata kata")
    assert text.endswith("kata")
    assert len(text) <= len("Judul. ") + LEAD


def test_the_underscores_of_segmented_vietnamese_become_spaces():
    assert text_for(article("Phe đối_lập Campuchia ", "Hàng nghìn\nngười ủng_hộ", "vi")) == "Phe đối lập Campuchia. Hàng nghìn người ủng hộ"


def test_a_text_seen_before_is_not_embedded_again():
    inner, kept = Counting(), {}
    embedder = CachedEmbedder(inner, kept)
    first = embedder.embed(["satu", "dua", "satu"])
    second = embedder.embed(["dua", "tiga-tiga"])
    assert inner.asked == ["satu", "dua", "tiga-tiga"]
    assert (first[0] == first[2]).all() and (first[1] == second[0]).all()
    assert set(kept) == {cache_key("counting", text) for text in ("satu", "dua", "tiga-tiga")}


def test_a_bounded_cache_keeps_what_came_last():
    inner = Counting()
    embedder = CachedEmbedder(inner, Recent(2))
    embedder.embed(["satu", "dua", "tiga"])
    embedder.embed(["tiga", "dua"])
    assert inner.asked == ["satu", "dua", "tiga"]
    embedder.embed(["satu"])
    assert inner.asked == ["satu", "dua", "tiga", "satu"]


def test_the_cache_of_nothing_is_an_empty_table():
    assert CachedEmbedder(Counting(), {}).embed([]).shape == (0, DIMENSION)


def test_two_embedders_never_share_a_key():
    assert cache_key("one", "text") != cache_key("two", "text")


def test_every_language_has_a_shipped_centre_far_from_zero():
    centres = prior_centres()
    assert set(centres.means) == {"id", "ms", "jv", "su", "vi", "en", "other"}
    assert all(mean.shape == (DIMENSION,) and float(np.linalg.norm(mean)) > 0.7 for mean in centres.means.values())


def test_centring_separates_what_the_language_had_pushed_together():
    cone = np.zeros(DIMENSION, dtype=np.float32)
    cone[0] = 0.9
    centres = Centres({"id": cone})
    left, right = unit(cone + 0.2 * np.eye(DIMENSION, dtype=np.float32)[1]), unit(cone + 0.2 * np.eye(DIMENSION, dtype=np.float32)[2])
    assert float(left @ right) > 0.9
    assert float(centres.centred(left, "id") @ centres.centred(right, "id")) < 0.5


def test_a_language_without_a_centre_of_its_own_borrows_one():
    centres = Centres({"id": np.ones(DIMENSION, dtype=np.float32), "other": np.zeros(DIMENSION, dtype=np.float32)})
    vector = unit(np.arange(DIMENSION, dtype=np.float32))
    assert (centres.centred(vector, "ms") == centres.centred(vector, "id")).all()
    assert (centres.centred(vector, "vi") == centres.centred(vector, "other")).all()


def test_a_centre_moves_towards_what_is_read_and_leaves_other_languages_alone():
    centres = prior_centres()
    before = {language: mean.copy() for language, mean in centres.means.items()}
    target = unit(np.ones(DIMENSION, dtype=np.float32))
    for _ in range(1000):
        centres.learn(target, "id")
    assert np.linalg.norm(centres.means["id"] - target) < 0.3 * np.linalg.norm(before["id"] - target)
    assert (centres.means["en"] == before["en"]).all()
    assert centres.counts["id"] <= MEMORY


def test_a_centred_vector_of_nothing_but_the_language_is_zero():
    mean = unit(np.ones(DIMENSION, dtype=np.float32))
    assert not Centres({"id": mean}).centred(mean, "id").any()


@pytest.mark.timeout(110)
def test_the_carried_model_gives_unit_vectors_that_do_not_depend_on_the_batch():
    embedder = E5Embedder(batch=2)
    texts = ["Banjir bandang melanda Aceh", "Flash floods hit Aceh", "Harga emas naik hari ini"]
    vectors = embedder.embed(texts)
    assert vectors.shape == (3, DIMENSION) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)
    assert (embedder.embed(texts[2:]) == vectors[2:]).all()
    centres = prior_centres()
    flood, translated, gold = (centres.centred(vectors[row], "en" if row == 1 else "id") for row in range(3))
    assert flood @ translated > flood @ gold + 0.2


def test_no_text_needs_no_model():
    assert E5Embedder().embed([]).shape == (0, DIMENSION)


def test_many_are_centred_as_one_by_one_each_in_its_language():
    centres, draw = prior_centres(), np.random.default_rng(5)
    vectors = draw.normal(size=(6, DIMENSION)).astype(np.float32)
    vectors[5] = centres.means["vi"]
    languages = ["id", "jv", "vi", "en", "other", "vi"]
    single = np.stack([centres.centred(vector, language) for vector, language in zip(vectors, languages, strict=True)])
    assert centres.centred_all(vectors, languages) == pytest.approx(single, abs=1e-6)
    assert not centres.centred_all(vectors, languages)[5].any()
    assert centres.centred_all(vectors[:0], []).shape == (0, DIMENSION)
