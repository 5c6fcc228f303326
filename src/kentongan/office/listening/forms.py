"""What people type: read and checked once, with an answer in words for every field."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kentongan.adapters.sources import KINDS, CredentialField
from kentongan.engine.records import LEVELS
from kentongan.office.listening import kinds, purposes
from kentongan.office.listening.models import Article, Purpose, Source, StoryMark
from kentongan.office.listening.presenting import LANGUAGE_WORDS, LEVEL_WORDS, SOURCE_KIND_WORDS
from kentongan.office.listening.queries import StoryFilter
from kentongan.office.listening.search import SearchFilter
from kentongan.office.people.models import Office

SPAN_WORDS: Any = (("", _("Any time")), ("day", _("Last 24 hours")), ("three", _("Last 3 days")), ("fortnight", _("Last 14 days")))
CREDENTIAL_WORDS: dict[str, Any] = {
    "token": _("Token"),
    "identifier": _("Name of the office's account"),
    "app_password": _("App password"),
    "server": _("Server of the account"),
    "user": _("User"),
    "password": _("Password"),
}
KIND_CHOICES: Any = (("", _("All kinds")), *SOURCE_KIND_WORDS.items())
ITEM_LANGUAGES: Any = (("", _("As the items say")), *LANGUAGE_WORDS.items())
LANGUAGE_CHOICES: Any = (("", _("All languages")), *LANGUAGE_WORDS.items())


class LongSelect(forms.Select):
    """A choice written without a template an option and once for all pages that offer the same (300 outlets took 45 ms)."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        chosen = frozenset(str(one) for one in self.format_value(value) or ())
        offered = tuple((str(key or ""), str(word)) for key, word in self.choices)
        attributes = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        return format_html("<select{}>{}</select>", attributes, _options(offered, chosen & {key for key, _ in offered}))


@lru_cache(maxsize=32)
def _options(offered: tuple[tuple[str, str], ...], chosen: frozenset[str]) -> SafeString:
    written = ((key, " selected" if key in chosen else "", word) for key, word in offered)
    return format_html_join("", '<option value="{}"{}>{}</option>', written)


class _OutletForm(forms.Form):
    """A form with the office's outlets to choose from."""

    outlet = forms.ChoiceField(label=_("Outlet"), required=False, widget=LongSelect)

    def __init__(self, *args: Any, outlets: list[str], **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["outlet"].choices = [("", _("All outlets")), *((name, name) for name in outlets)]  # type: ignore[attr-defined]

    def chosen(self, *names: str) -> dict[str, str]:
        """The named fields that could be read; a value that is not on offer counts as none."""
        self.is_valid()
        return {name: str(self.cleaned_data.get(name) or "") for name in names}


class StoryFilterForm(_OutletForm):
    """What the list of stories is narrowed to."""

    level = forms.ChoiceField(label=_("Level"), required=False, widget=LongSelect)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=LANGUAGE_CHOICES, widget=LongSelect)
    span = forms.ChoiceField(label=_("Time"), required=False, choices=SPAN_WORDS, widget=LongSelect)
    field_order = ["level", "language", "outlet", "span"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = [(level, _("%(level)s and above") % {"level": LEVEL_WORDS[level]}) for level in LEVELS[1:-1]]
        self.fields["level"].choices = [("", _("All levels")), *levels, ("crisis", LEVEL_WORDS["crisis"])]  # type: ignore[attr-defined]

    def filter(self) -> StoryFilter:
        """The filter that was chosen."""
        return StoryFilter(**self.chosen("level", "language", "outlet", "span"))


class SearchForm(_OutletForm):
    """A search and what it is narrowed to."""

    q = forms.CharField(label=_("Search for"), required=False, max_length=300)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=LANGUAGE_CHOICES, widget=LongSelect)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=KIND_CHOICES, widget=LongSelect)
    span = forms.ChoiceField(label=_("Time"), required=False, choices=SPAN_WORDS, widget=LongSelect)
    field_order = ["q", "language", "outlet", "kind", "span"]

    def filter(self) -> SearchFilter:
        """The filter that was chosen."""
        return SearchFilter(**self.chosen("language", "outlet", "kind", "span"))


class MarkForm(forms.Form):
    """What the office decides about a story; empty takes the decision back."""

    mark = forms.ChoiceField(choices=(("", "-"), *StoryMark.Mark.choices), required=False)


class MergeForm(forms.Form):
    """Which other story belongs to this one."""

    other = forms.IntegerField(min_value=1)


class SplitForm(forms.Form):
    """Which articles are another story."""

    articles = forms.ModelMultipleChoiceField(
        queryset=Article.objects.none(), error_messages={"required": _("Tick at least one item that is another story.")}
    )

    def __init__(self, *args: Any, story: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["articles"].queryset = Article.objects.filter(membership__story=story)  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why a signal is dismissed or a source paused."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        error_messages={"required": _("Write a few words: your colleagues will want to know why.")},
    )


class AddressForm(forms.Form):
    """The address of a site or a feed."""

    address = forms.CharField(label=_("Address of the site or feed"), max_length=1000)


