"""The project's own cited sentences (`data/evidence-cases.yaml`), as pairs of a sentence and a passage with what is true of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal, cast

import yaml

from kentongan.engine.evidence import Passage
from kentongan.engine.evidence_words import Aliases
from kentongan.engine.statement_records import TONGUES, Tongue

Truth = Literal["same", "more", "contrary"]
_TRUTH: Mapping[str, Truth] = {"n": "more", "c": "contrary"}


@dataclass(frozen=True, slots=True)
class Case:
    """`text` is borne out by `passage` (`same`), says more or other than it, or the contrary. `key` names the group of passages."""

    key: str
    text: str
    language: Tongue
    passage: Passage
    truth: Truth

    @property
    def across(self) -> bool:
        """Whether sentence and passage are in two languages."""
        return self.language != self.passage.language


def cases() -> tuple[Case, ...]:
    """Every sentence with its passage in its own language, then in the two others, in the order of the file."""
    return tuple(_cases())


def _cases() -> Iterator[Case]:
    text = resources.files("kentongan.measure").joinpath("data", "evidence-cases.yaml").read_text(encoding="utf-8")
    for group in cast("list[dict[str, Any]]", yaml.safe_load(text)):
        key, said = str(group["key"]), cast("date", group["said"])
        passages = {language: Passage(f"{key}-{language}", str(group[language]), language, said) for language in TONGUES}
        for language in TONGUES:
            written = [(str(one), "same") for one in group["same"][language]] + [
                (str(one), _TRUTH[mark]) for mark, one in group["not"][language]
            ]
            for sentence, truth in written:
                for other in (language, *(one for one in TONGUES if one != language)):
                    yield Case(key, sentence, language, passages[other], cast("Truth", truth))


@cache
def city_names() -> Aliases:
    """The places and offices of the invented city, each as one thing in its three languages, as an office's own lists give them."""
    text = resources.files("kentongan.demo").joinpath("data", "city.yaml").read_text(encoding="utf-8")
    city = cast("dict[str, Any]", yaml.safe_load(text))
    named = [city["names"], city["river"], city["market"], city["province"]]
    named += [one["names"] for one in (*city["districts"], *city["agencies"])]
    named += [{language: ward[language] for language in TONGUES} for one in city["districts"] for ward in one["wards"]]
    return Aliases([list(dict.fromkeys(one.values())) for one in named])
