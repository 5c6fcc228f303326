"""The page on which a source is changed: what it says of itself, and under which purpose of the register it stands."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kentongan.errors import KentonganError
from kentongan.office.listening import kinds, purposes, services
from kentongan.office.listening.forms import ITEM_LANGUAGES
from kentongan.office.listening.models import Purpose, Source
from kentongan.office.listening.pages import source_or_404
from kentongan.office.listening.register import need, one_sentence
from kentongan.office.listening.views import room
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.people.versions import ConflictError


class ChangeForm(forms.Form):
    """What may be changed of a source. The purpose it stands under is offered too where it is over, but then another one is proposed."""

    name = forms.CharField(label=_("Name of the source"), max_length=200)
    outlet = forms.CharField(
        label=_("Outlet"), max_length=200, required=False, help_text=_("Items heard before keep the outlet they came with.")
    )
    area = forms.CharField(
        label=_("Place it speaks for"), max_length=200, required=False, help_text=_("Ward, district or city; may stay empty.")
    )
    pattern = forms.CharField(
        label=_("Pattern of the links"), max_length=300, required=False,
        help_text=_("For a listing page: /berita/* takes every link whose path begins so."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), required=False)
    purpose = forms.ModelChoiceField(
        label=_("Purpose in the register"), queryset=Purpose.objects.none(), empty_label=None,
        help_text=_("Why it is listened to, and by what right."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, source: Source, now: datetime, **kwargs: Any) -> None:
        running = purposes.get_running(source.office, [Purpose.Kind.SOURCES], now)
        holds = purposes.holds(source.purpose, purposes.today(source.office, now))
        first = None if holds else running.first()
        stands = {**asdict(services.draft_of(source)), "purpose": first or source.purpose, "version": source.version}
        super().__init__(*args, label_suffix="", initial=stands, **kwargs)
        self.another = holds or first is not None
        """Whether it may go on under one of those offered."""
        fields: dict[str, Any] = self.fields
        fields["purpose"].queryset = running | Purpose.objects.filter(pk=source.purpose_id)
        fields["purpose"].label_from_instance = lambda one: one.title if holds or one.pk != source.purpose_id else _over(one)
        known = dict(ITEM_LANGUAGES)
        fields["language"].choices = [*known.items(), *([] if source.language in known else [(source.language, source.language)])]
        if source.kind not in kinds.WITH_PATTERN:
            del fields["pattern"]

    def draft(self, source: Source) -> services.SourceDraft:
        """What was typed; what is not asked stays as it is."""
        return services.SourceDraft(
            **{name: self.cleaned_data.get(name, stands) for name, stands in asdict(services.draft_of(source)).items()}
        )


def _over(purpose: Purpose) -> str:
    return gettext("%(title)s (is over)") % {"title": purpose.title}


@room
@require_http_methods(["GET", "POST"])
def change_source(request: OfficeRequest, pk: int) -> HttpResponse:
    """Change a source. Where somebody else was quicker both versions are shown."""
    need(request, "sources.change")
    found = source_or_404(request, pk)
    form = ChangeForm(request.POST or None, source=found, now=request.now)
    conflict: list[tuple[str, Any, Any]] | None = None
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            services.change_source(request.user, found, typed["version"], form.draft(found), typed["purpose"], request.now)
        except ConflictError as error:
            shown = [field.name for field in form.visible_fields()]
            conflict = [(str(form[name].label), error.stored[name], typed[name]) for name in shown if error.stored[name] != typed[name]]
            form.add_error(None, str(error))
            form.data = form.data.copy()
            form.data["version"] = str(error.version)
        except KentonganError as error:
            one_sentence(error, form)
        else:
            messages.success(request, gettext("Changed."))
            return redirect("source", pk)
    context = {
        "room": "sources", "form": form, "source": found, "address": kinds.shown(found.url), "conflict": conflict,
        "may_register": request.user.may("purposes.change"),
    }  # fmt: skip
    return render(request, "listening/change_source.html", context, status=409 if conflict else 422 if form.errors else 200)
