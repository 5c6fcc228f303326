"""The clock of questions to agencies: a reminder before an answer is due, and once it is overdue somebody else is asked. Each once.

An overdue question goes to whoever stands in for the person asked, the nearest first; else to whoever leads in the agency (an issue owner
or leader among its people). Where that leads nowhere the page of the question says so, the asker is told, and it is tried again each time:
nothing is lost.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from kentongan.office.desk import question_moves, statement_moves, telling
from kentongan.office.desk.question_models import AgencyQuestion
from kentongan.office.desk.recording import record
from kentongan.office.desk.statement_deputies import standing_in
from kentongan.office.people.models import Office, Role, User
from kentongan.office.people.permissions import RIGHTS

LEADS = frozenset({Role.OWNER, Role.LEADER})


@transaction.atomic
def mind(office: Office, now: datetime) -> tuple[int, int]:
    """Remind of what will be due, pass on what is overdue; gives how many of each. Of closed issues nothing is asked again."""
    rows = AgencyQuestion.objects.filter(office=office).exclude(issue__state="closed")
    rows = rows.select_for_update(of=("self",), skip_locked=True).select_related("issue", "agency", "person", "by", "office").order_by("pk")
    soon = list(rows.filter(state="waiting", reminded=None, remind__lte=now, due__gt=now))
    for one in soon:
        one.reminded = now
        one.save(update_fields=["reminded"])
        record(None, "question.reminded", one.issue, now, question=one.pk)
        telling.tell_asked(one, "reminded", now)
    late = [*rows.filter(state="waiting", due__lte=now), *rows.filter(state="late", passed=None)]
    if not late:
        return len(soon), 0
    people = {one.pk: one for one in User.objects.filter(office=office, is_active=True).order_by("pk")}
    standing = standing_in(office, now)
    return len(soon), sum(_pass(one, standing, people, now) for one in late)


def heir_of(
    question: AgencyQuestion, standing: Mapping[int, list[int]], people: Mapping[int, User]
) -> tuple[int | None, statement_moves.Lost]:
    """Who is asked instead; nobody, and why. Pure."""
    able = {pk for pk, one in people.items() if one.roles & RIGHTS["issues.read"]}
    lost: statement_moves.Lost = "nowhere"
    if question.person_id is not None:
        found = statement_moves.heir(question.person_id, standing, able)
        if found.person is not None:
            return found.person, ""
        lost = found.lost or "nowhere"
    lead = _lead(question, people, able)
    return (lead, "") if lead is not None else (None, lost)


def _lead(question: AgencyQuestion, people: Mapping[int, User], able: Collection[int]) -> int | None:
    """Who leads in the agency, beside whoever was asked already."""
    return next(
        (pk for pk, one in people.items() if one.agency_id == question.agency_id and pk in able and one.roles & LEADS
         and pk != question.person_id), None
    )  # fmt: skip


def _pass(question: AgencyQuestion, standing: Mapping[int, list[int]], people: Mapping[int, User], now: datetime) -> int:
    fresh = question.state == "waiting"
    if fresh:
        question.state = question_moves.after(question.state, "run_out")
        question.version += 1
        record(None, "question.late", question.issue, now, question=question.pk)
    heir, lost = heir_of(question, standing, people) if question.passed is None else (None, "nowhere")
    if heir is None:
        if fresh or question.lost != lost:
            question.lost = lost
            question.save()
            record(None, "question.stuck", question.issue, now, question=question.pk, why=lost)
            telling.tell_asker(question, "lost", now)
        return 0
    before, question.person, question.passed, question.lost = question.person_id, people[heir], now, ""
    question.save()
    record(None, "question.passed_on", question.issue, now, question=question.pk, person=heir, before=before or "")
    telling.tell_asked(question, "passed", now)
    return 1
