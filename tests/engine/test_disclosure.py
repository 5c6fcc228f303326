"""Counts by place and topic: whatever is subtracted from what, nothing below ten comes out."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.disclosure import Cell, Group, K, release, shown

WARDS = {"utara": ("bensong", "tepi", "lebak"), "selatan": ("pulau", "dermaga"), "barat": ("kayu",)}
PATHS = [("kota", district, ward) for district, wards in WARDS.items() for ward in wards] + [("kota",), ("kota", "utara"), ("luar",)]
TABLES = st.lists(
    st.builds(Cell, st.sampled_from(["air", "jalan", "sampah"]), st.sampled_from(PATHS), st.integers(0, 35) | st.integers(0, 12)),
    max_size=30,
)


def truth(cells):
    """Topic and place → the true count."""
    out = Counter()
    for cell in cells:
        out[cell.topic, cell.path[-1]] += cell.count
    return out


def ward(name, count, topic="air", district="utara"):
    return Cell(topic, ("kota", district, name), count)


def test_a_place_with_ten_stands_by_itself():
    found = release([ward("bensong", 10), ward("tepi", 30)])
    assert [(group.place, group.count, group.rest) for group in found.groups] == [("bensong", 10, False), ("tepi", 30, False)]
    assert found.total("air") == 40


def test_small_places_of_a_district_are_shown_together():
    found = release([ward("bensong", 20), ward("tepi", 4), ward("lebak", 7)])
    assert found.groups == (Group("air", "bensong", False, ("bensong",), 20), Group("air", "utara", True, ("lebak", "tepi"), 11))


def test_one_small_place_takes_the_smallest_shown_one_with_it():
    found = release([ward("bensong", 20), ward("lebak", 12), ward("tepi", 4)])
    assert [(group.place, group.members, group.count) for group in found.groups] == [
        ("bensong", ("bensong",), 20), ("utara", ("lebak", "tepi"), 16),
    ]  # fmt: skip


def test_a_district_with_too_few_goes_up_to_the_city():
    found = release([ward("bensong", 4), ward("pulau", 8, district="selatan"), ward("kayu", 30, district="barat")])
    assert [(group.place, group.rest, group.count) for group in found.groups] == [("kayu", False, 30), ("kota", True, 12)]


def test_a_topic_with_fewer_than_ten_in_all_is_not_shown_and_enters_no_total():
    found = release([ward("bensong", 9), ward("tepi", 30, "jalan")])
    assert found.withheld == ("air",)
    assert {group.topic for group in found.groups} == {"jalan"}


def test_the_order_of_the_cells_does_not_matter():
    cells = [ward("bensong", 4), ward("tepi", 12), ward("pulau", 8, district="selatan"), ward("kayu", 12, district="barat")]
    assert len({release(order) for order in itertools.permutations(cells)}) == 1


@pytest.mark.parametrize(("count", "said"), [(0, 0), (1, None), (9, None), (10, 10), (400, 400)])
def test_a_single_count_is_said_from_ten_up(count, said):
    assert shown(count) == said


def test_what_is_no_count_is_refused():
    with pytest.raises(ValueError, match="place and a count"):
        Cell("air", (), 3)
    with pytest.raises(ValueError, match="place and a count"):
        Cell("air", ("kota",), -1)
    with pytest.raises(ValueError, match="at least 1"):
        release([], k=0)


@given(TABLES)
def test_what_is_shown_of_a_topic_is_a_partition_into_groups_of_ten_or_more(cells):
    found, true = release(cells), truth(cells)
    for topic in {cell.topic for cell in cells}:
        groups = [group for group in found.groups if group.topic == topic]
        members = [member for group in groups for member in group.members]
        assert len(members) == len(set(members))
        assert all(group.count == sum(true[topic, member] for member in group.members) >= K for group in groups)
        total = sum(count for (of, _), count in true.items() if of == topic)
        assert found.total(topic) == (0 if topic in found.withheld else total)
        assert (topic in found.withheld) is (0 < total < K)


@given(TABLES)
def test_no_cell_below_ten_can_be_computed_from_everything_that_is_shown(cells):
    """The small cell is not in the row space of all shown numbers and totals, so no adding and subtracting gives it."""
    found, true = release(cells), truth(cells)
    atoms = sorted(key for key, count in true.items() if count)
    if not atoms or not found.groups:
        return
    rows = [[float(topic == group.topic and place in group.members) for topic, place in atoms] for group in found.groups]
    rows += [[float(topic == shown_topic) for topic, _ in atoms] for shown_topic in {group.topic for group in found.groups}]
    rows.append([float(topic not in found.withheld) for topic, _ in atoms])
    matrix = np.array(rows)
    rank = np.linalg.matrix_rank(matrix)
    for number, atom in enumerate(atoms):
        if true[atom] < K:
            unit = np.eye(len(atoms))[number]
            assert np.linalg.matrix_rank(np.vstack([matrix, unit])) == rank + 1


@given(TABLES, st.integers(2, 40))
def test_no_two_shown_numbers_differ_by_fewer_than_k_reports_of_the_same_people(cells, k):
    found, true = release(cells, k), truth(cells)
    sets = [frozenset((group.topic, member) for member in group.members) for group in found.groups]
    sets += [frozenset().union(*(one for one in sets if next(iter(one))[0] == topic)) for topic in {group.topic for group in found.groups}]
    for more, less in itertools.permutations(sets, 2):
        if less < more:
            difference = sum(true[atom] for atom in more - less)
            assert difference == 0 or difference >= k
