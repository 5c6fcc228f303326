"""The door of what an office shows to everybody: found by its address, seen without signing in."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext

from kentongan.office.people import scope
from kentongan.office.people.models import Office
from kentongan.office.people.requests import OfficeRequest


def enter(request: OfficeRequest, slug: str) -> Office:
    """The office of this address; afterwards only its rows are seen, in its time. 404 for an address of none. One query."""
    with scope.everything():
        office = Office.objects.filter(slug=slug).first()
    if office is None:
        raise Http404(gettext("There is no office at this address."))
    request.doors.enter_context(scope.scope(office.pk))
    request.doors.enter_context(timezone.override(ZoneInfo(office.time_zone)))
    return office