class KindForm(forms.Form):
    """The address of a source of one kind, and for some kinds which of its links are read."""

    address = forms.CharField(label=_("Address"), max_length=1000)
    pattern = forms.CharField(
        label=_("Pattern of the links"), max_length=300, required=False, help_text=_("May stay empty. Which links or hosts are read.")
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["address"].widget.attrs |= {"placeholder": KINDS[kind].example, "autocapitalize": "none", "spellcheck": "false"}
        if kind not in kinds.WITH_PATTERN:
            del self.fields["pattern"]


class SourceForm(forms.Form):
    """A source about to be added. The address was looked at before; which voices are offered depends on the kind."""

    name = forms.CharField(label=_("Name of the source"), max_length=200)
    outlet = forms.CharField(label=_("Outlet"), max_length=200, required=False)
    url = forms.CharField(label=_("Address"), max_length=1000)
    kind = forms.ChoiceField(label=_("What stands at the address"))
    pattern = forms.CharField(
        label=_("Pattern of the links"), max_length=300, required=False,
        help_text=_("For a listing page: /berita/* takes every link whose path begins so."),
    )  # fmt: skip
    source_kind = forms.ChoiceField(
        label=_("Who speaks there"), help_text=_("Names of people are hidden in public posts and kept in the press.")
    )
    language = forms.ChoiceField(label=_("Language"), required=False, choices=ITEM_LANGUAGES)
    area = forms.CharField(
        label=_("Place it speaks for"), max_length=200, required=False, help_text=_("Ward, district or city; may stay empty.")
    )
    purpose = forms.ModelChoiceField(
        label=_("Purpose in the register"), queryset=Purpose.objects.none(), required=False, empty_label=None,
        help_text=_("Why it is listened to, and by what right."),
    )  # fmt: skip

    def __init__(self, *args: Any, office: Office, now: datetime, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.office = office
        fields: dict[str, Any] = self.fields
        offered = kinds.SIMPLE if kind in {"", *kinds.SIMPLE} else (kind,)
        fields["kind"].choices = [(one, Source.Kind(one).label) for one in offered if one in KINDS]
        if len(offered) == 1:
            fields["kind"].widget = forms.HiddenInput()
        if offered != kinds.SIMPLE and kind not in kinds.WITH_PATTERN:
            del fields["pattern"]
        voices = KINDS[kind].source_kinds if kind in KINDS else tuple(SOURCE_KIND_WORDS)
        fields["source_kind"].choices = [(one, SOURCE_KIND_WORDS[one]) for one in voices]
        running = purposes.get_running(office, [Purpose.Kind.SOURCES], now)
        fields["purpose"].queryset = running
        fields["purpose"].initial = running.first()

    def clean_url(self) -> str:
        """The same address is not read twice."""
        url = kinds.tidy(str(self.data.get("kind", "")), str(self.cleaned_data["url"]))
        if Source.objects.filter(office=self.office, url=url).exists():
            raise forms.ValidationError(_("This address is already among your sources."))
        return url

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == Source.Kind.LISTING and not cleaned.get("pattern"):
            self.add_error("pattern", _("A listing page needs a pattern, or every link on it would be read."))
        return cleaned

    def source(self) -> Source:
        """What was typed, not yet saved."""
        given = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return Source(office=self.office, **given)


class ImportForm(forms.Form):
    """A list of sources as other programs write it."""

    file = forms.FileField(label=_("OPML file"), error_messages={"required": _("Choose a file first.")})


class SendForm(forms.Form):
    """To whom the briefing goes."""

    to = forms.ChoiceField(
        label=_("Send to"), choices=(("self", _("Me")), ("office", _("Everyone in my office"))), widget=forms.RadioSelect
    )


class CredentialForm(forms.Form):
    """The password or key of a source. What is secret is typed anew or left as it is, and never filled in."""

    def __init__(
        self, *args: Any, fields: Sequence[CredentialField], set_before: Collection[str], known: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        for one in fields:
            kept = one.secret and one.name in set_before
            widget = forms.PasswordInput(attrs={"autocomplete": "new-password"}) if one.secret else forms.TextInput()
            widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
            self.fields[one.name] = forms.CharField(
                label=CREDENTIAL_WORDS.get(one.name, one.name), max_length=1000, required=one.required and not kept, widget=widget,
                initial="" if one.secret else known.get(one.name, ""), help_text=_("Set. Leave it empty to keep it.") if kept else "",
            )  # fmt: skip


class PackForm(forms.Form):
    """Which entries of a starter pack are added, and under which purpose."""

    entry = forms.MultipleChoiceField(
        error_messages={"required": _("Tick at least one source."), "invalid_choice": _("Choose from the list.")}
    )
    purpose = forms.ModelChoiceField(
        label=_("Purpose in the register"), queryset=Purpose.objects.none(), required=False, empty_label=None,
        help_text=_("Why it is listened to, and by what right."),
    )  # fmt: skip

    def __init__(self, *args: Any, office: Office, now: datetime, addresses: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        fields: dict[str, Any] = self.fields
        fields["entry"].choices = [(one, one) for one in addresses]
        fields["purpose"].queryset = purposes.get_running(office, [Purpose.Kind.SOURCES], now)
        fields["purpose"].initial = fields["purpose"].queryset.first()
