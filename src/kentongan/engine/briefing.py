"""The lines of a briefing: which stories, in what order, what changed, why it matters, what to do next.

Pure: stories, severities, signals and sentences in, lines out; the office stores and shows them, the command line
prints them.

A line is worth showing when a story is new or grew since the last visit, a signal rises on it, an officer watches it, or
its level is high or crisis and nobody has marked it yet: looking is not deciding. Order: level, then what rises, then
score, then new before grown, then the newest. At most seven lines, because a tired person reads seven (`rules.lines`);
stories marked "not ours" never come, those marked "seen" only when something changed since.

One event is one line: stories that tell one disaster of many places (`one_event.py`) stand behind the most serious of them, which names
them; what somebody watches keeps a line of its own.

The next step is a code, not an order: crisis → owner and holding statement; high → assign; open questions → answer;
not confirmed → verify; else watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from kentongan.engine.one_event import groups, told
from kentongan.engine.records import LEVELS, Level, Reason, Sentence, Severity, Signal, Story
from kentongan.engine.vectors import FloatArray

LINES = 7
SOURCES = 3
OPEN_FOR = timedelta(hours=48)
"""A high or crisis story that nobody has marked stays on the page so long after its last report, however often it was looked at."""
Mark = Literal["", "seen", "watch", "not_ours"]
Change = Literal["new", "rising", "grew", "quiet"]
NextStep = Literal["hold", "assign", "answer", "verify", "watch"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story that may come on the briefing.

    `since_visit` counts its originals published after the last visit; `signal` is the one running on it; `mark` what
    the office decided about it and when; `sentences` its summary; `vector` the centred one of its headline."""

    story: Story
    severity: Severity
    since_visit: int
    signal: Signal | None
    sentences: tuple[Sentence, ...]
    mark: Mark = ""
    marked: datetime | None = None
    vector: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class BriefingLine:
    """One line.

    `what` says what changed, `why` the reasons it matters by weight, `sources` 1–3 sentences, `next_step` a code.
    """

    story: Story
    severity: Severity
    level: Level
    change: Change
    signal: Signal | None
    what: tuple[Reason, ...]
    why: tuple[Reason, ...]
    sources: tuple[Sentence, ...]
    next_step: NextStep
    also: tuple[Story, ...] = ()
    """Further stories that tell the same event."""


def briefing_lines(candidates: Sequence[Candidate], since: datetime, at: datetime, lines: int = LINES) -> tuple[BriefingLine, ...]:
    """The lines of the briefing at `at`, for someone who last looked at `since`.

    Equal input in any order gives the same lines.
    """
    due = {one.story.id: one for one in candidates if _is_due(one, since, at)}
    made = sorted((_line(one, since) for one in due.values()), key=_order)
    free = [line for line in made if due[line.story.id].mark != "watch"]
    behind: dict[str, tuple[Story, ...]] = {}
    for first, *others in groups([told(line.story, due[line.story.id].vector) for line in free]):
        behind[free[first].story.id] = tuple(free[other].story for other in others)
    kept = [line for line in made if line.story.id in behind or due[line.story.id].mark == "watch"]
    return tuple(_with(line, behind.get(line.story.id, ())) for line in kept[:lines])


def _with(line: BriefingLine, also: tuple[Story, ...]) -> BriefingLine:
    if not also:
        return line
    said = Reason("briefing.also", {"count": len(also), "headlines": "; ".join(story.headline for story in also[:3])})
    return replace(line, also=also, why=(*line.why, said))


def _is_due(one: Candidate, since: datetime, at: datetime) -> bool:
    if one.mark == "not_ours" or one.story.first > at:
        return False
    changed = one.since_visit > 0 or (one.signal is not None and one.signal.updated > since)
    if one.mark == "seen" and one.marked is not None:
        return changed and one.story.last > one.marked
    grave = _rank(one.severity.level) >= _rank("high") and one.story.last > at - OPEN_FOR
    return changed or one.mark == "watch" or grave


def _line(one: Candidate, since: datetime) -> BriefingLine:
    change: Change = "quiet"
    if one.signal is not None and one.signal.updated > since:
        change = "rising"
    elif one.story.first > since:
        change = "new"
    elif one.since_visit:
        change = "grew"
    return BriefingLine(
        one.story,
        one.severity,
        one.severity.level,
        change,
        one.signal,
        _what(one, change),
        one.severity.reasons[:3],
        one.sentences[:SOURCES],
        _next_step(one.severity),
    )


def _what(one: Candidate, change: Change) -> tuple[Reason, ...]:
    outlets = Reason("briefing.outlets", {"outlets": len(one.story.outlets), "articles": one.story.articles, "copies": one.story.copies})
    if one.signal is not None and change == "rising":
        return Reason("briefing.rising", dict(one.signal.reasons[0].values)), outlets
    if change == "new":
        return Reason("briefing.new", {"time": one.story.first.isoformat()}), outlets
    if change == "grew":
        return Reason("briefing.grew", {"count": one.since_visit}), outlets
    return Reason("briefing.quiet", {"time": one.story.last.isoformat()}), outlets


def _next_step(severity: Severity) -> NextStep:
    if severity.level == "crisis":
        return "hold"
    if severity.level == "high":
        return "assign"
    if severity.service_gap:
        return "answer"
    if severity.level == "medium":
        return "verify" if severity.credibility <= 2 else "assign"
    return "watch"


def _rank(level: Level) -> int:
    return LEVELS.index(level)


def _order(line: BriefingLine) -> tuple[int, int, int, int, float, str]:
    order = ("rising", "new", "grew", "quiet")
    return (
        -_rank(line.level),
        0 if line.change == "rising" else 1,
        -line.severity.score,
        order.index(line.change),
        -line.story.last.timestamp(),
        line.story.id,
    )
