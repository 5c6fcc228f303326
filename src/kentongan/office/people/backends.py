"""Finds the signed-in person together with their office, whom they stand in for and whether they have a second factor, in one query."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from kentongan.office import clock
from kentongan.office.kept import Kept
from kentongan.office.people import standing
from kentongan.office.people.models import User

_person = Kept(lambda pk, now: standing.with_standing(User.objects.select_related("office"), now).filter(pk=pk)[:1])


class OfficeBackend(AuthenticationBackend):
    """Signs in by name or e-mail; only `get_user` differs: every page needs the office and the rights, so they are read along."""

    def get_user(self, user_id: int) -> User | None:
        """The person, or None where the account is gone or switched off."""
        person = _person.first(user_id, clock.now())
        return standing.fill(person) if person is not None and self.user_can_authenticate(person) else None
