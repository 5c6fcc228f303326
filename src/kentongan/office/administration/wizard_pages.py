"""The pages of the first run. Whoever has neither the link nor its browser finds nothing here."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kentongan.errors import KentonganError
from kentongan.office.administration import forms, wizard
from kentongan.office.administration.models import FirstRun
from kentongan.office.people import inviting, scope
from kentongan.office.people.doors import say_at_field
from kentongan.office.people.requests import OfficeRequest

KEY = "first_run"
"""Where the session carries the browser's word."""


@never_cache
@require_http_methods(["GET", "POST"])
def begin(request: OfficeRequest, word: str) -> HttpResponse:
    """The page behind the printed link; its button uses the link up and goes to the first step."""
    key = secrets.token_urlsafe(32)
    with scope.everything():
        inside = wizard.enter(word, key) if request.method == "POST" else False
        waiting = not inside and wizard.opens(word)
    if waiting:
        return render(request, "administration/first_run_begin.html")
    if not inside:
        if wizard_is_ours(request):
            return redirect("first_run")
        return render(request, "administration/first_run_closed.html", status=410)
    request.session.cycle_key()
    request.session[KEY] = key
    return redirect("first_run")


def wizard_is_ours(request: OfficeRequest) -> bool:
    """Whether this browser is inside already: the link was opened a second time."""
    with scope.everything():
        return wizard.find(str(request.session.get(KEY, ""))) is not None


def _inside(request: OfficeRequest) -> FirstRun:
    """The run this browser may go on with; from here on only its office's rows exist."""
    with scope.everything():
        run = wizard.find(str(request.session.get(KEY, "")))
    if run is None:
        raise Http404(gettext("There is no such page. The link of the first run opens once; start Kentongan again for a new one."))
    request.doors.enter_context(scope.scope(run.office_id))
    return run


@never_cache
def first_run(request: OfficeRequest) -> HttpResponse:
    """To the step that comes next."""
    return redirect("first_run_step", wizard.next_step(_inside(request)))


@never_cache
def step(request: OfficeRequest, name: str) -> HttpResponse:
    """One step: its form, and what was given."""
    run = _inside(request)
    if name not in wizard.NAMES:
        raise Http404(gettext("There is no such page."))
    if name == "end":
        return _end(request, run)
    if name == "account" and run.administrator is not None:
        return _page(request, run, name, None)
    form = _form(request, run, name)
    if request.method == "POST" and form.is_valid():
        try:
            said = DOES[name](request, run, form)
        except KentonganError as error:
            say_at_field(form, error)
        else:
            if said:
                messages.success(request, said)
            return redirect("first_run")
    return _page(request, run, name, form)


def _page(request: OfficeRequest, run: FirstRun, name: str, form: Form | None) -> HttpResponse:
    context = {
        "run": run,
        "step": name,
        "title": dict(wizard.STEPS)[name],
        "steps": [(one, title, one in run.done) for one, title in wizard.STEPS],
        "number": wizard.NAMES.index(name) + 1,
        "form": form,
        "needed": name in wizard.NEEDED,
        "may_mail": inviting.may_mail(),
        "missing": [dict(wizard.STEPS)[one] for one in wizard.missing(run)],
        "count": len(run.packs),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, f"administration/first_run_{name}.html", context, status=status)


def _form(request: OfficeRequest, run: FirstRun, name: str) -> Form:
    data = request.POST if request.method == "POST" else None
    office = run.office
    email = run.administrator.email if run.administrator is not None else ""
    match name:
        case "office":
            first = {key: getattr(office, key) for key in ("name", "country", "time_zone", "language")}
            return forms.OfficeForm(data, initial={**first, "name": first["name"] if "office" in run.done else ""})
        case "account":
            return forms.AccountForm(data)
        case "places":
            return forms.PlacesForm(data, request.FILES or None)
        case "sources":
            return forms.PacksForm(data, offered=wizard.offered(run), initial={"packs": run.packs})
        case "mail":
            return forms.MailForm(data, initial={"address": email})
        case _:
            return forms.ContactForm(data, initial={"contact": office.contact or wizard.address_told() or email})


def _office(request: OfficeRequest, run: FirstRun, form: Form) -> str:
    wizard.describe_office(run, form.cleaned_data, request.now)
    return ""


def _account(request: OfficeRequest, run: FirstRun, form: Form) -> str:
    typed = form.cleaned_data
    account = wizard.Account(typed["email"], typed["first_name"], typed["last_name"], typed["password"], typed["factor"])
    wizard.make_administrator(run, account, secrets.token_hex(3), request.now)
    return ""


def _places(request: OfficeRequest, run: FirstRun, form: Form) -> str:
    file = form.cleaned_data["file"]
    count = wizard.bring_places(run, file.read(), file.name, request.now)
    return ngettext("%(n)s place is known now.", "%(n)s places are known now.", count) % {"n": count}


def _sources(request: OfficeRequest, run: FirstRun, form: Form) -> str:
    wizard.choose_packs(run, form.cleaned_data["packs"])
    return ""


def _mail(request: OfficeRequest, run: FirstRun, form: Form) -> str:
    address = form.cleaned_data["address"]
    wizard.try_mail(run, address)
    return gettext("Sent to %(address)s. Look whether it arrives.") % {"address": address}


def _contact(request: OfficeRequest, run: FirstRun, form: Form) -> str:
    wizard.say_contact(run, form.cleaned_data["contact"], request.now)
    return ""


DOES: dict[str, Callable[[OfficeRequest, FirstRun, Any], str]] = {
    "office": _office,
    "account": _account,
    "places": _places,
    "sources": _sources,
    "mail": _mail,
    "contact": _contact,
}


@never_cache
@require_POST
def leave_out(request: OfficeRequest, name: str) -> HttpResponse:
    """Go on without this step."""
    run = _inside(request)
    try:
        wizard.leave_out(run, name)
    except KentonganError as error:
        messages.error(request, str(error))
    return redirect("first_run")


def _end(request: OfficeRequest, run: FirstRun) -> HttpResponse:
    """What was said, and the button that begins; then the administrator is signed in and the wizard is closed."""
    if request.method != "POST":
        return _page(request, run, "end", None)
    try:
        person, count = wizard.finish(run, request.now)
    except KentonganError as error:
        messages.error(request, str(error))
        return redirect("first_run")
    request.session.pop(KEY, None)
    sources = ngettext("%(n)s source is visited from now on.", "%(n)s sources are visited from now on.", count) % {"n": count}
    messages.success(request, f"{gettext('Your office is ready.')} {sources}")
    person.backend = "kentongan.office.people.backends.OfficeBackend"  # type: ignore[attr-defined]
    with scope.everything():
        return perform_login(request, person, redirect_url="/")
