"""What some sources say beside items: warnings, fact-checks, counts of complaints. Kept as the institution last said them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils.translation import pgettext_lazy

from kentongan.engine import unsigned
from kentongan.engine.notices import FactCheck as CheckNotice
from kentongan.engine.notices import Hazard as HazardNotice
from kentongan.engine.notices import Notice
from kentongan.engine.notices import TopicCount as CountNotice
from kentongan.office.kept import Kept
from kentongan.office.listening.models import FactCheck, Hazard, Source, TopicCount
from kentongan.office.listening.presenting import Words
from kentongan.office.people.models import Office

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
        claim_url=unsigned.of_claim(one.claim_url[:2000]),
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


# ---- reads ----------------------------------------------------------------------------------------------------------------------
SEVERITY_WORDS: dict[str, Words] = {
    "extreme": pgettext_lazy("warning", "Extreme"),
    "severe": pgettext_lazy("warning", "Severe"),
    "moderate": pgettext_lazy("warning", "Moderate"),
    "minor": pgettext_lazy("warning", "Minor"),
    "unknown": pgettext_lazy("warning", "Warning"),
}
"""The scale of CAP 1.2 §3.2.2 in words; a warning whose severity nobody said is only a warning."""
LIKENESS: dict[str, Words] = {
    "observed": pgettext_lazy("warning", "observed"),
    "likely": pgettext_lazy("warning", "likely"),
    "possible": pgettext_lazy("warning", "possible"),
    "unlikely": pgettext_lazy("warning", "unlikely"),
}
ENDLESS = timedelta(hours=24)
"""A warning that names no end is taken as over after this."""
MOST_IN_FORCE = 50
MOST_OVER = 50
STRIP = 3
AREAS_SHOWN = 4
MOST_CHECKS = 100


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning as it is shown. `areas` are its first places, `more` how many there are besides."""

    row: Hazard
    areas: tuple[str, ...]
    more: int

    @property
    def word(self) -> Words:
        return SEVERITY_WORDS.get(self.row.severity, SEVERITY_WORDS["unknown"])

    @property
    def likely(self) -> Words:
        return LIKENESS.get(self.row.certainty, "")

    @property
    def until(self) -> datetime:
        return self.row.expires or self.row.sent + ENDLESS


@dataclass(frozen=True, slots=True)
class Listed:
    """Warnings in force, the gravest first, and those that are over, the latest first."""

    in_force: tuple[Warned, ...]
    over: tuple[Warned, ...]


_GRAVEST = Case(*(When(severity=word, then=Value(rank)) for rank, word in enumerate(SEVERITY_WORDS)), default=Value(9))


def _in_force(office: int, now: datetime, endless: datetime) -> QuerySet[Hazard]:
    rows = Hazard.objects.filter(office=office, ended=False, sent__lte=now)
    rows = rows.filter(Q(expires__gt=now) | Q(expires=None, sent__gt=endless)).defer("polygons")
    return rows.annotate(gravest=_GRAVEST).order_by("gravest", "-sent", "pk")


_strip = Kept(lambda *values: _in_force(*values)[:STRIP])


def get_strip(office: Office, now: datetime) -> list[Warned]:
    """The gravest warnings in force, a few. One query, and none in an office without any."""
    return [_warned(row) for row in _strip(office.pk, now, now - ENDLESS)]


def get_hazards(office: Office, now: datetime) -> Listed:
    """Warnings in force and the latest that are over. Two queries."""
    standing = list(_in_force(office.pk, now, now - ENDLESS)[:MOST_IN_FORCE])
    over = Hazard.objects.filter(office=office, sent__lte=now).filter(
        Q(ended=True) | Q(expires__lte=now) | Q(expires=None, sent__lte=now - ENDLESS)
    )
    return Listed(tuple(map(_warned, standing)), tuple(map(_warned, over.defer("polygons").order_by("-sent", "pk")[:MOST_OVER])))


def _warned(row: Hazard) -> Warned:
    return Warned(row, tuple(row.areas[:AREAS_SHOWN]), max(0, len(row.areas) - AREAS_SHOWN))


def get_checks(office: Office) -> list[FactCheck]:
    """The latest fact-checks. One query."""
    return list(FactCheck.objects.filter(office=office).order_by(F("checked").desc(nulls_last=True), "-seen", "pk")[:MOST_CHECKS])
