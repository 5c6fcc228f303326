"""From a burst (counts) to a signal (a record for people): subject, series with its band, severity and reasons."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from kentongan.engine import bursts
from kentongan.engine.counts import band
from kentongan.engine.records import Reason, SeriesPoint, Severity, Signal

SERIES_HOURS = 72
ARTICLES_SHOWN = 200
_ONE_STORY = 0.4
"""From this share of a word's reports in one story on, the story's headline says more than the word."""


def moment(seconds: float) -> datetime:
    """The aware UTC time of these seconds since 1970, to the second."""
    return datetime.fromtimestamp(int(seconds), UTC)


def signal_of(state: bursts.State, change: bursts.Change, headline: str, severity: Severity, settings: bursts.Settings) -> Signal:
    """The signal of a burst as it stands. `headline` is that of its main story."""
    burst = change.burst
    main = burst.stories[main_story(burst)]
    spread = burst.kind == "term" and main < _ONE_STORY * burst.stories.total()
    subject = burst.key[1:] if spread else headline
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
        reasons=_reasons(burst, change, settings),
    )


def main_story(burst: bursts.Burst) -> str:
    """The story most of the burst's articles belong to; the first of equals."""
    return max(burst.stories, key=lambda story: burst.stories[story], default="")


def _series(state: bursts.State, burst: bursts.Burst, settings: bursts.Settings) -> tuple[SeriesPoint, ...]:
    end = int(max(state.watermark.now, burst.updated) // bursts.HOUR) + 1
    series = state.series.get(burst.key)
    counts = Counter(int(seconds // bursts.HOUR) for seconds, _ in series.recent) if series else Counter[int]()
    points: list[SeriesPoint] = []
    for hour in range(end - SERIES_HOURS, end):
        expected = bursts.expected_at(state, burst.key, (hour + 1) * bursts.HOUR, 1.0, settings)
        low, high = band(expected)
        points.append(SeriesPoint(moment(hour * bursts.HOUR), float(counts[hour]), round(expected.mean, 3), low, high))
    return tuple(points)


def _reasons(burst: bursts.Burst, change: bursts.Change, settings: bursts.Settings) -> tuple[Reason, ...]:
    what = Reason("signal.count", {"count": burst.told, "hours": round(burst.hours, 1), "expected": round(burst.expected, 2)})
    if burst.kind == "term":
        what = Reason("signal.term", {**what.values, "term": burst.key[1:]})
    reach = Reason("signal.outlets", {"outlets": len(burst.outlets), "stories": len(burst.stories)})
    if change.what == "fell":
        return what, reach, Reason("signal.fell", {"hours": settings.quiet_hours})
    until = moment(burst.last) + timedelta(hours=settings.quiet_hours)
    return what, reach, Reason("signal.until", {"n": 1, "time": until.isoformat()})
