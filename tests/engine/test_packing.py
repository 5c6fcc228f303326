"""Saved state: the same bytes for the same state, and no damaged byte is ever read as state."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from kentongan.engine.packing import pack, unpack
from kentongan.errors import StateError

DATA = {"seen": 3, "words": {"banjir": 2.5, "đê": 1.0}, "ids": ["a", "b"], "none": None}
ARRAYS = {
    "vectors": np.arange(12, dtype="<f4").reshape(3, 4),
    "slots": np.array([5, -1], dtype="<i8"),
    "empty": np.zeros((0, 4), dtype="<f2"),
}
SAVED = pack("stories", 3, DATA, ARRAYS)

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
DTYPES = st.sampled_from(["<f4", "<f2", "<f8", "<i8", "<u8", "<u4", "<i4"])


def test_what_was_packed_comes_back_with_shapes_and_types() -> None:
    data, arrays = unpack(SAVED, "stories", 3)
    assert data == DATA
    assert set(arrays) == set(ARRAYS)
    for name, array in arrays.items():
        assert (array.dtype, array.shape) == (ARRAYS[name].dtype, ARRAYS[name].shape)
        assert (array == ARRAYS[name]).all()


@given(
    st.dictionaries(st.text(max_size=6), JSON_VALUES, max_size=4),
    st.dictionaries(
        st.text(alphabet="abc_", min_size=1, max_size=5),
        DTYPES.flatmap(lambda dtype: arrays_of.arrays(dtype, arrays_of.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=3))),
        max_size=3,
    ),
)
def test_any_state_comes_back_bit_for_bit(data: dict[str, Any], arrays: dict[str, Any]) -> None:
    saved = pack("kind", 1, data, arrays)
    found, kept = unpack(saved, "kind", 1)
    assert found == data
    assert {name: (array.dtype.str, array.shape, array.tobytes()) for name, array in kept.items()} == {
        name: (array.dtype.str, array.shape, array.tobytes()) for name, array in arrays.items()
    }
    assert pack("kind", 1, found, kept) == saved


def test_a_number_without_dimensions_comes_back_as_one() -> None:
    _, kept = unpack(pack("kind", 1, {}, {"v": np.array(2.5, dtype="<f4")}), "kind", 1)
    assert kept["v"].shape == ()


def test_the_order_in_which_things_were_put_in_leaves_no_trace() -> None:
    turned = pack("stories", 3, dict(reversed(DATA.items())), dict(reversed(ARRAYS.items())))
    assert turned == SAVED


def test_the_memory_layout_of_an_array_leaves_no_trace() -> None:
    array = ARRAYS["vectors"]
    assert pack("k", 1, {}, {"v": np.asfortranarray(array)}) == pack("k", 1, {}, {"v": array})
    assert pack("k", 1, {}, {"v": np.repeat(array, 2, axis=0)[::2]}) == pack("k", 1, {}, {"v": array})


def test_the_bytes_are_pinned_so_that_an_old_file_stays_readable() -> None:
    saved = pack("stories", 1, {"a": 1}, {"v": np.array([1.0, 2.0], dtype="<f4")})
    assert hashlib.sha256(saved).hexdigest() == "24cfdac378be903bc5f71d0d0b421ecc2846c6dd82e921b7d400c5ae92b381ac"


@pytest.mark.parametrize("place", range(0, len(SAVED), 7))
def test_one_changed_byte_anywhere_is_seen(place: int) -> None:
    damaged = bytearray(SAVED)
    damaged[place] ^= 0x01
    with pytest.raises(StateError):
        unpack(bytes(damaged), "stories", 3)


@given(st.integers(0, len(SAVED) - 1))
def test_a_file_cut_short_anywhere_is_seen(length: int) -> None:
    with pytest.raises(StateError):
        unpack(SAVED[:length], "stories", 3)


@given(st.binary(min_size=1, max_size=50))
def test_a_file_with_something_behind_it_is_seen(more: bytes) -> None:
    with pytest.raises(StateError, match="check sum"):
        unpack(SAVED + more, "stories", 3)


@given(st.binary(max_size=120))
def test_bytes_of_another_origin_are_no_state(raw: bytes) -> None:
    with pytest.raises(StateError, match="not a saved state"):
        unpack(raw, "stories", 3)


@pytest.mark.parametrize(("kind", "version"), [("bursts", 3), ("stories", 2), ("stories", 4)])
def test_state_of_another_kind_or_version_is_refused_and_both_are_named(kind: str, version: int) -> None:
    with pytest.raises(StateError, match=f"stories version 3; this program reads {kind} version {version}") as caught:
        unpack(SAVED, kind, version)
    assert caught.value.subject == kind


@pytest.mark.parametrize("dtype", ["object", "<U5", "bool", ">f4", "<c8", "<M8[s]"])
def test_an_array_that_could_run_code_or_reads_differently_elsewhere_is_not_saved(dtype: str) -> None:
    with pytest.raises(ValueError, match="array v has type"):
        pack("k", 1, {}, {"v": np.zeros(2, dtype=dtype)})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"x", object()])
def test_what_json_cannot_carry_is_not_saved(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        pack("k", 1, {"a": value}, {})


def test_an_array_that_was_read_may_be_changed_and_does_not_change_the_file() -> None:
    _, first = unpack(SAVED, "stories", 3)
    first["vectors"][:] = 0
    _, second = unpack(SAVED, "stories", 3)
    assert (second["vectors"] == ARRAYS["vectors"]).all()


def test_the_header_is_json_a_person_can_read() -> None:
    size = int.from_bytes(SAVED[10:18], "little")
    header = json.loads(SAVED[18 : 18 + size])
    assert (header["kind"], header["version"], header["data"]) == ("stories", 3, DATA)
    assert header["arrays"] == [["empty", "<f2", [0, 4]], ["slots", "<i8", [2]], ["vectors", "<f4", [3, 4]]]
    assert "đê".encode() in SAVED
