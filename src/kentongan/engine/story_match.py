"""How an article compares with the stories at hand: within a language, and between languages. Nothing is changed here.

Within a language the score is  cosine × tightness + `words_weight` × cosine of weighted words − `gap_cost` × share of the window since
the last report. Tightness is the length of the mean of the facet's vectors: a loose story has a middle that is near to
everything, and without this factor it swallows its neighbours (cosine × tightness is the mean cosine with the members). Words
alone join nothing: below `least_cosine` they do not count.

Between languages there are few words in common and cosines are lower, so the question is not "how near" but "how much nearer than
anything else", asked from both sides (margin criterion of bitext mining; Artetxe & Schwenk 2019): the cosine must exceed the mean of what
the article has with other stories of that language and the story has with others of the article's language by `across_margin`.

A text of service (`recurring`) fits no story of such texts that began on another day, in whatever language.

Small events that are announced in one form (house fires: one every two days) chain into one story, and a great event of that form joins
the chain by its first reports. So a story that grew is looked at again: where a silence of most of a day lies before what is now the bulk
of it, and what came before is unlike the bulk by the same score, these are two events. On headlines of a week (December 2025) what came
before such a silence scored 0.57 or more where it was the same matter, and 0.29 where it was another fire.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kentongan.engine.records import Language
from kentongan.engine.recurring import day_of, is_recurring
from kentongan.engine.story_state import Facet, Member, State, Thread, kin, tongue
from kentongan.engine.vectors import FloatArray

DAY = 86_400.0
_NEAR, _SHARED = 16, 12
_POSTINGS = 200
_NEIGHBOURS, _USUAL = 4, 0.25
"""How many neighbours tell what is usual between languages, and what stands for those that are not there."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How stories are told apart. Cosines and weights without unit, times in days of event time."""

    active_days: float = 4.0
    keep_days: float = 10.0
    max_active: int = 20_000
    join: float = 0.60
    words_weight: float = 0.8
    least_cosine: float = 0.25
    gap_cost: float = 0.15
    merge: float = 1.0
    across: float = 0.36
    across_margin: float = 0.09
    across_sure: float = 0.62
    rival: float = 0.50
    silence_hours: float = 20.0
    bulk: int = 6
    older: float = 0.45


@dataclass(frozen=True, slots=True)
class Arrival:
    """What of an article is compared. `language` is that of `kin`; `vector` is centred; `weights` are of its words; `norm` their length.

    `service`: it is a text of service, which belongs to its day.
    """

    language: Language
    seconds: float
    vector: FloatArray
    weights: Mapping[str, float]
    norm: float
    service: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """How an article compares with a story. It fits when `margin` is not negative.

    `facet` is the one it would join, None for a first article in that language. `rivals` are articles in the article's own
    language that would have to leave, because they were taken for the same event only by a weaker likeness across languages.
    """

    thread: Thread
    facet: Facet | None
    cosine: float
    lexical: float
    margin: float
    rivals: tuple[str, ...] = ()


def within(state: State, arrival: Arrival, settings: Settings) -> Match | None:
    """The best story with a facet in the article's own language; None when there is none to compare with."""
    names = dict.fromkeys([*_near(state, arrival.vector), *_sharing(state, arrival.weights)])
    best: Match | None = None
    for name in names:
        match = compare(state, state.threads[name], arrival, settings)
        if match is not None and (best is None or _order(match) < _order(best)):
            best = match
    return best


def _order(match: Match) -> tuple[float, float, str]:
    return -match.margin, match.thread.first, match.thread.id


def compare(state: State, thread: Thread, arrival: Arrival, settings: Settings) -> Match | None:
    """The article against the story's best facet in its own language; None without one or out of the window."""
    gap = max(0.0, arrival.seconds - thread.last, thread.first - arrival.seconds) / DAY
    if gap > settings.active_days or (arrival.service and of_another_day(thread, arrival.seconds)):
        return None
    best: Match | None = None
    for facet in thread.facets:
        if facet.language == arrival.language and facet.slot >= 0:
            match = _with_facet(state, thread, facet, arrival, gap / settings.active_days, settings)
            if best is None or match.margin > best.margin:
                best = match
    return best


