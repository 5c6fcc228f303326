"""What the engine is told of an office: its places, its calendar, its own list of topics, and how many signals a day it wants. Reads only;
decides nothing.

Places, calendar and topics change what was usual, so the listener's version holds their digest: after a change the journal is read again.
When a running listener takes a change on is said in `heeding`. What watches ask for by examples is told anew for every batch that may hold
any of it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from kentongan.engine import bursts, pipeline
from kentongan.engine.topics import shipped_lists
from kentongan.engine.usual_volume import SpecialDays
from kentongan.engine.vectors import Embedder, shipped_centres
from kentongan.engine.watching_meaning import Like, Likes
from kentongan.office.listening import gazetteers, topics_used, watches, watches_looking
from kentongan.office.listening.marking import WATCH
from kentongan.office.people import settings as office_settings
from kentongan.office.people.models import Office

YEARS = range(2015, 2041)
"""Years whose holidays are told, the same every day, so that a new year changes nothing."""
CATEGORIES = ("public", "government")
"""Holidays and joint leave (cuti bersama)."""


def of(office: int) -> pipeline.Settings:
    """The engine's settings for an office. A few queries."""
    row = Office.objects.get(pk=office)
    budget = int(office_settings.of(office)["alert_budget"])
    rules = replace(bursts.Settings(), alert_budget=budget, special=special_days(row.country, row.time_zone))
    known = gazetteers.of(office)
    return pipeline.Settings(bursts=rules, places=known.gazetteer if known else None, topics=topics_used.lists_of(office))


def likes(office: int, embedder: Embedder, now: datetime) -> Likes | None:
    """What the office's running watches ask for by examples; None where none does. A query or two."""
    row = Office.objects.get(pk=office)
    watched = [(watch.name, watches_looking.topic_of(watch)) for watch in watches.get_running(row, now).exclude(meaning=None)]
    asked = [Like(WATCH + name, one.centre, one.least, one.languages) for name, one in watched if one.centre is not None]
    return Likes(tuple(asked), shipped_centres() if embedder.name.startswith("e5") else None) if asked else None


def digest(settings: pipeline.Settings) -> str:
    """What of the settings changes what is usual, as a short text."""
    special = settings.bursts.special
    places = settings.places.places if settings.places else ()
    said = f"{sorted(special.days)} {special.offset_s} {[(place.id, place.names, place.parent) for place in places]}"
    if settings.topics is not None and settings.topics.digest != shipped_lists().digest:
        said += settings.topics.digest
    return hashlib.sha256(said.encode()).hexdigest()


@cache
def special_days(country: str, time_zone: str) -> SpecialDays:
    """Public holidays and joint leave of a country, as the engine counts days; none for a country that is not known."""
    import holidays

    try:
        known = holidays.country_holidays(country, years=YEARS)
        wanted = tuple(name for name in CATEGORIES if name in known.supported_categories)
        known = holidays.country_holidays(country, years=YEARS, categories=wanted)
    except NotImplementedError:
        return SpecialDays()
    offset = datetime(2026, 1, 1, tzinfo=UTC).astimezone(ZoneInfo(time_zone)).utcoffset()
    first = date(1970, 1, 1)
    return SpecialDays(frozenset((day - first).days for day in known), int(offset.total_seconds()) if offset else 0)
