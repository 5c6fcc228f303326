"""What a message says: one event on a phone's screen, in the receiver's language. Pure but for the active language and time zone.

Each message stands alone: level in word and shape, what, since when, against what is usual, by how many outlets, what would change the
mind, where to read on. A notification shows SHOWN characters; what is longer than that is cut there, never in the mail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_lazy, ngettext

from kentongan.office.listening import presenting
from kentongan.office.listening.models import Signal, Silence
from kentongan.office.listening.presenting import Words

SHAPES: Mapping[str, str] = {"watch": "○", "low": "●", "medium": "■", "high": "▲", "crisis": "⬢"}
"""The shapes of the screens as characters."""
MINDS = ("signal.until", "signal.fell")
"""How the codes begin that say what would change the mind, or has changed it."""
SHOWN = 160
SUBJECT_SHOWN = 70
NEWS: Mapping[str, Words] = {
    "raised": "",
    "risen": gettext_lazy("It has risen."),
    "again": gettext_lazy("It is there again."),
    "woken": gettext_lazy("It was put off until now."),
    "escalated": gettext_lazy("Nobody has answered yet."),
    "ended": gettext_lazy("It is over."),
}
"""What is new about it, said first."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message in words. `title` and `lead` together have at most SHOWN characters; `lines` are the whole of it, one thought a line.

    Where it can be answered by mail, `reply_to` is where to, and `reply_word` stands in the mail's Message-ID, `reply_tag` in its subject.
    """

    title: str
    lead: str
    lines: tuple[str, ...]
    link: str
    reply_to: str = ""
    reply_word: str = ""
    reply_tag: str = ""

    @property
    def text(self) -> str:
        """The whole as plain text."""
        return "\n".join([*self.lines, "", self.link, ""])


def said_of(signal: Signal) -> dict[str, Any]:
    """What a message needs of a signal, to be kept with the alert."""
    first = next((reason for reason in signal.reasons if not reason["code"].startswith(MINDS)), None)
    return {
        "kind": signal.kind,
        "subject": signal.subject,
        "level": signal.level,
        "since": signal.since.isoformat(),
        "outlets": len(signal.outlets),
        "why": first,
        "mind": next((reason for reason in signal.reasons if reason["code"].startswith(MINDS)), None),
        "story": signal.story_id,
    }


SILENCE = "silence"
"""The kind of what is said of a silence; its own kind stands in `silence`."""
QUIET: Mapping[str, Words] = {
    "system": gettext_lazy("All sources are silent"),
    "job": gettext_lazy("Background work: %(name)s"),
    "sources": gettext_lazy("Sources of the kind “%(name)s” are silent"),
    "source": gettext_lazy("%(name)s is silent"),
    "topic": gettext_lazy("Quiet about “%(name)s”"),
    "place": gettext_lazy("Quiet about “%(name)s”"),
    "mark": gettext_lazy("Quiet about “%(name)s”"),
}
TODO: Mapping[str, Words] = {
    "system": gettext_lazy("See whether the network works. Until then nothing new is heard."),
    "job": gettext_lazy("Tell whoever looks after the computer; “Background work” says what failed."),
    "sources": gettext_lazy("See under Sources whether they can be read."),
    "source": gettext_lazy("See under Sources whether it can be read; pause it there if it is meant to be quiet."),
    "topic": gettext_lazy("See whether an outlet or a report that speaks of it is missing."),
    "place": gettext_lazy("Ask there whether all is well, and whether reports still come."),
    "mark": gettext_lazy("See whether an outlet or a report that speaks of it is missing."),
}
"""What to do where something is quiet, by its kind."""


def said_of_silence(row: Silence, level: str) -> dict[str, Any]:
    """What a message needs of a silence, to be kept with the alert; the same fields as of a signal."""
    return {
        "kind": SILENCE,
        "silence": row.kind,
        "subject": row.source.name if row.source is not None else row.subject[1:] if row.kind == Silence.Kind.MARK else row.subject,
        "level": level,
        "since": row.since.isoformat(),
        "outlets": 0,
        "why": row.reason,
        "mind": None,
        "story": None,
    }


def todo_of(said: Mapping[str, Any]) -> str:
    """What to do where something is quiet; "" for a signal."""
    return str(TODO.get(str(said.get("silence", "")), ""))


def subject_of(said: Mapping[str, Any]) -> str:
    """What it is about, in the active language."""
    if said.get("kind") == SILENCE:
        kind, name = str(said["silence"]), str(said.get("subject", ""))
        words = {"job": presenting.TASK_WORDS, "sources": presenting.SOURCE_KIND_WORDS}.get(kind, {})
        called = presenting.topic(name) if kind == "topic" else words.get(name, name)
        return str(QUIET.get(kind, "%(name)s")) % {"name": called}
    return presenting.subject(str(said.get("kind", "")), str(said.get("subject", "")))


def level_of(level: str) -> str:
    """The level's shape and word: "▲ HIGH"."""
    return f"{SHAPES.get(level, SHAPES['watch'])} {str(presenting.LEVEL_WORDS.get(level, level)).upper()}"


