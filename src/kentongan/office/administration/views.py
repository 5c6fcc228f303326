"""How the office is run: settings, background work, and how everything is. Another office's rows answer as missing ones do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from kentongan.config import setting
from kentongan.errors import KentonganError
from kentongan.office.administration import forms, jobs, queries, services, storage, wizard
from kentongan.office.people.doors import act, attempt, office_of, room, say_at_field
from kentongan.office.people.models import Office
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.people.versions import ConflictError

ROOM = {"room": "office"}


@room("office.change")
def settings(request: OfficeRequest) -> HttpResponse:
    """Every setting; those of the office can be changed."""
    rows = queries.get_settings(office_of(request))
    context = {"own": [one for one in rows if one.changeable], "machine": [one for one in rows if not one.changeable]}
    return render(request, "administration/settings.html", {**ROOM, **context})


@room("office.change")
def change_setting(request: OfficeRequest, name: str) -> HttpResponse:
    """One setting of the office. Where somebody else was quicker both values are shown."""
    shown = queries.get_setting(office_of(request), name)
    if shown is None:
        raise Http404(gettext("There is no such setting to be changed here."))
    one = setting(name)
    around = {"one": one, "sentence": shown.sentence, "bounds": services.allowed(one)}
    form = forms.SettingForm(request.POST or None, initial={"value": shown.own, "version": shown.version}, **around)
    conflict: tuple[str, str] | None = None
    status = 200
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            services.change_setting(request.user, name, typed["value"], typed["version"], request.now)
        except ConflictError as error:
            conflict = (str(error.stored["value"]), typed["value"])
            form = forms.SettingForm({"value": typed["value"], "version": error.version}, **around)
            form.add_error(None, str(error))
            status = 409
        except KentonganError as error:
            form.add_error("value", str(error))
        else:
            messages.success(request, gettext("Kept. It holds from the next turn of work on; nothing needs to be started again."))
            return redirect("settings")
    if form.errors and status == 200:
        status = 422
    return render(request, "administration/setting.html", {**ROOM, "shown": shown, "form": form, "conflict": conflict}, status=status)


@room("office.change")
def about_office(request: OfficeRequest) -> HttpResponse:
    """What the office says of itself."""
    office = Office.objects.get(pk=office_of(request).pk)
    first = {name: getattr(office, name) for name in (*services.ABOUT, "version")}
    form = forms.AboutForm(request.POST or None, initial=first)
    conflict: list[tuple[str, Any, Any]] | None = None
    status = 200
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        version = typed.pop("version")
        try:
            services.change_office(request.user, office, typed, version, request.now)
        except ConflictError as error:
            conflict = [(str(form[name].label), error.stored[name], typed[name]) for name in typed if error.stored[name] != typed[name]]
            form = forms.AboutForm({**typed, "version": error.version})
            form.add_error(None, str(error))
            status = 409
        except KentonganError as error:
            say_at_field(form, error)
        else:
            messages.success(request, gettext("Kept."))
            return redirect("settings")
    if form.errors and status == 200:
        status = 422
    return render(request, "administration/about.html", {**ROOM, "form": form, "conflict": conflict}, status=status)


@room("jobs.change")
def work(request: OfficeRequest) -> HttpResponse:
    """Background work: waiting, running, parked with its reason."""
    found = jobs.get_work(office_of(request), datetime.now(UTC))
    parked = [(row, jobs.word_of(row.task)) for row in found.parked]
    return render(request, "administration/jobs.html", {**ROOM, "work": found, "parked": parked, "real": datetime.now(UTC)})


@act("jobs.change")
def try_again(request: OfficeRequest, pk: int) -> HttpResponse:
    """Put parked work back into its queue."""
    found = jobs.get_parked_one(office_of(request), pk)
    if found is None:
        raise Http404(gettext("There is no such thing in your office."))
    done = gettext("It waits for its turn again. If it fails once more it comes back here with the reason.")
    attempt(request, lambda: services.try_again(request.user, found, request.now), done)
    return redirect("jobs")


@room("office.change")
def condition(request: OfficeRequest) -> HttpResponse:
    """How everything is, what is not well first."""
    office = office_of(request)
    found = storage.look(office, request.now, datetime.now(UTC))
    context = {
        "findings": found,
        "wrong": sum(not one.ok for one in found),
        "sizes": storage.get_sizes(),
        "days": storage.get_days(office, request.now),
        "versions": storage.versions(),
        "may_mail": bool(request.user.email),
    }
    return render(request, "administration/condition.html", {**ROOM, **context})


@act("office.change")
def test_mail(request: OfficeRequest) -> HttpResponse:
    """Really send a message to whoever asks."""
    done = gettext("Sent to %(address)s. Look whether it arrives.") % {"address": request.user.email}
    attempt(request, lambda: wizard.send_test(office_of(request), request.user.email), done)
    return redirect("condition")
