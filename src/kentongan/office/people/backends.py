"""Finds the signed-in person together with their office, in one query."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from kentongan.office.people.models import User


class OfficeBackend(AuthenticationBackend):
    """Signs in by name or e-mail; only `get_user` differs: every page needs the office, so it is read along."""

    def get_user(self, user_id: int) -> User | None:
        """The person, or None where the account is gone or switched off."""
        person = User.objects.select_related("office").filter(pk=user_id).first()
        return person if person is not None and self.user_can_authenticate(person) else None
