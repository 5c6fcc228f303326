"""Invented forecasts of one story: those of this hour, and a fortnight of ranges that have come due."""

from __future__ import annotations

from datetime import datetime, timedelta

from kentongan.office.listening.forecasts_models import Forecast, ForecastFit
from kentongan.office.listening.models import Story
from kentongan.testing.builders import NOW

SHOWN = (
    ("items", 3, 1, 3, 6, 5),
    ("items", 6, 2, 5, 11, 5),
    ("items", 24, 4, 12, 26, 5),
    ("outlets", 3, 0, 1, 2, 4),
    ("outlets", 6, 0, 1, 3, 4),
    ("outlets", 24, 1, 2, 5, 4),
)
DUE = 40
MISSED_EVERY = 6


def furnish_forecasts(story: Story, now: datetime = NOW) -> None:
    """What is foretold of a story now, and `DUE` ranges of the last days, of which every sixth was missed."""
    office, made = story.office, now - timedelta(minutes=20)
    ForecastFit.objects.create(office=office, at=made, samples=640, stories=212)
    rows: list[tuple[datetime, int, str, int, int, int, int, int | None]]
    rows = [(made, hours, what, low, middle, high, plain, None) for what, hours, low, middle, high, plain in SHOWN]
    for number in range(DUE):
        came = 9 if number % MISSED_EVERY == 0 else 3
        rows.append((now - timedelta(hours=8 + 6 * number), 3, "items", 1, 3, 6, 5, came))
    Forecast.objects.bulk_create(
        Forecast(
            office=office, story=story, made_at=at, horizon_hours=hours, what=what, low=low, middle=middle, high=high, baseline=plain,
            due_at=at + timedelta(hours=hours), outcome=outcome,
        )
        for at, hours, what, low, middle, high, plain, outcome in rows
    )  # fmt: skip
