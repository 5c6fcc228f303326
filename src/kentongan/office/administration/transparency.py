"""What the public may know of an office's listening: topics, sources, volumes, retention, AI, corrections, whom to ask. And corrections.

Everything is read from the tables as they are; nothing is written for the page but the corrections. No personal name stands on it: who
answers for a purpose is said by their role, and mailboxes are not addressed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kentongan.errors import InputError
from kentongan.office.administration.models import Correction
from kentongan.office.listening import accuracy, purposes, releases, retention, topics_used, watches
from kentongan.office.listening.labels_models import Teaching
from kentongan.office.listening.models import Source
from kentongan.office.listening.presenting import TOPIC_WORDS, named
from kentongan.office.listening.taught import get_in_force
from kentongan.office.newsroom import queries as newsroom
from kentongan.office.people.models import Office, Place, User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record

LONGEST = 2_000
TAUGHT = "taught"
"""The use that only an office has which taught a head by its labels."""


@dataclass(frozen=True, slots=True)
class AiUse:
    """One use of learned software: what for, and what it never does."""

    name: str
    what: str | Promise
    limit: str | Promise


AI_USES: tuple[AiUse, ...] = (
    AiUse("vectors", _("Compares the meaning of texts, to put reports of one event together and to search across languages."),
          _("Works on this machine; writes nothing.")),
    AiUse("names", _("Finds names of persons in public posts, to hide them before anything is stored."),
          _("Works on this machine; keeps no name.")),
    AiUse("language", _("Tells the language of a text."), _("Works on this machine.")),
    AiUse("centres", _("Takes out of the meaning of a text what comes only from its language, so that languages can be compared."),
          _("Numbers for each language; holds no text.")),
    AiUse("kinds", _("Sorts items into questions, complaints, suggestions, praise, reports, claims, rumours and announcements."),
          _("Says nothing where it is unsure, nor whether something is true; people can correct it.")),
    AiUse("tone", _("Counts how policies, services and agencies are spoken of: positive, neutral, negative, mixed or unclear."),
          _("Never toward a person, and no part of how grave a signal is; fewer than ten are not shown.")),
    AiUse("claims", _("Puts sentences that make the same claim together and suggests fact-checks by others."),
          _("Does not say whether a claim is true: only a named officer with evidence does.")),
    AiUse("forecasts", _("Estimates from the office's own past how many reports of a rising story are still to come, with a range."),
          _("Counts reports and reads no text; what really came is shown beside it.")),
    AiUse(TAUGHT, _("Corrects kinds and tone by what people of this office labelled, where that is clearly better."),
          _("Numbers only, which never leave the office; an administrator can go back at any time.")),
)  # fmt: skip
"""Every use there is: a built-in judge by its name, and what an office learns by itself. None writes a text, judges a person or decides."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A purpose as the public reads it. `answers` is a role."""

    kind: str
    title: str
    purpose: str
    legal_basis: str
    answers: str
    since: date
    until: date
    state: str


def get_page(office: Office, now: datetime) -> dict[str, Any]:
    """Everything on the page. A constant number of queries."""
    topics = [_topic(row) for row in purposes.get_purposes(office, now)]
    sources = Source.objects.filter(office=office, paused=False).order_by("name", "pk")
    return {
        "office": office,
        "topics": [topic for topic in topics if topic.state != "ended"],
        "past": [topic for topic in topics if topic.state == "ended"],
        "watches": _watches(office, now),
        "own_topics": _own_topics(office),
        "sources": [_source(source) for source in sources],
        "paused": Source.objects.filter(office=office, paused=True).count(),
        "years": releases.get_years(office),
        "kept": [
            {"name": kind.name, "title": kind.title, "days": retention.days_of(kind, keep)}
            for keep in (retention.keep_for(office),)
            for kind in retention.KINDS
        ],
        "accuracy": accuracy.get_public(office, now),
        "uses": AI_USES,
        "taught": [str(Teaching.Head(head).label) for head in sorted(get_in_force(office.pk))],
        "corrections": get_corrections(office),
        "published_corrections": get_published_corrections(office, now),
    }


def _own_topics(office: Office) -> list[dict[str, Any]]:
    """The service areas of the office's own list of topics with their words; none where the built-in list counts."""
    lists = topics_used.lists_of(office.pk)
    if lists is None:
        return []
    return [{"name": named(code, TOPIC_WORDS, lists), "words": words} for code, words in lists.words("services").items()]


def _watches(office: Office, now: datetime) -> list[dict[str, Any]]:
    """What each watch looks for: words, places by name, and how many headlines it shall be like. The headlines are other people's texts."""
    rows = list(watches.get_running(office, now).select_related("purpose")[: watches.MOST])
    names = dict(Place.objects.filter(office=office, code__in={code for row in rows for code in row.places}).values_list("code", "name"))
    return [
        {
            "name": row.name,
            "query": row.query,
            "places": [names[code] for code in row.places if code in names],
            "example_headlines": len(row.examples),
            "topic": row.purpose.title,
        }
        for row in rows
    ]


