"""The pages of questions to agencies: asking, one question with what may be done, what is due; and the page behind a one-time link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from allauth.core.ratelimit import consume_or_429
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from kentongan.errors import KentonganError
from kentongan.office.desk import moves, question_forms, question_links, question_moves, question_queries, questions
from kentongan.office.desk.forms import Plain, WhyForm
from kentongan.office.desk.question_models import AgencyQuestion, AnswerLink
from kentongan.office.desk.services import circle_of
from kentongan.office.desk.views import ROOM, issue_or_404, version_of
from kentongan.office.people import scope
from kentongan.office.people.doors import act, attempt, room, say_at_field, shown_once
from kentongan.office.people.forms import offered
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.people.versions import ConflictError

FIRST_DUE = timedelta(hours=2)
"""What the form offers."""


def question_or_404(request: OfficeRequest, pk: int) -> AgencyQuestion:
    """One question, where the person may see it: what they may not see is answered as one that does not exist."""
    found = question_queries.get_question(request.user, pk)
    if found is None:
        raise Http404(gettext("There is no such question in your office."))
    return found


@room("issues.read")
@require_GET
def agency_questions(request: OfficeRequest) -> HttpResponse:
    """What waits for an answer: first what this person or their agency is asked."""
    mine, others = question_queries.get_open(request.user)
    late = sum(one.due < request.now for one in (*mine, *others))
    unclaimed = question_queries.get_unclaimed(request.user, request.now)
    return render(request, "desk/questions/list.html", {**ROOM, "mine": mine, "others": others, "late": late, "unclaimed": unclaimed})


@room("issues.change")
def ask_agency(request: OfficeRequest, pk: int) -> HttpResponse:
    """Ask an agency that leads or supports the issue."""
    issue = issue_or_404(request, pk)
    first = {"due": offered(request.now + FIRST_DUE), "context": "" if issue.need_to_know else issue.title}
    form = question_forms.AskForm(request.POST if request.method == "POST" else None, issue=issue, initial=first)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = questions.ask(request.user, issue, form.draft(), request.now)
            except KentonganError as error:
                say_at_field(form, error)
            else:
                messages.success(request, gettext("Asked."))
                return redirect("agency_question", made.pk)
    context = {"issue": issue, "form": form, "over": issue.state in moves.OVER}
    return render(request, "desk/questions/ask.html", {**ROOM, **context}, status=status)


@room("issues.read")
@require_GET
def agency_question(request: OfficeRequest, pk: int) -> HttpResponse:
    """One question: who is asked until when, how far the messages got, the answer."""
    return _page(request, question_or_404(request, pk))


def _page(request: OfficeRequest, found: AgencyQuestion, status: int = 200, **bound: Plain) -> HttpResponse:
    """The page of a question; `bound` holds forms that were filled in wrongly."""
    person = request.user
    sees = circle_of(found.issue).has(person.pk)
    waits = found.state in question_moves.OPEN
    acts = question_queries.acts(person, found)
    context = {
        "question": found, "sees": sees, "waits": waits, "changes": sees and person.may("issues.change"),
        "late": waits and found.due < request.now,
        "replies": question_queries.get_replies(found) if sees else [],
        "messages_sent": question_queries.get_messages(found) if sees else [],
        "mail": bool(settings.CONFIG["mail_url"]),
        "answer_form": _form("answer", question_forms.AnswerForm, bound) if "answer" in acts else None,
        "time_form": _form("time", question_forms.MoreTimeForm, bound) if "prolong" in acts else None,
        "withdraw_form": _form("withdraw", WhyForm, bound) if "withdraw" in acts else None,
        "notes": "note" in acts,
    }  # fmt: skip
    return render(request, "desk/questions/question.html", {**ROOM, **context}, status=status)


def _form(name: str, kind: type[Plain], bound: dict[str, Plain]) -> Plain:
    return bound.get(name) or kind(auto_id=f"{name}_%s")


def _by_form(request: OfficeRequest, found: AgencyQuestion, name: str, form: Plain, do: Callable[[], object], done: str) -> HttpResponse:
    """Do what a form of the page says; what is wrong stands at its field."""
    if not form.is_valid():
        return _page(request, found, 422, **{name: form})
    try:
        do()
    except ConflictError:
        messages.error(request, gettext("Somebody else has changed this since you opened it. Look at it as it stands, then decide again."))
        return _page(request, question_or_404(request, found.pk), 409, **{name: form})
    except KentonganError as error:
        say_at_field(form, error)
        return _page(request, question_or_404(request, found.pk), 422, **{name: form})
    messages.success(request, done)
    return redirect("agency_question", found.pk)


@act("issues.read")
def answer_question(request: OfficeRequest, pk: int) -> HttpResponse:
    """Answer in place."""
    found, form = question_or_404(request, pk), question_forms.AnswerForm(request.POST, auto_id="answer_%s")
    do = lambda: questions.answer(request.user, found, form.draft(), request.now)  # noqa: E731
    return _by_form(request, found, "answer", form, do, gettext("Thank you. Your answer has arrived."))


@act("issues.change")
def prolong_question(request: OfficeRequest, pk: int) -> HttpResponse:
    """Give more time."""
    found, seen = question_or_404(request, pk), version_of(request)
    form = question_forms.MoreTimeForm(request.POST, auto_id="time_%s")
    do = lambda: questions.prolong(request.user, found, form.cleaned_data["due"], seen, request.now)  # noqa: E731
    return _by_form(request, found, "time", form, do, gettext("Kept."))


@act("issues.change")
def withdraw_question(request: OfficeRequest, pk: int) -> HttpResponse:
    """Nobody needs the answer any more."""
    found, seen = question_or_404(request, pk), version_of(request)
    form = WhyForm(request.POST, auto_id="withdraw_%s")
    do = lambda: questions.withdraw(request.user, found, form.cleaned_data["reason"], seen, request.now)  # noqa: E731
    return _by_form(request, found, "withdraw", form, do, gettext("Kept."))


@act("issues.change")
def note_answer(request: OfficeRequest, pk: int) -> HttpResponse:
    """The answer becomes a fact."""
    found = question_or_404(request, pk)
    attempt(request, lambda: questions.note_as_fact(request.user, found, request.now), gettext("It stands on the fact board now."))
    return redirect("agency_question", pk)


@act("issues.change")
def hand_over_question(request: OfficeRequest, pk: int) -> HttpResponse:
    """A link to be handed over, shown once."""
    found = question_or_404(request, pk)
    try:
        made = questions.hand_over(request.user, found, request.now)
    except KentonganError as error:
        messages.error(request, str(error))
        return redirect("agency_question", pk)
    how = gettext("Send it to the agency by chat or read it out. It shows this question alone, without an account, and takes one answer.")
    back = reverse("agency_question", args=[pk])
    return shown_once(request, gettext("A link to this question"), question_links.address_of(made), how, back)


# Without an account


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_link(request: OfficeRequest, word: str) -> HttpResponse:
    """The question behind a one-time link. Looking at it, by people or machines, changes nothing; only sending the answer uses it up."""
    limited = consume_or_429(request, action="answer", limit_get=True)
    if limited is not None:
        return _private(limited)
    with scope.everything():
        link = question_links.find(word)
    if link is None:
        return _refused(request, "unknown")
    request.doors.enter_context(scope.scope(link.office_id))
    request.doors.enter_context(timezone.override(ZoneInfo(link.office.time_zone)))
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(link.office.language)
        request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
    code = question_moves.refusal(link.question.state, link.used is not None, link.expires, request.now)
    if code:
        return _refused(request, code)
    form, status = question_forms.AnswerForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                questions.answer_by_link(word, form.draft(), request.now)
            except KentonganError as error:
                if error.subject not in form.fields:
                    return _private(render(request, "desk/questions/link.html", {"why": str(error)}, status=410))
                say_at_field(form, error)
            else:
                return _private(render(request, "desk/questions/link.html", {"done": True, "question": link.question}))
    return _private(render(request, "desk/questions/link.html", _shown(link, form), status=status))


def _shown(link: AnswerLink, form: Plain) -> dict[str, object]:
    return {"question": link.question, "office": link.office, "form": form, "until": link.expires}


def _refused(request: OfficeRequest, code: question_moves.Refusal) -> HttpResponse:
    return _private(render(request, "desk/questions/link.html", {"why": question_links.refusal_words(code)}, status=410))


def _private(response: HttpResponse) -> HttpResponse:
    """Told to no other site, found by no search engine."""
    response["Referrer-Policy"], response["X-Robots-Tag"] = "no-referrer", "noindex, nofollow"
    return response
