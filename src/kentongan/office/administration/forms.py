"""Forms of the administration and of the first run. What they say is checked again by the services."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kentongan.config import Setting
from kentongan.office.administration.services import COUNTRIES
from kentongan.packs import Pack

SPEECHES = (("id", "Indonesia"), ("vi", "Tiếng Việt"), ("en", "English"))
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Asia/Pontianak", "Asia/Ho_Chi_Minh")
"""Offered first; any other of the world's is allowed."""


def _zones() -> list[tuple[str, str]]:
    others = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return [(name, name) for name in (*ZONES, *(name for name in others if name not in ZONES))]


class PlainForm(forms.Form):
    """Labels without colons."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class SettingForm(PlainForm):
    """One setting. The bounds stand in the help; an empty field gives the value back to the installation."""

    value = forms.CharField(required=False, max_length=200, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, one: Setting, sentence: str, bounds: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del one
        self.fields["value"].label = sentence
        self.fields["value"].help_text = bounds


class OfficeForm(PlainForm):
    """Name, country, time zone and language."""

    name = forms.CharField(label=_("Name of the office"), min_length=2, max_length=200)
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones)
    language = forms.ChoiceField(label=_("Language"), choices=SPEECHES, help_text=_("Everybody may choose another one for themselves."))


CONTACT_HELP = _("An e-mail or web address. It is sent to every outlet that is visited.")


class AboutForm(OfficeForm):
    """The same with the contact and what stands on the public page."""

    contact = forms.CharField(label=_("Contact"), max_length=200, required=False, help_text=CONTACT_HELP)
    about = forms.CharField(label=_("What the office says of itself in public"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class AccountForm(PlainForm):
    """The first administrator."""

    first_name = forms.CharField(label=_("First name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "given-name"}))
    last_name = forms.CharField(
        label=_("Last name"), max_length=150, required=False, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("You sign in with it."), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        help_text=_("At least ten characters; a short sentence is easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    factor = forms.BooleanField(
        label=_("Whoever approves statements needs a second factor"), required=False, initial=True,
        help_text=_("An app on the phone or a passkey, set up at the first sign-in. Under People you can change this."),
    )  # fmt: skip


class PlacesForm(PlainForm):
    """A list of places."""

    file = forms.FileField(label=_("List of places"), help_text=_("CSV (UTF-8) or GeoJSON: the official list, or your own."))


class PacksForm(PlainForm):
    """Which lists of sources to begin with."""

    packs = forms.MultipleChoiceField(label=_("Lists to begin with"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, offered: list[Pack], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["packs"].choices = [(pack.name, f"{pack.title} ({len(pack.entries)})") for pack in offered]  # type: ignore[attr-defined]


class MailForm(PlainForm):
    """Where the test goes."""

    address = forms.EmailField(label=_("Send the test to"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


_TYPED = {"autocapitalize": "none", "spellcheck": "false"}


class MailboxForm(PlainForm):
    """Which mailbox answers of agencies arrive in. The password is typed anew or left as it is, and never filled in."""

    email = forms.EmailField(
        label=_("Address to which agencies answer"), max_length=200,
        help_text=_("It stands in every question by e-mail. A mailbox of its own is best: every letter in it is looked at."),
    )  # fmt: skip
    address = forms.CharField(
        label=_("Where it is read (IMAP)"), max_length=300, widget=forms.TextInput(attrs=_TYPED),
        help_text=_("Like imaps://mail.kota.example/INBOX. Nothing is marked or deleted there."),
    )  # fmt: skip
    user = forms.CharField(label=_("User name"), max_length=1000, widget=forms.TextInput(attrs={**_TYPED, "autocomplete": "off"}))
    password = forms.CharField(
        label=_("Password"), strip=False, max_length=1000, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, stored: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stored:
            self.fields["password"].help_text = _("Set. Leave it empty to keep it; for another mailbox type it anew.")


class ContactForm(PlainForm):
    """Whom an outlet may ask."""

    contact = forms.CharField(label=_("Contact"), max_length=200, help_text=CONTACT_HELP)
