"""Did a claim's share of coverage change after the office answered it? An interval, a verdict, and what could not have been seen.

Observed. After an answer a false claim is told less; it would have been told less anyway, for every claim is forgotten. Articles are few,
and those of one outlet are alike: five of a paper that holds to a claim are not five judgements. Most offices see thirty articles and call
the difference a success.

Method. Two windows of equal length, before and after. Of all texts on the matter in each (copies left out: they count for who wrote them)
the share that makes the claim. Outlets are what is counted: the texts of each window are worth as many independent ones as their design
effect leaves (Rao & Scott 1992: the variance of the share between outlets over that of independent texts), never more than with a
correlation of `ALIKE` within an outlet, which three outlets cannot disprove. On these numbers stands Newcombe's interval for a difference
of two proportions (1998, his method 10, from Wilson's intervals). Outlets that speak in both windows are taken as strangers to themselves,
which makes the interval wider, never narrower.

Verdict. `fell` or `rose` where the whole 95 % interval is on one side of nought; else *no effect can be shown*, with the smallest fall that
would have been seen had the second window shown it. Below `FEWEST` outlets in a window nothing is said.

"Fell" is after, not because. There is no city beside ours that was not answered; the page must say so wherever it shows the verdict.

Known failures. An outlet that stopped writing on the matter leaves the share, which is of those who still write. The interval holds for
chance, not for claims that listening missed. Windows of which one is a holiday are not equal.

Why not a negative binomial rate of articles: it falls when the whole matter is forgotten, and that is no correction of the claim. Why not
a permutation of outlets: below six of them it can never reach 5 %. Why not pairs of outlets: most speak in one window alone.

Reading: Newcombe 1998; Rao & Scott 1992, *A simple method for the analysis of clustered binary data*; Kish 1965.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum, sqrt
from typing import Literal

from kentongan.engine.proof import wilson
from kentongan.engine.records import Reason, need_utc

Verdict = Literal["fell", "rose", "none"]
ALIKE = 0.3
"""Correlation of the texts of one outlet that is assumed at least."""
FEWEST = 3
LONGEST = timedelta(days=7)
_STEPS = 200


@dataclass(frozen=True, slots=True)
class Text:
    """A text on the matter: who wrote it, when, and whether it makes the claim (and does not deny it). `copy`: it repeats another's
    text."""

    outlet: str
    at: datetime
    claim: bool
    copy: bool = False

    def __post_init__(self) -> None:
        need_utc(self, "at")


@dataclass(frozen=True, slots=True)
class Window:
    """`texts` of `outlets`, of which `claim` make the claim; `worth` is how many independent texts they are worth."""

    texts: int
    claim: int
    outlets: int
    worth: float

    @property
    def share(self) -> float | None:
        return self.claim / self.texts if self.texts else None


@dataclass(frozen=True, slots=True)
class Effect:
    """The change of the share, after less before, with its 95 % interval; None where one window is empty.

    `least`: the smallest fall that would have been seen, as a share; None where not even the claim's end would have been.
    """

    before: Window
    after: Window
    change: float | None
    low: float
    high: float
    verdict: Verdict
    least: float | None

    def reason(self) -> Reason:
        """The verdict for people, with its numbers in points of a hundred."""
        if self.verdict == "fell":
            return Reason("echo.fell", {"points": -100 * (self.change or 0.0), "low": -100 * self.high, "high": -100 * self.low})
        if self.verdict == "rose":
            return Reason("echo.rose", {"points": 100 * (self.change or 0.0), "low": 100 * self.low, "high": 100 * self.high})
        if self.least is None:
            return Reason("echo.no_effect.few")
        return Reason("echo.no_effect", {"least": 100 * self.least})


def effect(texts: Iterable[Text], published: datetime, now: datetime, longest: timedelta = LONGEST) -> Effect:
    """What became of the claim's share until `now`. Equal texts in any order give the same."""
    span = min(longest, max(timedelta(), now - published))
    own = [one for one in texts if not one.copy]
    before = _window(one for one in own if published - span <= one.at < published)
    after = _window(one for one in own if published < one.at <= published + span)
    if before.share is None or after.share is None:
        return Effect(before, after, None, -1.0, 1.0, "none", None)
    low, high = difference(before.share, before.worth, after.share, after.worth)
    enough = min(before.outlets, after.outlets) >= FEWEST
    verdict: Verdict = "fell" if enough and high < 0.0 else "rose" if enough and low > 0.0 else "none"
    least = _least(before.share, before.worth, after.worth) if enough else None
    return Effect(before, after, after.share - before.share, low, high, verdict, least)


def _window(texts: Iterable[Text]) -> Window:
    told: Counter[str] = Counter()
    claimed: Counter[str] = Counter()
    for one in texts:
        told[one.outlet] += 1
        claimed[one.outlet] += one.claim
    total, claim = told.total(), claimed.total()
    return Window(total, claim, len(told), total / _design(told, claimed) if total else 0.0)


def _design(told: Counter[str], claimed: Counter[str]) -> float:
    """How many texts stand for one independent one: as measured between outlets, never below what `ALIKE` makes of their sizes."""
    total, outlets = told.total(), len(told)
    share = claimed.total() / total
    sizes = sum(count * count for count in told.values()) / total
    assumed = 1.0 + ALIKE * (sizes - 1.0)
    if outlets < 2 or not 0.0 < share < 1.0:
        return assumed
    between = fsum((claimed[outlet] - share * count) ** 2 for outlet, count in told.items()) * outlets / ((outlets - 1) * total * total)
    return max(assumed, between * total / (share * (1.0 - share)))


def difference(first: float, first_worth: float, second: float, second_worth: float) -> tuple[float, float]:
    """Newcombe's 95 % interval of `second - first`, two shares of so many texts each."""
    l1, u1 = wilson(first, first_worth)
    l2, u2 = wilson(second, second_worth)
    change = second - first
    return (
        max(-1.0, change - sqrt((second - l2) ** 2 + (u1 - first) ** 2)),
        min(1.0, change + sqrt((u2 - second) ** 2 + (first - l1) ** 2)),
    )


def _least(share: float, before: float, after: float) -> float | None:
    """The smallest fall from `share` whose interval would have been below nought, in steps of half a point."""
    for step in range(1, _STEPS + 1):
        fall = step / _STEPS
        if fall > share:
            return None
        if difference(share, before, share - fall, after)[1] < 0.0:
            return fall
    return None
