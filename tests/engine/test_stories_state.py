"""The ground under stories and copies: saved state as bytes, and event time that wrong dates cannot move."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.packing import pack, unpack
from kentongan.engine.watermark import SPAN, Watermark
from kentongan.errors import StateError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), JSON, max_size=5), st.lists(st.integers(0, 2**63), max_size=9))
def test_what_is_packed_comes_back(data, numbers):
    arrays = {"numbers": np.array(numbers, dtype="<u8"), "table": np.zeros((0, 3), dtype="<f4")}
    found, tables = unpack(pack("test", 1, data, arrays), "test", 1)
    assert found == data
    assert tables["numbers"].tolist() == numbers and tables["table"].shape == (0, 3)


def test_the_order_of_keys_changes_no_byte():
    left = pack("test", 1, {"a": 1, "b": [2]}, {"x": np.ones(2, dtype="<f4"), "y": np.ones(1, dtype="<i8")})
    right = pack("test", 1, {"b": [2], "a": 1}, {"y": np.ones(1, dtype="<i8"), "x": np.ones(2, dtype="<f4")})
    assert left == right


def test_what_comes_back_can_be_written_to():
    _, tables = unpack(pack("test", 1, {}, {"x": np.ones(2, dtype="<f4")}), "test", 1)
    tables["x"][0] = 5.0
    assert tables["x"].tolist() == [5.0, 1.0]


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw[:-1],
        lambda raw: raw[:30] + bytes([raw[30] ^ 1]) + raw[31:],
        lambda raw: b"",
        lambda raw: b"PK\x03\x04" + raw,
    ],
)
def test_a_damaged_state_is_refused_in_words(change):
    raw = pack("test", 1, {"a": 1}, {"x": np.ones(2, dtype="<f4")})
    with pytest.raises(StateError, match=r"damaged|not a saved state"):
        unpack(change(raw), "test", 1)


@pytest.mark.parametrize(("kind", "version"), [("other", 1), ("test", 2)])
def test_a_state_of_another_kind_or_version_says_which(kind, version):
    with pytest.raises(StateError, match="test version 1"):
        unpack(pack("test", 1, {}, {}), kind, version)


def test_objects_and_odd_numbers_are_not_packed():
    with pytest.raises(ValueError, match="does not hold"):
        pack("test", 1, {}, {"x": np.array([object()])})
    with pytest.raises(ValueError, match="Out of range"):
        pack("test", 1, {"x": float("nan")}, {})


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60))
def test_the_watermark_never_goes_back_and_never_leads_the_stream(times):
    watermark, before = Watermark(), float("-inf")
    for place, seconds in enumerate(times):
        now = watermark.advance(seconds)
        assert before <= now <= max(times[: place + 1])
        before = now


def test_fewer_than_half_wrong_dates_in_a_row_move_nothing():
    watermark = Watermark()
    for second in range(100):
        watermark.advance(float(second))
    for _ in range(SPAN // 2):
        watermark.advance(4e9)
    assert watermark.now < 100.0
    for second in range(100, 130):
        watermark.advance(float(second))
    assert 100.0 < watermark.now < 130.0


def test_a_watermark_survives_being_saved_before_and_after_its_first_item():
    fresh = Watermark()
    assert Watermark.from_data(fresh.to_data()) == fresh
    fresh.advance(5.0)
    assert Watermark.from_data(fresh.to_data()) == fresh
