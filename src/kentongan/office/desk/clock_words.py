"""What clocks set by law are called, what begins each, and how far its row is to be trusted, in the words of a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kentongan.office.desk.clocks import Law
from kentongan.office.listening.presenting import Words

NAMES: Mapping[str, Words] = {
    "vn.first.received": _("First information within 24 hours"),
    "vn.first.determined": _("First information within 24 hours, opinion is divided"),
    "vn.correction": _("Answer to whoever says it is wrong, within 10 days"),
    "id.at_once": _("To be announced at once"),
}
LAWS: Mapping[str, Words] = {
    "vn.first.received": _("Vietnam, Decree 244/2026"),
    "vn.first.determined": _("Vietnam, Decree 244/2026"),
    "vn.correction": _("Vietnam, amended Law on Access to Information, article 22"),
    "id.at_once": _("Indonesia, Law 14/2008, article 10"),
}
BEGINS: Mapping[str, Words] = {
    "vn.first.received": _("An important event with great effect on society. It counts from when your office had received and handled it."),
    "vn.first.determined": _("It counts from when your office determined that it affects, or may affect, public opinion."),
    "vn.correction": _("It counts from the day on which somebody said so; that day itself does not count."),
    "id.at_once": _(
        "It may threaten the lives of many or public order. It counts from when your office knew; the law says at once and names no hours."
    ),
}
KNOWN: Mapping[str, Words] = {
    "report": _("Taken from a news report about the law; the text of the law was not compared. Ask your lawyers before you rely on it."),
    "memory": _("Written from memory; the text of the law was not compared. Ask your lawyers before you rely on it."),
}
OUTCOMES: Mapping[str, Words] = {
    "kept": pgettext_lazy("promise", "in time"),
    "late": pgettext_lazy("promise", "late"),
    "given": pgettext_lazy("promise", "came; the law names no hours"),
    "missed": pgettext_lazy("promise", "did not come"),
    "open": pgettext_lazy("promise", "still to come"),
    "dropped": pgettext_lazy("promise", "begun by mistake"),
}
"""What became of a promise, set by law or not."""
ENDINGS: Mapping[str, Words] = {
    "done": pgettext_lazy("clock", "What the law asks for was done"),
    "mistake": pgettext_lazy("clock", "It was begun by mistake"),
}


def named(law: Law) -> str:
    """A clock with its law: "First information within 24 hours (Vietnam, Decree 244/2026)"."""
    return f"{NAMES[law.code]} ({LAWS[law.code]})"


def told(laws: Iterable[Law]) -> list[tuple[str, Words, Words]]:
    """What whoever begins a clock reads of each: its name, what it counts from, how far its row is to be trusted."""
    return [(named(one), BEGINS[one.code], KNOWN[one.known]) for one in laws]
