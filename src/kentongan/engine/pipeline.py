"""The order of the stages, on one screen. `replay`, `import` and the listener call this same function.

    steps ─▶ duplicates ─▶ (vectors of originals, one batch) ─▶ stories ─▶ tallies ─▶ bursts ─▶ severity ─▶ outputs

`run` is deterministic: the same steps give the same outputs however they are cut into calls (`StoryChanged` comes
once a story and call, as the story stands at its last change), and a state that went through `save` and `load` goes
on exactly as one that did not.

Vectors are rounded to half precision before use, because that is how the office stores them: a journal replayed with
stored vectors gives what the first run gave. Where a step brings a vector it is used, else the embedder is asked,
once a call, for originals only. What a watch by examples asks for is held against these vectors, before bursts count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from kentongan.engine import bursts, duplicates, stories, tallies
from kentongan.engine.packing import Array, pack, unpack
from kentongan.engine.places import Gazetteer
from kentongan.engine.placing import Placing
from kentongan.engine.records import Copy
from kentongan.engine.steps import Arrive as Arrive
from kentongan.engine.steps import Counted as Counted
from kentongan.engine.steps import HeldBack as HeldBack
from kentongan.engine.steps import Merge as Merge
from kentongan.engine.steps import Moved as Moved
from kentongan.engine.steps import Output as Output
from kentongan.engine.steps import Placed as Placed
from kentongan.engine.steps import Signalled as Signalled
from kentongan.engine.steps import Split as Split
from kentongan.engine.steps import Step as Step
from kentongan.engine.steps import StoryChanged as StoryChanged
from kentongan.engine.steps import StoryMerged as StoryMerged
from kentongan.engine.steps import Tick as Tick
from kentongan.engine.topics import Lists
from kentongan.engine.vectors import Embedder, FloatArray, are_taught, text_for
from kentongan.engine.watching_meaning import Likes

_KIND, _VERSION = "pipeline", 3


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of every stage."""

    duplicates: duplicates.Settings = field(default_factory=duplicates.Settings)
    stories: stories.Settings = field(default_factory=stories.Settings)
    bursts: bursts.Settings = field(default_factory=bursts.Settings)
    places: Gazetteer | None = None
    """The office's places; without them no place has a series."""
    likes: Likes | None = None
    """What watches ask for by examples. Only a step that says `perhaps` is held against it."""
    topics: Lists | None = None
    """The office's own list of topics; without one the shipped list counts."""


@dataclass(slots=True)
class State:
    """Everything that runs. Opaque: changed by `run` alone, kept by `save`."""

    duplicates: duplicates.State
    stories: stories.State
    bursts: bursts.State
    tallies: tallies.State


def start(settings: Settings) -> State:
    """The state before the first step."""
    del settings  # a later stage may need them; callers pass them already
    return State(duplicates.start(), stories.start(), bursts.State(), tallies.State())


def run(state: State, steps: Iterable[Step], embedder: Embedder, settings: Settings) -> tuple[State, list[Output]]:
    """Take these steps. `state` is changed in place and returned; outputs are in the order of the steps,
    `StoryChanged` last.

    A merge or split that does not fit the stories any more (forgotten, already done) is passed over without output.
    Raises nothing of its own; what the embedder raises passes through, and the state must then be thrown away."""
    steps = list(steps)
    copies = _copies(state, steps, settings)
    vectors = _vectors(steps, copies, embedder)
    near = _near(steps, vectors, settings.likes)
    placing = Placing(
        state.stories,
        state.bursts,
        state.tallies,
        settings.stories,
        settings.bursts,
        settings.places,
        settings.topics,
        are_taught(embedder),
    )
    for place, step in enumerate(steps):
        match step:
            case Arrive():
                placing.arrive(step.article, copies[place], vectors.get(place), step.marks, near.get(place, ()))
            case Merge():
                placing.merge(step)
            case Split():
                placing.split(step)
            case Tick():
                placing.tick(step.at)
    return state, placing.outputs()


def _copies(state: State, steps: list[Step], settings: Settings) -> dict[int, Copy]:
    """The duplicate group of every arriving article, by its place among the steps."""
    found: dict[int, Copy] = {}
    for place, step in enumerate(steps):
        if isinstance(step, Arrive):
            state.duplicates, found[place] = duplicates.step(state.duplicates, step.article, settings.duplicates)
    return found


def _vectors(steps: list[Step], copies: dict[int, Copy], embedder: Embedder) -> dict[int, FloatArray]:
    """The vector of every original, by its place: the one its step brought or, in one batch, that of the embedder."""
    found: dict[int, FloatArray] = {}
    missing: dict[int, str] = {}
    for place, copy in copies.items():
        step = steps[place]
        if not isinstance(step, Arrive) or copy.kind != "original":
            continue
        if step.vector is not None:
            found[place] = rounded(step.vector)
        else:
            missing[place] = text_for(step.article)
    if missing:
        found.update(zip(missing, map(rounded, embedder.embed(list(missing.values()))), strict=True))
    return found


def _near(steps: list[Step], vectors: dict[int, FloatArray], likes: Likes | None) -> dict[int, tuple[str, ...]]:
    """The marks each original bears by its meaning, by its place: those of its `perhaps` that it is near enough to."""
    asked = [(place, step) for place, step in enumerate(steps) if isinstance(step, Arrive) and step.perhaps and place in vectors]
    if likes is None or not asked:
        return {}
    found = likes.of([vectors[place] for place, _ in asked], [step.article.language for _, step in asked])
    return {place: tuple(key for key in step.perhaps if key in keys) for (place, step), keys in zip(asked, found, strict=True)}


def rounded(vector: FloatArray) -> FloatArray:
    """The vector at half precision, as float32: what the pipeline uses and what storage gives back unchanged."""
    return vector.astype(np.float16).astype(np.float32)


def save(state: State) -> bytes:
    """The whole state; equal states give equal bytes."""
    sizes: dict[str, int] = {}
    arrays: dict[str, Array] = {}
    for name, part in (("duplicates", duplicates.save(state.duplicates)), ("stories", stories.save(state.stories))):
        sizes[name] = len(part)
        arrays[name] = np.frombuffer(part.ljust(len(part) + -len(part) % 4, b"\0"), dtype="<u4")
    return pack(_KIND, _VERSION, {"sizes": sizes, "bursts": bursts.dump(state.bursts), "tallies": tallies.dump(state.tallies)}, arrays)


def load(data: bytes, settings: Settings) -> State:
    """The state `save` wrote. Raises `StateError` when it is damaged or of another version."""
    del settings
    values, arrays = unpack(data, _KIND, _VERSION)
    parts = {name: arrays[name].tobytes()[:size] for name, size in values["sizes"].items()}
    return State(
        duplicates.load(parts["duplicates"]),
        stories.load(parts["stories"]),
        bursts.restore(values["bursts"]),
        tallies.restore(values["tallies"]),
    )
