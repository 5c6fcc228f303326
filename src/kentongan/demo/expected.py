"""What a good system finds in the demo city: read from `data/expected.yaml` and checked against the city's items.

This is the answer sheet of an end-to-end test; nothing that is served or learned may read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, cast

from kentongan.demo.city import DAYS, City, Names, read_yaml
from kentongan.engine.records import Level
from kentongan.errors import InputError

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """A day of the demo (1..14) and a local time."""

    day: int
    clock: time

    def at(self, city: City, day14: date | None = None) -> datetime:
        """The aware moment in the city's zone."""
        last = day14 if day14 is not None else city.day14
        return datetime.combine(last - timedelta(days=DAYS - self.day), self.clock, city.zone)


@dataclass(frozen=True, slots=True)
class Question:
    """What people ask, the items that ask it, the ones that answer a part, and the wards still without an answer."""

    ask: Names
    items: tuple[str, ...]
    answered_partly_by: tuple[str, ...]
    unanswered_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Figures that disagree about one thing, by the id of the item that gives them."""

    about: Names
    figures: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Silence:
    """An outlet of steady rhythm that has said nothing since its item of `since`."""

    outlet: str
    since: Moment


@dataclass(frozen=True, slots=True)
class ExpectedThread:
    """One storyline. `items` are the ids of all its items, copies included, in order of time."""

    key: str
    names: Names
    starts: Moment
    rises_by: Moment
    level_at_least: Level
    truth: str
    wards: tuple[str, ...]
    owners: tuple[str, ...]
    items: tuple[str, ...]
    same_event: tuple[tuple[str, ...], ...]
    questions: tuple[Question, ...]
    conflicts: tuple[Conflict, ...]
    background: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """The whole answer sheet. `first` leads the briefing at `briefing_at`; `also` are in it."""

    threads: tuple[ExpectedThread, ...]
    ordinary_events: tuple[tuple[str, ...], ...]
    silent: tuple[Silence, ...]
    briefing_at: Moment
    first: str
    also: tuple[str, ...]


def load_expected(city: City, file: Traversable | None = None) -> Expected:
    """The answer sheet for `city`. Raises `InputError` when it names an item, ward or agency the city does not have."""
    source = file if file is not None else resources.files("kentongan.demo").joinpath("data", "expected.yaml")
    raw = cast("Row", read_yaml(source))
    briefing = cast("Row", raw["briefing"])
    expected = Expected(
        threads=tuple(_thread(city, row) for row in raw["threads"]),
        ordinary_events=tuple(tuple(group) for group in raw["ordinary_events"]),
        silent=tuple(Silence(row["outlet"], _moment(row["since"])) for row in raw["silent"]),
        briefing_at=_moment(briefing["at"]),
        first=briefing["first"],
        also=tuple(briefing["also"]),
    )
    _check("item", _named_items(expected), {item.id for item in city.items})
    _check("ward", (ward for thread in expected.threads for ward in thread.wards), {ward.key for ward in city.wards})
    _check("agency", (owner for thread in expected.threads for owner in thread.owners), {a.key for a in city.agencies})
    _check("outlet", (silence.outlet for silence in expected.silent), {outlet.key for outlet in city.outlets})
    _check("thread", (expected.first, *expected.also), {thread.key for thread in expected.threads})
    return expected


def _thread(city: City, row: Row) -> ExpectedThread:
    return ExpectedThread(
        key=row["key"],
        names=row["names"],
        starts=_moment(row["starts"]),
        rises_by=_moment(row["rises_by"]),
        level_at_least=row["level_at_least"],
        truth=row["truth"],
        wards=tuple(row["wards"]),
        owners=tuple(row["owners"]),
        items=tuple(item.id for item in city.items if item.thread == row["key"]),
        same_event=tuple(tuple(group) for group in row["same_event"]),
        questions=tuple(_question(question) for question in row["questions"]),
        conflicts=tuple(Conflict(conflict["about"], conflict["figures"]) for conflict in row["conflicts"]),
        background=tuple(row["background"]),
    )


def _question(row: Row) -> Question:
    return Question(row["ask"], tuple(row["items"]), tuple(row["answered_partly_by"]), tuple(row["unanswered_for"]))


def _moment(row: Row) -> Moment:
    return Moment(int(row["day"]), time.fromisoformat(row["time"]))


def _named_items(expected: Expected) -> Iterator[str]:
    groups: list[Sequence[str]] = [*expected.ordinary_events]
    for thread in expected.threads:
        groups += [*thread.same_event, thread.background]
        groups += [(*question.items, *question.answered_partly_by) for question in thread.questions]
        groups += [tuple(conflict.figures) for conflict in thread.conflicts]
    for group in groups:
        yield from group


def _check(what: str, named: Iterator[str] | Sequence[str], known: set[str]) -> None:
    for name in named:
        if name not in known:
            raise InputError(f"expected.yaml names the {what} {name!r}, which the city does not have", subject=name)
