"""A file of places as checked rows: CSV and GeoJSON in our own columns, and the official lists of both countries. Pure.

Own columns (docs/how-to/places.md): code, name, level, and where known parent, name_id, name_vi, name_en, since, until, old_names,
replaces, latitude, longitude, population; in GeoJSON they are properties and the geometry is the shape. A list with other headers is
recognised by them (`places_official`). The file is taken whole or not at all: the first thing that is wrong is a `FileError` with its
line and the remedy.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.utils.translation import gettext

from kentongan.errors import FileError
from kentongan.office.people import places_official

MAX_BYTES = 60_000_000
MAX_ROWS = 120_000
"""Indonesia has about 91,600 units of all levels."""
MAX_POINTS = 50_000
LEVELS = ("province", "regency", "city", "district", "ward", "village", "commune", "special_zone")
DEPTH = {"province": 0, "regency": 1, "city": 1, "district": 2, "ward": 3, "village": 3, "commune": 3, "special_zone": 3}
LANGUAGES = ("id", "vi", "en")
COLUMNS = (
    "code", "name", "level", "parent", "name_id", "name_vi", "name_en", "since", "until", "old_names", "replaces", "latitude", "longitude",
    "population",
)  # fmt: skip
NEEDED = ("code", "name", "level")
_CODE = re.compile(r"[A-Za-z0-9._-]{1,30}")
Shape = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One place as a file says it. `parent` is a code or "" (nobody above it); `line` is where it stands, 1-based."""

    line: int
    code: str
    name: str
    level: str
    parent: str = ""
    names: tuple[tuple[str, str], ...] = ()
    since: date | None = None
    until: date | None = None
    old_names: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    population: int | None = None
    shape: Shape | None = None


def read(data: bytes, name: str, country: str = "ID") -> list[Row]:
    """Every place of a file, parents before their children. `country` decides how a list without levels is read.

    Raises `FileError` naming the file, the line and the remedy.
    """
    if len(data) > MAX_BYTES:
        raise wrong(name, 0, gettext("The file is larger than %(mb)s MB. Split it by province.") % {"mb": MAX_BYTES // 1_000_000})
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise wrong(name, line, gettext("This is no UTF-8 text. Save the list as “CSV UTF-8”.")) from error
    if "\0" in text:
        raise wrong(name, text[: text.index("\0")].count("\n") + 1, gettext("There is a NUL character. Save the list again as CSV."))
    given = _features(text, name) if text.lstrip()[:1] in ("{", "[") else _lines(text, name)
    rows: list[Row] = []
    for line, fields, geometry in given:
        if len(rows) >= MAX_ROWS:
            raise wrong(name, line, gettext("More than %(n)s places. Split the file by province.") % {"n": MAX_ROWS})
        rows += _rows(line, fields, geometry, name, country)
    return _ordered(_once(rows, name), name)


def wrong(name: str, line: int, why: str) -> FileError:
    """The error every refusal is."""
    where = gettext("%(name)s, line %(line)s: %(why)s") % {"name": name, "line": line, "why": why} if line else f"{name}: {why}"
    return FileError(where, subject=name, line=line)


Given = tuple[int, Mapping[str, str], object]


def _lines(text: str, name: str) -> Iterator[Given]:
    """The lines of a CSV file by lower-case header; comma, semicolon or tab."""
    head = text.split("\n", 1)[0]
    comma = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True)
    try:
        header = [places_official.key(cell) for cell in next(reader, [])]
        if not any(header):
            raise wrong(name, 1, gettext("The file is empty. The first line must name the columns."))
        twice = sorted({cell for cell in header if cell and header.count(cell) > 1})
        if twice:
            raise wrong(name, 1, gettext("The column “%(column)s” stands twice. Remove one.") % {"column": twice[0]})
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) > len(header):
                    why = gettext("The line has more cells than the first line names. Put names with commas in quotes.")
                    raise wrong(name, reader.line_num, why)
                yield reader.line_num, {column: cell.strip() for column, cell in zip(header, cells, strict=False) if column}, None
    except csv.Error as error:
        raise wrong(name, reader.line_num, gettext("The line cannot be read as CSV (%(why)s).") % {"why": error}) from error


