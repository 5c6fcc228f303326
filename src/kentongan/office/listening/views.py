"""The pages of the listening room. A view reads with `queries`, changes with `services`, and says what happened in one sentence.

Readers look; officers and administrators decide. Another office's rows do not exist here: they answer 404, not 403. Every
act is a plain form, so that all of it works without JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_POST

from kentongan.engine.records import GROUPS
from kentongan.errors import KentonganError
from kentongan.office.listening import (
    aspects,
    charts,
    claims_queries,
    corrections,
    forecasts_queries,
    levels,
    levels_pages,
    notices,
    papers,
    presenting,
    proposals,
    queries,
    services,
    signal_words,
    voices,
)
from kentongan.office.listening import briefing as briefings
from kentongan.office.listening.forms import MarkForm, MergeForm, ReasonForm, SendForm, SplitForm, StoryFilterForm
from kentongan.office.listening.levels_pages import LevelForm
from kentongan.office.listening.models import Article, Briefing, Signal, Story
from kentongan.office.people import doors
from kentongan.office.people.models import Office
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.people.views import back
from kentongan.office.typed import whole

P = ParamSpec("P")
View = Callable[Concatenate[OfficeRequest, P], HttpResponse]


def room(view: View[P]) -> View[P]:
    """Only for people who are signed in, belong to an office and may read what it hears."""
    return doors.room("listening.read")(view)


def deciding(view: View[P]) -> View[P]:
    """Only for those who decide about stories and signals, and only by a form."""

    @wraps(view)
    def inside(request: OfficeRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.may_decide:
            raise PermissionDenied(gettext("Your account may read here, not change things. Ask an administrator if it should."))
        return view(request, *args, **kwargs)

    return room(require_POST(inside))


def office_of(request: OfficeRequest) -> Office:
    """The office of the person who asks; `room` has made sure that there is one."""
    return cast(Office, request.user.office)


def story_or_404(request: OfficeRequest, pk: int) -> Story:
    story = queries.get_story(office_of(request), pk)
    if story is None:
        raise Http404(gettext("There is no such story in your office."))
    return story


def signal_or_404(request: OfficeRequest, pk: int) -> Signal:
    signal = queries.get_signal(office_of(request), pk)
    if signal is None:
        raise Http404(gettext("There is no such signal in your office."))
    return signal


def attempt(request: OfficeRequest, act: Callable[[], object], done: str) -> bool:
    """Do it and say so; a refusal is said in its own words."""
    try:
        act()
    except KentonganError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, done)
    return True


def attempt_with_reason(request: OfficeRequest, act: Callable[[str], object], done: str) -> None:
    """`attempt`, with the reason the form must give; without one, says what is missing."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        attempt(request, lambda: act(form.cleaned_data["reason"]), done)
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))


# Briefing


def briefing_context(content: dict[str, Any]) -> dict[str, Any]:
    """What the briefing's template needs besides the content."""
    notes = {note["n"]: note for note in content["sources"]}
    lines = []
    for line in content["lines"]:
        own = [notes[n] for n in line["sources"]]
        shown = {"notes": own, "head": notes.get(line.get("headline_note")), "quote": presenting.quote_of(line, notes)}
        why = [presenting.noted(presenting.sentence(reason), line.get("also", ())) for reason in presenting.unsaid(line)]
        why = [[(words, notes.get(n)) for words, n in said] for said in why]
        lines.append({**line, **shown, "why": why, "begins": presenting.begins(line)})
    title = papers.title_parts(content)
    return {"content": content, "lines": lines, "title": title, "title_note": notes.get(title.note)}


def _now_content(request: OfficeRequest, touch: bool = False) -> dict[str, Any]:
    since = briefings.last_visit(request.user, request.now, touch)
    return briefings.compose(office_of(request), since, request.now, get_language() or "en")


@room
@require_GET
def briefing(request: OfficeRequest) -> HttpResponse:
    """The first page: what changed since one's last visit, and what is missing."""
    context = briefing_context(_now_content(request, touch=True))
    signed = Briefing.objects.filter(office=office_of(request)).select_related("signed_by").first()
    return render(
        request,
        "listening/briefing.html",
        {
            **context,
            "room": "briefing",
            "signed": signed,
            "change": queries.get_change(office_of(request)),
            "warned": notices.get_strip(office_of(request), request.now),
            "due": claims_queries.get_due(office_of(request), request.now),
        },
    )


