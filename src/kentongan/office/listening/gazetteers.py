"""The office's own places as the engine finds them in a text, for whoever asks where something is: series, marks, routes, labels.

A place is known to the engine as people call it, which is what its series and signals are called; rows know it by number. What a text means
by a name is the engine's decision (`engine/places.py`): of two with one name the one whose place above stands beside it, else what contains
both. Where that is nothing, nobody is guessed at. A homonym outside the office's list is not known to be one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kentongan.engine.places import Gazetteer, Place
from kentongan.office.people import models

_Row = tuple[int, str, str, str, dict[str, str], int | None, bool]
"""Number, code, level, name, names in other languages, number of the place above, whether it ended."""


@dataclass(frozen=True, slots=True)
class Known:
    """The places of an office: what finds them, and which row is which; by code too."""

    gazetteer: Gazetteer
    rows: Mapping[str, int]
    codes: Mapping[str, str]

    def around(self, text: str, *, public: bool = False) -> frozenset[int]:
        """The places that a text names, with everything above them: a ward is named where its district is asked for."""
        return self.above(*self.gazetteer.places_in(text, public=public))

    def above(self, *places: str) -> frozenset[int]:
        """Places by what they are called, with everything above them, by number; what is no place is passed over."""
        return frozenset(self.rows[one] for place in places for one in self.gazetteer.path(place) if one in self.rows)

    def living(self) -> list[tuple[str, str]]:
        """Code and what it is called of each place that has not ended, by name."""
        return sorted(((self.codes[one.id], one.id) for one in self.gazetteer.places if not one.ended), key=lambda place: place[1])


def of(office: int) -> Known | None:
    """The office's places by all their names, None where it has none. Two queries, however many there are; shapes are not read."""
    fields = ("pk", "code", "level", "name", "names", "parent_id", "until")
    found = models.Place.objects.filter(office_id=office).order_by("pk").values_list(*fields)
    rows: list[_Row] = [(pk, code, level, name, names, above, until is not None) for pk, code, level, name, names, above, until in found]
    if not rows:
        return None
    called = _called(rows)
    spelt: dict[int, list[str]] = {pk: [name, *map(str, other.values())] for pk, _, _, name, other, _, _ in rows}
    for place, name in models.PlaceName.objects.filter(office_id=office).order_by("pk").values_list("place_id", "name"):
        spelt[place].append(name)
    places = tuple(
        Place(called[pk], tuple(dict.fromkeys(spelt[pk])), level, called.get(above, "") if above else "", ended)
        for pk, _, level, _, _, above, ended in rows
    )
    return Known(_built(places), {name: pk for pk, name in called.items()}, {called[row[0]]: row[1] for row in rows})


@lru_cache(maxsize=8)
def _built(places: tuple[Place, ...]) -> Gazetteer:
    """A gazetteer is asked every few seconds and its list changes a few times a year: it is made once."""
    return Gazetteer(places=places)


def _called(rows: Sequence[_Row]) -> dict[int, str]:
    """What each place is called: its name, with the place above where names repeat, with its code where that repeats too."""
    plain = {row[0]: row[3] for row in rows}
    for shape in ("{name}", "{name}, {above}"):
        said = {pk: shape.format(name=name, above=plain.get(above, "") if above else "") for pk, _, _, name, _, above, _ in rows}
        if len(set(said.values())) == len(said):
            return said
    return {row[0]: f"{row[3]} ({row[1]})" for row in rows}
