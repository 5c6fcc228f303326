"""`kentongan eval forecast STREAM`: how well the forecasts of rising stories come true on a stream of headlines.

The stream runs through the pipeline as in `kentongan replay`; a story's growth is its originals, copies left out. The fit is learned on
what was heard until the middle of the stream. Every full hour after it at which a story rises, its next 3, 6 and 24 hours are foretold
and then looked up; moments are left out whose day ahead is not whole. Figures, by hours ahead: `inside` (share of outcomes in the range
of four in five), `error` and `plain_error` (mean, in reports; plain is "as many as in the last period of the same length"), `better` (by
how much the error is less), `pinball`, and of outlets, over the `outlets_open` moments at which one was silent, `outlets_inside`,
`outlets_even` (the share of the chance, `engine.forecast.Score`), errors and `outlets_better`. `inside` and `better` at the
top are the means over the three. `n` is the number of forecasts.

Limit. Stories are as they stand at the end of the stream; a merge that came later is known beforehand, to the forecast and to the plain
one alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from kentongan.adapters.files import GoodLine, read_articles
from kentongan.adapters.vector_file import VectorFile
from kentongan.engine import pipeline
from kentongan.engine.forecast import (
    HOURS,
    Expected,
    Fit,
    Growth,
    Outcome,
    Report,
    Score,
    forecast,
    learned,
    moments,
    outlet_spreads,
    score,
    silent_of,
    spreads,
)
from kentongan.engine.records import Article
from kentongan.engine.steps import Moved, Placed, Step, StoryMerged, hourly
from kentongan.engine.vectors import CachedEmbedder, E5Embedder, Embedder
from kentongan.errors import FileError, InputError
from kentongan.measure.form import Evaluation

_BATCH = 256
_HOUR = 3600.0


def evaluate(files: Sequence[Path], vectors: Path | None = None, embedder: Embedder | None = None) -> Evaluation:
    """Tell the stories of the stream apart, learn on its first half, judge on the second.

    `vectors`: a file of vectors kept between runs.
    """
    if len(files) != 1:
        raise InputError("`forecast` takes one file: the stream", subject="forecast")
    cache = VectorFile(vectors) if vectors else None
    inner = embedder or E5Embedder()
    articles = (line.article for line in read_articles(files[0]) if isinstance(line, GoodLine))
    growths = growths_of(articles, inner if cache is None else CachedEmbedder(inner, cache))
    if cache is not None:
        cache.keep()
    return judged(growths, str(files[0]))


def growths_of(articles: Iterator[Article], embedder: Embedder) -> list[list[Report]]:
    """The originals of every story of the stream, each story in order of time."""
    settings = pipeline.Settings()
    state = pipeline.start(settings)
    reports: dict[str, Report] = {}
    place: dict[str, str] = {}
    joined: dict[str, str] = {}
    steps = hourly(_noted(articles, reports))
    while batch := list[Step](islice(steps, _BATCH)):
        state, outputs = pipeline.run(state, batch, embedder, settings)
        for output in outputs:
            if isinstance(output, Placed) and output.copy.kind == "original":
                place[output.copy.article] = output.assignment.story
            elif isinstance(output, Moved):
                place.update({article: output.story for article in output.articles if article in place})
            elif isinstance(output, StoryMerged):
                joined[output.gone] = output.into
    stories: dict[str, list[Report]] = {}
    for article, story in place.items():
        while story in joined:
            story = joined[story]
        stories.setdefault(story, []).append(reports[article])
    return [sorted(story, key=lambda one: one.at) for story in stories.values()]


def judged(growths: Sequence[Growth], subject: str = "") -> Evaluation:
    """Learn on the first half of the time, judge on the second. Raises `FileError` where there is too little to learn from."""
    times = [one.at for story in growths for one in story]
    if not times:
        raise FileError("nothing to judge: the stream is empty", subject=subject)
    middle, end = (min(times) + max(times)) / 2, max(times)
    fit = learned(growths, middle)
    outcomes = [outcome for story in growths for outcome in _outcomes(story, middle, end, fit)] if fit else []
    if fit is None or not outcomes:
        raise FileError("too few rising stories to learn from and to judge", subject=subject)
    scores = score(outcomes)
    by_hours = {
        f"{one.hours:g}": {
            "inside": round(one.inside, 4),
            "error": round(one.error, 4),
            "plain_error": round(one.plain_error, 4),
            "better": _better(one.error, one.plain_error),
            "pinball": round(one.pinball, 4),
            **_of_outlets(one),
        }
        for one in scores
    }
    metrics: dict[str, object] = {
        name: round(sum(row[name] for row in by_hours.values()) / len(by_hours), 4) for name in ("inside", "better")
    }
    for name in ("inside", "error", "plain_error", "better", "pinball", *_of_outlets(scores[0])):
        metrics[f"{name}_by_hours"] = {hours: row[name] for hours, row in by_hours.items()}
    metrics["learned_from"] = fit.samples
    return Evaluation(len(outcomes) // len(HOURS), metrics)


def _of_outlets(one: Score) -> dict[str, float]:
    return {
        "outlets_open": one.open,
        "outlets_inside": round(one.outlets_inside, 4),
        "outlets_even": round(one.outlets_even, 4),
        "outlets_error": round(one.outlets_error, 4),
        "outlets_plain_error": round(one.plain_outlets_error, 4),
        "outlets_better": _better(one.outlets_error, one.plain_outlets_error),
    }


def _better(error: float, plain: float) -> float:
    return round(1 - error / plain, 4) if plain else 0.0


def _noted(articles: Iterator[Article], reports: dict[str, Report]) -> Iterator[Article]:
    for article in articles:
        reports.setdefault(article.id, Report(article.published.timestamp(), article.outlet))
        yield article


def _outcomes(story: Growth, middle: float, end: float, fit: Fit) -> Iterator[Outcome]:
    for now in moments(story, end):
        if now < middle:
            continue
        silent, reports = silent_of(story, now, fit), spreads(story, now, fit)
        for expected, spread, new in zip(forecast(story, now, fit), reports, outlet_spreads(fit, silent, reports), strict=True):
            yield Outcome(expected, spread, new, silent, *_came(story, now, expected))


def _came(story: Growth, now: float, expected: Expected) -> tuple[int, int]:
    before = {one.outlet for one in story if one.at <= now}
    after = [one.outlet for one in story if now < one.at <= now + expected.hours * _HOUR]
    return len(after), len(set(after) - before)
