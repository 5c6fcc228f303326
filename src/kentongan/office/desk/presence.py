"""Who has this issue open now, so that two do not write the same. Names of colleagues who may see it, a minute old at most.

It does not watch anybody at work: a look writes over the look before it, each look deletes what is older than a minute, the minute's
background work what nobody looked at again; there is no line in the ledger, no list by person, and backups leave the table out.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from kentongan.office.desk.models import Issue
from kentongan.office.desk.presence_models import Presence
from kentongan.office.desk.services import circle_of
from kentongan.office.people.models import Office, User

KEPT = timedelta(minutes=1)


@transaction.atomic
def look(person: User, issue: Issue, now: datetime) -> list[str]:
    """The person has the issue open, which they see; gives the names of the others who do. Three queries."""
    forget(issue.office_id, now)
    values = Presence(office_id=issue.office_id, issue=issue, person=person, at=now)
    Presence.objects.bulk_create([values], update_conflicts=True, update_fields=["at"], unique_fields=["issue", "person"])
    rows = Presence.objects.filter(issue=issue, person__is_active=True).exclude(person=person).select_related("person")
    circle = circle_of(issue)
    return sorted(one.person.shown for one in rows if circle.has(one.person_id))


def forget(office: Office | int, now: datetime) -> None:
    """Nobody who looked a minute ago or earlier is remembered. One query."""
    Presence.objects.filter(office=office, at__lte=now - KEPT).delete()
