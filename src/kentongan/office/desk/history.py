"""An issue's history in words, read from the ledger: each line one sentence, with the reason that was written. Changes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kentongan.office.desk import clock_words, clocks, fact_queries, queries
from kentongan.office.desk.facts_models import FactVersion
from kentongan.office.desk.models import Issue
from kentongan.office.ledger.acts import ACTS
from kentongan.office.ledger.models import Line
from kentongan.office.listening import presenting
from kentongan.office.listening.presenting import Words
from kentongan.office.people.models import User

MOVED: Mapping[str, Words] = {
    "issue.opened": _("Opened at the level “%(level)s”."),
    "issue.opened_apart": _("Split off from another issue, at the level “%(level)s”."),
    "issue.split": _("Some of what it is about became an issue of its own."),
    "issue.checked": _("The facts are being checked."),
    "issue.answering": _("An answer is in the making."),
    "issue.answered": _("Answered."),
    "issue.watched": _("Watched until %(until)s."),
    "issue.closed": pgettext_lazy("issue", "Closed."),
    "issue.reopened": _("Opened again."),
    "issue.level_set": _("Level set to “%(level)s”, before “%(before)s”."),
    "issue.truth_decided": _("Truth: %(truth)s."),
    "issue.merged": _("Became part of another issue."),
    "issue.parted": _("Taken out of the other issue again."),
    "issue.clock_begun": _("A clock set by law was begun: %(clock)s. Due %(due)s."),
    "issue.clock_ended": _("A clock set by law was ended: %(clock)s. %(how)s."),
    "issue.commented": _("Comment."),
    "issue.learned": _("What was learned was noted."),
    "fact.added": _("Fact added: “%(text)s”"),
    "fact.changed": _("Fact changed: “%(text)s”"),
    "fact.withdrawn": _("Fact withdrawn: “%(text)s”"),
    "fact.settled": _("Of several figures one holds: %(figure)s (%(of)s)."),
    "fact.used": _("Facts were used."),
    "question.asked": _("An agency was asked."),
    "question.answered": _("An agency answered."),
    "question.answered_by_link": _("An agency answered through a one-time link."),
    "question.answered_by_mail": _("An agency answered by e-mail; who sent it is not proven."),
    "question.reply_came": _("A letter about a question came and was not taken as its answer."),
    "question.noted": _("An agency's answer was noted as a fact."),
    "question.prolonged": _("A question got more time."),
    "question.withdrawn": _("A question was withdrawn."),
    "question.link_made": _("A one-time link to a question was made."),
    "question.reminded": _("The agency was reminded of a question."),
    "question.late": _("A question was not answered in time."),
    "question.passed_on": _("A question was passed on."),
    "question.stuck": _("A question is overdue, and nobody else could be asked."),
    "action.added": _("Something to be done better was noted."),
    "action.done": _("Something to be done better was done."),
    "action.withdrawn": _("Something to be done better was withdrawn."),
}
FIELDS: Mapping[str, Words] = {
    "title": _("Title"), "summary": _("What it is about"), "kind": _("Kind"), "topic": _("Topic"), "place": _("Place"),
    "stance": _("What it says of the policy"), "lead": _("At whose desk"), "agency": _("Agency that leads"),
    "supporting": _("Agencies that support"), "due": _("Due"), "due_note": _("What is due"),
}  # fmt: skip
"""The fields of an issue as people read them."""
SHORT = 160
"""Letters of a fact in a line of the history."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line: when, who, what, and what was written as the reason. `of` is the issue it was done to, where that is part of this one.

    `act`, `values` and `issue` say the same for programs: the act's code, what it brought about, the number of the issue. `other` is the
    other issue of an act that concerns two, where the reader may see it.
    """

    at: datetime
    who: str
    words: str
    note: str = ""
    of: str = ""
    act: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    issue: int = 0
    other: Issue | None = None


TOLD = ("level", "term", "before", "truth", "until", "fields", "law", "start", "due", "how")
"""What of a line's detail a program is told: codes and moments, never the number of a person. What is due is one moment, or null, and
`due_before` what was due before where that moved."""


def history_of(person: User, issue: Issue, parts: Sequence[Issue]) -> list[Step]:
    """What was done with an issue and its parts, the first first. Four queries, and one more where an act concerned another issue."""
    every = [issue, *parts]
    lines, notes, facts = queries.get_lines(every), queries.get_notes(every), fact_queries.get_words(every)
    names = queries.get_names(issue.office_id, {line.actor for line in lines if line.actor})
    titles = {f"issue:{one.pk}": one.title for one in parts}
    others = queries.get_titled(person, {other for line in lines if (other := other_of(line.act, json.loads(line.detail)))})
    return [_step(line, notes, names, facts, titles.get(line.subject, ""), others) for line in lines]


def other_of(act: str, detail: Mapping[str, Any]) -> int:
    """The number of the other issue of an act that concerns two; 0 where there is none."""
    about = str(detail.get("about", "")) if act in {"issue.opened", "issue.linked", "issue.unlinked"} else ""
    return int(about.removeprefix("issue:") if about.startswith("issue:") else detail.get("into") or detail.get("out_of") or 0)


def _step(
    line: Line, notes: Mapping[int, str], names: Mapping[int, str], facts: Mapping[tuple[int, int], FactVersion], of: str,
    others: Mapping[int, Issue],
) -> Step:  # fmt: skip
    detail: dict[str, Any] = json.loads(line.detail)
    values = {name: detail[name] for name in TOLD if name in detail}
    if due_of(detail) is not None:
        values["due_before"], values["due"] = detail["due"]
    note = notes.get(detail.get("note", 0), "")
    number = int(line.subject.partition(":")[2])
    words = words_of(line.act, detail, facts.get((detail.get("fact", 0), detail.get("version", 0))))
    other = others.get(other_of(line.act, detail))
    return Step(line.at, names.get(line.actor, ""), words, note, of, line.act, values, number, other)


def words_of(act: str, detail: Mapping[str, Any], fact: FactVersion | None = None) -> str:
    """What a line says, in the active language; `fact` is what the fact said that it is about."""
    if act == "issue.changed":
        fields = ", ".join(str(FIELDS[name]) for name in detail.get("fields", ()) if name in FIELDS)
        return " ".join(filter(None, (gettext("Changed: %(fields)s.") % {"fields": fields}, _due_words(detail))))
    if act == "question.prolonged":
        return " ".join(filter(None, (str(MOVED[act]), _due_words(detail))))
    until = datetime.fromisoformat(detail["until"]) if detail.get("until") else None
    due = datetime.fromisoformat(detail["due"]) if act == "issue.clock_begun" else None
    values = {
        "level": presenting.LEVEL_WORDS.get(detail.get("level", ""), ""),
        "before": presenting.LEVEL_WORDS.get(detail.get("before", ""), ""),
        "truth": Issue.Truth(detail["truth"]).label if detail.get("truth") in Issue.Truth.values else "",
        "until": presenting.day_and_hour(until) if until is not None else "",
        "due": presenting.day_and_hour(due) if due is not None else "",
        "clock": clock_words.named(clocks.LAWS[detail["law"]]) if detail.get("law") in clocks.LAWS else "",
        "how": clock_words.ENDINGS.get(detail.get("how", ""), ""),
        "number": detail.get("number", ""),
        "text": Truncator(fact.text).chars(SHORT) if fact is not None else "…",
        "figure": fact.figure if fact is not None else "…",
        "of": fact.about if fact is not None else "…",
    }
    split_off = act == "issue.opened" and bool(other_of(act, detail))
    return str(MOVED.get("issue.opened_apart" if split_off else act) or f"{ACTS.get(act, act)}.") % values


def due_of(detail: Mapping[str, Any]) -> tuple[datetime | None, datetime | None] | None:
    """What was due when before and after an act, where its line says that this moved (`recording.due_moved`)."""
    found = detail.get("due")
    if not isinstance(found, list) or len(found) != 2:
        return None
    before, after = (datetime.fromisoformat(one) if one else None for one in found)
    return before, after


def _due_words(detail: Mapping[str, Any]) -> str:
    moved = due_of(detail)
    if moved is None:
        return ""
    before, after = (presenting.day_and_hour(one) if one is not None else gettext("nothing") for one in moved)
    return gettext("Due %(after)s, before that %(before)s.") % {"after": after, "before": before}
