"""The page on which an administrator gives a source its password or key, tests it, takes it away. What was typed is never shown again."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kentongan.engine.outcomes import NATURE
from kentongan.engine.reasons import Remark
from kentongan.errors import KentonganError
from kentongan.office import outside
from kentongan.office.listening import collecting, credentials, presenting
from kentongan.office.listening.forms import CredentialForm
from kentongan.office.listening.models import Credential, Source
from kentongan.office.listening.pages import source_or_404
from kentongan.office.listening.register import need
from kentongan.office.listening.views import attempt, room
from kentongan.office.people.doors import say_at_field
from kentongan.office.people.requests import OfficeRequest


def locked_or_404(request: OfficeRequest, pk: int) -> Source:
    """A source of the office whose kind takes a password or key; for administrators only."""
    need(request, "credentials.change")
    source = source_or_404(request, pk)
    if not credentials.fields_of(source):
        raise Http404(gettext("This kind of source needs no password."))
    return source


@sensitive_post_parameters()
@room
@require_http_methods(["GET", "POST"])
def keys(request: OfficeRequest, pk: int) -> HttpResponse:
    """Give or replace what a source needs to be read."""
    source = locked_or_404(request, pk)
    stored = Credential.objects.filter(source=source).select_related("set_by").first()
    given = {"set_before": stored.fields if stored else (), "known": credentials.plain_of(source)}
    form = CredentialForm(request.POST if request.method == "POST" else None, fields=credentials.fields_of(source), **given)
    if request.method == "POST" and form.is_valid():
        try:
            credentials.put(request.user, source, form.cleaned_data, request.now)
        except KentonganError as error:
            say_at_field(form, error)
        else:
            messages.success(request, gettext("Sealed and stored. Test it now."))
            return redirect("credentials", pk)
    context = {"room": "sources", "source": source, "stored": stored, "form": form}
    return render(request, "listening/credentials.html", context, status=422 if form.errors else 200)


@room
@require_POST
def try_keys(request: OfficeRequest, pk: int) -> HttpResponse:
    """Ask the source once with what is stored, and say what came of it."""
    source = locked_or_404(request, pk)
    if not Credential.objects.filter(source=source).exists():
        messages.error(request, gettext("There is nothing to test yet."))
        return redirect("credentials", pk)
    said = collecting.look(source, outside.fetcher(), request.now)
    unreadable = said.reading is not None and said.reading.kind == "unreadable"
    outcome = "unreadable" if unreadable else said.outcome.kind
    credentials.note_test(request.user, source, outcome, request.now)
    words = presenting.outcome(outcome)
    if isinstance(said.outcome.detail, Remark):
        words = f"{words} {presenting.remark(said.outcome.detail)}"
    tell = messages.success if NATURE[outcome] == "fine" else messages.error
    tell(request, gettext("Asked once: %(what)s") % {"what": words})
    return redirect("credentials", pk)


@room
@require_POST
def forget(request: OfficeRequest, pk: int) -> HttpResponse:
    """Take the password or key of a source away."""
    source = locked_or_404(request, pk)
    attempt(request, lambda: credentials.remove(request.user, source, request.now), gettext("Removed. Nothing of it is kept."))
    return redirect("source", pk)