def is_service(thread: Thread) -> bool:
    """Whether at least half of what is kept of a story are texts of service."""
    titles = [member.title for member in thread.members if not member.copy]
    return 2 * sum(map(is_recurring, titles)) >= max(1, len(titles))


def of_another_day(thread: Thread, seconds: float) -> bool:
    """Whether the story is one of texts of service and began on another day."""
    return day_of(thread.first) != day_of(seconds) and is_service(thread)


def begun(state: State, thread: Thread, settings: Settings) -> float | None:
    """When the event of a story began, where what the story holds from before is another event; None where it is all one.

    The bulk has at least `bulk` originals and twice as many as came before it.
    """
    language = kin(max(thread.languages, key=lambda name: thread.languages[name]))
    told = [member for member in thread.members if member.vector is not None and kin(member.language) == language]
    told.sort(key=lambda member: member.seconds)
    for place in range(len(told) // 3, 0, -1):
        if told[place].seconds - told[place - 1].seconds < settings.silence_hours * 3600 or len(told) - place < settings.bulk:
            continue
        early, late = told[:place], told[place:]
        middle = _middle(state, late)
        if sum(_score(state, member, *middle, len(late), settings) for member in early) / len(early) < settings.older:
            return late[0].seconds
    return None


def _middle(state: State, members: Sequence[Member]) -> tuple[FloatArray, Facet]:
    """The sum of the members' vectors, and their words as a facet has them."""
    facet = Facet(kin(members[0].language), -1, len(members))
    for member in members:
        for word in member.words:
            facet.words[word] = facet.words.get(word, 0.0) + 1.0
    facet.norm = math.sqrt(sum((state.counts.weight(word) * times / len(members)) ** 2 for word, times in facet.words.items()))
    vectors = np.array([member.vector for member in members], dtype=np.float32)
    return vectors.sum(axis=0, dtype=np.float32), facet


def _score(state: State, member: Member, total: FloatArray, facet: Facet, count: int, settings: Settings) -> float:
    """How well a member fits others of its story, as an arrival would, with no cost for the time between."""
    assert member.vector is not None
    weights = {word: state.counts.weight(word) for word in member.words}
    norm = math.sqrt(sum(weight * weight for weight in weights.values()))
    arrival = Arrival(facet.language, member.seconds, member.vector.astype(np.float32), weights, norm)
    fits = float(np.dot(total, arrival.vector)) / count  # the mean cosine: cosine with the middle times tightness
    return fits + settings.words_weight * _lexical(facet, arrival)


def _with_facet(state: State, thread: Thread, facet: Facet, arrival: Arrival, gap: float, settings: Settings) -> Match:
    cosine = float(np.dot(state.rows[facet.slot], arrival.vector))
    score, lexical = cosine, 0.0
    if cosine >= settings.least_cosine:
        total = state.sums[facet.slot]
        tightness = min(1.0, math.sqrt(float(np.dot(total, total))) / max(1, facet.articles))
        lexical = _lexical(facet, arrival)
        score = cosine * tightness + settings.words_weight * lexical - settings.gap_cost * gap
    return Match(thread, facet, cosine, lexical, score - settings.join)


def _lexical(facet: Facet, arrival: Arrival) -> float:
    """Cosine of the article's weighted words and the facet's weighted shares of words, 0..1."""
    if facet.norm <= 0.0 or arrival.norm <= 0.0:
        return 0.0
    mass = 0.0
    for word, weight in arrival.weights.items():
        times = facet.words.get(word)
        if times is not None:
            mass += weight * weight * times
    return mass / (facet.articles * arrival.norm * facet.norm)


def shared_words(facet: Facet | None, arrival: Arrival) -> list[str]:
    """The words an article has in common with a facet, the weightiest first."""
    if facet is None:
        return []
    shared = [(-weight, word) for word, weight in arrival.weights.items() if weight > 0.0 and word in facet.words]
    return [word for _, word in sorted(shared)]


def _near(state: State, vector: FloatArray) -> list[str]:
    """Stories with the facets nearest to the vector, by slot. BLAS may err in the last bit, so callers compute scores anew."""
    used = len(state.owners)
    if not used:
        return []
    cosines = state.rows[:used] @ vector
    chosen = np.argpartition(cosines, used - _NEAR)[-_NEAR:] if used > _NEAR else np.arange(used)
    return [state.owners[slot] for slot in sorted(chosen.tolist()) if state.owners[slot]]


def near_threads(state: State, thread: Thread) -> list[str]:
    """Other stories with facets near to those of this one, in a fixed order."""
    found = {name for facet in thread.facets if facet.slot >= 0 for name in _near(state, state.rows[facet.slot])}
    return sorted(found - {thread.id})


def _sharing(state: State, weights: Mapping[str, float]) -> list[str]:
    """Stories that share most weight of words with the article."""
    totals: dict[str, float] = {}
    for word, weight in weights.items():
        names = state.postings.get(word, {})
        if len(names) <= _POSTINGS:
            for name in names:
                totals[name] = totals.get(name, 0.0) + weight * weight
    return sorted(totals, key=lambda name: (-totals[name], name))[:_SHARED]


def across(state: State, arrival: Arrival, settings: Settings, own: Thread | None = None) -> Match | None:
    """The story in another language that tells the same, if one is clearly nearer than all others; else None.

    `own` is the story that asks, when a whole story looks for its counterpart.
    """
    nearest = _nearest(state, arrival.vector, arrival.language, own, foreign=True)
    for place, (cosine, slot) in enumerate(nearest[:3]):
        if cosine < settings.across:
            return None
        thread = state.threads[state.owners[slot]]
        gap = max(0.0, arrival.seconds - thread.last, thread.first - arrival.seconds) / DAY
        if gap > settings.active_days or (arrival.service and of_another_day(thread, arrival.seconds)):
            continue
        same = compare(state, thread, arrival, settings)
        rivals: tuple[str, ...] = ()
        if same is not None and same.margin + settings.join < settings.rival:
            if own is not None or not _weaker(state, thread, arrival.language, cosine):
                continue
            rivals = tuple(member.article for member in thread.members if kin(member.language) == arrival.language)
        others = [value for value, other in nearest if state.owners[other] != thread.id]
        back = _nearest(state, state.rows[slot], arrival.language, own, foreign=False)
        theirs = [value for value, other in back if state.owners[other] != thread.id]
        usual = (_mean(others) + _mean(theirs)) / 2.0
        margin = cosine - max(settings.across, usual + settings.across_margin)
        if margin >= 0.0 or (cosine >= settings.across_sure and place == 0):
            facet = same.facet if same is not None and not rivals else None
            return Match(thread, facet, cosine, 0.0, max(margin, cosine - settings.across_sure), rivals)
    return None


def _nearest(state: State, vector: FloatArray, language: Language, own: Thread | None, *, foreign: bool) -> list[tuple[float, int]]:
    """The nearest facets in other languages (`foreign`) or in this one, best first, without those of `own`."""
    used = len(state.owners)
    tongues = state.tongues[:used]
    wanted = (tongues != tongue(language)) & (tongues > 0) if foreign else tongues == tongue(language)
    if own is not None:
        wanted[[facet.slot for facet in own.facets if facet.slot >= 0]] = False
    slots = np.flatnonzero(wanted)
    if not len(slots):
        return []
    cosines = (state.rows[:used] @ vector)[slots]
    count = min(len(slots), 2 * _NEIGHBOURS)
    chosen = slots[np.argpartition(cosines, len(slots) - count)[-count:]].tolist()
    found = [(float(np.dot(state.rows[slot], vector)), slot) for slot in chosen]
    return sorted(found, key=lambda pair: (-pair[0], pair[1]))


def _mean(values: list[float]) -> float:
    known = values[:_NEIGHBOURS]
    return (sum(known) + _USUAL * (_NEIGHBOURS - len(known))) / _NEIGHBOURS


def _weaker(state: State, thread: Thread, language: Language, cosine: float) -> bool:
    """True where the story's only article in this language is less like the rest of the story than the new one is."""
    mine = [facet for facet in thread.facets if facet.language == language]
    rest = [facet for facet in thread.facets if facet.language != language]
    if thread.fixed or len(mine) != 1 or mine[0].articles != 1 or not rest:
        return False
    return max(float(np.dot(state.rows[mine[0].slot], state.rows[facet.slot])) for facet in rest) < cosine
