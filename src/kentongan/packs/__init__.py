"""Starter packs: public sources an office can begin with, as data (OPML, one file a pack).

Each entry says how well its address is known (`evidence`): `answered` (somebody's public record says that it answered, at `checked` where
a date is given), `documented` (the owner's own documentation names it), `public-code` (the exact address stands in public programs),
`memory` (nobody has looked). None was asked by the authors of this list: `kentongan sources check --pack NAME` asks them from your place.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Literal, get_args

from kentongan.engine import addresses, markup
from kentongan.engine.trees import Element, from_xml, local_name, text_of
from kentongan.errors import InputError, StateError

Evidence = Literal["answered", "documented", "public-code", "memory"]
_FOLDER = "kentongan.packs"


@dataclass(frozen=True, slots=True)
class PackEntry:
    """One source of a pack, in the words of the source's form. `checked` is a date or ""."""

    name: str
    url: str
    site: str
    language: str
    kind: str
    source_kind: str
    area: str
    pattern: str
    evidence: Evidence
    checked: str
    note: str


@dataclass(frozen=True, slots=True)
class Pack:
    """A named list of sources. `note` says in a line what to know of rights and manners."""

    name: str
    title: str
    country: str
    note: str
    entries: tuple[PackEntry, ...]


def get_packs() -> tuple[Pack, ...]:
    """Every pack that is shipped, by name. Raises `StateError` for a damaged file."""
    files = sorted(file.name for file in resources.files(_FOLDER).iterdir() if file.name.endswith(".opml"))
    return tuple(get_pack(name.removesuffix(".opml")) for name in files)


def get_pack(name: str) -> Pack:
    """One pack. Raises `InputError` for a name that is none, `StateError` for a damaged file."""
    known = sorted(file.name.removesuffix(".opml") for file in resources.files(_FOLDER).iterdir() if file.name.endswith(".opml"))
    if name not in known:
        raise InputError(f"There is no pack “{name[:60]}”. There are: {', '.join(known)}.", subject="pack")
    return read_pack(name, resources.files(_FOLDER).joinpath(f"{name}.opml").read_bytes())


def read_pack(name: str, body: bytes) -> Pack:
    """The pack of an OPML file. Raises `StateError` that names the entry and the field where the file is no pack."""
    root, fault = from_xml(body)
    if root is None or fault or local_name(root) != "opml":
        raise StateError(f"The pack {name} is damaged: {fault or 'it is not OPML'}.", subject=name)
    head = {local_name(one): text_of(one) for one in root.iter("*")}
    entries = tuple(_entry(name, element) for element in root.iter("outline"))
    return Pack(name, head.get("title", name), head.get("country", ""), head.get("note", ""), entries)


def _entry(pack: str, element: Element) -> PackEntry:
    values = {str(key).rpartition("}")[2].lower(): markup.squeezed(value) for key, value in element.attrib.items()}
    evidence = values.get("evidence", "")
    entry = PackEntry(
        name=values.get("title") or values.get("text", ""),
        url=addresses.resolve(values.get("xmlurl", ""), ""),
        site=addresses.resolve(values.get("htmlurl", ""), ""),
        language=values.get("language", ""),
        kind=values.get("kind", ""),
        source_kind=values.get("sourcekind", ""),
        area=values.get("area", ""),
        pattern=values.get("pattern", ""),
        evidence=evidence,  # type: ignore[arg-type]
        checked=values.get("checked", ""),
        note=values.get("note", ""),
    )
    wrong = [
        field
        for field, right in (
            ("name", entry.name), ("url", entry.url), ("kind", entry.kind), ("source_kind", entry.source_kind),
            ("evidence", evidence in get_args(Evidence)),
        )
        if not right
    ]  # fmt: skip
    if wrong:
        raise StateError(f"The pack {pack} is damaged: “{entry.name or entry.url}” lacks {', '.join(wrong)}.", subject=pack)
    return entry
