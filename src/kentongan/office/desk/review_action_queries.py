"""What is read of the actions of reviews: those of issues a person may see. Counted queries each."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from kentongan.office.desk import queries, services
from kentongan.office.desk.models import Issue, Publication
from kentongan.office.desk.review_models import ReviewAction
from kentongan.office.listening import purposes
from kentongan.office.people.models import Agency, User

MOST = 100
ON_BOARD = 10


def get_seen(person: User) -> QuerySet[ReviewAction]:
    """Every action of issues the person may see."""
    rows = ReviewAction.objects.filter(office=person.office_id, issue__in=queries.get_seen(person))
    return rows.select_related("issue__merged_into", "agency", "person", "by", "ended_by", "note")


def get_action(person: User, pk: int) -> ReviewAction | None:
    """One action, where the person may see it. One query."""
    return get_seen(person).filter(pk=pk).first()


def get_of_issues(person: User, issues: Collection[Issue]) -> list[ReviewAction]:
    """The actions of issues: what is open first, by day; then what is over, the latest first. One query."""
    found = list(get_seen(person).filter(issue__in=[one.pk for one in issues]).order_by("-at", "pk")[:MOST])
    still = sorted((one for one in found if one.state == ReviewAction.State.OPEN), key=lambda one: (one.due, one.pk))
    return [*still, *(one for one in found if one.state != ReviewAction.State.OPEN)]


def get_overdue(person: User, now: datetime) -> list[ReviewAction]:
    """What should be done by now, the oldest first, for the board. One query."""
    if person.office is None:
        return []
    rows = get_seen(person).filter(state=ReviewAction.State.OPEN, due__lt=purposes.today(person.office, now))
    return list(rows.order_by("due", "pk")[:ON_BOARD])


def get_owners(issue: Issue) -> tuple[list[Agency], list[User]]:
    """Who can see to an action: the agencies of the office, and colleagues who see the issue. Two queries."""
    circle = services.circle_of(issue)
    agencies = list(Agency.objects.filter(office=issue.office_id, ended=None).order_by("name", "pk"))
    return agencies, [one for one in queries.get_readers(issue.office) if circle.has(one.pk)]


def get_templates(issue: Issue) -> list[str]:
    """The kinds of paper that were published about an issue and its parts: their templates were used. One query."""
    rows = Publication.objects.filter(Q(statement__issue=issue) | Q(statement__issue__merged_into=issue), office=issue.office_id)
    return sorted(set(rows.values_list("statement__kind", flat=True)))
