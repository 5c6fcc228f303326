"""Who looks at a letter that came to the mailbox for answers: functions of this room and of rooms above, which it may not know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib import import_module

from kentongan.adapters.replies import Reply
from kentongan.office.people.models import Office

TAKERS: list[tuple[str, str]] = [("kentongan.office.desk.answer_mail", "take")]
"""Module and function, loaded when there is a letter. Rooms add theirs when they are ready."""


def take(office: Office, letter: Reply, now: datetime) -> bool:
    """Give it to each until one knows it; False where nobody does."""
    return any(_function(module, name)(office, letter, now) for module, name in TAKERS)


def _function(module: str, name: str) -> Callable[[Office, Reply, datetime], bool]:
    found: Callable[[Office, Reply, datetime], bool] = getattr(import_module(module), name)
    return found
