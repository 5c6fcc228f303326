"""What goes in and out of the API of recorded events and corrections: what officers say that happened, and what the engine said wrongly."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from kentongan.office.api import schemas


class RecordedEvent(Schema):
    """What happened: `told`, `missed`, or `open` while it is not over and nobody told it. `judged` where an officer said so."""

    id: int
    what: str
    words: str
    place: int | None
    began: datetime
    ended: datetime
    state: Literal["told", "missed", "open"]
    judged: bool
    signal: int | None
    told_at: datetime | None
    hours: float | None
    by: str
    at: datetime
    version: int


class RecordedEventPage(Schema):
    """A page of recorded events, the latest begun first."""

    rows: list[RecordedEvent]
    next: str | None


class Offered(Schema):
    """A signal of the time of an event, which may have told it."""

    id: int
    kind: str
    subject: str
    level: str
    raised: datetime


class RecordedEventDetail(Schema):
    """An event with the signals from which an officer chooses the one that told it."""

    event: RecordedEvent
    offered: list[Offered]


class EventIn(schemas.Strict):
    """What happened, by which words a headline of it is known, and when. `place` is a code of the office's places."""

    what: schemas.Word
    words: schemas.Text
    began: schemas.Moment
    ended: schemas.Moment | None = None
    place: schemas.Word = ""


class VerdictIn(schemas.Strict):
    """Which signal told it; null: none did. `version` is the one that was read."""

    signal: schemas.Number | None
    version: schemas.Version


class Word(Schema):
    """What the engine says of an item, what was corrected, and which codes may be said; of a place those of `/places`, or `none`."""

    engine: str
    said: str | None
    allowed: list[str]


class Reading(Schema):
    """What the engine says of an item: its kind, topic and tone, and the code of its place. The tone is toward the agency or watch that
    `tone_toward` names, of the item as a whole where that is empty."""

    article: int
    tone_toward: str
    kind: Word
    topic: Word
    tone: Word
    place: Word


class CorrectionIn(schemas.Strict):
    """What is right of an item: one of the codes that may be said."""

    what: Literal["kind", "topic", "tone", "place"]
    said: Annotated[str, Field(min_length=1, max_length=60)]


class UsefulIn(schemas.Strict):
    """Whether a signal was useful."""

    said: Literal["yes", "no"]


class Agreement(Schema):
    """How far two people agree on one question (Krippendorff's alpha), and how often the engine says what both say; null for too few."""

    what: str
    items: int
    alpha: float | None
    word: Literal["few", "good", "fair", "poor"]
    agreed: int
    engine_right: float | None


class AgreementList(Schema):
    """One row for each question of the weekly sample, and for signals and pairs of items of which two people spoke.

    Labels themselves are not given.
    """

    rows: list[Agreement]


class HeldBack(Schema):
    """A signal that rose and was not told, because the day's budget was spent."""

    id: int
    kind: str
    subject: str
    story: int | None
    raised: datetime
    updated: datetime
    since: datetime
    level: str
    outlets: list[str]
    reasons: list[schemas.Reason]


class HeldBackPage(Schema):
    """A page of what was held back in the last day, the latest first."""

    rows: list[HeldBack]
    next: str | None


class Range(Schema):
    """What is expected: four outcomes in five lie from `low` to `high`. `baseline` is as many as in the last period of that length."""

    low: int
    middle: int
    high: int
    baseline: int


class Ahead(Schema):
    """Until when, and how many further items and outlets; null where it is not foretold."""

    hours: int
    until: datetime
    items: Range | None
    outlets: Range | None


class Forecast(Schema):
    """Where a story is going. No rows: it rises no more, or nothing of it runs. `held` says how often ranges held what came."""

    rows: list[Ahead]
    made: datetime | None
    sentence: str
    learned: str
    held: str
