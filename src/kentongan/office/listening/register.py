"""The pages of the purpose register."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kentongan.errors import KentonganError
from kentongan.office.listening import purposes, releases, retention
from kentongan.office.listening.forms import ReasonForm
from kentongan.office.listening.models import Purpose, Source, Watch
from kentongan.office.listening.views import attempt_with_reason, office_of, room
from kentongan.office.people.models import Office, User
from kentongan.office.people.requests import OfficeRequest

STATE_WORDS = {
    "running": _("runs"),
    "soon": _("ends soon"),
    "over": _("is over"),
    "waiting": _("not begun"),
    "ended": _("ended"),
}


class PurposeForm(forms.Form):
    """A row of the register."""

    kind = forms.ChoiceField(label=_("For"), choices=Purpose.Kind.choices)
    title = forms.CharField(label=_("Title"), max_length=200)
    purpose = forms.CharField(label=_("Why it is listened to"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)
    legal_basis = forms.CharField(
        label=_("Legal basis"), max_length=500, help_text=_("The law, regulation or decision, with its number and article.")
    )
    owner = forms.ModelChoiceField(label=_("Who answers for it"), queryset=User.objects.none())
    starts = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), help_text=_("Three years at most.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["owner"].queryset = User.objects.filter(office=office, is_active=True).order_by("username")  # type: ignore[attr-defined]

    def draft(self) -> purposes.Draft:
        """What was written, for the services."""
        return purposes.Draft(**{name: value for name, value in self.cleaned_data.items() if name != "version"})


def need(request: OfficeRequest, right: str) -> None:
    """Answer 403 where the person does not have the right."""
    if not request.user.may(right):
        raise PermissionDenied(gettext("Your role does not allow this. Ask an administrator of your office."))


def purpose_or_404(request: OfficeRequest, pk: int) -> Purpose:
    found = purposes.get_purpose(office_of(request), pk)
    if found is None:
        raise Http404(gettext("There is no such purpose in your office's register."))
    return found


def one_sentence(error: KentonganError, form: forms.Form) -> None:
    """Say what is wrong beside the field it is about."""
    shown = {field.name for field in form.visible_fields()}
    form.add_error(error.subject if error.subject in shown else None, str(error))


@room
@require_GET
def register(request: OfficeRequest) -> HttpResponse:
    """Why everything is listened to, what needs someone first."""
    need(request, "purposes.read")
    rows = purposes.get_purposes(office_of(request), request.now)
    counts = {state: sum(row.state == state for row in rows) for state in STATE_WORDS}
    may_change = request.user.may("purposes.change")
    context = {"room": "office", "rows": rows, "counts": counts, "words": STATE_WORDS, "may_change": may_change}
    return render(request, "listening/purposes.html", context)


@room
@require_http_methods(["GET", "POST"])
def new_purpose(request: OfficeRequest) -> HttpResponse:
    """Register a purpose."""
    need(request, "purposes.change")
    day = purposes.today(office_of(request), request.now)
    initial = {"kind": request.GET.get("kind", ""), "starts": day, "ends": day + timedelta(days=365), "owner": request.user.pk}
    form = PurposeForm(request.POST or None, office=office_of(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = purposes.register(request.user, form.draft(), request.now)
        except KentonganError as error:
            one_sentence(error, form)
        else:
            messages.success(request, gettext("Registered."))
            return redirect("purpose", row.pk)
    context = {"room": "office", "form": form, "purpose": None}
    return render(request, "listening/purpose_form.html", context, status=422 if form.errors else 200)


@room
@require_GET
def purpose(request: OfficeRequest, pk: int) -> HttpResponse:
    """One purpose with what stands under it."""
    need(request, "purposes.read")
    found = purpose_or_404(request, pk)
    context = {
        "room": "office",
        "purpose": found,
        "state": purposes.state_of(found, purposes.today(office_of(request), request.now)),
        "words": STATE_WORDS,
        "sources": Source.objects.filter(purpose=found).order_by("name")[:200],
        "watches": Watch.objects.filter(purpose=found, ended=None).order_by("name"),
        "may_change": request.user.may("purposes.change"),
        "form": ReasonForm(),
    }
    return render(request, "listening/purpose.html", context)


@room
@require_http_methods(["GET", "POST"])
def change_purpose(request: OfficeRequest, pk: int) -> HttpResponse:
    """Change or prolong a purpose."""
    need(request, "purposes.change")
    found = purpose_or_404(request, pk)
    names = ("kind", "title", "purpose", "legal_basis", "starts", "ends", "version")
    initial = {**{name: getattr(found, name) for name in names}, "owner": found.owner_id}
    form = PurposeForm(request.POST or None, office=office_of(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            purposes.change(request.user, found, form.cleaned_data["version"], form.draft(), request.now)
        except KentonganError as error:
            one_sentence(error, form)
        else:
            messages.success(request, gettext("Changed."))
            return redirect("purpose", pk)
    context = {"room": "office", "form": form, "purpose": found}
    return render(request, "listening/purpose_form.html", context, status=422 if form.errors else 200)


@room
@require_POST
def end_purpose(request: OfficeRequest, pk: int) -> HttpResponse:
    """End a purpose, with its sources and watches."""
    need(request, "purposes.change")
    found = purpose_or_404(request, pk)
    done = gettext("Ended. Its sources are paused, its watches have ended.")
    attempt_with_reason(request, lambda reason: purposes.end(request.user, found, reason, request.now), done)
    return redirect("purpose", pk)


@room
@require_GET
def kept(request: OfficeRequest) -> HttpResponse:
    """What is kept for how long, with the proof."""
    need(request, "purposes.read")
    proofs = retention.get_proofs(office_of(request), request.now, retention.keep_for(office_of(request)))
    context = {"room": "office", "proofs": proofs, "late": sum(not proof.kept for proof in proofs)}
    return render(request, "listening/retention.html", context)


@room
@require_GET
def complaints(request: OfficeRequest) -> HttpResponse:
    """Complaints by topic and place, in groups of ten or more, by month."""
    need(request, "listening.read")
    office = office_of(request)
    tables = [{"table": table, "lines": releases.readable(office, table)} for table in releases.get_tables(office)[:6]]
    return render(request, "listening/complaints.html", {"room": "office", "tables": tables})
