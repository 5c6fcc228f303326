"""Part by part: does the passage bear this part out? It agrees, it is computed from the passage in a shown way, it is absent, or against.

Observed. "312 gia đình" and "312 keluarga" agree; "28 more families" follows from 312 and 340; "Thursday" follows from 27 November 2025.
A part that stands nowhere in the passage may be true and is not borne out; a part where the passage has another figure for the same thing
stands against it.

Method. `findings` gives for every part of the sentence one `Finding` with its place in both texts. Numbers agree in value and unit
(measures in their base unit, a student is a person), bounds are respected ("more than 300" follows from 312, "312" does not follow from
"more than 312"). Computed are a sum of up to four, a difference, a share, only where the sentence has a word for it, in the precision it
is said in; days by the calendar, hours between two clock readings, a year from the day of saying. Names agree by their words, their
initials or as names of one thing (`Aliases`). A quotation must stand there word for word. Negation is compared stem by stem in one
language, by parity between two. What only strengthens (all, only, most, because, a guess or plan told as fact) is absent unless it
is said.

Known failures. Whose number it is, is not parsed: two numbers of one unit exchanged between two names agree. Between languages negation of
one part is taken for the whole sentence.

Reading: Roy, Vieira and Roth 2015; Falke et al. 2019 and Kryściński et al. 2020 (what summaries get wrong); Thorne et al. 2018 (FEVER).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Literal

from kentongan.engine.evidence_parts import Mark, Marked, Name, Reading, scope_of, together
from kentongan.engine.evidence_words import keys, union
from kentongan.engine.moments import Moment, in_year_of
from kentongan.engine.quantities import Quantity, is_measure, wider

Outcome = Literal["agrees", "computed", "absent", "against"]
Kind = Literal["number", "date", "name", "quote", "negation", "comparison", "modality", "words"]
MOST_ADDENDS, MOST_NUMBERS = 4, 12
ROUGHLY = 0.05
"""How far "about" may be from the figure it rounds."""
NEAR_BOUND = 0.2
"""How far "more than" or "less than" may be from the figure it follows from: "more than 3" says nothing of 312."""
SHORT = 14
"""Content words up to which, between languages, a negation of the passage is taken for that of the whole."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one part. `start`, `end` in the sentence; `there` in the passage (None where it is not); `how` shows a computation."""

    kind: Kind
    code: str
    outcome: Outcome
    start: int
    end: int
    there: tuple[int, int] | None = None
    how: str = ""


def findings(claim: Reading, sentences: Sequence[Reading], said: date | None = None) -> tuple[Finding, ...]:
    """Every part of `claim` held against the sentences of a passage, in order of kind. `said`: the day on which the passage was said."""
    passage = together(sentences)
    names = tuple(_name(one, passage) for one in claim.names)
    numbers = tuple(_number(one, claim, passage) for one in claim.quantities)
    focus = _focus(claim, sentences, (*names, *numbers))
    return (
        *(_nearer(_number(one, claim, focus), far) for one, far in zip(claim.quantities, numbers, strict=True)),
        *(_nearer(_moment(one, claim, focus, said), _moment(one, claim, passage, said)) for one in claim.moments),
        *names,
        *_quotes(claim, passage),
        *_negation(claim, focus),
        *_comparison(claim, focus),
        *_modality(claim, focus),
    )


def _nearer(near: Finding, far: Finding) -> Finding:
    """What the sentence of the passage that speaks of the same says of a part; what all of it says where that says nothing of it."""
    return far if near.outcome == "absent" and far.outcome != "absent" else near


def _focus(claim: Reading, sentences: Sequence[Reading], parts: Sequence[Finding]) -> Reading:
    """The sentence of the passage that speaks of the same: most stems and parts in common; all of them where none stands out."""
    stems = [claim.keys_at(place) for place in claim.content]
    borne = [one.there for one in parts if one.there is not None and one.outcome in ("agrees", "computed")]
    shared = [
        sum(bool(one & sentence.keys) for one in stems) + 2 * sum(sentence.start <= there[0] < sentence.end for there in borne)
        for sentence in sentences
    ]
    best = max(shared)
    return together(sentences) if shared.count(best) > 1 or best == 0 else sentences[shared.index(best)]


