"""The same claim said again, in other words or another language, is one claim; what is not surely the same is a new one.

Theory. A claim lives for days and is said by outlets that copy, shorten, translate and sharpen it. Grouping is online, as with stories,
but stricter: a false join would put an outlet's careful sentence under somebody's rumour, and an officer's decision about the one would
fall on the other. So a sentence joins a claim only when it is surely the same (`claims_match`) as one of its *tellings* and contradicts
none of them. The tellings are the first sentence heard and the first in each further language; later
ones are counted and forgotten, so that a chain of small changes cannot walk from "12" to "120".

What is usual, which decides between languages, is measured among the claims of the last days themselves and never taken below a floor:
in a new office nothing is near only because everything else is far.

A claim not heard for `keep_days` leaves the state; its row in the office stays, and a sentence that says it again begins a new one there.
Sentences that officers joined or parted by hand are not known here: that is the office's affair.

Known failures. Two sentences on one matter in which numbers stand against each other are two claims, also where one outlet rounded.

`step` changes the state it is given. The same sentences in the same order give the same claims.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from kentongan.engine.claims_facts import Facts, facts_of
from kentongan.engine.claims_match import NEIGHBOURS, USUAL, Likeness, Side, likeness
from kentongan.engine.records import Language, Reason, need_utc
from kentongan.engine.vectors import DIMENSION, Centres, FloatArray

_LOOKED_AT = 6
"""How many of the nearest tellings are compared in full."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`keep_days`: how long a claim is waited for. `most`: claims at hand; those heard longest ago leave first."""

    keep_days: float = 14.0
    most: int = 5_000


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that makes a claim. `vector` is its e5 vector, of length one, not centred."""

    text: str
    language: Language
    at: datetime
    vector: FloatArray

    def __post_init__(self) -> None:
        need_utc(self, "at")


@dataclass(frozen=True, slots=True)
class Joined:
    """The number of the claim a sentence belongs to, whether it began it, and why. `suggested` claims may be the same: a person decides."""

    claim: int
    new: bool
    reasons: tuple[Reason, ...]
    suggested: tuple[tuple[int, float], ...] = ()
    telling: bool = False
    """Whether the sentence stands for the claim in its language from now on."""


@dataclass(slots=True)
class _Telling:
    claim: int
    facts: Facts
    centred: FloatArray


@dataclass(slots=True)
class State:
    """The claims of the last days by their tellings. `centres` are those of the vectors' languages."""

    centres: Centres
    tellings: list[_Telling] = field(default_factory=list[_Telling])
    last: dict[int, datetime] = field(default_factory=dict[int, datetime])
    fresh: int = 1
    """The number of the next new claim."""
    rows: FloatArray = field(default_factory=lambda: np.empty((0, DIMENSION), dtype=np.float32))


def start(centres: Centres, known: Iterable[tuple[int, Said]] = (), fresh: int = 1) -> State:
    """A state with these tellings of claims; numbers of new claims begin at `fresh`, which must be above all known."""
    state = State(centres, fresh=fresh)
    for claim, said in known:
        _tell(state, claim, said, facts_of(said.text, said.language))
        state.last[claim] = max(said.at, state.last.get(claim, said.at))
    return state


def step(state: State, said: Said, settings: Settings | None = None) -> tuple[State, Joined]:
    """Put one sentence to the claim it makes, an old one or a new."""
    rules = settings or Settings()
    _expire(state, said.at, rules)
    facts = facts_of(said.text, said.language)
    likes = _likes(state, said, facts)
    sure = [(claim, like) for claim, like in likes if like.sure and not _contradicted(state, claim, said, facts)]
    if sure:
        claim, like = sure[0]
        state.last[claim] = max(said.at, state.last[claim])
        first = all(telling.facts.language != said.language for telling in state.tellings if telling.claim == claim)
        if first:
            _tell(state, claim, said, facts)
        return state, Joined(claim, False, like.reasons(), telling=first)
    claim, state.fresh = state.fresh, state.fresh + 1
    suggested = tuple((other, round(like.score, 3)) for other, like in likes if like.suggest)[:3]
    _tell(state, claim, said, facts)
    state.last[claim] = said.at
    return state, Joined(claim, True, (Reason("claim.new"),), suggested, telling=True)


def _tell(state: State, claim: int, said: Said, facts: Facts) -> None:
    centred = state.centres.centred(said.vector, said.language)
    count = len(state.tellings)
    if count == len(state.rows):
        larger = np.zeros((max(64, 2 * count), DIMENSION), dtype=np.float32)
        larger[:count] = state.rows
        state.rows = larger
    state.rows[count] = centred
    state.tellings.append(_Telling(claim, facts, centred))


def _expire(state: State, now: datetime, rules: Settings) -> None:
    """Let go of claims not heard for long, and of the oldest where there are too many."""
    until = now - timedelta(days=rules.keep_days)
    gone = {claim for claim, last in state.last.items() if last < until}
    left = len(state.last) - len(gone)
    if left > rules.most:
        oldest = sorted((last, claim) for claim, last in state.last.items() if claim not in gone)
        gone |= {claim for _, claim in oldest[: left - rules.most * 9 // 10]}
    if not gone:
        return
    state.tellings = [telling for telling in state.tellings if telling.claim not in gone]
    state.last = {claim: last for claim, last in state.last.items() if claim not in gone}
    state.rows = np.stack([telling.centred for telling in state.tellings]) if state.tellings else np.empty((0, DIMENSION), dtype=np.float32)


def _likes(state: State, said: Said, facts: Facts) -> list[tuple[int, Likeness]]:
    """The nearest claims with how like they are, the likest first, each once."""
    count = len(state.tellings)
    if not count:
        return []
    centred = state.centres.centred(said.vector, said.language)
    cosines = state.rows[:count] @ centred
    nearest: list[int] = np.argsort(-cosines, kind="stable")[:_LOOKED_AT].tolist()
    found: dict[int, Likeness] = {}
    for place in nearest:
        telling = state.tellings[place]
        mine = Side(facts, centred, _usual(state, cosines, telling.facts.language, telling.claim))
        back = state.rows[:count] @ telling.centred
        theirs = Side(telling.facts, telling.centred, _usual(state, back, said.language, telling.claim))
        like = likeness(mine, theirs)
        if telling.claim not in found or like.score > found[telling.claim].score:
            found[telling.claim] = like
    return sorted(found.items(), key=lambda pair: (-pair[1].score, pair[0]))


def _usual(state: State, cosines: FloatArray, language: Language, but: int) -> float:
    """What a sentence has with the nearest tellings of other claims in a language, never below the floor."""
    others = [
        float(cosine)
        for cosine, telling in zip(cosines.tolist(), state.tellings, strict=True)
        if telling.claim != but and telling.facts.language == language
    ]
    return max(USUAL, sum(sorted(others, reverse=True)[:NEIGHBOURS]) / NEIGHBOURS)


def _contradicted(state: State, claim: int, said: Said, facts: Facts) -> bool:
    """Whether a telling of the claim says the opposite in a hard part."""
    centred = state.centres.centred(said.vector, said.language)
    mine = Side(facts, centred)
    tellings = [telling for telling in state.tellings if telling.claim == claim]
    return any(likeness(mine, Side(telling.facts, telling.centred)).hard for telling in tellings)
