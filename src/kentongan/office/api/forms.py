"""What people type on the pages of programs."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kentongan.office.api import events, scopes, services
from kentongan.office.api.models import Hook
from kentongan.office.listening.models import Source
from kentongan.office.people.models import User

USUAL_LIFE = timedelta(days=90)


class TokenForm(forms.Form):
    """A token to be made."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("Which program it is for."))
    scopes = forms.MultipleChoiceField(label=_("What it may do"), widget=forms.CheckboxSelectMultiple)
    expires = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), help_text=_("A year from now at most.")
    )

    def __init__(self, *args: Any, person: User, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["scopes"].choices = [(name, scopes.SCOPES[name][0]) for name in scopes.scopes_of(person)]  # type: ignore[attr-defined]
        self.fields["expires"].initial = timezone.localtime(now + USUAL_LIFE).date()
        self.latest = now + services.LONGEST_LIFE

    def moment(self) -> datetime:
        """The end of the last day in the office's time, a year from now at most."""
        day = timezone.make_aware(datetime.combine(self.cleaned_data["expires"], time(23, 59)))
        over = day - self.latest
        return (self.latest if timedelta(0) < over < timedelta(days=1) else day).astimezone(UTC)


class HookForm(forms.Form):
    """An address that is told of events."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("Who is told."))
    url = forms.CharField(label=_("Address"), max_length=1000, widget=forms.URLInput, help_text=_("It begins with https://."))
    events = forms.MultipleChoiceField(label=_("What it is told"), widget=forms.CheckboxSelectMultiple, choices=events.EVENTS.items)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, hook: Hook | None = None, **kwargs: Any) -> None:
        if hook is not None:
            kwargs["initial"] = {"name": hook.name, "url": hook.url, "events": hook.events, "version": hook.version}
        super().__init__(*args, label_suffix="", **kwargs)

    def draft(self) -> services.HookDraft:
        """What was typed, for the services."""
        data = self.cleaned_data
        return services.HookDraft(data["name"], data["url"], tuple(data["events"]))


class PushForm(forms.Form):
    """Somebody who sends to us."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("Who sends: an agency, a newsroom, a system of your own."))
    source_kind = forms.ChoiceField(label=_("Kind"), choices=Source.SourceKind.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
