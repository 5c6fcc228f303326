"""The pages of routes and addresses outside: for administrators. A secret is shown once, on the page that made it."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from kentongan.errors import KentonganError
from kentongan.office.alerting import arranging, queries, tasks
from kentongan.office.alerting.forms import AddressForm, RouteForm, gone_watch
from kentongan.office.alerting.models import Address, Route
from kentongan.office.listening import presenting
from kentongan.office.listening.models import Silence
from kentongan.office.people.doors import act, attempt, office_of, own, room, say_at_field, shown_once
from kentongan.office.people.models import Office, Role
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.people.versions import ConflictError

ROOM = {"room": "office"}
DELIVERIES_SHOWN = 30


def _refused(form: Form, error: KentonganError) -> int:
    """Put a refusal where it belongs in the form; gives the answer's status."""
    say_at_field(form, error)
    if isinstance(error, ConflictError):
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["version"] = str(error.version)  # type: ignore[index]
        return 409
    return 422


@room("routes.change")
def routes(request: OfficeRequest) -> HttpResponse:
    """Who is told of what, and which addresses outside there are."""
    office = office_of(request)
    found, addresses = list(queries.get_routes(office)), list(queries.get_addresses(office))
    context = {
        "rows": _rows(office, found, addresses),
        "addresses": addresses,
        "mail": bool(settings.CONFIG["mail_url"]),
        "nobody": not any(not one.paused for one in found),
    }
    return render(request, "alerting/routes.html", {**ROOM, **context})


def _rows(office: Office, routes: list[Route], addresses: list[Address]) -> list[dict[str, Any]]:
    names = queries.get_names(office, {pk for route in routes for pk in route.people})
    watching = {
        pk: name if ended is None else gone_watch(name)
        for pk, name, ended in queries.get_watches(office, {pk for route in routes for pk in route.watches})
    }
    known = {topic for topic, _name in presenting.topics()}
    outside = {one.pk: one.name for one in addresses}
    channels: dict[str, object] = {str(value): label for value, label in Route.Channel.choices}
    return [
        {
            "route": one,
            "to": [
                *(str(Role(role).label) for role in one.roles if role in Role.values),
                *(names[pk] for pk in one.people if pk in names),
                *([one.agency.name] if one.agency is not None else ()),
                *(outside[pk] for pk in one.addresses if pk in outside),
            ],
            "by": [str(channels[name]) for name in one.channels if name in channels],
            "only": [
                *(presenting.topic(topic) if topic in known else presenting.gone_topic(topic) for topic in one.topics),
                *(watching[pk] for pk in one.watches if pk in watching),
                *([one.place.name] if one.place is not None else ()),
                *([str(presenting.SOURCE_KIND_WORDS.get(one.source_kind, one.source_kind))] if one.source_kind else ()),
            ],
            "silences": [str(Silence.Kind(kind).label) for kind in one.silences if kind in Silence.Kind.values],
        }
        for one in routes
    ]


@room("routes.change")
def new_route(request: OfficeRequest) -> HttpResponse:
    """One more route."""
    form = RouteForm(request.POST or None, office=office_of(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                arranging.make_route(request.user, form.draft(), request.now)
                return redirect("routes")
            except KentonganError as error:
                status = _refused(form, error)
    return render(request, "alerting/route.html", {**ROOM, "form": form}, status=status)


@room("routes.change")
def route(request: OfficeRequest, pk: int) -> HttpResponse:
    """One route, to be changed."""
    found = own(request, Route.objects.all(), pk)
    status = 200
    form = RouteForm(request.POST if request.method == "POST" else None, office=office_of(request), route=found)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                arranging.change_route(request.user, found, form.draft(), form.cleaned_data["version"], request.now)
                return redirect("routes")
            except KentonganError as error:
                status = _refused(form, error)
    return render(request, "alerting/route.html", {**ROOM, "form": form, "route": found}, status=status)


@act("routes.change")
def remove_route(request: OfficeRequest, pk: int) -> HttpResponse:
    """Tell nobody by this route any more."""
    found = own(request, Route.objects.all(), pk)
    attempt(request, lambda: arranging.remove_route(request.user, found, request.now), gettext("Removed."))
    return redirect("routes")


# Addresses outside


def _once(request: OfficeRequest, name: str, secret: str) -> HttpResponse:
    how = gettext("The receiver checks with it that a message is ours: HMAC-SHA256 of timestamp.id.body, in X-Kentongan-Signature.")
    return shown_once(request, gettext("The secret of “%(name)s”") % {"name": name}, secret, how, reverse("routes"))


@room("routes.change")
def new_address(request: OfficeRequest) -> HttpResponse:
    """One more address; the secret of a webhook is shown once."""
    form = AddressForm(request.POST or None, language=office_of(request).language)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            secret = secrets.token_urlsafe(32)
            try:
                made = arranging.make_address(request.user, form.draft(), secret, request.now)
            except KentonganError as error:
                status = _refused(form, error)
            else:
                return _once(request, made.name, secret) if made.kind == Address.Kind.WEBHOOK else redirect("address", made.pk)
    return render(request, "alerting/new_address.html", {**ROOM, "form": form}, status=status)


@room("routes.change")
def address(request: OfficeRequest, pk: int) -> HttpResponse:
    """One address, what it was told lately, and its change."""
    found = own(request, Address.objects.select_related("by"), pk)
    status = 200
    form = AddressForm(request.POST if request.method == "POST" else None, address=found)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                arranging.change_address(request.user, found, form.draft(found.kind), form.cleaned_data["version"], request.now)
                return redirect("address", pk)
            except KentonganError as error:
                status = _refused(form, error)
    deliveries = found.deliveries.order_by("-at", "-pk")[:DELIVERIES_SHOWN]
    return render(request, "alerting/address.html", {**ROOM, "form": form, "address": found, "deliveries": deliveries}, status=status)


@act("routes.change")
def test_address(request: OfficeRequest, pk: int) -> HttpResponse:
    """Send a test."""
    found = own(request, Address.objects.all(), pk)

    def test() -> None:
        tasks.plan([arranging.test_address(request.user, found, request.now).pk], found.office_id)

    attempt(request, test, gettext("The test is on its way. What came of it stands below in a moment."))
    return redirect("address", pk)


@act("routes.change")
def renew_address_secret(request: OfficeRequest, pk: int) -> HttpResponse:
    """Sign with another secret from now on; it is shown once."""
    found, secret = own(request, Address.objects.all(), pk), secrets.token_urlsafe(32)
    done = gettext("The old secret is good no more.")
    if attempt(request, lambda: arranging.renew_secret(request.user, found, secret, request.now), done):
        return _once(request, found.name, secret)
    return redirect("address", pk)


@act("routes.change")
def remove_address(request: OfficeRequest, pk: int) -> HttpResponse:
    """Tell this address nothing any more."""
    found = own(request, Address.objects.all(), pk)
    attempt(request, lambda: arranging.remove_address(request.user, found, request.now), gettext("Removed."))
    return redirect("routes")
