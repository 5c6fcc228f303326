"""From what an issue is opened: a story, a signal or a claim of the person's own office, and what its form says at first."""

from __future__ import annotations

from typing import Any

from kentongan.engine.places import where_of
from kentongan.engine.topics import main_topic
from kentongan.office.desk.queries import get_places
from kentongan.office.desk.services import Seed
from kentongan.office.listening import claims_queries, gazetteers, presenting, queries, topics_used
from kentongan.office.listening.levels import engine_of
from kentongan.office.listening.models import Story
from kentongan.office.people.doors import office_of
from kentongan.office.people.models import Office
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.typed import whole

FROM = ("story", "signal", "claim")


def seed_of(request: OfficeRequest) -> tuple[Seed, dict[str, Any]]:
    """What the address names, with what the engine says of it, and the first words of the form; nothing where there is no such thing."""
    for kind in FROM:
        number = whole(request.GET.get(kind, ""))
        if number is not None:
            return seed_from(office_of(request), kind, number)
    return Seed(), {}


def seed_from(office: Office, kind: str, pk: int) -> tuple[Seed, dict[str, Any]]:
    """The same for one kind and number."""
    if kind == "story" and (story := queries.get_story(office, pk)) is not None:
        level = engine_of(story)
        seed = Seed("story", story.pk, level, tuple(story.severity.get("reasons", ())))
        return seed, {"title": story.headline[:200], "kind": "event", "level": story.level, **_told(office, story)}
    if kind == "signal" and (signal := queries.get_signal(office, pk)) is not None:
        title = signal.story.headline if signal.story is not None else presenting.subject(signal.kind, signal.subject)
        return Seed("signal", signal.pk, signal.level, tuple(signal.reasons)), {
            "title": title[:200],
            "kind": "event",
            "level": signal.level,
            **(_told(office, signal.story) if signal.story is not None else {}),
        }
    if kind == "claim" and (claim := claims_queries.get_claim(office, pk)) is not None:
        topic = claim.topics[0] if claim.topics else ""
        return Seed("claim", claim.pk), {"title": claim.text[:200], "summary": claim.text, "kind": "claim", "topic": topic}
    return Seed(), {}


def _told(office: Office, story: Story) -> dict[str, Any]:
    """What a story says of the matter: its first sentence, what it is mainly about, and the place it names first. Five queries at most."""
    topic = main_topic(story.headline, story.lead, topics_used.used_by(office.pk))
    return {"summary": story.lead, "topic": topic, "place": _place(office, where_of(story.headline, story.lead))}


def _place(office: Office, text: str) -> int | None:
    """The first place a text names, or the nearest above it that an issue can be in."""
    known = gazetteers.of(office.pk)
    named = known.gazetteer.places_in(text)[:1] if known is not None else ()
    if known is None or not named:
        return None
    offered = {one.pk for one in get_places(office)}
    return next((known.rows[one] for one in known.gazetteer.path(named[0]) if known.rows.get(one) in offered), None)
