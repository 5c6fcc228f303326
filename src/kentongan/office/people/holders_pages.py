"""The page of those who hold a public office: seen by whoever sees the register, written by whoever writes in it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kentongan.errors import KentonganError
from kentongan.office.people import holders
from kentongan.office.people.doors import act, attempt, office_of, room, say_at_field
from kentongan.office.people.models import OfficeHolder
from kentongan.office.people.requests import OfficeRequest


class HolderForm(forms.Form):
    """Who holds which public office until when."""

    name = forms.CharField(label=_("Full name"), max_length=200)
    post = forms.CharField(label=_("Public office"), max_length=200, help_text=_("As the office itself publishes it: “Mayor of …”."))
    last_day = forms.DateField(label=_("Last day of the term"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


@room("purposes.read")
def office_holders(request: OfficeRequest) -> HttpResponse:
    """The list; whoever may adds to it."""
    may = request.user.may("purposes.change")
    form = HolderForm(request.POST if request.method == "POST" else None) if may else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            holders.add(request.user, **form.cleaned_data, now=request.now)
        except KentonganError as error:
            say_at_field(form, error)
        else:
            return redirect("office_holders")
    context = {"room": "office", "holders": holders.get_holders(office_of(request), request.now), "form": form}
    return render(request, "people/office_holders.html", context, status=422 if form is not None and form.errors else 200)


@act("purposes.change")
def take_out_holder(request: OfficeRequest, pk: int) -> HttpResponse:
    """Take somebody out of the list."""
    found = OfficeHolder.objects.filter(office=office_of(request), pk=pk).first()
    if found is None:
        raise Http404(gettext("There is no such thing in your office."))
    attempt(request, lambda: holders.take_out(request.user, found, request.now), gettext("Taken out."))
    return redirect("office_holders")
