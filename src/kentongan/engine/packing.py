"""Saved state as bytes: one JSON header and plain arrays, the same bytes for the same state, checked when read.

Not pickle: a state file must never be able to run code, and must read the same in the next Python. Layout: magic, length of the
header, header (JSON, keys sorted: kind, version, data, shapes), arrays in the order of their names, SHA-256 of all before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from kentongan.errors import StateError

_MAGIC = b"KENTONGAN\x01"
_DIGEST = 32
_DTYPES = ("<f4", "<f2", "<f8", "<i8", "<u8", "<u4", "<i4")

Array = npt.NDArray[Any]


def pack(kind: str, version: int, data: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """Bytes of `data` (JSON values) and `arrays` (little-endian numbers). Equal input gives equal bytes."""
    names = sorted(arrays)
    whole = {name: np.asarray(arrays[name], order="C") for name in names}
    for name in names:
        if whole[name].dtype.str not in _DTYPES:
            raise ValueError(f"array {name} has type {whole[name].dtype.str}, which a state file does not hold")
    shapes = [[name, whole[name].dtype.str, list(whole[name].shape)] for name in names]
    header = json.dumps(
        {"kind": kind, "version": version, "data": data, "arrays": shapes},
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    ).encode()
    pieces = [_MAGIC, len(header).to_bytes(8, "little"), header, *(whole[name].data for name in names if whole[name].size)]
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return b"".join([*pieces, digest.digest()])


def unpack(raw: bytes, kind: str, version: int) -> tuple[dict[str, Any], dict[str, Array]]:
    """The data and arrays of `pack`. Raises `StateError` when the bytes are damaged, of another kind or another version."""
    start = len(_MAGIC) + 8
    if not raw.startswith(_MAGIC) or len(raw) < start + _DIGEST:
        raise StateError("This is not a saved state of Kentongan.", subject=kind)
    if hashlib.sha256(raw[:-_DIGEST]).digest() != raw[-_DIGEST:]:
        raise StateError("The saved state is damaged: its check sum does not fit.", subject=kind)
    size = int.from_bytes(raw[len(_MAGIC) : start], "little")
    header: dict[str, Any] = json.loads(raw[start : start + size])
    if header["kind"] != kind or header["version"] != version:
        raise StateError(
            f"The saved state is {header['kind']} version {header['version']}; this program reads {kind} version {version}.",
            subject=kind,
        )
    arrays: dict[str, Array] = {}
    at = start + size
    for name, dtype, shape in header["arrays"]:
        count = int(np.prod(shape, dtype=np.int64))
        arrays[name] = np.frombuffer(raw, dtype=np.dtype(dtype), count=count, offset=at).reshape(shape).copy()
        at += count * np.dtype(dtype).itemsize
    return header["data"], arrays
