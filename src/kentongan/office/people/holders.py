"""Who holds a public office: the office's own list, so that a watch may name the mayor and never a neighbour called one.

A row says name, public office and the last day of the term; after it the name is a private person's again. The list is for what people do
in office: no private person belongs here, and nothing else of anybody is kept.
"""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kentongan.engine.query_names import names_an_office
from kentongan.errors import InputError, RefusedError
from kentongan.office.people.models import Office, OfficeHolder, Place, User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record

LONGEST_TERM = timedelta(days=6 * 366)
MOST = 200


@transaction.atomic
def add(by: User, name: str, post: str, last_day: date, now: datetime) -> OfficeHolder:
    """Somebody holds a public office until the end of `last_day`, in the office's own time."""
    need(by, "purposes.change")
    office = Office.objects.select_for_update().get(pk=by.office_id)
    name, post = " ".join(name.split())[:200], " ".join(post.split())[:200]
    if len(name.split()) < 2:
        raise InputError(_("Give the full name, as the office itself publishes it."), subject="name")
    if not names_an_office(post):
        raise InputError(_("Name the public office (“Mayor of …”, “Head of the Health Agency”)."), subject="post")
    until = datetime.combine(last_day + timedelta(days=1), time(), zoneinfo.ZoneInfo(office.time_zone))
    if not now < until <= now + LONGEST_TERM:
        raise InputError(_("The last day lies ahead, six years at most: then somebody looks at it again."), subject="last_day")
    if OfficeHolder.objects.filter(office=office, name__iexact=name, post__iexact=post).exists():
        raise InputError(_("This person is listed for this office already."), subject="name")
    if get_holders(office, now).count() >= MOST:
        raise RefusedError(_("%(n)s office holders are listed. Take out those who are not needed.") % {"n": MOST}, subject="name")
    made = OfficeHolder.objects.create(office=office, name=name, post=post, until=until)
    record(by, "holder.added", made, now, until=until.isoformat())
    return made


@transaction.atomic
def take_out(by: User, holder: OfficeHolder, now: datetime) -> None:
    """The name is a private person's again from now on."""
    need(by, "purposes.change", holder)
    if OfficeHolder.objects.filter(pk=holder.pk, office_id=by.office_id).delete()[0]:
        record(by, "holder.removed", holder, now)


def get_holders(office: Office, now: datetime) -> QuerySet[OfficeHolder]:
    """Those whose term runs."""
    return OfficeHolder.objects.filter(office=office, until__gt=now)


def known_names(office: Office, now: datetime) -> list[str]:
    """What may stand beside the word for a public office in a watch: who holds one, and the office's places. Two queries."""
    return [*get_holders(office, now).values_list("name", flat=True), *place_names(office)]


def place_names(office: Office) -> list[str]:
    """The names of the office's places, which a watch may look for alone. One query."""
    return list(Place.objects.filter(office=office).values_list("name", flat=True))