def _features(text: str, name: str) -> Iterator[Given]:
    """The features of a GeoJSON file; their number stands for the line."""
    try:
        found: object = json.loads(text)
    except ValueError as error:
        raise wrong(name, getattr(error, "lineno", 0), gettext("This is no JSON (%(why)s).") % {"why": str(error)[:100]}) from error
    except RecursionError as error:
        raise wrong(name, 0, gettext("The JSON is nested too deep.")) from error
    features = cast("Mapping[str, object]", found).get("features") if isinstance(found, dict) else None
    if not isinstance(features, list):
        raise wrong(name, 0, gettext("A GeoJSON file must be a FeatureCollection with “features”."))
    for number, feature in enumerate(cast("list[object]", features), start=1):
        fields = cast("Mapping[str, object]", feature).get("properties") if isinstance(feature, dict) else None
        if not isinstance(fields, dict):
            raise wrong(name, number, gettext("Feature %(n)s has no properties.") % {"n": number})
        said = cast("Mapping[str, object]", fields)
        values = {places_official.key(str(key)): "" if value is None else str(value).strip() for key, value in said.items()}
        yield number, values, cast("Mapping[str, object]", feature).get("geometry")


def _rows(line: int, fields: Mapping[str, str], geometry: object, name: str, country: str) -> list[Row]:
    if "level" not in fields or "code" not in fields:
        official = places_official.rows(fields, country)
        if official:
            return [
                _row(line, {"code": u.code, "name": u.name, "level": u.level, "parent": u.parent, "name_en": u.english}, None, name)
                for u in official
            ]
        missing = ", ".join(column for column in NEEDED if column not in fields)
        if not missing or {"kode", "nama"} & set(fields):
            raise wrong(name, line, gettext("The line is of neither official list. Look at its code."))
        raise wrong(name, line, gettext("The column %(columns)s is missing. See the guide for the columns.") % {"columns": missing})
    return [_row(line, fields, geometry, name)]


def _row(line: int, fields: Mapping[str, str], geometry: object, name: str) -> Row:
    code, title, level = fields["code"], fields.get("name", ""), fields["level"].lower()
    if not _CODE.fullmatch(code):
        raise wrong(name, line, gettext("“%(code)s” is no code: 1 to 30 letters, digits, dots and dashes.") % {"code": code[:40]})
    if not 0 < len(title) <= 200:
        raise wrong(name, line, gettext("The place %(code)s needs a name of at most 200 characters.") % {"code": code})
    if level not in LEVELS:
        said = {"level": level[:40], "levels": ", ".join(LEVELS)}
        raise wrong(name, line, gettext("“%(level)s” is no level. Use one of %(levels)s.") % said)
    since, until = (_date(fields.get(column, ""), column, line, name) for column in ("since", "until"))
    if since and until and until <= since:
        raise wrong(name, line, gettext("The place %(code)s ends before it begins. Look at since and until.") % {"code": code})
    shape, point = _geometry(geometry, code, line, name)
    latitude = _number(fields.get("latitude", ""), "latitude", 90, line, name)
    longitude = _number(fields.get("longitude", ""), "longitude", 180, line, name)
    return Row(
        line, code, title, level, fields.get("parent", ""),
        tuple((language, fields[f"name_{language}"][:200]) for language in LANGUAGES if fields.get(f"name_{language}")),
        since, until, _many(fields.get("old_names", "")), _many(fields.get("replaces", "")),
        point[1] if point else latitude, point[0] if point else longitude,
        _population(fields.get("population", ""), line, name), shape,
    )  # fmt: skip


def _many(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip()[:200] for part in text.split("|") if part.strip()))


