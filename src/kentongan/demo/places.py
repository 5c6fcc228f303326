"""The invented city's places as a file in the form of docs/how-to/places.md: city, districts, wards with shapes, and two old names."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from kentongan.demo.city import City

OLD_NAMES = {"bensong": "Kampung Bensong", "senandung": "Pasar Lama"}
"""Names that two wards had, so that the demo shows how old names are found."""
MERGED = {"pulau-angin": ("gosong-angin", "Gosong Angin", "2019-01-01")}
"""A ward that another became part of: new ward → (code, name, day)."""


def geojson(city: City) -> bytes:
    """Every place of the city, with the shape of each ward."""
    drawn = json.loads(resources.files("kentongan.demo").joinpath("data", "wards.geojson").read_text(encoding="utf-8"))
    shapes = {one["properties"]["key"]: one["geometry"] for one in drawn["features"] if one["properties"].get("kind") == "ward"}
    features = [_feature(city.key, city.names["id"], "city", "", city.names, population=city.population)]
    for place in city.places:
        extra: dict[str, Any] = {}
        if place.key in OLD_NAMES:
            extra["old_names"] = OLD_NAMES[place.key]
        if place.key in MERGED:
            code, name, day = MERGED[place.key]
            features.append(_feature(code, name, "ward", place.parent, {}, until=day))
            extra |= {"replaces": code, "since": day}
        features.append(_feature(place.key, place.names["id"], place.kind, place.parent, place.names, shapes.get(place.key), **extra))
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def _feature(code: str, name: str, level: str, parent: str, names: Any, shape: Any = None, **more: Any) -> dict[str, Any]:
    said = {f"name_{language}": text for language, text in names.items() if text != name}
    properties = {"code": code, "name": name, "level": level, "parent": parent, **said, **more}
    return {"type": "Feature", "properties": properties, "geometry": shape}
