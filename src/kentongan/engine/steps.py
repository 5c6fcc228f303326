"""What goes into the pipeline (steps) and what comes out (outputs).

Steps in the order in which they happened; outputs in the order of the steps, save `StoryChanged`, which comes once a
story at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from kentongan.engine.records import Article, Assignment, Copy, Reason, Severity, Signal, Story
from kentongan.engine.vectors import FloatArray


@dataclass(frozen=True, slots=True)
class Arrive:
    """An article arrives. `vector` is given where it was computed before (a replay of the journal).

    `marks` are series of the office's own it counts in: "w" and the name of a watch, "a" and the name of an agency. `perhaps` are those it
    counts in too if its meaning is near enough to what they ask for (`Settings.likes`).
    """

    article: Article
    vector: FloatArray | None = None
    marks: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Merge:
    """An officer says two stories are one."""

    into: str
    other: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Split:
    """An officer says these articles are another story."""

    story: str
    articles: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes without an article: signals may fall back."""

    at: datetime


Step = Arrive | Merge | Split | Tick
_FURTHEST = timedelta(days=400)


def hourly(articles: Iterable[Article]) -> Iterator[Step]:
    """Articles as steps, with a tick for every full hour of event time that passes: how a stream of the past is replayed.

    A date in the far future moves the time by 400 days at most.
    """
    at: datetime | None = None
    hour: datetime | None = None
    for article in articles:
        at = max(at or article.published, min(article.published, (at or article.published) + _FURTHEST))
        now = at.replace(minute=0, second=0, microsecond=0)
        if hour is not None and now > hour:
            yield Tick(now)
        hour = now
        yield Arrive(article)


@dataclass(frozen=True, slots=True)
class Placed:
    """An article found its place.

    `vector` is set for an original, rounded as the pipeline used it, and `marks` are those it bears by its meaning; both for the caller to
    keep, so that the same step brings them when it is taken again.
    """

    copy: Copy
    assignment: Assignment
    vector: FloatArray | None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """An original that is new here counts in these series of groups (`Sighting.groups`): what it is about, where, and which marks it bears.

    For the caller who keeps counts of its own; said once for an article, never for a copy.
    """

    article: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoryChanged:
    """A story as it stands now.

    `counts` are (hour as ISO text, articles without copies), the last 72 hours that have any.
    """

    story: Story
    severity: Severity
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class StoryMerged:
    """Story `gone` is now part of `into`; every member of it moves."""

    gone: str
    into: str


@dataclass(frozen=True, slots=True)
class Moved:
    """Articles that now belong to another story, and why: an officer's split, or a better match that came later."""

    articles: tuple[str, ...]
    story: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Signalled:
    """A signal was raised (`new`) or changed."""

    signal: Signal
    new: bool


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A signal rose and the office was not told, because the day's `budget` was used up for such as it.

    Said again when it grew; `Signalled` follows if there is room later or it becomes a crisis.
    """

    signal: Signal
    budget: int


Output = Placed | Counted | StoryChanged | StoryMerged | Moved | Signalled | HeldBack
