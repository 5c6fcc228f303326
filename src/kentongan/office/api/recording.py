"""Lines of the ledger for what changes nothing but is worth knowing: tables that programs and people take away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from kentongan.office.ledger import services as ledger
from kentongan.office.people.models import User
from kentongan.office.people.permissions import need


@transaction.atomic
def export_made(by: User, what: str, form: str, asked: Mapping[str, object], now: datetime) -> None:
    """Somebody takes a table away. Raises `RefusedError` where their role does not allow it."""
    need(by, "exports.make")
    detail = {"form": form, **asked}
    ledger.write("export.made", office=by.office_id, actor=by.pk, role=by.role, at=now, subject=what, detail=detail)
