"""What becomes of a question to an agency: one state machine, its clock, and until when a link opens. Pure.

A question *waits* until its agency *answers*. Where nobody has answered when it is due it is *late*, and somebody else of the agency or
whoever stands in is asked, once. It can be given more time, and *withdrawn* where nobody needs the answer any more.

Rules that hold whoever acts, by form, by link or twice at once (the database holds the table and the first rule in triggers):

- There is one answer, and it stays as it was given.
- Looking at a link changes nothing; only sending the answer uses it up.
- Whoever was asked is reminded once for each term, and it is passed on once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

State = Literal["waiting", "late", "answered", "withdrawn"]
Refusal = Literal["", "unknown", "used", "answered", "withdrawn", "old"]
LEGAL: Mapping[tuple[str, str], State] = {
    ("waiting", "answer"): "answered",
    ("waiting", "run_out"): "late",
    ("waiting", "prolong"): "waiting",
    ("waiting", "withdraw"): "withdrawn",
    ("late", "answer"): "answered",
    ("late", "prolong"): "waiting",
    ("late", "withdraw"): "withdrawn",
}
"""State and act → state."""
OPEN: frozenset[str] = frozenset({"waiting", "late"})
"""Somebody still waits for an answer."""
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(days=60)
"""How soon and how late an answer can be due."""
REMIND_AT_LEAST, REMIND_AT_MOST = timedelta(minutes=10), timedelta(hours=24)
"""So long before it is due whoever is asked is reminded: a quarter of the time, within these."""
LINK_AFTER_DUE = timedelta(days=3)
"""So long after it was due a link still takes an answer: late is better than never."""


class IllegalMove(ValueError):
    """An act that is not in the table."""


def after(state: str, act: str) -> State:
    """The state after a legal act. Raises `IllegalMove`."""
    if (state, act) not in LEGAL:
        raise IllegalMove(f"{act} in {state}")
    return LEGAL[state, act]


def remind_at(asked: datetime, due: datetime) -> datetime | None:
    """When to remind of what is due; None where less than twice the shortest notice is left."""
    left = due - asked
    if left < 2 * REMIND_AT_LEAST:
        return None
    return due - min(max(left / 4, REMIND_AT_LEAST), REMIND_AT_MOST)


def link_until(due: datetime) -> datetime:
    """Until when a link to a question opens."""
    return due + LINK_AFTER_DUE


def refusal(state: str, used: bool, expires: datetime, now: datetime) -> Refusal:
    """Why a link takes no answer; "" where it does. What was done with this very link is said before anything else."""
    if used:
        return "used"
    if state not in OPEN:
        return "answered" if state == "answered" else "withdrawn"
    return "old" if expires <= now else ""
