"""Names of persons in Indonesian and Vietnamese text."""

from __future__ import annotations

from typing import Protocol


class NameTagger(Protocol):
    """Finds names of persons. Pure and deterministic."""

    def spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """(start, end) of every name, in characters of the text, in order, never overlapping."""
        ...
