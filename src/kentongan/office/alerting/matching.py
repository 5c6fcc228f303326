"""Which routes tell a signal: by its level, topic, place and the kind of its sources. Looks up only what some route asks for.

A signal's topics are its own where it is about one (a matter is a place and a topic: "Sena Hulu|water"), else those its words name
(`engine/topics.py`). Its places are those its words name or its sources speak for, with everything below the route's place and every name
it had before. Both are word lists: a signal whose words name no place is told by routes without a place only, which is why an office
should keep one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from kentongan.engine.places import Gazetteer
from kentongan.engine.topics import topics_of
from kentongan.office.alerting import deciding
from kentongan.office.alerting.models import Route
from kentongan.office.listening.models import Membership, Signal

_NAMES = """
    WITH RECURSIVE below(id, name) AS (
        SELECT id, name FROM people_place WHERE id = %s AND office_id = %s
        UNION SELECT p.id, p.name FROM people_place p JOIN below b ON p.parent_id = b.id
    ) SELECT name FROM below UNION SELECT n.name FROM people_placename n JOIN below b ON n.place_id = b.id"""


@dataclass(frozen=True, slots=True)
class About:
    """What a signal is about, as far as routes ask: its topics, the kinds and areas of its sources, its words."""

    topics: frozenset[str]
    kinds: frozenset[str]
    areas: frozenset[str]
    words: str


def matches(route: Route, signal: Signal, about: About, named: Mapping[int, Gazetteer]) -> bool:
    """Whether a route tells a signal. Pure; `named` holds for each place of a route what its names find."""
    if route.paused or deciding.rank(signal.level) < deciding.rank(route.level):
        return False
    if route.topics and not about.topics & set(route.topics):
        return False
    if route.source_kind and route.source_kind not in about.kinds:
        return False
    return route.place_id is None or _there(named[route.place_id], about)


def _there(gazetteer: Gazetteer, about: About) -> bool:
    return bool(gazetteer.places_in(about.words)) or any(gazetteer.places_in(area) for area in about.areas)


def routes_of(office: int, routes: Sequence[Route], signals: Sequence[Signal]) -> dict[int, list[Route]]:
    """The routes that tell each signal. No query where no route asks for place or source; else one for the sources, one for each place."""
    places = sorted({route.place_id for route in routes if route.place_id is not None})
    named = {place: Gazetteer({name: str(place) for name in _names(office, place)}) for place in places}
    sources = _sources(office, signals) if places or any(route.source_kind for route in routes) else {}
    return {
        signal.pk: [route for route in routes if matches(route, signal, _about(signal, sources.get(signal.pk, ())), named)]
        for signal in signals
    }


def _names(office: int, place: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [place, office])
        return [row[0] for row in cursor.fetchall()]


def _about(signal: Signal, sources: Sequence[tuple[str, str]]) -> About:
    words = " ".join([signal.subject, *([signal.story.headline, signal.story.lead] if signal.story is not None else ())])
    carried = " ".join(str(reason["values"].get("headlines", "")) for reason in signal.reasons if reason["code"] == "signal.carried")
    own = signal.subject.rpartition("|")[2]
    topics = frozenset({own}) if signal.kind in {"topic", "matter"} else frozenset(topics_of(words))
    kinds = frozenset({*(kind for kind, _ in sources), *([own] if signal.kind == "source" else ())})
    return About(topics, kinds, frozenset(area for _, area in sources if area), f"{words.replace('|', ' ')} {carried}")


def _sources(office: int, signals: Sequence[Signal]) -> dict[int, list[tuple[str, str]]]:
    """Kind and area of the sources of each signal's stories."""
    keys = {key: signal.pk for signal in signals for key in _carriers(signal)}
    stories = {signal.story_id: signal.pk for signal in signals if signal.story_id is not None}
    rows = Membership.objects.filter(story__office=office, copy_kind="original")
    rows = rows.filter(story__in=list(stories)) | rows.filter(story__key__in=list(keys))
    found: dict[int, list[tuple[str, str]]] = {}
    fields = ("story_id", "story__key", "article__source_kind", "article__source__area")
    for story, key, kind, area in rows.order_by().values_list(*fields).distinct():
        for signal in {stories.get(story), keys.get(key)} - {None}:
            found.setdefault(int(signal or 0), []).append((kind, area or ""))
    return found


def _carriers(signal: Signal) -> list[str]:
    return next((str(reason["values"]["keys"]).split() for reason in signal.reasons if reason["code"] == "signal.carried"), [])
