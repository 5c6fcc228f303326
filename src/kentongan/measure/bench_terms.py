"""What it costs to watch 50,000 words and pairs at once: memory and time of the bursts alone, on a made stream of so many alive.

The made stream is harder than a real one of its length: words follow Zipf's law, and most pairs are new. The memory is that of the whole
state of the bursts, the sketch included; the time is per item with all its words, its story and its topics."""

from __future__ import annotations

import time
import tracemalloc
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random

from kentongan.engine import bursts
from kentongan.engine.bursts import HOUR, Settings, Sighting

ALIVE = 50_000
WORDS_OF_A_TITLE = 9
_VOCABULARY = 40_000
_A_DAY = 1_500
_START = 20_000 * 24 * HOUR


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


def terms(_data: Path, size: int) -> Iterator[tuple[str, float, str]]:
    """`size` (6,000) made headlines: megabytes of the state, and milliseconds an item once so many words are alive."""
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
