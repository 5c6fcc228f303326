"""The invented city as plain records: places, agencies, outlets, and fourteen days of items.

`load()` reads and checks the files under `data/`; a mistake in them is an `InputError` naming the file and the item.
`timeline()` puts the items on real dates. Nothing here knows how items are served (`sites`) or what should be found in
them (`expected`). Copies are written in the data as a reference to their original and composed here, so a wire report
that six outlets print stands once in the files.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

import yaml

from kentongan.engine.records import Language, SourceKind
from kentongan.errors import InputError

FeedKind = Literal["rss", "rdf", "atom", "json", "sitemap", "listing"]
Layout = Literal["portal", "koran", "bao", "resmi"]
Names = Mapping[str, str]
Row = Mapping[str, Any]

LANGUAGES: tuple[Language, ...] = ("id", "vi", "en")
DAYS = 14
_FEEDS = ("rss", "rdf", "atom", "json", "sitemap", "listing")
_LAYOUTS = ("portal", "koran", "bao", "resmi")
_KINDS = ("press", "official", "public")
_DATELINE = re.compile(r"^[A-Z]{4,} – ")
_SENTENCE_END = re.compile(r"(?<=[.!?”\"]) (?=[A-ZĐÀ-Ỹ“\"])")
_YAML_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Place:
    """A district (`parent`: the city's key) or a ward (`parent`: its district's). `names` by language: id, vi, en."""

    key: str
    kind: Literal["district", "ward"]
    parent: str
    names: Names


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency of the city: official site and the services people ask it about, each named in three languages."""

    key: str
    short: str
    site: str
    names: Names
    services: tuple[Names, ...]


@dataclass(frozen=True, slots=True)
class Outlet:
    """A paper, a station, an agency's channel or a public board. `rhythm` is the usual number of items a day."""

    key: str
    name: str
    language: Language
    source_kind: SourceKind
    feed: FeedKind
    layout: Layout
    rhythm: int
    area: str
    copies_wire: bool
    host: str
    agency: str = ""

    @property
    def home(self) -> str:
        """Address of the front page."""
        return f"https://{self.host}/"


@dataclass(frozen=True, slots=True)
class DemoItem:
    """One item as its outlet prints it. `thread` is what it truly belongs to and is never served.

    `copy_of` is the id of the original ("" for an original); a copy has its original's thread.
    """

    id: str
    outlet: str
    language: Language
    day: int
    clock: time
    section: str
    title: str
    text: str
    thread: str
    copy_of: str
    path: str


@dataclass(frozen=True, slots=True)
class DatedItem:
    """A DemoItem on a real date; `published` is aware and in UTC."""

    item: DemoItem
    published: datetime


@dataclass(frozen=True, slots=True)
class City:
    """Everything that is known of the city before its stream begins. `items` are in order of time, then id."""

    key: str
    names: Names
    province: Names
    river: Names
    market: Names
    sister_city: Names
    zone: ZoneInfo
    day14: date
    until: time
    population: int
    places: tuple[Place, ...]
    agencies: tuple[Agency, ...]
    outlets: tuple[Outlet, ...]
    items: tuple[DemoItem, ...]

    @property
    def wards(self) -> tuple[Place, ...]:
        """The wards, in the order of their districts."""
        return tuple(place for place in self.places if place.kind == "ward")


def load(folder: Traversable | None = None) -> City:
    """The city from `folder`, by default the shipped one. Raises `InputError` naming the file and what is wrong."""
    base = folder if folder is not None else resources.files("kentongan.demo").joinpath("data")
    raw = _mapping(base.joinpath("city.yaml"))
    outlets = tuple(_outlets(base.joinpath("outlets.yaml")))
    return City(
        key=_text(raw, "key", "city.yaml"),
        names=_names(raw, "names", "city.yaml"),
        province=_names(raw, "province", "city.yaml"),
        river=_names(raw, "river", "city.yaml"),
        market=_names(raw, "market", "city.yaml"),
        sister_city=_names(raw, "sister_city", "city.yaml"),
        zone=ZoneInfo(_text(raw, "timezone", "city.yaml")),
        day14=_date(raw, "day14", "city.yaml"),
        until=_clock(_text(raw, "until", "city.yaml"), "city.yaml until"),
        population=_number(raw, "population", "city.yaml"),
        places=tuple(_places(raw)),
        agencies=tuple(_agencies(raw)),
        outlets=outlets,
        items=_items(base.joinpath("items"), {outlet.key: outlet for outlet in outlets}),
    )


