"""What some kinds of source say beside items to read: a checked claim, a warning of a hazard, a count by topic and place.

All are public statements of institutions or sums; none is about a person. Times are aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kentongan.engine.records import need_utc

Certainty = Literal["observed", "likely", "possible", "unlikely", "unknown"]
Urgency = Literal["immediate", "expected", "future", "past", "unknown"]
HazardSeverity = Literal["extreme", "severe", "moderate", "minor", "unknown"]
"""The three scales are those of the Common Alerting Protocol 1.2 (OASIS, 2010), §3.2.2."""


@dataclass(frozen=True, slots=True)
class FactCheck:
    """A claim that a fact-checker has looked at (schema.org ClaimReview). `rating` is the checker's own word."""

    url: str
    claim: str
    rating: str
    checker: str
    checked: datetime | None
    claim_url: str = ""
    language: str = ""

    def __post_init__(self) -> None:
        if not (self.url and self.claim and self.rating):
            raise ValueError("a fact-check needs its address, the claim and the rating")
        need_utc(self, "checked")


@dataclass(frozen=True, slots=True)
class Hazard:
    """A warning of weather, earth or water (CAP 1.2, or an agency's own XML brought into its terms).

    `polygons` are rings of (latitude, longitude); `areas` the places in words; `ended` where the agency cancels an earlier warning.
    """

    identifier: str
    event: str
    headline: str
    severity: HazardSeverity
    urgency: Urgency
    certainty: Certainty
    areas: tuple[str, ...]
    sent: datetime
    onset: datetime | None = None
    expires: datetime | None = None
    instruction: str = ""
    url: str = ""
    sender: str = ""
    polygons: tuple[tuple[tuple[float, float], ...], ...] = ()
    ended: bool = False

    def __post_init__(self) -> None:
        if not (self.identifier and self.event):
            raise ValueError("a hazard needs its identifier and its event")
        need_utc(self, "sent", "onset", "expires")


@dataclass(frozen=True, slots=True)
class TopicCount:
    """How many complaints of one topic came from one place in one period: all that is kept of a complaints export."""

    topic: str
    place: str
    start: datetime
    end: datetime
    count: int

    def __post_init__(self) -> None:
        if not self.topic or self.count < 0:
            raise ValueError("a count needs its topic and cannot be negative")
        need_utc(self, "start", "end")


Notice = FactCheck | Hazard | TopicCount
