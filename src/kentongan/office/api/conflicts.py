"""What an act of the response desk answers where somebody else was quicker: 409 with what stands there now beside what was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ninja import Schema

from kentongan.office.api.problems import RequestError
from kentongan.office.api.schemas import Strict
from kentongan.office.people.versions import ConflictError


@contextmanager
def both_versions(sent: Strict, stored: Callable[[], Schema | list[Schema]]) -> Iterator[None]:
    """Whoever comes second is told how the thing stands now (`stored`, read only then), beside what they sent. Nothing was changed."""
    try:
        yield
    except ConflictError as error:
        found = stored()
        plain: Any = [one.model_dump(mode="json") for one in found] if isinstance(found, list) else found.model_dump(mode="json")
        both = {"stored": plain, "sent": sent.model_dump(mode="json", exclude_unset=True)}
        raise RequestError(409, str(error), field="version", more=both) from None
