"""What becomes of an issue: one state machine, and the rules of its level, its truth and who sees it. Pure: records in, records out.

An issue is *open* until somebody *checks* the facts; then an answer is prepared (*answering*) and given (*answered*); it is *watched* while
nothing is to be said, and *closed* with a reason. What was closed is *reopened*; what turns out to be part of another is *merged* into it
and may *part* from it again.

Rules that hold whoever acts, by form, by service or twice at once:

- `LEGAL` is all there is: what is not in the table does not happen. The database holds the same table in a trigger, so no other door (a
  query, a restored row, another program) can move an issue along a way that is not in it.
- Nobody answers before somebody has checked: there is no way from *open* to *answering*.
- An act that says what holds already changes nothing and is no mistake.
- Truth and stance are two things: criticism is not a falsehood. Only what claims something can be called false, by a named person with a
  written reason and evidence.
- Whoever sees an issue sees all that was merged into it, and nobody else does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["open", "checking", "answering", "answered", "watching", "closed", "reopened", "merged"]
Act = Literal["check", "answer", "say", "watch", "close", "reopen", "merge", "part"]
LEGAL: Mapping[tuple[str, str], State] = {
    ("open", "check"): "checking",
    ("open", "watch"): "watching",
    ("open", "close"): "closed",
    ("open", "merge"): "merged",
    ("reopened", "check"): "checking",
    ("reopened", "watch"): "watching",
    ("reopened", "close"): "closed",
    ("reopened", "merge"): "merged",
    ("checking", "answer"): "answering",
    ("checking", "watch"): "watching",
    ("checking", "close"): "closed",
    ("checking", "merge"): "merged",
    ("answering", "check"): "checking",
    ("answering", "say"): "answered",
    ("answering", "watch"): "watching",
    ("answering", "close"): "closed",
    ("answering", "merge"): "merged",
    ("answered", "check"): "checking",
    ("answered", "answer"): "answering",
    ("answered", "watch"): "watching",
    ("answered", "close"): "closed",
    ("answered", "merge"): "merged",
    ("watching", "check"): "checking",
    ("watching", "close"): "closed",
    ("watching", "merge"): "merged",
    ("closed", "reopen"): "reopened",
    ("merged", "part"): "reopened",
}
"""State and act → state."""
OVER: frozenset[str] = frozenset({"closed", "merged"})
"""Nothing is due any more."""
BY_ITSELF: tuple[Act, ...] = ("check", "answer", "say", "watch", "close", "reopen")
"""Acts that concern one issue alone, in the order in which a page offers them; merging and parting concern two."""
WITH_REASON: frozenset[str] = frozenset({"watch", "close", "reopen", "merge", "part"})
ASLEEP: frozenset[str] = OVER | {"watching"}
"""Issues nobody works on: no clock begins there until they are opened again."""
LONGEST_WATCH = timedelta(days=90)
CLAIMS: frozenset[str] = frozenset({"claim", "rumour"})
"""Kinds of issue that say something is so, and can therefore be false."""
CHECKED: frozenset[str] = frozenset({"true", "partly", "false"})
SHORTEST_REASON = 3
LEAST_EVIDENCE = 10
"""Letters of what shows it, where no address is given."""
FIRST_DUE: Mapping[str, timedelta] = {"crisis": timedelta(hours=1), "high": timedelta(hours=4), "medium": timedelta(hours=8)}
"""When the first answer is due after an issue has this level, where an office says nothing else (settings `first_due_…_min`): in a crisis
within the hour. Lower levels have no clock of their own."""


class IllegalMove(ValueError):
    """A move that is not allowed. `code` says why in one word: "over", "state", "reason", "until", "itself", "unlike"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Circle:
    """Who sees an issue: everybody who reads issues, or where it is need-to-know its lead and the people named."""

    need_to_know: bool
    lead: int | None
    named: frozenset[int] = frozenset()

    @property
    def people(self) -> frozenset[int]:
        """Lead and named people."""
        return self.named | ({self.lead} if self.lead is not None else frozenset())

    def has(self, person: int) -> bool:
        """Whether a person who reads issues sees this one."""
        return not self.need_to_know or person in self.people


def after(state: str, act: str) -> State:
    """The state after a legal act. Raises `IllegalMove`."""
    if (state, act) not in LEGAL:
        raise IllegalMove("over" if state in OVER else "state")
    return LEGAL[state, act]


def holds(state: str, act: str) -> bool:
    """Whether what the act would bring about is so already, so that it changes nothing."""
    return (state, act) not in LEGAL and state in {new for (_, one), new in LEGAL.items() if one == act}


def acts(state: str) -> list[Act]:
    """What may be done with an issue by itself, in the order of a page."""
    return [act for act in BY_ITSELF if (state, act) in LEGAL]


def need_for(act: str, reason: str, until: datetime | None, now: datetime) -> None:
    """Raise `IllegalMove` where an act lacks its reason, or watching lacks the moment at which it is looked at again."""
    if act in WITH_REASON and len(reason) < SHORTEST_REASON:
        raise IllegalMove("reason")
    if act == "watch" and (until is None or not now < until <= now + LONGEST_WATCH):
        raise IllegalMove("until")


def first_due(level: str, since: datetime, terms: Mapping[str, timedelta] = FIRST_DUE) -> datetime | None:
    """When the first answer is due for this level by an office's terms, to the minute; None where it has no clock."""
    length = terms.get(level)
    return (since + length).replace(second=0, microsecond=0) if length is not None else None


def sooner(due: datetime | None, other: datetime | None) -> datetime | None:
    """The earlier of two moments, where there are any."""
    return min((one for one in (due, other) if one is not None), default=None)


def truth_lacks(kind: str, truth: str, reason: str, evidence: str, address: str) -> str:
    """What a truth status lacks, "" where nothing: "kind" it claims nothing that could be false, "reason", "evidence"."""
    if truth == "false" and kind not in CLAIMS:
        return "kind"
    if truth != "unverified" and len(reason) < SHORTEST_REASON:
        return "reason"
    if truth in CHECKED and len(evidence) < LEAST_EVIDENCE and not address:
        return "evidence"
    return ""


def need_alike(one: Circle, into: Circle) -> None:
    """Raise `IllegalMove` where merging would let somebody see what they may not, or take from somebody what they saw."""
    if one.need_to_know != into.need_to_know or (one.need_to_know and one.people != into.people):
        raise IllegalMove("unlike")
