"""How far people agree who label the same things: Krippendorff's alpha for labels without an order. Pure.

Observed. Two people who label "question" or "complaint" agree often by chance alone, the more so the commoner one label is: a share of
equal labels flatters. And people skip things: not everybody labels everything.

Method. alpha = 1 - D_o / D_e: the disagreement that is seen over what would be seen if the same labels were dealt out at random. Within a
thing that m people labelled each pair of labels counts 1/(m-1), so that a thing labelled by five does not outweigh one labelled by two;
a thing labelled once has no pair and is left out. 1 is full agreement, 0 is chance, below 0 people disagree more than chance would.

What it means. Krippendorff asks for 0.8, and for 0.667 where tentative conclusions do. Below that a label is not ready to learn from.

Known failures. Undefined (None) where nobody differs and only one label was ever used: there is nothing to tell apart. With twenty things
it is a rough figure; it is shown with their number.

Why not Cohen's kappa: for exactly two people and no gaps; here anybody of the office labels.

Reading: Krippendorff 2011, *Computing Krippendorff's Alpha-Reliability*, sections A to C (the tests repeat its three examples); Hayes &
Krippendorff 2007.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence


def alpha(things: Iterable[Sequence[Hashable]]) -> float | None:
    """The agreement on things, each a row of the labels it was given, at most one a person. None where it is undefined."""
    rows = [Counter(labels) for labels in things if len(labels) > 1]
    totals: Counter[Hashable] = Counter()
    for row in rows:
        totals.update(row)
    n = totals.total()
    expected = n * n - sum(count * count for count in totals.values())
    if not expected:
        return None
    seen = 0.0
    for row in rows:
        m = row.total()
        seen += (m * m - sum(count * count for count in row.values())) / (m - 1)
    return 1.0 - (n - 1) * seen / expected


def pairable(things: Iterable[Sequence[Hashable]]) -> int:
    """How many of the things were labelled by two people or more: the number behind `alpha`."""
    return sum(len(labels) > 1 for labels in things)
