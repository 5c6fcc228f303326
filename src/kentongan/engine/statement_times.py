"""A moment as a statement writes it, in the statement's own language: "pukul 10.30 WIB", "10 giờ 30", "10.30 a.m.".

Method. Tables by hand, not the reader's locale: a statement in Vietnamese names its hour in Vietnamese whoever writes it. The mark of the
zone stands in Indonesian alone, where three zones are usual. What is written here `statement_rules` reads as the same hour and minute; a
property test holds that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kentongan.engine.statement_records import Tongue

_DAYS: Mapping[Tongue, tuple[str, ...]] = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: Mapping[Tongue, tuple[str, ...]] = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip


def clock_said(at: datetime, language: Tongue) -> str:
    """The hour and minute of `at`, which is aware and in the time of the readers."""
    if language == "vi":
        return f"{at.hour} giờ {at.minute:02}" if at.minute else f"{at.hour} giờ"
    if language == "en":
        minute = f".{at.minute:02}" if at.minute else ""
        return f"{at.hour % 12 or 12}{minute} {'a' if at.hour < 12 else 'p'}.m."
    zone = at.tzname() or ""
    return f"{at.hour:02}.{at.minute:02}{f' {zone}' if zone.isalpha() and zone != 'UTC' else ''}"


def moment_said(at: datetime, language: Tongue) -> str:
    """Day and hour of `at`, as they stand above a statement."""
    day, clock = _day(at, language), clock_said(at, language)
    return {"id": f"{day}, pukul {clock}", "vi": f"{clock} {day}", "en": f"{day}, {clock}"}[language]


def day_said(at: datetime, language: Tongue) -> str:
    """The day of `at`."""
    return _day(at, language)


def promise_said(at: datetime, now: datetime, language: Tongue) -> str:
    """The hour of `at`, with its day where that is another than the day of `now`; both in the time of the readers."""
    clock = clock_said(at, language)
    if at.date() == now.date():
        return clock
    return clock + {"id": " hari ", "vi": " ", "en": " on "}[language] + _day(at, language)


def _day(at: datetime, language: Tongue) -> str:
    if language == "vi":
        return f"ngày {at.day}/{at.month}/{at.year}"
    weekday, month = _DAYS[language][at.weekday()], _MONTHS[language][at.month - 1]
    return f"{weekday}, {at.day} {month} {at.year}" if language == "id" else f"{weekday} {at.day} {month} {at.year}"