def facts_of(said: Mapping[str, Any]) -> list[str]:
    """What, since when, against what, by how many outlets, what would change the mind: a sentence each. Of a silence the first two."""
    moment = datetime.fromisoformat(str(said["since"]))
    told = {"when": presenting.day_and_hour(moment)}
    if said.get("kind") == SILENCE:
        return [one for one in (presenting.sentence(said.get("why")), gettext("Since %(when)s.") % told) if one]
    since = gettext("Since %(when)s; %(outlets)s.") % {**told, "outlets": presenting.outlets_phrase(said["outlets"])}
    return [one for one in (presenting.sentence(said.get("why")), since, presenting.sentence(said.get("mind"))) if one]


def write(payload: Mapping[str, Any], language: str, zone: str, address: str) -> Message:
    """The message of a delivery, in `language` and in the office's local time. `address` is our own, without a slash at its end."""
    with translation.override(language), timezone.override(ZoneInfo(zone)):
        if "test" in payload:
            return _test(address)
        return _together(payload["alerts"], address) if "alerts" in payload else _one(payload, address)


def _one(payload: Mapping[str, Any], address: str) -> Message:
    said, link = payload["said"], f"{address}/alerts/{payload['alert']}/"
    quiet, over = said.get("kind") == SILENCE, payload["news"] == "ended"
    news = [gettext("It speaks again.")] if quiet and over else [str(NEWS.get(payload["news"], ""))] if NEWS.get(payload["news"]) else []
    taken = [gettext("%(name)s has taken it over.") % {"name": payload["owner"]}] if payload.get("owner") else []
    facts = [*facts_of(said), *([todo_of(said)] if quiet and not over else [])]
    title = f"{level_of(said['level'])}: {_cut(subject_of(said), SUBJECT_SHOWN)}"
    lines = (f"{level_of(said['level'])}: {subject_of(said)}", *news, *taken, *facts)
    return Message(title, _cut(" ".join([*news, *facts]), SHOWN - len(title)), lines, link)


def _together(alerts: Sequence[Mapping[str, Any]], address: str) -> Message:
    """What the quiet hours held back, as it stands now, the most serious first."""
    ordered = sorted(alerts, key=lambda one: (-presenting.level_rank(one["said"]["level"]), one["said"]["since"]))
    count = len(ordered)
    highest = level_of(ordered[0]["said"]["level"])
    title = f"{highest}: " + ngettext("%(n)s alert of the quiet hours", "%(n)s alerts of the quiet hours", count) % {"n": count}
    lines: list[str] = [title]
    for one in ordered:
        over = f" ({gettext('over since')})" if one["news"] == "ended" else ""
        lines += ["", f"{level_of(one['said']['level'])}: {subject_of(one['said'])}{over}", *facts_of(one["said"])]
        lines.append(f"{address}/alerts/{one['alert']}/")
    lead = _cut("; ".join(subject_of(one["said"]) for one in ordered), SHOWN - len(title))
    return Message(title, lead, tuple(lines), f"{address}/alerts/")


def _test(address: str) -> Message:
    title, lead = gettext("A test by Kentongan"), gettext("If you can read this, alerts reach you here.")
    return Message(title, lead, (title, lead), f"{address}/alerts/")


def _cut(text: str, size: int) -> str:
    """The text with at most `size` characters, cut between words where there is one."""
    text = " ".join(text.split())
    if len(text) <= size:
        return text
    if size <= 1:
        return "…"[:size]
    head = text[: size - 1]
    head = head.rsplit(" ", 1)[0] if " " in head[size // 2 :] else head
    return head.rstrip(" ,;:") + "…"
