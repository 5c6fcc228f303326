"""What people type about alerts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kentongan.office.alerting import arranging, deciding, silent
from kentongan.office.alerting.models import Address, Preference, Route
from kentongan.office.listening import presenting
from kentongan.office.listening.models import Silence, Source, Watch
from kentongan.office.people.context import SPEECHES
from kentongan.office.people.models import Agency, Office, Place, Role
from kentongan.office.people.permissions import READS

SNOOZES = (
    ("30", _("30 minutes")),
    ("60", _("1 hour")),
    ("120", _("2 hours")),
    ("240", _("4 hours")),
    ("720", _("12 hours")),
    ("1440", _("1 day")),
)

LEVELS: list[tuple[str, Any]] = list(presenting.LEVEL_WORDS.items())
AS_STORED = (
    "name", "level", "silences", "roles", "people", "addresses", "channels", "topics", "watches", "wait_min", "source_kind", "quiet_from",
    "quiet_until", "paused", "version",
)  # fmt: skip
"""Fields of a route's form that are those of its row."""


def _time(label: Any, help_text: Any = "") -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget, help_text=help_text)


class SnoozeForm(forms.Form):
    """Until when an alert is put off, and why."""

    minutes = forms.ChoiceField(label=_("For how long"), choices=SNOOZES)
    reason = forms.CharField(label=_("Why"), max_length=500)

    def __init__(self, *args: Any, level: str = "", **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        most = deciding.longest_snooze(level) // timedelta(minutes=1)
        self.fields["minutes"].choices = [one for one in SNOOZES if int(one[0]) <= most]  # type: ignore[attr-defined]

    def until(self, now: datetime) -> datetime:
        """The moment that was chosen."""
        return now + timedelta(minutes=int(self.cleaned_data["minutes"]))


class RouteForm(forms.Form):
    """A route."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("Who is told of what."))
    level = forms.ChoiceField(label=_("From this level on"), choices=LEVELS, initial="high")
    roles = forms.MultipleChoiceField(label=_("Whoever is on duty as"), widget=forms.CheckboxSelectMultiple, required=False)
    people = forms.MultipleChoiceField(label=_("These people"), required=False, help_text=_("Whoever stands in for them is told, too."))
    agency = forms.ChoiceField(label=_("An agency, by e-mail"), required=False)
    addresses = forms.MultipleChoiceField(label=_("Addresses outside"), widget=forms.CheckboxSelectMultiple, required=False)
    channels = forms.MultipleChoiceField(
        label=_("How, besides the list of alerts"), widget=forms.CheckboxSelectMultiple, choices=Route.Channel.choices, required=False
    )
    topics = forms.MultipleChoiceField(label=_("Only of these topics"), widget=forms.CheckboxSelectMultiple, required=False)
    watches = forms.MultipleChoiceField(
        label=_("Only of these watches"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("Their own signals, and others that name their words."),
    )  # fmt: skip
    place = forms.ChoiceField(label=_("Only of this place"), required=False, help_text=_("And of all that lies in it."))
    source_kind = forms.ChoiceField(label=_("Only where these speak"), required=False)
    silences = forms.MultipleChoiceField(
        label=_("When these fall silent"), widget=forms.CheckboxSelectMultiple, choices=Silence.Kind.choices, required=False,
        initial=silent.FIRST, help_text=_("Whatever the level above; topics, watches, place and kind above narrow this, too."),
    )  # fmt: skip
    wait_min = forms.IntegerField(
        label=_("Minutes until it is passed on"), required=False, min_value=1, max_value=arranging.LONGEST_WAIT_MIN,
        help_text=_("Where nobody answers it goes to whoever stands in, then to the leaders. Empty: as the settings say for the level."),
    )  # fmt: skip
    quiet_from = _time(_("Quiet from"), _("What comes then is told together when the quiet hours end; a crisis at once."))
    quiet_until = _time(_("Quiet until"))
    paused = forms.BooleanField(label=_("Paused"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, office: Office, route: Route | None = None, **kwargs: Any) -> None:
        if route is not None:
            kwargs["initial"] = {**{name: getattr(route, name) for name in AS_STORED}, "place": route.place_id, "agency": route.agency_id}
        super().__init__(*args, label_suffix="", **kwargs)
        nobody = ("", _("none"))
        choices: dict[str, list[tuple[Any, Any]]] = {
            "roles": [(role, name) for role, name in Role.choices if role in READS],
            "people": [(one.pk, one.shown) for one in arranging.readers(office)],
            "agency": [nobody, *((one.pk, one.name) for one in Agency.objects.filter(office=office, ended=None).exclude(email=""))],
            "addresses": [(one.pk, one.name) for one in Address.objects.filter(office=office)],
            "topics": _topics(route),
            "watches": _watches(office, route),
            "place": [("", _("any")), *_places(office)],
            "source_kind": [("", _("any")), *Source.SourceKind.choices],
        }
        for name, values in choices.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]
        for name in ("addresses", "watches", "agency", "place"):
            if len(choices[name]) <= (0 if name in {"addresses", "watches"} else 1):
                del self.fields[name]

    def draft(self) -> arranging.RouteDraft:
        """What was typed, for the services."""
        data = self.cleaned_data
        number = {name: int(data[name]) if data.get(name) else None for name in ("place", "agency")}
        numbers = {name: tuple(int(one) for one in data.get(name, ())) for name in ("people", "addresses", "watches")}
        words = {name: tuple(data[name]) for name in ("roles", "channels", "topics", "silences")}
        rest = {name: data[name] for name in ("name", "level", "source_kind", "wait_min", "quiet_from", "quiet_until", "paused")}
        return arranging.RouteDraft(**number, **numbers, **words, **rest)


def _topics(route: Route | None) -> list[tuple[str, str]]:
    """The office's topics, and those the route has that are in its list no more: without them it would tell of everything."""
    offered = presenting.topics()
    gone = [topic for topic in route.topics if topic not in dict(offered)] if route is not None else []
    return [*offered, *((topic, presenting.gone_topic(topic)) for topic in gone)]


def _watches(office: Office, route: Route | None) -> list[tuple[int, str]]:
    """The watches that nobody ended, and those the route has that have ended: without them it would tell of everything."""
    rows = Watch.objects.filter(Q(ended=None) | Q(pk__in=route.watches if route is not None else ()), office=office)
    return [(one.pk, one.name if one.ended is None else gone_watch(one.name)) for one in rows.only("name", "ended")]


def gone_watch(name: str) -> str:
    """What a watch is called that has ended."""
    return gettext("%(name)s (ended)") % {"name": name}


def _places(office: Office) -> list[tuple[int, str]]:
    """Places above the ward: there are few enough to choose from a list."""
    above = Place.objects.filter(office=office, until=None).exclude(level__in=["ward", "village", "commune"])
    return [(one.pk, one.name) for one in above.order_by("name")[:500]]


class AddressForm(forms.Form):
    """An address outside."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Address.Kind.choices)
    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("Who is told."))
    url = forms.CharField(
        label=_("Address"), max_length=1000, required=False, widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_("It begins with https://. It is sealed and not shown again; only its host is."),
    )  # fmt: skip
    token = forms.CharField(
        label=_("Token of the ntfy server, if it wants one"), max_length=300, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}), help_text=_("Sealed, too. Empty: as it is."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=SPEECHES)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, address: Address | None = None, language: str = "en", **kwargs: Any) -> None:
        if address is None:
            kwargs["initial"] = {"language": language}
        else:
            kwargs["initial"] = {"name": address.name, "language": address.language, "version": address.version}
        super().__init__(*args, label_suffix="", **kwargs)
        if address is not None:
            del self.fields["kind"]
            self.fields["url"].help_text = _("Empty: as it is. It is sealed and not shown.")
            if address.kind == Address.Kind.WEBHOOK:
                del self.fields["token"]

    def draft(self, kind: str = "") -> arranging.AddressDraft:
        """What was typed, for the services."""
        data = self.cleaned_data
        return arranging.AddressDraft(kind or data["kind"], data["name"], data["language"], data["url"], data.get("token", ""))


class WishesForm(forms.Form):
    """How one wants to be told."""

    mail = forms.BooleanField(label=_("By e-mail"), required=False)
    push = forms.BooleanField(label=_("By the browsers below"), required=False)
    quiet_from = _time(_("Quiet from"), _("What comes then is told together when the quiet hours end; a crisis at once."))
    quiet_until = _time(_("Quiet until"))

    def __init__(self, *args: Any, wish: Preference | None = None, **kwargs: Any) -> None:
        found = wish or Preference(mail=True, push=True)
        kwargs["initial"] = {name: getattr(found, name) for name in ("mail", "push", "quiet_from", "quiet_until")}
        super().__init__(*args, label_suffix="", **kwargs)

    def wishes(self) -> arranging.Wishes:
        """What was chosen, for the services."""
        return arranging.Wishes(**self.cleaned_data)


class BrowserForm(forms.Form):
    """What the script of the page fills in; no person types it."""

    endpoint = forms.CharField(max_length=1000, widget=forms.HiddenInput)
    p256dh = forms.CharField(max_length=200, widget=forms.HiddenInput)
    auth = forms.CharField(max_length=100, widget=forms.HiddenInput)

    def draft(self, name: str) -> arranging.BrowserDraft:
        """What the browser said, for the services."""
        return arranging.BrowserDraft(**self.cleaned_data, name=name)
