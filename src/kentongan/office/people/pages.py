"""The office's own pages: people, invitations, agencies, deputies and the duty roster. Another office's rows answer as missing ones do."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from kentongan.errors import KentonganError, MailError
from kentongan.office.people import forms, inviting, menu, queries, services, standing
from kentongan.office.people.doors import act, attempt, office_of, own, room, say_what_is_wrong
from kentongan.office.people.models import Agency, Deputy, Duty, Invitation, Role, User
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.people.versions import ConflictError

ROOM = {"room": "office"}


@room()
def office(request: OfficeRequest) -> HttpResponse:
    """What is not daily work."""
    return render(request, "people/office.html", {**ROOM, "rows": menu.shown_to(request.user)})


# People


@room("people.read")
def people(request: OfficeRequest) -> HttpResponse:
    """Everybody, and the open invitations."""
    own = office_of(request)
    rows = list(queries.get_people(own))
    may = request.user.may("people.change")
    context = {
        "people": [row for row in rows if row.is_active],
        "left": [row for row in rows if not row.is_active],
        "invitations": queries.get_open_invitations(own, request.now) if may else [],
        "may": may,
        "factors": forms.FactorRolesForm(initial={"roles": own.second_factor_roles, "version": own.version}) if may else None,
    }
    return render(request, "people/people.html", {**ROOM, **context})


@room("people.change")
def invite(request: OfficeRequest) -> HttpResponse:
    """Invite somebody by e-mail."""
    form = forms.InviteForm(request.POST or None, office=office_of(request))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        offer = inviting.Offer(typed["email"], typed["role"], tuple(typed["more_roles"]), typed["agency"], typed["place"])
        word = secrets.token_urlsafe(32)
        try:
            made = inviting.invite(request.user, offer, word, request.now)
        except KentonganError as error:
            form.add_error(None, str(error))
        else:
            _tell(request, made, word)
            return redirect("people")
    return render(request, "people/invite.html", {**ROOM, "form": form}, status=422 if form.errors else 200)


def _tell(request: OfficeRequest, made: Invitation, word: str) -> None:
    """Send the invitation; where no mail can be sent, hand the link to the administrator, once."""
    by_hand = gettext("Hand over this link yourself; it is shown only now: %(link)s") % {"link": inviting.link_for(word)}
    if not inviting.may_mail():
        messages.warning(request, gettext("No mail server is set.") + " " + by_hand)
        return
    try:
        inviting.mail(made, word)
    except MailError as error:
        messages.warning(request, f"{error} {by_hand}")
    else:
        messages.success(request, gettext("The invitation is on its way. It is good for a week."))


@act("people.change")
def withdraw(request: OfficeRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    found = own(request, Invitation.objects.all(), pk)
    attempt(request, lambda: inviting.withdraw(request.user, found, request.now), gettext("Withdrawn. The link opens nothing any more."))
    return redirect("people")


def _person_or_404(request: OfficeRequest, pk: int) -> User:
    found = queries.get_person(office_of(request), pk)
    if found is None:
        raise Http404(gettext("There is no such thing in your office."))
    return found


@room("people.read")
def person(request: OfficeRequest, pk: int) -> HttpResponse:
    """One person; administrators change them here."""
    found = _person_or_404(request, pk)
    may = request.user.may("people.change", found)
    form = forms.PersonForm(office=office_of(request), initial=forms.initial_of(found)) if may and found.is_active else None
    return _person_page(request, found, form)


def _person_page(
    request: OfficeRequest, found: User, form: Any, conflict: list[tuple[str, str, str]] | None = None, status: int = 200
) -> HttpResponse:
    may = request.user.may("people.change", found)
    context = {
        "person": found,
        "form": form,
        "conflict": conflict,
        "may": may,
        "why_forgotten": services.WhyForgotten.choices if may and queries.has_factor(found) and found.pk != request.user.pk else None,
        "deputies": queries.get_deputies(office_of(request), request.now, found),
        "deputy_form": forms.DeputyForm(office=office_of(request)) if found.is_active and (may or found.pk == request.user.pk) else None,
    }
    return render(request, "people/person.html", {**ROOM, **context}, status=status)


@act("people.change")
def change_person(request: OfficeRequest, pk: int) -> HttpResponse:
    """Keep what was typed; where somebody else was quicker, show both versions."""
    found = _person_or_404(request, pk)
    form = forms.PersonForm(request.POST, office=office_of(request))
    if not form.is_valid():
        return _person_page(request, found, form, status=422)
    try:
        services.change_person(request.user, found, form.changes(), form.cleaned_data["version"], request.now)
    except ConflictError as error:
        form.add_error(None, str(error))
        both = _both(form, error)
        form.data = form.data.copy()
        form.data["version"] = str(error.version)
        return _person_page(request, found, form, both, status=409)
    except KentonganError as error:
        form.add_error(None, str(error))
        return _person_page(request, found, form, status=422)
    messages.success(request, gettext("Kept."))
    return redirect("person", pk)


def _both(form: forms.PersonForm, error: ConflictError) -> list[tuple[str, str, str]]:
    """Each field that differs: its label, what stands there now, what was typed."""
    typed = form.changes()
    return [
        (str(form[name].label), _shown(name, error.stored[name]), _shown(name, typed[name]))
        for name in services.CHANGEABLE
        if error.stored[name] != typed[name]
    ]


def _shown(name: str, value: Any) -> str:
    if name in {"role", "more_roles"}:
        return ", ".join(str(Role(role).label) for role in ([value] if isinstance(value, str) else value)) or "–"
    return str(value or "–")


@act("people.change")
def leave(request: OfficeRequest, pk: int) -> HttpResponse:
    """Somebody leaves, at once."""
    found = _person_or_404(request, pk)
    done = gettext("Gone: every session, key and deputy of theirs has ended. Their work stays theirs.")
    attempt(request, lambda: services.leave(request.user, found, request.now), done)
    return redirect("people")


@act("people.change")
def forget_factors(request: OfficeRequest, pk: int) -> HttpResponse:
    """A colleague lost phone and codes: they set a new second factor up."""
    found = _person_or_404(request, pk)
    done = gettext("Taken away: every session of theirs has ended. They sign in with the password and set a new second factor up.")
    attempt(request, lambda: services.forget_factors(request.user, found, request.POST.get("why", ""), request.now), done)
    return redirect("person", pk)


@act("people.change")
def come_back(request: OfficeRequest, pk: int) -> HttpResponse:
    """Somebody who left returns."""
    found = _person_or_404(request, pk)
    done = gettext("Back as a reader. A new password is chosen through “I cannot remember my password”; give the roles anew.")
    attempt(request, lambda: services.come_back(request.user, found, request.now), done)
    return redirect("person", pk)


@act("office.change")
def require_factor(request: OfficeRequest) -> HttpResponse:
    """Which roles need a second factor."""
    form = forms.FactorRolesForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        done = gettext("Kept. Whoever has such a role sets the second factor up before anything else.")
        attempt(request, lambda: services.require_factor(request.user, set(typed["roles"]), typed["version"], request.now), done)
    else:
        say_what_is_wrong(request, form)
    return redirect("people")


# Deputies


@act()
def name_deputy(request: OfficeRequest, pk: int) -> HttpResponse:
    """Somebody stands in for a person: one's own deputy, or as an administrator anybody's."""
    found = _person_or_404(request, pk)
    form = forms.DeputyForm(request.POST, office=office_of(request))
    if form.is_valid():
        typed = form.cleaned_data
        done = gettext("Named. The rights come and go with the time.")

        def do() -> object:
            return standing.name_deputy(request.user, found, typed["deputy"], typed["since"], typed["until"], request.now)

        attempt(request, do, done)
    else:
        say_what_is_wrong(request, form)
    return redirect("account") if found.pk == request.user.pk else redirect("person", pk)


@act()
def end_deputy(request: OfficeRequest, pk: int) -> HttpResponse:
    """Standing in ends now."""
    found = own(request, Deputy.objects.all(), pk)
    attempt(request, lambda: standing.end_deputy(request.user, found, request.now), gettext("Ended."))
    return redirect("account") if request.user.pk in {found.person_id, found.deputy_id} else redirect("person", found.person_id)


# Agencies


@room("people.read")
def agencies(request: OfficeRequest) -> HttpResponse:
    """The agencies; administrators add one."""
    may = request.user.may("people.change")
    form = forms.AgencyForm(request.POST or None) if may else None
    if request.method == "POST" and form is not None and form.is_valid():
        typed = form.cleaned_data

        def do() -> object:
            return standing.make_agency(request.user, typed["name"], typed["short"], typed["email"], request.now)

        if attempt(request, do, gettext("Added.")):
            return redirect("agencies")
    return render(request, "people/agencies.html", {**ROOM, "agencies": queries.get_agencies(office_of(request)), "form": form})


@room("people.change")
def agency(request: OfficeRequest, pk: int) -> HttpResponse:
    """Change one agency."""
    found = own(request, Agency.objects.all(), pk)
    initial = {name: getattr(found, name) for name in ("name", "short", "email", "ended")}
    form = forms.AgencyChangeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data

        def do() -> object:
            return standing.change_agency(request.user, found, **typed, now=request.now)

        if attempt(request, do, gettext("Kept.")):
            return redirect("agencies")
    return render(request, "people/agency.html", {**ROOM, "agency": found, "form": form})


# Duty roster


def _day(text: str, today: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today


@room("people.read")
def roster(request: OfficeRequest) -> HttpResponse:
    """A week of duty, with its gaps."""
    today = timezone.localtime(request.now).date()
    week = queries.get_week(office_of(request), _day(request.GET.get("week", ""), today), request.now)
    may = request.user.may("roster.change")
    form = forms.DutyForm(office=office_of(request)) if may else None
    return render(request, "people/roster.html", {**ROOM, "week": week, "form": form, "may": may})


@act("roster.change")
def plan_duty(request: OfficeRequest) -> HttpResponse:
    """Put somebody on duty."""
    form = forms.DutyForm(request.POST, office=office_of(request))
    if not form.is_valid():
        say_what_is_wrong(request, form)
        return redirect("roster")
    typed, (start, end) = form.cleaned_data, form.span()
    do: Callable[[], object] = lambda: standing.plan_duty(  # noqa: E731
        request.user, typed["person"], typed["role"], start, end, request.now
    )
    attempt(request, do, gettext("Planned."))
    return redirect(f"/office/roster/?week={timezone.localtime(start).date().isoformat()}")


@act("roster.change")
def remove_duty(request: OfficeRequest, pk: int) -> HttpResponse:
    """Take a duty off."""
    found = own(request, Duty.objects.all(), pk)
    attempt(request, lambda: standing.remove_duty(request.user, found, request.now), gettext("Taken off."))
    return redirect(f"/office/roster/?week={timezone.localtime(found.start).date().isoformat()}")
