"""A line of the ledger about a row of an office and the person who acted on it: said the same way in every room.

What has no row of its own (a search, a setting, a list of many at once) is written by `ledger.services.write` itself.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Model

from kentongan.office.ledger import services as ledger
from kentongan.office.people.models import User
from kentongan.office.people.permissions import office_of

WORDS = {"user": "person", "sourceproposal": "proposal", "parkedjob": "parked", "importrun": "import", "officeholder": "holder",
         "recordedevent": "event", "answermailbox": "mailbox", "topiclist": "topics"}  # fmt: skip
"""What the ledger calls a row whose model has another name."""


def record(by: User | None, act: str, thing: Model, now: datetime, /, **detail: object) -> None:
    """`by` (None: the system, or the terminal) did `act` to `thing`, in the office of `thing` and the caller's transaction.

    `detail` never holds a name or an address of a person.
    """
    actor, role = (by.pk, by.role) if by is not None else (None, "")
    ledger.write(act, office=office_of(thing), actor=actor, role=role, at=now, subject=subject_of(thing), detail=detail)


def subject_of(thing: Model) -> str:
    """How the ledger names a row: "story:12"."""
    kind = str(thing._meta.model_name)
    return f"{WORDS.get(kind, kind)}:{thing.pk}"
