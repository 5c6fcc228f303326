"""Rows as the API says them. Pure but for the active language: reasons are told in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext

from kentongan.engine.proof import Share
from kentongan.office.api.problems import RequestError
from kentongan.office.listening import levels, papers, presenting, queries, stored
from kentongan.office.listening.models import Article, Briefing, Signal, Story
from kentongan.office.people.models import Agency, Office, Place, User
from kentongan.office.people.requests import OfficeRequest

Shape = dict[str, Any]
T = TypeVar("T")
DONE: Shape = {"done": True, "journal": None}
"""What an act answers that leaves nothing to show and gives the engine nothing to do."""


def office_of(request: OfficeRequest) -> Office:
    """The office of whoever asks; the door has made sure that there is one."""
    office = request.user.office
    if office is None:
        raise Http404
    return office


def found(thing: T | None) -> T:
    """The thing, or 404 in the same words whether it is missing or another office's."""
    if thing is None:
        raise Http404(gettext("There is no such thing in your office."))
    return thing


def named(row: Agency | Place | User | None) -> Shape | None:
    """Somebody or something by number and name, as the pages name it."""
    if row is None:
        return None
    return {"id": row.pk, "name": row.shown if isinstance(row, User) else row.name}


def cursor_of(text: str | None) -> queries.Cursor | None:
    """Where a page begins. Raises 422 for a cursor that cannot be read: a page by mistake would be worse than none."""
    if not text:
        return None
    cursor = queries.cursor_from(text)
    if cursor is None:
        raise RequestError(422, gettext("This cursor cannot be read. Take `next` of the page before, or leave it out."), field="after")
    return cursor


def page(rows: QuerySet[Any], column: str, after: str | None, size: int, shape: Callable[[Any], Shape]) -> Shape:
    """A page of rows, the latest first, cut by the time and number of the last one: new rows do not shift it. One query."""
    cursor = cursor_of(after)
    rows = rows.order_by(f"-{column}", "-pk")
    if cursor is not None:
        rows = rows.filter(Q(**{f"{column}__lt": cursor.at}) | Q(**{column: cursor.at, "pk__lt": cursor.pk}))
    taken = list(rows[: size + 1])
    last = taken[size - 1] if len(taken) > size else None
    return {
        "rows": [shape(row) for row in taken[:size]],
        "next": queries.Cursor(getattr(last, column), last.pk).text() if last is not None else None,
    }


def numbered(rows: QuerySet[Any], after: int, size: int, shape: Callable[[Any], Shape]) -> Shape:
    """A page of rows in the order in which they were made, after the one with the number `after`. One query."""
    taken = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
    return {"rows": [shape(row) for row in taken[:size]], "next": taken[size - 1].pk if len(taken) > size else None}


def aspect(code: str, share: Share) -> Shape:
    """How many items name an aspect of a matter."""
    low, high = share.interval or (0.0, 1.0)
    return {"aspect": code, "name": presenting.aspect(code), "n": share.k, "of": share.n, "low": round(low, 4), "high": round(high, 4)}


def reason(stored_reason: Mapping[str, Any]) -> Shape:
    """A reason with its sentence; one without a code says nothing."""
    code, values = str(stored_reason.get("code", "")), dict(stored_reason.get("values") or {})
    sentence = presenting.sentence({"code": code, "values": values}) if code else ""
    return {"code": code, "values": values, "sentence": sentence}


def reasons(stored_reasons: Sequence[Mapping[str, Any]]) -> list[Shape]:
    """Several reasons."""
    return [reason(one) for one in stored_reasons]


def severity(content: Mapping[str, Any]) -> Shape:
    """The factors; nought where none was assessed yet."""
    return {name: int(content.get(name, 0)) for name in stored.FACTORS}


