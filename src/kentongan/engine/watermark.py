"""Event time of a stream: how far it has come, whatever single wrong dates say.

A page dated 2099 must not expire every story, one dated 1970 must not hold time back. The watermark is the highest median that any
`SPAN` consecutive items had: it follows a stream within minutes and fewer than half of `SPAN` wrong dates in a row cannot move it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SPAN = 9


@dataclass(slots=True)
class Watermark:
    """`now` in seconds since 1970 (UTC), minus infinity before the first item. Mutable; `advance` is its only change."""

    recent: list[float] = field(default_factory=list[float])
    now: float = float("-inf")

    def advance(self, seconds: float) -> float:
        """Take in the time of the next item and return the watermark."""
        self.recent.append(seconds)
        if len(self.recent) > SPAN:
            del self.recent[0]
        ordered = sorted(self.recent)
        self.now = max(self.now, ordered[(len(ordered) - 1) // 2])
        return self.now

    def to_data(self) -> dict[str, Any]:
        """JSON values that `from_data` reads."""
        return {"recent": list(self.recent), "now": None if self.now == float("-inf") else self.now}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Watermark:
        """The watermark `to_data` described."""
        return cls(list(data["recent"]), float("-inf") if data["now"] is None else data["now"])
