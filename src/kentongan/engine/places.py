"""Places a text names, out of a list the office gives (wards, districts, roads). Thin: whole words, longest first, no
guessing.

A gazetteer is data of the office, not of this project, so none is carried here. Known failures: a place that is also
a common word or a person's name is found there too; give such places with their type (`Kelurahan Bunga`)."""

from __future__ import annotations

from collections.abc import Mapping

from kentongan.engine.lexicon import Finder, folded


class Gazetteer:
    """Finds the places of one office. `names` maps each spelling to the id of its place."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._ids = {folded(name): place for name, place in sorted(names.items())}
        self._finder = Finder(self._ids)

    def places_in(self, text: str) -> tuple[str, ...]:
        """Ids of the places named, each once, in the order of the text."""
        return tuple(dict.fromkeys(self._ids[hit.entry] for hit in self._finder.find(folded(text))))
