"""What a briefing could not know, in one line above its stories: what stands still first, then how many sources are silent or unread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils.translation import ngettext

from kentongan.office.listening import presenting

_WHOLE = ("standstill", "no_sources", "all_silent", "nothing_heard", "all_shrunk", "job_silent", "job_failed", "kind_silent", "kind_shrunk")
_COUNTED = {"stopped": "silent", "silent": "silent", "shrunk": "shrunk", "failing": "failing", "skipped": "skipped"}


def missing_first(content: Mapping[str, Any]) -> str:
    """The line in the active language; empty where nothing is missing. The list below the stories has each by name."""
    codes = [(reason["code"].removeprefix("briefing."), reason) for reason in content["missing"]]
    whole = [presenting.sentence(reason) for code, reason in codes if code in _WHOLE]
    counted = Counter(_COUNTED[code] for code, _ in codes if code in _COUNTED)
    parts = [_said(what, counted[what]) for what in ("silent", "failing", "shrunk", "skipped") if counted[what]]
    waiting = sum(int(reason["values"]["n"]) for code, reason in codes if code == "waiting")
    if waiting:
        parts.append(ngettext("%(n)s item waits to be read", "%(n)s items wait to be read", waiting) % {"n": presenting.number(waiting)})
    if parts:
        joined = ", ".join(parts)
        whole.append(f"{joined[0].upper()}{joined[1:]}.")
    return " ".join(whole)


def _said(what: str, n: int) -> str:
    sentence = {
        "silent": ngettext("%(n)s source is silent", "%(n)s sources are silent", n),
        "failing": ngettext("%(n)s source cannot be read", "%(n)s sources cannot be read", n),
        "shrunk": ngettext("%(n)s source says less than usual", "%(n)s sources say less than usual", n),
        "skipped": ngettext("%(n)s source is skipped", "%(n)s sources are skipped", n),
    }[what]
    return sentence % {"n": presenting.number(n)}
