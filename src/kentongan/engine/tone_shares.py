"""What may be said of many judgements of tone together: how many, which share, how sure, and nothing of a small group. Pure.

Observed. "60 % negative" of five items says nothing, and of five people it says who. A share without its n is read as a survey.

Method. A share is given with Wilson's 95 % interval, as `proof` has it. It is a share of the items that were told, "unclear" left out: to
abstain is no opinion. Below `K` items nothing is said but that they are too few.

Press speaks in public and by name; its five counts are given as they are. Behind public posts stand people: what is shown of them is a
partition into parts of `K` or more. Answers given by fewer join the smallest others until they are enough together, as
`disclosure` does with places. Every total is then a sum of whole parts, so nothing below `K` comes out by subtraction; a pole that was
joined has no share.

Known limits. Posts are counted, not people: several posts of one person count as several. The interval holds for chance alone, not for
whom one hears, and takes the head's answers as they are. Nought is shown: nobody stands behind it.

Why not the mean of calibrated beliefs: it would count those on which the head abstains.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kentongan.engine import proof
from kentongan.engine.disclosure import K
from kentongan.engine.tone import Tone

TONES: tuple[Tone, ...] = ("negative", "mixed", "neutral", "positive", "unclear")
"""The five answers as they are drawn, from one pole to the other; unclear stands apart at the end."""


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`, as a share between its 95 % bounds."""

    count: int
    of: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Part:
    """Some items and the answers they got: one answer, or several that are too few to be told apart."""

    tones: tuple[Tone, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Said:
    """What may be said: n where it is told, the parts it is made of, and the share of each pole where that may be told.

    `n` is None for fewer than `K`, and so is everything else; nought is told.
    """

    n: int | None
    parts: tuple[Part, ...] = ()
    negative: Share | None = None
    positive: Share | None = None


def share_of(count: int, of: int) -> Share:
    """`count` of `of` with the interval of Wilson. `of` must be at least 1."""
    interval = proof.Share(count, of).interval
    if interval is None:
        raise ValueError("a share needs a number of at least one")
    share, (low, high) = count / of, interval
    return Share(count, of, share, min(share, low), max(share, high))


def said_of(counts: Mapping[Tone, int], *, people: bool, k: int = K) -> Said:
    """What may be said of these counts. `people`: private people stand behind them, so no part is smaller than `k`."""
    n = sum(counts.values())
    if n == 0:
        return Said(0)
    if n < k:
        return Said(None)
    parts = _joined(counts, k) if people else tuple(Part((tone,), counts[tone]) for tone in TONES if counts.get(tone))
    alone = {part.tones[0]: part.count for part in parts if len(part.tones) == 1}
    known: dict[Tone, int | None] = {tone: alone.get(tone) if counts.get(tone) else 0 for tone in TONES}
    unclear = known["unclear"]
    told = n - unclear if unclear is not None else 0
    negative, positive = (share_of(count, told) if told >= k and count is not None else None for count in _poles(known))
    return Said(n, parts, negative, positive)


def _poles(known: Mapping[Tone, int | None]) -> tuple[int | None, int | None]:
    return known["negative"], known["positive"]


def _joined(counts: Mapping[Tone, int], k: int) -> tuple[Part, ...]:
    """A partition into parts of `k` or more: what is smaller stands together, with the smallest of the others where that is not enough."""
    present: list[Tone] = [tone for tone in TONES if counts.get(tone)]
    there = sorted(present, key=lambda tone: (counts[tone], TONES.index(tone)))
    together: list[Tone] = []
    for tone in there:
        if counts[tone] >= k and (not together or sum(counts[one] for one in together) >= k):
            break
        together.append(tone)
    parts = [Part((tone,), counts[tone]) for tone in TONES if counts.get(tone) and tone not in together]
    if together:
        parts.append(Part(tuple(tone for tone in TONES if tone in together), sum(counts[tone] for tone in together)))
    return tuple(parts)
