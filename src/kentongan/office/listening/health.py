"""How a source is, in one word and one sentence. Pure: a source's row, how often it speaks, and `now`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext, gettext_lazy, ngettext

from kentongan.office.listening import presenting
from kentongan.office.listening.models import Source

FINE = frozenset({"ok", "not_modified"})
COUNT_DAYS = 7
LEAST_SILENCE = timedelta(hours=12)
SILENT_GAPS = 4
"""A source is called silent after four of its usual gaps: with evenly random items, e⁻⁴ ≈ 2 % of gaps are longer by chance."""
STATE_WORDS: dict[str, presenting.Words] = {
    "failing": gettext_lazy("Failing"),
    "silent": gettext_lazy("Silent"),
    "skipped": gettext_lazy("Skipped"),
    "new": gettext_lazy("New"),
    "well": gettext_lazy("Well"),
}
ORDER = ("failing", "silent", "skipped", "new", "well")


@dataclass(frozen=True, slots=True)
class Health:
    """One source as its page says it. `state` is one of ORDER; `reason` is empty where nothing is wrong."""

    source: Source
    state: str
    items: int
    reason: str
    rhythm: str
    visits: str

    @property
    def word(self) -> presenting.Words:
        return STATE_WORDS[self.state]


def health(source: Source, items: int, now: datetime) -> Health:
    """The state of a source that brought `items` items in the last COUNT_DAYS days."""
    state = state_of(source, items, now)
    return Health(source, state, items, _reason(source, state, now), _rhythm(items), _visits(source, now))


def state_of(source: Source, items: int, now: datetime) -> str:
    """One of ORDER. Skipped comes first: a paused source is neither well nor failing."""
    if source.paused:
        return "skipped"
    if not source.outcome:
        return "new"
    if source.outcome not in FINE:
        return "failing"
    if source.last_item is not None and items and now - source.last_item > silence_after(items):
        return "silent"
    return "well"


def silence_after(items: int) -> timedelta:
    """How long a source with `items` items in COUNT_DAYS days may be quiet before it is called silent."""
    return max(LEAST_SILENCE, SILENT_GAPS * timedelta(days=COUNT_DAYS) / items)


def _reason(source: Source, state: str, now: datetime) -> str:
    if state == "skipped":
        why = source.paused_reason or gettext("No reason was given.")
        return gettext("Not visited because someone paused it: %(why)s") % {"why": why}
    if state == "failing":
        times = ngettext("%(n)s visit in a row failed.", "%(n)s visits in a row failed.", source.failures) % {
            "n": presenting.number(source.failures)
        }
        return f"{presenting.outcome(source.outcome)} {times}" if source.failures > 1 else presenting.outcome(source.outcome)
    if state == "silent" and source.last_item is not None:
        return gettext("It answers, but has said nothing since %(when)s.") % {"when": presenting.when(source.last_item, now)}
    if state == "new":
        return presenting.outcome("")
    return ""


def _rhythm(items: int) -> str:
    """How often it speaks, from what it said in the last COUNT_DAYS days."""
    if not items:
        return gettext("nothing in the last 7 days")
    a_day = items / COUNT_DAYS
    if a_day >= 1:
        return ngettext("about %(n)s item a day", "about %(n)s items a day", round(a_day)) % {"n": presenting.number(round(a_day))}
    return ngettext("%(n)s item in 7 days", "%(n)s items in 7 days", items) % {"n": presenting.number(items)}


def _visits(source: Source, now: datetime) -> str:
    """When it is visited next and how often that has become."""
    if source.paused:
        return gettext("no visit planned")
    if source.next_visit is None or source.next_visit <= now:
        return gettext("next visit: now")
    return gettext("next visit in %(span)s") % {"span": presenting.span(source.next_visit - now)}