# ---- numbers ----------------------------------------------------------------------------------------------------------------
def _number(one: Quantity, claim: Reading, passage: Reading) -> Finding:
    facing = [other for other in passage.quantities if _one_thing(one, other, claim.language == passage.language)]
    limited = any(other.bound == one.bound != "" for other in facing)
    for other in facing:
        outcome, code = _agreement(one, other)
        if limited and outcome == "computed":
            continue
        if outcome in ("agrees", "computed"):
            how = "" if outcome == "agrees" else f"{_said(other)} → {_said(one)}"
            return Finding("number", code, outcome, one.start, one.end, (other.start, other.end), how)
    computed = _computed(one, claim, passage)
    if computed is not None:
        return computed
    near = [other for other in facing if other.unit == one.unit and one.unit and not other.soft] or [
        other for other in facing if _agreement(one, other)[0] == "absent"
    ]
    if one.soft and not near:
        return Finding("number", "number.agrees", "agrees", one.start, one.end)
    if near:
        code = next((code for other in near if (code := _agreement(one, other)[1]) != "number.differs"), "number.differs")
        kind: Kind = "modality" if code == "number.rounded" else "number"
        return Finding(kind, code, "against" if code == "number.differs" else "absent", one.start, one.end, (near[0].start, near[0].end))
    same = next((other for other in passage.quantities if other.value == one.value), None)
    if same is not None:
        return Finding("number", "number.unit", "against", one.start, one.end, (same.start, same.end))
    return Finding("number", "number.absent", "absent", one.start, one.end)


def _one_thing(one: Quantity, other: Quantity, within: bool) -> bool:
    """Whether two quantities count the same: one unit, one measure, the wider of the two, or neither known."""
    if "label" in (one.unit, other.unit):
        return one.unit in ("label", "") and other.unit in ("label", "")
    if one.unit and other.unit:
        return one.base[0] == other.base[0] or wider(one.unit) == other.unit or wider(other.unit) == one.unit
    if is_measure(one.unit) or is_measure(other.unit):
        return False
    return not (within and one.noun and other.noun and not one.unit and not other.unit) or bool(
        keys(one.noun, "id") & keys(other.noun, "id")
    )


def _agreement(one: Quantity, other: Quantity) -> tuple[Outcome, str]:
    mine, theirs = one.base[1], other.base[1]
    same = abs(mine - theirs) <= 1e-9 * max(abs(mine), abs(theirs), 1.0)
    if same and (one.bound == other.bound or (one.bound == "about" and not other.bound)):
        return "agrees", "number.agrees"
    if not other.bound and one.bound:
        held = {"above": theirs >= mine > 0, "below": theirs <= mine, "about": abs(mine - theirs) <= ROUGHLY * abs(theirs)}
        near = one.bound == "about" or abs(mine - theirs) <= NEAR_BOUND * abs(theirs)
        return ("computed", "number.bounded") if held[one.bound] and near else ("against", "number.differs")
    if same:
        return "absent", "number.rounded" if other.bound == "about" else "number.bound"
    return "against", "number.differs"


def _computed(one: Quantity, claim: Reading, passage: Reading) -> Finding | None:
    ways: tuple[tuple[Mark, Callable[[Quantity, Sequence[Quantity]], Way | None]], ...]
    ways = (("total", _sum), ("change", _difference), ("share", _share))
    numbers = [other for other in passage.quantities if other.unit != "label" and not other.soft][:MOST_NUMBERS]
    spent = _between(one, passage)
    if spent is not None:
        return spent
    for mark, way in ways:
        if claim.marked(mark) is None and not (mark == "share" and one.unit == "percent"):
            continue
        found = way(one, numbers)
        if found is not None:
            how, used = found
            there = (min(other.start for other in used), max(other.end for other in used))
            return Finding("number", f"number.{mark}", "computed", one.start, one.end, there, how)
    return None


Way = tuple[str, Sequence[Quantity]]


def _sum(one: Quantity, numbers: Sequence[Quantity]) -> Way | None:
    mine = [other for other in numbers if _one_thing(one, other, within=False)]
    for count in range(2, MOST_ADDENDS + 1):
        for some in combinations(mine, count):
            if _equal(sum(other.base[1] for other in some), one.base[1]):
                return f"{' + '.join(_said(other) for other in some)} = {_said(one)}", some
    return None


