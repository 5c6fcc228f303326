"""The pages of programs: tokens, addresses that are told of events, who sends to us. A secret is shown once, on the page that made it."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from kentongan.errors import KentonganError
from kentongan.office.api import events, forms, scopes, services, tasks
from kentongan.office.api.models import Hook, Token
from kentongan.office.listening.models import Source
from kentongan.office.people.doors import act, attempt, office_of, own, room, say_at_field, shown_once
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.people.versions import ConflictError

ROOM = {"room": "office"}
DELIVERIES_SHOWN = 50


@room()
def programs(request: OfficeRequest) -> HttpResponse:
    """One's tokens; for administrators those of colleagues, the addresses that are told, and who sends."""
    office, person = office_of(request), request.user
    rows = [
        {
            "token": token,
            "may": [scopes.SCOPES[one][0] for one in token.scopes if one in scopes.SCOPES],
            "mine": token.person_id == person.pk,
        }
        for token in services.get_tokens(person, request.now)
    ]
    may_hook, may_push = person.may("hooks.change"), person.may("credentials.change")
    context = {
        "tokens": sorted(rows, key=lambda row: not row["mine"]),
        "may_token": person.may("tokens.own"),
        "hooks": Hook.objects.filter(office=office) if may_hook else [],
        "may_hook": may_hook,
        "pushes": Source.objects.filter(office=office, kind=Source.Kind.PUSH).select_related("credential") if may_push else [],
        "may_push": may_push,
        "base": settings.CONFIG.public_url,
        "push_form": forms.PushForm(),
    }
    return render(request, "api/programs.html", {**ROOM, **context})


@room("tokens.own")
def new_token(request: OfficeRequest) -> HttpResponse:
    """Make a token and show it once."""
    form = forms.TokenForm(request.POST or None, person=request.user, now=request.now)
    if request.method == "POST" and form.is_valid():
        secret, typed = services.PREFIX + secrets.token_urlsafe(32), form.cleaned_data
        try:
            services.make_token(request.user, typed["name"], typed["scopes"], form.moment(), secret, request.now)
        except KentonganError as error:
            say_at_field(form, error)
        else:
            how = gettext("Let the program send it with every request: “Authorization: Bearer …”. Keep it like a password.")
            return shown_once(request, gettext("The token"), secret, how, reverse("programs"))
    return render(request, "api/new_token.html", {**ROOM, "form": form}, status=422 if form.errors else 200)


@act()
def revoke_token(request: OfficeRequest, pk: int) -> HttpResponse:
    """End a token: one's own, or as an administrator a colleague's."""
    found = own(request, Token.objects.all(), pk)
    if found.person_id != request.user.pk and not request.user.may("people.change"):
        raise Http404(gettext("There is no such thing in your office."))
    attempt(request, lambda: services.revoke_token(request.user, found, request.now), gettext("Revoked. It opens nothing any more."))
    return redirect("programs")


# Webhooks


@room("hooks.change")
def new_hook(request: OfficeRequest) -> HttpResponse:
    """Tell an address of events from now on; the secret is shown once."""
    form = forms.HookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        secret = secrets.token_urlsafe(32)
        try:
            made = services.make_hook(request.user, form.draft(), secret, request.now)
        except KentonganError as error:
            say_at_field(form, error)
        else:
            return shown_once(
                request, gettext("The secret of “%(name)s”") % {"name": made.name}, secret, _verify(), reverse("hook", args=[made.pk])
            )
    return render(request, "api/new_hook.html", {**ROOM, "form": form}, status=422 if form.errors else 200)


def _verify() -> str:
    return gettext("The receiver checks with it that a message is ours: HMAC-SHA256 of timestamp.id.body, in X-Kentongan-Signature.")


@room("hooks.change")
def hook(request: OfficeRequest, pk: int) -> HttpResponse:
    """One address and what it was told lately."""
    return _hook_page(request, own(request, Hook.objects.select_related("by"), pk))


def _hook_page(request: OfficeRequest, found: Hook, form: forms.HookForm | None = None, status: int = 200) -> HttpResponse:
    context = {
        "hook": found,
        "form": form or forms.HookForm(hook=found),
        "told": [events.EVENTS[name] for name in found.events if name in events.EVENTS],
        "deliveries": [(row, events.EVENTS.get(row.event, gettext("Test"))) for row in found.deliveries.all()[:DELIVERIES_SHOWN]],
    }
    return render(request, "api/hook.html", {**ROOM, **context}, status=status)


