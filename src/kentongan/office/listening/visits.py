"""The visits to a source as rows of a table: those that brought nothing, one after the other, are one row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import cast

from kentongan.office.listening.models import Visit

QUIET = ("ok", "not_modified")


@dataclass(frozen=True, slots=True)
class Visits:
    """One row: a visit, or several without news; `last` is the latest, `first` the earliest."""

    last: Visit
    first: Visit
    count: int


def folded(visits: Iterable[Visit]) -> list[Visits]:
    """The rows, in the order of the visits (latest first)."""
    rows: list[Visits] = []
    for quiet, run in groupby(visits, _is_quiet):
        many = list(run)
        rows += [Visits(many[0], many[-1], len(many))] if quiet else [Visits(one, one, 1) for one in many]
    return rows


def _is_quiet(visit: Visit) -> bool:
    return visit.outcome in QUIET and not (cast(int, visit.new) or visit.detail or visit.problems)
