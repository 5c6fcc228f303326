"""What was promised about an issue and what came of it. Pure: moments in, promises out.

A promise is a moment by which something was to be there: the first answer by the clock of the level at which the issue was opened, each
"next update" that a publication named, each step of an approval, the review of what one person published alone, each clock that a law
sets and somebody began. It is *kept* where the thing came by then, *late* where it came afterwards, *missed* where it never came and the
moment is past, *open* before that. Where a law says "at once" and names no length, what came is *given*, and nobody judges when. A next
update is any later publication about the same issue. What nobody promised (a level without a clock) is no promise and is not judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from kentongan.office.desk import moves

Kind = Literal["first", "update", "step", "review", "law"]
Outcome = Literal["kept", "late", "missed", "open", "given"]


@dataclass(frozen=True, slots=True)
class Promise:
    """What was to be there by `due`, and when it came (None: not). `of` says of what, in words."""

    kind: Kind
    due: datetime
    came: datetime | None
    outcome: Outcome
    of: str = ""

    @property
    def late_by(self) -> timedelta:
        """How much too late it came; nothing where it did not."""
        return max(timedelta(), self.came - self.due) if self.came is not None else timedelta()


@dataclass(frozen=True, slots=True)
class Said:
    """A publication: when, and which next update it promised, if any."""

    at: datetime
    next_update: datetime | None
    of: str = ""


def promise(kind: Kind, due: datetime, came: datetime | None, now: datetime, of: str = "") -> Promise:
    """A promise with its outcome by now."""
    if came is not None:
        return Promise(kind, due, came, "kept" if came <= due else "late", of)
    return Promise(kind, due, None, "missed" if due < now else "open", of)


def first_answer(level: str, opened: datetime, answers: Iterable[datetime], now: datetime, term: int | None = None) -> Promise | None:
    """The first answer by the clock of the level at opening; None where that level had none. `term`: the minutes that held then (0: no
    clock), None where the record does not say."""
    terms = moves.FIRST_DUE if term is None else {level: timedelta(minutes=term)} if term else {}
    due = moves.first_due(level, opened, terms)
    return promise("first", due, min(answers, default=None), now) if due is not None else None


def updates(said: Sequence[Said], now: datetime) -> list[Promise]:
    """Each next update that was promised, with the first publication after the one that promised it."""
    ordered = sorted(said, key=lambda one: one.at)
    return [
        promise("update", one.next_update, min((later.at for later in ordered if later.at > one.at), default=None), now, one.of)
        for one in ordered
        if one.next_update is not None
    ]