def timeline(city: City, day14: date | None = None) -> list[DatedItem]:
    """The items on real dates, in order of time; `day14` (27 November 2025 if not given) is the fourteenth day."""
    last = day14 if day14 is not None else city.day14
    dated: list[DatedItem] = []
    for item in city.items:
        local = datetime.combine(last - timedelta(days=DAYS - item.day), item.clock, city.zone)
        dated.append(DatedItem(item, local.astimezone(UTC)))
    return dated


def spellings(city: City) -> dict[str, str]:
    """Every way a ward or district is written, in three languages, with the key of its place: a gazetteer's list."""
    return {name: place.key for place in city.places for name in place.names.values()}


def ward_map(folder: Traversable | None = None) -> str:
    """The map as GeoJSON text: a polygon a ward (`properties.key`) and the river as a line. Degrees, WGS 84."""
    base = folder if folder is not None else resources.files("kentongan.demo").joinpath("data")
    return base.joinpath("wards.geojson").read_text("utf-8")


def _mapping(file: Traversable) -> Row:
    found = read_yaml(file)
    if not isinstance(found, dict):
        raise InputError(f"{file.name}: expected fields with values at the top of the file", subject=file.name)
    return cast("Row", found)


def _rows(file: Traversable) -> Sequence[Row]:
    return _entries({"entries": read_yaml(file)}, "entries", file.name)


def read_yaml(file: Traversable) -> object:
    """What a YAML file says. Raises `InputError` naming the file and the line."""
    try:
        return yaml.load(file.read_text("utf-8"), Loader=_YAML_LOADER)  # noqa: S506 - a safe loader, the C one where it is built
    except yaml.YAMLError as error:
        raise InputError(f"{file.name} is not valid YAML: {error}", subject=file.name) from error


def _text(row: Row, field: str, where: str) -> str:
    value = row.get(field)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{where}: `{field}` must be a text that is not empty", subject=where)
    return value.strip()


def _one_of(row: Row, field: str, allowed: Sequence[str], where: str) -> str:
    value = _text(row, field, where)
    if value not in allowed:
        raise InputError(f"{where}: `{field}` is {value!r}; allowed are {', '.join(allowed)}", subject=where)
    return value


def _number(row: Row, field: str, where: str) -> int:
    value = row.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InputError(f"{where}: `{field}` must be a whole number, 0 or more", subject=where)
    return value


def _date(row: Row, field: str, where: str) -> date:
    value = row.get(field)
    if not isinstance(value, date):
        raise InputError(f"{where}: `{field}` must be a date like 2025-11-27", subject=where)
    return value


def _entries(row: Row, field: str, where: str) -> Sequence[Row]:
    value = row.get(field)
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in cast("list[object]", value)):
        raise InputError(f"{where}: `{field}` must be a list of entries", subject=where)
    return cast("list[Row]", value)


def _names(row: Row, field: str, where: str) -> Names:
    inner = row.get(field) if field else row
    names: Row = cast("Row", inner) if isinstance(inner, Mapping) else {}
    return {language: _text(names, language, f"{where} {field}".strip()) for language in LANGUAGES}


def _clock(value: str, where: str) -> time:
    try:
        return time.fromisoformat(value)
    except ValueError as error:
        raise InputError(f"{where}: {value!r} is not a time like 07:30", subject=where) from error


def _places(raw: Row) -> Iterator[Place]:
    city = _text(raw, "key", "city.yaml")
    for district in _entries(raw, "districts", "city.yaml"):
        key = _text(district, "key", "city.yaml districts")
        yield Place(key, "district", city, _names(district, "names", f"district {key}"))
        for ward in _entries(district, "wards", f"district {key}"):
            ward_key = _text(ward, "key", f"district {key}")
            yield Place(ward_key, "ward", key, _names(ward, "", f"ward {ward_key}"))


def _agencies(raw: Row) -> Iterator[Agency]:
    for row in _entries(raw, "agencies", "city.yaml"):
        key = _text(row, "key", "city.yaml agencies")
        where = f"agency {key}"
        services = tuple(_names(service, "", where) for service in _entries(row, "services", where))
        yield Agency(key, _text(row, "short", where), _text(row, "site", where), _names(row, "names", where), services)


