"""What becomes of an alert: the table of legal moves, answers that hold already, and walks at random through all of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine.records import LEVELS
from kentongan.office.alerting import deciding
from kentongan.office.alerting.deciding import Fact, IllegalMove, Standing, answer, look, with_due
from kentongan.office.alerting.models import Alert

NOW = datetime(2025, 11, 27, 0, 30, tzinfo=UTC)
MIN, HOUR = timedelta(minutes=1), timedelta(hours=1)
WAIT = 15 * MIN
SARI, JOKO = 1, 2
ANSWERS = ("acknowledge", "take", "snooze", "dismiss")


def sent(**changes):
    return replace(Standing("sent", "high", "high", NOW, due=NOW + WAIT, news=1), **changes)


def in_state(state):
    """A standing that may be stored in a state."""
    more = {
        "sent": {}, "escalated": {"step": 1}, "acknowledged": {"by": JOKO, "due": None}, "taken": {"by": JOKO, "due": None},
        "snoozed": {"by": JOKO, "due": None, "until": NOW + HOUR, "reason": "rapat"}, "ended": {"due": None, "why": "fell"},
    }[state]  # fmt: skip
    return sent(state=state, **more)


def answered(old, act, by=SARI, now=NOW, **more):
    given = {"until": now + HOUR, "reason": "sudah ditangani"} if act in {"snooze", "dismiss"} else {}
    return answer(old, act, by, now, **{**given, **more})


# The table


def test_the_states_of_the_table_are_those_that_are_stored():
    assert {state for state, _ in deciding.LEGAL} | set(deciding.LEGAL.values()) == set(Alert.State.values)


@pytest.mark.parametrize(("state", "act"), sorted(product(Alert.State.values, ANSWERS)))
def test_an_answer_moves_along_the_table_or_not_at_all(state, act):
    old, wanted = in_state(state), deciding.LEGAL.get((state, {"dismiss": "end"}.get(act, act)))
    try:
        new = answered(old, act)
    except IllegalMove as error:
        assert wanted is None or (state == "taken" and act in {"take", "snooze"}), (state, act)  # taken by somebody else
        assert error.code in {"over", "taken"}
    else:
        assert new == old or new.state == wanted


def test_what_is_over_moves_only_when_its_event_is_there_again():
    assert {act for state, act in deciding.LEGAL if state == "ended"} == {"again"}


# Answers


@pytest.mark.parametrize("state", ["acknowledged", "taken", "ended"])
def test_an_acknowledgement_that_comes_again_or_late_changes_nothing_and_is_no_mistake(state):
    old = in_state(state)
    assert answer(old, "acknowledge", SARI, NOW) == old
    assert answer(old, "acknowledge", JOKO, NOW + HOUR) == old


@pytest.mark.parametrize("state", ["sent", "escalated", "snoozed"])
def test_whoever_acknowledges_stops_the_passing_on(state):
    new = answer(in_state(state), "acknowledge", SARI, NOW)
    assert (new.state, new.by, new.due, new.until, new.reason) == ("acknowledged", SARI, None, None, "")


def test_taking_over_twice_is_taking_over_once():
    mine = answer(sent(), "take", SARI, NOW)
    assert answer(mine, "take", SARI, NOW + HOUR) == mine


def test_of_two_who_take_over_at_once_the_second_learns_who_was_first():
    first = answer(sent(), "take", SARI, NOW)
    with pytest.raises(IllegalMove) as refused:
        answer(first, "take", JOKO, NOW)
    assert refused.value.code == "taken"


def test_one_takes_over_from_somebody_by_having_seen_that_it_is_theirs():
    first = answer(sent(), "take", SARI, NOW)
    second = answer(first, "take", JOKO, NOW, seen=SARI)
    assert (second.state, second.by) == ("taken", JOKO)
    with pytest.raises(IllegalMove):
        answer(second, "take", 3, NOW, seen=SARI)


def test_nobody_puts_off_what_somebody_else_has_taken_over():
    with pytest.raises(IllegalMove) as refused:
        answered(answer(sent(), "take", JOKO, NOW), "snooze")
    assert refused.value.code == "taken"


def test_putting_off_and_dismissing_want_a_reason():
    for act in ("snooze", "dismiss"):
        with pytest.raises(IllegalMove) as refused:
            answered(sent(), act, reason="  ")
        assert refused.value.code == "reason"


@pytest.mark.parametrize(("level", "longest"), [("medium", 24 * HOUR), ("high", 24 * HOUR), ("crisis", HOUR)])
def test_it_is_put_off_until_a_moment_to_come_a_crisis_for_an_hour_at_most(level, longest):
    old = sent(level=level, top=level)
    assert answered(old, "snooze", until=NOW + longest).until == NOW + longest
    for until in (None, NOW, NOW - MIN, NOW + longest + MIN):
        with pytest.raises(IllegalMove) as refused:
            answered(old, "snooze", until=until)
        assert refused.value.code == "until"


# What the office does by itself


def test_it_tells_what_a_route_tells_and_nothing_that_is_past_answered_dismissed_or_over():
    (move,) = look(None, Fact("high"), WAIT, NOW)
    assert (move.what, move.news, move.after.state) == ("raised", "raised", "sent")
    for fact in (Fact("high", over=True), Fact("high", dismissed=True), Fact("high", answered=True), Fact("high", fresh=False), None):
        assert look(None, fact, WAIT, NOW) == []
    assert look(None, Fact("high"), None, NOW) == []


def test_it_is_told_again_when_it_rises_above_all_it_was_told_at_and_not_below():
    old = answer(sent(level="medium", top="high"), "acknowledge", SARI, NOW)
    (level,) = look(old, Fact("high"), WAIT, NOW + HOUR)
    assert (level.what, level.news, level.after.state) == ("level", "", "acknowledged")
    (risen,) = look(level.after, Fact("crisis"), WAIT, NOW + HOUR)
    assert (risen.what, risen.after.state, risen.after.top, risen.after.step) == ("risen", "sent", "crisis", 0)


def test_what_somebody_has_taken_over_stays_theirs_when_it_rises():
    (move,) = look(answer(sent(), "take", SARI, NOW), Fact("crisis"), WAIT, NOW + HOUR)
    assert (move.what, move.after.state, move.after.by) == ("risen", "taken", SARI)


def test_it_is_passed_on_twice_and_no_further():
    standing, at, seen = sent(), NOW, []
    for _ in range(6):
        at += WAIT
        for move in look(standing, Fact("high"), WAIT, at):
            standing = with_due(move.after, at, WAIT)
            seen.append((move.what, standing.step))
    assert seen == [("escalated", 1), ("escalated", 2)]
    assert standing.due is None


def test_before_its_time_nothing_is_passed_on():
    assert look(sent(), Fact("high"), WAIT, NOW + WAIT - MIN) == []


def test_whose_level_fell_below_every_route_is_not_passed_on_but_is_when_it_is_back():
    (calm,) = look(sent(), Fact("low"), None, NOW + MIN)
    assert calm.after.due is None
    (back,) = look(calm.after, Fact("high"), WAIT, NOW + HOUR)
    assert (back.what, back.after.due) == ("level", NOW + HOUR + WAIT)


def test_what_was_put_off_wakes_at_its_time_and_earlier_where_it_rises():
    off = answered(sent(), "snooze", until=NOW + HOUR)
    assert look(off, Fact("high"), WAIT, NOW + 59 * MIN) == []
    (woken,) = look(off, Fact("high"), WAIT, NOW + HOUR)
    assert (woken.what, woken.after.state, woken.after.until, woken.after.reason) == ("woken", "sent", None, "")
    (risen,) = look(off, Fact("crisis"), WAIT, NOW + MIN)
    assert (risen.what, risen.after.state) == ("risen", "sent")


@pytest.mark.parametrize(
    ("fact", "why"), [(Fact("high", over=True), "fell"), (Fact("high", dismissed=True), "dismissed"), (None, "joined")]
)
def test_it_ends_with_its_signal_from_every_state(fact, why):
    for state in Alert.State.values:
        moves = look(in_state(state), fact, WAIT, NOW + HOUR)
        assert [(move.after.state, move.after.why, move.after.due) for move in moves] == (
            [] if state == "ended" else [("ended", why, None)]
        )


def test_what_flickers_is_told_once():
    standing, told = sent(), 0
    for minute in range(1, 60):
        fact = Fact("high", over=bool(minute % 2))
        for move in look(standing, fact, WAIT, NOW + minute * MIN):
            standing, told = with_due(move.after, NOW + minute * MIN, WAIT), told + (move.after.news > standing.news)
    assert told == 0


def test_what_comes_again_much_later_or_worse_than_ever_is_told_again():
    over = sent(state="ended", why="fell", due=None)
    (soon,) = look(over, Fact("high"), WAIT, NOW + HOUR)
    assert (soon.what, soon.news, soon.after.state) == ("again", "", "sent")
    (later,) = look(over, Fact("high"), WAIT, NOW + deciding.AGAIN)
    assert (later.news, later.after.news) == ("again", 2)
    (worse,) = look(over, Fact("crisis"), WAIT, NOW + MIN)
    assert (worse.news, worse.after.top) == ("again", "crisis")


# Whatever happens, in whatever order


def acts():
    people = st.sampled_from([SARI, JOKO])
    answers = st.tuples(
        st.sampled_from(ANSWERS), people, st.one_of(st.none(), people), st.integers(-5, 100), st.sampled_from(["", "rapat"])
    )  # fmt: skip
    facts = st.one_of(
        st.none(), st.builds(Fact, st.sampled_from(LEVELS), st.booleans(), st.booleans(), st.booleans(), st.booleans())
    )  # fmt: skip
    looks = st.tuples(st.just("look"), facts, st.sampled_from([None, MIN, WAIT]))
    return st.lists(st.tuples(st.integers(0, 90), st.one_of(answers, looks)), max_size=25)


def check(old, new, act):
    """What holds of every move."""
    assert new.state in Alert.State.values
    if new.state != old.state:
        moves = {"look": {"rise", "wake", "escalate", "end", "again"}, "dismiss": {"end"}}.get(act, {act})
        assert any(deciding.LEGAL.get((old.state, move)) == new.state for move in moves), (old.state, act, new.state)
    assert (new.state == "taken") <= (new.by is not None)
    assert (new.state == "snoozed") == (new.until is not None)
    assert (new.state == "snoozed") <= bool(new.reason)
    assert (new.state == "ended") == bool(new.why)
    assert new.due is None or new.state in deciding.WAITING
    assert 0 <= new.step <= deciding.LAST_STEP
    assert deciding.rank(new.top) >= deciding.rank(old.top)
    assert old.news <= new.news <= old.news + 2


@settings(max_examples=150, deadline=None)
@given(acts())
def test_no_illegal_move_happens_by_any_door_in_any_order(things):
    standing, now = sent(), NOW
    for minutes, (act, *rest) in things:
        now += minutes * MIN
        if act == "look":
            fact, wait = rest
            for _ in range(8):
                moves = look(standing, fact, wait, now)
                for move in moves:
                    check(standing, move.after, "look")
                    standing = with_due(move.after, now, WAIT) if move.news or move.what == "again" else move.after
                if not moves:
                    break
            else:
                raise AssertionError("the office never comes to rest")
            assert look(standing, fact, wait, now) == []
        else:
            by, seen, later, reason = rest
            try:
                new = answer(standing, act, by, now, until=now + later * MIN, reason=reason, seen=seen)
            except IllegalMove:
                continue
            check(standing, new, act)
            assert answer(new, act, by, now, until=now + later * MIN, reason=reason, seen=seen) == new, "said twice is said once"
            standing = new
