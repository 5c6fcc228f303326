"""The public page of an office, without signing in, as a page and as JSON; and the page on which its corrections are kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from kentongan.errors import KentonganError
from kentongan.office.administration import transparency
from kentongan.office.people.doors import say_at_field
from kentongan.office.people.public import enter
from kentongan.office.people.requests import OfficeRequest


class CorrectionForm(forms.Form):
    """What was wrong, and what is right."""

    on = forms.DateField(label=_("Put right on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    what = forms.CharField(label=_("What was wrong"), widget=forms.Textarea(attrs={"rows": 3}), max_length=transparency.LONGEST)
    instead = forms.CharField(label=_("What is right"), widget=forms.Textarea(attrs={"rows": 3}), max_length=transparency.LONGEST)


def _page(request: OfficeRequest, slug: str) -> dict[str, Any]:
    """The page of the office of this address; afterwards only that office's rows are seen. 404 for an address of none."""
    return transparency.get_page(enter(request, slug), request.now)


@require_GET
def public(request: OfficeRequest, slug: str) -> HttpResponse:
    """What is listened to, why, for how long: for everybody."""
    return render(request, "administration/transparency.html", {"page": _page(request, slug)})


@require_GET
def public_json(request: OfficeRequest, slug: str) -> HttpResponse:
    """The same for programs."""
    answer = JsonResponse(transparency.as_json(_page(request, slug)), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Cache-Control"] = "public, max-age=300"
    answer["Vary"] = "Accept-Language, Cookie"
    return answer


@login_required
@require_http_methods(["GET", "POST"])
def own(request: OfficeRequest) -> HttpResponse:
    """The office's own view: where its public page is, and its corrections."""
    office = request.user.office
    if office is None or not request.user.may("purposes.read"):
        raise PermissionDenied(gettext("Your role does not allow this. Ask an administrator of your office."))
    may_change = request.user.may("transparency.change")
    if request.method == "POST" and not may_change:
        raise PermissionDenied(gettext("Your role does not allow this. Ask an administrator of your office."))
    form = CorrectionForm(request.POST or None, label_suffix="", initial={"on": request.now.date()})
    if request.method == "POST" and form.is_valid():
        try:
            transparency.add_correction(request.user, now=request.now, **form.cleaned_data)
        except KentonganError as error:
            say_at_field(form, error)
        else:
            messages.success(request, gettext("It stands on the public page now."))
            return redirect("own_transparency")
    context = {
        "room": "office", "office": office, "corrections": transparency.get_corrections(office), "form": form, "may_change": may_change
    }  # fmt: skip
    return render(request, "administration/own_transparency.html", context, status=422 if form.errors else 200)
