"""The pages of publishing: publish what was approved, publish alone in an emergency, review that, and the publication itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from kentongan.errors import KentonganError
from kentongan.office.desk import (
    clock_queries,
    clock_services,
    clock_words,
    clocks,
    forms,
    given_out,
    given_out_forms,
    moves,
    statement_approval,
    statement_correcting,
    statement_embargo,
    statement_forms,
    statement_moves,
    statement_publishing,
    statement_queries,
)
from kentongan.office.desk.models import Publication, Statement
from kentongan.office.desk.statement_approval_views import ask_for_code, needs_code
from kentongan.office.desk.statement_views import answering, refused, statement_or_404, statement_page
from kentongan.office.desk.views import ROOM, version_of
from kentongan.office.people.doors import act, office_of, room, say_at_field, say_what_is_wrong
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.people.versions import ConflictError


@room("statements.publish")
def publish_statement(request: OfficeRequest, pk: int) -> HttpResponse:
    """The text as it goes out, and the button that publishes it by name; in an emergency with a reason."""
    found = statement_or_404(request, pk)
    if request.method != "POST":
        return _page(request, found)
    form = statement_forms.PublishForm(request.POST, alone=_alone(found))
    if not form.is_valid():
        return _page(request, found, 422, form)
    if _alone(found) and needs_code(request):
        return ask_for_code(request, reverse("publish_statement", args=[pk]))
    data = form.cleaned_data
    sight = statement_approval.Sight(data["number"], data["text_hash"])
    try:
        if _alone(found):
            statement_publishing.publish_in_emergency(request.user, found, data["reason"], sight, request.now)
        else:
            statement_publishing.publish(request.user, found, sight, request.now, data["not_before"])
    except statement_approval.StaleError as error:
        messages.error(request, str(error))
        return _page(request, statement_or_404(request, pk), 409)
    except KentonganError as error:
        say_at_field(form, error)
        return _page(request, found, 422, form)
    messages.success(request, gettext("Published."))
    return redirect("publication", pk)


def _alone(found: Statement) -> bool:
    """Whether publishing it now would be one person's alone."""
    return found.state != Statement.State.APPROVED


def _page(request: OfficeRequest, found: Statement, status: int = 200, form: statement_forms.PublishForm | None = None) -> HttpResponse:
    last = statement_queries.get_last(found)
    sentences = statement_queries.sentences_of(last)
    alone = _alone(found)
    legal = (found.state, "emergency" if alone else "publish") in statement_moves.LEGAL
    may = legal and (not alone or statement_moves.may_go_out_alone([one.section for one in sentences]))
    if form is None and last is not None:
        form = statement_forms.PublishForm(alone=alone, initial={"number": last.number, "text_hash": last.text_hash})
    context = {
        "statement": found,
        "issue": found.issue,
        "sentences": sentences,
        "alone": alone,
        "possible": may,
        "legal": legal,
        "form": form,
        "ears": given_out.get_ears(found, []),
        **answering(request, statement_queries.get_answered_by(found, request.now) if legal else None),
    }
    return render(request, "desk/statements/publish.html", {**ROOM, **context}, status=status)


@room("issues.read")
@require_GET
def publication(request: OfficeRequest, pk: int) -> HttpResponse:
    """What was published, to read, print or take as plain text."""
    return publication_page(request, statement_or_404(request, pk))


