"""A link that signs one person in once, for ten minutes: printed at the terminal of the machine, never sent by mail.

The link dies with its first use because it carries the moment of the person's last signing in. Whoever has a second factor is asked for it.
"""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from kentongan.office.people.models import User

MAX_AGE_S = 600
_SALT = "kentongan.people.one-time"


def link_for(user: User, address: str) -> str:
    """The full link, at the web address `address`."""
    word = signing.dumps([user.pk, _last(user)], salt=_SALT)
    return address.rstrip("/") + reverse("one_time", args=[word])


def enter(request: HttpRequest, word: str) -> HttpResponse:
    """Sign in whom the link names and go to the briefing; a used, old or forged link goes to the sign-in page."""
    try:
        pk, last = signing.loads(word, salt=_SALT, max_age=MAX_AGE_S)
    except signing.BadSignature:
        return HttpResponseRedirect(reverse("account_login"))
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None or _last(user) != last:
        return HttpResponseRedirect(reverse("account_login"))
    user.backend = "kentongan.office.people.backends.OfficeBackend"  # type: ignore[attr-defined]
    return perform_login(request, user, redirect_url="/")


def _last(user: User) -> str:
    return user.last_login.isoformat() if user.last_login else ""
