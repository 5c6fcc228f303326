"""One tree of errors, split by what the caller can do, drawn as it is."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from kentongan import errors
from kentongan.errors import FileError, InputError, KentonganError, OutsideError, RefusedError, SettingError, StateError

SOURCES = Path(__file__).parents[1] / "src/kentongan"
TREE = {name: value for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}


def drawn() -> dict[str, str]:
    """Each name of the drawing in the module's docstring with the name it hangs from."""
    parents: dict[int, str] = {}
    found: dict[str, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"^([ │├└─]*)([A-Z]\w+Error)\b", line)
        if match:
            depth = len(match[1])
            found[match[2]] = next((parents[place] for place in sorted(parents, reverse=True) if place < depth), "")
            parents = {place: name for place, name in parents.items() if place < depth} | {depth: match[2]}
    return found


def test_the_drawing_is_the_tree() -> None:
    real = {name: "" if value is KentonganError else value.__bases__[0].__name__ for name, value in TREE.items()}
    assert drawn() == real


@pytest.mark.parametrize("kind", TREE.values(), ids=lambda kind: kind.__name__)
def test_an_error_is_its_sentence_and_carries_its_subject(kind: type[KentonganError]) -> None:
    error = kind("Sentence for a person.", subject="thing")
    assert (str(error), error.subject) == ("Sentence for a person.", "thing")
    assert kind("Sentence.").subject == ""
    assert isinstance(error, KentonganError)


@pytest.mark.parametrize("kind", [kind for kind in TREE.values() if issubclass(kind, OutsideError)], ids=lambda kind: kind.__name__)
def test_what_happens_outside_is_tried_again_unless_it_is_said_to_be_permanent(kind: type[OutsideError]) -> None:
    assert kind("Away.").permanent is False
    assert kind("Gone.", permanent=True).permanent is True


@pytest.mark.parametrize("kind", [KentonganError, InputError, SettingError, FileError, StateError, RefusedError])
def test_only_what_happens_outside_can_be_permanent(kind: type[KentonganError]) -> None:
    assert not hasattr(kind("No."), "permanent")


def test_a_file_error_knows_its_line_and_zero_is_none() -> None:
    assert (FileError("x", line=7).line, FileError("x").line) == (7, 0)


def test_subject_and_line_are_given_by_name() -> None:
    for kind in TREE.values():
        positional = [one for one in inspect.signature(kind).parameters.values() if one.kind is one.POSITIONAL_OR_KEYWORD]
        assert [one.name for one in positional] == ["message"]


def raised() -> list[tuple[str, str, ast.Call]]:
    found = []
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Raise)
                and isinstance(node.exc, ast.Call)
                and isinstance(node.exc.func, ast.Name)
                and node.exc.func.id in TREE
            ):
                found.append((f"{path.relative_to(SOURCES)}:{node.lineno}", node.exc.func.id, node.exc))
    return found


def test_no_caller_is_left_with_the_root_alone() -> None:
    vague = ("KentonganError", "OutsideError")
    assert [where for where, name, _ in raised() if name in vague] == []


def test_an_error_never_names_itself_in_its_sentence() -> None:
    texts = [(where, ast.unparse(call.args[0])) for where, _, call in raised() if call.args]
    assert [where for where, text in texts if re.search(r"\b\w+Error\b", text)] == []
    assert len(texts) > 40
