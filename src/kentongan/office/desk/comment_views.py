"""Comments on an issue and who has it open: a plain form, and a line that a page may ask for again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from kentongan.errors import KentonganError
from kentongan.office.desk import comments, forms, presence
from kentongan.office.desk.views import issue_or_404, issue_page
from kentongan.office.people.doors import act, room, say_at_field
from kentongan.office.people.requests import OfficeRequest


@act("issues.change")
def comment_issue(request: OfficeRequest, pk: int) -> HttpResponse:
    """Say something to everybody who sees the issue."""
    found, form = issue_or_404(request, pk), forms.CommentForm(request.POST, auto_id="comment_%s")
    if not form.is_valid():
        return issue_page(request, found, 422, comment=form)
    try:
        comments.comment(request.user, found, form.cleaned_data["text"], request.now)
    except KentonganError as error:
        say_at_field(form, error)
        return issue_page(request, found, 422, comment=form)
    messages.success(request, gettext("Kept."))
    response = redirect("issue", pk)
    response["Location"] += "#comments"
    return response


@never_cache
@room("issues.read")
@require_GET
def who_is_here(request: OfficeRequest, pk: int) -> HttpResponse:
    """Who has it open besides the person who asks, who thereby has it open, too."""
    found = issue_or_404(request, pk)
    return render(request, "desk/_here_names.html", {"here": presence.look(request.user, found, request.now)})
