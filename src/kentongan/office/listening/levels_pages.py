"""Setting a story's level by hand, on its own page: the form stands beside why the level is what it is."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kentongan.errors import KentonganError
from kentongan.office.listening import levels
from kentongan.office.listening.models import Story
from kentongan.office.listening.presenting import LEVEL_WORDS
from kentongan.office.people.requests import OfficeRequest


class LevelForm(forms.Form):
    """How serious a story is, and why. What is missing or too long `levels` says, in the same words to everybody.

    `engine` and `hand` are what the person had before them: the engine's level, and the number of what stood by hand (0: nothing).
    """

    level = forms.ChoiceField(
        label=_("Level"), required=False, choices=cast(Any, list(LEVEL_WORDS.items())),
        error_messages={"invalid_choice": _("Choose one of the five levels.")},
    )  # fmt: skip
    reason = forms.CharField(label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": 3, "maxlength": levels.LONGEST}))
    engine = forms.CharField(widget=forms.HiddenInput, required=False)
    hand = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, story: Story, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", initial={"level": story.level, **shown(story)}, auto_id="by_hand_%s", **kwargs)

    def seen(self) -> tuple[str, int]:
        """What the person had before them."""
        hand = self.cleaned_data.get("hand", "")
        return self.cleaned_data.get("engine", ""), int(hand) if hand.isdecimal() else 0


def shown(story: Story) -> dict[str, Any]:
    """What a person who looks at the story has before them."""
    hand = levels.of(story)
    return {"engine": levels.engine_of(story), "hand": hand.pk if hand else 0}


def act(request: OfficeRequest, story: Story) -> tuple[HttpResponse | None, LevelForm, int]:
    """Set the level or take it back, as the form says: where to go then; else the form that says what is wrong, and the status."""
    form = LevelForm(request.POST, story=story)
    form.is_valid()
    level, reason = form.cleaned_data.get("level", ""), form.cleaned_data.get("reason", "")
    back = "back" in request.POST
    try:
        if back:
            levels.take_back(request.user, story, form.seen()[1], request.now)
        elif not form.errors:
            levels.set_level(request.user, story, level, reason, form.seen(), request.now)
    except levels.QuickerError as error:
        form.add_error(None, str(error))
        return None, form, 409
    except KentonganError as error:
        form.add_error(error.subject if error.subject in {"level", "reason"} else None, str(error))
    if form.errors:
        return None, form, 422
    done = gettext("Taken back. What the engine says counts again.") if back else gettext("Set by hand, with your name and the reason.")
    messages.success(request, done)
    return redirect(f"{reverse('story', args=[story.pk])}#why"), form, 302
