"""Vectors kept in a file between two runs: half precision, one embedder, never code."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kentongan.adapters.vector_file import VectorFile
from kentongan.engine.vectors import CachedEmbedder, cache_key
from kentongan.errors import FileError


class Lengths:
    """A text's vector is its length, twice. Counts what it was asked."""

    name = "lengths"
    dimension = 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts):
        self.asked += texts
        return np.array([[len(text), len(text)] for text in texts], dtype=np.float32).reshape(-1, 2)


def test_a_second_run_asks_only_for_what_is_new(tmp_path: Path) -> None:
    first, second = Lengths(), Lengths()
    kept = VectorFile(tmp_path / "v.npz")
    CachedEmbedder(first, kept).embed(["satu", "dua"])
    assert kept.new == 2
    kept.keep()
    again = VectorFile(tmp_path / "v.npz")
    found = CachedEmbedder(second, again).embed(["dua", "tiga!", "satu"])
    assert second.asked == ["tiga!"]
    assert (again.new, len(again), found[:, 0].tolist()) == (1, 3, [3.0, 5.0, 4.0])


@given(
    st.dictionaries(
        st.text(alphabet="abc:", min_size=1, max_size=8),
        st.lists(st.floats(-1, 1, width=16), min_size=3, max_size=3),
        min_size=1,
        max_size=5,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
def test_what_is_kept_comes_back_at_half_precision(tmp_path: Path, rows: dict[str, list[float]]) -> None:
    path = tmp_path / "any.npz"
    path.unlink(missing_ok=True)
    kept = VectorFile(path)
    for key, row in rows.items():
        kept[key] = np.array(row, dtype=np.float32)
    kept.keep()
    found = VectorFile(path)
    assert set(found) == set(rows)
    assert all(found[key].dtype == np.float32 and found[key].tolist() == row for key, row in rows.items())


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    VectorFile(tmp_path / "v.npz").keep()
    assert list(tmp_path.iterdir()) == []


def test_a_draft_never_stays_beside_the_file(tmp_path: Path) -> None:
    kept = VectorFile(tmp_path / "deep" / "v.npz")
    kept["a"] = np.ones(2, dtype=np.float32)
    kept.keep()
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["v.npz"]
    assert kept.new == 0


def test_a_vector_may_leave_and_is_then_asked_for_again(tmp_path: Path) -> None:
    kept, inner = VectorFile(tmp_path / "v.npz"), Lengths()
    embedder = CachedEmbedder(inner, kept)
    embedder.embed(["satu"])
    del kept[cache_key("lengths", "satu")]
    embedder.embed(["satu"])
    assert inner.asked == ["satu", "satu"]


@pytest.mark.parametrize("content", [b"rusak", pickle.dumps({"a": 1})])
def test_a_file_of_something_else_is_named_and_never_run(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "v.npz"
    path.write_bytes(content)
    with pytest.raises(FileError, match=r"v\.npz is not a file of vectors"):
        VectorFile(path)


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "v.npz"
    path.write_bytes(b"")
    with pytest.raises(FileError):
        VectorFile(path)


def test_an_archive_that_holds_objects_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "v.npz"
    np.savez(path, keys=np.array([{"a": 1}], dtype=object), vectors=np.zeros((1, 2)))
    with pytest.raises(FileError):
        VectorFile(path)


def test_keys_and_vectors_of_different_number_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "v.npz"
    np.savez(path, keys=np.array(["a", "b"]), vectors=np.zeros((1, 2), dtype=np.float16))
    with pytest.raises(FileError):
        VectorFile(path)


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = VectorFile(tmp_path / "file" / "v.npz")
    kept["a"] = np.ones(2, dtype=np.float32)
    with pytest.raises(FileError, match="cannot be written"):
        kept.keep()
    assert kept.new == 1
