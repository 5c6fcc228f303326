"""Small trained heads carried with the package: what is in the files, read once, never pickled.

Each head is one `.npz` or `.json` file with a model card beside it (`<name>.md`: data, licence, figures, known failures). They are
made by `kentongan heads train` (`kentongan.measure.train_heads`).
"""

from __future__ import annotations

import zipfile
import zlib
from importlib import resources
from importlib.resources.abc import Traversable

import numpy as np
import numpy.typing as npt

from kentongan.errors import StateError


def load_arrays(name: str, folder: Traversable | None = None) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of the head `name`, of the package's own folder or another. Raises StateError when the package was built without it or
    the file is damaged."""
    try:
        with (folder or resources.files(__name__)).joinpath(f"{name}.npz").open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return {key: stored[key] for key in stored.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise StateError(f"The head {name} cannot be read. Run `kentongan heads train`.", subject=name) from error
