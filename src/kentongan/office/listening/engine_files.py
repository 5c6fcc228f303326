"""The files of the engine that what was read depends on: the pipeline, every module it imports, and the lists and heads these name.

An office that has read 200,000 items needs hours to read them again. So what was read is kept when only other parts of the engine change:
the rules for statements, say, or how pages are fetched. A list counts where one of the modules has its name between quotation marks or its
file's name anywhere: one too many costs time, one too few would mix two engines; `test_engine_files` looks at what a run really opens.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from kentongan import engine

ROOT = Path(engine.__file__).parent
PACKAGE = engine.__name__


@cache
def read_by(first: str) -> tuple[Path, ...]:
    """The files under `kentongan/engine` that the module `first` of it depends on, sorted."""
    modules, ahead = set[Path](), [ROOT / f"{first}.py"]
    while ahead:
        module = ahead.pop()
        if module not in modules:
            modules.add(module)
            ahead.extend(_imported(module))
    texts = "\n".join(module.read_text(encoding="utf-8") for module in modules)
    data = [file for file in [*ROOT.glob("data/**/*"), *ROOT.glob("heads/*")] if file.suffix in {".yaml", ".npz", ".json"}]
    return tuple(sorted([*modules, *(file for file in data if _is_named(file, texts))]))


def _imported(module: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(module.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.module == PACKAGE:
            names = [f"{PACKAGE}.{one.name}" for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        else:
            continue
        for name in names:
            file = ROOT / f"{name.removeprefix(f'{PACKAGE}.')}.py"
            if name.startswith(f"{PACKAGE}.") and file.is_file():
                yield file


def _is_named(file: Path, texts: str) -> bool:
    return re.search(rf"""["']{re.escape(file.stem)}["']|\b{re.escape(file.name)}\b""", texts) is not None
