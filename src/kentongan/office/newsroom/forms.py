"""What somebody types who wants letters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kentongan.office.desk import queries as desk
from kentongan.office.desk.models import Statement
from kentongan.office.listening import presenting
from kentongan.office.people.models import Office, Place


class SubscribeForm(forms.Form):
    """An address, and what is to be sent there. A field that people do not see catches programs that fill in everything."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    language = forms.ChoiceField(label=_("Language of the texts"), required=False)
    place = forms.ChoiceField(label=_("Place"), required=False)
    topics = forms.MultipleChoiceField(
        label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Tick none to read all.")
    )
    website = forms.CharField(required=False, max_length=200)

    def __init__(self, *args: Any, office: Office, **given: Any) -> None:
        super().__init__(*args, label_suffix="", **given)
        self._places = {str(one.pk): one for one in desk.get_places(office)}
        self._offer("language", [("", _("All languages")), *Statement.Language.choices])
        self._offer("place", [("", _("Everywhere")), *((key, one.name) for key, one in self._places.items())])
        self._offer("topics", presenting.topics())
        if not self._places:
            del self.fields["place"]

    def _offer(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen_place(self) -> Place | None:
        """The place that was chosen."""
        return self._places.get(self.cleaned_data.get("place", ""))
