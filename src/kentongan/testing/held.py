"""Invented signals that were held back beyond the day's budget."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from kentongan.office.listening.held_models import HeldBack
from kentongan.office.listening.models import Story
from kentongan.testing.builders import NOW


def furnish_held(stories: Sequence[Story], now: datetime = NOW) -> None:
    """One signal for each story, held back in the last hours."""
    for number, story in enumerate(stories, start=1):
        until = (now + timedelta(hours=6 + number)).isoformat()
        HeldBack.objects.create(
            office=story.office, key=f"h{number}", kind="story", subject=story.headline, story=story, raised=now - timedelta(hours=number),
            updated=now - timedelta(minutes=20 * number), since=now - timedelta(hours=number + 1), outlets=story.outlets, level=story.level,
            reasons=[
                {"code": "signal.count", "values": {"count": 4 + number, "hours": 2.0, "expected": 0.8}},
                {"code": "signal.until", "values": {"time": until}},
                {"code": "signal.held", "values": {"budget": 8}},
            ],
        )  # fmt: skip
