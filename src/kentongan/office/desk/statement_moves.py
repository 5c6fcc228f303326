"""What becomes of a statement: one state machine, the steps of its approval, and who takes over where somebody does not answer. Pure.

A *draft* is written until somebody asks for approval; then it *waits* at the desks of named people, each for one step: who answers for the
facts, who for the law, who approves. One who finds something wrong *returns* it with a reason; when all steps are done it is *approved*.
Whatever is changed in it makes it a draft again: what was approved is one version, and nothing else.

Rules that hold whoever acts, by form, by service or twice at once (the database holds the same table and the first two rules in triggers):

- Nobody decides a step of a statement of which they wrote any version.
- It is approved only where every step of a request was decided so, for its very last version.
- What is published is what was approved, by the hash of its text. In an emergency one person publishes alone, only what people should do;
  somebody else reviews it within a day, and while one review is overdue nobody of the office publishes so again.
- A step that nobody decided in time goes to whoever stands in for the person asked, and from them to whoever stands in for them, to nobody
  twice; where that ends it is said, not guessed. Whoever was asked may decide it still.

Known limits. Deputies are those of people's own absence, so a step goes to somebody who holds the role only as long as they stand in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

State = Literal["draft", "waiting", "returned", "approved", "published", "corrected", "withdrawn"]
Act = Literal["ask", "take_back", "change", "return", "approve", "withdraw", "publish", "emergency", "correct"]
Step = Literal["facts", "legal", "approver"]
Lost = Literal["", "nowhere", "circle"]
LEGAL: Mapping[tuple[str, str], State] = {
    ("draft", "ask"): "waiting",
    ("draft", "withdraw"): "withdrawn",
    ("returned", "ask"): "waiting",
    ("returned", "change"): "draft",
    ("returned", "withdraw"): "withdrawn",
    ("waiting", "take_back"): "draft",
    ("waiting", "change"): "draft",
    ("waiting", "return"): "returned",
    ("waiting", "approve"): "approved",
    ("waiting", "withdraw"): "withdrawn",
    ("approved", "change"): "draft",
    ("approved", "withdraw"): "withdrawn",
    ("approved", "publish"): "published",
    ("draft", "emergency"): "published",
    ("returned", "emergency"): "published",
    ("waiting", "emergency"): "published",
    ("published", "correct"): "corrected",
    ("published", "withdraw"): "withdrawn",
}
"""State and act → state."""
SETTLED: frozenset[str] = frozenset({"published", "corrected", "withdrawn"})
"""What is so is read and not written any more."""
STEPS: tuple[Step, ...] = ("facts", "legal", "approver")
"""In the order in which they come where they come one after another."""
ROLES: Mapping[str, frozenset[str]] = {
    "facts": frozenset({"owner"}),
    "legal": frozenset({"legal"}),
    "approver": frozenset({"approver"}),
}
"""Which roles decide a step."""
LIMITS: Mapping[str, timedelta] = {
    "crisis": timedelta(minutes=15),
    "high": timedelta(minutes=30),
    "medium": timedelta(hours=2),
    "low": timedelta(hours=8),
    "watch": timedelta(hours=8),
}
"""How long somebody has for a step before it goes to their deputy, by level."""


REVIEW_WITHIN = timedelta(hours=24)
"""So soon somebody else looks at what one person published in an emergency."""
INSTRUCTING: frozenset[str] = frozenset({"instruction", "next_update", "contact", "dateline", "greeting"})
"""Sections of which alone what one person publishes in an emergency consists; at least one sentence is an instruction."""
NOT_IN_EMERGENCY: frozenset[str] = frozenset(
    {"section.missing", "section.order", "update.missing", "update.unsaid", "contact.missing", "contact.unsaid", "map.messages"}
)
"""What may be lacking in an emergency: the shape of the paper, never what harms people."""


class IllegalMove(ValueError):
    """An act that is not in the table."""


def after(state: str, act: str) -> State:
    """The state after a legal act. Raises `IllegalMove`."""
    if (state, act) not in LEGAL:
        raise IllegalMove(f"{act} in {state}")
    return LEGAL[state, act]


def may_be_written(state: str) -> bool:
    """Whether its text may be changed in this state."""
    return state == "draft" or (state, "change") in LEGAL


def may_go_out_alone(sections: Sequence[str]) -> bool:
    """Whether sentences with these sections may be published by one person in an emergency."""
    return "instruction" in sections and set(sections) <= INSTRUCTING


@dataclass(frozen=True, slots=True)
class Asked:
    """A step as far as its turn goes."""

    pk: int
    kind: str
    decided: bool = False


def turns(steps: Sequence[Asked], in_order: bool) -> list[int]:
    """Whose turn it is: every undecided step, or the first of them where they come one after another."""
    left = sorted((one for one in steps if not one.decided), key=lambda one: STEPS.index(one.kind))  # type: ignore[arg-type]
    return [one.pk for one in (left[:1] if in_order else left)]


@dataclass(frozen=True, slots=True)
class Heir:
    """Who takes a step over; nobody, and why: `lost` "nowhere" (nobody stands in) or "circle" (they stand in for each other)."""

    person: int | None
    lost: Lost = ""


def heir(person: int, standing_in: Mapping[int, Sequence[int]], able: Collection[int], before: Sequence[int] = ()) -> Heir:
    """Who stands in for `person`, or for whoever stands in for them, the nearest first, and is able to decide; else who stands in for
    somebody who was asked `before`, the latest first. Nobody who was asked is asked again."""
    seen, queue, circle = {person, *before}, [person, *reversed(before)], False
    while queue:
        for deputy in standing_in.get(queue.pop(0), ()):
            if deputy in seen:
                circle = True
            elif deputy in able:
                return Heir(deputy)
            else:
                seen.add(deputy)
                queue.append(deputy)
    return Heir(None, "circle" if circle else "nowhere")
