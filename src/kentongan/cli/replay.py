"""`kentongan replay`: a JSON Lines stream through the engine at full speed, in event time, nothing stored."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from kentongan.adapters.files import BadLine, GoodLine, file_size, line_of, read_articles, write_lines
from kentongan.adapters.vector_file import VectorFile
from kentongan.engine import pipeline
from kentongan.engine.pipeline import Moved, Output, Placed, Signalled, Step, StoryChanged, StoryMerged
from kentongan.engine.reasons import sentence
from kentongan.engine.records import Article, Signal, Story
from kentongan.engine.steps import hourly
from kentongan.engine.topics import Lists
from kentongan.engine.topics_reading import lists_from
from kentongan.engine.vectors import CachedEmbedder, E5Embedder, Embedder
from kentongan.errors import FileError

BATCH = 256
TITLES_SHOWN = 12
REMEMBERED = 50_000
_FEW = 20


@dataclass(slots=True)
class Shown:
    """Title and address of the latest articles, by id: what an alert line shows of its articles."""

    rows: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    order: deque[str] = field(default_factory=deque[str])

    def add(self, article: Article) -> None:
        """Remember one more, let the oldest go."""
        if article.id not in self.rows:
            self.order.append(article.id)
        self.rows[article.id] = article.title, article.url
        if len(self.order) > REMEMBERED:
            del self.rows[self.order.popleft()]


@dataclass(slots=True)
class Tally:
    """What a replay counted.

    `stories` maps id to the story as it stands with its level, `place` an article to the story it was put into, `joined` a story
    to the one it became.
    """

    articles: int = 0
    copies: int = 0
    bad: list[BadLine] = field(default_factory=list[BadLine])
    bad_count: int = 0
    signals: int = 0
    at: datetime | None = None
    stories: dict[str, tuple[Story, str]] = field(default_factory=dict[str, tuple[Story, str]])
    place: dict[str, str] = field(default_factory=dict[str, str])
    joined: dict[str, str] = field(default_factory=dict[str, str])

    def members(self) -> dict[str, list[str]]:
        """The articles of every story, in order of arrival."""
        found: dict[str, list[str]] = {}
        for article, story in self.place.items():
            while story in self.joined:
                story = self.joined[story]
            found.setdefault(story, []).append(article)
        return found


def alert_row(signal: Signal, shown: Shown) -> dict[str, Any]:
    """The line of a signal in the agreed form; the newest articles first, at most 12."""
    articles = [shown.rows[name] for name in reversed(signal.articles) if name in shown.rows][:TITLES_SHOWN]
    return {
        "time": signal.raised.isoformat(),
        "kind": signal.kind,
        "level": signal.severity.level,
        "subject": signal.subject,
        "titles": [title for title, _ in articles],
        "urls": [url for _, url in articles],
        "outlets": list(signal.outlets),
        "why": [sentence(reason) for reason in (*signal.reasons, *signal.severity.reasons)],
        "story": signal.story,
    }


def story_row(story: Story, level: str, members: list[str]) -> dict[str, Any]:
    """The line of a story: `members` are the ids of its articles with copies, in order of arrival."""
    return {
        "story": story.id,
        "headline": story.headline,
        "lead": story.lead,
        "level": level,
        "first": story.first.isoformat(),
        "last": story.last.isoformat(),
        "outlets": list(story.outlets),
        "languages": list(story.languages),
        "articles": story.articles,
        "copies": story.copies,
        "members": members,
    }


def steps_of(lines: Iterator[GoodLine | BadLine], tally: Tally, shown: Shown, limit: int) -> Iterator[Step]:
    """Articles as steps, with a tick for every hour of event time that passes.

    Stops after `limit` articles (0: all).
    """
    return hourly(_articles_of(lines, tally, shown, limit))


def _articles_of(lines: Iterator[GoodLine | BadLine], tally: Tally, shown: Shown, limit: int) -> Iterator[Article]:
    for line in lines:
        if isinstance(line, BadLine):
            tally.bad_count += 1
            tally.bad = [*tally.bad, line] if len(tally.bad) < _FEW else tally.bad
            continue
        article = line.article
        tally.at = article.published
        shown.add(article)
        tally.articles += 1
        yield article
        if tally.articles == limit:
            return


def take(tally: Tally, outputs: list[Output]) -> list[Signal]:
    """Count the outputs; gives back the signals that were raised."""
    raised: list[Signal] = []
    for output in outputs:
        match output:
            case Placed():
                tally.copies += output.copy.kind != "original"
                tally.place[output.copy.article] = output.assignment.story
            case StoryChanged():
                tally.stories[output.story.id] = output.story, output.severity.level
            case StoryMerged():
                tally.stories.pop(output.gone, None)
                tally.joined[output.gone] = output.into
            case Moved():
                tally.place.update(dict.fromkeys(output.articles, output.story))
            case Signalled() if output.new:
                raised.append(output.signal)
            case Signalled():
                pass
    tally.signals += len(raised)
    return raised


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--alerts", type=click.Path(path_type=Path), help="Write a line for every signal when it is raised.")
@click.option("--stories", type=click.Path(path_type=Path), help="Write a line for every story.")
@click.option("--limit", default=0, metavar="N", help="Stop after N articles.")
@click.option("--vectors", type=click.Path(path_type=Path), metavar="FILE", help="Keep the vectors in this file and use those it has.")
@click.option(
    "--topics", type=click.Path(path_type=Path), metavar="FILE", help="Find topics by this list (YAML), as an office's own would."
)
def command(file: Path, alerts: Path | None, stories: Path | None, limit: int, vectors: Path | None, topics: Path | None) -> None:
    """Run a JSON Lines stream (gzipped or not) through the engine in event time; nothing is stored.

    A line is {title, text?, url, outlet, time, lang?}.
    """
    tally, shown = Tally(), Shown()
    cache = VectorFile(vectors) if vectors else None
    embedder: Embedder = E5Embedder() if cache is None else CachedEmbedder(E5Embedder(), cache)
    settings = pipeline.Settings(topics=_own_topics(topics) if topics else None)
    state = pipeline.start(settings)
    size, began = file_size(file), time.monotonic()
    with ExitStack() as open_files:
        out = open_files.enter_context(write_lines(alerts)) if alerts else None
        progress = open_files.enter_context(_Progress())
        lines = _counted(read_articles(file), tally, progress, size)
        for batch in _batches(steps_of(lines, tally, shown, limit)):
            state, outputs = pipeline.run(state, batch, embedder, settings)
            for signal in take(tally, outputs):
                if out:
                    out.write(line_of(alert_row(signal, shown)))
            progress.show(tally, time.monotonic() - began)
    if cache is not None:
        cache.keep()
    if stories:
        members = tally.members()
        with write_lines(stories) as story_file:
            for name, (story, level) in sorted(tally.stories.items(), key=lambda pair: (pair[1][0].first, pair[0])):
                story_file.write(line_of(story_row(story, level, members.get(name, []))))
    _report(file, tally, time.monotonic() - began)


def _own_topics(file: Path) -> Lists:
    """The list of topics in a file. Raises `FileError` where there is none to read, `Unfit` with the line where it is no list."""
    try:
        return lists_from(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"The list of topics {file} cannot be read: {error}", subject=str(file)) from error


def _batches(steps: Iterator[Step]) -> Iterator[list[Step]]:
    batch: list[Step] = []
    for step in steps:
        batch.append(step)
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _report(file: Path, tally: Tally, seconds: float) -> None:
    """Say on stderr what was done and which lines could not be read; fail where most could not."""
    click.echo(
        f"{tally.articles:,} articles ({tally.copies:,} copies), {len(tally.stories):,} stories, {tally.signals:,} signals "
        f"in {seconds:.1f} s ({tally.articles / max(seconds, 1e-9):.0f} a second).",
        err=True,
    )
    if tally.bad_count:
        click.echo(f"{tally.bad_count:,} lines could not be read:", err=True)
        for bad in tally.bad:
            click.echo(f"  {file}:{bad.line}: {bad.reason}", err=True)
        if tally.bad_count > len(tally.bad):
            click.echo(f"  … and {tally.bad_count - len(tally.bad):,} more", err=True)
    if tally.bad_count > tally.articles:
        raise FileError(f"More than half of the lines of {file} could not be read; is it such a stream?", subject=str(file))


class _Progress:
    """One line on stderr, rewritten in place on a terminal, every 20 seconds elsewhere."""

    def __init__(self) -> None:
        self.share = 0.0
        self._terminal = sys.stderr.isatty()
        self._last = 0.0

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._terminal:
            click.echo("\r\033[K", err=True, nl=False)

    def show(self, tally: Tally, seconds: float) -> None:
        """Show rate, event date and signals so far."""
        if seconds - self._last < (0.2 if self._terminal else 20.0):
            return
        self._last = seconds
        done = int(self.share * 24)
        day = f"{tally.at:%Y-%m-%d}" if tally.at else ""
        line = (
            f"[{'█' * done}{'·' * (24 - done)}] {self.share:4.0%}  {tally.articles:,} articles  {tally.articles / seconds:.0f}/s  "
            f"{day}  {tally.signals} signals"
        )
        click.echo(f"\r\033[K{line}" if self._terminal else line, err=True, nl=not self._terminal)


def _counted(lines: Iterator[GoodLine | BadLine], tally: Tally, progress: _Progress, size: int) -> Iterator[GoodLine | BadLine]:
    """Pass the lines on and keep the share of the file that was read."""
    for line in lines:
        progress.share = min(1.0, line.offset / size) if size else 1.0
        yield line
