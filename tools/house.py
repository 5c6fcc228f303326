"""Facts about the tree that the house rules speak of. `python tools/house.py` prints every breach and ends with 1 if there is one.

Used by `make check` (cycles, words) and by `tests/house/test_budgets.py` (the budgets, with their named exceptions).
"""

from __future__ import annotations

import ast
import math
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
TESTS = ROOT / "tests"
_HOSTS = ("pypi" + r"\.org", "python" + r"hosted\.org", r"registry\.npm" + r"js", r"deb\.debi" + "an")
_PATHS = (r"(?<![\w.])/wo" + "rk/", r"(?<![\w.])/fa" + "rm/")
FORBIDDEN = re.compile("|".join(_HOSTS + _PATHS), re.I)


@dataclass(frozen=True, slots=True)
class Function:
    """One function: where it stands, how many lines, whether its return is annotated."""

    place: str
    lines: int
    annotated: bool


def sources() -> list[Path]:
    """Every source file of ours, without migrations."""
    return sorted(p for p in SRC.rglob("*.py") if "migrations" not in p.parts)


def tests() -> list[Path]:
    """Every test file."""
    return sorted(TESTS.rglob("*.py"))


def code_lines(path: Path) -> int:
    """Lines that are neither blank nor only a comment."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return sum(1 for line in lines if line.strip() and not line.strip().startswith("#"))


def functions(paths: list[Path]) -> list[Function]:
    """Every function and method of the files, nested ones too."""
    found: list[Function] = []
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                found.append(Function(f"{path.relative_to(ROOT)}:{node.name}", length, node.returns is not None))
    return found


def percentile(values: list[int], share: float) -> int:
    """The value below or at which `share` of the values lie."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def broad_excepts(paths: list[Path]) -> list[str]:
    """Handlers that catch everything, each by file and the innermost function it stands in; two in one function are listed twice."""
    out: list[str] = []

    def look(node: ast.AST, path: Path, within: str) -> None:
        if isinstance(node, ast.ExceptHandler) and _catches_everything(node.type):
            out.append(f"{path.relative_to(ROOT)}:{within}")
        for inner in ast.iter_child_nodes(node):
            look(inner, path, inner.name if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) else within)

    for path in paths:
        look(ast.parse(path.read_text(encoding="utf-8")), path, "")
    return out


def _catches_everything(caught: ast.expr | None) -> bool:
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(one is None or (isinstance(one, ast.Name) and one.id in {"Exception", "BaseException"}) for one in names)


def _module(path: Path) -> str:
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path, modules: set[str]) -> Iterator[str]:
    """Modules of ours that a file imports, at its top or inside a function; imports for types only do not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skip: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            skip |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in skip:
            continue
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                if full in modules:
                    yield full
                elif node.module in modules:
                    yield node.module


def import_cycles() -> list[list[str]]:
    """Groups of modules that import each other, function-local imports counted (Tarjan's strongly connected components)."""
    files = {_module(p): p for p in sources()}
    arrows = {name: sorted({m for m in _imports(path, set(files)) if m != name}) for name, path in files.items()}
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in arrows[name]:
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            group: list[str] = []
            while not group or group[-1] != name:
                group.append(stack.pop())
            if len(group) > 1:
                found.append(sorted(group))

    for name in sorted(arrows):
        if name not in index:
            visit(name)
    return found


def forbidden_words() -> list[str]:
    """Places in the committed tree that name a machine's path or a package registry."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    out: list[str] = []
    for name in listed:
        path = ROOT / name
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            continue
        out += [f"{name}:{n}" for n, line in enumerate(text.splitlines(), 1) if FORBIDDEN.search(line)]
    return out


def main() -> int:
    """Print breaches of the rules that have no exceptions."""
    breaches = [f"import cycle: {' ⇄ '.join(group)}" for group in import_cycles()]
    breaches += [f"names a machine path or a registry: {place}" for place in forbidden_words()]
    for line in breaches:
        print(line)
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
