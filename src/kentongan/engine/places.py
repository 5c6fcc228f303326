"""Places a text names, out of a list the office gives (provinces down to wards, roads below them), each with its place above.

Observed. Names repeat: there is a Kecamatan Cempaka in Banjarbaru and another elsewhere, a Cempaka that is a ward of a
district Cempaka, and in Viet Nam the ward names of before July 2025 live on in the news, some of them as names of new
wards with other borders. Writers help: they put the type before a name (`Kec.`, `Phường`, `P.`) and name the place
above close by (`Cempaka, Banjarbaru`; `phường 5, quận 3`).

Method. Whole words, longest first. What a name may mean is narrowed in this order: by the type before it; by the
nearest place named in the text that contains one of the meanings; places that exist before places that ended. If one
meaning is left, it is meant. If several are, nobody is guessed at: their lowest common container is given, or nothing
where they have none. A place that ended leads to what it became (`became`), and where that is several, to what contains
them. A name given with its type (`Phường Bến Thành`) is also found with the type shortened, and without it where it has
two words or more and each is written with a capital (`hòa bình` is peace). For posts of private people nothing finer
than a ward is told: what lies below is lifted to its ward, or left out where its ward is not known.

A gazetteer is data of the office, not of this project, so none is carried here. Known failures: a place that is also
a common word or a person's name is found there too when it is given without its type; a container named far away in a
long text still counts; borders that moved without a change of name.

Reading: Leidner 2007 (one referent a discourse, nearest container: the two rules that carry most)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from kentongan.engine.lexicon import Finder, Hit, folded

WARD_LEVELS = frozenset({"ward", "village", "commune", "special_zone"})
BELOW_WARD = frozenset({"hamlet", "road"})
_TYPES: Mapping[str, tuple[str, ...]] = {
    "provinsi": ("province",), "prov.": ("province",), "tỉnh": ("province",), "province": ("province",),
    "kabupaten": ("regency",), "kab.": ("regency",), "kab": ("regency",), "regency": ("regency",),
    "kota": ("city",), "thành phố": ("city", "province"), "tp.": ("city", "province"), "tp": ("city", "province"), "city": ("city",),
    "kecamatan": ("district",), "kec.": ("district",), "kec": ("district",), "quận": ("district",), "q.": ("district",),
    "huyện": ("district",), "h.": ("district",), "thị xã": ("district", "city"), "district": ("district",),
    "kelurahan": ("ward",), "kel.": ("ward",), "kel": ("ward",), "phường": ("ward",), "p.": ("ward",), "ward": ("ward",),
    "desa": ("village",), "ds.": ("village",), "xã": ("commune",), "x.": ("commune",), "commune": ("commune",),
    "thị trấn": ("commune",), "đặc khu": ("special_zone",),
    "jalan": ("road",), "jl.": ("road",), "jl": ("road",), "đường": ("road",), "phố": ("road",),
    "dusun": ("hamlet",), "thôn": ("hamlet",), "ấp": ("hamlet",), "khu phố": ("hamlet",), "tổ dân phố": ("hamlet",),
}  # fmt: skip
"""The word before a name and the levels it can mean."""
_SHORT: Mapping[str, tuple[str, ...]] = {
    "kabupaten": ("kab.", "kab"), "kecamatan": ("kec.", "kec"), "kelurahan": ("kel.", "kel"), "provinsi": ("prov.",), "desa": ("ds.",),
    "jalan": ("jl.", "jl"), "phường": ("p.",), "xã": ("x.",), "quận": ("q.",), "huyện": ("h.",), "thành phố": ("tp.", "tp"),
}  # fmt: skip
_TYPED = re.compile(rf"({'|'.join(sorted(map(re.escape, _TYPES), key=len, reverse=True))})\s*")
_BEFORE = re.compile(rf"(?:^|[^\w])({'|'.join(sorted(map(re.escape, _TYPES), key=len, reverse=True))})\s*$")
_LONGEST_TYPE = 14
_DEEPEST = 12
_OPENING = 200


def where_of(title: str, text: str) -> str:
    """What of an item says where it happened: its title and the beginning of its text. Further down places are named in passing."""
    return f"{title}\n{text[:_OPENING]}"


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the office's list.

    `parent` is the id of the place above ("" for none). `ended` says that it exists no more; `became` are the ids of what it is now.
    """

    id: str
    names: tuple[str, ...]
    level: str = ""
    parent: str = ""
    ended: bool = False
    became: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mention:
    """A name found: where, and every id it may mean."""

    start: int
    end: int
    meanings: frozenset[str]