def _difference(one: Quantity, numbers: Sequence[Quantity]) -> Way | None:
    for some in combinations([other for other in numbers if _one_thing(one, other, within=False)], 2):
        large, small = sorted(some, key=lambda other: -other.base[1])
        if one.value and _equal(large.base[1] - small.base[1], one.base[1]):
            return f"{_said(large)} − {_said(small)} = {_said(one)}", some
    return None


def _share(one: Quantity, numbers: Sequence[Quantity]) -> Way | None:
    if one.unit != "percent" or any(other.unit == "percent" for other in numbers):
        return None
    digits = len(f"{one.value:g}".partition(".")[2])
    for some in combinations([other for other in numbers if other.unit != "percent" and other.value], 2):
        small, large = sorted(some, key=lambda other: other.base[1])
        if small.base[0] == large.base[0] or "" in (small.unit, large.unit):
            for value, how in (
                (small.base[1] / large.base[1], f"{_said(small)} / {_said(large)}"),
                (large.base[1] / small.base[1] - 1, f"{_said(large)} / {_said(small)} − 1"),
                (1 - small.base[1] / large.base[1], f"1 − {_said(small)} / {_said(large)}"),
            ):
                if _equal(round(100 * value, digits), one.value):
                    return f"{how} = {_said(one)} %", some
    return None


def _between(one: Quantity, passage: Reading) -> Finding | None:
    """Days between two days, hours and minutes between two clock readings."""
    measure = one.base[0]
    if measure not in ("days", "time"):
        return None
    for first, last in combinations(passage.moments, 2):
        there = (min(first.start, last.start), max(first.end, last.end))
        if measure == "days" and first.date and last.date and abs((last.date - first.date).days) == one.base[1]:
            return Finding("number", "number.days", "computed", one.start, one.end, there, f"{last.date} − {first.date} = {one.base[1]:g}")
        if measure == "time" and first.hour is not None and last.hour is not None:
            seconds = abs((last.hour - first.hour) * 3600 + ((last.minute or 0) - (first.minute or 0)) * 60)
            if seconds == one.base[1]:
                return Finding("number", "number.hours", "computed", one.start, one.end, there, f"{_clock(last)} − {_clock(first)}")
    return None


def _equal(left: float, right: float) -> bool:
    return abs(left - right) <= 1e-6 * max(1.0, abs(left), abs(right))


def _said(one: Quantity) -> str:
    return f"{one.value:g}"


def _clock(one: Moment) -> str:
    return f"{one.hour:02}:{one.minute or 0:02}"


# ---- days and hours ---------------------------------------------------------------------------------------------------------
def _moment(one: Moment, claim: Reading, passage: Reading, said: date | None) -> Finding:
    best: Finding | None = None
    again = [other for other in claim.moments if other.named == one.named]
    if one is not again[0] and sum(one.named.items() <= other.named.items() for other in passage.moments) < len(again):
        return Finding("date", "date.differs", "against", one.start, one.end)
    for other in passage.moments:
        finding = _against_moment(one, other, said)
        if finding.outcome in ("agrees", "computed"):
            return finding
        best = finding if best is None or (finding.outcome == "against") > (best.outcome == "against") else best
    return best or Finding("date", "date.absent", "absent", one.start, one.end)


def _against_moment(one: Moment, other: Moment, said: date | None) -> Finding:
    """Every field this names must be named there, or follow from it and the day of saying."""
    there = (other.start, other.end)
    if one.ago is not None or other.ago is not None:
        if one.ago == other.ago:
            return Finding("date", "date.agrees", "agrees", one.start, one.end, there)
        return Finding("date", "date.absent", "absent", one.start, one.end)
    for theirs, how in _readings_of(other, one, said):
        if one.named.items() <= theirs.items():
            return Finding(
                "date", "date.computed" if how else "date.agrees", "computed" if how else "agrees", one.start, one.end, there, how
            )
    shared = one.named.keys() & other.named.keys()
    weekday = one.date.weekday() if one.date and other.weekday is not None and other.day is None else other.weekday
    differs = any(one.named[name] != other.named[name] for name in shared)
    if weekday != other.weekday or (differs and (shared != {"year"} or len(one.named) == 1)):
        return Finding("date", "date.differs", "against", one.start, one.end, there)
    return Finding("date", "date.absent", "absent", one.start, one.end)