@doors.act("listening.sign")
def sign(request: OfficeRequest) -> HttpResponse:
    """Sign the briefing as it stands now: it is kept and never changed."""
    content = _now_content(request)
    if attempt(request, lambda: services.sign_briefing(request.user, content, request.now), gettext("Signed and kept.")):
        latest = Briefing.objects.filter(office=office_of(request)).first()
        if latest is not None:
            return redirect("signed_briefing", latest.pk)
    return redirect("briefing")


@room
@require_GET
def briefing_paper(request: OfficeRequest) -> HttpResponse:
    """The briefing of this moment as PDF."""
    content = _now_content(request)
    services.note_export(request.user, "briefing.pdf", request.now, at=content["at"], digest=services.briefing_digest(content))
    return _pdf(content)


@room
@require_GET
def signed_briefings(request: OfficeRequest) -> HttpResponse:
    """Every signed briefing, the latest first."""
    rows = Briefing.objects.filter(office=office_of(request)).select_related("signed_by").defer("content")[:100]
    return render(request, "listening/signed_briefings.html", {"room": "briefing", "briefings": rows})


def _signed_or_404(request: OfficeRequest, pk: int) -> Briefing:
    found = Briefing.objects.filter(office=office_of(request), pk=pk).select_related("signed_by").first()
    if found is None:
        raise Http404(gettext("There is no such briefing in your office."))
    return found


@room
@require_GET
def signed_briefing(request: OfficeRequest, pk: int) -> HttpResponse:
    """A signed briefing as it was."""
    signed = _signed_or_404(request, pk)
    return render(request, "listening/signed_briefing.html", {**briefing_context(signed.content), "room": "briefing", "signed": signed})


@room
@require_GET
def signed_briefing_paper(request: OfficeRequest, pk: int) -> HttpResponse:
    """A signed briefing as PDF."""
    signed = _signed_or_404(request, pk)
    services.note_export(request.user, "briefing.pdf", request.now, f"briefing:{pk}", digest=signed.digest)
    return _pdf(signed.content)


