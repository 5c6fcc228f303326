"""The pages of readers by e-mail: asking for letters, confirming, leaving; and for the office how many there are. No JavaScript."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from kentongan.errors import KentonganError
from kentongan.office.listening import presenting
from kentongan.office.newsroom import counting, limits, subscribing, tasks
from kentongan.office.newsroom.forms import SubscribeForm
from kentongan.office.people import public
from kentongan.office.people.doors import office_of, room, say_at_field
from kentongan.office.people.requests import OfficeRequest

TOO_MANY = 429


def _own(request: OfficeRequest, page: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """An answer that is one reader's alone: nobody keeps it, no search engine lists it."""
    answer = render(request, f"newsroom/{page}.html", context, status=status)
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@require_http_methods(["GET", "POST"])
def subscribe(request: OfficeRequest, slug: str) -> HttpResponse:
    """The form. The answer is the same whether the address is known or not."""
    office = public.enter(request, slug)
    form = SubscribeForm(request.POST or None, office=office)
    if request.method != "POST" or not form.is_valid():
        return _own(request, "subscribe", {"office": office, "form": form}, 422 if request.method == "POST" else 200)
    data = form.cleaned_data
    if data["website"]:
        return _own(request, "asked", {"office": office})
    if not limits.spend(request, request.now):
        form.add_error(None, gettext("Too many tries. Wait an hour, then try again."))
        return _own(request, "subscribe", {"office": office, "form": form}, TOO_MANY)
    wish = subscribing.Wish(data["email"], data["language"], presenting.speech(), tuple(data["topics"]), form.chosen_place)
    try:
        subscribing.ask(office, wish, request.now)
    except KentonganError as error:
        say_at_field(form, error)
        return _own(request, "subscribe", {"office": office, "form": form}, 422)
    tasks.plan(office.pk)
    return _own(request, "asked", {"office": office})


@require_http_methods(["GET", "POST"])
def confirm(request: OfficeRequest, slug: str, word: str) -> HttpResponse:
    """What would be confirmed, and the button: mail programs that open links confirm nothing."""
    office = public.enter(request, slug)
    if request.method == "POST" and subscribing.confirm(office, word, request.now):
        return _own(request, "confirmed", {"office": office})
    asked = subscribing.get_asked(office, word, request.now)
    if asked is None:
        return _own(request, "confirm", {"office": office, "asked": None}, 410)
    context = {
        "office": office, "asked": asked, "topics": [presenting.topic(one) for one in asked.topics],
        "language": presenting.language_words([asked.language]) if asked.language else "",
    }  # fmt: skip
    return _own(request, "confirm", context)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def leave(request: OfficeRequest, slug: str, word: str) -> HttpResponse:
    """The button, and leaving. Mailboxes post here by themselves when their owner says so (RFC 8058), so no form's word is asked for: that
    of the address is secret enough, and leaving twice is leaving."""
    office = public.enter(request, slug)
    if request.method == "POST":
        subscribing.leave(office, word)
    return _own(request, "leave", {"office": office, "left": request.method == "POST"})


@room("issues.read")
@require_GET
def readers(request: OfficeRequest) -> HttpResponse:
    """How many read by e-mail and what is on its way: counts of ten or more, never who."""
    office = office_of(request)
    context = {"room": "office", "office": office, "counts": counting.get_counts(office), "mailings": counting.get_mailings(office)}
    return render(request, "newsroom/readers.html", context)
