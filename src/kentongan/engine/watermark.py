"""Event time of a stream: how far it has come, whatever single wrong dates say.

A page dated 2099 must not expire every story, one dated 1970 must not hold time back. The watermark is the highest median that any
`SPAN` consecutive items had: it follows a stream within minutes and fewer than half of `SPAN` wrong dates in a row cannot move it.

A machine whose clock is wrong for an hour dates every item wrongly, and a watermark that never goes back would leave the office deaf until
that date comes. So a jump of more than `JUMP` is on probation: when the next `BACK` items in a row lie where the watermark stood before, it
goes back there. Old items that a source brings after a week do not do that: they come after no jump, or do not lie where it began.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SPAN = 9
JUMP = 86_400.0
BACK = 64
_NEVER = float("-inf")


@dataclass(slots=True)
class Watermark:
    """`now` in seconds since 1970 (UTC), minus infinity before the first item. Mutable; `advance` and `pass_to` are its only changes."""

    recent: list[float] = field(default_factory=list[float])
    now: float = _NEVER
    before: float = _NEVER
    """Where it stood before its last jump; minus infinity when there is none on probation."""
    back: int = 0
    """Items in a row that lie there."""

    def advance(self, seconds: float) -> float:
        """Take in the time of the next item and return the watermark."""
        self.recent.append(seconds)
        if len(self.recent) > SPAN:
            del self.recent[0]
        median = sorted(self.recent)[(len(self.recent) - 1) // 2]
        self.pass_to(median)
        if self.before != _NEVER:
            self.back = self.back + 1 if abs(seconds - self.before) < 2 * JUMP and seconds < self.now - JUMP else 0
            if self.back >= BACK:
                self.now, self.before, self.back = median, _NEVER, 0
        return self.now

    def pass_to(self, seconds: float) -> None:
        """Time has come to this moment at least."""
        if seconds > self.now + JUMP and self.now != _NEVER:
            self.before, self.back = self.now, 0
        self.now = max(self.now, seconds)

    def to_data(self) -> dict[str, Any]:
        """JSON values that `from_data` reads."""
        return {"recent": list(self.recent), "now": _known(self.now), "before": _known(self.before), "back": self.back}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Watermark:
        """The watermark `to_data` described."""
        before = data.get("before")
        return cls(
            list(data["recent"]),
            _NEVER if data["now"] is None else data["now"],
            _NEVER if before is None else before,
            data.get("back", 0),
        )


def _known(moment: float) -> float | None:
    return None if moment == _NEVER else moment
