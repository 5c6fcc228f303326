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
    values show the same time, so a demo's outlets, workers and screens agree without talking to each other. Past `until`
    it runs as fast as life again.
    """

    def __init__(self, origin: datetime, started: datetime, speed: float = 1.0, until: datetime | None = None) -> None:
        if origin.tzinfo is None or started.tzinfo is None or (until is not None and until.tzinfo is None):
            raise ValueError("ShiftedClock needs aware times")
        if speed < 0:
            raise ValueError(f"speed must not be negative, not {speed}")
        self.origin = origin.astimezone(UTC)
        self.started = started.astimezone(UTC)
        self.speed = speed
        self.until = max(self.origin, until.astimezone(UTC)) if until else None

    def now(self) -> datetime:
        """Aware, UTC."""
        return self.at(datetime.now(UTC))

    def at(self, real: datetime) -> datetime:
        """What this clock shows at the real moment `real`."""
        shown = self.origin + (real - self.started) * self.speed
        if self.until is None or shown <= self.until or self.speed <= 1:
            return shown
        return self.until + (real - self.started - (self.until - self.origin) / self.speed)

    def real(self, shown: datetime) -> datetime:
        """The real moment at which this clock shows `shown`. A clock that stands still never gets there: raises
        ValueError."""
        if not self.speed:
            raise ValueError("a clock that stands still shows no other time")
        if self.until is not None and shown > self.until and self.speed > 1:
            return self.started + (self.until - self.origin) / self.speed + (shown - self.until)
        return self.started + (shown - self.origin) / self.speed