def _pdf(content: dict[str, Any]) -> HttpResponse:
    name = f"briefing-{content['at'][:16].replace(':', '').replace('T', '-')}.pdf"
    return HttpResponse(
        papers.briefing_pdf(content, presenting.speech()),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@room
def send(request: OfficeRequest) -> HttpResponse:
    """Send the briefing to oneself or to the office."""
    form = SendForm(request.POST or None, initial={"to": "self"})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["to"] == "office" and not request.user.may_decide:
            raise PermissionDenied(gettext("Only officers send the briefing to everyone."))
        content, to = _now_content(request), form.cleaned_data["to"]
        done = gettext("The briefing is on its way.")
        if attempt(request, lambda: services.send_briefing(request.user, content, to, presenting.speech(), request.now), done):
            return redirect("briefing")
    return render(request, "listening/send.html", {"room": "briefing", "form": form})


# Stories


@room
@require_GET
def stories(request: OfficeRequest) -> HttpResponse:
    """The list of stories, latest first, narrowed as asked."""
    office = office_of(request)
    form = StoryFilterForm(request.GET, outlets=queries.get_outlet_names(office))
    chosen = form.filter()
    cut = queries.get_stories(office, chosen, queries.cursor_from(request.GET.get("after", "")), request.now)
    context = {"room": "stories", "form": form, "chosen": chosen, "cut": cut, "more": _next_page(request, cut.after)}
    context |= {"change": queries.get_change(office), "warned": notices.get_strip(office, request.now)}
    return render(request, "listening/stories.html", context)


def _next_page(request: OfficeRequest, after: queries.Cursor | None) -> str:
    """The address of the next page with the same filters; empty at the end."""
    if after is None:
        return ""
    query = request.GET.copy()
    query["after"] = after.text()
    return f"?{query.urlencode()}"


@room
@require_GET
def story(request: OfficeRequest, pk: int) -> HttpResponse:
    """One story with its history and its items."""
    found = story_or_404(request, pk)
    if found.merged_into_id:
        return redirect("story", found.merged_into_id)
    return _story_page(request, found, LevelForm(story=found))


def _story_page(request: OfficeRequest, found: Story, level_form: LevelForm, status: int = 200) -> HttpResponse:
    detail = queries.get_detail(found, queries.cursor_from(request.GET.get("after", "")))
    signal = detail.signals[0] if detail.signals else None
    drawing = charts.against_usual(signal.series) if signal else None
    context = {
        "room": "stories",
        "story": found,
        "detail": detail,
        "signal": signal,
        "drawing": drawing or charts.counts_only(found.counts, request.now),
        "ahead": forecasts_queries.get_ahead(found, detail.signals, request.now),
        "timeline": timeline(detail),
        "factors": [(word, help_, found.severity.get(name)) for name, word, help_ in presenting.FACTORS],
        "step": presenting.LEVEL_STEPS.get(found.level, ""),
        "hand": said_by_hand(found),
        "level_form": level_form if request.user.may_decide else None,
        "voices": voices.get_count(found),
        "spoken": aspects.of_story(found),
        "more": _next_page(request, detail.after),
        "claims": claims_queries.get_story_claims(found),
        "proposed": proposals.in_story(found) if request.user.may("sources.change") else [],
    }
    return render(request, "listening/story.html", context, status=status)


def said_by_hand(found: Story | None) -> dict[str, Any] | None:
    """What a person said of the story's level, beside what the engine says; None where nobody said anything."""
    hand = levels.of(found) if found is not None else None
    if found is None or hand is None:
        return None
    words = presenting.LEVEL_WORDS
    return {"said": hand, "word": words[hand.level], "engine": words[levels.engine_of(found)], "outrun": levels.is_outrun(found)}


@deciding
def set_level(request: OfficeRequest, pk: int) -> HttpResponse:
    """Set the story's level by hand, or take that back. What is wrong is said beside its field; nothing that was typed is lost."""
    found = story_or_404(request, pk)
    done, form, status = levels_pages.act(request, found)
    if done is not None:
        return done
    fresh = story_or_404(request, pk)
    if fresh.merged_into_id:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("story", fresh.merged_into_id)
    form.data = {"level": fresh.level, **form.data.dict(), **levels_pages.shown(fresh)}
    return _story_page(request, fresh, form, status)


def timeline(detail: queries.Detail) -> list[dict[str, Any]]:
    """First report, turning points (5, 10, 25, 50 outlets; the busiest hour), official acts and signals, in order of time."""
    events: list[dict[str, Any]] = []
    for n, step in enumerate(detail.path, start=1):
        if n == 1:
            events.append({"at": step.first, "kind": "first", "text": gettext("First told by %(outlet)s") % {"outlet": step.outlet}})
        elif n in (5, 10, 25, 50):
            words = gettext("%(n)s outlets tell it; the latest is %(outlet)s") % {"n": presenting.number(n), "outlet": step.outlet}
            events.append({"at": step.first, "kind": "turn", "text": words})
    for article in detail.official:
        events.append({"at": article.published, "kind": "official", "text": f"{article.outlet}: {article.title}", "url": article.url})
    for signal in detail.signals:
        events.append({"at": signal.raised, "kind": "signal", "text": gettext("A signal was raised"), "signal": signal.pk})
    return sorted(events, key=lambda event: event["at"])


@deciding
def mark(request: OfficeRequest, pk: int) -> HttpResponse:
    """Seen, watch, not ours; or the decision taken back."""
    found = story_or_404(request, pk)
    form = MarkForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("That is not a decision one can take about a story."))
        return back(request)
    chosen = form.cleaned_data["mark"]
    words = {
        "seen": gettext("Seen. It comes back when something new is said."),
        "watch": gettext("Watched. It stays on the briefing."),
        "not_ours": gettext("Not ours. It leaves the briefing."),
        "": gettext("Taken back."),
    }
    if attempt(request, lambda: services.mark_story(request.user, found, chosen, request.now), words[chosen]) and chosen:
        messages.info(request, str(found.pk), extra_tags="undo-mark")
    return back(request)


