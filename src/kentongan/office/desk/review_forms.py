"""What people type about what is to be done better."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kentongan.office.desk import learning, review_action_queries
from kentongan.office.desk.forms import Plain, text_area
from kentongan.office.desk.models import Issue, Statement
from kentongan.office.desk.review_actions import ActionDraft
from kentongan.office.desk.review_models import LONGEST_ACTION
from kentongan.office.typed import whole


class LessonForm(Plain):
    """What was learned, one thing at a time."""

    kind = forms.ChoiceField(label=pgettext_lazy("of a review", "About"))
    text = text_area(
        pgettext_lazy("of a review", "What was learned"), rows=3, max_length=learning.LONGEST,
        help_text=_("It is about how we worked, not about who is to blame. No names of private people. It stays as it is."),
    )  # fmt: skip

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.offer("kind", list(learning.KINDS.items()))


class ActionForm(Plain):
    """What, who, by when. An owner is written `a-` and the number of an agency, or `p-` and that of a person."""

    text = text_area(
        pgettext_lazy("of a review", "What is to be done better"), rows=2, max_length=LONGEST_ACTION,
        help_text=_("One action, so that everybody can see whether it is done. No names of private people. It stays as it is."),
    )  # fmt: skip
    template = forms.ChoiceField(label=_("Template to be changed"), required=False)
    owner = forms.ChoiceField(label=_("Who sees to it"))
    due = forms.DateField(
        label=pgettext_lazy("action", "Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def __init__(self, *args: Any, issue: Issue, **given: Any) -> None:
        super().__init__(*args, **given)
        used = review_action_queries.get_templates(issue)
        if used:
            self.offer("template", [("", pgettext_lazy("template", "none")), *((one, Statement.Kind(one).label) for one in used)])
        else:
            del self.fields["template"]
        agencies, people = review_action_queries.get_owners(issue)
        offered: list[tuple[Any, Any]] = [("", _("Choose"))]
        if agencies:
            offered.append((_("Agencies"), [(f"a-{one.pk}", one.name) for one in agencies]))
        self.offer("owner", [*offered, (_("Colleagues"), [(f"p-{one.pk}", one.shown) for one in people])])

    def draft(self) -> ActionDraft:
        """What was typed, for the services."""
        data = self.cleaned_data
        kind, _dash, number = data["owner"].partition("-")
        agency, person = (whole(number), None) if kind == "a" else (None, whole(number))
        return ActionDraft(data["text"], data["due"], agency, person, data.get("template", ""))
