"""Counts of people's complaints and posts by place and topic, so that no small group can be read out of them. Pure.

Observed. A count of three complaints about one topic in one ward points at three households. Hiding that cell is not enough: where a total
is shown, or a second table with a slightly different filter, subtraction brings it back (Hundepool et al., *Statistical Disclosure
Control*, 2012, chapter 4: primary and secondary suppression; Sweeney 2002: *k*-anonymity).

Method. Every count that is shown counts at least `k` reports. Per topic the places are a tree (city, districts, wards). A place with `k` or
more is shown by itself. The others of its district are shown together as "the rest of the district"; where these are still fewer than `k`,
the smallest place shown in that district joins them (the complementary suppression), and where nothing is shown there, they go up to "the
rest of the city". What is shown of a topic is so a *partition* of its reports: disjoint groups, each of `k` or more. Every total is a
sum of whole groups, so every difference of two shown numbers is again a sum of whole groups: nothing below `k` can be computed, whatever
is subtracted from what. A topic with fewer than `k` in all is not shown, and no total over topics or of a place over topics is given.

Against a second filter: there is none. Breakdowns are fixed (topic and place), periods are whole months that are over, and a month once
shown is kept as it was shown (`office.listening.releases`), so late imports cannot be found by comparing.

Known limits. Zeros are not hidden: nobody stands behind them. Who knows all other members of a group can still subtract them; no rule on
counts alone prevents that. Several reports of one person count as several: exports do not say who reported.

Why not noise (differential privacy): officers must be able to add the figures up and answer for each; why not rounding: fewer digits, but
differences of rounded numbers leak again when many tables are given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

K = 10
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One count as it is stored: `path` leads from the city to the place ("kota", "district", "ward"), at least one step."""

    topic: str
    path: Path
    count: int

    def __post_init__(self) -> None:
        if not self.path or self.count < 0:
            raise ValueError("a cell needs a place and a count that is not negative")


@dataclass(frozen=True, slots=True)
class Group:
    """One count that may be shown. `rest` says that it is what is left of `place`; `members` are the places in it, sorted."""

    topic: str
    place: str
    rest: bool
    members: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Release:
    """What may be shown: per topic a partition of its reports. `withheld` are topics with fewer than `k` in all."""

    groups: tuple[Group, ...]
    withheld: tuple[str, ...]

    def total(self, topic: str) -> int:
        """All reports of a topic that is shown."""
        return sum(group.count for group in self.groups if group.topic == topic)


@dataclass(slots=True)
class _Node:
    own: int = 0
    children: dict[str, _Node] = field(default_factory=dict[str, "_Node"])


@dataclass(slots=True)
class _Part:
    """What a branch of the tree gives: groups that stand, and small places that could not."""

    groups: list[Group] = field(default_factory=list[Group])
    small: dict[str, int] = field(default_factory=dict[str, int])


def shown(count: int, k: int = K) -> int | None:
    """A single count as it may be shown: itself from `k` up and at nought, else None ("fewer than ten")."""
    return count if count == 0 or count >= k else None


def release(cells: Iterable[Cell], k: int = K) -> Release:
    """The groups that may be shown, topics and places in order of their names. Equal cells are added up. Deterministic."""
    if k < 1:
        raise ValueError("k must be at least 1")
    trees: dict[str, _Node] = defaultdict(_Node)
    for cell in cells:
        node = trees[cell.topic]
        for step in cell.path:
            node = node.children.setdefault(step, _Node())
        node.own += cell.count
    groups: list[Group] = []
    withheld: list[str] = []
    for topic, tree in sorted(trees.items()):
        found = _top(topic, tree, k)
        groups += sorted(found, key=lambda group: (group.rest, group.place, group.members))
        if not found and _sum(tree):
            withheld.append(topic)
    return Release(tuple(groups), tuple(withheld))


def _top(topic: str, tree: _Node, k: int) -> list[Group]:
    """All branches of a topic; what could not stand in its own city joins a group of another, or is not shown with everything else."""
    parts = [_branch(topic, name, node, k) for name, node in sorted(tree.children.items())]
    joined = _Part([group for part in parts for group in part.groups], _added(part.small for part in parts))
    return _closed(topic, "", joined, k).groups


def _branch(topic: str, name: str, node: _Node, k: int) -> _Part:
    own = _Part()
    if node.own or not node.children:
        if node.own >= k:
            own.groups.append(Group(topic, name, False, (name,), node.own))
        else:
            own.small[name] = node.own
    if not node.children:
        return own
    parts = [own, *(_branch(topic, child, below, k) for child, below in sorted(node.children.items()))]
    joined = _Part([group for part in parts for group in part.groups], _added(part.small for part in parts))
    return _closed(topic, name, joined, k)


def _closed(topic: str, name: str, part: _Part, k: int) -> _Part:
    """Make a group of the small places of a branch, with the smallest shown one where they are too few; else hand them up."""
    total = sum(part.small.values())
    if total == 0:
        return _Part(part.groups, {})
    if total < k and not part.groups:
        return part
    members = dict(part.small)
    groups = list(part.groups)
    if total < k:
        joining = min(groups, key=lambda group: (group.count, group.place, group.members))
        groups.remove(joining)
        total += joining.count
        members.update(dict.fromkeys(joining.members, 0))
    return _Part([*groups, Group(topic, name, True, tuple(sorted(members)), total)], {})


def _added(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    out: dict[str, int] = defaultdict(int)
    for part in parts:
        for name, count in part.items():
            out[name] += count
    return dict(out)


def _sum(node: _Node) -> int:
    return node.own + sum(_sum(child) for child in node.children.values())
