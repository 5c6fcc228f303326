"""How a source is, in one word and one sentence. Pure: a source's row, what it said lately, whether it is silent, and `now`.

How often a source speaks is counted over the time in which it spoke, from its first item in WINDOW to its last: counted up to `now`, one
that fell silent would look slower every day. Whether it is silent is judged by `silences`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext, gettext_lazy, ngettext

from kentongan.adapters.sources import KINDS
from kentongan.office.listening import presenting
from kentongan.office.listening.models import Silence, Source

FINE = frozenset({"ok", "not_modified"})
WINDOW = timedelta(days=28)
LEAST_TIME = timedelta(days=1)
"""Items that all came at once, as on a first visit, are taken as a day's."""
LEAST_TITLES = 5
"""Fewer items without their page say nothing about a source."""
STATE_WORDS: dict[str, presenting.Words] = {
    "failing": gettext_lazy("Failing"),
    "silent": gettext_lazy("Silent"),
    "skipped": gettext_lazy("Skipped"),
    "new": gettext_lazy("New"),
    "well": gettext_lazy("Well"),
}
ORDER = ("failing", "silent", "skipped", "new", "well")


class Said(NamedTuple):
    """What a source said in a time: items, when the first was, and how many are known by title and summary though their page was wanted."""

    items: int
    first: datetime
    titles: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """One source as its page says it. `state` is one of ORDER; `reason` is empty where nothing is wrong."""

    source: Source
    state: str
    a_day: float
    reason: str
    rhythm: str
    visits: str

    @property
    def word(self) -> presenting.Words:
        return STATE_WORDS[self.state]


def health(source: Source, said: Said | None, silence: Silence | None, now: datetime) -> Health:
    """The state of a source that said so many items in WINDOW, the first of them then (see `queries.get_item_counts`)."""
    a_day = rate(source, said)
    state = state_of(source, silence)
    reason = _by_title(source, said) if state == "well" else _reason(source, state, silence, now)
    return Health(source, state, a_day, reason, _rhythm(a_day), _visits(source, now))


def _by_title(source: Source, said: Said | None) -> str:
    """That most of it is heard by title and summary only; empty where pages are read, or where there are none to read."""
    if said is None or not has_pages(source) or said.titles < max(LEAST_TITLES, said.items / 2):
        return ""
    values = {"n": presenting.number(said.titles), "items": presenting.number(said.items)}
    return gettext("Heard by title and summary only: the pages of %(n)s of the last %(items)s items were not read.") % values


def has_pages(source: Source) -> bool:
    """Whether the pages behind its items are asked for."""
    return source.source_kind != "public" and (source.kind not in KINDS or KINDS[source.kind].pages)


def rate(source: Source, said: Said | None) -> float:
    """Items a day while it spoke; 0 where it said nothing in WINDOW."""
    if said is None or source.last_item is None:
        return 0.0
    return said.items / (max(LEAST_TIME, source.last_item - said.first) / timedelta(days=1))


def state_of(source: Source, silence: Silence | None) -> str:
    """One of ORDER. Skipped comes first: a paused source is neither well nor failing."""
    if source.paused:
        return "skipped"
    if not source.outcome:
        return "new"
    if source.outcome not in FINE:
        return "failing"
    return "silent" if silence is not None else "well"


def _reason(source: Source, state: str, silence: Silence | None, now: datetime) -> str:
    if state == "skipped":
        why = source.paused_reason or gettext("No reason was given.")
        return gettext("Not visited because someone paused it: %(why)s") % {"why": why}
    if state == "failing":
        times = ngettext("%(n)s visit in a row failed.", "%(n)s visits in a row failed.", source.failures) % {
            "n": presenting.number(source.failures)
        }
        return f"{presenting.outcome(source.outcome)} {times}" if source.failures > 1 else presenting.outcome(source.outcome)
    if state == "silent" and silence is not None:
        return presenting.sentence(silence.reason)
    if state == "new":
        return presenting.outcome("")
    return ""


def _rhythm(a_day: float) -> str:
    """How often it speaks."""
    if not a_day:
        return gettext("nothing in the last 28 days")
    if a_day >= 1:
        return ngettext("about %(n)s item a day", "about %(n)s items a day", round(a_day)) % {"n": presenting.number(round(a_day))}
    week = max(1, round(7 * a_day))
    return ngettext("about %(n)s item a week", "about %(n)s items a week", week) % {"n": presenting.number(week)}


def _visits(source: Source, now: datetime) -> str:
    """When it is visited next and how often that has become."""
    if source.paused:
        return gettext("no visit planned")
    if source.next_visit is None or source.next_visit <= now:
        return gettext("next visit: now")
    return gettext("next visit in %(span)s") % {"span": presenting.span(source.next_visit - now)}
