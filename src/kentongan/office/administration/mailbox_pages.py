"""The page on which an administrator names the mailbox for answers of agencies, tests it, takes it away. The password is never shown."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters

from kentongan.errors import KentonganError
from kentongan.office.administration.forms import MailboxForm
from kentongan.office.desk import answer_mailbox as service
from kentongan.office.desk.answer_mailbox import MailboxDraft
from kentongan.office.people.doors import act, attempt, office_of, room, say_at_field
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.people.versions import ConflictError


@sensitive_post_parameters("password")
@room("credentials.change")
def answer_mailbox(request: OfficeRequest) -> HttpResponse:
    """Name the mailbox or change it. Where somebody else was quicker both versions are shown."""
    box = service.get_mailbox(office_of(request).pk)
    first = {**service.stored_of(box), "version": box.version} if box is not None else {"version": 0}
    form, status, conflict = MailboxForm(request.POST or None, stored=box is not None, initial=first), 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            typed = dict(form.cleaned_data)
            draft = MailboxDraft(typed["email"], typed["address"], typed["user"], typed["password"])
            try:
                service.set_mailbox(request.user, draft, typed["version"], request.now)
            except ConflictError as error:
                form, conflict, status = _both(form, typed, error), _differences(form, typed, error), 409
            except KentonganError as error:
                say_at_field(form, error)
            else:
                messages.success(request, gettext("Sealed and stored. Test it now."))
                return redirect("answer_mailbox")
    return render(request, "administration/mailbox.html", {"room": "office", "box": box, "form": form, "conflict": conflict}, status=status)


def _both(form: MailboxForm, typed: dict[str, Any], error: ConflictError) -> MailboxForm:
    again = MailboxForm({**typed, "password": "", "version": error.version}, stored=True)
    again.add_error(None, str(error))
    return again


def _differences(form: MailboxForm, typed: dict[str, Any], error: ConflictError) -> list[tuple[str, Any, Any]]:
    return [(str(form[name].label), stored, typed[name]) for name, stored in error.stored.items() if stored != typed[name]]


@act("credentials.change")
def test_answer_mailbox(request: OfficeRequest) -> HttpResponse:
    """Open it once with what is stored, and say what came of it."""
    try:
        said = service.try_mailbox(request.user, request.now)
    except KentonganError as error:
        messages.error(request, gettext("Asked once: %(what)s") % {"what": error})
    else:
        messages.success(request, gettext("Asked once: %(what)s") % {"what": said})
    return redirect("answer_mailbox")


@act("credentials.change")
def remove_answer_mailbox(request: OfficeRequest) -> HttpResponse:
    """Take the mailbox and its password away."""
    done = gettext("Removed. Answers by e-mail are not read any more.")
    attempt(request, lambda: service.remove_mailbox(request.user, request.now), done)
    return redirect("answer_mailbox")
