"""How serious a story is for the office: five factors, a score, the range it may lie in, a level and the reasons.

    factor        0                1               2                   3                    4                 weight
    harm          none said        nuisance        money, rights,      death, injury,       danger to many    ×3
                                                   homes, services     illness, hazard      lives now
    velocity      as usual         ≥ 1.5 × usual   ≥ 3 ×               ≥ 6 ×                ≥ 12 ×            ×2
    reach         one outlet       2 outlets       3–5                 6–14                 ≥ 15              ×2
                  or place         or places
    service gap   nobody asks      1 question      2–3 unanswered      4–7                  ≥ 8               ×2
    credibility   –                public posts    one press outlet    ≥ 2 press outlets    an official       ×1
                                   only                                                     source speaks

    score = 3 harm + 2 velocity + 2 reach + 2 gap + 1 credibility, 0..40
    level   0–9 watch · 10–17 low · 18–25 medium · 26–32 high · 33+ crisis

Guards. What happened abroad, and in none of the office's places, is harm of level 2 at most: it is read here and asks for no rescue. harm
4 is a crisis whatever the reach: one report of a cracked dam is enough to call the owner, where an outlet or an official source answers
for it. One public post and its copies, be they forty, are one voice nobody answers for: high, until a second original, an outlet or an
official source speaks. A story that
speaks of no harm and in which nobody asks for a service is criticism or talk: never above low, however loud.
Embarrassment of officials is no factor and has no input here. Copies are one voice: callers count originals and
distinct outlets.

Reach is how far it goes, not how often it is said. Distinct outlets and, where the office gave a gazetteer, distinct places that the
originals name are counted apart, and the higher step counts: they are two views of one breadth, so they are never added. A flood that one
outlet tells of from six wards reaches as far as one of which six outlets tell. A place and one it lies in are one place; a private
person's post speaks for one place, however many it lists (`tallies.member_of`), and a copy for none. Without a gazetteer no place is known.

Honesty. Each factor is also given as the lowest and highest value its evidence allows (a count of 3 against 0.4 usual
is anything from 2 to 20 times), and `low`..`high` is the score from these. The score is an order of attention, not a
measurement, and nobody sets it by hand. The level a person may set, with a reason; how long that holds says `in_force`: until the engine
rises above what it said then. Whoever calls a cracked dam low is not heard when it breaks. Whether a
claim is true is another axis and never mixed in: an official source that denies counts as one that speaks.

Why not one learned score: no gold exists for "how serious", a weighted sum can be read, argued with and changed by an
office. Reading: WHO and UNICEF 2023, How to build an infodemic insights report in six steps; Garwood 1936 for the
range of a Poisson rate."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from kentongan.engine.records import LEVELS, Level, Reason, Severity

_WEIGHTS = (3, 2, 2, 2, 1)
_LEVEL_FROM = (0, 10, 18, 26, 33)
_GROWTH = (1.5, 3.0, 6.0, 12.0)
_REACH = (2, 3, 6, 15)
"""Of outlets and of places."""
_QUESTIONS = (1, 2, 4, 8)
_LOWEST_USUAL = 0.25
_ABROAD = 2
"""The highest harm of what happened abroad."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a story. Counts are of originals, outlets of distinct names; `observed` and `expected` are of
    the same hours.

    `harm` is the highest level any article supports, `harm_articles` how many support it, `harm_words` the words.
    `questions` counts those asked since an official source last spoke in the story; `answered` says whether one spoke
    after any. `abroad`: what its reports say of places is abroad, and none is the office's. `one_post`: all of it is one public post
    and its `copies`. `places` are those of the office that originals speak for, none of which lies in another."""

    harm: int
    harm_articles: int
    harm_words: tuple[str, ...]
    observed: float
    expected: float
    hours: int
    press_outlets: int
    official: bool
    public_posts: int
    outlets: int
    questions: int
    answered: bool
    abroad: bool = False
    one_post: bool = False
    copies: int = 0
    places: int = 0


def assess(evidence: Evidence) -> Severity:
    """The severity of a story on this evidence. Pure: the same evidence gives the same severity."""
    factors = [_harm(evidence), _velocity(evidence), _reach(evidence), _gap(evidence), _credibility(evidence)]
    point, low, high = (tuple(factor[index] for factor in factors) for index in range(3))
    score = _sum(point)
    level, guard = _level(evidence, score, point[0], point[3])
    reasons = (*_reasons(evidence), *guard)
    return Severity(
        harm=point[0],
        velocity=point[1],
        reach=point[2],
        service_gap=point[3],
        credibility=point[4],
        score=score,
        low=_sum(low),
        high=_sum(high),
        level=level,
        reasons=reasons,
    )


def level_of(score: int) -> Level:
    """The level of a bare score, before the guards."""
    return LEVELS[_steps(score, _LEVEL_FROM) - 1]


def in_force(by_hand: Level, engine_then: Level, engine_now: Level) -> Level:
    """The level that counts where a person set one while the engine said `engine_then`: the person's, until the engine rises above that;
    then the higher of the two."""
    if LEVELS.index(engine_now) <= LEVELS.index(engine_then):
        return by_hand
    return by_hand if LEVELS.index(by_hand) >= LEVELS.index(engine_now) else engine_now


def _level(evidence: Evidence, score: int, harm: int, gap: int) -> tuple[Level, tuple[Reason, ...]]:
    level = level_of(score)
    if harm == 4 and evidence.one_post:
        return "high", (Reason("severity.guard.one_post", {"copies": evidence.copies}),)
    if harm == 4:
        return "crisis", (Reason("severity.guard.harm"),)
    if harm == 0 and gap == 0 and LEVELS.index(level) > LEVELS.index("low"):
        return "low", (Reason("severity.guard.talk"),)
    return level, ()


def _sum(factors: tuple[int, ...]) -> int:
    return sum(weight * factor for weight, factor in zip(_WEIGHTS, factors, strict=True))


def _steps(value: float, bounds: tuple[float, ...]) -> int:
    return sum(value >= bound for bound in bounds)


def _harm(evidence: Evidence) -> tuple[int, int, int]:
    """One article may exaggerate: with a single witness the level may be one lower, with words at all it may be one
    higher."""
    most = _ABROAD if evidence.abroad else 4
    level = min(evidence.harm, most)
    low = level - 1 if level and evidence.harm_articles == 1 else level
    return level, low, min(most, level + 1) if level and evidence.harm_articles == 1 else level


def _velocity(evidence: Evidence) -> tuple[int, int, int]:
    usual = max(evidence.expected, _LOWEST_USUAL)
    spread = sqrt(evidence.observed)
    ratios = (evidence.observed / usual, max(0.0, evidence.observed - spread) / usual, (evidence.observed + spread) / usual)
    if evidence.observed <= 1:  # one report is no growth
        return 0, 0, 1
    point, low, high = (_steps(ratio, _GROWTH) for ratio in ratios)
    return point, low, high


def _reach(evidence: Evidence) -> tuple[int, int, int]:
    level = max(_steps(evidence.outlets, _REACH), _steps(evidence.places, _REACH))
    return level, level, level


def _gap(evidence: Evidence) -> tuple[int, int, int]:
    """A rhetorical question may count as one, and one may be missed."""
    return (
        _steps(evidence.questions, _QUESTIONS),
        _steps(evidence.questions - 1, _QUESTIONS),
        _steps(evidence.questions + 1, _QUESTIONS) if evidence.questions else 0,
    )


def _credibility(evidence: Evidence) -> tuple[int, int, int]:
    level = 4 if evidence.official else 3 if evidence.press_outlets >= 2 else 2 if evidence.press_outlets else 1
    return level, level, level


def _reasons(evidence: Evidence) -> tuple[Reason, ...]:
    reasons: list[Reason] = []
    if evidence.harm:
        words = ", ".join(evidence.harm_words)
        reasons.append(Reason(f"severity.harm.{evidence.harm}", {"words": words, "count": evidence.harm_articles}))
        if evidence.abroad and evidence.harm > _ABROAD:
            reasons.append(Reason("severity.harm.abroad"))
    else:
        reasons.append(Reason("severity.harm.0"))
    reasons.append(Reason("severity.velocity", {"observed": evidence.observed, "expected": evidence.expected, "hours": evidence.hours}))
    if _steps(evidence.places, _REACH) > _steps(evidence.outlets, _REACH):
        reasons.append(Reason("severity.reach.places", {"places": evidence.places, "outlets": evidence.outlets}))
    else:
        reasons.append(Reason("severity.reach", {"outlets": evidence.outlets}))
    if evidence.questions:
        reasons.append(Reason("severity.gap", {"questions": evidence.questions}))
    elif evidence.answered:
        reasons.append(Reason("severity.gap.answered"))
    who = "official" if evidence.official else "press" if evidence.press_outlets else "public"
    reasons.append(Reason(f"severity.credibility.{who}", {"outlets": evidence.press_outlets, "posts": evidence.public_posts}))
    return tuple(reasons)
