"""Every reason the program can give is a sentence with all its values, and every sentence can be given."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from kentongan.engine import evidence_reasons
from kentongan.engine.outcomes import NATURE, OutcomeKind
from kentongan.engine.reasons import SENTENCES, sentence
from kentongan.engine.records import Reason

SOURCES = Path(__file__).parents[2] / "src/kentongan"
REASONS_MODULE = SOURCES / "engine/reasons.py"
EVERY = {**SENTENCES, **evidence_reasons.SENTENCES}
"""Those of the evidence gate stand apart until a screen shows them."""


@cache
def trees() -> dict[Path, ast.Module]:
    files = [path for path in sorted(SOURCES.rglob("*.py")) if path != REASONS_MODULE]
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in files}


def pattern_of(node: ast.expr) -> str:
    """The literal text of a string or f-string, with "*" for what is filled in; "" for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)
    return ""


def fits(code: str, pattern: str) -> bool:
    front, star, back = pattern.partition("*")
    if not star or not code.startswith(front):
        return code == pattern
    filled = code[len(front) :]
    return any(fits(filled[n:], back) for n in range(1, len(filled) + 1))


def made_reasons() -> Iterator[tuple[str, str, frozenset[str] | None]]:
    """(where, code pattern, names of the values) of every `Reason("code", {…})`; None where the values are not written out."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reason" and node.args):
                continue
            pattern = pattern_of(node.args[0])
            if not pattern:
                continue
            names: frozenset[str] | None = frozenset()
            if len(node.args) > 1:
                keys = node.args[1].keys if isinstance(node.args[1], ast.Dict) else [None]
                written = [key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
                names = frozenset(written) if len(written) == len(keys) else None
            yield f"{path.relative_to(SOURCES)}:{node.lineno}", pattern, names


def needed(code: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(EVERY[code]) if name)


def test_a_reason_that_is_made_has_its_sentence_and_all_its_values() -> None:
    wrong: list[str] = []
    for where, pattern, names in made_reasons():
        of_parts = pattern == "evidence.*"  # the code of a part of a sentence: evidence.PART.WHAT
        codes = [code for code in EVERY if fits(code, pattern) and (not of_parts or code.count(".") > 1)]
        wrong += [] if codes else [f"{where}: no sentence for {pattern}"]
        for code in codes if names is not None else ():
            wrong += [] if needed(code) <= (names or frozenset()) else [f"{where}: {code} needs {sorted(needed(code))}"]
    assert wrong == []


def test_reasons_are_made_in_every_part_of_the_engine_that_decides() -> None:
    rooms = {where.partition(":")[0] for where, _, _ in made_reasons()}
    assert {f"engine/{name}.py" for name in ("duplicates", "stories", "rhythm", "severity", "signals", "briefing")} <= rooms


def unused() -> list[str]:
    patterns = {pattern_of(node) for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.Constant | ast.JoinedStr)}
    patterns = {pattern for pattern in patterns if "." in pattern and " " not in pattern and len(pattern) < 60}
    starred = [pattern for pattern in patterns if "*" in pattern and not pattern.startswith("*") and "/" not in pattern]
    return [code for code in SENTENCES if code not in patterns and not any(fits(code, pattern) for pattern in starred)]


def test_no_sentence_is_kept_that_nothing_gives() -> None:
    assert unused() == []


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_is_a_sentence(code: str) -> None:
    text = SENTENCES[code]
    assert text == text.strip() and text[0].isupper() | (text[0] in "“{")
    assert text.endswith((".", "{why}")), "a reason ends like a sentence"
    assert "  " not in text
    assert not any(bad in text.lower() for bad in ("error code", "null", "exception", "none of"))


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_without_one_of_its_values_is_a_bug_that_shows(code: str) -> None:
    for name in needed(code):
        values = {other: 1.0 for other in needed(code) if other != name}
        with pytest.raises(KeyError, match=name):
            sentence(Reason(code, values))


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_takes_its_values_as_numbers(code: str) -> None:
    said = sentence(Reason(code, dict.fromkeys(needed(code), 3)))
    assert "{" not in said
    assert all(value in said for value in (["3"] if needed(code) else []))


def test_an_unknown_code_is_a_bug_that_shows() -> None:
    with pytest.raises(KeyError, match=r"no\.such"):
        sentence(Reason("no.such"))


@pytest.mark.parametrize("kind", get_args(OutcomeKind))
def test_every_outcome_of_a_visit_has_a_nature_and_a_sentence_without_values(kind: OutcomeKind) -> None:
    assert kind in NATURE
    assert sentence(Reason(f"fetch.{kind}")).endswith(".")


def test_there_is_no_nature_or_sentence_for_an_outcome_that_cannot_be() -> None:
    kinds = set(get_args(OutcomeKind))
    assert set(NATURE) == kinds
    assert {code.removeprefix("fetch.") for code in SENTENCES if code.startswith("fetch.")} == kinds


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason("copy.near", {"share": 0.934}), "93% of the text is the same."),
        (Reason("story.meaning", {"score": 0.7777}), "Close in meaning to this story (0.78)."),
        (Reason("severity.velocity", {"observed": 12, "expected": 1.25, "hours": 6}), "12 items in 6 h, usually 1.2."),
        (Reason("rhythm.retry_after", {"minutes": 2.5}), "The host asked to come back in 2 minutes."),
        (
            Reason("signal.term", {"term": "banjir", "count": 4, "hours": 3.0, "expected": 0.2}),
            "“banjir” in 4 items in 3 h, usually 0.2 at this time.",
        ),
    ],
)
def test_numbers_are_rounded_for_a_reader(reason: Reason, said: str) -> None:
    assert sentence(reason) == said
