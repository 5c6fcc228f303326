"""How much harm an article speaks of, 0 to 4, and the words that say so.

    0 none said · 1 nuisance · 2 money, rights, homes or services · 3 death, injury, illness, hazard · 4 danger to many lives now

Observed. Headlines about harm use a small, stable vocabulary in all three languages; the same words are used
figuratively (`banjir diskon`), of exercises, of past years, of films, and in denials (`tidak ada korban`). Method:
whole-word entries of `data/harm.yaml`, longest match first so that figurative phrases win over the word inside;
phrases of denial, exercise and memory lower their sentence to 1 at most; ten or more people struck (`17 orang tewas`)
is level 4. The title decides; the text counts with its first sentences only, one level lower, because articles end
with background about other events.

Known failures: irony, long-range negation, sport (`hancur`, `tumbang` are therefore not listed), court reports of old
crimes (they read like new ones). Why not a trained classifier: no set with a licence that allows it speaks of a
city's harms; part 3 may replace this."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kentongan.engine.lexicon import Finder, folded, word_list

_SPLIT = re.compile(r"(?<=[.!?;])\s+|\n+")
_UNITS = (
    "hari|pekan|minggu|bulan|tahun|jam|menit|meter|km|persen|ngày|tuần|tháng|năm|giờ|phút|tuổi|days?|weeks?|months?|years?|hours?|year-old"
)
_NUMBER = re.compile(rf"(\d{{1,3}}(?:[.,]\d{{3}})*|\d+)\s+(?:(?!(?:{_UNITS})\b)\w+\s+){{0,2}}$")
_PEOPLE_AFTER = re.compile(r"^.{0,40}?\b(\d{1,3}(?:[.,]\d{3})*|\d+) (?:orang|jiwa|people|người)\b")
_OPENING = 400
_MANY = 10


@dataclass(frozen=True, slots=True)
class Harm:
    """Level 0..4 and the words it rests on, the strongest first; empty words for level 0."""

    level: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    finder: Finder
    levels: dict[str, int]
    calm: frozenset[str]
    struck: Finder


@cache
def _lexicon() -> _Lexicon:
    data = word_list("harm")
    levels = {
        folded(word): int(level) for level, languages in sorted(data["words"].items()) for words in languages.values() for word in words
    }
    calm = frozenset(folded(word) for words in data["calm"].values() for word in words)
    traps = {folded(word) for words in data["traps"].values() for word in words}
    struck = Finder(word for words in data["struck"].values() for word in words)
    return _Lexicon(Finder([*levels, *calm, *traps]), levels, calm, struck)


def harm_of(title: str, text: str = "") -> Harm:
    """The harm a title and the opening of its text speak of.

    The title decides; the text alone gives at most level 3.
    """
    found = _harm_in(title)
    if text:
        opening = _harm_in(text[:_OPENING])
        lowered = Harm(max(0, opening.level - 1), opening.words)
        found = lowered if lowered.level > found.level else found
    return found


def _harm_in(text: str) -> Harm:
    lexicon = _lexicon()
    best: dict[str, int] = {}
    for sentence in _SPLIT.split(text):
        line = folded(sentence)
        hits = lexicon.finder.find(line)
        calm = any(hit.entry in lexicon.calm for hit in hits)
        words = {hit.entry: lexicon.levels[hit.entry] for hit in hits if hit.entry in lexicon.levels}
        if words and not calm and _many_struck(line, lexicon.struck):
            strongest = max(words, key=lambda word: (words[word], word))
            words[strongest] = 4
        for word, level in words.items():
            best[word] = max(best.get(word, 0), min(level, 1) if calm else level)
    ordered = sorted(best, key=lambda word: (-best[word], word))
    return Harm(best[ordered[0]], tuple(ordered[:3])) if ordered else Harm(0, ())


def _many_struck(line: str, struck: Finder) -> bool:
    for hit in struck.find(line):
        for number in (_NUMBER.search(line[: hit.start]), _PEOPLE_AFTER.match(line[hit.end :])):
            if number and int(re.sub(r"[.,]", "", number.group(1))) >= _MANY:
                return True
    return False
