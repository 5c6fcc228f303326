"""The page that looks back on an issue, with what is to be done better. Every act is a plain form."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext_lazy
from django.views.decorators.http import require_GET

from kentongan.errors import KentonganError
from kentongan.office.desk import (
    clock_words,
    learning,
    queries,
    review_action_queries,
    review_actions,
    review_drawing,
    review_forms,
    review_queries,
)
from kentongan.office.desk.forms import Plain, WhyForm
from kentongan.office.desk.models import Issue
from kentongan.office.desk.review_models import ReviewAction
from kentongan.office.desk.views import ROOM, issue_or_404, version_of
from kentongan.office.listening import purposes
from kentongan.office.listening.presenting import Words
from kentongan.office.people.doors import act, office_of, room, say_at_field
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.people.versions import ConflictError

KINDS: dict[str, Words] = {
    "first": pgettext_lazy("promise", "First answer"), "update": pgettext_lazy("promise", "Next update"),
    "step": pgettext_lazy("promise", "Approval"), "review": pgettext_lazy("promise", "Review of what was published alone"),
    "law": pgettext_lazy("promise", "Set by law"),
}  # fmt: skip


@room("issues.read")
@require_GET
def review_issue(request: OfficeRequest, pk: int) -> HttpResponse:
    """What was promised, what came, what is to be done better, and every step there was."""
    return _page(request, issue_or_404(request, pk))


def _page(request: OfficeRequest, issue: Issue, status: int = 200, **bound: Plain) -> HttpResponse:
    """The page of an issue looked back on; `bound` holds forms that were filled in wrongly."""
    parts = queries.get_parts(issue)
    found = review_queries.get_review(request.user, issue, parts, request.now)
    changes = request.user.may("issues.change") and issue.state != Issue.State.MERGED
    context = {
        "lessons": learning.get_lessons([issue, *parts]),
        "lesson_form": (bound.get("lesson") or review_forms.LessonForm(auto_id="lesson_%s")) if changes else None,
        "issue": issue, "review": found, "title": review_drawing.title_of(found), "picture": review_drawing.picture(found),
        "promises": [(KINDS[one.kind], clock_words.OUTCOMES[one.outcome], one) for one in found.promises],
        "actions": [
            (one, _withdraw_form(one, bound) if changes and one.state == ReviewAction.State.OPEN else None)
            for one in review_action_queries.get_of_issues(request.user, [issue, *parts])
        ],
        "action_form": (bound.get("action") or review_forms.ActionForm(issue=issue, auto_id="action_%s")) if changes else None,
        "today": purposes.today(office_of(request), request.now),
    }  # fmt: skip
    return render(request, "desk/review.html", {**ROOM, **context}, status=status)


def _withdraw_form(action: ReviewAction, bound: dict[str, Plain]) -> Plain:
    return bound.get(f"withdraw_{action.pk}") or WhyForm(auto_id=f"withdraw_{action.pk}_%s")


def _action_or_404(request: OfficeRequest, pk: int) -> ReviewAction:
    found = review_action_queries.get_action(request.user, pk)
    if found is None:
        raise Http404(gettext("There is no such action in your office."))
    return found


def _do(
    request: OfficeRequest, issue: Issue, do: Callable[[], object], name: str = "", form: Plain | None = None, where: str = "actions"
) -> HttpResponse:
    """Do it, and go back to where it stands; what is wrong stands at its field, or above the page where there is no form."""
    bound = {name: form} if form is not None else {}
    if form is not None and not form.is_valid():
        return _page(request, issue, 422, **bound)
    try:
        do()
    except ConflictError:
        messages.error(request, gettext("Somebody else has changed this since you opened it. Look at it as it stands, then decide again."))
        return _page(request, issue, 409, **bound)
    except KentonganError as error:
        if form is None or error.subject not in form.fields:
            messages.error(request, str(error))
        else:
            say_at_field(form, error)
        return _page(request, issue, 422, **bound)
    messages.success(request, gettext("Kept."))
    response = redirect("review_issue", issue.pk)
    response["Location"] += f"#{where}"
    return response


@act("issues.change")
def note_review_lesson(request: OfficeRequest, pk: int) -> HttpResponse:
    """Note what was learned."""
    issue, form = issue_or_404(request, pk), review_forms.LessonForm(request.POST, auto_id="lesson_%s")

    def do() -> object:
        return learning.note(request.user, issue, form.cleaned_data["kind"], form.cleaned_data["text"], request.now)

    return _do(request, issue, do, "lesson", form, "learned")


@act("issues.change")
def add_review_action(request: OfficeRequest, pk: int) -> HttpResponse:
    """Note what is to be done better."""
    issue = issue_or_404(request, pk)
    form = review_forms.ActionForm(request.POST, issue=issue, auto_id="action_%s")
    return _do(request, issue, lambda: review_actions.add(request.user, issue, form.draft(), request.now), "action", form)


@act("issues.change")
def finish_review_action(request: OfficeRequest, pk: int) -> HttpResponse:
    """It is done."""
    found = _action_or_404(request, pk)
    return _do(request, _shown(found), lambda: review_actions.finish(request.user, found, version_of(request), request.now))


@act("issues.change")
def withdraw_review_action(request: OfficeRequest, pk: int) -> HttpResponse:
    """It is not to be done after all."""
    found, seen = _action_or_404(request, pk), version_of(request)
    form = WhyForm(request.POST, auto_id=f"withdraw_{found.pk}_%s")

    def do() -> object:
        return review_actions.withdraw(request.user, found, form.cleaned_data["reason"], seen, request.now)

    return _do(request, _shown(found), do, f"withdraw_{found.pk}", form)


def _shown(action: ReviewAction) -> Issue:
    """The issue on whose page it stands."""
    return action.issue.merged_into or action.issue
