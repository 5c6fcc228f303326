"""The purpose register: why each source, watch and search alert is there, by what right, who answers for it, until when."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from kentongan.office.listening.models import Purpose
from kentongan.office.people.models import Office, Role, User

FIRST_TERM = timedelta(days=365)


def first_for(office: Office, now: datetime) -> Purpose:
    """The register's first row, under which sources stand until the office says more; made when there is none."""
    found = Purpose.objects.filter(office=office, kind=Purpose.Kind.SOURCES, ended=None).order_by("pk").first()
    if found is not None:
        return found
    return Purpose.objects.create(
        office=office,
        kind=Purpose.Kind.SOURCES,
        title=_("Sources of the area"),
        purpose=_("To hear early what the public is told and asks about, and to answer with sources."),
        legal_basis=_("To be confirmed by the administrator"),
        owner=User.objects.filter(office=office, role=Role.ADMINISTRATOR, is_active=True).order_by("pk").first(),
        starts=now.date(),
        ends=(now + FIRST_TERM).date(),
        created=now,
    )
