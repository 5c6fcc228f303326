"""The engine's findings, sections, signs and suggestions about statements in the reader's language. Changes nothing, reads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kentongan.engine import alignment, crisis, statement_records
from kentongan.engine.statement_records import Finding
from kentongan.office.desk.models import ApprovalStep, Statement
from kentongan.office.listening import presenting
from kentongan.office.listening.presenting import Words

SECTION_WORDS: Mapping[str, Words] = {
    "": pgettext_lazy("section", "not said"),
    "headline": pgettext_lazy("section", "Headline"),
    "dateline": pgettext_lazy("section", "Office and time"),
    "greeting": pgettext_lazy("section", "Greeting"),
    "instruction": pgettext_lazy("section", "What people should do"),
    "known": pgettext_lazy("section", "What is known"),
    "unknown": pgettext_lazy("section", "What is not known yet"),
    "assumed": pgettext_lazy("section", "What is assumed"),
    "action": pgettext_lazy("section", "What is being done"),
    "care": pgettext_lazy("section", "Care for those affected"),
    "cause": pgettext_lazy("section", "Cause"),
    "apology": pgettext_lazy("section", "Apology"),
    "remedy": pgettext_lazy("section", "Remedy"),
    "record": pgettext_lazy("section", "What was done before"),
    "background": pgettext_lazy("section", "Background"),
    "quote": pgettext_lazy("section", "Quotation"),
    "next_update": pgettext_lazy("section", "Next update"),
    "contact": pgettext_lazy("section", "Contact"),
    "fact": pgettext_lazy("section", "Fact"),
    "warning": pgettext_lazy("section", "Warning"),
    "claim": pgettext_lazy("section", "Claim"),
    "why": pgettext_lazy("section", "Why it misleads"),
    "message": pgettext_lazy("section", "Key message"),
    "support": pgettext_lazy("section", "Supporting fact"),
    "question": pgettext_lazy("section", "Question"),
    "answer": pgettext_lazy("section", "Answer"),
    "ask": pgettext_lazy("section", "What is to be decided"),
}
WHAT_WORDS: Mapping[str, Words] = {
    "figure": pgettext_lazy("stated", "a figure"),
    "date": pgettext_lazy("stated", "a date"),
    "event": pgettext_lazy("stated", "an event"),
    "place": pgettext_lazy("stated", "a place"),
}
IDENTIFIER_WORDS: Mapping[str, Words] = {
    "email": _("e-mail address"), "handle": _("handle"), "NIK": "NIK", "NPWP": "NPWP", "CCCD": "CCCD", "passport": _("passport number"),
    "NIP": "NIP", "account": _("account number"), "plate": _("number plate"), "phone": _("telephone number"), "tax": _("tax number"),
}  # fmt: skip
SIGN_WORDS: Mapping[str, str] = {code: crisis.REASONS[code] for code in (*crisis.SIGNS, "history", "reputation")}
"""What a person ticks and reads as a reason: the engine's own sentences."""


def said(finding: Finding) -> str:
    """The sentence of a finding."""
    return _filled(statement_records.SAID[finding.code], {name: _spoken(name, value) for name, value in finding.values.items()})


def too_much(error: alignment.TooMuch, field: str) -> str:
    """What is wrong with a text that is no statement any more; `field` is what people call where it stands."""
    return _filled(alignment.SAID[error.code], {**error.values, "field": field})


def reasons(suggestion: crisis.Suggestion) -> list[str]:
    """Why the engine suggests a cluster."""
    return [gettext(crisis.REASONS[code]) for code in suggestion.reasons]


def sign_choices() -> list[tuple[str, str]]:
    """What can be ticked, as a person reads it."""
    return [(code, gettext(words)) for code, words in SIGN_WORDS.items()]


def suggested(suggestion: crisis.Suggestion) -> str:
    """The cluster the engine suggests, in words."""
    return str(Statement.Cluster(suggestion.cluster).label)


def section(code: str) -> str:
    """What a sentence is there for, in words."""
    return str(SECTION_WORDS.get(code, code))


def lost(step: ApprovalStep) -> str:
    """Why nobody took a step over that nobody decided in time; empty where that is not so."""
    name = step.person.shown
    if step.lost == "nowhere":
        return gettext("Nobody who could decide stands in for %(name)s. Name a deputy, or take it back and ask somebody else.") % {
            "name": name
        }
    if step.lost == "circle":
        said = gettext(
            "Those who stand in for each other lead back to %(name)s. Name another deputy, or take it back and ask somebody else."
        )
        return said % {"name": name}
    if step.lost == "silent":
        said = gettext("%(name)s, who stands in, did not decide in time either. Take it back and ask somebody else.")
        return said % {"name": name}
    return ""


def _filled(sentence: str, values: Mapping[str, Any]) -> str:
    return presenting.filled(gettext(sentence), values)


def _spoken(name: str, value: Any) -> Any:
    if name == "section":
        return section(str(value))
    if name == "order":
        return " – ".join(section(one) for one in str(value).split(", "))
    if name == "what":
        return ", ".join(str(WHAT_WORDS.get(one, one)) for one in str(value).split(", "))
    if name == "kind":
        return str(IDENTIFIER_WORDS.get(str(value), value))
    return value
