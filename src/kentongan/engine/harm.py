"""How much harm an article speaks of, 0 to 4, and the words that say so.

    0 none said · 1 nuisance · 2 money, rights, homes or services · 3 death, injury, illness, hazard · 4 danger to many lives now

Observed. Headlines about harm use a small, stable vocabulary in all three languages; the same words are used figuratively (`banjir
diskon`), of exercises, of past years, of films, in denials (`tidak berpotensi tsunami`), in forecasts and long after the event (aid,
visits, courts). The name of a hazard does not say how many it strikes: a flash flood may be a province's disaster or a hectare of reeds.

Method. Whole-word entries of `data/harm.yaml`, longest match first so that figurative phrases win over the word inside. A word is passed
over where it is denied: directly after a negation with only linking words between, or before "lifted" (the idea of NegEx, with a narrow
scope: a wrong denial costs more than a missed one). Level 4 is given only by what the words say of many lives: a few entries that by
themselves say it (a cracked dam, an evacuation order); ten or more dead or missing, or a hundred hurt or ill (the criteria by which the
disaster data base EM-DAT takes an event in); a hazard of masses together with dead, missing or its extent (`dua kecamatan`). Phrases of
denial, exercise and memory lower their sentence to 1 at most; of aid, repair and courts to 2, or 3 where it tells of dead or hurt; of
forecast to 2. The title decides; the text counts with its first sentences only, one level lower, because articles end with background
about other events.

Known failures: irony, negation over a comma, sport (`hancur`, `tumbang` are therefore not listed), court reports without a court's word.
Where it happened is another question (`abroad`). Why not a trained classifier: no set with a licence that allows it speaks of a city's
harms; part 3 may replace this.

Reading: Chapman et al. 2001 (NegEx); CRED, EM-DAT guidelines (entry criteria)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kentongan.engine.lexicon import Finder, Hit, folded, word_list

_SPLIT = re.compile(r"(?<=[.!?;])\s+|\n+")
_UNITS = (
    "hari|pekan|minggu|bulan|tahun|jam|menit|meter|km|persen|ngày|tuần|tháng|năm|giờ|phút|tuổi|days?|weeks?|months?|years?|hours?|year-old"
)
_NUMBER = re.compile(rf"(\d{{1,3}}(?:[.,]\d{{3}})*|\d+)\s+(?:(?!(?:{_UNITS})\b)\w+\s+){{0,2}}$")
_PEOPLE_AFTER = re.compile(r"^[^,;]{0,40}?\b(\d{1,3}(?:[.,]\d{3})*|\d+) (?:orang|jiwa|people|người)\b")
_NAMED = re.compile(
    r"\b(?:smpn?|sman?|sdn?|smkn?|mtsn|man|rt|rw|km|no|nomor|jalan|jl|gang|blok|lantai|pasal|usia|umur|berusia|pukul|jam|tanggal"
    r"|số|lớp|tổ|khu|quốc lộ|aged|route|highway|page|school)\s+$"
)
"""Before a number that names something (a school, a road) and counts nobody."""
_CLAUSE = re.compile(r"[,;:(–—]")
_OPENING = 400
_MANY_LOST, _MANY_HURT = 10, 100


@dataclass(frozen=True, slots=True)
class Harm:
    """Level 0..4 and the words it rests on, the strongest first; empty words for level 0."""

    level: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    finder: Finder
    levels: dict[str, int]
    marks: dict[str, frozenset[str]]
    """calm, after, ahead, mass: entries by what they say of their sentence."""
    lost: Finder
    hurt: Finder
    extent: re.Pattern[str]
    past: re.Pattern[str]
    denied: re.Pattern[str]
    lifted: re.Pattern[str]


@cache
def _lexicon() -> _Lexicon:
    data = word_list("harm")
    levels = {folded(word): int(level) for level, languages in sorted(data["words"].items()) for word in _words(languages)}
    marks = {mark: frozenset(map(folded, _words(data[mark]))) for mark in ("calm", "after", "ahead", "mass")}
    entries = [*levels, *marks["calm"], *marks["after"], *marks["ahead"], *map(folded, _words(data["traps"]))]
    extent, denial = data["extent"], data["denial"]
    many = rf"(?:{_any(extent['many'])})\s+(?:\w+\s+)?(?:{_any(extent['whom'])})"
    areas = rf"(?:[2-9]|[1-9]\d{{1,2}}|{_any(extent['numbers'])})\s+(?:{_any(extent['areas'])})"
    return _Lexicon(
        Finder(entries),
        levels,
        marks,
        Finder(_words(data["struck"]["lost"])),
        Finder(_words(data["struck"]["hurt"])),
        re.compile(rf"\b(?:{many}|{areas})\b"),
        re.compile(rf"(?:^|\s)(?:{_any(data['after_before'])})\s+$"),
        re.compile(rf"(?:^|\s)(?:{_any(denial['denied_by'])})\s+(?:(?:{_any(denial['links'])})\s+){{0,4}}$"),
        re.compile(rf"^\s+(?:[^\s,]+\s+){{0,2}}(?:{_any(denial['lifted'])})\b"),
    )


def _words(languages: Mapping[str, Iterable[Any]]) -> list[str]:
    return [str(word) for words in languages.values() for word in words]


def _any(languages: Mapping[str, Iterable[Any]]) -> str:
    return "|".join(re.escape(folded(word)) for word in sorted(_words(languages), key=len, reverse=True))


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


def words_of_harm(line: str) -> list[Hit]:
    """Where a folded line speaks of harm that is not denied, whatever the level."""
    lexicon = _lexicon()
    return [hit for hit in lexicon.finder.find(line) if hit.entry in lexicon.levels and not _denied(line, hit, lexicon)]


def _harm_in(text: str) -> Harm:
    best: dict[str, int] = {}
    for sentence in _SPLIT.split(text):
        for word, level in _in_sentence(folded(sentence)).items():
            best[word] = max(best.get(word, 0), level)
    ordered = sorted(best, key=lambda word: (-best[word], word))
    return Harm(best[ordered[0]], tuple(ordered[:3])) if ordered else Harm(0, ())


def _in_sentence(line: str) -> dict[str, int]:
    """The words of harm in a sentence that are not denied, each with the level it has there."""
    lexicon = _lexicon()
    hits = [hit for hit in lexicon.finder.find(line) if not _denied(line, hit, lexicon)]
    words = {hit.entry: lexicon.levels[hit.entry] for hit in hits if hit.entry in lexicon.levels}
    if not words:
        return {}
    said = {mark for mark, entries in lexicon.marks.items() if any(hit.entry in entries for hit in hits)}
    if "calm" in said:
        return dict.fromkeys(words, 1)
    lost = [hit for hit in lexicon.lost.find(line) if not _denied(line, hit, lexicon)]
    hurt = [hit for hit in lexicon.hurt.find(line) if not _denied(line, hit, lexicon)]
    struck = {hit.entry for hit in (*lost, *hurt)}
    past = any(hit.entry in words and hit.entry not in struck and lexicon.past.search(line[: hit.start]) for hit in hits)
    if past or "after" in said:
        return {word: min(level, 3 if struck else 2) for word, level in words.items()}
    if "ahead" in said and not struck:
        return {word: level if level == 4 else min(level, 2) for word, level in words.items()}
    if _count(line, lost) >= _MANY_LOST or _count(line, hurt) >= _MANY_HURT:
        words[max(words, key=lambda word: (words[word], word))] = 4
    if lost or lexicon.extent.search(line):
        words.update(dict.fromkeys(words.keys() & lexicon.marks["mass"], 4))
    return words


def _denied(line: str, hit: Hit, lexicon: _Lexicon) -> bool:
    clause = _CLAUSE.split(line[: hit.start])[-1]
    return bool(lexicon.denied.search(clause) or lexicon.lifted.match(line[hit.end :]))


def _count(line: str, struck: Iterable[Hit]) -> int:
    """The largest number of people that stands beside one of these words; 0 where none does."""
    found = [0]
    for hit in struck:
        number = _NUMBER.search(line[: hit.start]) or _PEOPLE_AFTER.match(line[hit.end :])
        if number and not _NAMED.search(number.string[: number.start()]):
            found.append(int(re.sub(r"[.,]", "", number.group(1))))
    return max(found)
