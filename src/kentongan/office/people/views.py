"""Language, look, and the page of keys: what a person chooses for themselves. Each works without JavaScript."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from kentongan.office.people import services
from kentongan.office.people.context import LOOK_COOKIE, LOOKS
from kentongan.office.people.requests import OfficeRequest

YEAR_S = 365 * 24 * 3600
KEYS = (
    (("g", "b"), _("Go to the briefing")),
    (("g", "s"), _("Go to the stories")),
    (("g", "i"), _("Go to the signals")),
    (("g", "o"), _("Go to the sources")),
    (("/",), _("Search")),
    (("j",), _("Next item in the list")),
    (("k",), _("Previous item in the list")),
    (("Enter",), _("Open the item")),
    (("e",), _("Done: mark the item as seen")),
    (("n",), _("Load what is new")),
    (("?",), _("Show these keys")),
)


def back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page named by the form's `next`, if it is ours, else home."""
    target = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else "/")


@require_POST
def language(request: OfficeRequest) -> HttpResponse:
    """Read in another language from now on; a signed-in person keeps it on every device."""
    chosen = request.POST.get("language", "")
    response = back(request)
    if chosen not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated and request.user.language != chosen:
        services.choose_language(request.user, chosen)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, chosen, max_age=YEAR_S, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the machine is set."""
    chosen = request.POST.get("look", "")
    response = back(request)
    if chosen in LOOKS:
        response.set_cookie(LOOK_COOKIE, chosen, max_age=YEAR_S, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


def keys(request: HttpRequest) -> HttpResponse:
    """The keys, as a page; `?` shows the same list over any page."""
    return render(request, "people/keys.html", {"keys": KEYS})
