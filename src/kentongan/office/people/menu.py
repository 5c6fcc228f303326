"""The “Office” menu: all that is not daily work, in one literal table. A room adds its row; what one may not do is not shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from kentongan.office.people.models import User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: the view's name, its title, one sentence, and the right one needs (empty: everybody in the office)."""

    view: str
    title: _StrPromise
    sentence: _StrPromise
    right: str = ""


ENTRIES: tuple[Entry, ...] = (
    Entry("people", _("People"), _("Who works here, as what; invitations, leaving, deputies."), "people.read"),
    Entry("roster", _("Duty roster"), _("Who is on duty this week, and where nobody is."), "people.read"),
    Entry("routes", _("Routes"), _("Who is told of which signals, by which way; quiet hours, passing on."), "routes.change"),
    Entry("agencies", _("Agencies"), _("The departments that lead and support."), "people.read"),
    Entry("places", _("Places"), _("Districts and wards, with the names they had before."), "people.read"),
    Entry("topics", _("Topics"), _("By which words an item has its topic; a list of your own."), "listening.read"),
    Entry("purposes", _("Purpose register"), _("Why each source and watch is there, by what right, until when."), "purposes.read"),
    Entry("office_holders", _("Office holders"), _("Who may be named in a watch, beside their public office."), "purposes.read"),
    Entry("watches", _("Watches"), _("Words that are looked for again and again; never private people."), "purposes.read"),
    Entry("accuracy", _("Accuracy"), _("Whether signals are right, complete and early; what was missed."), "listening.read"),
    Entry("labels", _("Labels"), _("A weekly sample that two people label; what was put right."), "listening.decide"),
    Entry("tones", _("How it is spoken of"), _("Of agencies and watches, in the press and in public posts."), "listening.read"),
    Entry("periods", _("Weeks and months"), _("Topics, places, watches and complaints against their own past."), "listening.read"),
    Entry("complaints", _("Complaints by topic and place"), _("By month, in groups of ten or more."), "listening.read"),
    Entry("news_readers", _("Readers by e-mail"), _("How many are told of what you publish, and what is on its way."), "issues.read"),
    Entry("retention", _("What is kept for how long"), _("And the oldest row that is left, as the proof."), "purposes.read"),
    Entry("own_transparency", _("Transparency page"), _("What the public reads about the office's listening."), "purposes.read"),
    Entry("record", _("Record"), _("What was done, by whom and when; nobody can change it."), "ledger.read"),
    Entry("backups", _("Backups"), _("Made every night and tried by restoring them."), "jobs.change"),
    Entry("settings", _("Settings"), _("What holds here, and where it was said."), "office.change"),
    Entry("jobs", _("Background work"), _("What waits, runs, or is parked with its reason."), "jobs.change"),
    Entry("condition", _("Condition"), _("Disk, workers, listener, backup: what is well and what to do."), "office.change"),
    Entry("programs", _("Programs"), _("Tokens for programs, who is told of events, who sends to us."), "tokens.own"),
)


def shown_to(person: User) -> list[tuple[str, Entry]]:
    """The rows a person may open, with their addresses. A row whose room is not there yet is left out."""
    rows = []
    for entry in ENTRIES:
        if entry.right and not person.may(entry.right):
            continue
        try:
            rows.append((reverse(entry.view), entry))
        except NoReverseMatch:
            continue
    return rows
