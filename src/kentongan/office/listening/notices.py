"""What some sources say beside items: warnings, fact-checks, counts of complaints. Kept as the institution last said them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from kentongan.engine.notices import FactCheck as CheckNotice
from kentongan.engine.notices import Hazard as HazardNotice
from kentongan.engine.notices import Notice
from kentongan.engine.notices import TopicCount as CountNotice
from kentongan.office.listening.models import FactCheck, Hazard, Source, TopicCount

MOST_POINTS = 2_000
"""Corners of one warning's areas that are kept; a coast in full detail is no use on a phone."""


def keep(source: Source, notices: Sequence[Notice], now: datetime) -> None:
    """Store what a reading said beside its items, inside the caller's transaction. What is known already is brought up to date."""
    checks = {_key(one): one for one in notices if isinstance(one, CheckNotice)}
    hazards = {one.identifier[:300]: one for one in notices if isinstance(one, HazardNotice)}
    counts = {(one.topic, one.place, one.start, one.end): one for one in notices if isinstance(one, CountNotice)}
    _upsert(FactCheck, (_check(source, key, one, now) for key, one in checks.items()), ["office", "key"])
    _upsert(Hazard, (_hazard(source, one, now) for one in hazards.values()), ["office", "identifier"])
    _upsert(TopicCount, (_count(source, one) for one in counts.values()), ["office", "source", "topic", "place", "start", "end"])


def _upsert(model: Any, rows: Iterable[Any], unique: list[str]) -> None:
    rows = list(rows)
    if rows:
        fields = [field.name for field in model._meta.fields if field.name not in {"id", *unique}]
        model.objects.bulk_create(rows, update_conflicts=True, unique_fields=unique, update_fields=fields, batch_size=500)


def _key(one: CheckNotice) -> str:
    return hashlib.sha256(f"{one.url}\n{one.claim}".encode()).hexdigest()[:32]


def _check(source: Source, key: str, one: CheckNotice, now: datetime) -> FactCheck:
    return FactCheck(
        office_id=source.office_id,
        source=source,
        key=key,
        url=one.url[:2000],
        claim=one.claim,
        rating=one.rating[:200],
        checker=one.checker[:200],
        checked=one.checked,
        claim_url=one.claim_url[:2000],
        language=one.language[:5],
        seen=now,
    )


def _hazard(source: Source, one: HazardNotice, now: datetime) -> Hazard:
    return Hazard(
        office_id=source.office_id,
        source=source,
        identifier=one.identifier[:300],
        event=one.event[:200],
        headline=one.headline[:500],
        severity=one.severity,
        urgency=one.urgency,
        certainty=one.certainty,
        areas=[area[:300] for area in one.areas[:200]],
        sent=one.sent,
        onset=one.onset,
        expires=one.expires,
        instruction=one.instruction,
        url=one.url[:2000],
        sender=one.sender[:300],
        polygons=_thinned(one.polygons),
        ended=one.ended,
        seen=now,
    )


def _thinned(polygons: Sequence[Sequence[tuple[float, float]]]) -> list[list[list[float]]]:
    """The rings with at most MOST_POINTS corners together, each with its first and last."""
    total = sum(len(ring) for ring in polygons)
    step = -(-total // MOST_POINTS) if total else 1
    return [[list(point) for point in (*ring[:-1:step], ring[-1])] for ring in polygons if ring]


def _count(source: Source, one: CountNotice) -> TopicCount:
    place = one.place[:200]
    return TopicCount(
        office_id=source.office_id, source=source, topic=one.topic[:100], place=place, start=one.start, end=one.end, count=one.count
    )
