"""The map: 24 valid polygons that share every inner border exactly, so there is neither gap nor overlap."""

import itertools
import json
import os
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from kentongan.demo.city import load, ward_map
from kentongan.demo.draw_wards import drawn

Edge = tuple[tuple[float, float], tuple[float, float]]


@pytest.fixture(scope="module")
def rings() -> dict[str, list[tuple[float, float]]]:
    features = json.loads(ward_map())["features"]
    return {
        feature["properties"]["key"]: [tuple(point) for point in feature["geometry"]["coordinates"][0]]
        for feature in features
        if feature["properties"]["kind"] == "ward"
    }


def _edges(ring: list[tuple[float, float]]) -> list[Edge]:
    return list(itertools.pairwise(ring))


def _area(ring: list[tuple[float, float]]) -> float:
    x, y = np.array(ring).T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)


def _outline(rings: dict[str, list[tuple[float, float]]]) -> list[tuple[float, float]]:
    directed = {edge for ring in rings.values() for edge in _edges(ring)}
    onward = {a: b for a, b in directed if (b, a) not in directed}
    start = min(onward)
    line = [start]
    while len(line) == 1 or line[-1] != start:
        line.append(onward[line[-1]])
    assert len(line) == len(onward) + 1, "the outline must be one ring"
    return line


def _crossings(edges: list[Edge]) -> int:
    """Pairs of segments that cross at a point inside both."""
    a, b = np.array([edge[0] for edge in edges]), np.array([edge[1] for edge in edges])

    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
        d, e = q - p, r - p
        return np.sign(d[..., 0] * e[..., 1] - d[..., 1] * e[..., 0])

    a1, b1, a2, b2 = a[:, None], b[:, None], a[None, :], b[None, :]
    crossing = (side(a1, b1, a2) * side(a1, b1, b2) < 0) & (side(a2, b2, a1) * side(a2, b2, b1) < 0)
    return int(crossing.sum()) // 2


def test_it_draws_each_ward_of_the_city_once(rings):
    assert set(rings) == {ward.key for ward in load().wards}


def test_it_draws_closed_rings_without_repeated_points_and_counter_clockwise(rings):
    for key, ring in rings.items():
        assert ring[0] == ring[-1], key
        assert len(set(ring)) == len(ring) - 1 >= 12, key
        assert _area(ring) > 0, key


def test_it_shares_every_inner_border_between_exactly_two_wards(rings):
    uses = Counter(edge for ring in rings.values() for edge in _edges(ring))
    assert max(uses.values()) == 1
    touching = Counter(frozenset(edge) for edge in uses)
    assert set(touching.values()) == {1, 2}


def test_it_covers_the_city_without_gap_or_overlap(rings):
    whole = _area(_outline(rings))
    assert sum(_area(ring) for ring in rings.values()) == pytest.approx(whole, rel=1e-9)


def test_it_lets_no_two_borders_cross(rings):
    edges = sorted({tuple(sorted(edge)) for ring in rings.values() for edge in _edges(ring)})
    assert _crossings(edges) == 0


def test_it_would_notice_crossing_borders():
    assert _crossings([((0, 0), (1, 1)), ((0, 1), (1, 0)), ((5, 5), (6, 6))]) == 1


def test_it_lies_in_the_open_sea_and_is_small(rings):
    longitude, latitude = np.array([point for ring in rings.values() for point in ring]).T
    assert 90.8 < longitude.min() < longitude.max() < 91.2
    assert -11.2 < latitude.min() < latitude.max() < -10.8
    assert len(ward_map().encode()) < 60_000


def test_it_runs_the_river_along_ward_borders_from_north_to_south(rings):
    river = next(f for f in json.loads(ward_map())["features"] if f["properties"]["kind"] == "river")
    line = [tuple(point) for point in river["geometry"]["coordinates"]]
    corners = {point for ring in rings.values() for point in ring}
    assert set(line) <= corners
    assert line[0][1] > line[-1][1] + 0.1
    assert {line[0], line[-1]} <= set(_outline(rings))


def test_it_floods_wards_that_lie_on_the_river(rings):
    river = next(f for f in json.loads(ward_map())["features"] if f["properties"]["kind"] == "river")
    line = {tuple(point) for point in river["geometry"]["coordinates"]}
    assert all(line & set(rings[key]) for key in ("rawa-kenari", "lebak-damar", "tepi-welar", "bensong"))


def test_it_draws_the_same_map_each_time():
    assert drawn() == json.loads(ward_map())


def test_it_draws_the_same_map_whatever_the_hash_seed():
    printed = {
        subprocess.run(
            [sys.executable, "-m", "kentongan.demo.draw_wards"],
            env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert printed == {ward_map()}
