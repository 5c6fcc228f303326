"""`kentongan eval stream STREAM EVENTS`: the signals of a headline stream against events that are known to have been in it.

The stream runs through the pipeline as in `kentongan replay`, with its own clock. An event is a pattern between two moments (`{event,
pattern, start, end}`); it is found by the first signal raised from six hours before its start until its end that shows a headline with the
pattern. Figures: the share of events found (`recall`), the hours from an event's start to its signal (`delay_h_median`, `delay_h_p90`),
signals a day after a warm-up of two weeks (`alerts_per_day`), and the share of those that grew: at least five headlines of the next 24
hours share two rare words with one of the first twelve headlines of the signal (rare: in at most four of a thousand headlines of the
stream).

Limits. The events are weak gold, made from hazard words; a signal about something else counts against nothing but the number a day. A
signal of a stream's last hours cannot grow. Reading: Allan 2002 (Topic Detection and Tracking), whose cost of a miss and of a false alarm
this leaves to the reader.
"""

from __future__ import annotations

import re
import statistics
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from kentongan.adapters.files import GoodLine, read_articles
from kentongan.adapters.vector_file import VectorFile
from kentongan.engine import pipeline
from kentongan.engine.records import Article
from kentongan.engine.steps import Signalled, Step, hourly
from kentongan.engine.vectors import CachedEmbedder, E5Embedder, Embedder
from kentongan.errors import FileError, InputError
from kentongan.measure.form import Evaluation, read_jsonl

TITLES = 12
WARM_UP = timedelta(days=14)
EARLY = timedelta(hours=6)
GROWS_IN = timedelta(hours=24)
GROWN = 5
RARE = 0.004
_BATCH = 256
_WORD = re.compile(r"[a-z]{4,}")


@dataclass(frozen=True, slots=True)
class Alert:
    """A signal as it was raised: when, and the headlines that raised it, the newest first."""

    time: datetime
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """What was in the stream: headlines with `pattern` between two moments."""

    pattern: re.Pattern[str]
    start: datetime
    end: datetime


def evaluate(files: Sequence[Path], vectors: Path | None = None, embedder: Embedder | None = None) -> Evaluation:
    """Run the first file, judge by the second. `vectors`: a file of vectors kept between runs. Raises `FileError` or `InputError`."""
    if len(files) != 2:
        raise InputError("`stream` takes two files: the stream and its events", subject="stream")
    stream, events = files
    headlines = [(_time(row, stream, number), str(row["title"])) for number, row in enumerate(read_jsonl(stream), start=1)]
    known = [event_from(row) for row in read_jsonl(events)]
    if not headlines or not known:
        raise FileError("nothing to judge: the stream or the list of events is empty", subject=str(stream if not headlines else events))
    cache = VectorFile(vectors) if vectors else None
    inner = embedder or E5Embedder()
    alerts = list(alerts_of(_articles(stream), inner if cache is None else CachedEmbedder(inner, cache)))
    if cache is not None:
        cache.keep()
    return Evaluation(len(headlines), scores(headlines, known, alerts))


def alerts_of(articles: Iterator[Article], embedder: Embedder) -> Iterator[Alert]:
    """The signals the product raises on a stream, in order, each with the newest of its headlines."""
    settings = pipeline.Settings()
    state = pipeline.start(settings)
    titles: dict[str, str] = {}
    steps = hourly(_noted(articles, titles))
    while batch := list[Step](islice(steps, _BATCH)):
        state, outputs = pipeline.run(state, batch, embedder, settings)
        for output in outputs:
            if isinstance(output, Signalled) and output.new:
                signal = output.signal
                yield Alert(signal.raised, tuple(titles[name] for name in reversed(signal.articles))[:TITLES])


def scores(headlines: Sequence[tuple[datetime, str]], events: Sequence[Event], alerts: Sequence[Alert]) -> dict[str, object]:
    """The figures. `headlines` are in order of time; delays are None where no event was found."""
    ordered = sorted(alerts, key=lambda alert: alert.time)
    delays = [hours for event in events if (hours := _delay(event, ordered)) is not None]
    first = headlines[0][0] + WARM_UP
    live = [alert for alert in ordered if alert.time >= first]
    grown = _grown(headlines, live)
    days = max(1, (headlines[-1][0] - first).days)
    return {
        "recall": round(len(delays) / len(events), 3),
        "delay_h_median": round(statistics.median(delays), 2) if delays else None,
        "delay_h_p90": round(sorted(delays)[int(0.9 * (len(delays) - 1))], 2) if delays else None,
        "alerts_per_day": round(len(live) / days, 2),
        "grew": round(grown / max(1, len(live)), 3),
    }


def event_from(row: Mapping[str, Any]) -> Event:
    """An event of the agreed form. Raises `InputError` where a field is missing or the pattern cannot be read."""
    try:
        return Event(re.compile(row["pattern"], re.IGNORECASE), datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"]))
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise InputError(f"not an event: {error}", subject=str(row)[:200]) from error


def _delay(event: Event, alerts: Sequence[Alert]) -> float | None:
    """Hours from an event's start to the first signal that shows it; below zero for one that came before."""
    for alert in alerts:
        if event.start - EARLY <= alert.time <= event.end and any(event.pattern.search(title) for title in alert.titles):
            return (alert.time - event.start).total_seconds() / 3600
    return None


def _grown(headlines: Sequence[tuple[datetime, str]], alerts: Sequence[Alert]) -> int:
    """How many of the signals grew."""
    times = [when for when, _ in headlines]
    places: dict[str, list[int]] = {}
    for place, (_, title) in enumerate(headlines):
        for word in _words(title):
            places.setdefault(word, []).append(place)
    rare = {word: found for word, found in places.items() if len(found) <= len(headlines) * RARE}
    grown = 0
    for alert in alerts:
        start, end = bisect_right(times, alert.time), bisect_left(times, alert.time + GROWS_IN)
        alike: set[int] = set()
        for title in alert.titles[:TITLES]:
            shared = Counter(place for word in _words(title) for place in _between(rare.get(word, []), start, end))
            alike.update(place for place, count in shared.items() if count >= 2)
        grown += len(alike) >= GROWN
    return grown


def _words(title: str) -> set[str]:
    return set(_WORD.findall(title.lower()))


def _between(places: Sequence[int], start: int, end: int) -> Sequence[int]:
    return places[bisect_left(places, start) : bisect_left(places, end)]


def _time(row: Mapping[str, Any], path: Path, number: int) -> datetime:
    try:
        return datetime.fromisoformat(row["time"])
    except (KeyError, TypeError, ValueError) as error:
        raise FileError(f"{path.name}: line {number} has no time in ISO 8601", subject=str(path), line=number) from error


def _articles(stream: Path) -> Iterator[Article]:
    return (line.article for line in read_articles(stream) if isinstance(line, GoodLine))


def _noted(articles: Iterator[Article], titles: dict[str, str]) -> Iterator[Article]:
    for article in articles:
        titles[article.id] = article.title
        yield article