def publication_page(request: OfficeRequest, found: Statement, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a publication; `more` holds forms that were filled in wrongly, as `doubt` that of who says that it is wrong."""
    made = statement_queries.get_publication(found)
    if made is None:
        raise Http404(gettext("This is not published."))
    if request.GET.get("as") == "text":
        return HttpResponse(statement_publishing.plain_text(made), content_type="text/plain; charset=utf-8")
    lines = statement_queries.sentences_of(made.version)
    other = statement_queries.get_correction(found) if found.state == Statement.State.CORRECTED else found.corrects
    ending = statement_embargo.get_ending(made)
    stopped = ending is not None and ending.why != ""
    wrong = not stopped and (found.corrects_id is not None or found.state != Statement.State.PUBLISHED)
    context = {
        "statement": found, "issue": found.issue, "made": made, "lines": lines, "mark": statement_publishing.mark_of(made), "other": other,
        "standing": statement_queries.get_still_standing(request.user, found) if wrong else [],
        "outside": found.kind in statement_queries.FOR_EVERYBODY and not stopped,
        "held_back": made.not_before is not None and ending is None and found.state == Statement.State.PUBLISHED,
        "stopped": ending if stopped else None,
        "changed": statement_embargo.get_changed(made, ending) if ending is not None and stopped else [],
        "again": statement_queries.get_seen(request.user).filter(restarts=found).first() if stopped else None,
        "may_begin_again": stopped and request.user.may("statements.write"),
        **_given_out(request, made),
        **_doubting(request, found, more.pop("doubt", None), stopped=stopped),
    }  # fmt: skip
    return render(request, "desk/statements/publication.html", {**ROOM, **context, **more}, status=status)


def _given_out(request: OfficeRequest, made: Publication) -> dict[str, Any]:
    """Where it was given out, who has to hear that it corrects something or was withdrawn, and the forms to note both."""
    own = given_out.get_of(made.statement)
    ears = given_out.get_ears(made.statement, own)
    public = made.statement.kind in statement_queries.FOR_EVERYBODY
    may = public and request.user.may("issues.change") and made.was_readable(request.now)
    waits, withdrawn = may and any(one.told is None for one in ears), made.statement.state == Statement.State.WITHDRAWN
    return {
        "given": own,
        "ears": ears,
        "given_form": given_out_forms.GivenOutForm(done={one.channel for one in own}, auto_id="given_%s") if may else None,
        "ears_form": given_out_forms.EarsForm(ears=ears, withdrawn=withdrawn, auto_id="ears_%s") if waits else None,
    }


def _doubting(request: OfficeRequest, found: Statement, bound: forms.ClockForm | None, *, stopped: bool) -> dict[str, Any]:
    """That somebody says it is wrong: the clocks begun for it, and the form that begins one where a law of the country sets it."""
    laws = clocks.offered(office_of(request).country, "correction")
    if not laws or stopped:
        return {}
    whole = found.issue.whole
    shown = [one for one in clock_queries.get_shown(list({found.issue, whole}), request.now) if one.clock.of == found.pk]
    stands = found.state == Statement.State.PUBLISHED and request.user.may("issues.change") and not any(one.runs for one in shown)
    offers = stands and whole.state not in moves.ASLEEP
    return {
        "doubts": shown,
        "doubted": whole,
        "asleep": stands and not offers,
        "laws": clock_words.told(laws) if offers else [],
        "doubt_form": (bound or forms.ClockForm(laws=laws, auto_id="doubt_%s")) if offers else None,
    }


@act("issues.change")
def doubt_publication(request: OfficeRequest, pk: int) -> HttpResponse:
    """Somebody says that it is wrong: begin the clock that a law sets for the answer."""
    found = statement_or_404(request, pk)
    form = forms.ClockForm(request.POST, laws=clocks.offered(office_of(request).country, "correction"), auto_id="doubt_%s")
    if not form.is_valid():
        return publication_page(request, found, 422, doubt=form)
    try:
        clock_services.begin(request.user, found.issue.whole, form.event(found.pk), version_of(request), request.now)
    except ConflictError:
        messages.error(request, gettext("Somebody else has changed this since you opened it. Look at it as it stands, then decide again."))
        return publication_page(request, statement_or_404(request, pk), 409, doubt=form)
    except KentonganError as error:
        say_at_field(form, error)
        return publication_page(request, found, 422, doubt=form)
    messages.success(request, gettext("Kept."))
    return redirect("publication", pk)


@act("statements.write")
def begin_statement_again(request: OfficeRequest, pk: int) -> HttpResponse:
    """Begin anew what was stopped at the end of its embargo."""
    found = statement_or_404(request, pk)
    try:
        made = statement_embargo.begin_again(request.user, found, request.now)
    except KentonganError as error:
        messages.error(request, str(error))
        return redirect("publication" if statement_queries.is_published(found) else "statement", pk)
    return redirect("write_statement", made.pk)


@act("statements.write")
def correct_statement(request: OfficeRequest, pk: int) -> HttpResponse:
    """Begin what is to take the place of this."""
    found, form = statement_or_404(request, pk), statement_forms.CorrectForm(request.POST, auto_id="correct_%s")
    if not form.is_valid():
        return statement_page(request, found, 422, correct_form=form)
    try:
        made = statement_correcting.begin_correction(request.user, found, form.cleaned_data["wrong"], request.now)
    except KentonganError as error:
        return refused(request, found, error, "correct_form", form)
    return redirect("write_statement", made.pk)


@act("issues.read")
def review_publication(request: OfficeRequest, pk: int) -> HttpResponse:
    """Say of what one person published alone whether it is sound. Who may is the service's question."""
    found, form = statement_or_404(request, pk), statement_forms.ReviewForm(request.POST, auto_id="review_%s")
    if not form.is_valid():
        if request.user.may("statements.approve"):
            return statement_page(request, found, 422, review_form=form)
        say_what_is_wrong(request, form)
        return redirect("statement", pk)
    if needs_code(request):
        return ask_for_code(request, reverse("statement", args=[pk]))
    data = form.cleaned_data
    try:
        statement_publishing.review(request.user, found, data["outcome"], data["note"], request.now)
    except KentonganError as error:
        return refused(request, found, error, "review_form", form)
    messages.success(request, gettext("Reviewed."))
    return redirect("statement", pk)
