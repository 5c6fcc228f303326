"""Asking many sources once, a few at a time, to learn which answer. Stores nothing and changes nothing.

Two visits to one host are never made at the same moment from here; what the fetcher allows a host holds besides.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from kentongan.adapters.sources import KINDS, ReaderSetup
from kentongan.engine import addresses
from kentongan.engine.outcomes import NATURE, OutcomeKind
from kentongan.ports import Fetcher, ReadRequest, SourceReading

AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """One source to ask: its name, the kind of its reader and what the reader is asked."""

    name: str
    kind: str
    request: ReadRequest


@dataclass(frozen=True, slots=True)
class Looked:
    """What one source answered: the outcome, how much there was to read, and in words what could not be read."""

    name: str
    kind: str
    address: str
    outcome: OutcomeKind
    detail: str
    items: int
    notices: int
    problems: tuple[str, ...]
    elapsed_s: float

    @property
    def answers(self) -> bool:
        """Whether there is something to read at this address."""
        return NATURE[self.outcome] == "fine"


def look_at_all(asked: Sequence[Asked], fetcher: Fetcher, setup: ReaderSetup, *, at_once: int = AT_ONCE) -> Iterator[Looked]:
    """What each source answers, as the answers come. Raises `KeyError` for a kind that has no reader."""
    turns = _Turns()
    readers = {kind: KINDS[kind].make(setup) for kind in {one.kind for one in asked}}

    def look(one: Asked) -> Looked:
        with turns.of(addresses.host_of(one.request.address) or one.request.address):
            reading = readers[one.kind].read(one.request, fetcher)
        return _looked(one, reading)

    with ThreadPoolExecutor(max(1, at_once), thread_name_prefix="look") as pool:
        running = [pool.submit(look, one) for one in asked]
        try:
            for future in as_completed(running):
                yield future.result()
        finally:
            for future in running:
                future.cancel()


def summary(looked: Sequence[Looked]) -> dict[str, int]:
    """How many sources came to which outcome, the most frequent first."""
    counts = Counter(one.outcome for one in looked)
    return {str(kind): number for kind, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))}


def _looked(one: Asked, reading: SourceReading) -> Looked:
    read, outcome = reading.reading, reading.outcome
    unreadable = read is not None and read.kind == "unreadable"
    problems = read.problems if read is not None else ()
    return Looked(
        name=one.name,
        kind=one.kind,
        address=one.request.address,
        outcome="unreadable" if unreadable else outcome.kind,
        detail=str(" ".join(problems) if unreadable else outcome.detail),
        items=len(read.items) if read is not None else 0,
        notices=len(reading.notices),
        problems=() if unreadable else tuple(map(str, problems)),
        elapsed_s=outcome.elapsed_s,
    )


class _Turns:
    """One lock a host."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    def of(self, host: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(host, threading.Lock())
