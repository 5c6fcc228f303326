"""What other rooms say and alerts follow: signals that moved or were decided about, an office that was made, a person who left."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kentongan.office.alerting import arranging, services, tasks
from kentongan.office.listening.models import Signal
from kentongan.office.people.models import Office, User


def signals_moved(sender: Any, office: int, now: datetime, **rest: Any) -> None:
    """The listener wrote signals: look at them as soon as its transaction is there."""
    tasks.plan_look(office)


def signal_decided(sender: Any, about: Signal, user: User, now: datetime, **rest: Any) -> None:
    """Somebody answered on the signal's own page, or took it back."""
    services.follow(user, about, now)
    tasks.plan_look(about.office_id)


def office_made(sender: Any, office: Office, now: datetime, **rest: Any) -> None:
    """A new office has a route from its first day."""
    arranging.make_first_route(office, now)


def person_left(sender: Any, person: User, now: datetime, **rest: Any) -> None:
    """Whoever leaves is told nothing any more, also not by a browser they forgot."""
    arranging.forget_browsers_of(person, now)
