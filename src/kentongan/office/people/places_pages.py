"""The pages of an office's places: the tree, one place with its old names, and bringing a file in."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from kentongan.errors import InputError
from kentongan.office.people import places, places_reading
from kentongan.office.people.models import Office, Place
from kentongan.office.people.requests import OfficeRequest


class PlacesForm(forms.Form):
    """A file of places."""

    file = forms.FileField(
        label=_("File of places (CSV or GeoJSON)"), error_messages={"required": _("Choose a file first.")},
        help_text=_("Our own columns, or the official list of Indonesia (Kemendagri) or Viet Nam (GSO)."),
    )  # fmt: skip


def _office(request: OfficeRequest) -> Office:
    if request.user.office is None:
        raise PermissionDenied(gettext("You do not belong to an office yet."))
    return request.user.office


def _need(request: OfficeRequest, right: str) -> None:
    if not request.user.may(right):
        raise PermissionDenied(gettext("Your role does not allow this. Ask an administrator of your office."))


def place_or_404(request: OfficeRequest, pk: int) -> Place:
    found = places.get_place(_office(request), pk)
    if found is None:
        raise Http404(gettext("There is no such place in your office."))
    return found


@login_required
@require_GET
def place_list(request: OfficeRequest) -> HttpResponse:
    """The highest places, or what a search finds, old names too."""
    office = _office(request)
    _need(request, "people.read")
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    rows = places.get_found(office, words) if words else places.get_below(office, None)
    context = {
        "room": "office", "rows": rows, "words": words, "count": places.get_count(office), "form": PlacesForm(label_suffix=""),
        "may_change": request.user.may("places.change"), "most": places.SHOWN,
    }  # fmt: skip
    return render(request, "people/places.html", context)


@login_required
@require_GET
def place(request: OfficeRequest, pk: int) -> HttpResponse:
    """One place: what stands above and below it, and what it was called before."""
    office = _office(request)
    _need(request, "people.read")
    found = place_or_404(request, pk)
    context = {"room": "office", "place": found, "path": places.get_path(found), "rows": places.get_below(office, found)}
    return render(request, "people/place.html", context)


@login_required
@require_http_methods(["POST"])
def import_places(request: OfficeRequest) -> HttpResponse:
    """Bring a file in, or only say what it would change ("look")."""
    office = _office(request)
    _need(request, "places.change")
    form = PlacesForm(request.POST, request.FILES, label_suffix="")
    made = None
    if form.is_valid():
        given: UploadedFile = form.cleaned_data["file"]
        name = (given.name or "places")[:100]
        try:
            if (given.size or 0) > places_reading.MAX_BYTES:
                said = {"mb": places_reading.MAX_BYTES // 1_000_000}
                raise places_reading.wrong(name, 0, gettext("The file is larger than %(mb)s MB. Split it by province.") % said)
            rows = places_reading.read(given.read(), name, office.country)
            if "look" in request.POST:
                made = places.plan(office, rows, name)
            else:
                done = places.bring_in(request.user, office, rows, name, request.now)
                messages.success(request, _said(done))
                return redirect("places")
        except InputError as error:
            form.add_error("file", str(error))
    context = {"room": "office", "form": form, "plan": made, "said": _said(made) if made else ""}
    return render(request, "people/places_import.html", context, status=422 if form.errors else 200)


def _said(plan: places.Plan) -> str:
    words = gettext("%(new)s new, %(changed)s changed (%(renamed)s renamed), %(unchanged)s as they were, %(replaced)s replaced.")
    return words % plan.counts()
