"""What the API says of tone, every field by name. No field names a person or an item."""

from __future__ import annotations

from datetime import date

from ninja import Schema


class Share(Schema):
    """`n` of the `of` items that were clear, with the bounds of the 95 % interval."""

    n: int
    of: int
    share: float
    low: float
    high: float


class TonePart(Schema):
    """How many items got one of these answers; several answers stand together where each is too small."""

    tones: list[str]
    n: int


class Said(Schema):
    """`n` is null for fewer than ten, and everything else is then empty."""

    n: int | None
    parts: list[TonePart]
    negative: Share | None
    positive: Share | None


class TargetTone(Schema):
    """One agency or watch. `judged` is false where it names a person, so that no tone is judged."""

    kind: str
    id: int
    name: str
    judged: bool
    press: Said
    public_posts: Said


class ToneList(Schema):
    """Agencies, then watches, and the first and last day that were counted."""

    first: date
    last: date
    rows: list[TargetTone]
