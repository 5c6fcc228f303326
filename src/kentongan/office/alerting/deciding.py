"""What becomes of an alert: a state machine, and what the office does by itself. Pure: records in, records out.

An alert is *sent* until somebody answers. People *acknowledge* it (seen), *take it over* (one person sees to it), *put it off* until a
moment with a reason, or end it as not useful. The office passes it on where nobody answers in time (to who stands in, then to the leaders),
tells it again where its level rises above all it was told at, wakes what was put off, and ends it when its signal has fallen back, was
dismissed or went on in another, or when what was silent speaks again.

Rules that hold whoever acts, by form, API or twice at once:

- `LEGAL` is all there is: what is not in the table does not happen.
- An answer that says what holds already changes nothing and is no mistake: an acknowledgement that was lost and is sent again is harmless,
  also after somebody else has taken over, also after the end.
- Nobody loses what they took over to a click on an old page: to take over from somebody one must have seen that it is theirs.
- One event is told once for each level it reaches, once for each step it is passed on, and once when it wakes. A level that falls and
  rises again below the highest that was told says nothing. What was over and comes again within AGAIN (a silence: QUIET_AGAIN) says
  nothing either.

Why not a timer for each alert: timers are lost with their process. `look` compares how things stand with the clock; asked twice, late or
by two workers in turn, it gives the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from kentongan.engine.records import LEVELS

State = Literal["sent", "escalated", "acknowledged", "taken", "snoozed", "ended"]
Answer = Literal["acknowledge", "take", "snooze", "dismiss"]
Act = Literal["acknowledge", "take", "snooze", "end", "rise", "wake", "escalate", "again"]
LEGAL: Mapping[tuple[str, str], State] = {
    ("sent", "acknowledge"): "acknowledged",
    ("sent", "take"): "taken",
    ("sent", "snooze"): "snoozed",
    ("sent", "rise"): "sent",
    ("sent", "escalate"): "escalated",
    ("sent", "end"): "ended",
    ("escalated", "acknowledge"): "acknowledged",
    ("escalated", "take"): "taken",
    ("escalated", "snooze"): "snoozed",
    ("escalated", "rise"): "sent",
    ("escalated", "escalate"): "escalated",
    ("escalated", "end"): "ended",
    ("acknowledged", "take"): "taken",
    ("acknowledged", "snooze"): "snoozed",
    ("acknowledged", "rise"): "sent",
    ("acknowledged", "end"): "ended",
    ("taken", "take"): "taken",
    ("taken", "snooze"): "snoozed",
    ("taken", "rise"): "taken",
    ("taken", "end"): "ended",
    ("snoozed", "acknowledge"): "acknowledged",
    ("snoozed", "take"): "taken",
    ("snoozed", "snooze"): "snoozed",
    ("snoozed", "rise"): "sent",
    ("snoozed", "wake"): "sent",
    ("snoozed", "end"): "ended",
    ("ended", "again"): "sent",
}
"""State and act → state. An answer of a person that is missing here is refused, or holds already (`answer`)."""
ENDS = ("fell", "dismissed", "joined", "spoke")
WAITING: frozenset[str] = frozenset({"sent", "escalated"})
LAST_STEP = 2
AGAIN = timedelta(hours=2)
QUIET_AGAIN = timedelta(days=1)
"""As AGAIN, for what speaks and falls silent by turns."""
LONGEST_SNOOZE = timedelta(hours=24)
LONGEST_SNOOZE_CRISIS = timedelta(hours=1)


class IllegalMove(ValueError):
    """A move that is not in `LEGAL`. `code` says why in one word: "over", "taken", "reason", "until"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Standing:
    """How an alert stands. `by` is who answered last; `due` when it is passed on; `told` when it was last told."""

    state: State
    level: str
    top: str
    told: datetime
    step: int = 0
    by: int | None = None
    reason: str = ""
    until: datetime | None = None
    due: datetime | None = None
    why: str = ""
    news: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """How a signal stands: its level, whether it has fallen back, what people decided about it, whether it moved lately.

    Or a silence (`quiet`): over is that it speaks again.
    """

    level: str
    over: bool = False
    dismissed: bool = False
    answered: bool = False
    fresh: bool = True
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A step the office takes by itself. `news` names what is told ("" nothing): raised, risen, again, woken, escalated, ended."""

    what: str
    after: Standing
    news: str = ""


def rank(level: str) -> int:
    """0 for watch … 4 for crisis."""
    return LEVELS.index(level) if level in LEVELS else 0  # type: ignore[arg-type]


def after(state: str, act: Act) -> State:
    """The state after a legal act. Raises `IllegalMove`."""
    if (state, act) not in LEGAL:
        raise IllegalMove("over" if state == "ended" else "state")
    return LEGAL[state, act]


def longest_snooze(level: str) -> timedelta:
    """For how long an alert may be put off."""
    return LONGEST_SNOOZE_CRISIS if level == "crisis" else LONGEST_SNOOZE


def answer(
    old: Standing, act: Answer, by: int, now: datetime, *, until: datetime | None = None, reason: str = "", seen: int | None = None
) -> Standing:
    """The alert after a person's answer; the very same where that holds already. Raises `IllegalMove`.

    `seen` is who the person saw as its owner when they answered; `until` and `reason` belong to putting off, `reason` to dismissing.
    """
    reason = " ".join(reason.split())[:500]
    others = old.state == "taken" and old.by != by
    match act:
        case "acknowledge":
            if old.state in {"acknowledged", "taken", "ended"}:
                return old
            return _quiet(old, after(old.state, "acknowledge"), by)
        case "take":
            if old.state == "taken" and not others:
                return old
            if others and seen != old.by:
                raise IllegalMove("taken")
            return _quiet(old, after(old.state, "take"), by)
        case "snooze":
            new = after(old.state, "snooze")
            if others:
                raise IllegalMove("taken")
            if not reason:
                raise IllegalMove("reason")
            if until is None or not now < until <= now + longest_snooze(old.level):
                raise IllegalMove("until")
            return replace(_quiet(old, new, by), until=until, reason=reason)
        case "dismiss":
            if old.state == "ended" and old.why == "dismissed":
                return old
            if not reason:
                raise IllegalMove("reason")
            return replace(_quiet(old, after(old.state, "end"), by), reason=reason, why="dismissed")


def _quiet(old: Standing, state: State, by: int | None) -> Standing:
    """Answered: nothing is due any more."""
    return replace(old, state=state, by=by, reason="", until=None, due=None)


def look(old: Standing | None, fact: Fact | None, wait: timedelta | None, now: datetime) -> list[Move]:
    """What the office does by itself, in order. `fact` is None where the signal is gone; `wait` is how long an answer is waited for, None
    where no route would tell the signal now.

    Of what is told `due` is left empty: `with_due` sets it when it is known whom it reached, and when. Asked again right after its moves
    were made it gives none.
    """
    routed = wait is not None
    if old is None:
        if fact is None or not routed or fact.over or fact.dismissed or fact.answered or not fact.fresh:
            return []
        return [Move("raised", Standing("sent", fact.level, fact.level, now, news=1), "raised")]
    if fact is None or fact.dismissed or fact.over:
        return _end(old, fact)
    if old.state == "ended":
        return _again(old, fact, now) if routed and fact.fresh and not fact.answered else []
    moves: list[Move] = []
    if rank(fact.level) > rank(old.top) and routed:
        new = replace(old, state=after(old.state, "rise"), level=fact.level, top=fact.level, step=0, told=now, news=old.news + 1, due=None)
        new = new if new.state == "taken" else replace(new, by=None, reason="", until=None)
        return [Move("risen", new, "risen")]
    if fact.level != old.level:
        waits = old.state in WAITING and old.step < LAST_STEP and wait is not None
        old = replace(old, level=fact.level, due=(old.due or now + (wait or timedelta(0))) if waits else None)
        moves.append(Move("level", old))
    if old.state == "snoozed" and old.until is not None and now >= old.until:
        woken = replace(old, state=after(old.state, "wake"), by=None, reason="", until=None, told=now, step=0, news=old.news + 1)
        return [*moves, Move("woken", woken, "woken")]
    if old.state in WAITING and old.due is not None and now >= old.due and old.step < LAST_STEP and routed:
        passed = replace(old, state=after(old.state, "escalate"), step=old.step + 1, told=now, due=None, news=old.news + 1)
        return [*moves, Move("escalated", passed, "escalated")]
    return moves


def _end(old: Standing, fact: Fact | None) -> list[Move]:
    if old.state == "ended":
        return []
    why = "joined" if fact is None else "dismissed" if fact.dismissed else "spoke" if fact.quiet else "fell"
    return [Move("ended", replace(_quiet(old, after(old.state, "end"), None), why=why), "" if why == "joined" else "ended")]


def _again(old: Standing, fact: Fact, now: datetime) -> list[Move]:
    """What was over is there again. It is the same event: it is told only where that was a while ago or it is worse than ever."""
    higher = rank(fact.level) > rank(old.top)
    new = replace(old, state=after(old.state, "again"), level=fact.level, why="", by=None, reason="", step=0)
    if not higher and now - old.told < (QUIET_AGAIN if fact.quiet else AGAIN):
        return [Move("again", new)]
    return [Move("again", replace(new, top=fact.level if higher else old.top, told=now, news=old.news + 1), "again")]


def with_due(standing: Standing, heard: datetime, wait: timedelta) -> Standing:
    """When what waits is passed on: `wait` after it could first be `heard`, which quiet hours may have put later than it was told."""
    if standing.state not in WAITING or standing.step >= LAST_STEP:
        return replace(standing, due=None)
    return replace(standing, due=heard + wait)
