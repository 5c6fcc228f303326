"""The briefing's lines: at most seven, the most serious first, nothing that was called not ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.briefing import LINES, Candidate, briefing_lines
from kentongan.engine.reasons import SENTENCES, sentence
from kentongan.engine.records import LEVELS, Level, Reason, Severity, Signal, Story

AT = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
SINCE = AT - timedelta(hours=16)


def candidate(number: int, level: Level = "low", *, score: int = 12, first_h: float = 30, since_visit: int = 1, gap: int = 0) -> Candidate:
    story = Story(
        f"s{number}",
        f"Judul {number}",
        "",
        f"a{number}",
        AT - timedelta(hours=first_h),
        AT - timedelta(hours=1),
        ("A",),
        ("id",),
        3,
        1,
    )
    severity = Severity(2, 1, 1, gap, 3, score, score - 2, score + 2, level, (Reason("severity.harm.0"),))
    return Candidate(story, severity, since_visit, None, ())


def rising(one: Candidate, hours_ago: float = 2) -> Candidate:
    moment = AT - timedelta(hours=hours_ago)
    signal = Signal(
        "g1",
        "story",
        "Judul",
        one.story.id,
        moment,
        moment,
        moment,
        9,
        0.4,
        ("A",),
        ("a1",),
        one.severity,
        (),
        (Reason("signal.count", {"count": 9, "hours": 6.0, "expected": 0.4}),),
    )
    return replace(one, signal=signal)


def test_the_most_serious_comes_first_and_among_equals_what_rises() -> None:
    lines = briefing_lines([candidate(1), candidate(2, "high", score=28), rising(candidate(3)), candidate(4, score=15)], SINCE, AT)
    assert [line.story.id for line in lines] == ["s2", "s3", "s4", "s1"]


def test_seven_lines_are_enough() -> None:
    assert len(briefing_lines([candidate(number) for number in range(20)], SINCE, AT)) == LINES


def test_what_is_not_ours_never_comes_and_what_was_seen_comes_only_when_it_changed() -> None:
    ours = replace(candidate(1, "crisis"), mark="not_ours", marked=SINCE)
    seen = replace(candidate(2, since_visit=0), mark="seen", marked=AT - timedelta(hours=2))
    changed = replace(candidate(3), mark="seen", marked=AT - timedelta(hours=2))
    assert [line.story.id for line in briefing_lines([ours, seen, changed], SINCE, AT)] == ["s3"]


def test_a_quiet_story_comes_only_when_it_is_watched() -> None:
    quiet = candidate(1, since_visit=0)
    assert briefing_lines([quiet], SINCE, AT) == ()
    (line,) = briefing_lines([replace(quiet, mark="watch")], SINCE, AT)
    assert line.change == "quiet"


def test_a_story_from_after_the_asked_moment_is_not_known_yet() -> None:
    assert briefing_lines([candidate(1, first_h=-1)], SINCE, AT) == ()


def test_the_next_step_follows_level_open_questions_and_confirmation() -> None:
    cases = [candidate(1, "crisis"), candidate(2, "high"), candidate(3, "medium", gap=2), candidate(4, "medium"), candidate(5)]
    steps = {line.story.id: line.next_step for line in briefing_lines(cases, SINCE, AT)}
    assert steps == {"s1": "hold", "s2": "assign", "s3": "answer", "s4": "assign", "s5": "watch"}
    unsure = replace(cases[3], severity=replace(cases[3].severity, credibility=1))
    assert briefing_lines([unsure], SINCE, AT)[0].next_step == "verify"
    assert all(f"briefing.next.{step}" in SENTENCES for step in steps.values())


@given(st.lists(st.tuples(st.sampled_from(LEVELS), st.integers(0, 40), st.integers(0, 3), st.floats(1, 60)), max_size=12), st.randoms())
def test_the_order_given_does_not_matter_and_every_reason_can_be_read(rows: list[tuple[Level, int, int, float]], random) -> None:
    cases = [candidate(n, level, score=score, since_visit=new, first_h=hours) for n, (level, score, new, hours) in enumerate(rows)]
    cases = [rising(one) if n % 3 == 0 else one for n, one in enumerate(cases)]
    lines = briefing_lines(cases, SINCE, AT)
    shuffled = list(cases)
    random.shuffle(shuffled)
    assert briefing_lines(shuffled, SINCE, AT) == lines
    assert all(sentence(reason) for line in lines for reason in (*line.what, *line.why))


@pytest.mark.parametrize(
    ("level", "hours", "mark", "shown"),
    [
        ("crisis", 5, "", True),
        ("high", 47, "", True),
        ("high", 49, "", False),
        ("medium", 5, "", False),
        ("crisis", 5, "seen", False),
        ("crisis", 5, "not_ours", False),
    ],
)
def test_a_grave_story_stays_until_somebody_decides(level, hours, mark, shown):
    one = candidate(1, level, first_h=60, since_visit=0)
    one = replace(
        one, story=replace(one.story, last=AT - timedelta(hours=hours)), mark=mark, marked=AT - timedelta(hours=1) if mark else None
    )
    assert bool(briefing_lines([one], AT - timedelta(minutes=10), AT)) is shown
