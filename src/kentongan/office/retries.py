"""When a job that failed is tried again: one rule for all background work. What is not is parked (`administration.jobs`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import InterfaceError, OperationalError
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from kentongan.errors import OutsideError

MOST = 5
"""Tries after the first."""
FIRST_S = 5.0
LONGEST_S = 600.0


PAUSES_S = (30, 120, 600, 1_800, 3_600, 10_800, 21_600)
"""Seconds before each further try of a message to a program: within twelve hours whoever was away for a night's repair has everything."""
LONGEST_WISH_S = 86_400.0


def pause_s(tries: int, wished: float | None = None, pauses: Sequence[int] = PAUSES_S) -> float:
    """Seconds between try number `tries` and the next: growing, and what the other side asks for where that is longer (a day at most)."""
    own = float(pauses[min(tries, len(pauses)) - 1])
    return max(own, min(wished or 0.0, LONGEST_WISH_S))


class Patience(BaseRetryStrategy):
    """Tries again after 5, 25, 125, 600, 600 s what something outside may let through later; all else would fail the same way again."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """None where trying again is no use. `job.attempts` counts the tries before this one."""
        if not may_pass(exception) or job.attempts >= MOST:
            return None
        wait = min(LONGEST_S, FIRST_S ** (job.attempts + 1))
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=wait))


def may_pass(error: BaseException) -> bool:
    """Whether the same work may succeed later: a host, mail server or database that is away, not one that says no."""
    if isinstance(error, OutsideError):
        return not error.permanent
    return isinstance(error, OperationalError | InterfaceError)
