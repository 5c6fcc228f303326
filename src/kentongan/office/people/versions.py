"""Two people changing one thing: whoever comes second is shown both versions instead of overwriting the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from kentongan.errors import RefusedError


class ConflictError(RefusedError):
    """Somebody changed the thing since it was read; `stored` is what stands there now, at `version`. Nothing was changed."""

    def __init__(self, *, subject: str, stored: Mapping[str, Any], version: int) -> None:
        super().__init__(
            _("Somebody else has changed this since you opened it. Both versions are shown; keep what is right."), subject=subject
        )
        self.stored = dict(stored)
        self.version = version


def same(thing: Any, version: int, stored: Mapping[str, Any]) -> None:
    """Raise `ConflictError` where `thing` (read under a lock) is not at the version the person saw."""
    if thing.version != version:
        raise ConflictError(subject=str(thing.pk), stored=stored, version=thing.version)
