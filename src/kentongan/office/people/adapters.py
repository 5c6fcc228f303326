"""What django-allauth asks of us: no account is made by signing up, secrets lie encrypted, one's own provider finds only whom we know."""

from __future__ import annotations

import base64
import hashlib
from typing import cast

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest
from qrcode.image.svg import SvgPathImage

from kentongan.office.people import signing_in
from kentongan.office.people.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from invitations and from the terminal, never from signing up.

    A session and its line in the ledger stand or fall together, whatever door led in (password, code, passkey, provider, one-time link).
    The doors themselves are not one transaction: how often somebody failed must be counted at once, for all who try at the same moment.
    """

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Store the session and write its line, or neither."""
        with transaction.atomic():
            super().login(request, user)
            signing_in.begun(cast(User, user))
            request.session.save()

    def logout(self, request: HttpRequest) -> None:
        """Write the line (`signing_in` hears of it) and end the session, or neither."""
        with transaction.atomic():
            super().logout(request)


class ProviderAdapter(DefaultSocialAccountAdapter):
    """The office's own OpenID Connect provider signs in people whom we know by their (verified) e-mail address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        """Never: somebody the office has not invited stays outside, whatever the provider says."""
        return False

    def can_authenticate_by_email(self, login: object, email: str) -> bool:
        """Only where exactly one person has the address: nobody lands in another office by chance."""
        return User.objects.filter(email__iexact=email, is_active=True).count() == 1


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: their secrets are stored encrypted with a key made from the installation's own."""

    def encrypt(self, text: str) -> str:
        """As stored."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """As used."""
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """What the authenticator app shows above the code."""
        return "Kentongan"

    def build_totp_svg(self, url: str) -> str:
        """The picture to scan, as a piece of the page: an address with data in it would need an exception in our policy."""
        return qrcode.make(url, image_factory=SvgPathImage).to_string(encoding="unicode")


def _fernet() -> Fernet:
    key = hashlib.blake2b(b"kentongan second factors", key=settings.SECRET_KEY.encode()[:64], digest_size=32).digest()
    return Fernet(base64.urlsafe_b64encode(key))
