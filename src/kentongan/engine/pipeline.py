"""The order of the stages, on one screen. `replay`, `import` and the listener call this same function.

    steps ─▶ duplicates ─▶ (vectors of originals, one batch) ─▶ stories ─▶ bursts ─▶ severity ─▶ outputs

`run` is deterministic: the same steps give the same outputs however they are cut into calls, and a state that went through
`save` and `load` goes on exactly as the one that did not. Vectors are part of the steps where they are already known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kentongan.engine.records import Article, Assignment, Copy, Severity, Signal, Story
from kentongan.engine.vectors import FloatArray


@dataclass(frozen=True, slots=True)
class Arrive:
    """An article arrives. `vector` is given where it was computed before (a replay of the journal)."""

    article: Article
    vector: FloatArray | None = None


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


@dataclass(frozen=True, slots=True)
class Placed:
    """An article found its place. `vector` is set where it was computed in this run (an original), for the caller to keep."""

    copy: Copy
    assignment: Assignment
    vector: FloatArray | None


@dataclass(frozen=True, slots=True)
class StoryChanged:
    """A story as it stands now. `counts` are (hour as ISO text, articles without copies), the last 72 hours that have any."""

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
    """Articles that now belong to another story (after a split)."""

    articles: tuple[str, ...]
    story: str


@dataclass(frozen=True, slots=True)
class Signalled:
    """A signal was raised (`new`) or changed."""

    signal: Signal
    new: bool


Output = Placed | StoryChanged | StoryMerged | Moved | Signalled

# To be written:
#   class State                                              everything that runs; opaque to callers
#   def start(settings) -> State
#   def run(state, steps, embedder, settings) -> tuple[State, list[Output]]     outputs in order; StoryChanged at most once a story a call
#   def save(state) -> bytes ; def load(data, settings) -> State                 StateError when it does not fit this version
