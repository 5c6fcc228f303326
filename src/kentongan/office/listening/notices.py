"""What some sources say beside items: warnings, fact-checks, counts of complaints. Kept as the institution last said them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q

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
    hazards = _standing(source, [one for one in notices if isinstance(one, HazardNotice)], now)
    counts = {(one.topic, one.place, one.start, one.end): one for one in notices if isinstance(one, CountNotice)}
    _upsert(FactCheck, (_check(source, key, one, now) for key, one in checks.items()), ["office", "key"])
    _upsert(Hazard, (_hazard(source, one, now) for one in hazards.values()), ["office", "identifier"])
    _upsert(TopicCount, (_count(source, one) for one in counts.values()), ["office", "source", "topic", "place", "start", "end"])


def _standing(source: Source, notices: Sequence[HazardNotice], now: datetime) -> dict[str, HazardNotice]:
    """What is to be stored of warnings, by identifier, after the ends among them were noted.

    An end says only that the warning is over: what the agency said in it stays. Where `X` ends, its further parts `X#2` … end too. A
    warning that is read after its end stays ended, unless it was sent anew since.
    """
    found = {one.identifier[:300]: one for one in notices if not one.ended}
    ends = {one.identifier[:300]: one for one in notices if one.ended}
    if not found and not ends:
        return {}
    wanted = Q(identifier__in=[*found, *ends])
    for identifier in ends:
        wanted |= Q(identifier__startswith=f"{identifier.partition('#')[0]}#")
    known = {row.identifier: row for row in Hazard.objects.filter(wanted, office_id=source.office_id).only("identifier", "sent", "ended")}
    over = [row.pk for row in known.values() if _ended_by(row, ends)]
    Hazard.objects.filter(pk__in=over).update(ended=True, seen=now)
    for identifier, one in found.items():
        before, end = known.get(identifier), ends.get(identifier) or ends.get(identifier.partition("#")[0])
        if (before is not None and before.ended and before.sent >= one.sent) or (end is not None and end.sent >= one.sent):
            found[identifier] = replace(one, ended=True)
    return {**{identifier: one for identifier, one in ends.items() if identifier not in known and identifier not in found}, **found}


def _ended_by(row: Hazard, ends: Mapping[str, HazardNotice]) -> bool:
    end = ends.get(row.identifier) or ends.get(row.identifier.partition("#")[0])
    return end is not None and end.sent >= row.sent


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
