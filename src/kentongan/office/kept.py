"""Queries that are written into SQL once in each process and only bound afterwards.

Observed. Of the processor time of a page, two fifths went into writing its two dozen queries from the ORM's description, the same
text every time; PostgreSQL itself took a fifth.

Method. The first call makes the queryset with values nobody uses, lets the ORM write it and notes where these stand among the parameters.
Later calls put their own there; rows become objects by the ORM's own way. Only for queries whose text does not depend on the values: a list
is compared by `any_of`, a value is never None, and nothing depends on language or time zone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, ForeignObject, Lookup, QuerySet

_NUMBER, _DAY = -2_000_000_101, datetime(1903, 3, 1, 4, 5, 6, 7, tzinfo=UTC)


@Field.register_lookup
class AnyOf(Lookup):
    """`field__any_of=[…]`: one of the values, given as one array, so that the text is the same for two values and for two hundred."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*params, self.rhs]


ForeignObject.register_lookup(AnyOf)


@dataclass(frozen=True, slots=True)
class _Written:
    rows: QuerySet[Any]
    compiler: Any
    sql: str
    params: Sequence[Any]
    places: Sequence[tuple[int, int, Callable[[Any], Any]]]
    """(which parameter, which value, how it is bound) of everything that is bound anew; whole numbers have types of the driver's."""


class Kept:
    """A query of fixed text: `Kept(lambda office, since: Story.objects.filter(office=office, last__gt=since))(3, yesterday)` is a list."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._written: _Written | None = None

    def __call__(self, *values: int | str | date | Sequence[int]) -> list[Any]:
        """The rows for these values, in the order the function takes them. One query."""
        written = self._written or self._write(values)
        params = list(written.params)
        for parameter, value, bound in written.places:
            params[parameter] = bound(values[value])
        compiler = copy(written.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda *_, **__: (written.sql, tuple(params))
        rows = written.rows.all()
        rows.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        return list(rows)

    def first(self, *values: int | str | date | Sequence[int]) -> Any:
        """The first row; None where there is none. The query should end after it. One query."""
        return next(iter(self(*values)), None)

    def _write(self, values: Sequence[Any]) -> _Written:
        """The text for values of these types. ValueError where one of them is not found in it again."""
        unlikely = [_unlikely(value, number) for number, value in enumerate(values)]
        rows = self._make(*unlikely)
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        places = [
            (at, number, type(param) if isinstance(param, int) else _as_it_is)
            for at, param in enumerate(params)
            for number, one in enumerate(unlikely)
            if isinstance(param, type(one)) and param == one
        ]
        if {number for _, number, _ in places} != set(range(len(values))):
            raise ValueError(f"A value of a kept query is not a parameter of it: {sql}")
        self._written = _Written(rows, compiler, sql, params, places)
        return self._written


def _unlikely(value: Any, number: int) -> Any:
    """A value of the same type that no query has of its own. TypeError for a type whose value may change the text."""
    match value:
        case bool() | None:
            raise TypeError("Whether it is true or there at all changes the text of a query.")
        case int():
            return _NUMBER - number
        case str():
            return f"\x1a{number}"
        case datetime():
            return _DAY + timedelta(days=number)
        case date():
            return (_DAY + timedelta(days=number)).date()
        case list():
            return [_NUMBER - number]
        case _:
            raise TypeError(f"A kept query binds no {type(value).__name__}.")


def _as_it_is(value: Any) -> Any:
    return value
