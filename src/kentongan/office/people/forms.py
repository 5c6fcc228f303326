"""What people type about people: read and checked once. A form has exactly the fields one may send; anything else is not read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from kentongan.office.people.models import Agency, Office, Place, Role, User

MINUTE = "%Y-%m-%dT%H:%M"
"""How a browser sends a day and an hour."""
LANGUAGE_CHOICES: Any = (("", _("As the office")), *settings.LANGUAGES)


class RolesField(forms.MultipleChoiceField):
    """Further roles, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple


class PersonField(forms.ModelChoiceField):
    """A colleague, by their name."""

    def label_from_instance(self, obj: Any) -> str:
        """As the list shows them."""
        return obj.get_full_name() or obj.username


class _OfficeForm(forms.Form):
    """A form that offers only what belongs to the office."""

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.office = office
        offered = {
            "agency": Agency.objects.filter(office=office, ended=None),
            "place": Place.objects.filter(office=office, until=None),
            "person": User.objects.filter(office=office, is_active=True).order_by("first_name", "username"),
            "deputy": User.objects.filter(office=office, is_active=True).order_by("first_name", "username"),
        }
        for name, rows in offered.items():
            if name in self.fields:
                self.fields[name].queryset = rows  # type: ignore[attr-defined]


class InviteForm(_OfficeForm):
    """Whom to invite, as what."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.READER)
    more_roles = RolesField(label=_("Further roles"), choices=Role.choices, required=False)
    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.none(), required=False)
    place = forms.ModelChoiceField(label=_("Place"), queryset=Place.objects.none(), required=False)


class PersonForm(InviteForm):
    """A person as an administrator may change them. `version` is what was read."""

    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGE_CHOICES, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    field_order = ["first_name", "last_name", "email", "language", "role", "more_roles", "agency", "place"]

    def changes(self) -> dict[str, Any]:
        """What was typed, as `services.change_person` takes it."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        typed["more_roles"] = [role for role in typed["more_roles"] if role != typed["role"]]
        return typed


def initial_of(person: User) -> dict[str, Any]:
    """The form's first values."""
    names = ("first_name", "last_name", "email", "language", "role", "more_roles", "version")
    return {name: getattr(person, name) for name in names} | {"agency": person.agency_id, "place": person.place_id}


class AgencyForm(forms.Form):
    """An agency's names and address."""

    name = forms.CharField(label=_("Name"), max_length=200)
    short = forms.CharField(label=_("Short name"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class AgencyChangeForm(AgencyForm):
    """The same, and the day on which it ceased to be."""

    ended = forms.DateField(
        label=_("Ceased to be on"), required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=_("Empty: it is there.")
    )


def moment() -> Any:
    """The widget of a day and hour."""
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE)


class MomentField(forms.DateTimeField):
    """A day and an hour in the office's time. What stood there and comes back untouched is the very same moment; else an hour that is not
    there, or comes twice, because clocks change that day is refused: which one was meant, nobody knows."""

    default_error_messages = {
        "not_there": _("This hour does not exist on that day, because clocks go forward. Choose one before or after it."),
        "twice": _("This hour comes twice on that day, because clocks go back. Choose one before or after it."),
    }

    def __init__(self, **given: Any) -> None:
        super().__init__(widget=moment(), input_formats=[MINUTE, f"{MINUTE}:%S"], **given)

    def to_python(self, value: Any) -> datetime | None:
        """The moment. Raises `ValidationError`."""
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            typed = parse_datetime(str(value).strip())
            code = "twice" if typed is not None and comes_twice(typed) else "not_there"
            raise forms.ValidationError(self.error_messages[code], code) from None

    def _clean_bound_field(self, bf: forms.BoundField) -> Any:
        stood = bf.form.get_initial_for_field(self, bf.name)
        if isinstance(stood, datetime) and bf.data == f"{self.prepare_value(stood):{MINUTE}}":
            return bf.form.initial.get(bf.name, stood)
        return super()._clean_bound_field(bf)  # type: ignore[misc]


def comes_twice(local: datetime) -> bool:
    """Whether clocks show this day and hour twice where the office is."""
    zone, bare = timezone.get_current_timezone(), local.replace(tzinfo=None)
    offsets = [zone.utcoffset(bare.replace(fold=fold)) for fold in (0, 1)]
    return None not in offsets and offsets[0] > offsets[1]  # type: ignore[operator]


def offered(at: datetime) -> datetime:
    """A moment to be proposed in a form: this, or the next whole hours later that clocks do not show twice."""
    while comes_twice(timezone.localtime(at)):
        at += timedelta(hours=1)
    return at


class DeputyForm(_OfficeForm):
    """Who stands in, from when to when."""

    deputy = PersonField(label=_("Who stands in"), queryset=User.objects.none())
    since = forms.DateTimeField(label=_("From"), widget=moment())
    until = forms.DateTimeField(label=_("Until"), widget=moment())


class DutyForm(_OfficeForm):
    """Who is on duty as what, from when for how many hours."""

    person = PersonField(label=_("Who"), queryset=User.objects.none())
    role = forms.ChoiceField(label=_("As"), choices=Role.choices, initial=Role.OFFICER)
    start = forms.DateTimeField(label=_("From"), widget=moment())
    hours = forms.IntegerField(label=_("Hours"), min_value=1, max_value=168, initial=8)

    def span(self) -> tuple[datetime, datetime]:
        """Begin and end."""
        start: datetime = self.cleaned_data["start"]
        return start, start + timedelta(hours=self.cleaned_data["hours"])


class FactorRolesForm(forms.Form):
    """Which roles need a second factor."""

    roles = RolesField(label=_("Roles that need a second factor"), choices=Role.choices, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class TakeForm(forms.Form):
    """Whoever takes up an invitation: their name and a password, nothing else."""

    first_name = forms.CharField(label=_("First name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "given-name"}))
    last_name = forms.CharField(
        label=_("Last name"), max_length=150, required=False, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        help_text=_("At least ten characters; a short sentence is easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