@act("hooks.change")
def change_hook(request: OfficeRequest, pk: int) -> HttpResponse:
    """Another name, address or choice of events."""
    found = own(request, Hook.objects.all(), pk)
    form = forms.HookForm(request.POST)
    if not form.is_valid():
        return _hook_page(request, found, form, 422)
    try:
        services.change_hook(request.user, found, form.draft(), form.cleaned_data["version"], request.now)
    except ConflictError as error:
        form.add_error(None, str(error))
        form.data = form.data.copy()
        form.data["version"] = str(error.version)
        return _hook_page(request, own(request, Hook.objects.all(), pk), form, 409)
    except KentonganError as error:
        say_at_field(form, error)
        return _hook_page(request, found, form, 422)
    return redirect("hook", pk)


@act("hooks.change")
def pause_hook(request: OfficeRequest, pk: int) -> HttpResponse:
    """Tell nothing for now."""
    found = own(request, Hook.objects.all(), pk)
    attempt(request, lambda: services.pause_hook(request.user, found, True, request.now), gettext("Paused. Nothing is told."))
    return redirect("hook", pk)


@act("hooks.change")
def resume_hook(request: OfficeRequest, pk: int) -> HttpResponse:
    """Go on telling."""
    found = own(request, Hook.objects.all(), pk)

    def resume() -> None:
        tasks.plan(services.pause_hook(request.user, found, False, request.now), found.office_id)

    attempt(request, resume, gettext("Told again from now on."))
    return redirect("hook", pk)


@act("hooks.change")
def test_hook(request: OfficeRequest, pk: int) -> HttpResponse:
    """Send a test."""
    found = own(request, Hook.objects.all(), pk)

    def test() -> None:
        tasks.plan([services.test_hook(request.user, found, request.now).pk], found.office_id)

    attempt(request, test, gettext("The test is on its way. What came of it stands below in a moment."))
    return redirect("hook", pk)


@act("hooks.change")
def renew_hook_secret(request: OfficeRequest, pk: int) -> HttpResponse:
    """Sign with another secret from now on; it is shown once."""
    found, secret = own(request, Hook.objects.all(), pk), secrets.token_urlsafe(32)
    if attempt(
        request, lambda: services.renew_secret(request.user, found, secret, request.now), gettext("The old secret is good no more.")
    ):
        return shown_once(
            request, gettext("The secret of “%(name)s”") % {"name": found.name}, secret, _verify(), reverse("hook", args=[pk])
        )
    return redirect("hook", pk)


@act("hooks.change")
def remove_hook(request: OfficeRequest, pk: int) -> HttpResponse:
    """Tell this address nothing any more."""
    found = own(request, Hook.objects.all(), pk)
    attempt(request, lambda: services.remove_hook(request.user, found, request.now), gettext("Removed."))
    return redirect("programs")


# Pushes in


def _sign(pk: int) -> str:
    address = f"{settings.CONFIG.public_url}{reverse('push', args=[pk])}"
    said = gettext("The sender posts to %(address)s and signs timestamp.id.body with it (HMAC-SHA256, X-Kentongan-Signature).")
    return said % {"address": address}


@act("credentials.change")
def new_push(request: OfficeRequest) -> HttpResponse:
    """Somebody may send to us; the secret is shown once."""
    form, secret = forms.PushForm(request.POST), secrets.token_urlsafe(32)
    made: list[Source] = []
    if form.is_valid():
        typed = form.cleaned_data

        def add() -> None:
            made.append(services.add_push_source(request.user, typed["name"], typed["source_kind"], secret, request.now))

        attempt(request, add, gettext("Added."))
    if not made:
        return redirect("programs")
    title = gettext("The secret of “%(name)s”") % {"name": made[0].name}
    return shown_once(request, title, secret, _sign(made[0].pk), reverse("source", args=[made[0].pk]))


@act("credentials.change")
def renew_push_secret(request: OfficeRequest, pk: int) -> HttpResponse:
    """Another secret for a sender; it is shown once."""
    found, secret = own(request, Source.objects.filter(kind=Source.Kind.PUSH), pk), secrets.token_urlsafe(32)
    done = gettext("The old secret is good no more.")
    if attempt(request, lambda: services.set_push_secret(request.user, found, secret, request.now), done):
        return shown_once(request, gettext("The secret of “%(name)s”") % {"name": found.name}, secret, _sign(pk), reverse("programs"))
    return redirect("programs")
