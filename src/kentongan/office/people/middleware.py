"""Language, local time, look and scope of a request, from the person, their office, and what they chose in this browser."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from contextlib import ExitStack
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation

from kentongan.office import clock
from kentongan.office.people import scope
from kentongan.office.people.models import User
from kentongan.office.people.requests import OfficeRequest

DOORS = frozenset(
    {
        "account_login", "account_logout", "account_inactive", "account_reset_password", "account_reset_password_done",
        "account_reset_password_from_key", "account_reset_password_from_key_done", "account_reauthenticate", "one_time", "health",
        "mfa_authenticate", "mfa_reauthenticate", "mfa_login_webauthn", "invitation", "openid_connect_login", "openid_connect_callback",
    }
)  # fmt: skip
"""Views that must find a person before their office is known; everything else a stranger asks for runs where no row exists."""
BEFORE_THE_FACTOR = frozenset(
    {
        "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes", "mfa_download_recovery_codes",
        "mfa_generate_recovery_codes", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_reauthenticate", "account_login",
        "account_logout", "language", "look", "keys", "health", "transparency", "transparency_json",
        "news_of_office", "news_item", "news_atom", "news_rss", "news_json", "news_sitemap",
        "news_subscribe", "news_confirm", "news_leave",
    }
)  # fmt: skip
"""All that opens for somebody whose role requires a second factor, until there is one."""


class Surroundings:
    """Sets `request.now` and activates the office's time zone and the person's language.

    A language chosen in this browser (cookie) comes first, then the person's own, then the office's, then what the browser asks for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = cast(OfficeRequest, request)
        asked.now = clock.now()
        person = asked.user
        office = person.office if person.is_authenticated else None
        if office is not None and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            wanted = person.language or office.language
            if wanted in dict(settings.LANGUAGES):
                translation.activate(wanted)
                request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
        with ExitStack() as asked.doors, timezone.override(zoneinfo.ZoneInfo(office.time_zone if office else settings.TIME_ZONE)):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """Before the view runs, see only the rows of the person's office. A view that streams enters the scope again itself."""
        asked = cast(OfficeRequest, request)
        name = request.resolver_match.view_name if request.resolver_match else ""
        if asked.user.is_authenticated and name not in BEFORE_THE_FACTOR and factor_is_missing(asked.user):
            return HttpResponseRedirect(reverse("mfa_index"))
        if asked.user.is_authenticated or name not in DOORS:
            asked.doors.enter_context(scope.scope(asked.user.office_id if asked.user.is_authenticated else None))
        return None


def factor_is_missing(person: User) -> bool:
    """Whether a role of the person (held or lent) requires a second factor that is not set up yet."""
    if person.office is None or person.has_factor:
        return False
    return bool((person.roles | person.standing_in) & set(person.office.second_factor_roles))