@dataclass(frozen=True)
class Gazetteer:
    """Finds the places of one office.

    `names` maps each spelling to the id of its place; `places` are those whose place above is known. One id may come in both.
    """

    names: Mapping[str, str] = field(default_factory=dict[str, str])
    places: Sequence[Place] = ()

    @cached_property
    def _known(self) -> dict[str, Place]:
        return {place.id: place for place in self.places}

    @cached_property
    def _meanings(self) -> dict[str, frozenset[str]]:
        """The ids of each spelling that stands for itself."""
        found: dict[str, set[str]] = {}
        spelt = [(name, place) for name, place in self.names.items()]
        spelt += [(form, place.id) for place in self.places for name in place.names for form in _forms(name)]
        for name, place in spelt:
            if folded(name):
                found.setdefault(folded(name), set()).add(place)
        return {name: frozenset(places) for name, places in found.items()}

    @cached_property
    def _bare(self) -> dict[str, frozenset[str]]:
        """The ids of each spelling that counts only with capitals: a name given with its type, without it."""
        found: dict[str, set[str]] = {}
        for place in self.places:
            for name in place.names:
                bare = _without_type(folded(name))
                if " " in bare and bare not in self._meanings:
                    found.setdefault(bare, set()).add(place.id)
        return {name: frozenset(places) for name, places in found.items()}

    @cached_property
    def _finder(self) -> Finder:
        return Finder([*self._meanings, *self._bare])

    def places_in(self, text: str, *, public: bool = False) -> tuple[str, ...]:
        """Ids of the places named, each once, in the order of the text.

        With `public`, for posts of private people, nothing finer than a ward.
        """
        mentions = list(self._mentions(text))
        told = (self._told(mention, mentions) for mention in mentions)
        lifted = (self._lifted(place) if public else place for place in told)
        return tuple(dict.fromkeys(place for place in lifted if place))

    def path(self, place: str) -> tuple[str, ...]:
        """The place and everything above it, from itself upwards. A circle in the list ends where it closes."""
        way: list[str] = []
        while place and place not in way and len(way) < _DEEPEST:
            way.append(place)
            known = self._known.get(place)
            place = known.parent if known else ""
        return tuple(way)

    def apart(self, places: Iterable[str]) -> tuple[str, ...]:
        """These places, each once, without those that hold another of them: a ward and its own city are one place."""
        named = tuple(dict.fromkeys(places))
        above = {one for place in named for one in self.path(place)[1:]}
        return tuple(place for place in named if place not in above) or named[:1]  # where the list goes in a circle

    def _mentions(self, text: str) -> Iterator[_Mention]:
        written = " ".join(unicodedata.normalize("NFC", text).split())
        line = folded(text)
        for hit in self._finder.find(line):
            meanings = self._meanings.get(hit.entry)
            if meanings is None:
                if not _capitals(written, line, hit):
                    continue
                meanings = self._bare[hit.entry]
            yield _Mention(hit.start, hit.end, self._of_type(line, hit.start, meanings))

    def _of_type(self, line: str, start: int, meanings: frozenset[str]) -> frozenset[str]:
        """Those meanings that the type before the name allows; all of them where it says nothing."""
        before = _BEFORE.search(line[max(0, start - _LONGEST_TYPE) : start])
        if before is None:
            return meanings
        levels = _TYPES[before[1]]
        return frozenset(one for one in meanings if one in self._known and self._known[one].level in levels) or meanings

    def _told(self, mention: _Mention, mentions: Sequence[_Mention]) -> str:
        """The one id that is meant, or what contains all that may be meant, or ""."""
        meanings = self._inside_the_nearest(mention, mentions)
        living = frozenset(one for one in meanings if not (one in self._known and self._known[one].ended))
        return self._common(now for one in sorted(living or meanings) for now in self._now(one))

    def _inside_the_nearest(self, mention: _Mention, mentions: Sequence[_Mention]) -> frozenset[str]:
        """Those meanings that lie in the nearest place named beside; all of them where none does."""
        if len(mention.meanings) == 1:
            return mention.meanings
        above = {one: frozenset(self.path(one)[1:]) for one in mention.meanings}
        others = sorted((other for other in mentions if other is not mention), key=lambda other: _gap(mention, other))
        for other in others:
            inside = frozenset(one for one in mention.meanings if above[one] & other.meanings)
            if inside and inside != mention.meanings:
                return inside
        return mention.meanings

    def _now(self, place: str) -> tuple[str, ...]:
        """What a place is today: itself, or what it became, step by step."""
        today, seen = [place], {place}
        for _ in range(_DEEPEST):
            following = [next_ for one in today for next_ in (self._known[one].became if one in self._known else ()) or (one,)]
            if following == today or seen.issuperset(following):
                break
            seen.update(following)
            today = list(dict.fromkeys(following))
        return tuple(today)

    def _common(self, places: Iterable[str]) -> str:
        """The lowest place that contains all (a place contains itself); "" where there is none."""
        ways = [self.path(place) for place in dict.fromkeys(places)]
        return next((one for one in ways[0] if all(one in way for way in ways)), "") if ways else ""

    def _lifted(self, place: str) -> str:
        """The place itself, or for what is finer than a ward the ward above it; "" where that is not known."""
        known = self._known.get(place)
        if known is None or known.level not in BELOW_WARD:
            return place
        return next((one for one in self.path(place)[1:] if one in self._known and self._known[one].level not in BELOW_WARD), "")


def _gap(one: _Mention, other: _Mention) -> tuple[int, int]:
    """Letters between two mentions; of equally near ones the one that follows, for the place above mostly does."""
    between = other.start - one.end if other.start >= one.end else one.start - other.end
    return between, 0 if other.start >= one.end else 1


def _forms(name: str) -> Iterator[str]:
    """The spellings of a name: as given, and where it begins with its type, with the type shortened and set apart or not."""
    yield name
    line = folded(name)
    typed = _TYPED.match(line)
    if typed is None or typed.end() == len(line):
        return
    rest = line[typed.end() :]
    for short in _SHORT.get(typed[1], ()):
        yield f"{short} {rest}"
        if short.endswith("."):
            yield f"{short}{rest}"


def _without_type(line: str) -> str:
    typed = _TYPED.match(line)
    return line[typed.end() :] if typed and line[: typed.end()] != line and line[typed.end() - 1] in " ." else ""


def _capitals(written: str, line: str, hit: Hit) -> bool:
    """Whether every word of a hit is written with a capital; never where lower case has another length than the text."""
    if len(written) != len(line):
        return False
    return all(word[0].isupper() or word[0].isdigit() for word in written[hit.start : hit.end].split())
