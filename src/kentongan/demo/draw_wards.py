"""Draw the map of the invented city: `python -m kentongan.demo.draw_wards > wards.geojson`.

Method: one hand-placed seed a ward and a ring of seeds for the sea and the land around; the Voronoi cells of the ward
seeds tile the city without gap or overlap, because two neighbours share the very same corner. Every shared edge is then
bent by midpoint displacement whose amount comes from a hash of its two corners, so both neighbours bend it alike and
each run draws the same map. The river is the chain of edges between the wards west and east of it. The place is open
sea (91° E, 11° S): no real place is meant.

Known limits: displacement is small enough that edges do not cross for these seeds; a test checks it, the method does
not prove it. A polygon library could clip to a drawn coast, but is one more thing to install for one picture.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import sys
from collections.abc import Iterator

import numpy as np
from scipy.spatial import Voronoi

Point = tuple[float, float]

ORIGIN: Point = (91.0, -11.0)
KM = 1 / 111.0
"""Degrees a kilometre, near enough on both axes at 11° S for an invented map."""

SEEDS: dict[str, Point] = {
    # x, y in kilometres from the middle of the city; the river runs from north to south between WEST and EAST
    "bukit-sela": (-6.2, 8.6),
    "rawa-kenari": (-2.6, 9.2),
    "lebak-damar": (1.4, 8.6),
    "tepi-welar": (-1.9, 5.9),
    "bensong": (1.9, 5.4),
    "kampung-lentera": (-3.4, 2.7),
    "balai-sena": (-0.6, 2.9),
    "senandung": (2.4, 2.3),
    "jembatan-sembilan": (-1.2, 0.2),
    "tanah-merak": (1.9, -0.4),
    "kebun-bulan": (5.4, 6.4),
    "batu-layah": (8.3, 4.6),
    "sumber-wening": (5.7, 2.9),
    "pelita-dalam": (5.2, -0.6),
    "tambak-kaca": (8.6, 0.4),
    "jati-rimbun": (-6.4, 4.7),
    "ladang-sabut": (-8.9, 1.8),
    "kayu-apung": (-5.9, 1.0),
    "teras-welar": (-4.2, -1.9),
    "mekar-laut": (-8.0, -2.4),
    "pulau-angin": (-1.4, -3.0),
    "dermaga-lima": (2.6, -3.6),
    "pasir-jingga": (6.6, -4.0),
    "muara-kecil": (-4.4, -5.4),
}
LAND: tuple[Point, ...] = (
    (-11.8, -2.6), (-12.9, 2.2), (-10.6, 5.6), (-10.4, 9.6), (-6.8, 12.2), (-2.4, 12.8), (2.0, 12.2), (5.6, 10.2),
    (9.2, 8.4), (12.0, 5.6), (12.6, 1.4),
)  # fmt: skip
SEA: tuple[Point, ...] = (
    (11.4, -3.0), (8.4, -7.6), (4.2, -7.4), (0.6, -6.4), (-1.6, -7.8), (-5.0, -9.2), (-9.4, -6.6),
)  # fmt: skip
WEST = ("rawa-kenari", "tepi-welar", "balai-sena", "jembatan-sembilan", "pulau-angin")
EAST = ("lebak-damar", "bensong", "senandung", "tanah-merak", "dermaga-lima")
LEVELS = 3
BEND = 0.11


def _chance(a: Point, b: Point) -> float:
    """-1..1, the same for (a, b) however often it is asked."""
    digest = hashlib.sha256(f"{a[0]:.6f},{a[1]:.6f};{b[0]:.6f},{b[1]:.6f}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**31 - 1


def _bent(a: Point, b: Point, levels: int) -> list[Point]:
    """The points from a up to, not including, b; the way from b to a passes the same points."""
    if a > b:
        return [a, *reversed(_bent(b, a, levels)[1:])]
    if levels == 0:
        return [a]
    push = BEND * _chance(a, b)
    middle = ((a[0] + b[0]) / 2 - (b[1] - a[1]) * push, (a[1] + b[1]) / 2 + (b[0] - a[0]) * push)
    return _bent(a, middle, levels - 1) + _bent(middle, b, levels - 1)


def _corner(voronoi: Voronoi, index: int) -> Point:
    x, y = voronoi.vertices[index]
    return (round(float(x), 4), round(float(y), 4))


def _degrees(point: Point) -> list[float]:
    return [round(ORIGIN[0] + point[0] * KM, 5), round(ORIGIN[1] + point[1] * KM, 5)]


def _rings(voronoi: Voronoi) -> Iterator[tuple[str, list[Point]]]:
    for number, key in enumerate(SEEDS):
        corners = [_corner(voronoi, index) for index in voronoi.regions[voronoi.point_region[number]]]
        x, y = zip(*corners, strict=True)
        if sum(x[i - 1] * y[i] - x[i] * y[i - 1] for i in range(len(corners))) < 0:
            corners.reverse()
        ring: list[Point] = []
        for i, corner in enumerate(corners):
            ring += _bent(corner, corners[(i + 1) % len(corners)], LEVELS)
        yield key, [*ring, ring[0]]


def _across(one: str, other: str) -> bool:
    return (one in WEST and other in EAST) or (one in EAST and other in WEST)


def _river(voronoi: Voronoi) -> list[Point]:
    """The shared edges of west and east wards, joined from north to south."""
    names = list(SEEDS)
    edges: list[tuple[Point, Point]] = []
    for (left, right), (start, end) in zip(voronoi.ridge_points, voronoi.ridge_vertices, strict=True):
        if max(left, right) < len(names) and _across(names[left], names[right]):
            edges.append((_corner(voronoi, start), _corner(voronoi, end)))
    line = [max((corner for edge in edges for corner in edge), key=lambda corner: corner[1])]
    while edges:
        edge = next(edge for edge in edges if line[-1] in edge)
        edges.remove(edge)
        line.append(edge[1] if edge[0] == line[-1] else edge[0])
    return [point for a, b in itertools.pairwise(line) for point in _bent(a, b, LEVELS)] + [line[-1]]


def drawn() -> dict[str, object]:
    """A GeoJSON FeatureCollection: 24 polygons (`kind` ward) and the river (`kind` river); longitude, latitude."""
    voronoi = Voronoi(np.array([*SEEDS.values(), *LAND, *SEA]))
    features: list[dict[str, object]] = [
        {
            "type": "Feature",
            "properties": {"kind": "ward", "key": key},
            "geometry": {"type": "Polygon", "coordinates": [[_degrees(point) for point in ring]]},
        }
        for key, ring in _rings(voronoi)
    ]
    river = {"type": "LineString", "coordinates": [_degrees(point) for point in _river(voronoi)]}
    features.append({"type": "Feature", "properties": {"kind": "river", "key": "welaran"}, "geometry": river})
    return {"type": "FeatureCollection", "features": features}


def main() -> None:
    """Write the map to standard output."""
    sys.stdout.write(json.dumps(drawn(), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
