"""The office's time: the machine's, or a demo's. Read once at the border of a request and passed on as `now`."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings

from kentongan.adapters.clock import ShiftedClock, SystemClock
from kentongan.config import Config
from kentongan.errors import SettingError
from kentongan.ports import Clock


def clock_from(config: Config) -> Clock:
    """The clock the settings ask for. Raises `SettingError` where a demo's moment cannot be read."""
    if not config["clock_origin"]:
        return SystemClock()
    started = config["clock_started"]
    return ShiftedClock(
        _moment("clock_origin", str(config["clock_origin"])),
        _moment("clock_started", str(started)) if started else datetime.now(UTC),
        float(config["clock_speed"]),
        _moment("clock_until", str(config["clock_until"])) if config["clock_until"] else None,
    )


def now() -> datetime:
    """Aware, UTC, by the office's clock."""
    moment: datetime = settings.CLOCK.now()
    return moment


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingError(f"{name} must be a moment such as 2025-11-27T00:30:00+00:00, not “{text}”.", subject=name) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
