"""Which routes tell a signal: by its level, topic, watch, place and the kind of its sources. Looks up only what some route asks for.

A signal's topics are its own where it is about one (a matter is a place and a topic: "Sena Hulu|water"), else those its words name by the
office's list (`engine/topics.py`). Its places are its own, those its words name and those its sources speak for, as the series of places
find them (`listening.gazetteers`): by every name a place has or had, and with everything above them, so that a district hears of its ward.
Of two places with one name the one is meant whose place above stands in the words, or is where a source is from; where neither says it,
what contains both is meant, and no route on one of them tells it. A signal whose words name no place is told by routes without a place
only, which is why an office should keep one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kentongan.engine.topics import Lists, topics_of
from kentongan.office.alerting import deciding, watched
from kentongan.office.alerting.models import Route
from kentongan.office.alerting.watched import Watched
from kentongan.office.listening import gazetteers, topics_used
from kentongan.office.listening.gazetteers import Known
from kentongan.office.listening.models import Membership, Signal


@dataclass(frozen=True, slots=True)
class About:
    """What a signal is about, as far as routes ask: its topics, the kinds of its sources, by number its watches and its places
    with all above them."""

    topics: frozenset[str]
    kinds: frozenset[str]
    places: frozenset[int]
    watches: frozenset[int] = frozenset()


def matches(route: Route, signal: Signal, about: About) -> bool:
    """Whether a route tells a signal. Pure."""
    if route.paused or deciding.rank(signal.level) < deciding.rank(route.level):
        return False
    if route.topics and not about.topics & set(route.topics):
        return False
    if route.watches and not about.watches & set(route.watches):
        return False
    if route.source_kind and route.source_kind not in about.kinds:
        return False
    return route.place_id is None or route.place_id in about.places


def routes_of(office: int, routes: Sequence[Route], signals: Sequence[Signal], now: datetime) -> dict[int, list[Route]]:
    """The routes that tell each signal. No query where no route asks for place, topic, watch or source; one for the
    sources, one for the topics, two for the places, a few for the watches."""
    placed = any(route.place_id is not None for route in routes)
    known = gazetteers.of(office) if placed and signals else None
    lists = topics_used.lists_of(office) if signals and any(route.topics for route in routes) else None
    sources = _sources(office, signals) if placed or any(route.source_kind for route in routes) else {}
    watching = watched.asked_for(office, routes, now) if signals else watched.NONE
    found: dict[int, list[Route]] = {}
    for signal in signals:
        about = _about(signal, sources.get(signal.pk, ()), known, lists, watching)
        found[signal.pk] = [route for route in routes if matches(route, signal, about)]
    return found


def _about(signal: Signal, sources: Sequence[tuple[str, str]], known: Known | None, lists: Lists | None, watching: Watched) -> About:
    words = " ".join([signal.subject, *([signal.story.headline, signal.story.lead] if signal.story is not None else ())])
    carried = " ".join(str(reason["values"].get("headlines", "")) for reason in signal.reasons if reason["code"] == "signal.carried")
    own = signal.subject.rpartition("|")[2]
    topics = frozenset({own}) if signal.kind in {"topic", "matter"} else frozenset(topics_of(words, lists=lists))
    kinds = frozenset({*(kind for kind, _ in sources), *([own] if signal.kind == "source" else ())})
    said = f"{words.replace('|', ' ')} {carried}"
    places = _places(signal, said, {area for _, area in sources if area}, known)
    return About(topics, kinds, places, watching.of_signal(signal, said))


def _places(signal: Signal, words: str, areas: set[str], known: Known | None) -> frozenset[int]:
    """The places of a signal. Where a source is from says which of two places with one name is meant, as if it stood beside the words."""
    if known is None:
        return frozenset()
    own = known.above(signal.subject.partition("|")[0]) if signal.kind in {"place", "matter"} else frozenset[int]()
    return own.union(*(known.around(f"{words} ; {area}") for area in ("", *areas)))


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
