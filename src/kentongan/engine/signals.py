"""From a burst (counts) to a signal (a record for people): subject, series with its band, severity and reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from kentongan.engine import bursts
from kentongan.engine.burst_rises import series_of
from kentongan.engine.counts import band
from kentongan.engine.records import Reason, SeriesPoint, Severity, Signal, Value

SERIES_HOURS = 72
ARTICLES_SHOWN = 200
STORIES_SHOWN = 12
OUTLETS_SHOWN = 5
_ONE_STORY = 0.4
"""From this share of a word's reports in one story on, the story's headline says more than the word."""


def moment(seconds: float) -> datetime:
    """The aware UTC time of these seconds since 1970, to the second."""
    return datetime.fromtimestamp(int(seconds), UTC)


def signal_of(
    state: bursts.State,
    change: bursts.Change,
    headlines: Sequence[tuple[str, str]],
    severity: Severity,
    settings: bursts.Settings,
) -> Signal:
    """The signal of a burst as it stands.

    `headlines` are (story, headline) of the stories that carry it, the main one first; at least one. The subject of a topic is its name
    in `data/topics.yaml`, for the office to say in the reader's language; of a matter its place and topic, as `place|topic`.
    """
    burst = change.burst
    main = burst.stories[main_story(burst)]
    spread = burst.kind == "term" and main < _ONE_STORY * burst.stories.total()
    headline = headlines[0][1]
    subject = burst.key[1:] if spread or burst.is_group else headline
    return Signal(
        id=burst.id,
        kind=burst.kind,
        subject=subject or headline,
        story=main_story(burst),
        raised=moment(burst.raised),
        updated=moment(burst.updated),
        since=moment(burst.since),
        observed=burst.observed,
        expected=burst.expected,
        outlets=tuple(burst.outlets),
        articles=tuple(burst.articles)[-ARTICLES_SHOWN:],
        severity=severity,
        series=_series(state, burst, settings),
        reasons=_reasons(state, burst, change, headlines, settings),
        again=burst.again,
    )


def main_story(burst: bursts.Burst) -> str:
    """The story most of the burst's articles belong to; the first of equals."""
    return burst.main


def carriers(burst: bursts.Burst) -> tuple[str, ...]:
    """The stories that carry a burst, those with most of its reports first."""
    return tuple(sorted(burst.stories, key=lambda story: (-burst.stories[story], story)))[:STORIES_SHOWN]


def _series(state: bursts.State, burst: bursts.Burst, settings: bursts.Settings) -> tuple[SeriesPoint, ...]:
    end = int(max(state.watermark.now, burst.updated) // bursts.HOUR) + 1
    series = series_of(state, burst.key)
    counts = Counter(int(seconds // bursts.HOUR) for seconds, _ in series.recent) if series else Counter[int]()
    points: list[SeriesPoint] = []
    for hour in range(end - SERIES_HOURS, end):
        expected = bursts.expected_at(state, burst.key, (hour + 1) * bursts.HOUR, 1.0, settings)
        low, high = band(expected)
        points.append(SeriesPoint(moment(hour * bursts.HOUR), float(counts[hour]), round(expected.mean, 3), low, high))
    return tuple(points)


def _reasons(
    state: bursts.State, burst: bursts.Burst, change: bursts.Change, headlines: Sequence[tuple[str, str]], settings: bursts.Settings
) -> tuple[Reason, ...]:
    """What is unusual, against what, since when, carried by whom, and what would change the mind, in this order."""
    days = round(min(4 * settings.half_life_days, max(0.0, burst.raised - state.began) / bursts.DAY), 1)
    outlets = ", ".join(sorted(burst.outlets, key=lambda name: (-burst.outlets[name], name))[:OUTLETS_SHOWN])
    reasons = [
        _what(burst),
        Reason("signal.usual", {"days": days}),
        Reason("signal.since", {"time": moment(burst.since).isoformat()}),
        Reason("signal.outlets", {"outlets": len(burst.outlets), "stories": len(burst.stories)}),
        Reason("signal.carriers", {"names": outlets}),
    ]
    if burst.is_group:
        told = {"headlines": "; ".join(headline for _, headline in headlines[:3]), "keys": " ".join(story for story, _ in headlines)}
        reasons.append(Reason("signal.carried", told))
    if change.what == "fell":
        quiet = Reason("signal.fell", {"hours": settings.quiet_hours})
        return *reasons, quiet if change.why == "quiet" else Reason(f"signal.fell.{change.why}")
    until = (moment(burst.mark) + timedelta(hours=settings.quiet_hours)).isoformat()
    missing = max(1, bursts.needed(burst) - burst.further)
    if missing == 1:
        return *reasons, Reason("signal.until", {"time": until})
    return *reasons, Reason("signal.until_more", {"count": missing, "time": until})


def _what(burst: bursts.Burst) -> Reason:
    values: dict[str, Value] = {"count": burst.told, "hours": round(burst.hours, 1), "expected": round(burst.expected, 2)}
    name = burst.key[1:]
    if burst.kind == "matter":
        place, _, topic = name.rpartition("|")
        return Reason("signal.matter", {**values, "place": place, "topic": topic})
    if burst.kind != "story":
        return Reason(f"signal.{burst.kind}", {**values, {"source": "source_kind", "kind": "item_kind"}.get(burst.kind, burst.kind): name})
    return Reason("signal.count", values)
