"""Where a publication was given out: what is ticked, on its page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from kentongan.errors import KentonganError
from kentongan.office.desk import given_out
from kentongan.office.desk.forms import Plain
from kentongan.office.desk.given_out_forms import EarsForm, GivenOutForm
from kentongan.office.desk.models import Statement
from kentongan.office.desk.statement_publishing_views import publication_page
from kentongan.office.desk.statement_views import statement_or_404
from kentongan.office.people.doors import act, say_at_field
from kentongan.office.people.requests import OfficeRequest


@act("issues.change")
def note_given_out(request: OfficeRequest, pk: int) -> HttpResponse:
    """Note where it was given out, or (`telling`) who was told of the correction or the withdrawal."""
    found = statement_or_404(request, pk)
    own = given_out.get_of(found)
    ears = given_out.get_ears(found, own)
    telling = "telling" in request.POST
    form: Plain
    if telling:
        form = EarsForm(request.POST, ears=ears, withdrawn=found.state == Statement.State.WITHDRAWN, auto_id="ears_%s")
    else:
        form = GivenOutForm(request.POST, done={one.channel for one in own}, auto_id="given_%s")
    bound = {"ears_form" if telling else "given_form": form}
    if not form.is_valid():
        return publication_page(request, found, 422, **bound)
    data = form.cleaned_data
    try:
        if telling:
            given_out.tell(request.user, found, [int(one) for one in data["heard"]], request.now)
        else:
            given_out.note(request.user, found, [(channel, data["name"]) for channel in data["channels"]], request.now)
    except KentonganError as error:
        if error.subject in form.fields:
            say_at_field(form, error)
        else:
            messages.error(request, str(error))
        return publication_page(request, found, 422, **bound)
    messages.success(request, gettext("Kept."))
    response = redirect("publication", pk)
    response["Location"] += "#given-out"
    return response
