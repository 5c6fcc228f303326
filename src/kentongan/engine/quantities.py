"""Numbers of a sentence with what they count: "Rp 3,5 miliar", "1.200 warga", "30 %", "ba triệu đồng", "twenty-one families".

Observed. Figures are what a reader remembers of a statement and what a draft gets wrong most easily. They are written with stops or commas
by language, with a scale behind them, in words, with a currency before or a unit after; some name a thing (RT 04, Pasal 12) and count
nothing. "312 gia đình", "312 keluarga" and "312 families" are one quantity.

Method. One pass over figures and words. A run of number words is added up by the grammar of its language (tens, teens, hundreds, falling
scales); a figure may be followed by a scale and by smaller ones ("2 triệu 500 nghìn"). Then the unit: the longest entry of
`data/quantities.yaml` right after, past a classifier, in English past one word; or a currency before. A range gives its unit to both
ends. A word that is as often something else ("năm", "ba", "satu", "one") counts only before a unit; a one that is a mere article is
`soft`. A capital inside a sentence is part of a name ("Dermaga Lima"), no number. What the caller found to be a date is masked first.

A figure reads alike in every language (`claims_facts.value_of`): `1.200` and `1,200` are one thousand two hundred, in English too.

Known failures. Ordinals, fractions with a stroke ("3/4") and Roman numerals are not read. "1,234" for 1.234 in Vietnamese is one thousand
two hundred and thirty-four. A unit that is not listed is compared by its noun within one language only.

Reading: ISO 80000-1 §7.3 (numbers); Roy, Vieira and Roth 2015 (reasoning about quantities in natural language).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Literal

from kentongan.engine.claims_facts import scales, value_of
from kentongan.engine.lexicon import word_list
from kentongan.engine.statement_records import Tongue

Bound = Literal["", "above", "below", "about"]
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[%$€₫°²³]+")
_RANGE = re.compile(
    r"^\s*(?:[-–—]|sampai|hingga|s\.d\.|đến|tới|to|and|dan|và|atau|hoặc|or|dari|(?:out )?of(?: the)?|trong(?: tổng)?(?: số)?|menjadi"
    r"|ke|xuống(?: còn)?|lên|thành|còn)\s*(?:rp\.?|idr|us\$|\$)?\s*$",
    re.IGNORECASE,
)
_YEAR_FOLLOWS = re.compile(r"\s+(?:19|20)\d\d(?!\d)")
"""So "Nomor 4 Tahun 2024" is a number of that year and no four years."""
_NEAR = 28
"""Characters before a number in which a bound or a label stands."""
_LABEL = "label"
_LONGEST_UNIT = 3


@dataclass(frozen=True, slots=True)
class Quantity:
    """`text[start:end]` says `value` (in `unit`; "" for none listed, "label" where it names something). `noun`: the word after it.

    `soft`: a one that may be an article.
    """

    value: float
    unit: str
    start: int
    end: int
    noun: str = ""
    bound: Bound = ""
    soft: bool = False

    @property
    def base(self) -> tuple[str, float]:
        """The measure and the value in its base unit; the unit itself where it is no measure."""
        unit = _units().get(self.unit)
        return (unit.of, self.value * unit.times) if unit and unit.of else (self.unit, self.value)


@dataclass(frozen=True, slots=True)
class _Unit:
    of: str
    times: float
    wider: str


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int
    capital: bool
    glued: bool
    """No white space before it."""

    @property
    def is_figure(self) -> bool:
        return self.word[0].isdecimal()


def quantities(text: str, language: Tongue, but: Sequence[tuple[int, int]] = ()) -> tuple[Quantity, ...]:
    """The quantities of a sentence in order; `but` are stretches that are something else (dates)."""
    tokens = _tokens(_masked(text, but))
    found: list[Quantity] = []
    at = 0
    while at < len(tokens):
        read = _number(tokens, at, language)
        if read is None:
            at += 1
            continue
        value, after, weak = read
        quantity = _with_unit(text, tokens, at, after, value, language)
        named = bool(quantity.unit) and quantity.unit != _LABEL
        if not weak or named:
            found.append(replace(quantity, soft=weak and value == 1.0))
        at = after
    return _ranges(text, found)


def wider(unit: str) -> str:
    """The wider thing a unit also is ("student" is a person); "" for none."""
    known = _units().get(unit)
    return known.wider if known else ""


def is_measure(unit: str) -> bool:
    """Whether a unit is one that people write differently (km, m) or a share or money, never a thing counted."""
    known = _units().get(unit)
    return bool(known and known.of) or unit in {"percent", "IDR", "VND", "USD", "EUR", "degree"}


# ---- tokens -----------------------------------------------------------------------------------------------------------------
def _masked(text: str, but: Sequence[tuple[int, int]]) -> str:
    for start, end in but:
        text = f"{text[:start]}{'|' * (end - start)}{text[end:]}"
    return text


def _tokens(text: str) -> list[_Token]:
    begins = True
    found: list[_Token] = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        glued = match.start() > 0 and text[match.start() - 1].isalnum()
        found.append(_Token(word.lower(), match.start(), match.end(), word[0].isupper() and not begins, glued))
        begins = False
    return found


# ---- numbers ----------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Words:
    small: Mapping[str, int]
    weak: frozenset[str]
    teen: frozenset[str]
    ten: frozenset[str]
    hundred: frozenset[str]
    whole: Mapping[str, int]
    half: frozenset[str]
    more: frozenset[str]
    joining: frozenset[str]
    scales: Mapping[str, float]


@cache
def _words(language: Tongue) -> _Words:
    data = word_list("quantities")
    sets = {name: frozenset(data[name][language]) for name in ("weak", "teen", "ten", "hundred", "half", "and_a_half", "joining")}
    tens = sets["ten"] | sets["hundred"] | frozenset(("chục", "hundred", "k", "dozen"))
    larger = {word: times for word, times in scales(language).items() if times >= 1000.0 and word not in tens}
    return _Words(
        data["small"][language], sets["weak"], sets["teen"], sets["ten"], sets["hundred"], data["whole"][language], sets["half"],
        sets["and_a_half"], sets["joining"], larger,
    )  # fmt: skip


def _number(tokens: Sequence[_Token], at: int, language: Tongue) -> tuple[float, int, bool] | None:
    """The number that begins here: value, the place after it, whether it is a weak word alone."""
    words = _words(language)
    token = tokens[at]
    if token.is_figure:
        if token.glued and at and tokens[at - 1].word not in {"rp", "idr", "usd", "us"} and tokens[at - 1].word[0] not in "$€₫":
            return None
        return *_scaled(tokens, at + 1, value_of(token.word), words), False
    if token.capital or token.glued:
        return None
    if token.word in words.half:
        return _half(tokens, at, words)
    power = words.whole.get(token.word, 0)
    if power >= 1000:
        return *_more(tokens, at + 1, float(power), float(power), words), False
    read = _spelled(tokens, at, words)
    if read is None:
        return None
    group, after = read
    weak = after == at + 1 and token.word in words.weak
    value, end = _scaled(tokens, after, float(group), words)
    return value, end, weak and end == after


def _half(tokens: Sequence[_Token], at: int, words: _Words) -> tuple[float, int, bool] | None:
    """ "setengah juta", "nửa triệu", "half a million"; a half alone is no number here."""
    after = at + 1
    if after < len(tokens) and tokens[after].word == "a":
        after += 1
    scale = words.scales.get(tokens[after].word) if after < len(tokens) else None
    return (scale / 2.0, after + 1, False) if scale else None


def _scaled(tokens: Sequence[_Token], at: int, value: float, words: _Words) -> tuple[float, int]:
    """A value with the scale behind it, and with what smaller scales add: "2 triệu 500 nghìn", "hai triệu rưỡi"."""
    scale = words.scales.get(tokens[at].word) if at < len(tokens) else None
    if scale is None:
        return value, at
    return _more(tokens, at + 1, value * scale, scale, words)


def _more(tokens: Sequence[_Token], at: int, total: float, scale: float, words: _Words) -> tuple[float, int]:
    """What may follow a scale: half of it, smaller scales, a last group of words."""
    if at < len(tokens) and tokens[at].word in words.more:
        return total + scale / 2.0, at + 1
    while at < len(tokens):
        rest = _group(tokens, at, words)
        if rest is None:
            break
        group, after, spelled = rest
        smaller = words.scales.get(tokens[after].word) if after < len(tokens) else None
        if smaller is not None and smaller < scale:
            total, scale, at = total + group * smaller, smaller, after + 1
        elif spelled and group < scale:
            return total + group, after
        else:
            break
    return total, at


def _group(tokens: Sequence[_Token], at: int, words: _Words) -> tuple[float, int, bool] | None:
    if tokens[at].is_figure:
        return value_of(tokens[at].word), at + 1, False
    if tokens[at].word in words.joining and at + 1 < len(tokens):
        at += 1
    read = _spelled(tokens, at, words)
    return (float(read[0]), read[1], True) if read else None


def _spelled(tokens: Sequence[_Token], at: int, words: _Words) -> tuple[int, int] | None:
    """A number in words below the first scale: value and the place after it."""
    value, begin = 0, at
    while at < len(tokens) and not tokens[at].capital:
        word = tokens[at].word
        if words.whole.get(word, 1000) < 1000 and value == 0:
            value = words.whole[word]
        elif word in words.hundred and value < 10 and (value or begin < at):
            value *= 100
        elif word in words.teen and value % 10 > 0:
            value += 10
        elif word in words.ten and value % 10 > 0:
            value += 9 * (value % 10)
        elif word in words.small and _fits(value, words.small[word], begin == at):
            value += words.small[word]
        elif not (word in words.joining and at > begin and _goes_on(tokens, at + 1, words)):
            break
        at += 1
    return (value, at) if at > begin else None


def _fits(value: int, more: int, first: bool) -> bool:
    """Whether `more` can follow: a digit after tens or hundreds, tens after hundreds."""
    return first or (value > 0 and value % (10 if more < 10 else 100) == 0 and (more < 10 or value >= 100))


def _goes_on(tokens: Sequence[_Token], at: int, words: _Words) -> bool:
    return at < len(tokens) and tokens[at].word in words.small


# ---- units ------------------------------------------------------------------------------------------------------------------
@cache
def _units() -> Mapping[str, _Unit]:
    listed = word_list("quantities")["units"]
    return {name: _Unit(unit.get("of", ""), float(unit.get("times", 1)), unit.get("is", "")) for name, unit in listed.items()}


@cache
def _entries(language: Tongue) -> Mapping[tuple[str, ...], str]:
    """The words of every unit as tokens."""
    found: dict[tuple[str, ...], str] = {}
    for name, unit in word_list("quantities")["units"].items():
        for entry in (*unit.get("any", ()), *unit[language]):
            found[tuple(_TOKEN.findall(str(entry).lower()))] = name
    return found


@cache
def _classifiers(language: Tongue) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(_TOKEN.findall(entry)) for entry in word_list("quantities")["classifiers"][language])


def _with_unit(text: str, tokens: Sequence[_Token], at: int, after: int, value: float, language: Tongue) -> Quantity:
    start, end = tokens[at].start, tokens[after - 1].end
    noun = tokens[after].word if after < len(tokens) and tokens[after].word[0].isalpha() else ""
    before = _before(text, start)
    currency = _currency(tokens, at)
    bound = _bound(before if not currency else _before(text, tokens[at - 1].start), language)
    if currency:
        return Quantity(value, currency, tokens[at - 1].start, end, noun, bound)
    unit, last = _unit_after(text, tokens, after, language)
    of_a_year = unit == "year" and _YEAR_FOLLOWS.match(text, tokens[last - 1].end) is not None
    if (not unit or of_a_year) and _is_label(before):
        return Quantity(value, _LABEL, start, end, "", "")
    if unit:
        end = tokens[last - 1].end
    return Quantity(value, unit, start, end, noun, bound)


def _unit_after(text: str, tokens: Sequence[_Token], at: int, language: Tongue) -> tuple[str, int]:
    """The unit that stands here, past a classifier, in English past one word; and the place after it."""
    unit, after = _unit_at(tokens, at, language)
    if unit:
        return unit, after
    for length in (2, 1):
        if tuple(token.word for token in tokens[at : at + length]) in _classifiers(language):
            return _unit_at(tokens, at + length, language)
    if (
        language == "en"
        and at + 1 < len(tokens)
        and not (tokens[at].is_figure or tokens[at].capital)
        and _joined(text, tokens[at - 1 : at + 2])
    ):
        return _unit_at(tokens, at + 1, language)
    return "", at


def _joined(text: str, tokens: Sequence[_Token]) -> bool:
    """Whether only blanks or hyphens stand between these."""
    return all(text[left.end : right.start].strip(" -\u00a0") == "" for left, right in pairwise(tokens))


def _unit_at(tokens: Sequence[_Token], at: int, language: Tongue) -> tuple[str, int]:
    entries = _entries(language)
    for length in range(_LONGEST_UNIT, 0, -1):
        run = tuple(token.word for token in tokens[at : at + length])
        if len(run) == length and run in entries:
            return entries[run], at + length
    return "", at


def _currency(tokens: Sequence[_Token], at: int) -> str:
    before = tokens[at - 1].word if at else ""
    return {"rp": "IDR", "idr": "IDR", "$": "USD", "us$": "USD", "usd": "USD", "€": "EUR", "vnd": "VND", "vnđ": "VND", "₫": "VND"}.get(
        before, ""
    )


def _before(text: str, start: int) -> str:
    return " ".join(text[max(0, start - _NEAR) : start].lower().split())


@cache
def _bounds(language: Tongue) -> tuple[tuple[str, Bound], ...]:
    listed: Mapping[Bound, Mapping[Tongue, list[str]]] = word_list("quantities")["bounds"]
    flat: list[tuple[str, Bound]] = [(word, bound) for bound, languages in listed.items() for word in languages[language]]
    return tuple(sorted(flat, key=lambda one: -len(one[0])))


def _bound(before: str, language: Tongue) -> Bound:
    for word, bound in _bounds(language):
        if before == word or before.endswith(f" {word}"):
            return bound
    return ""


@cache
def _label() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(word_list("quantities")["labels"], key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{words})\.?$")


def _is_label(before: str) -> bool:
    return bool(_label().search(before))


def _ranges(text: str, found: list[Quantity]) -> tuple[Quantity, ...]:
    """ "18 sampai 20 jam", "18.400 dari 20.000 balita": both count the same."""
    given: list[Quantity] = []
    for place, one in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else None
        if following and not one.unit and following.unit not in ("", _LABEL) and _RANGE.match(text[one.end : following.start]):
            one = replace(one, unit=following.unit, noun=following.noun)
        given.append(one)
    return tuple(given)
