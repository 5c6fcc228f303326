"""What people type: read and checked once, with an answer in words for every field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kentongan.engine.records import LEVELS
from kentongan.office.listening.models import Article, Source, StoryMark
from kentongan.office.listening.presenting import LANGUAGE_WORDS, LEVEL_WORDS, SOURCE_KIND_WORDS
from kentongan.office.listening.queries import StoryFilter
from kentongan.office.listening.search import SearchFilter

SPAN_WORDS: Any = (("", _("Any time")), ("day", _("Last 24 hours")), ("three", _("Last 3 days")), ("fortnight", _("Last 14 days")))
KIND_CHOICES: Any = (("", _("All kinds")), *SOURCE_KIND_WORDS.items())
LANGUAGE_CHOICES: Any = (("", _("All languages")), *LANGUAGE_WORDS.items())


class _OutletForm(forms.Form):
    """A form with the office's outlets to choose from."""

    outlet = forms.ChoiceField(label=_("Outlet"), required=False)

    def __init__(self, *args: Any, outlets: list[str], **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["outlet"].choices = [("", _("All outlets")), *((name, name) for name in outlets)]  # type: ignore[attr-defined]

    def chosen(self, *names: str) -> dict[str, str]:
        """The named fields that could be read; a value that is not on offer counts as none."""
        self.is_valid()
        return {name: str(self.cleaned_data.get(name) or "") for name in names}


class StoryFilterForm(_OutletForm):
    """What the list of stories is narrowed to."""

    level = forms.ChoiceField(label=_("Level"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=LANGUAGE_CHOICES)
    span = forms.ChoiceField(label=_("Time"), required=False, choices=SPAN_WORDS)
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
    language = forms.ChoiceField(label=_("Language"), required=False, choices=LANGUAGE_CHOICES)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=KIND_CHOICES)
    span = forms.ChoiceField(label=_("Time"), required=False, choices=SPAN_WORDS)
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


class SourceForm(forms.ModelForm):
    """A source about to be added. The address was looked at before."""

    url = forms.URLField(label=_("Address"), max_length=1000, assume_scheme="https")  # type: ignore[call-arg]

    class Meta:
        model = Source
        fields = ("name", "outlet", "url", "kind", "pattern", "source_kind", "language", "area")
        labels = {
            "name": _("Name of the source"),
            "outlet": _("Outlet"),
            "kind": _("What stands at the address"),
            "pattern": _("Pattern of the links (listing pages only)"),
            "source_kind": _("Who speaks there"),
            "language": _("Language"),
            "area": _("Place it speaks for"),
        }
        help_texts = {
            "pattern": _("For example /berita/* takes every link whose path begins so."),
            "source_kind": _("Names of people are hidden in public posts and kept in the press."),
            "area": _("Ward, district or city; may stay empty."),
        }
        widgets = {"language": forms.Select(choices=(("", _("As the items say")), *LANGUAGE_WORDS.items()))}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == Source.Kind.LISTING and not cleaned.get("pattern"):
            self.add_error("pattern", _("A listing page needs a pattern, or every link on it would be read."))
        return cleaned

    def clean_url(self) -> str:
        """The same address is not read twice."""
        url = str(self.cleaned_data["url"])
        if Source.objects.filter(office_id=self.instance.office_id, url=url).exists():
            raise forms.ValidationError(_("This address is already among your sources."))
        return url


class ImportForm(forms.Form):
    """A list of sources as other programs write it."""

    file = forms.FileField(label=_("OPML file"), error_messages={"required": _("Choose a file first.")})


class SendForm(forms.Form):
    """To whom the briefing goes."""

    to = forms.ChoiceField(
        label=_("Send to"), choices=(("self", _("Me")), ("office", _("Everyone in my office"))), widget=forms.RadioSelect
    )