def story(row: Story) -> Shape:
    """A story."""
    return {
        "id": row.pk,
        "headline": row.headline,
        "lead": row.lead,
        "level": row.level,
        "engine_level": levels.engine_of(row),
        "by_hand": by_hand(row),
        "first": row.first,
        "last": row.last,
        "outlets": row.outlets,
        "languages": row.languages,
        "articles": row.articles,
        "copies": row.copies,
        "severity": severity(row.severity),
        "reasons": reasons(row.severity.get("reasons", ())),
        "counts": [{"hour": str(hour), "count": int(count)} for hour, count in row.counts],
        "merged_into": row.merged_into_id,
        "change": row.change_seq,
    }


def by_hand(row: Story) -> Shape | None:
    """What a person said of the story's level."""
    hand = levels.of(row)
    if hand is None:
        return None
    said = {name: getattr(hand, name) for name in ("level", "engine", "reason", "at")}
    return {**said, "id": hand.pk, "by": hand.by.shown, "outrun": levels.is_outrun(row)}


def article(row: Article) -> Shape:
    """An article's metadata."""
    return {
        "id": row.pk,
        "url": row.url,
        "outlet": row.outlet,
        "source": row.source_id,
        "source_kind": row.source_kind,
        "title": row.title,
        "summary": row.summary,
        "language": row.language,
        "published": row.published,
        "published_known": row.published_known,
        "updated": row.updated,
        "seen": row.seen,
    }


def member(item: queries.Item) -> Shape:
    """An original with its copies."""
    return {
        "article": article(item.article),
        "score": item.member.score,
        "reasons": reasons(item.member.reasons),
        "copies": [
            {"article": article(copy.article), "kind": copy.copy_kind, "score": copy.copy_score, "reason": reason(copy.copy_reason)}
            for copy in item.copies
        ],
        "more_copies": item.hidden,
    }


def signal(row: Signal) -> Shape:
    """A signal."""
    return {
        "id": row.pk,
        "kind": row.kind,
        "subject": row.subject,
        "story": row.story_id,
        "raised": row.raised,
        "updated": row.updated,
        "since": row.since,
        "observed": row.observed,
        "expected": row.expected,
        "outlets": row.outlets,
        "level": row.level,
        "engine_level": str(row.severity.get("level", row.level)),
        "severity": severity(row.severity),
        "reasons": reasons(row.reasons),
        "state": row.state,
        "state_reason": row.state_reason,
        "state_by": row.state_by.shown if row.state_by is not None else None,
        "state_at": row.state_at,
        "change": row.change_seq,
    }


def briefing(content: Mapping[str, Any]) -> Shape:
    """A briefing's content with its reasons in words."""
    return {
        "at": _time(content["at"]),
        "since": _time(content["since"]),
        "title": papers.title_of(content),
        "lines": [_line(line) for line in content["lines"]],
        "missing": reasons(content["missing"]),
        "periods": reasons(content.get("periods", [])),
        "complete": _time(content["complete"]) if content["complete"] else None,
        "quiet": content["quiet"],
        "sources": [{name: note[name] for name in _NOTE} for note in content["sources"]],
    }


_NOTE = ("n", "outlet", "title", "url", "published", "passage", "language")
_LINE = ("story", "headline", "level", "outlets", "articles", "copies", "first", "growth", "mark", "sources")


def _line(line: Mapping[str, Any]) -> Shape:
    return {
        **{name: line[name] for name in _LINE},
        "language": line.get("language"),
        "headline_note": line.get("headline_note"),
        "also": line.get("also", []),
        "changed": reasons(line["changed"]),
        "why": reasons(line["why"]),
        "next": reason(line["next"]),
    }


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def signed(row: Briefing) -> Shape:
    """A signed briefing without its content."""
    return {
        "id": row.pk,
        "at": row.at,
        "since": row.since,
        "language": row.language,
        "digest": row.digest,
        "signed_by": row.signed_by.shown,
        "signed_at": row.signed_at,
    }


def name_of(person: User | None) -> str | None:
    """How colleagues read a person."""
    return person.shown if person is not None else None