def _topic(row: purposes.Row) -> Topic:
    one = row.purpose
    answers = str(one.owner.get_role_display()) if one.owner is not None else ""
    return Topic(one.get_kind_display(), one.title, one.purpose, one.legal_basis, answers, one.starts, one.ends, row.state)


def _source(source: Source) -> dict[str, str]:
    public = source.url.startswith(("http://", "https://")) and source.kind not in {Source.Kind.IMAP, Source.Kind.PUSH}
    return {
        "name": source.name,
        "kind": source.get_kind_display(),
        "voice": source.get_source_kind_display(),
        "address": (source.site_url or source.url) if public else "",
    }


def get_corrections(office: Office) -> list[Correction]:
    """Mistakes of the office's own that were put right in public, the latest first. One query."""
    return list(Correction.objects.filter(office=office)[:200])


@dataclass(frozen=True, slots=True)
class Published:
    """A correction of something published: its day in the office's time, what was wrong, its language, and the last part of its address."""

    on: date
    wrong: str
    language: str
    slug: str

    def told(self, office: Office) -> dict[str, str]:
        """The same for programs."""
        path = reverse("news_item", args=[office.slug, self.slug])
        return {"on": self.on.isoformat(), "wrong": self.wrong, "language": self.language, "path": path}


def get_published_corrections(office: Office, now: datetime) -> list[Published]:
    """Corrections that stand in the newsroom, the latest first, those corrected again too. One query."""
    zone = ZoneInfo(office.time_zone)
    rows = newsroom.get_public(office, now).filter(statement__corrects__isnull=False).defer("version__text")[:200]
    return [Published(one.readable_from.astimezone(zone).date(), one.statement.wrong, one.language, one.slug) for one in rows]


@transaction.atomic
def add_correction(user: User, on: date, what: str, instead: str, now: datetime) -> Correction:
    """Say in public what was wrong and what is right. It stays; a correction of a correction is another one."""
    need(user, "transparency.change")
    assert user.office is not None
    what, instead = what.strip(), instead.strip()
    if not what or not instead:
        raise InputError(gettext("Say what was wrong and what is right."), subject="what" if not what else "instead")
    if max(len(what), len(instead)) > LONGEST:
        raise InputError(gettext("Say it in at most %(n)s characters.") % {"n": LONGEST}, subject="what")
    if on > purposes.today(user.office, now):
        raise InputError(gettext("The day lies in the future."), subject="on")
    if any(map(purposes.has_identifiers, (what, instead))):
        raise InputError(gettext("Leave out telephone numbers, addresses and handles of people: the page is public."), subject="what")
    row = Correction.objects.create(office=user.office, on=on, what=what, instead=instead, by=user, at=now)
    record(user, "correction.made", row, now, on=on)
    return row


def as_json(page: dict[str, Any]) -> dict[str, Any]:
    """The same for programs: the fields of the page, days as ISO 8601."""
    office: Office = page["office"]
    return {
        "office": {"name": office.name, "slug": office.slug, "country": office.country, "contact": office.contact, "about": office.about},
        "topics": [_plain(topic) for topic in page["topics"]],
        "past_topics": [_plain(topic) for topic in page["past"]],
        "watches": page["watches"],
        "own_topics": page["own_topics"],
        "sources": page["sources"],
        "paused_sources": page["paused"],
        "years": [
            {
                "year": year.year, "months": year.months, "items": year.items, "by_kind": dict(year.by_kind),
                "by_language": dict(year.by_language), "stories": year.stories, "signals": year.signals, "briefings": year.briefings,
            }
            for year in page["years"]
        ],
        "kept_days": {one["name"]: one["days"] for one in page["kept"]},
        "accuracy": page["accuracy"],
        "ai_uses": [{"name": use.name, "what": str(use.what), "limit": str(use.limit)} for use in page["uses"]],
        "taught_heads": page["taught"],
        "corrections": [{"on": row.on.isoformat(), "what": row.what, "instead": row.instead} for row in page["corrections"]],
        "published_corrections": [row.told(office) for row in page["published_corrections"]],
        "smallest_group": 10,
    }  # fmt: skip


def _plain(topic: Topic) -> dict[str, str]:
    return {
        "kind": str(topic.kind), "title": topic.title, "purpose": topic.purpose, "legal_basis": topic.legal_basis,
        "answers": topic.answers, "since": topic.since.isoformat(), "until": topic.until.isoformat(), "state": topic.state,
    }  # fmt: skip
