"""The morning briefing of an office as data: at most seven lines, what is missing, and every source it leans on.

The content is plain JSON without a sentence of its own: reasons stand as codes, so that a briefing signed in Indonesian can be read in
Vietnamese, printed and sent. What is quoted is quoted exactly, with address and time. Reads; changes nothing.

    at, since, language       ISO text; the moment of the briefing and of the last visit
    lines    [{story, headline, lead, level, outlets, languages, first, counts, growth, changed, why, next, mark, sources}]
    missing  [reason]         silent, failing and skipped sources, items that still wait
    complete                  ISO text, up to when everything that was collected has been read (null: nothing yet)
    quiet                     number of stories that changed and did not reach the briefing
    sources  [{n, outlet, title, url, published, passage, language}]      the footnotes; lines name them by n
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from kentongan.engine.records import LEVELS
from kentongan.office.listening import health, queries
from kentongan.office.listening.models import Article, BriefingVisit, Signal, Story, StoryMark
from kentongan.office.people.models import Office, User

MOST_LINES = 7
SOURCES_A_LINE = 3
FIRST_VISIT = timedelta(hours=24)
LATEST_VISIT = timedelta(minutes=30)
LONGEST_PASSAGE = 260
CANDIDATES = 200
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’']?\s")
Reason = dict[str, Any]


def last_visit(user: User, now: datetime, touch: bool = True) -> datetime:
    """Since when the person has not looked. Opening it again within LATEST_VISIT is the same visit."""
    visit = BriefingVisit.objects.filter(user=user).first()
    if visit is None:
        if touch:
            BriefingVisit.objects.get_or_create(user=user, defaults={"at": now})
        return now - FIRST_VISIT
    if now - visit.at < LATEST_VISIT:
        if touch and now > visit.at:
            BriefingVisit.objects.filter(pk=visit.pk).update(at=now)
        return visit.previous or now - FIRST_VISIT
    if touch:
        BriefingVisit.objects.filter(pk=visit.pk).update(previous=visit.at, at=now)
    return visit.at


def compose(office: Office, since: datetime, now: datetime, language: str) -> dict[str, Any]:
    """The briefing at `now` of what changed after `since`. Ten queries whatever the size of the office."""
    stories, marks = _candidates(office, since, now)
    signals = _signals(stories, now)
    chosen = sorted(stories, key=lambda story: _weight(story, signals.get(story.pk), marks.get(story.pk)))[:MOST_LINES]
    voices = queries.get_first_voices([story.pk for story in chosen])
    lately = queries.get_first_voices([story.pk for story in chosen], since)
    notes: list[dict[str, Any]] = []
    lines = [
        _line(story, signals.get(story.pk), marks.get(story.pk), voices.get(story.pk, []), lately.get(story.pk, []), since, notes)
        for story in chosen
    ]
    listening = queries.get_listening(office)
    return {
        "office": office.name,
        "at": now.isoformat(),
        "since": since.isoformat(),
        "language": language,
        "lines": lines,
        "missing": _missing(office, listening, now),
        "complete": listening.heard.isoformat() if listening.heard else None,
        "quiet": max(0, len(stories) - len(chosen)),
        "sources": notes,
    }


def _candidates(office: Office, since: datetime, now: datetime) -> tuple[list[Story], dict[int, StoryMark]]:
    """Stories that moved since, without those marked not ours, and those seen that have not moved after."""
    rows = Story.objects.filter(office=office, merged_into=None, last__lte=now)
    rows = rows.filter(Q(last__gte=since) | Q(marks__mark="watch", last__gte=now - timedelta(days=14)))
    ranks = {level: LEVELS.index(level) for level in LEVELS}
    stories = list(rows.select_related("headline_article").distinct().order_by("-outlet_count", "-last")[:CANDIDATES])
    marks = {mark.story_id: mark for mark in StoryMark.objects.filter(office=office, story__in=[story.pk for story in stories])}
    kept = [story for story in stories if _stays(story, marks.get(story.pk))]
    return sorted(kept, key=lambda story: (-ranks.get(story.level, 0), -story.outlet_count, -story.last.timestamp())), marks


def _stays(story: Story, mark: StoryMark | None) -> bool:
    if mark is None or mark.mark == "watch":
        return True
    return mark.mark == "seen" and story.last > mark.at


def _signals(stories: Sequence[Story], now: datetime) -> dict[int, Signal]:
    """The latest signal of each story that nobody dismissed."""
    rows = Signal.objects.filter(story__in=[story.pk for story in stories], raised__lte=now).exclude(state="dismissed").order_by("updated")
    return {signal.story_id: signal for signal in rows if signal.story_id is not None}


def _weight(story: Story, signal: Signal | None, mark: StoryMark | None) -> tuple[int, int, int, int, float]:
    """Sorts by level, then what rises, then what someone watches, then by outlets and the latest word."""
    rank = LEVELS.index(story.level) if story.level in LEVELS else 0  # type: ignore[arg-type]
    watched = mark is not None and mark.mark == "watch"
    return (-rank, -(signal is not None), -watched, -story.outlet_count, -story.last.timestamp())


def _line(
    story: Story,
    signal: Signal | None,
    mark: StoryMark | None,
    voices: Sequence[Article],
    lately: Sequence[Article],
    since: datetime,
    notes: list[dict[str, Any]],
) -> dict[str, Any]:
    official = any(article.source_kind == "official" for article in voices)
    return {
        "story": story.pk,
        "headline": story.headline,
        "lead": story.lead,
        "language": story.headline_article.language if story.headline_article else "",
        "level": story.level,
        "outlets": story.outlet_count,
        "languages": story.languages,
        "first": story.first.isoformat(),
        "counts": story.counts,
        "growth": _growth(signal),
        "changed": _changed(story, voices, lately, since),
        "why": _why(story, signal),
        "next": _next(story.level, official),
        "mark": mark.mark if mark else "",
        "sources": [_note(notes, article) for article in _three(story, voices)],
    }


def _growth(signal: Signal | None) -> float | None:
    """How many times the usual number was heard; None where nothing rises or the usual number is too small to divide by."""
    if signal is None or signal.expected < 0.25:
        return None
    return round(signal.observed / signal.expected, 1)


def _changed(story: Story, voices: Sequence[Article], lately: Sequence[Article], since: datetime) -> list[Reason]:
    if story.first >= since and voices:
        return [{"code": "briefing.new", "values": {"when": story.first.isoformat(), "outlet": voices[0].outlet}}]
    known = {article.outlet for article in voices if article.published < since}
    joined = [article.outlet for article in lately if article.outlet not in known]
    if len(joined) == 1:
        return [{"code": "briefing.joined_one", "values": {"outlets": joined[0]}}]
    if joined:
        return [{"code": "briefing.joined", "values": {"n": len(joined), "outlets": ", ".join(joined[:3])}}]
    if lately:
        return [{"code": "briefing.more", "values": {"when": lately[-1].published.isoformat(), "outlet": lately[-1].outlet}}]
    return [{"code": "briefing.unchanged", "values": {}}]


def _why(story: Story, signal: Signal | None) -> list[Reason]:
    """Two reasons at most: of the signal first, since it says what is unusual, then of the severity."""
    reasons = [*(signal.reasons[:1] if signal else []), *story.severity.get("reasons", [])]
    return reasons[:2]


def _next(level: str, official: bool) -> Reason:
    kind = "watch" if level in {"watch", "low"} else level
    return {"code": f"briefing.next_{kind}" if official or kind == "watch" else f"briefing.next_{kind}_unanswered", "values": {}}


def _three(story: Story, voices: Sequence[Article]) -> list[Article]:
    """Who said it first, whose headline it is, what an office says; then the next outlets, each outlet once."""
    wanted = [article for article in voices[:1]]
    wanted += [article for article in voices if article.pk == story.headline_article_id]
    wanted += [article for article in voices if article.source_kind == "official"]
    chosen: list[Article] = []
    for article in [*wanted, *voices]:
        if article.outlet not in {other.outlet for other in chosen}:
            chosen.append(article)
    return sorted(chosen[:SOURCES_A_LINE], key=lambda article: article.published)


def _note(notes: list[dict[str, Any]], article: Article) -> int:
    """The number of the article's footnote; a new one is added."""
    for note in notes:
        if note["url"] == article.url:
            return int(note["n"])
    notes.append(
        {
            "n": len(notes) + 1,
            "outlet": article.outlet,
            "title": article.title,
            "url": article.url,
            "published": article.published.isoformat(),
            "passage": passage(article.text or article.summary),
            "language": article.language,
        }
    )
    return len(notes)


