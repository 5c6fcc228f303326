"""What people tick about where a publication was given out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kentongan.office.desk.forms import Plain
from kentongan.office.desk.given_out import Ear
from kentongan.office.desk.given_out_models import LONGEST_NAME, GivenOut


class GivenOutForm(Plain):
    """Through what it was given out besides. What is noted already is not offered again."""

    channels = forms.MultipleChoiceField(label=_("Given out through"), required=False, widget=forms.CheckboxSelectMultiple)
    name = forms.CharField(
        label=_("What the other way is"), required=False, max_length=LONGEST_NAME, help_text=_("A channel or a place, no names of people.")
    )

    def __init__(self, *args: Any, done: Collection[str], **given: Any) -> None:
        super().__init__(*args, **given)
        self.offer("channels", [one for one in GivenOut.Channel.choices if one[0] == GivenOut.Channel.OTHER or one[0] not in done])


class EarsForm(Plain):
    """Who was told of the correction, or of the withdrawal, of those the wrong version went out to."""

    heard = forms.MultipleChoiceField(label=_("Told of the correction"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, ears: Sequence[Ear], withdrawn: bool = False, **given: Any) -> None:
        super().__init__(*args, **given)
        if withdrawn:
            self.fields["heard"].label = _("Told that it was withdrawn")
        self.offer("heard", [(str(one.wrong.pk), str(one.wrong)) for one in ears if one.told is None])
