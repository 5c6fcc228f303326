"""Atom feeds (RFC 4287) of signals, stories, signed briefings and issues that everybody may see.

A token for feeds alone may stand in the address: feed readers send no headers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from xml.etree import ElementTree as Tree

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext
from ninja import Router
from ninja.params.functions import Path, Query

from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import FEEDS
from kentongan.office.api.shapes import office_of
from kentongan.office.desk import queries as desk
from kentongan.office.desk.models import Issue
from kentongan.office.listening import papers, presenting, queries
from kentongan.office.listening.models import Briefing, Signal
from kentongan.office.people.models import Office
from kentongan.office.people.permissions import need
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.xml import holdable

router = Router()
ATOM = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: a page of ours, and what it says."""

    id: str
    title: str
    summary: str
    path: str
    published: datetime
    updated: datetime


@router.get("/feeds/{what}.atom", **door("get_feed", FEEDS, "listening.read", None, 404, 422, in_address=True, produces=ATOM))
def get_feed(
    request: OfficeRequest,
    what: Annotated[Literal["signals", "stories", "briefings", "issues"], Path()],
    key: Annotated[str, Query(max_length=200)] = "",
) -> HttpResponse:
    """The latest signals, stories, signed briefings or issues as an Atom feed. `key` is a token for feeds alone, in place of the header."""
    office = office_of(request)
    if what == "issues":
        need(request.user, "issues.read")
    entries, title = {"signals": _signals, "stories": _stories, "briefings": _briefings, "issues": _issues}[what](office, request.now)
    body = written(f"{office.name}: {title}", what, office, entries)
    answer = HttpResponse(body, content_type=f"{ATOM}; charset=utf-8")
    answer["ETag"] = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer["Cache-Control"] = "private, no-cache"
    answer["Vary"] = "Authorization, Cookie, Accept-Language"
    return get_conditional_response(request, etag=answer["ETag"], response=answer)  # type: ignore[return-value]


def _signals(office: Office, now: datetime) -> tuple[list[Entry], str]:
    rows = Signal.objects.filter(office=office).exclude(state=Signal.State.DISMISSED).defer("series").order_by("-updated", "-pk")[:SHOWN]
    return [
        Entry(
            f"signal:{row.pk}", f"{_level(row.level)}: {row.subject}", " ".join(presenting.sentence(one) for one in row.reasons),
            reverse("signal", args=[row.pk]), row.raised, row.updated,
        )
        for row in rows
    ], gettext("Signals")  # fmt: skip


def _stories(office: Office, now: datetime) -> tuple[list[Entry], str]:
    rows = queries.get_stories(office, queries.StoryFilter(), None, now, SHOWN).rows
    return [
        Entry(
            f"story:{row.pk}", f"{_level(row.level)}: {row.headline}", f"{row.lead} ({presenting.outlets_phrase(row.outlet_count)})",
            reverse("story", args=[row.pk]), row.first, row.last,
        )
        for row in rows
    ], gettext("Stories")  # fmt: skip


def _briefings(office: Office, now: datetime) -> tuple[list[Entry], str]:
    rows = Briefing.objects.filter(office=office).order_by("-at", "-pk")[:SHOWN]
    return [
        Entry(
            f"briefing:{row.pk}", papers.title_of(row.content), " · ".join(line["headline"] for line in row.content["lines"]),
            reverse("signed_briefing", args=[row.pk]), row.at, row.signed_at,
        )
        for row in rows
    ], gettext("Signed briefings")  # fmt: skip


def _issues(office: Office, now: datetime) -> tuple[list[Entry], str]:
    rows = desk.get_shared(office.pk).exclude(state=Issue.State.MERGED).order_by("-moved", "-pk")[:SHOWN]
    return [
        Entry(
            f"issue:{row.pk}", f"{_level(row.level)}: {row.title}", f"{row.get_state_display()}. {row.summary}".strip(),
            reverse("issue", args=[row.pk]), row.opened, row.moved,
        )
        for row in rows
    ], gettext("Issues")  # fmt: skip


def _level(level: str) -> str:
    return str(presenting.LEVEL_WORDS.get(level, level))


def written(title: str, what: str, office: Office, entries: Iterable[Entry]) -> bytes:
    """The feed. What XML cannot hold is left out; `updated` is that of the newest entry, so that an unchanged feed stays the same."""
    base: str = settings.CONFIG.public_url
    rows = list(entries)
    root = Tree.Element("feed", xmlns=NAMESPACE)
    _add(root, "id", f"urn:kentongan:{office.slug}:{what}")
    _add(root, "title", title)
    _add(root, "updated", max((row.updated for row in rows), default=datetime.fromisoformat("1970-01-01T00:00:00+00:00")).isoformat())
    Tree.SubElement(root, "link", rel="alternate", href=f"{base}{reverse(what if what != 'briefings' else 'signed_briefings')}")
    author = Tree.SubElement(root, "author")
    _add(author, "name", office.name)
    for row in rows:
        entry = Tree.SubElement(root, "entry")
        _add(entry, "id", f"urn:kentongan:{office.slug}:{row.id}")
        _add(entry, "title", row.title)
        _add(entry, "published", row.published.isoformat())
        _add(entry, "updated", row.updated.isoformat())
        _add(entry, "summary", row.summary)
        Tree.SubElement(entry, "link", rel="alternate", href=f"{base}{row.path}")
    return Tree.tostring(root, encoding="utf-8", xml_declaration=True)


def _add(parent: Tree.Element, name: str, text: str) -> None:
    Tree.SubElement(parent, name).text = holdable(text)
