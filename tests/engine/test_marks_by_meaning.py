"""A watch by examples in the pipeline: what is near is counted, said once, and the same however the stream is cut or read again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from kentongan.engine import pipeline
from kentongan.engine.pipeline import Arrive, Placed, Signalled
from kentongan.engine.records import Article, article_id
from kentongan.engine.vectors import DIMENSION, Centres, unit
from kentongan.engine.watching_meaning import Like, Likes

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CENTRE = np.eye(1, DIMENSION, dtype=np.float32)[0]
WATER = Like("wAir", CENTRE, 0.27, frozenset({"id"}))
SETTINGS = pipeline.Settings(likes=Likes((WATER,)))


class Knowing:
    """Knows of the first word of a text one thing, whether it is of water; everything else lies anywhere."""

    name = "test/knowing"
    dimension = DIMENSION

    def embed(self, texts):
        return np.stack([self._vector(text) for text in texts])

    @staticmethod
    def _vector(text):
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
        rest = unit(np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32))
        return unit(rest + (0.45 if text.startswith("tirta") else 0.0) * CENTRE)


def arriving(number, of_water, at, perhaps=("wAir",)):
    url = f"https://outlet.example/{number}"
    words = [f"tirta{number}" if of_water else "", *(f"{part}{number}" for part in ("ka", "bi", "tu", "so"))]
    title = " ".join(words).strip()
    return Arrive(Article(article_id(url), url, "AB"[number % 2], "press", title, "", "id", at), None, (), perhaps)


def stream(perhaps=("wAir",)):
    """Nine days of one thing an hour, one in fifteen of water; then twelve of water within three hours."""
    usual = [arriving(number, number % 15 == 0, START + number * HOUR, perhaps) for number in range(9 * 24)]
    return [*usual, *(arriving(1000 + number, True, usual[-1].article.published + number * HOUR / 4, perhaps) for number in range(12))]


def run(steps, settings=SETTINGS, size=10_000, reload=False):
    state, said = pipeline.start(settings), []
    for begin in range(0, len(steps), size):
        state, outputs = pipeline.run(state, steps[begin : begin + size], Knowing(), settings)
        said += outputs
        state = pipeline.load(pipeline.save(state), settings) if reload else state
    return said, pipeline.save(state)


def told(said):
    return [(one.signal.kind, one.signal.subject, one.new) for one in said if isinstance(one, Signalled)]


def marks(said):
    return {one.copy.article: one.marks for one in said if isinstance(one, Placed)}


# What is near


def test_each_thing_is_held_against_every_watch_and_one_language_asks_for_less_than_the_examples_own():
    east = unit(CENTRE + np.eye(2, DIMENSION, dtype=np.float32)[1])
    likes = Likes((WATER, Like("wTimur", east, 0.9, frozenset({"id", "ms"}))))
    weak = unit(0.2 * CENTRE + np.eye(3, DIMENSION, dtype=np.float32)[2])
    found = likes.of([CENTRE, east, weak, weak, -CENTRE], ["id", "id", "id", "vi", "id"])
    assert found == [{"wAir"}, {"wAir", "wTimur"}, set(), {"wAir"}, set()]


def test_vectors_are_centred_by_their_language_before():
    mean = 3 * np.eye(4, DIMENSION, dtype=np.float32)[3]
    likes = Likes((replace(WATER, least=0.99),), Centres({"id": mean, "other": np.zeros_like(mean)}))
    assert likes.of([CENTRE + mean, CENTRE + mean, CENTRE], ["id", "en", "en"]) == [{"wAir"}, set(), {"wAir"}]


def test_nothing_watched_and_nothing_heard_are_near_to_nothing():
    assert Likes(()).of([CENTRE], ["id"]) == [frozenset()]
    assert Likes((WATER,)).of([], []) == []


# What becomes of it


@pytest.fixture(scope="module")
def whole():
    return run(stream())


def test_what_many_small_stories_have_in_common_by_meaning_rings(whole):
    assert ("watch", "Air", True) in told(whole[0])
    assert sum(bool(keys) for keys in marks(whole[0]).values()) == 15 + 12


def test_without_a_watch_nothing_is_marked_and_the_state_is_what_it_was():
    plain, saved = run(stream(perhaps=()), pipeline.Settings())
    for said, state in (run(stream(perhaps=())), run(stream(), pipeline.Settings())):
        assert (told(said), marks(said), state) == (told(plain), marks(plain), saved)
    assert not any(marks(plain).values())


@pytest.mark.parametrize(("size", "reload"), [(1, False), (7, True)])
def test_it_says_the_same_however_the_stream_is_cut_and_after_each_restart(whole, size, reload):
    said, saved = run(stream(), size=size, reload=reload)
    assert (told(said), marks(said), saved) == (told(whole[0]), marks(whole[0]), whole[1])


def test_read_again_with_what_was_said_it_is_the_same_though_nobody_watches_any_more(whole):
    said, saved = whole
    kept = {one.copy.article: one for one in said if isinstance(one, Placed)}
    again = [replace(step, vector=kept[step.article.id].vector, marks=kept[step.article.id].marks, perhaps=()) for step in stream()]
    repeated, state = run(again, pipeline.Settings())
    assert (told(repeated), state) == (told(said), saved)


def test_only_what_may_bear_a_mark_is_asked():
    settings = replace(SETTINGS, likes=Likes((WATER, replace(WATER, key="wLain"))))
    steps = [arriving(1, True, START), arriving(2, True, START + HOUR, ("wLain", "wAir")), arriving(3, True, START + 2 * HOUR, ("wGone",))]
    said, _ = run(steps, settings)
    assert list(marks(said).values()) == [("wAir",), ("wLain", "wAir"), ()]


def test_a_copy_and_a_page_read_again_bear_nothing_by_their_meaning():
    first = arriving(1, True, START)
    copy = replace(
        first, article=replace(first.article, id=article_id("https://other.example/1"), url="https://other.example/1", outlet="B")
    )
    said, _ = run([first, copy, first])
    assert [one.marks for one in said if isinstance(one, Placed)] == [("wAir",), (), ()]
