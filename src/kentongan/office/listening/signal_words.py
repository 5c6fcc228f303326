"""Why a signal was raised, in one sentence. Composed of the reasons that are stored with it; decides nothing, reads nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, gettext_lazy, ngettext

from kentongan.office.listening import presenting
from kentongan.office.listening.presenting import Words

NAMED = 3
"""Outlets that are named in the sentence; how many more there are is said."""
UNUSUAL = frozenset(f"signal.{kind}" for kind in ("count", "term", "topic", "place", "matter", "source", "kind", "watch", "agency"))
MIND_WORDS: Mapping[str, Words] = {
    "signal.until": gettext_lazy("it falls back if nothing further comes by {time}"),
    "signal.until_more": gettext_lazy("it falls back if fewer than {count} further items come by {time}"),
    "signal.fell": gettext_lazy("it fell back, with nothing further in {hours:.0f} h"),
    "signal.fell.clock": gettext_lazy("it was let go: a clock had run ahead"),
    "signal.fell.carried": gettext_lazy("it was let go: other signals carry its reports now"),
}


def why(reasons: Sequence[Mapping[str, Any]], since: datetime, outlets: Sequence[str], now: datetime) -> str:
    """What is unusual, against what, since when, carried by whom, and what would change the mind; "" where the reasons do not say it all.

    `outlets` are all of them, of which the first are named; `reasons` are as stored. A signal of another version may know other reasons.
    """
    unusual = next((one for one in reasons if one["code"] in UNUSUAL), None)
    mind = next((one for one in reasons if one["code"] in MIND_WORDS), None)
    if unusual is None or mind is None or not outlets:
        return ""
    said = {
        "unusual": presenting.sentence(unusual).rstrip("."),
        "since": presenting.when(since, now),
        "outlets": _carried(outlets),
        "mind": _mind(mind, now),
    }
    return gettext("%(unusual)s, since %(since)s, carried by %(outlets)s; %(mind)s.") % said


def _carried(outlets: Sequence[str]) -> str:
    names, more = ", ".join(outlets[:NAMED]), len(outlets) - NAMED
    if more <= 0:
        return names
    return ngettext("%(names)s and %(n)s more outlet", "%(names)s and %(n)s more outlets", more) % {
        "names": names,
        "n": presenting.number(more),
    }


def _mind(reason: Mapping[str, Any], now: datetime) -> str:
    values = {name: _moment(name, value, now) for name, value in reason.get("values", {}).items()}
    return presenting.filled(str(MIND_WORDS[reason["code"]]), values)


def _moment(name: str, value: Any, now: datetime) -> Any:
    return presenting.when(datetime.fromisoformat(value), now) if name == "time" else value
