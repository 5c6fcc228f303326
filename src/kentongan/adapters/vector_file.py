"""Vectors kept between runs in one file: text hash → vector at half precision, for replaying the same stream again.

A development aid and a way to measure everything but the model: the office keeps its vectors in the database. The
file is a numpy archive (`keys` as hexadecimal text, `vectors` as float16) of one embedder, named inside; pickles are
never read."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, MutableMapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kentongan.engine.vectors import FloatArray
from kentongan.errors import FileError


class VectorFile(MutableMapping[str, FloatArray]):
    """The mapping `CachedEmbedder` asks. Read whole when made, written by `keep`. `new` counts what was added since."""

    def __init__(self, path: Path) -> None:
        """Read the file where there is one. Raises `FileError` when it is no vector file."""
        self._path = path
        self._vectors: dict[str, npt.NDArray[np.float16]] = {}
        self.new = 0
        if not path.exists():
            return
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                self._vectors = dict(zip(kept["keys"].tolist(), kept["vectors"].astype(np.float16), strict=True))
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise FileError(f"{path} is not a file of vectors: {error}", subject=str(path)) from error

    def __getitem__(self, key: str) -> FloatArray:
        return self._vectors[key].astype(np.float32)

    def __setitem__(self, key: str, value: FloatArray) -> None:
        self.new += key not in self._vectors
        self._vectors[key] = value.astype(np.float16)

    def __delitem__(self, key: str) -> None:
        del self._vectors[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._vectors)

    def __len__(self) -> int:
        return len(self._vectors)

    def keep(self) -> None:
        """Write the file if anything was added.

        Raises `FileError` when it cannot be written; the old file then stays.
        """
        if not self.new:
            return
        draft = self._path.with_suffix(".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as out:
                np.savez(out, keys=np.array(list(self._vectors)), vectors=np.stack(list(self._vectors.values())))
            draft.replace(self._path)
        except OSError as error:
            raise FileError(f"{self._path} cannot be written: {error.strerror}", subject=str(self._path)) from error
        self.new = 0