def _readings_of(other: Moment, one: Moment, said: date | None) -> Iterator[tuple[dict[str, int], str]]:
    """What a moment of the passage names: as it stands; with its year; with its weekday; a weekday as the day next to its saying."""
    yield other.named, f"{other.date:%Y-%m-%d}" if other.derived and other.date else ""
    fuller = in_year_of(other, said)
    day = fuller.date
    if day is not None:
        yield fuller.named | {"weekday": day.weekday()}, f"{day:%Y-%m-%d}"
    if said is not None and other.weekday is not None and other.day is None and one.day is not None:
        for days in range(-6, 7):
            day = said + timedelta(days=days)
            if day.weekday() == other.weekday:
                yield other.named | {"year": day.year, "month": day.month, "day": day.day}, f"{day:%Y-%m-%d}"


# ---- names and quotations ---------------------------------------------------------------------------------------------------
def _name(one: Name, passage: Reading) -> Finding:
    """All words of a name stand there, or it is another name of what is named there."""
    alone = (one.first,) if one.first and not one.words and not one.groups else ()
    missing = [word for word in (*one.words, *alone) if not _has(word, passage)]
    unknown = [group for group in one.groups if group not in passage.groups]
    if not missing and not unknown:
        where = next(((token.start, token.end) for token in passage.tokens if token.plain in one.words), None)
        return Finding("name", "name.agrees", "agrees", one.start, one.end, where)
    return Finding("name", "name.absent", "absent", one.start, one.end)


def _has(word: str, passage: Reading) -> bool:
    if word in passage.words or word in passage.initials:
        return True
    return any(len(token.plain) > 4 and word.startswith(token.plain) and len(word) - len(token.plain) <= 3 for token in passage.tokens)


def _quotes(claim: Reading, passage: Reading) -> Iterator[Finding]:
    """Words in quotation marks must stand in the passage in this order; one word in marks is a name or a nickname."""
    theirs = [token.plain for token in passage.tokens]
    for one in claim.quotes:
        mine = [token.plain for token in claim.tokens if one.start <= token.start < one.end]
        if len(mine) < 2:
            continue
        at = next((place for place in range(len(theirs) - len(mine) + 1) if theirs[place : place + len(mine)] == mine), None)
        if at is not None:
            there = (passage.tokens[at].start, passage.tokens[at + len(mine) - 1].end)
            yield Finding("quote", "quote.agrees", "agrees", one.start, one.end, there)
        else:
            code = "quote.differs" if claim.language == passage.language else "quote.translated"
            yield Finding("quote", code, "absent", one.start, one.end)


# ---- negation and opposites -------------------------------------------------------------------------------------------------
def _negation(claim: Reading, passage: Reading) -> Iterator[Finding]:
    if claim.language == passage.language:
        yield from _negation_within(claim, passage)
    else:
        yield from _negation_across(claim, passage)
    for line, end in sorted(claim.poles):
        facing = (line, 1 - end)
        if facing in passage.poles and (line, end) not in passage.poles:
            yield Finding("comparison", "opposite.differs", "against", claim.start, claim.end, (passage.start, passage.end))


def _negation_within(claim: Reading, passage: Reading) -> Iterator[Finding]:
    mine = union(claim.keys_at(place) for place in claim.content)
    lost = (mine & passage.negated) - claim.negated
    added = (claim.negated & passage.keys) - passage.negated
    where = _first(claim.negators) or (claim.start, claim.end)
    there = _first(passage.negators)
    agree = bool(claim.negated & passage.negated) or _turned_by_opposite(claim, passage)
    if claim.negators and passage.negators:
        outcome: Outcome = "agrees" if agree or not (lost or added) else "against"
        yield Finding("negation", "negation.agrees" if outcome == "agrees" else "negation.differs", outcome, *where, there)
    elif claim.negators and not agree:
        code, outcome = ("negation.added", "against") if added else ("negation.absent", "absent")
        yield Finding("negation", code, outcome, *where, (passage.start, passage.end) if added else None)
    elif lost and not agree and not _said_plainly(lost, passage):
        yield Finding("negation", "negation.lost", "against", *where, there)


def _said_plainly(stems: frozenset[str], passage: Reading) -> bool:
    """Whether each of these stands there more often than a negation turns it."""
    counts = [sum(stem in keys(token.low, passage.language) for token in passage.tokens) for stem in stems]
    return bool(counts) and min(counts) > max(1, len(passage.negators))


