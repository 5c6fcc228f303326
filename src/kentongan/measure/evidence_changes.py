"""Faithful sentences with one fact changed: another figure, unit, day, hour, name, a negation more or less, the other end of a comparison.

Each change is written as a person would write it, in the sentence's own spelling; none gives a figure, day or name that the passage has, so
that it cannot be true by chance. Made without chance: the same sentence gives the same changes in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import islice, pairwise
from typing import Literal

import yaml

from kentongan.engine.claims_facts import value_of
from kentongan.engine.evidence_parts import Reading
from kentongan.engine.lexicon import word_list
from kentongan.engine.statement_records import Tongue
from kentongan.engine.terms import fold

Change = Literal["number", "unit", "date", "name", "negation", "comparison"]
CHANGES: tuple[Change, ...] = ("number", "unit", "date", "name", "negation", "comparison")
MOST = 18
"""Of one kind for one part of a sentence."""
NAMES = (
    "Tanah Merak", "Batu Layah", "Kebun Jeruk", "Sidoarjo", "Mekar Laut", "Teras Welar", "Cilegon", "Pulau Seribu", "Kayu Apung", "Bontang",
    "Ladang Sabut", "Cirebon", "Pekalongan", "Banyuwangi", "Pasir Jingga", "Muara Kecil",
)  # fmt: skip
"""Places, for a name that is changed. The first `MOST` that stand in neither text are taken."""
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_MONTHS = {
    "id": ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"],
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
}
_NOT_AFTER: dict[Tongue, re.Pattern[str]] = {
    "id": re.compile(
        r"(?<!\w)(?:(?:telah|sudah|akan|masih|kini|tetap)\s+)?(?=(?:di|me|ber|ter)[a-z]{4,}|gratis|ada\s|lancar|normal|buka\s)"
    ),
    "vi": re.compile(
        r"(?<!\w)(?=(?:được|bị|mở|đóng|chở|gửi|chạy|(?<!ghi )(?<!tiếp )nhận|có\s|chia|thông qua|xử lý|ghi nhận|chứa|dâng"
        r"|bình thường|phát hiện|giảm|tăng)(?!\w))"
    ),
    "en": re.compile(r"(?<!\w)(?:is|are|was|were|has|have|had|will|can)(?!\w)(?!\s+not)\s+"),
}


@cache
def _pairs(kind: Change, language: Tongue) -> tuple[tuple[str, str], ...]:
    text = resources.files("kentongan.measure").joinpath("data", "evidence-changes.yaml").read_text(encoding="utf-8")
    listed: dict[str, dict[Tongue, str]] = yaml.safe_load(text)
    return tuple((was.strip(), now.strip()) for was, _, now in (one.partition("|") for one in listed[kind][language].split(",")))


@dataclass(frozen=True, slots=True)
class Changed:
    """A sentence with one fact changed, and what was done to it."""

    text: str
    kind: Change
    was: str
    now: str


def changes(text: str, claim: Reading, passage: Reading) -> tuple[Changed, ...]:
    """Every change of a faithful sentence, each once; `claim` is `text` as read, `passage` what it is held against."""
    made = (
        *_numbers(text, claim, passage),
        *_swaps(text, "unit", passage, after_number=True),
        *_dates(text, claim, passage),
        *_names(text, claim, passage),
        *_negations(text, claim),
        *_swaps(text, "comparison", passage),
    )
    return tuple({one.text: one for one in made if one.text != text}.values())


def _put(text: str, start: int, end: int, now: str, kind: Change) -> Changed:
    return Changed(f"{text[:start]}{now}{text[end:]}", kind, text[start:end], now)


def _numbers(text: str, claim: Reading, passage: Reading) -> Iterator[Changed]:
    theirs = {match for token in passage.tokens for match in _FIGURE.findall(token.low)}
    values = {one.value for one in passage.quantities}
    for one in claim.quantities:
        match = _FIGURE.search(text, one.start, one.end)
        if match is None:
            yield from _spelled(text, one.start, claim, values)
            continue
        fresh = (figure for figure in _figures(match[0]) if figure not in theirs and value_of(figure) not in (value_of(match[0]), *values))
        yield from (_put(text, *match.span(), figure, "number") for figure in islice(fresh, MOST))


def _figures(figure: str) -> Iterator[str]:
    """Other figures of the same shape: each digit one up, two digits exchanged, a digit more."""
    places = [at for at, sign in enumerate(figure) if sign.isdigit()]
    for at in places:
        for step in (1, 2, 3, 5, 7):
            digit = str((int(figure[at]) + step) % 10)
            if not (at == places[0] and digit == "0"):
                yield f"{figure[:at]}{digit}{figure[at + 1 :]}"
    for left, right in pairwise(places):
        if figure[left] != figure[right] and not (left == places[0] and figure[right] == "0"):
            yield f"{figure[:left]}{figure[right]}{figure[left + 1 : right]}{figure[left]}{figure[right + 1 :]}"
    if len(places) < 3:
        yield f"{figure}0"


def _spelled(text: str, start: int, claim: Reading, values: set[float]) -> Iterator[Changed]:
    words: dict[str, int] = word_list("quantities")["small"][claim.language]
    token = next(one for one in claim.tokens if one.end > start)
    value = words.get(token.low)
    if value is None or value < 2:
        return
    others = [word for word, number in words.items() if number not in (0, 1, value) and float(number) not in values and number <= 10]
    weak = set(word_list("quantities")["weak"][claim.language])
    for word in islice((other for other in others if other not in weak), 4):
        yield _put(text, token.start, token.end, word.capitalize() if token.capital else word, "number")


def _dates(text: str, claim: Reading, passage: Reading) -> Iterator[Changed]:
    theirs = passage.moments
    for one in claim.moments:
        said = text[one.start : one.end]
        for match in _FIGURE.finditer(said):
            near = (
                str((int(match[0]) + step) % 24 or 3).zfill(len(match[0]))
                for step in (1, 2, 3, 5, 7, 11)
                if match[0].isdigit() and len(match[0]) < 3
            )
            for now in near:
                yield _put(text, one.start + match.start(), one.start + match.end(), now, "date")
        yield from _other_words(text, one.start, said, _MONTHS.get(claim.language, []), "date")
        if not any(other.derived for other in theirs):
            days = [day.title() if claim.language != "vi" else day for day in word_list("moments")["weekdays"][claim.language]]
            yield from _other_words(text, one.start, said, days, "date")


def _other_words(text: str, start: int, said: str, words: Sequence[str], kind: Change) -> Iterator[Changed]:
    at = next((place for place, word in enumerate(words) if word.lower() in said.lower()), None)
    if at is None:
        return
    here = said.lower().index(words[at].lower())
    for step in (1, 2, 3, 5):
        yield _put(text, start + here, start + here + len(words[at]), words[(at + step) % len(words)], kind)


def _names(text: str, claim: Reading, passage: Reading) -> Iterator[Changed]:
    there = passage.words | claim.words
    others = [name for name in NAMES if not any(fold(word) in there for word in name.split())]
    for one in claim.names:
        tokens = [token for token in claim.tokens if one.start <= token.start < one.end and (token.plain in one.words or one.groups)]
        if tokens:
            yield from (_put(text, tokens[0].start, tokens[-1].end, name, "name") for name in others[:MOST])


def _negations(text: str, claim: Reading) -> Iterator[Changed]:
    for one in claim.negators:
        low = text[one.start : one.end].lower()
        if low in ("tidak", "belum", "bukan", "không", "chưa", "not"):
            yield Changed(" ".join(f"{text[: one.start]}{text[one.end :]}".split()), "negation", low, "")
    if claim.negators:
        return
    word = {"id": "tidak ", "vi": "không ", "en": "not "}[claim.language]
    for match in islice(_NOT_AFTER[claim.language].finditer(text), 2):
        if match.start() or claim.language == "en":
            yield Changed(f"{text[: match.end()]}{word}{text[match.end() :]}", "negation", "", word.strip())


def _swaps(text: str, kind: Change, passage: Reading, after_number: bool = False) -> Iterator[Changed]:
    """A word for its other; a unit only where a figure stands before it. None that would say what the passage says elsewhere."""
    theirs = " ".join(token.low for token in passage.tokens)
    for was, now in _pairs(kind, passage.language):
        if re.search(rf"(?<!\w){re.escape(now)}(?!\w)", theirs):
            continue
        before = r"(?<=\d )" if after_number else r"(?<!\w)"
        for match in re.finditer(rf"{before}{re.escape(was)}(?!\w)", text):
            yield _put(text, *match.span(), now, kind)