@deciding
def merge(request: OfficeRequest, pk: int) -> HttpResponse:
    """Fold another story into this one."""
    found, form = story_or_404(request, pk), MergeForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Choose the story that belongs to this one."))
        return redirect("story", pk)
    other = story_or_404(request, form.cleaned_data["other"])
    done = gettext("Asked for: the two become one story in a moment.")
    attempt(request, lambda: services.merge_stories(request.user, found, other, request.now), done)
    return redirect("story", pk)


@deciding
def split(request: OfficeRequest, pk: int) -> HttpResponse:
    """Take the ticked items out into a story of their own."""
    found = story_or_404(request, pk)
    form = SplitForm(request.POST, story=found)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("story", pk)
    articles: list[Article] = list(form.cleaned_data["articles"])
    done = gettext("Asked for: the ticked items become a story of their own in a moment.")
    attempt(request, lambda: services.split_story(request.user, found, articles, request.now), done)
    return redirect("story", pk)


# Signals


@room
@require_GET
def signals(request: OfficeRequest) -> HttpResponse:
    """Signals by state, the most serious first."""
    office = office_of(request)
    state = request.GET.get("state", "new")
    state = state if state in Signal.State.values else "new"
    page = _page_number(request)
    found = queries.get_signals(office, state, page)
    context = {
        "room": "signals",
        "state": state,
        "counts": queries.get_signal_counts(office),
        "signals": [(row, [(point["hour"], point["count"]) for point in row.series]) for row in found.rows],
        "states": Signal.State.choices,
        "held": queries.get_held_back(office, request.now) if state == Signal.State.NEW and page == 1 else None,
        "more": f"?state={state}&page={page + 1}" if found.more else "",
        "change": queries.get_change(office),
    }
    return render(request, "listening/signals.html", context)


LAST_PAGE = 1000


def _page_number(request: OfficeRequest) -> int:
    """Which page is asked for: from 1, and 1 where it is no number."""
    asked = whole(request.GET.get("page", ""), 8)
    return 1 if asked is None else max(1, min(asked, LAST_PAGE))


@room
@require_GET
def signal(request: OfficeRequest, pk: int) -> HttpResponse:
    """One signal: why, since when, by whom, and what would change the mind."""
    found = signal_or_404(request, pk)
    carrying = queries.get_signal_stories(found)
    context = {
        "room": "signals",
        "signal": found,
        "hand": said_by_hand(found.story) if found.kind not in GROUPS else None,
        "stories": carrying,
        "said": signal_words.why(found.reasons, found.since, found.outlets, request.now),
        "why": [reason for reason in found.reasons if not presenting.is_mind(reason)],
        "minds": [reason for reason in found.reasons if presenting.is_mind(reason)],
        "drawing": charts.against_usual(found.series),
        "items": queries.get_signal_items(found, [story.pk for story in carrying]),
        "step": presenting.LEVEL_STEPS.get(found.level, ""),
        "form": ReasonForm(),
        "useful": corrections.get_useful(request.user, found),
    }
    return render(request, "listening/signal.html", context)


@deciding
def acknowledge(request: OfficeRequest, pk: int) -> HttpResponse:
    """Take a signal over."""
    found = signal_or_404(request, pk)
    attempt(request, lambda: services.acknowledge_signal(request.user, found, request.now), gettext("Taken over by you."))
    return redirect("signal", pk)


@deciding
def dismiss(request: OfficeRequest, pk: int) -> HttpResponse:
    """Say that a signal is of no use, and why."""
    found = signal_or_404(request, pk)
    done = gettext("Dismissed, with your reason.")
    attempt_with_reason(request, lambda reason: services.dismiss_signal(request.user, found, reason, request.now), done)
    return redirect("signal", pk)


# What is new


@room
@require_GET
def news(request: OfficeRequest) -> HttpResponse:
    """204 where nothing changed after `after`; else a bar that says how much, to be loaded on a click."""
    try:
        after = int(request.GET.get("after", ""))
    except ValueError:
        return HttpResponse(status=204)
    what = "signals" if request.GET.get("what") == "signals" else "stories"
    found = queries.get_news(office_of(request), after, what)
    if not found.count:
        return HttpResponse(status=204)
    address = reverse({"signals": "signals", "stories": "stories"}[what]) if request.GET.get("page") != "briefing" else reverse("briefing")
    return render(request, "listening/_news.html", {"count": found.count, "address": address, "what": what})