def _turned_by_opposite(claim: Reading, passage: Reading) -> bool:
    """Whether "not the one" stands on one side and "the other" on the other."""
    return bool(claim.turned & passage.poles) or bool(passage.turned & claim.poles)


def _negation_across(claim: Reading, passage: Reading) -> Iterator[Finding]:
    mine, theirs = len(claim.negators) % 2, len(passage.negators) % 2
    where = _first(claim.negators) or (claim.start, claim.end)
    if mine and not passage.negators and not _turned_by_opposite(claim, passage):
        yield Finding("negation", "negation.added", "against", *where, (passage.start, passage.end))
    elif theirs and not mine and not claim.negators and len(passage.content) <= SHORT and not _turned_by_opposite(claim, passage):
        yield Finding("negation", "negation.lost", "against", *where, _first(passage.negators))
    elif mine:
        yield Finding("negation", "negation.agrees", "agrees", *where, _first(passage.negators))


def _first(marked: Sequence[Marked]) -> tuple[int, int] | None:
    return (marked[0].start, marked[0].end) if marked else None


# ---- comparison and modality ------------------------------------------------------------------------------------------------
def _comparison(claim: Reading, passage: Reading) -> Iterator[Finding]:
    yield from _strengthens("comparison", ("superlative", "only", "all"), claim, passage)
    mine, theirs = claim.marked("comparator"), passage.marked("comparator")
    if mine is None:
        return
    if theirs is None:
        if not any(one.bound for one in claim.quantities) and not passage.marked("change"):
            yield Finding("comparison", "comparator.absent", "absent", mine.start, mine.end)
        return
    if claim.language == passage.language and _swapped(claim, mine, passage, theirs):
        yield Finding("comparison", "comparator.swapped", "against", mine.start, mine.end, (theirs.start, theirs.end))
    else:
        yield Finding("comparison", "comparator.agrees", "agrees", mine.start, mine.end, (theirs.start, theirs.end))


def _swapped(claim: Reading, mine: Marked, passage: Reading, theirs: Marked) -> bool:
    before, after = _sides(claim, mine)
    there_before, there_after = _sides(passage, theirs)
    return bool(before & there_after) and bool(after & there_before) and not after & there_after


def _sides(reading: Reading, at: Marked) -> tuple[frozenset[str], frozenset[str]]:
    before = [reading.keys_at(place) for place in reading.content if reading.tokens[place].end <= at.start]
    after = [reading.keys_at(place) for place in reading.content if reading.tokens[place].start >= at.end]
    return union(before), union(after)


def _modality(claim: Reading, passage: Reading) -> Iterator[Finding]:
    """A guess, a forecast or a plan of the passage must be one here; a cause must be said there."""
    softened = any(claim.marked(mark) for mark in _SOFT)
    for mark in _SOFT if not softened else ():
        there = passage.marked(mark)
        if there is not None and _about_this(claim, passage, there) and (mark != "plan" or claim.marked("done") is not None):
            yield Finding("modality", f"modality.{mark}", "absent", claim.start, claim.end, (there.start, there.end))
            break
    yield from _strengthens("modality", ("cause",), claim, passage)


_SOFT: tuple[Mark, ...] = ("guess", "forecast", "hedge", "plan")


def _about_this(claim: Reading, passage: Reading, mark: Marked) -> bool:
    """Whether the sentence takes up what follows a guess or plan; between languages, whether the passage says little else."""
    if claim.language != passage.language:
        return len(passage.content) <= SHORT
    at = next(place for place, token in enumerate(passage.tokens) if token.start >= mark.end or place == len(passage.tokens) - 1)
    places = scope_of(passage.tokens, at, frozenset(passage.content), passage.tokens[at].clause, passage.language)
    stems = union(passage.keys_at(place) for place in places)
    return any(claim.keys_at(place) & stems for place in claim.content)


def _strengthens(kind: Kind, marks: Sequence[Mark], claim: Reading, passage: Reading) -> Iterator[Finding]:
    for mark in marks:
        mine, theirs = claim.marked(mark), passage.marked(mark)
        if mine is not None and theirs is None:
            yield Finding(kind, f"{mark}.absent", "absent", mine.start, mine.end)
        elif mine is not None and theirs is not None:
            yield Finding(kind, f"{mark}.agrees", "agrees", mine.start, mine.end, (theirs.start, theirs.end))
