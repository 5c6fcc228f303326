"""What the API says of accuracy, every field by name. Events are the office's own; no field names a person."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema


class Counted(Schema):
    """`k` of `n`. The share and the bounds of its 95 % interval are null where `n` is below ten."""

    k: int
    n: int
    share: float | None
    low: float | None
    high: float | None


class Hours(Schema):
    """The middle of `n` delays in hours, and what nine in ten of them are at most; null for none. Below zero: the signal came before."""

    n: int
    median: float | None
    p90: float | None


class AccuracyPart(Schema):
    """The figures of a language, of a kind of source, or (`name` null) of all; `name` is empty where it is not known.

    By kind of source no recorded events are counted: what was missed came from none.
    """

    name: str | None
    signals: int
    useful: Counted
    events_told: Counted
    hours_from_event: Hours
    hours_from_first_item: Hours
    hours_from_national_outlet: Hours
    before_national_outlets: Counted
    forecasts_inside: Counted


class Horizon(Schema):
    """Forecasts of so many hours ahead."""

    hours: float
    inside: Counted


class Agreeing(Schema):
    """Krippendorff's alpha of two people over `items`, and of the engine with what both say."""

    items: int
    people: float | None
    engine: float | None
    engine_right: Counted


class AccuracyWeek(Schema):
    """A week from its Monday; `days` of it were heard. `tone` is agreement on the items drawn in it."""

    start: datetime
    days: float
    signals: int
    signals_a_day: float
    useful: Counted
    events_told: Counted
    hours_from_first_item: Hours
    hours_from_national_outlet: Hours
    forecasts_inside: Counted
    tone: Agreeing


class ToneAgreement(Agreeing):
    """Agreement on the tone of one language's items; `language` null for all."""

    language: str | None


class ToneOfKind(Agreeing):
    """Agreement on the tone of the items of one kind of source; of none where there is one kind only."""

    source_kind: str


class ToneToward(Agreeing):
    """Agreement on tone "toward" an agency or a watch, as tones are counted, or of the item as a "whole"."""

    judged: str


class EventRow(Schema):
    """A recorded event: `told`, `missed` or `open`. `judged` where an officer said so, else by its words."""

    id: int
    what: str
    began: datetime
    ended: datetime
    state: str
    judged: bool
    signal: int | None
    hours: float | None


class Accuracy(Schema):
    """The figures of the last twelve weeks. `budget` is how many signals a day are told at most, crises apart.

    `language` and `source_kind` say of what `by_week` is, "" of everything.
    """

    since: datetime
    days: float
    signals_a_day: float
    budget: int
    national_outlets: int
    all: AccuracyPart
    horizons: list[Horizon]
    by_language: list[AccuracyPart]
    by_source_kind: list[AccuracyPart]
    language: str
    source_kind: str
    by_week: list[AccuracyWeek]
    tone: list[ToneAgreement]
    tone_by_source_kind: list[ToneOfKind]
    tone_by_what_was_judged: list[ToneToward]
    events: list[EventRow]
