"""`kentongan eval`: one object in the agreed form, or the same in words."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kentongan.cli import evaluate
from kentongan.cli.main import main
from kentongan.measure.form import Evaluation


def test_the_answer_has_the_agreed_form(tmp_path: Path) -> None:
    page = tmp_path / "feed.xml"
    page.write_text(
        "<rss version='2.0'><channel><title>A</title><item><title>B</title><link>https://o.example/1</link></item></channel></rss>"
    )
    done = CliRunner().invoke(main, ["eval", "feeds", str(tmp_path), "--json"])
    assert done.exit_code == 0, done.output
    answer = json.loads(done.output)
    assert list(answer) == ["task", "files", "n", "seconds", "metrics"]
    assert (answer["task"], answer["n"], answer["metrics"]["crashed"]) == ("feeds", 1, 0)


def test_in_words_it_names_data_set_size_commit_and_date() -> None:
    words = evaluate.in_words("language", [Path("a.jsonl")], Evaluation(1200, {"accuracy": 0.97, "confusion": {"id": {"id": 9}}}), 1.25)
    assert "accuracy" in words
    assert "0.97" in words
    assert "a.jsonl, n = 1,200" in words
    assert "commit " in words


def test_a_task_that_takes_no_pair_says_so(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["eval", "feeds", str(tmp_path), "--pair", "id-en"])
    assert done.exit_code == 2
    assert "takes no --pair" in done.output


def test_a_measure_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(evaluate.TASKS, "feeds", ("kentongan.measure.no_such_eval:evaluate", "nothing"))
    done = CliRunner().invoke(main, ["eval", "feeds"])
    assert done.exit_code == 1
    assert "no_such_eval" in done.output


@pytest.mark.parametrize("task", evaluate.TASKS)
def test_every_task_has_its_measure(task: str) -> None:
    module, _, name = evaluate.TASKS[task][0].partition(":")
    assert callable(getattr(importlib.import_module(module), name))


def test_an_unknown_task_lists_the_known_ones() -> None:
    done = CliRunner().invoke(main, ["eval", "weather"])
    assert done.exit_code == 2
    assert "stories" in done.output
