"""The form of an evaluation: what every `measure.*_eval` module gives back, and how its input is read.

Does not print and does not decide whether a figure is good: the command line does the first, the person reading does
the second.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kentongan.errors import FileError


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`n` documents (or pairs, or tokens) were judged; `metrics` are fractions of one unless their name says
    otherwise."""

    n: int
    metrics: dict[str, object]


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Every object of a JSON Lines file, gzipped or not. Raises `FileError` with the line that cannot be read."""
    number = 0
    try:
        with path.open("rb") as probe:
            packed = probe.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rt", encoding="utf-8") if packed else path.open("rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                value = json.loads(line)
                if not isinstance(value, dict):
                    raise FileError(f"{path.name}: line {number} is not an object", subject=str(path), line=number)
                yield value
    except (OSError, EOFError) as error:
        raise FileError(f"{path.name} cannot be read: {error}", subject=str(path), line=number) from error
    except UnicodeDecodeError as error:
        raise FileError(f"{path.name}: line {number + 1} is not UTF-8", subject=str(path), line=number + 1) from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise FileError(f"{path.name}: line {number} is not JSON: {error}", subject=str(path), line=number) from error
