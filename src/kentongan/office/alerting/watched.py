"""Which of the office's watches a signal or a silence is of, for the routes that ask for one.

A signal is of a watch that is its own subject, and of one whose words it names: a story that carries what a watch looks for is told as the
story's signal, not as the watch's (`engine/burst_groups.py`), and whoever asked for the watch is to hear of it all the same. What a watch
finds by meaning alone is known of items, not of a headline: of such a watch its own signals are told. A watch that has ended, or whose
purpose has, is told of no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kentongan.engine.watching import Reading
from kentongan.office.alerting.models import Route
from kentongan.office.listening import marking, watches
from kentongan.office.listening.marking import Mark
from kentongan.office.listening.models import Article, Signal
from kentongan.office.people.models import Office


@dataclass(frozen=True, slots=True)
class Watched:
    """The watches some route asks for and that run, by number, and what each looks for."""

    names: Mapping[int, str]
    marks: tuple[Mark, ...]

    def of_signal(self, signal: Signal, words: str) -> frozenset[int]:
        """The watches a signal is of; `words` are its own and those of what carries it."""
        item = Article(pk=signal.pk, title=words, text="", summary="", source_kind="press")
        read = Reading(words, "")
        keys = {mark.key for mark in self.marks if mark.fits is not None and mark.fits(item, read)}
        own = {marking.WATCH + signal.subject} if signal.kind == "watch" else set[str]()
        return self.of_series(*keys, *own)

    def of_series(self, *keys: str) -> frozenset[int]:
        """The watches that these series are called after."""
        return frozenset(pk for pk, name in self.names.items() if marking.WATCH + name in keys)


NONE = Watched({}, ())


def asked_for(office: int, routes: Sequence[Route], now: datetime) -> Watched:
    """What the routes ask for. No query where none asks for a watch; else a few, however many do."""
    wanted = {pk for route in routes for pk in route.watches if not route.paused}
    if not wanted:
        return NONE
    here = Office.objects.get(pk=office)
    names = dict(watches.get_running(here, now).filter(pk__in=wanted).values_list("pk", "name"))
    called = {marking.WATCH + name for name in names.values()}
    return Watched(names, tuple(mark for mark in marking.watch_marks(here, now) if mark.key in called))
