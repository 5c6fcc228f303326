"""The pages of claims and questions. Readers look; officers decide, with evidence; everything works by plain forms."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from kentongan.office.listening import claims, claims_queries, presenting
from kentongan.office.listening.claims_models import Claim
from kentongan.office.listening.register import need
from kentongan.office.listening.views import attempt, office_of, room
from kentongan.office.people.requests import OfficeRequest

STATE_WORDS: dict[str, Any] = {
    "open": pgettext_lazy("claims", "Open"),
    "due": pgettext_lazy("claims", "To look at again"),
    "checked": pgettext_lazy("claims", "Checked by others"),
    "decided": pgettext_lazy("claims", "Decided"),
}
IN_HOURS = (3, 6, 12, 24, 48)


class TruthForm(forms.Form):
    """Whether a claim is so, and what shows it."""

    truth = forms.ChoiceField(label=_("Is it so?"), choices=Claim.Truth.choices)
    evidence = forms.CharField(
        label=_("What shows it"),
        required=False,
        max_length=claims.LONGEST_EVIDENCE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Which document, measurement or visit, by whom, when. No names of private people."),
    )
    evidence_url = forms.CharField(label=_("Address of the evidence"), required=False, max_length=2000)


class WatchForm(forms.Form):
    """When to look again."""

    hours = forms.TypedChoiceField(label=_("Look again in"), coerce=int, choices=())
    note = forms.CharField(label=_("What we wait for"), required=False, max_length=claims.LONGEST_NOTE)

    def __init__(self, *args: Any, now: datetime, **given: Any) -> None:
        super().__init__(*args, label_suffix="", **given)
        self.fields["hours"].choices = [  # type: ignore[attr-defined]
            (hours, gettext("%(n)s hours (%(time)s)") % {"n": hours, "time": presenting.when(now + timedelta(hours=hours), now)})
            for hours in IN_HOURS
        ]


class StanceForm(forms.Form):
    """What a claim says of a policy."""

    stance = forms.ChoiceField(label=_("What it says of the policy"), choices=Claim.Stance.choices)


def claim_or_404(request: OfficeRequest, pk: int) -> Claim:
    """One claim of the person's office."""
    found = claims_queries.get_claim(office_of(request), pk)
    if found is None:
        raise Http404(gettext("There is no such claim in your office."))
    return found


@room
@require_GET
def claim_list(request: OfficeRequest) -> HttpResponse:
    """Claims by state, those carried by most outlets first."""
    office = office_of(request)
    state = request.GET.get("state", "open")
    state = state if state in STATE_WORDS else "open"
    context = {
        "room": "claims",
        "state": state,
        "states": STATE_WORDS.items(),
        "counts": claims_queries.get_counts(office, request.now),
        "due": claims_queries.get_due(office, request.now) if state == "open" else [],
        "listed": claims_queries.get_claims(office, state, request.now),
    }
    return render(request, "listening/claims.html", context)


@room
@require_GET
def claim(request: OfficeRequest, pk: int) -> HttpResponse:
    """One claim: how far it went and whether it grows, before anybody answers; who said it first; whether it is so, and what shows it."""
    found = claim_or_404(request, pk)
    may_decide = request.user.may("claims.decide")
    kept = {"truth": found.truth, "evidence": found.evidence, "evidence_url": found.evidence_url}
    context = {
        "room": "claims",
        "claim": found,
        "detail": claims_queries.get_detail(found, request.now),
        "public_words": gettext("public posts"),
        "is_due": found.review_at is not None and found.review_at <= request.now,
        "truth_form": TruthForm(initial=kept, label_suffix="") if may_decide else None,
        "watch_form": WatchForm(now=request.now) if request.user.may_decide else None,
        "stance_form": StanceForm(initial={"stance": found.stance}, label_suffix="") if request.user.may_decide else None,
    }
    return render(request, "listening/claim.html", context)


def _wrong(request: OfficeRequest, form: forms.Form) -> None:
    messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))


@room
@require_POST
def decide(request: OfficeRequest, pk: int) -> HttpResponse:
    """Say whether it is so."""
    need(request, "claims.decide")
    found, form = claim_or_404(request, pk), TruthForm(request.POST)
    if not form.is_valid():
        _wrong(request, form)
        return redirect("claim", pk)
    given = form.cleaned_data
    done = gettext("Kept, with your name and the evidence.")
    attempt(
        request, lambda: claims.decide(request.user, found, given["truth"], given["evidence"], given["evidence_url"], request.now), done
    )
    return redirect("claim", pk)


@room
@require_POST
def watch(request: OfficeRequest, pk: int) -> HttpResponse:
    """Watch it, do not answer yet."""
    need(request, "listening.decide")
    found, form = claim_or_404(request, pk), WatchForm(request.POST, now=request.now)
    if not form.is_valid():
        _wrong(request, form)
        return redirect("claim", pk)
    until = request.now + timedelta(hours=form.cleaned_data["hours"])
    done = gettext("Watched. It comes back on the briefing when the time has come.")
    attempt(request, lambda: claims.watch(request.user, found, until, form.cleaned_data["note"], request.now), done)
    return redirect("claim", pk)


@room
@require_POST
def end_watch(request: OfficeRequest, pk: int) -> HttpResponse:
    """Somebody has looked again."""
    need(request, "listening.decide")
    found = claim_or_404(request, pk)
    attempt(request, lambda: claims.end_watch(request.user, found, request.now), gettext("Looked at again."))
    return redirect("claim", pk)


@room
@require_POST
def stance(request: OfficeRequest, pk: int) -> HttpResponse:
    """What it says of a policy."""
    need(request, "listening.decide")
    found, form = claim_or_404(request, pk), StanceForm(request.POST)
    if not form.is_valid():
        _wrong(request, form)
        return redirect("claim", pk)
    attempt(request, lambda: claims.note_stance(request.user, found, form.cleaned_data["stance"], request.now), gettext("Noted."))
    return redirect("claim", pk)


@room
@require_GET
def questions(request: OfficeRequest) -> HttpResponse:
    """What people ask, by topic, and what no official page answers."""
    topics = claims_queries.get_questions(office_of(request), request.now)
    return render(request, "listening/questions.html", {"room": "claims", "topics": topics, "voids": sum(topic.voids for topic in topics)})
