"""Who searched for what, as the ledger keeps it: the same from the page, from a program and from a watch that is being written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from kentongan.engine import privacy
from kentongan.engine.names import load_tagger
from kentongan.errors import RefusedError
from kentongan.office.ledger import services as ledger
from kentongan.office.people.models import User

LONGEST = 300


@transaction.atomic
def note(user: User, typed: str, chosen: Mapping[str, object], hits: int, now: datetime, way: str = "") -> None:
    """The words with personal data hidden, what narrowed them, and how much was found.

    `way` says where it was not the page of the search: `api`, or `watch` for the past of a watch that is being written.
    """
    if user.office_id is None:
        raise RefusedError(gettext("You do not belong to an office yet."), subject=user.username)
    hidden = privacy.hide(typed[:LONGEST], source_kind="public", names=load_tagger())
    narrowed = {name: value for name, value in chosen.items() if value}
    detail: dict[str, object] = {"words": hidden.text, "hidden": sum(hidden.counts.values()), "narrowed": narrowed, "hits": hits}
    if way:
        detail["way"] = way
    ledger.write("search.made", office=user.office_id, actor=user.pk, role=user.role, at=now, detail=detail)
