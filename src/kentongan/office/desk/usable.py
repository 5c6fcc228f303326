"""Which facts of an issue may be used in what the office says, and which not and why. Pure: records in, records out.

A fact may name what its figure is *about* ("people evacuated in Rawa Kenari"). Facts about the same with other figures are in *conflict*,
whoever holds them: none of them may be used until a named person *settles* it, with a reason. What was settled holds while nothing of it
moves: a new version of one of these facts, or a further fact about the same, opens the conflict again unless all figures are one by then.

Two ways of writing one figure must not look like two figures, but two figures looking like one would hide a conflict. So only what can mean
nothing else is taken as the same: letters' case and spaces, and groups of three digits parted by points or spaces (1.200 is 1 200 in
Indonesian and Vietnamese; 1,200 is left alone, there it is a fraction).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Code = Literal["withdrawn", "expired", "conflict", "other_holds"]
_GROUPED = re.compile(r"\d{1,3}(?:[. ]\d{3})+(?![\d.,])")


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as far as its use goes, at its latest version."""

    pk: int
    version: int
    about: str = ""
    figure: str = ""
    agency: int | None = None
    expires: datetime | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """Which fact holds, and between which facts, each at the version it then had."""

    about: str
    holds: int
    among: frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Ban:
    """Why a fact may not be used: `code`, and the facts that stand against it."""

    code: Code
    against: tuple[int, ...] = ()


def key_of(about: str) -> str:
    """What a figure is about, the same however it is written."""
    return " ".join(unicodedata.normalize("NFKC", about).casefold().split())


def figure_of(text: str) -> str:
    """A figure, the same however it is written."""
    return _GROUPED.sub(lambda found: re.sub(r"[. ]", "", found[0]), key_of(text))


def banned(facts: Sequence[Fact], settled: Sequence[Settled], now: datetime) -> dict[int, Ban]:
    """The facts that may not be used, by primary key, and why. Withdrawn and expired ones conflict with nothing."""
    out: dict[int, Ban] = {}
    for fact in facts:
        if fact.withdrawn:
            out[fact.pk] = Ban("withdrawn")
        elif _over(fact, now):
            out[fact.pk] = Ban("expired")
    holding = {key_of(one.about): one for one in settled}
    for about, group in alive(facts, now).items():
        if len({figure_of(fact.figure) for fact in group}) > 1:
            out |= _against(group, holding.get(about))
    return out


def alive(facts: Sequence[Fact], now: datetime) -> dict[str, list[Fact]]:
    """The facts with figures that count now, by what they are about (`key_of`)."""
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        if not fact.withdrawn and not _over(fact, now) and key_of(fact.about) and figure_of(fact.figure):
            found.setdefault(key_of(fact.about), []).append(fact)
    return found


def _over(fact: Fact, now: datetime) -> bool:
    return fact.expires is not None and fact.expires <= now


def _against(group: Sequence[Fact], settled: Settled | None) -> Mapping[int, Ban]:
    """Who may not be used among facts with other figures about the same."""
    held = next((fact for fact in group if settled is not None and fact.pk == settled.holds), None)
    if settled is not None and held is not None and {(fact.pk, fact.version) for fact in group} <= settled.among:
        return {fact.pk: Ban("other_holds", (held.pk,)) for fact in group if figure_of(fact.figure) != figure_of(held.figure)}
    return {
        fact.pk: Ban("conflict", tuple(sorted(one.pk for one in group if figure_of(one.figure) != figure_of(fact.figure))))
        for fact in group
    }
