"""Figures of the whole office: real database, real HTTP, real processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

Figure = tuple[str, float, str]


def screen(data: Path, size: int) -> Iterator[Figure]:
    yield from ()


def memory(data: Path, size: int) -> Iterator[Figure]:
    yield from ()