def _outlets(file: Traversable) -> Iterator[Outlet]:
    for row in _rows(file):
        key = _text(row, "key", file.name)
        where = f"{file.name} {key}"
        yield Outlet(
            key=key,
            name=_text(row, "name", where),
            language=cast("Language", _one_of(row, "language", LANGUAGES, where)),
            source_kind=cast("SourceKind", _one_of(row, "source_kind", _KINDS, where)),
            feed=cast("FeedKind", _one_of(row, "feed", _FEEDS, where)),
            layout=cast("Layout", _one_of(row, "layout", _LAYOUTS, where)),
            rhythm=_number(row, "rhythm", where),
            area=_text(row, "area", where),
            copies_wire=bool(row.get("copies_wire")),
            host=_text(row, "host", where),
            agency=str(row.get("agency", "")),
        )


def _items(folder: Traversable, outlets: Mapping[str, Outlet]) -> tuple[DemoItem, ...]:
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    rows = [(f"{file.name} {row.get('id', '(no id)')}", row) for file in files for row in _rows(file)]
    written: dict[str, DemoItem] = {}
    for where, row in rows:
        if "copy_of" not in row:
            item = _original(row, outlets, where)
            if item.id in written:
                raise InputError(f"{where}: the id is used twice", subject=where)
            written[item.id] = item
    everything = dict(written)
    for where, row in rows:
        if "copy_of" in row:
            item = _copy(row, written, outlets, where)
            if item.id in everything:
                raise InputError(f"{where}: the id is used twice", subject=where)
            everything[item.id] = item
    return tuple(sorted(everything.values(), key=lambda item: (item.day, item.clock, item.id)))


def _original(row: Row, outlets: Mapping[str, Outlet], where: str) -> DemoItem:
    outlet, day, clock = _when(row, outlets, where)
    item_id, section, title = _text(row, "id", where), _text(row, "section", where), _text(row, "title", where)
    return DemoItem(
        id=item_id,
        outlet=outlet.key,
        language=outlet.language,
        day=day,
        clock=clock,
        section=section,
        title=title,
        text=_text(row, "text", where),
        thread=_text(row, "thread", where),
        copy_of="",
        path=_path(section, title, item_id),
    )


def _copy(row: Row, written: Mapping[str, DemoItem], outlets: Mapping[str, Outlet], where: str) -> DemoItem:
    outlet, day, clock = _when(row, outlets, where)
    item_id, of = _text(row, "id", where), _text(row, "copy_of", where)
    if of not in written:
        raise InputError(f"{where}: copies {of!r}, which is not an original's id", subject=where)
    first = written[of]
    if (day, clock) <= (first.day, first.clock):
        raise InputError(f"{where}: a copy must come after its original {of!r}", subject=where)
    how = _one_of(row, "how", ("exact", "light"), where)
    return DemoItem(
        id=item_id,
        outlet=outlet.key,
        language=first.language,
        day=day,
        clock=clock,
        section=first.section,
        title=first.title,
        text=first.text if how == "exact" else _lightly_edited(first.text, outlet.name),
        thread=first.thread,
        copy_of=of,
        path=_path(first.section, first.title, item_id),
    )


def _when(row: Row, outlets: Mapping[str, Outlet], where: str) -> tuple[Outlet, int, time]:
    key, day = _text(row, "outlet", where), row.get("day")
    if key not in outlets:
        raise InputError(f"{where}: no outlet {key!r} in outlets.yaml", subject=where)
    if not isinstance(day, int) or not 1 <= day <= DAYS:
        raise InputError(f"{where}: `day` is {day!r}; it must be 1 to {DAYS}", subject=where)
    return outlets[key], day, _clock(_text(row, "time", where), where)


def _lightly_edited(text: str, outlet: str) -> str:
    """What a desk in a hurry does to wire copy: its own dateline, and of three or more sentences the last one cut."""
    sentences = _SENTENCE_END.split(_DATELINE.sub("", text))
    kept = sentences[:-1] if len(sentences) >= 3 else sentences
    return f"{outlet.upper()} – {' '.join(kept)}"


def _path(section: str, title: str, item_id: str) -> str:
    """The path of the item's page, in ASCII: section, the first eight words of the title, a number made from the id."""
    number = int(hashlib.sha256(item_id.encode()).hexdigest()[:6], 16)
    return f"/{'-'.join(_words(section))}/{'-'.join(_words(title)[:8])}-{number:08}"


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text.lower().replace("đ", "d"))
    return re.findall(r"[a-z0-9]+", "".join(letter for letter in folded if not unicodedata.combining(letter)))
