"""What the fields of a statement are called, and its history in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kentongan.office.desk import queries, statement_queries
from kentongan.office.desk.given_out_models import GivenOut
from kentongan.office.desk.history import Step
from kentongan.office.desk.models import ApprovalStep, Publication, Sentence, Statement
from kentongan.office.ledger.acts import ACTS
from kentongan.office.ledger.models import Line
from kentongan.office.listening.presenting import Words

FIELDS: Mapping[str, Words] = {
    "kind": _("Kind of paper"), "language": _("Language"), "level": _("Level"), "signs": _("What holds of it"),
    "cluster": _("How far it was in our hands"), "next_update": _("Next update"), "contact": _("Contact of the office"), "text": _("Text"),
    "section": _("What the sentence is there for"), "evidence": _("What it rests on"),
    "said_as": _("Promise or opinion"), "said_by": _("Whose promise or opinion"),
}  # fmt: skip
SAID: Mapping[str, Words] = {
    "statement.begun": _("Begun."),
    "statement.marked": _("A sentence was marked: %(mark)s."),
    "statement.asked": _("Approval of version %(number)s asked for."),
    "statement.step_approved": _("Approved version %(number)s (%(step)s)."),
    "statement.returned": _("Returned (%(step)s)."),
    "statement.approved": _("Version %(number)s is approved."),
    "statement.taken_back": _("The request for approval was taken back."),
    "statement.withdrawn": _("Withdrawn."),
    "statement.published": _("Version %(number)s is published."),
    "statement.published_alone": _("Version %(number)s was published by one person in an emergency."),
    "statement.corrected": _("Corrected by another statement."),
    "statement.given_out": _("Given out through: %(channels)s."),
    "statement.told": _("Told that it was withdrawn: %(channels)s."),
    "statement.reviewed": _("The emergency publication was reviewed: %(review)s."),
    "statement.passed_on": _("Nobody decided in time: passed on to whoever stands in (%(step)s)."),
    "statement.stuck": _("Nobody decided in time, and nobody could take it over (%(step)s)."),
}


def history_of(statement: Statement) -> list[Step]:
    """What was done with a statement, the first first. Three queries."""
    lines = [(line, json.loads(line.detail)) for line in statement_queries.get_lines(statement)]
    notes = queries.get_texts(statement.office_id, [detail["note"] for _line, detail in lines if "note" in detail])
    names = queries.get_names(statement.office_id, {line.actor for line, _detail in lines if line.actor})
    return [step_of(line, detail, names, notes) for line, detail in lines]


def step_of(line: Line, detail: Mapping[str, Any], names: Mapping[int, str], notes: Mapping[int, str], of: str = "") -> Step:
    """One line about a statement (`of`, where it stands among others) as people read it."""
    note = notes.get(detail.get("note", 0), "")
    return Step(line.at, names.get(line.actor, ""), words_of(line.act, detail), note, of, line.act)


def words_of(act: str, detail: Mapping[str, Any]) -> str:
    """What a line says, in the active language."""
    if act == "statement.changed":
        fields = ", ".join(str(FIELDS[name]) for name in detail.get("fields", ()) if name in FIELDS)
        return gettext("Version %(number)s: %(fields)s.") % {"number": detail.get("number", ""), "fields": fields}
    step = ApprovalStep.Kind(detail["step"]).label if detail.get("step") in ApprovalStep.Kind.values else ""
    review = Publication.Review(detail["outcome"]).label if detail.get("outcome") in Publication.Review.values else ""
    mark = Sentence.SaidAs(detail.get("said_as", "")).label if detail.get("said_as", "") in Sentence.SaidAs.values else ""
    ways = [str(GivenOut.Channel(one).label) for one in detail.get("channels", ()) if one in GivenOut.Channel.values]
    values = {"number": detail.get("number", ""), "step": step, "review": review, "channels": ", ".join(ways), "mark": mark}
    return str(SAID.get(act) or f"{ACTS.get(act, act)}.") % values
