"""Steps and outputs are values: what goes into the pipeline can be kept in a journal and read back."""

from __future__ import annotations

import copy
from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import UTC, datetime
from typing import get_args

import numpy as np
import pytest

from kentongan.engine import steps
from kentongan.engine.records import Article, Assignment, Copy, Reason, Severity, Signal, Story, article_id
from kentongan.engine.steps import (
    Arrive,
    Counted,
    HeldBack,
    Merge,
    Moved,
    Output,
    Placed,
    Signalled,
    Split,
    Step,
    StoryChanged,
    StoryMerged,
    Tick,
)

NOW = datetime(2025, 11, 27, tzinfo=UTC)
URL = "https://kabar.example/1"
ARTICLE = Article(article_id(URL), URL, "Kabar", "press", "Air surut", "", "id", NOW)
STORY = Story("s", "Air surut", "", "a", NOW, NOW, ("Kabar",), ("id",), 1, 0)
SEVERITY = Severity(0, 1, 1, 0, 2, 8, 5, 12, "low", ())
SIGNAL = Signal("g", "term", "air", "", NOW, NOW, NOW, 5.0, 1.0, (), (), SEVERITY, (), ())
EXAMPLES = (
    Arrive(ARTICLE),
    Merge("s", "t", NOW),
    Split("s", ("a", "b"), NOW),
    Tick(NOW),
    Placed(Copy("a", "a", "original", 1.0, Reason("copy.original")), Assignment("a", "s", 1.0, ()), None),
    Counted("a", ("cwater", "pDermaga", "wPasar")),
    StoryChanged(STORY, SEVERITY, (("2025-11-27T00:00:00+00:00", 1),)),
    StoryMerged("t", "s"),
    Moved(("a",), "s", Reason("story.officer")),
    Signalled(SIGNAL, new=True),
    HeldBack(SIGNAL, 8),
)


def test_every_step_and_output_has_an_example_here() -> None:
    assert {type(one) for one in EXAMPLES} == set(get_args(Step)) | set(get_args(Output))
    assert set(get_args(Step)).isdisjoint(get_args(Output))


def test_nothing_else_is_told_in_this_module() -> None:
    own = {
        value for value in vars(steps).values() if isinstance(value, type) and is_dataclass(value) and value.__module__ == steps.__name__
    }
    assert own == {type(one) for one in EXAMPLES}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: type(one).__name__)
def test_a_step_is_frozen_and_equal_to_its_copy(example: Step | Output) -> None:
    assert copy.deepcopy(example) == example
    with pytest.raises((FrozenInstanceError, TypeError)):
        setattr(example, fields(example)[0].name, None)
    assert not hasattr(example, "__dict__")


def test_an_arrival_brings_a_vector_only_where_one_was_computed_before() -> None:
    assert Arrive(ARTICLE).vector is None
    vector = np.ones(3, dtype=np.float32)
    assert Arrive(ARTICLE, vector).vector is vector


@pytest.mark.parametrize("kind", [Merge, Split, Tick])
def test_every_act_of_a_person_or_the_clock_says_when(kind: type) -> None:
    assert "at" in {field.name for field in fields(kind)}
