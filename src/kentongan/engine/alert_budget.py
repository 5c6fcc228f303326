"""How much an office is told: at most so many signals a day, and a bar that rises where the stream would give more.

Observed. An officer who is called out for noise stops looking. What is worth a call is not a matter of chance alone: a national stream has
twenty true rises a day. Method, in three parts. The *bar* is how much more than the least a rise must be worth. Each signal that is told
raises it a little, each hour lowers it by what an hour's share of the budget would have raised it, never below a lowest: so it settles
where about `SHARE` of the budget is told in the long run (Robbins and Monro 1951; the same form as adaptive conformal inference, Gibbs and
Candès 2021). Where much is written the lowest is a little under the least, because a budget that is not used up is a miss that cost
nothing to avoid; in a quiet town it is the least itself, and everything that passes the tests is heard. The *price* (off as shipped): with
more than half of the day's budget told a rise must be worth more, so that the last of the day's signals are for large ones. The *limit* is
hard: when as many signals as the budget were told in the last 24 hours, only a crisis is told. The last of them (`KEPT`, three of eight)
are kept for rises that speak of harm, so that a morning of football leaves room for the flood of the afternoon. What is held back goes on
being watched; it is told when there is room again or when it has become a crisis, and it is counted and can be shown.

Known failure: on a day with more than a budget of events the later ones wait unless they are crises; what does no harm waits sooner, a
protest without a harm word among it. Why a rolling day: a limit that is reset at midnight is spent by breakfast. A budget of zero switches
all of it off."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DAY = 86_400.0
STEP = 0.05
"""In powers of ten of a chance, for each signal told."""
SHARE = 0.9
HIGHEST = 6.0
KEPT = 0.375
"""The share of the budget that is kept for what speaks of harm."""
KEPT_DAYS = 28.0


def free_of(budget: int) -> int:
    """How many of a day's signals may be such as speak of no harm: one at least."""
    return max(1, budget - round(KEPT * budget)) if budget else 0


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A signal that rose and was not told: when, its id and what it is about."""

    seconds: float
    signal: str
    subject: str


@dataclass(slots=True)
class Budget:
    """What was told of late, what was held back, and where the bar is. Mutable."""

    bar: float = 0.0
    at: float = 0.0
    told: list[float] = field(default_factory=list[float])
    """When each signal of the last 24 hours was told."""
    held: list[HeldBack] = field(default_factory=list[HeldBack])
    """What was held back in the last `KEPT_DAYS` days and was not told since."""

    def pass_to(self, seconds: float, budget: int, lowest: float = 0.0) -> None:
        """Time passes: the bar sinks, to `lowest` at most, and the day's limit frees."""
        if seconds <= self.at:
            return
        if self.at:
            self.bar = max(min(lowest, self.bar), self.bar - STEP * SHARE * budget * min(1.0, (seconds - self.at) / DAY))
        self.at = seconds
        self.told = [at for at in self.told if seconds - at < DAY]
        self.held = [one for one in self.held if seconds - one.seconds < KEPT_DAYS * DAY]

    def height(self, budget: int, price: float) -> float:
        """What a rise must be worth beside the least: the bar, and with more than half of the day's budget told up to `price` more."""
        used = 2.0 * len(self.told) / budget - 1.0 if budget else 0.0
        return self.bar + price * min(1.0, max(0.0, used))

    def turn_back(self, seconds: float) -> None:
        """A clock had jumped and is right again."""
        self.at = min(self.at, seconds)
        self.told = [min(at, seconds) for at in self.told]

    def has_room(self, budget: int, harmful: bool = True) -> bool:
        """Whether one more signal may be told that is no crisis; one that speaks of no harm leaves the last ones to those that do."""
        return not budget or len(self.told) < (budget if harmful else free_of(budget))

    def tell(self, seconds: float, signal: str, budget: int) -> None:
        """A signal is told."""
        if budget:
            self.told.append(seconds)
            self.bar = min(HIGHEST, self.bar + STEP)
        self.held = [one for one in self.held if one.signal != signal]

    def hold(self, seconds: float, signal: str, subject: str) -> None:
        """A signal is held back."""
        self.held = [one for one in self.held if one.signal != signal]
        self.held.append(HeldBack(seconds, signal, subject))

    def held_since(self, seconds: float) -> int:
        """How many signals were held back from this moment on."""
        return sum(one.seconds >= seconds for one in self.held)

    def to_data(self) -> dict[str, Any]:
        """JSON values that `from_data` reads."""
        held = [[one.seconds, one.signal, one.subject] for one in self.held]
        return {"bar": self.bar, "at": self.at, "told": list(self.told), "held": held}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Budget:
        """The budget `to_data` described."""
        return cls(data["bar"], data["at"], list(data["told"]), [HeldBack(*row) for row in data["held"]])
