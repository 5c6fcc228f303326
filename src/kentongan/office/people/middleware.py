"""Language, local time and look of a request, from the person, their office, and what they chose in this browser."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from kentongan.office import clock
from kentongan.office.people.requests import OfficeRequest


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
        with timezone.override(zoneinfo.ZoneInfo(office.time_zone if office else settings.TIME_ZONE)):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        return response
