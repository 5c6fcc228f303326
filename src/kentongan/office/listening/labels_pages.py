"""The pages on which people put right what the engine said, and label the weekly sample without seeing each other."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kentongan.engine.kinds import KINDS
from kentongan.office.listening import corrections, gazetteers, labels, presenting, services, teaching, teaching_pages, tones_reading
from kentongan.office.listening.labels_models import Label
from kentongan.office.listening.models import Article
from kentongan.office.listening.presenting import Words
from kentongan.office.listening.register import need
from kentongan.office.listening.views import attempt, deciding, office_of, room, signal_or_404
from kentongan.office.people.requests import OfficeRequest
from kentongan.office.sheets import harmless

KIND_WORDS: dict[str, Words] = {
    "question": pgettext_lazy("kind of item", "Question"),
    "complaint": pgettext_lazy("kind of item", "Complaint"),
    "suggestion": pgettext_lazy("kind of item", "Suggestion"),
    "praise": pgettext_lazy("kind of item", "Praise"),
    "report": pgettext_lazy("kind of item", "Report of an event"),
    "claim": pgettext_lazy("kind of item", "Claim of fact"),
    "rumour": pgettext_lazy("kind of item", "Rumour"),
    "announcement": pgettext_lazy("kind of item", "Announcement"),
}
TONE_WORDS: dict[str, Words] = {
    "positive": pgettext_lazy("tone", "Positive"),
    "neutral": pgettext_lazy("tone", "Neutral"),
    "negative": pgettext_lazy("tone", "Negative"),
    "mixed": pgettext_lazy("tone", "Mixed"),
    "unclear": pgettext_lazy("tone", "Unclear"),
}
MOST_PLACES = 2_000
PLACES_NAMED = 6
ANSWER_WORDS: dict[str, Words] = {"yes": _("Yes"), "no": _("No")}
BY_BUTTON = (Label.What.KIND, Label.What.TOPIC, Label.What.TONE)
"""What has few enough answers to give each a button; places have their own, those that the item names."""
QUESTIONS: dict[str, Words] = {
    "kind": _("What kind of item is it?"),
    "topic": _("Which service is it about?"),
    "tone": _("What tone does it take as a whole? A bad event is not a bad opinion."),
    "place": _("Which place is it about?"),
}
AGREEMENT_WORDS: dict[str, Words] = {
    "few": _("too few to tell"),
    "good": _("good enough to learn from"),
    "fair": _("for tentative use"),
    "poor": _("too low to learn from: agree on the question first"),
}


def words_of(what: str, code: str) -> Words:
    """A code as people call it."""
    if what == Label.What.KIND:
        return KIND_WORDS.get(code) or _("None of these")
    if what == Label.What.TOPIC:
        return presenting.topic(code) if code not in ("", corrections.NONE) else _("None of these")
    if what == Label.What.TONE:
        return TONE_WORDS.get(code, TONE_WORDS["unclear"])
    return ANSWER_WORDS.get(code, code)


def _choices(what: str, known: gazetteers.Known | None = None) -> list[tuple[str, Words]]:
    if what == Label.What.PLACE:
        places: list[tuple[str, Words]] = [*(known.living()[:MOST_PLACES] if known else ())]
        return [*places, (corrections.NONE, words_of(Label.What.TOPIC, corrections.NONE))]
    codes: dict[str, Any] = {"kind": (*KINDS, corrections.NONE), "tone": corrections.TONES}
    offered = codes[what] if what in codes else (*(code for code, _name in presenting.topics()), corrections.NONE)
    return [(code, words_of(what, code)) for code in offered]


def question_of(what: str, toward: str) -> Words:
    """What is asked; of a tone toward an agency or a watch with its name."""
    if what == Label.What.TONE and toward:
        return gettext("What tone does it take toward “%(name)s”? A bad event is not a bad opinion.") % {"name": toward[1:]}
    return QUESTIONS[what]


def _done(what: str, said: str) -> str:
    """What becomes of a correction: only answers that a head can give teach it."""
    if any(lesson.what == what and said in lesson.classes for lesson in teaching.LESSONS.values()):
        return gettext("Noted. The engine learns it when it is taught anew.")
    return gettext("Noted beside what the engine said. From such an answer the engine learns nothing yet.")


def item_or_404(request: OfficeRequest, pk: int) -> Article:
    """The item of the office."""
    found = corrections.get_article(office_of(request), pk)
    if found is None:
        raise Http404(gettext("There is no such item in your office."))
    return found


@room
@require_http_methods(["GET", "POST"])
def correct_item(request: OfficeRequest, pk: int) -> HttpResponse:
    """What the engine says of an item, and one click to say what is right."""
    need(request, "listening.decide")
    found = item_or_404(request, pk)
    if request.method == "POST":
        what, said = request.POST.get("what", ""), request.POST.get("said", "")
        attempt(request, lambda: corrections.correct(request.user, found, what, said, request.now), _done(what, said))
        return redirect("correct_item", pk)
    engine, given = corrections.said_by_engine(found, request.now), corrections.get_labels(found)
    asked = {what: question_of(what, engine.toward) for what in BY_BUTTON}
    rows = [(what, asked[what], words_of(what, engine.of(what)), _choices(what), given.get(what)) for what in BY_BUTTON]
    known, place = gazetteers.of(found.office_id), given.get("place")
    called = {code: name for name, code in known.codes.items()} if known else {}
    context = {
        "room": "stories",
        "item": found,
        "rows": rows,
        "places": known.living()[:MOST_PLACES] if known else [],
        "named": [(code, called[code]) for code in engine.places[:PLACES_NAMED]],
        "place": place,
        "chosen": place.said if place is not None else engine.place,
        "found": called.get(engine.place, ""),
        "question": QUESTIONS["place"],
    }
    return render(request, "listening/item.html", context)


@deciding
def signal_useful(request: OfficeRequest, pk: int) -> HttpResponse:
    """Say whether a signal was useful."""
    found = signal_or_404(request, pk)
    said = request.POST.get("said", "")
    attempt(request, lambda: corrections.say_useful(request.user, found, said, request.now), gettext("Noted."))
    return redirect("signal", pk)


@room
@require_GET
def label_page(request: OfficeRequest) -> HttpResponse:
    """The sample of this week: the next item for this person, how far it is, and how far people agree."""
    need(request, "listening.decide")
    office = office_of(request)
    standing, agreement = labels.get_standing(request.user, request.now), labels.get_agreement(office)
    known = gazetteers.of(office.pk)
    item = labels.get_next(request.user, request.now) if standing.drawn else None
    mark = tones_reading.toward(item.article, request.now) if item is not None else None
    context = {
        "room": "office",
        "standing": standing,
        "left": standing.drawn - standing.mine,
        "item": item,
        "asked": [(what, question_of(what, mark[0] if mark else ""), _choices(what, known)) for what in labels.asked_of(office)],
        "agreement": [(Label.What(one.what).label, one, AGREEMENT_WORDS[one.word]) for one in agreement],
        "recent": [(row, words_of(row.what, row.engine), words_of(row.what, row.said)) for row in labels.get_recent(office)],
        "counts": [(Label.What(what).label, n) for what, n in labels.get_counts(office)],
        "may_export": request.user.may("labels.export"),
        "most": labels.ITEMS,
        **teaching_pages.context_of(request, agreement),
    }
    return render(request, "listening/labels.html", context)


@room
@require_POST
def draw_sample(request: OfficeRequest) -> HttpResponse:
    """Draw this week's items."""
    need(request, "listening.decide")
    attempt(request, lambda: labels.draw(request.user, request.now), gettext("Drawn. Two people label each item."))
    return redirect("labels")


@room
@require_POST
def label_item(request: OfficeRequest, pk: int) -> HttpResponse:
    """One person's words on an item of the sample."""
    need(request, "listening.decide")
    if not labels.is_of(office_of(request), pk):
        raise Http404(gettext("There is no such item in your office."))
    said = {str(what): request.POST.get(what, "") for what in labels.ASKED}
    attempt(request, lambda: labels.label(request.user, pk, said, request.now), gettext("Noted. Here is the next one."))
    return redirect("labels")


@room
@require_GET
def export_labels(request: OfficeRequest) -> HttpResponse:
    """All labels of the office as a table, for its administrators."""
    need(request, "labels.export")
    out = io.StringIO()
    rows = list(labels.lines(request.user, request.now))
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in rows)
    services.note_export(request.user, "labels.csv", request.now, rows=len(rows) - 1)
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="labels.csv"'
    return response
