"""Clocks: the machine's own, whether somebody keeps it, and one that runs a past or invented stretch of time faster than life."""

from __future__ import annotations

import ctypes
import sys
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC)


class _Timex(ctypes.Structure):
    """The beginning of `struct timex` (adjtimex(2)) and room for its rest. All zero asks and changes nothing."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


_UNSYNCHRONISED = 0x0040
"""`STA_UNSYNC` of <linux/timex.h>: set until a time service has corrected the clock, and again when it has not for hours."""


def synchronised(platform: str = sys.platform) -> bool | None:
    """Whether the kernel says that the clock is kept by a time service; None where it cannot be asked (not Linux, or not allowed)."""
    if platform != "linux":
        return None
    asked = _Timex()
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.byref(asked))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else not asked.status & _UNSYNCHRONISED


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
