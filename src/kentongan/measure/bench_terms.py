"""What it costs to watch 50,000 words and pairs at once: memory and time of the bursts alone.

On real headlines, told three times as fast as they came so that so many are alive, with the stories and topics the engine finds in them;
and on a made stream that is harder than a real one of its length: words follow Zipf's law, most pairs are new, a third of all reports
speaks of harm, and everything in it rises. The memory is that of the whole state of the bursts, the sketch included; the time is per item
with all its words, its story and its topics."""

from __future__ import annotations

import time
import tracemalloc
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate, islice, pairwise
from pathlib import Path
from random import Random

from kentongan.engine import bursts, pipeline
from kentongan.engine.bursts import HOUR, Change, Settings, Sighting
from kentongan.engine.records import Article
from kentongan.engine.vectors import E5Embedder
from kentongan.measure.bench_engine import batches, headline
from kentongan.measure.form import read_jsonl

ALIVE = 50_000
WORDS_OF_A_TITLE = 9
_VOCABULARY = 40_000
_A_DAY = 1_500
_START = 20_000 * 24 * HOUR
_FASTER = 3
"""Real headlines are told so many times as fast as they came."""


def made_stream(items: int) -> Iterator[Sighting]:
    """Headlines of words by Zipf's law with their neighbours as pairs, evenly through the day; every fourth tells a story told before."""
    chance = Random(11)
    weights = list(accumulate(1.0 / rank for rank in range(1, _VOCABULARY + 1)))
    for number in range(items):
        words = [f"kata{bisect_left(weights, chance.random() * weights[-1])}" for _ in range(WORDS_OF_A_TITLE)]
        pairs = [f"{left} {right}" for left, right in pairwise(words)]
        story = f"s{chance.randrange(max(0, number - 40), number + 1)}" if number % 4 == 0 else f"s{number}"
        terms = tuple(dict.fromkeys([*words, *pairs]))
        topics = ("water",) if number % 12 == 0 else ()
        yield Sighting(f"a{number}", story, _START + number * 24 * HOUR / _A_DAY, "ABCDE"[number % 5], terms, number % 3, topics)


def alive(state: bursts.State) -> int:
    """Words and pairs that are remembered exactly: those of the last 72 hours."""
    return len(state.terms.once) + len(state.terms.series)


@contextmanager
def timed() -> Iterator[list[float]]:
    """Seconds of processor of each step of the bursts, while a pipeline runs."""
    spent, step = list[float](), bursts.step

    def stepped(state: bursts.State, sighting: Sighting, settings: Settings) -> list[Change]:
        began = time.process_time()
        changes = step(state, sighting, settings)
        spent.append(time.process_time() - began)
        return changes

    bursts.step = stepped
    try:
        yield spent
    finally:
        bursts.step = step


def faster(articles: list[Article]) -> list[Article]:
    """The same reports, each `_FASTER` times as soon after the first."""
    first = articles[0].published
    return [replace(one, published=first + (one.published - first) / _FASTER) for one in articles]


def real(data: Path, size: int) -> Iterator[tuple[str, float, str]]:
    """The first `size` (9,000) headlines of the stream through the whole engine: what the bursts take of an item."""
    file = data / "stream" / "id-headlines.jsonl.gz"
    if not file.is_file():
        return
    told = faster([one for one in map(headline, islice(read_jsonl(file), size or 9_000)) if one])
    settings, embedder = pipeline.Settings(), E5Embedder()
    state = pipeline.start(settings)
    with timed() as spent:
        for batch in batches(told):
            state, _ = pipeline.run(state, batch, embedder, settings)
    last = spent[len(spent) * 2 // 3 :]
    about = f"id-headlines, first {len(told):,}, {_FASTER} × as fast, {alive(state.bursts):,} words and pairs alive"
    yield "milliseconds of processor an item, real headlines", 1000 * sum(last) / max(1, len(last)), about


def terms(data: Path, size: int) -> Iterator[tuple[str, float, str]]:
    """Real headlines, and `size` (6,000) made ones: megabytes of the state, and milliseconds an item once so many words are alive."""
    yield from real(data, size)
    items, settings = size or 6_000, Settings()
    tracemalloc.start()
    state = bursts.State()
    for one in made_stream(items):
        bursts.step(state, one, settings)
    megabytes = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    about = f"{items:,} made headlines, {alive(state):,} words and pairs alive"
    yield "megabytes of the bursts' state", megabytes, about
    state, spent, counted = bursts.State(), 0.0, 0
    for number, one in enumerate(made_stream(items)):
        began = time.process_time()
        bursts.step(state, one, settings)
        if number >= items * 2 // 3:
            spent, counted = spent + time.process_time() - began, counted + 1
    yield "milliseconds of processor an item", 1000 * spent / max(1, counted), about
