"""The hard parts of a sentence: numbers, dates, names, negation and opposites. What two sentences must agree on to say the same.

Observed. Vectors are blind where it matters most: "12 orang tewas" and "120 orang tewas", "ditutup" and "dibuka", "aman" and "tidak aman"
lie closer together than a sentence and its honest paraphrase. Names and figures, on the other hand, are not translated: they are
what an Indonesian, a Vietnamese and an English sentence about one thing have in common on the page.

Method. Figures are read as numbers (`1.200` and `1,200` are one thousand two hundred, `1,5 juta` and `1.5 million` the same), small numbers
also in words; a day with its month is a date, four digits from 1900 to 2099 a year. A name is a word with a capital that does not begin
its sentence; in sentences without capitals there are none. A sentence is negated by an odd number of the words of
`data/claims.yaml`; opposites (`naik` and `turun`) stand there in pairs.

Known failures. "Dua puluh satu" is read as 2, 10; "nửa triệu" as a half and a million. Negation of one part of a sentence is taken for the
whole. Names that are translated (Netherlands, Belanda, Hà Lan) do not meet. A clock reading with a full stop (`10.30`) is a decimal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kentongan.engine.lexicon import Finder, folded, word_list
from kentongan.engine.records import Language
from kentongan.engine.terms import fold

_FIGURE = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d+)*)\s*(%|[^\W\d_]+)?")
_DAY_MONTH = re.compile(r"(?<![\d/])(\d{1,2})[/-](\d{1,2})(?:[/-](?:19|20)?\d\d)?(?![\d/])")
_DAY_THANG = re.compile(r"(?<!\d)(\d{1,2})\s+tháng\s+(\d{1,2})(?!\d)")
_YEAR = re.compile(r"(?<![\d.,/-])(?:19|20)\d\d(?![\d.,])")
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_CAPITAL = re.compile(r"(?<![\w’'-])([^\W\d_][\w’'-]*)")
_GROUP = 3
_SHORTEST_NAME = 2
_GRAM = 4


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sentence holds fast. `numbers` and `dates` in one spelling; `names` folded; `poles` as (line, end); `words` folded."""

    language: Language
    numbers: frozenset[str]
    dates: frozenset[str]
    names: frozenset[str]
    negated: bool
    poles: frozenset[tuple[int, int]]
    words: frozenset[str]
    grams: frozenset[str]


def facts_of(text: str, language: Language) -> Facts:
    """The facts of one sentence."""
    line = folded(text.replace("_", " "))
    dates, rest = _dates(line)
    plain = fold(line)
    words = [word for word in _WORD.findall(plain) if len(word) > 1]
    joined = " ".join(words)
    return Facts(
        language,
        _numbers(rest, language),
        dates,
        _names(text),
        len(_finder("negation").find(line)) % 2 == 1,
        _poles(line),
        frozenset(words),
        frozenset(joined[at : at + _GRAM] for at in range(max(1, len(joined) - _GRAM + 1))),
    )


@cache
def _finder(name: str) -> Finder:
    return Finder(word for words in word_list("claims")[name].values() for word in words)


def find(name: str, line: str) -> bool:
    """Whether a folded line has a word of the list `name` of `data/claims.yaml`."""
    return bool(_finder(name).find(line))


def _names(text: str) -> frozenset[str]:
    """Folded words with a capital, except one that begins the sentence before a small one; none in text without small letters."""
    found: list[str] = []
    tokens = [match[1] for match in _CAPITAL.finditer(text)]
    if not any(token[0].islower() for token in tokens):
        return frozenset()
    for place, token in enumerate(tokens):
        inner = any(sign.isupper() for sign in token[1:])
        following = place + 1 < len(tokens) and tokens[place + 1][0].isupper()
        if token[0].isupper() and (place or inner or following) and len(token) >= _SHORTEST_NAME:
            found.append(fold(token))
    return frozenset(found)


# ---- numbers and dates ------------------------------------------------------------------------------------------------------
@cache
def _times() -> Mapping[str, float]:
    return {word: float(value) for words in word_list("claims")["times"].values() for word, value in words.items()}


def scales(language: Language) -> Mapping[str, float]:
    """The words that multiply what stands before them ("juta", "triệu", "million"), each with by how much."""
    return {word: float(value) for word, value in word_list("claims")["times"].get(language, {}).items()}


@cache
def _spelled() -> Mapping[str, Mapping[str, float]]:
    return {
        language: {str(word): float(value) for word, value in words.items()} for language, words in word_list("claims")["numbers"].items()
    }


def _numbers(line: str, language: Language) -> frozenset[str]:
    found: set[str] = set()
    for match in _FIGURE.finditer(line):
        value = value_of(match[1])
        unit = (match[2] or "").strip()
        found.add(_written(value * _times().get(unit, 1.0)))
    spelled = _spelled().get(language, {})
    words = _WORD.findall(line)
    for place, word in enumerate(words):
        if word in spelled:
            factor = _times().get(words[place + 1], 1.0) if place + 1 < len(words) else 1.0
            found.add(_written(spelled[word] * factor))
    return frozenset(found)


def value_of(figure: str) -> float:
    """`1.200` and `1,200` are 1200, `1,5` and `1.5` are one and a half, `1.234,5` is 1234.5."""
    parts = re.split(r"[.,]", figure)
    if len(parts) == 1:
        return float(parts[0])
    marks = [sign for sign in figure if sign in ".,"]
    whole_groups = all(len(part) == _GROUP for part in parts[1:]) and len(parts[0]) <= _GROUP and parts[0] != "0"
    if whole_groups and len(set(marks)) == 1:
        return float("".join(parts))
    return float("".join(parts[:-1]) + "." + parts[-1])


def _written(value: float) -> str:
    return f"{value:.6g}"


@cache
def months() -> Mapping[str, int]:
    """The names of the months in every language, folded, each with its number."""
    return {folded(word): number for number, words in enumerate(word_list("claims")["months"], 1) for word in words}


@cache
def _named_day() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, months()), key=lambda name: (-len(name), name)))
    return re.compile(rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({names})\b|\b({names})\s+(\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[.,]\d)")


def _dates(line: str) -> tuple[frozenset[str], str]:
    """The dates of a folded line as `day-month` and `year`, and the line without them."""
    found: set[str] = set()

    def day(number: str, month: int) -> str:
        if not (1 <= int(number) <= 31 and 1 <= month <= 12):
            return number
        found.add(f"{int(number)}-{month}")
        return " "

    line = _DAY_THANG.sub(lambda match: day(match[1], int(match[2])), line)
    line = _named_day().sub(lambda match: day(match[1] or match[4], months()[match[2] or match[3]]), line)
    line = _DAY_MONTH.sub(lambda match: day(match[1], int(match[2])), line)
    found.update(_YEAR.findall(line))
    return frozenset(found), _YEAR.sub(" ", line)


# ---- opposites --------------------------------------------------------------------------------------------------------------
@cache
def _ends() -> tuple[Finder, Mapping[str, tuple[tuple[int, int], ...]]]:
    owners: dict[str, tuple[tuple[int, int], ...]] = {}
    for line, ends in enumerate(word_list("claims")["poles"]):
        for end, languages in enumerate(ends):
            for word in (folded(word) for words in languages.values() for word in words):
                owners[word] = (*owners.get(word, ()), (line, end))
    return Finder(owners), owners


def _poles(line: str) -> frozenset[tuple[int, int]]:
    finder, owners = _ends()
    return frozenset(owner for hit in finder.find(line) for owner in owners[hit.entry])
