"""Rows as the engine's records. The other way round is `outputs`; a record that went into the tables comes back the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from kentongan.engine import records
from kentongan.office.listening.models import Article, Signal, Story
from kentongan.office.listening.outputs import reason_json as reason_json

FACTORS = ("harm", "velocity", "reach", "service_gap", "credibility", "score", "low", "high")


def reason_of(stored: Mapping[str, Any]) -> records.Reason:
    """A stored reason."""
    return records.Reason(stored["code"], stored.get("values", {}))


def severity_of(stored: Mapping[str, Any], level: str) -> records.Severity:
    """A stored severity; all factors 0 where none was assessed yet."""
    numbers = {name: int(stored.get(name, 0)) for name in FACTORS}
    return records.Severity(**numbers, level=cast(Any, level), reasons=tuple(map(reason_of, stored.get("reasons", ()))))


def story_of(row: Story, lead: bool = True) -> records.Story:
    """A story's row; without its lead sentence where many rows are compared and it was not read."""
    return records.Story(
        id=row.key,
        headline=row.headline,
        lead=row.lead if lead else "",
        headline_article=row.headline_article.key if row.headline_article else "",
        first=row.first,
        last=row.last,
        outlets=tuple(row.outlets),
        languages=tuple(row.languages),
        articles=row.articles,
        copies=row.copies,
    )


def signal_of(row: Signal, series: bool = True) -> records.Signal:
    """A signal's row, without its hours where they are not wanted. Which articles raised it is not kept: they are the story's."""
    return records.Signal(
        id=row.key,
        kind=cast(Any, row.kind),
        subject=row.subject,
        story=str(row.story_id or ""),
        raised=row.raised,
        updated=row.updated,
        since=row.since,
        observed=row.observed,
        expected=row.expected,
        outlets=tuple(row.outlets),
        articles=(),
        severity=severity_of(row.severity, row.level),
        series=tuple(map(_point, row.series)) if series else (),
        reasons=tuple(map(reason_of, row.reasons)),
    )


def _point(stored: Mapping[str, Any]) -> records.SeriesPoint:
    return records.SeriesPoint(**{**stored, "hour": datetime.fromisoformat(stored["hour"])})


def article_of(row: Article) -> records.Article:
    """An article's row."""
    return records.Article(
        id=row.key,
        url=row.url,
        outlet=row.outlet,
        source_kind=cast(Any, row.source_kind),
        title=row.title,
        text=row.text,
        language=cast(Any, row.language),
        published=row.published,
        section=row.section,
    )