def _date(text: str, column: str, line: int, name: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        said = {"text": text[:40], "column": column}
        raise wrong(name, line, gettext("“%(text)s” in %(column)s is no day. Write it as 2025-07-01.") % said) from None


def _number(text: str, column: str, most: float, line: int, name: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= most:
        said = {"text": text[:40], "column": column, "most": most}
        raise wrong(name, line, gettext("“%(text)s” in %(column)s is no number from -%(most)s to %(most)s.") % said)
    return value


def _population(text: str, line: int, name: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise wrong(name, line, gettext("“%(text)s” in population is no whole number without separators.") % {"text": text[:40]})
    return int(text)


def _geometry(geometry: object, code: str, line: int, name: str) -> tuple[Shape | None, tuple[float, float] | None]:
    """A polygon as shape, a point as point. Raises for anything else."""
    if geometry is None:
        return None, None
    fields = cast("Mapping[str, object]", geometry) if isinstance(geometry, dict) else {}
    kind, where = fields.get("type"), fields.get("coordinates")
    if kind == "Point" and _is_point(where):
        point = cast("Sequence[float]", where)
        return None, (float(point[0]), float(point[1]))
    polygons = [where] if kind == "Polygon" else where if kind == "MultiPolygon" else None
    if not isinstance(polygons, list) or not polygons or not all(_is_polygon(one) for one in cast("list[object]", polygons)):
        said = gettext("The shape of %(code)s is no closed polygon in degrees (longitude, latitude). Draw it again or leave it out.")
        raise wrong(name, line, said % {"code": code})
    if sum(len(ring) for polygon in cast("list[list[list[object]]]", polygons) for ring in polygon) > MAX_POINTS:
        raise wrong(name, line, gettext("The shape of %(code)s has too many points. Simplify it first.") % {"code": code})
    return {"type": kind, "coordinates": where}, None


def _is_polygon(polygon: object) -> bool:
    return isinstance(polygon, list) and bool(polygon) and all(_is_ring(ring) for ring in cast("list[object]", polygon))


def _is_ring(ring: object) -> bool:
    if not isinstance(ring, list):
        return False
    points = cast("list[object]", ring)
    return len(points) >= 4 and points[0] == points[-1] and all(_is_point(point) for point in points)


def _is_point(point: object) -> bool:
    if not isinstance(point, list) or not 2 <= len(cast("list[object]", point)) <= 3:
        return False
    values = cast("list[object]", point)
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return False
    return abs(cast("float", values[0])) <= 180 and abs(cast("float", values[1])) <= 90


def _once(rows: Sequence[Row], name: str) -> dict[str, Row]:
    """Rows by code. The units above a line of an official list come with every line and must say the same."""
    found: dict[str, Row] = {}
    for row in rows:
        before = found.get(row.code)
        if before is None:
            found[row.code] = row
        elif DEPTH[row.level] == 3 or (before.name, before.level, before.parent) != (row.name, row.level, row.parent):
            said = {"code": row.code, "line": before.line}
            raise wrong(name, row.line, gettext("The code %(code)s stands on line %(line)s already. Each place stands once.") % said)
    return found


def _ordered(rows: Mapping[str, Row], name: str) -> list[Row]:
    """Parents before children; raises for a loop and for a level that cannot stand below its parent."""
    done: dict[str, None] = {}
    for start in rows.values():
        path: list[Row] = []
        walking: set[str] = set()
        row: Row | None = start
        while row is not None and row.code not in done:
            if row.code in walking:
                raise wrong(name, row.line, gettext("The parents of %(code)s lead in a circle. Correct its parent.") % {"code": row.code})
            walking.add(row.code)
            path.append(row)
            parent = rows.get(row.parent)
            if parent is not None and DEPTH[parent.level] >= DEPTH[row.level]:
                said = {"code": row.code, "level": row.level, "parent": parent.code, "above": parent.level}
                raise wrong(name, row.line, gettext("%(code)s (%(level)s) cannot stand below %(parent)s (%(above)s).") % said)
            row = parent
        done.update(dict.fromkeys(one.code for one in reversed(path)))
    return [rows[code] for code in done]
