"""Every test says what must be so: by an assertion of its own, or by a function of the tests that makes one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SHIPPED = TESTS.parent / "src" / "kentongan" / "testing"
SAYING = {"pytest.raises", "pytest.warns", "pytest.fail"}
"""What of pytest says that something must be so."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(folder: Path) -> Iterator[tuple[Path, Function]]:
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, Function):
                yield path, node


def called(function: Function) -> set[str]:
    """The functions a function calls by their bare names: a fixture or a method of the same name is another thing."""
    return {node.func.id for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


def says(function: Function) -> bool:
    """Whether a function itself says what must be so."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Raise) and "AssertionError" in ast.unparse(node)):
            return True
        if isinstance(node, ast.Call) and ast.unparse(node.func) in SAYING:
            return True
    return False


def saying(found: list[Function]) -> set[str]:
    """The names of functions that say it themselves or call one that does."""
    names = {one.name for one in found if says(one)}
    while more := {one.name for one in found if one.name not in names and called(one) & names}:
        names |= more
    return names


@cache
def every() -> list[tuple[Path, Function]]:
    return [*functions(TESTS), *functions(SHIPPED)]


def silent(found: list[tuple[Path, Function]]) -> list[str]:
    """The tests in which nothing must be so."""
    names = saying([one for _, one in found])
    return [f"{path.name}::{one.name}" for path, one in found if one.name.startswith("test_") and not says(one) and not called(one) & names]


def test_every_test_says_what_must_be_so():
    assert len(every()) > 1_000
    assert silent(every()) == []


@pytest.mark.parametrize(
    ("body", "fine"),
    [
        ("assert work() == 3", True),
        ("with pytest.raises(ValueError): work()", True),
        ("check(work())", True),
        ("checked_twice(work())", True),
        ("pytest.fail('never')", True),
        ("work()", False),
        ("client.check(work())", False),
        ("work(check)", False),
        ("other.raises(work())", False),
    ],
)
def test_what_counts_as_saying_it(tmp_path, body, fine):
    helpers = "def work(): return 3\ndef check(n):\n    assert n\ndef checked_twice(n):\n    check(n)\n"
    (tmp_path / "test_it.py").write_text(f"{helpers}def test_it():\n    {body}\n", "utf-8")
    assert silent(list(functions(tmp_path))) == ([] if fine else ["test_it.py::test_it"])
