"""Templates of the papers as data: `data/statements/<kind>.yaml`, for every kind, level and crisis cluster, in id, vi and en.

A file is a list of parts in the order of the paper. A part has a section, its text in each language, and may say for which levels and
clusters it is (all, where it says nothing) and that it is optional. `{name}` in a text is a slot of `slots.yaml`. A template is what is
left of a file for one level, cluster and language: no text is written twice, and what differs between levels can be read in one place.

`fill` puts a person's words into the slots. A sentence that is a slot and nothing else is a person's (`human`), one with words of the
template is the template's. Nothing is made up for a slot that is empty: an optional part falls away, any other is named as missing.

There is no part for attacking whoever complains or for finding a scapegoat, and none that only praises; denial exists as the clarification
alone, whose rules ask for a claim checked false with evidence. The loader refuses a section it does not know, so none can be added by
writing it down.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, cast, get_args

import yaml

from kentongan.engine.records import LEVELS, Level
from kentongan.engine.sentences import spans
from kentongan.engine.statement_records import CLUSTERS, KINDS, SECTIONS, TONGUES, Cluster, Kind, Line, Origin, Section, Tongue
from kentongan.errors import FileError, InputError

SlotKind = Literal["sentence", "phrase", "time", "contact"]
LONGEST_VALUE = 1_000
_SLOT = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_PART_KEYS = {"section", "text", "levels", "clusters", "optional"}
_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")
_END = ".!?…"


@dataclass(frozen=True, slots=True)
class Slot:
    """What a template asks a person for. `name` is what a form calls it, `sample` a sound value, both by language."""

    code: str
    kind: SlotKind
    name: Mapping[str, str]
    sample: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One place of a template: its section, its text with slots, and whether the paper may go without."""

    section: Section
    text: str
    optional: bool = False

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots of the text, each once, in order."""
        return tuple(dict.fromkeys(_SLOT.findall(self.text)))


@dataclass(frozen=True, slots=True)
class Template:
    """The parts of one kind for one language, level and cluster."""

    kind: Kind
    language: Tongue
    level: Level
    cluster: Cluster
    parts: tuple[Part, ...]

    @property
    def code(self) -> str:
        """By which a sentence names where it came from: kind, language, level and cluster, and the first digits of a digest of the parts,
        so that a template that was changed since has another."""
        said = "\n".join(f"{one.section} {one.optional} {one.text}" for one in self.parts)
        digest = hashlib.sha256(said.encode()).hexdigest()[:8]
        return f"{self.kind}.{self.language}.{self.level}.{self.cluster}@{digest}"

    @property
    def needed(self) -> tuple[str, ...]:
        """Slots it cannot do without, in the order of the paper."""
        return tuple(dict.fromkeys(slot for part in self.parts if not part.optional for slot in part.slots))

    @property
    def welcome(self) -> tuple[str, ...]:
        """Slots of optional parts alone."""
        needed = set(self.needed)
        return tuple(dict.fromkeys(slot for part in self.parts for slot in part.slots if slot not in needed))


@dataclass(frozen=True, slots=True)
class Filled:
    """A paper begun from a template: its sentences, with ids `s1`, `s2` …, and the needed slots that nobody filled."""

    lines: tuple[Line, ...]
    missing: tuple[str, ...]


# ---- reading ----------------------------------------------------------------------------------------------------------------
@cache
def slots() -> Mapping[str, Slot]:
    """All slots, by code."""
    return read_slots(_text("slots"))


def template(kind: Kind, language: Tongue, level: Level, cluster: Cluster) -> Template:
    """The template of a kind for a language, level and cluster."""
    parts = [part for part in _parts(kind) if level in part.levels and cluster in part.clusters]
    return Template(kind, language, level, cluster, tuple(Part(part.section, part.text[language], part.optional) for part in parts))


def templates() -> Iterable[Template]:
    """Every template there is."""
    return (template(kind, tongue, level, cluster) for kind in KINDS for tongue in TONGUES for level in LEVELS for cluster in CLUSTERS)


@dataclass(frozen=True, slots=True)
class PartData:
    """A part as the file has it."""

    section: Section
    text: Mapping[str, str]
    levels: frozenset[str]
    clusters: frozenset[str]
    optional: bool


@cache
def _parts(kind: Kind) -> tuple[PartData, ...]:
    return read_parts(_text(kind), slots(), f"{kind}.yaml")


def _text(name: str) -> str:
    return resources.files("kentongan.engine").joinpath("data", "statements", f"{name}.yaml").read_text(encoding="utf-8")


def read_slots(text: str) -> Mapping[str, Slot]:
    """The slots of a file, checked. Raises `FileError`."""
    data = _loaded(text, "slots.yaml")
    if not isinstance(data, dict):
        raise _wrong("slots.yaml", "slots", "write each slot as a name with kind, name and sample")
    out: dict[str, Slot] = {}
    for code, one in cast(dict[Any, Any], data).items():
        if not (isinstance(code, str) and _SLOT.fullmatch(f"{{{code}}}") and isinstance(one, dict)):
            raise _wrong("slots.yaml", str(code), "use small letters, digits and _, beginning with a letter")
        fields = cast(dict[str, Any], one)
        if set(fields) != {"kind", "name", "sample"} or fields["kind"] not in get_args(SlotKind):
            raise _wrong("slots.yaml", code, f"give it a kind ({', '.join(get_args(SlotKind))}), a name and a sample")
        out[code] = Slot(code, fields["kind"], _tongues(fields["name"], "slots.yaml", code), _tongues(fields["sample"], "slots.yaml", code))
    return out


def read_parts(text: str, known: Mapping[str, Slot], name: str) -> tuple[PartData, ...]:
    """The parts of a file, checked: sections, levels and clusters that exist, slots that are known, the same ones in every language.

    Raises `FileError` that names file, part and remedy.
    """
    data = _loaded(text, name)
    if not isinstance(data, list) or not data:
        raise _wrong(name, "parts", "write a list of parts")
    return tuple(_part(one, known, name, place) for place, one in enumerate(cast(list[Any], data), 1))


def _part(one: Any, known: Mapping[str, Slot], name: str, place: int) -> PartData:
    at = f"part {place}"
    if not isinstance(one, dict) or not {"section", "text"} <= set(cast(dict[str, Any], one)) <= _PART_KEYS:
        raise _wrong(name, at, f"use {', '.join(sorted(_PART_KEYS))}; section and text are needed")
    fields = cast(dict[str, Any], one)
    if fields["section"] not in SECTIONS or not fields["section"]:
        raise _wrong(name, at, f"“{fields['section']}” is no section; use one of {', '.join(filter(None, SECTIONS))}")
    texts = _tongues(fields["text"], name, at)
    used = {tongue: set(_SLOT.findall(words)) for tongue, words in texts.items()}
    if any(slots != used["en"] for slots in used.values()):
        raise _wrong(name, at, "use the same slots in every language")
    unknown = sorted(used["en"] - set(known))
    if unknown or any(sign in _SLOT.sub("", words) for words in texts.values() for sign in "{}"):
        raise _wrong(name, at, f"{', '.join(unknown) or 'a brace'} is no slot; add it to slots.yaml or take it out")
    optional = fields.get("optional", False)
    if not isinstance(optional, bool):
        raise _wrong(name, at, "optional is true or false")
    levels, clusters = _some(fields, "levels", LEVELS, name, at), _some(fields, "clusters", CLUSTERS, name, at)
    return PartData(fields["section"], texts, levels, clusters, optional)


def _some(fields: Mapping[str, Any], key: str, allowed: Sequence[str], name: str, at: str) -> frozenset[str]:
    chosen = fields.get(key, list(allowed))
    if not isinstance(chosen, list) or not chosen or not {str(one) for one in cast(list[Any], chosen)} <= set(allowed):
        raise _wrong(name, at, f"{key} are some of {', '.join(allowed)}")
    return frozenset(cast(list[str], chosen))


def _tongues(value: Any, name: str, at: str) -> Mapping[str, str]:
    if not isinstance(value, dict) or set(cast(dict[str, Any], value)) != set(TONGUES):
        raise _wrong(name, at, f"give a text in each of {', '.join(TONGUES)}")
    texts = cast(dict[str, Any], value)
    if not all(isinstance(words, str) and words.strip() for words in texts.values()):
        raise _wrong(name, at, "a text is words, in quotation marks where it is a number")
    return cast(dict[str, str], texts)


def _loaded(text: str, name: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _wrong(name, "yaml", "look for indentation, quotation marks and brackets") from error


def _wrong(name: str, at: str, remedy: str) -> FileError:
    return FileError(f"{name}, {at}: {remedy}.", subject=name)


# ---- filling ----------------------------------------------------------------------------------------------------------------
def fill(chosen: Template, values: Mapping[str, str], evidence: Mapping[str, Sequence[str]] | None = None) -> Filled:
    """The sentences of a template with its slots filled; `evidence` names for a slot the facts and passages its words rest on.

    Raises `InputError` for a slot the template does not have or a value that is too long; `subject` is the slot.
    """
    proofs = evidence or {}
    known = {slot for part in chosen.parts for slot in part.slots}
    given = {slot: _value(slot, words, known) for slot, words in values.items()}
    given = {slot: words for slot, words in given.items() if words}
    lines: list[Line] = []
    missing: list[str] = []
    for at, part in enumerate(chosen.parts):
        lacking = [slot for slot in part.slots if slot not in given]
        if lacking or _answer_is_lacking(chosen.parts, at, given):
            missing += [] if part.optional else lacking
            continue
        origin: Origin = "human" if _SLOT.fullmatch(part.text) else "template"
        rests = tuple(dict.fromkeys(one for slot in part.slots for one in proofs.get(slot, ())))
        for text in _sentences(part, given):
            lines.append(Line(f"s{len(lines) + 1}", text, part.section, rests, origin))
    return Filled(tuple(lines), tuple(dict.fromkeys(missing)))


def _answer_is_lacking(parts: Sequence[Part], at: int, given: Mapping[str, str]) -> bool:
    """Whether an optional part is a question whose answer falls away: it would stand there alone."""
    if parts[at].section != "question" or not parts[at].optional or at + 1 == len(parts):
        return False
    return any(slot not in given for slot in parts[at + 1].slots)


def _value(slot: str, words: str, known: set[str]) -> str:
    if slot not in known:
        raise InputError(f"{slot}: this template has no such slot. Use one of {', '.join(sorted(known))}.", subject=slot)
    if len(words) > LONGEST_VALUE:
        raise InputError(f"{slot}: {len(words)} characters are too many ({LONGEST_VALUE} at most). Shorten it.", subject=slot)
    return " ".join(words.split())


def _sentences(part: Part, given: Mapping[str, str]) -> list[str]:
    """The text with its slots filled, in whole sentences that begin with a capital; a sentence slot ends with a mark."""

    def words(match: re.Match[str]) -> str:
        value = given[match[1]]
        return value if slots()[match[1]].kind != "sentence" or value.endswith(tuple(_END + '”"')) else value + "."

    text = _TWO_STOPS.sub(".", _SLOT.sub(words, part.text))
    return [text[start].upper() + text[start + 1 : end] for start, end in spans(text)]
