"""What a token may be allowed, in one literal table. It never may more than its person: the services ask for the person's rights too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kentongan.office.people.models import User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

READ, DECIDE, SOURCES, EXPORT, FEEDS = "read", "decide", "sources", "export", "feeds"
ISSUES, RESPOND = "issues", "respond"
OFFICE, ADMINISTER, AUDIT = "office", "administer", "audit"
SCOPES: dict[str, tuple[_StrPromise, str]] = {
    READ: (_("Read what the screens show, issues aside"), "listening.read"),
    DECIDE: (_("Decide: stories, signals, alerts, claims, watches, purposes, corrections, sign the briefing"), "alerts.answer"),
    ISSUES: (_("Read issues and what belongs to them, as far as one sees them oneself"), "issues.read"),
    RESPOND: (_("Act on issues and what belongs to them: open, change, decide; never approve or publish"), "issues.change"),
    SOURCES: (_("Add, pause and visit sources"), "sources.change"),
    EXPORT: (_("Export tables"), "exports.make"),
    FEEDS: (_("Atom feeds only; such a token may stand in the address of a feed"), "listening.read"),
    OFFICE: (_("Read how the office is run: people, roster, settings, background work, who is told"), "people.read"),
    ADMINISTER: (_("Change how the office is run: people, roster, settings, routes, background work"), "people.read"),
    AUDIT: (_("Read the record of what was done; each reading is a line of it"), "ledger.read"),
}
"""Scope: its sentence, and the right a person must have to give it to a token."""


def scopes_of(person: User) -> list[str]:
    """The scopes a person may give to a token."""
    return [scope for scope, (_sentence, right) in SCOPES.items() if person.may(right)]