def passage(text: str) -> str:
    """The first sentence as it stands in the text; empty where there is no text, cut at a word where it is very long."""
    first = _SENTENCE_END.split(text.strip(), maxsplit=1)[0].split("\n")[0].strip()
    if len(first) <= LONGEST_PASSAGE:
        return first
    return first[:LONGEST_PASSAGE].rsplit(" ", 1)[0] + " …"


def _missing(office: Office, listening: queries.Listening, now: datetime) -> list[Reason]:
    counts = queries.get_item_counts(office, now - timedelta(days=health.COUNT_DAYS))
    missing: list[Reason] = []
    for source in queries.get_sources(office):
        state = health.state_of(source, counts.get(source.pk, 0), now)
        if state == "failing":
            since = source.last_success or source.created
            missing.append(_of_source("briefing.failing", source, when=since.isoformat(), kind=source.outcome))
        elif state == "silent" and source.last_item is not None:
            missing.append(_of_source("briefing.silent", source, when=source.last_item.isoformat()))
        elif state == "skipped":
            missing.append(_of_source("briefing.skipped", source, why=source.paused_reason))
    if listening.waiting:
        missing.append({"code": "briefing.waiting", "values": {"n": listening.waiting}})
    if listening.heard is None:
        missing.append({"code": "briefing.nothing_heard", "values": {}})
    return missing


def _of_source(code: str, source: Any, **values: str) -> Reason:
    return {"code": code, "values": {"source": source.name, **values}}


def level_counts(content: Mapping[str, Any]) -> dict[str, int]:
    """How many lines stand at each level."""
    return {level: sum(line["level"] == level for line in content["lines"]) for level in LEVELS}
