"""Clocks: the machine's own, and one that runs a past or invented stretch of time faster than life."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC)


class ShiftedClock:
    """A clock that showed `origin` at the real moment `started` and has run `speed` times as fast since.

    `speed` 0 stands still, 1 is only shifted, 60 shows an hour a minute. Two processes that are given the same three
    values show the same time, so a demo's outlets, workers and screens agree without talking to each other.
    """

    def __init__(self, origin: datetime, started: datetime, speed: float = 1.0) -> None:
        if origin.tzinfo is None or started.tzinfo is None:
            raise ValueError("ShiftedClock needs aware times")
        if speed < 0:
            raise ValueError(f"speed must not be negative, not {speed}")
        self.origin = origin.astimezone(UTC)
        self.started = started.astimezone(UTC)
        self.speed = speed

    def now(self) -> datetime:
        """Aware, UTC."""
        return self.at(datetime.now(UTC))

    def at(self, real: datetime) -> datetime:
        """What this clock shows at the real moment `real`."""
        return self.origin + (real - self.started) * self.speed

    def real(self, shown: datetime) -> datetime:
        """The real moment at which this clock shows `shown`. A clock that stands still never gets there: raises
        ValueError."""
        if not self.speed:
            raise ValueError("a clock that stands still shows no other time")
        return self.started + (shown - self.origin) / self.speed
