"""What an address can be told, and what is worth telling now: a comparison of how things stand with what was told last.

Why not send from where a change is made: the listener writes in bulk and may be killed at any moment; an event sent beside its transaction
is lost or told of something that never happened. Here nothing can be lost: what stands in the tables and differs from `Hook.told` is told,
and both the delivery and the new `told` are written in one transaction. Of a thing that changes twice between two looks only the last state
is told. A thing that has not moved for `LATELY` is forgotten; if it moves again, it is told as changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kentongan.office.desk import queries as desk
from kentongan.office.desk import statement_queries
from kentongan.office.desk.facts_models import Fact
from kentongan.office.desk.models import Publication
from kentongan.office.listening import health
from kentongan.office.listening.models import Briefing, Signal, Silence, Source, Story

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

RAISED, CHANGED, CRISIS, SIGNED, SILENT, FAILING, OPENED, MOVED = (
    "signal.raised", "signal.changed", "story.crisis", "briefing.signed", "silence.begun", "source.failing", "issue.opened", "issue.moved",
)  # fmt: skip
FACT, PUBLISHED, CORRECTED, WITHDRAWN = "fact.changed", "statement.published", "statement.corrected", "statement.withdrawn"
TEST = "test"
EVENTS: dict[str, _StrPromise] = {
    RAISED: _("A signal was raised"),
    CHANGED: _("A signal's level changed, or what was decided about it"),
    CRISIS: _("A story reached the level crisis"),
    SIGNED: _("A briefing was signed"),
    SILENT: _("A source or a part fell silent"),
    FAILING: _("A source cannot be read any more"),
    OPENED: _("An issue was opened that everybody may see"),
    MOVED: _("Such an issue moved: being checked, answered, closed …"),
    FACT: _("A fact of such an issue was added, changed or withdrawn"),
    PUBLISHED: _("A statement about such an issue was published"),
    CORRECTED: _("A published statement was corrected by another"),
    WITHDRAWN: _("A published statement was withdrawn"),
}
LATELY = timedelta(days=3)
SETTLED = timedelta(minutes=5)
"""An issue is told of this long after it was opened: time to say that few may see it."""
FAILED_VISITS = 3
"""Visits in a row that fail before a source is said to fail: one bad answer is no news."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a thing stands: `subject` ("signal:12"), what is to be remembered of it, and what is sent."""

    subject: str
    said: str
    first: str
    later: str
    payload: dict[str, Any]
    began: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to tell."""

    name: str
    payload: dict[str, Any]


def standing(office: int, wanted: Collection[str], now: datetime) -> dict[str, str]:
    """How everything stands that these events are about: what a new address need not be told."""
    return {one.subject: one.said for one in look(office, wanted, now)}


def news(told: dict[str, str], found: Collection[Standing], wanted: Collection[str], since: datetime) -> tuple[list[Event], dict[str, str]]:
    """What is to be told, and what is then known. Pure. What began before `since` and is not in `told` is no beginning but a change."""
    events = []
    for one in found:
        if told.get(one.subject) == one.said:
            continue
        name = one.first if one.subject not in told and one.began >= since else one.later
        if name and name in wanted:
            events.append(Event(name, one.payload))
    return events, {one.subject: one.said for one in found}


def look(office: int, wanted: Collection[str], now: datetime) -> list[Standing]:
    """How the things stand that `wanted` is about, those that moved within LATELY. One query for each kind of thing."""
    found: list[Standing] = []
    for names, kind in _KINDS:
        if names & set(wanted):
            found += kind(office, now - LATELY)
    return found


def _signals(office: int, since: datetime) -> Iterator[Standing]:
    rows = (
        Signal.objects.filter(Q(updated__gte=since) | Q(state_at__gte=since), office_id=office).defer("series", "severity").order_by("pk")
    )
    for row in rows:
        payload = {
            "signal": row.pk, "kind": row.kind, "subject": row.subject, "story": row.story_id, "level": row.level, "state": row.state,
            "raised": row.raised.isoformat(), "updated": row.updated.isoformat(), "outlets": len(row.outlets),
            "observed": row.observed, "expected": row.expected,
        }  # fmt: skip
        yield Standing(f"signal:{row.pk}", f"{row.level}/{row.state}", RAISED, CHANGED, payload, row.raised)


def _stories(office: int, since: datetime) -> Iterator[Standing]:
    rows = Story.objects.filter(office_id=office, merged_into=None, last__gte=since, level__in=["high", "crisis"]).order_by("pk")
    for row in rows.only("pk", "headline", "level", "first", "last", "outlet_count", "articles", "changed"):
        payload = {
            "story": row.pk, "headline": row.headline, "level": row.level, "first": row.first.isoformat(), "last": row.last.isoformat(),
            "outlets": row.outlet_count, "articles": row.articles,
        }  # fmt: skip
        event = CRISIS if row.level == "crisis" else ""
        yield Standing(f"story:{row.pk}", row.level, event, event, payload, row.changed)


def _briefings(office: int, since: datetime) -> Iterator[Standing]:
    rows = Briefing.objects.filter(office_id=office, signed_at__gte=since).defer("content").order_by("pk")
    for row in rows:
        payload = {"briefing": row.pk, "at": row.at.isoformat(), "signed_at": row.signed_at.isoformat(), "digest": row.digest}
        yield Standing(f"briefing:{row.pk}", "signed", SIGNED, "", payload, row.signed_at)


def _silences(office: int, since: datetime) -> Iterator[Standing]:
    for row in Silence.objects.filter(office_id=office, ended=None).order_by("pk"):
        payload = {"silence": row.pk, "kind": row.kind, "subject": row.subject, "source": row.source_id, "since": row.since.isoformat()}
        yield Standing(f"silence:{row.pk}", "begun", SILENT, SILENT, payload, row.noticed)


def _sources(office: int, since: datetime) -> Iterator[Standing]:
    rows = Source.objects.filter(office_id=office, paused=False, failures__gte=FAILED_VISITS).exclude(outcome__in=health.FINE)
    for row in rows.order_by("pk"):
        success = row.last_success.isoformat() if row.last_success else None
        payload = {"source": row.pk, "name": row.name, "outcome": row.outcome, "failures": row.failures, "last_success": success}
        yield Standing(f"source:{row.pk}", "failing", FAILING, FAILING, payload, row.last_visit or row.created)


def _issues(office: int, since: datetime) -> Iterator[Standing]:
    for row in desk.get_shared(office).filter(moved__gte=since, opened__lte=since + LATELY - SETTLED).order_by("pk"):
        payload = {
            "issue": row.pk, "title": row.title, "kind": row.kind, "level": row.level, "state": row.state,
            "merged_into": row.merged_into_id, "opened": row.opened.isoformat(), "moved": row.moved.isoformat(),
        }  # fmt: skip
        later = MOVED if row.state != "open" else ""  # nothing moves there
        yield Standing(f"issue:{row.pk}", row.state, OPENED, later, payload, row.opened)


def _facts(office: int, since: datetime) -> Iterator[Standing]:
    """No word of a fact is sent: whoever wants it reads it with a token, as far as they may see it."""
    settled = since + LATELY - SETTLED
    rows = Fact.objects.filter(office=office, issue__in=desk.get_shared(office).filter(opened__lte=settled), at__gte=since)
    for row in rows.order_by("pk"):
        payload = {
            "fact": row.pk, "issue": row.issue_id, "kind": row.kind, "grade": row.grade, "version": row.version,
            "withdrawn": row.withdrawn, "at": row.at.isoformat(),
        }  # fmt: skip
        yield Standing(f"fact:{row.pk}", str(row.version), FACT, FACT, payload, row.added)


def _publications(office: int, since: datetime) -> Iterator[Standing]:
    """What is held back until its moment is told of then."""
    moved = Q(statement__moved__gte=since) | Q(not_before__gte=since)
    rows = Publication.objects.filter(moved, office=office, statement__issue__in=desk.get_shared(office))
    for row in statement_queries.readable(rows, since + LATELY).select_related("statement").order_by("pk"):
        about = row.statement
        payload = {
            "statement": about.pk, "issue": about.issue_id, "kind": about.kind, "language": row.language, "state": about.state,
            "text_hash": row.text_hash, "corrects": about.corrects_id, "at": row.at.isoformat(), "moved": about.moved.isoformat(),
        }  # fmt: skip
        event = {"published": PUBLISHED, "corrected": CORRECTED, "withdrawn": WITHDRAWN}[about.state]
        yield Standing(f"statement:{about.pk}", about.state, event, event, payload, row.not_before or row.at)


def withheld(office: int, payload: Mapping[str, Any]) -> bool:
    """Whether what is on its way speaks of an issue that few may see by now."""
    return "issue" in payload and not desk.get_shared(office).filter(pk=payload["issue"]).exists()


_KINDS = (
    (frozenset({RAISED, CHANGED}), _signals),
    (frozenset({CRISIS}), _stories),
    (frozenset({SIGNED}), _briefings),
    (frozenset({SILENT}), _silences),
    (frozenset({FAILING}), _sources),
    (frozenset({OPENED, MOVED}), _issues),
    (frozenset({FACT}), _facts),
    (frozenset({PUBLISHED, CORRECTED, WITHDRAWN}), _publications),
)
