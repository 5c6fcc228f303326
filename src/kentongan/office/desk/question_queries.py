"""What is read of questions to agencies: those of issues a person may see, and those they are asked themselves. Counted queries each.

`get_seen` is the one door. Whoever is asked sees the question and its line of context, and of an issue they may not see nothing else.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from kentongan.office.alerting.models import AlertDelivery
from kentongan.office.desk import queries, question_moves, services
from kentongan.office.desk.answer_mail_models import AgencyReply, UnclaimedMail
from kentongan.office.desk.models import Issue
from kentongan.office.desk.question_models import AgencyQuestion
from kentongan.office.people.models import Agency, User
from kentongan.office.people.permissions import RIGHTS, may

MOST = 50
ON_BOARD = 5
UNCLAIMED_FOR = timedelta(days=3)
SOON = timedelta(hours=24)
"""What is due within this stands on the board."""


def get_seen(person: User) -> QuerySet[AgencyQuestion]:
    """Every question the person may see."""
    rows = AgencyQuestion.objects.filter(office=person.office_id).select_related("agency", "person", "first", "by", "issue", "answer__by")
    if person.office_id is None or not may(person, "issues.read"):
        return rows.none()
    return rows.filter(Q(issue__in=queries.get_seen(person)) | Q(person=person) | Q(first=person))


def get_question(person: User, pk: int) -> AgencyQuestion | None:
    """One question, where the person may see it. One query."""
    return get_seen(person).select_related("office", "issue__merged_into").filter(pk=pk).first()


def get_of_issues(issues: Collection[Issue]) -> list[AgencyQuestion]:
    """The questions of issues from `queries.get_seen`: what waits first, what is due first. One query."""
    rows = AgencyQuestion.objects.filter(issue__in=[one.pk for one in issues])
    found = rows.select_related("agency", "person", "first", "by", "answer__by").order_by("-asked", "pk")[:MOST]
    return sorted(found, key=lambda one: (one.state not in question_moves.OPEN, one.due if one.state in question_moves.OPEN else one.asked))


def get_open(person: User) -> tuple[list[AgencyQuestion], list[AgencyQuestion]]:
    """What waits for an answer, due first first: what this person or their agency is asked, and the rest. One query."""
    found = list(get_seen(person).filter(state__in=question_moves.OPEN).order_by("due", "pk")[: 2 * MOST])
    mine = [one for one in found if answers(person, one)]
    return mine, [one for one in found if one not in mine]


def get_due(person: User, now: datetime) -> list[AgencyQuestion]:
    """What is late or due soon, for the board. One query."""
    rows = get_seen(person).filter(Q(state="late") | Q(state="waiting", due__lte=now + SOON))
    return list(rows.order_by("due", "pk")[:ON_BOARD])


def get_messages(question: AgencyQuestion) -> list[AlertDelivery]:
    """The messages about a question and how far they got. One query."""
    rows = AlertDelivery.objects.filter(office=question.office_id, key__startswith=f"question-{question.pk}-")
    return list(rows.select_related("person", "agency").order_by("at", "pk")[:MOST])


def get_replies(question: AgencyQuestion) -> list[AgencyReply]:
    """The letters that came about a question, for who sees its issue. One query."""
    return list(AgencyReply.objects.filter(question=question)[:MOST])


def get_unclaimed(person: User, now: datetime) -> list[UnclaimedMail]:
    """Letters of the last days in the mailbox for answers that are listed with no question, for who may change issues. One query."""
    if not may(person, "issues.change"):
        return []
    return list(UnclaimedMail.objects.filter(office=person.office_id, last__gt=now - UNCLAIMED_FOR).order_by("-last", "why"))


def get_agencies(issue: Issue) -> list[Agency]:
    """Which agencies can be asked: the one that leads, then those that support. One query."""
    wanted = [one for one in (issue.agency_id, *issue.supporting) if one is not None]
    found = Agency.objects.filter(office=issue.office_id, pk__in=wanted, ended=None)
    return sorted(found, key=lambda one: (one.pk != issue.agency_id, one.name))


def get_members(office: int, agencies: Collection[Agency]) -> list[User]:
    """Who of these agencies can be asked by name. One query where there are any agencies."""
    rows = User.objects.filter(office=office, is_active=True, agency__in=[one.pk for one in agencies]).select_related("agency")
    return [one for one in rows.order_by("first_name", "username") if one.roles & RIGHTS["issues.read"]] if agencies else []


def acts(person: User, question: AgencyQuestion) -> list[str]:
    """What a person can do with a question: answer, prolong, withdraw, note (as a fact)."""
    waits = question.state in question_moves.OPEN
    changes = services.circle_of(question.issue).has(person.pk) and person.may("issues.change")
    can = {
        "answer": waits and answers(person, question),
        "prolong": waits and changes,
        "withdraw": waits and changes,
        "note": changes and question.state == "answered" and question.fact_id is None and question.issue.state != "closed",
    }
    return [name for name, may_be in can.items() if may_be]


def answers(person: User, question: AgencyQuestion) -> bool:
    """Whether a person answers for the agency: one of its people, whoever was asked first, or whoever it was passed to."""
    return person.pk in {question.person_id, question.first_id} or (person.agency_id is not None and person.agency_id == question.agency_id)
