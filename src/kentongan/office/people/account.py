"""One's own account: password, second factors, sessions, deputies; and taking up an invitation."""

from __future__ import annotations

import secrets

from allauth.account.utils import perform_login
from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kentongan.errors import KentonganError
from kentongan.office.people import forms, inviting, queries, sessions
from kentongan.office.people.doors import attempt
from kentongan.office.people.middleware import factor_is_missing
from kentongan.office.people.models import Office
from kentongan.office.people.requests import OfficeRequest


@login_required
def account(request: OfficeRequest) -> HttpResponse:
    """What is one's own."""
    office: Office | None = request.user.office
    context = {
        "sessions": sessions.get_sessions(request.user, request.session.session_key, request.now),
        "deputies": queries.get_deputies(office, request.now, request.user) if office else [],
        "deputy_form": forms.DeputyForm(office=office) if office and request.user.may("people.read") else None,
    }
    return render(request, "people/account.html", context)


@login_required
def factors(request: OfficeRequest) -> HttpResponse:
    """Second factors: authenticator app, passkeys and security keys, recovery codes."""
    rows = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    kinds = Authenticator.Type
    codes = next((row for row in rows if row.type == kinds.RECOVERY_CODES), None)
    context = {
        "app": next((row for row in rows if row.type == kinds.TOTP), None),
        "keys": [row for row in rows if row.type == kinds.WEBAUTHN],
        "codes": codes,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "missing": factor_is_missing(request.user),
    }
    return render(request, "people/factors.html", context)


@login_required
@require_POST
def end_session(request: OfficeRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions."""
    attempt(request, lambda: sessions.end_one(request.user, pk, request.now), gettext("Ended: that device is signed out."))
    return redirect("account")


@login_required
@require_POST
def end_other_sessions(request: OfficeRequest) -> HttpResponse:
    """End all but this one."""
    done = gettext("Ended: every other device is signed out.")
    attempt(request, lambda: sessions.end_others(request.user, request.session.session_key, request.now), done)
    return redirect("account")


@never_cache
def invitation(request: OfficeRequest, word: str) -> HttpResponse:
    """Take up an invitation. Whoever is signed in already is asked to sign out first."""
    if request.user.is_authenticated:
        return _refused(request, gettext("You are signed in. Sign out before you take up an invitation."))
    found = inviting.find(word)
    why = inviting.refusal(found, request.now)
    if why or found is None:
        return _refused(request, why)
    form = forms.TakeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        name = inviting.name_for(found.email, secrets.token_hex(3))
        try:
            person = inviting.take(word, name, typed["first_name"], typed["last_name"], typed["password"], request.now)
        except KentonganError as error:
            form.add_error("password" if error.subject == "password" else None, str(error))
        else:
            person.backend = "kentongan.office.people.backends.OfficeBackend"  # type: ignore[attr-defined]
            return perform_login(request, person, redirect_url="/")
    context = {"form": form, "invitation": found}
    return render(request, "people/invitation.html", context, status=422 if form.errors else 200)


def _refused(request: OfficeRequest, why: str) -> HttpResponse:
    return render(request, "people/invitation.html", {"why": why}, status=410)
