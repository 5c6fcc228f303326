"""Teaching the heads on the page of labels: what is used, what is missing, what came of it, in words. Two acts, an administrator's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from kentongan.engine import teaching as learning
from kentongan.engine.teaching import Missing
from kentongan.office.listening import labels, presenting, tasks, teaching
from kentongan.office.listening.labels_models import Teaching
from kentongan.office.listening.presenting import Words
from kentongan.office.listening.register import need
from kentongan.office.listening.teaching import Board, Heard
from kentongan.office.listening.views import attempt, office_of, room
from kentongan.office.people.requests import OfficeRequest

OUTCOMES: dict[str, Words] = {
    "active": _("Clearly better: used now"),
    "replaced": _("Was used until it was judged anew"),
    "ended": _("Was used until somebody went back to the built-in judge"),
    "few": _("Too few labels the judge could learn from"),
    "unclear": _("Not clearly better: the built-in judge is kept"),
    "fewer_right": _("Fewer right answers: the built-in judge is kept"),
    "no_text": _("No better than knowing only how often each answer is given: the built-in judge is kept"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One wish and what came of it, in words; figures empty where there are none."""

    row: Teaching
    outcome: Words
    f1: str
    loss: str


def context_of(request: OfficeRequest, agreement: list[labels.Agreement]) -> dict[str, Any]:
    """What the page of labels shows of it. Two queries."""
    boards, past = teaching.get_boards(office_of(request), agreement, request.now)
    return {
        "boards": [(Teaching.Head(one.head).label, one, stands(one), counted(one.heard), missing(one.heard)) for one in boards],
        "past": [row_of(one) for one in past],
        "may_teach": request.user.may("labels.teach"),
    }


def row_of(row: Teaching) -> Row:
    """A row in words."""
    outcome = OUTCOMES[row.figures["verdict"] if row.state == Teaching.State.KEPT else row.state]
    return Row(row, outcome, *(change(row.figures[name]) if name in row.figures else "" for name in ("f1", "loss")))


def stands(board: Board) -> str:
    """Which head is used."""
    if board.used is None:
        return gettext("The built-in judge is used.")
    if board.rests:
        return gettext(
            "The built-in judge was renewed, so what was learned beside the old one rests: the built-in judge is used. Teach it anew."
        )
    n = board.used.items
    said = ngettext(
        "The built-in judge is used with what %(n)s label taught it.", "The built-in judge is used with what %(n)s labels taught it.", n
    )
    return said % {"n": presenting.number(n)}


def counted(heard: Heard) -> str:
    """How many labels there are."""
    told = {"n": presenting.number(len(heard.settled)), "drawn": presenting.number(heard.drawn)}
    said = [gettext("Items with a settled answer: %(n)s, of these drawn by chance and labelled alike by two: %(drawn)s.") % told]
    if heard.split or heard.outside:
        told = {"split": presenting.number(heard.split), "outside": presenting.number(heard.outside)}
        said.append(gettext("Left out: %(split)s where people disagree, %(outside)s with an answer the judge cannot give.") % told)
    return " ".join(said)


def missing(heard: Heard) -> list[str]:
    """What is missing before it can be taught, one sentence each."""
    lacks: Missing = heard.missing
    items = ngettext(
        "%(n)s more item with a settled answer (of %(least)s).", "%(n)s more items with a settled answer (of %(least)s).", lacks.items
    )
    drawn = ngettext(
        "%(n)s more item of the weekly sample on which two agree (of %(least)s).",
        "%(n)s more items of the weekly sample on which two agree (of %(least)s).",
        lacks.drawn,
    )
    classes = ngettext(
        "%(n)s more answer (of %(least)s): where all are alike nothing can be told apart.",
        "%(n)s more answers (of %(least)s): where all are alike nothing can be told apart.",
        lacks.classes,
    )
    stories = ngettext("%(n)s more story in the sample (of %(least)s).", "%(n)s more stories in the sample (of %(least)s).", lacks.stories)
    told = (
        (lacks.items, items, learning.LEAST_ITEMS),
        (lacks.drawn, drawn, learning.LEAST_DRAWN),
        (lacks.classes, classes, learning.LEAST_CLASSES),
        (lacks.stories, stories, learning.FOLDS),
    )
    return [sentence % {"n": presenting.number(n), "least": presenting.number(least)} for n, sentence, least in told if n]


def change(numbers: list[float]) -> str:
    """A figure before and after, with the interval of the difference."""
    before, after, low, high = numbers
    told = {"before": presenting.number(before, 2), "after": presenting.number(after, 2), "low": _signed(low), "high": _signed(high)}
    return gettext("%(before)s → %(after)s (difference likely between %(low)s and %(high)s)") % told


def _signed(value: float) -> str:
    said = presenting.number(abs(value), 2)
    return said if said == "0" else f"{'+' if value > 0 else '−'}{said}"


@room
@require_POST
def teach_head(request: OfficeRequest) -> HttpResponse:
    """Let a head be taught by the office's labels."""
    need(request, "labels.teach")
    done = gettext("Asked. The result stands here in a minute or two.")
    attempt(request, lambda: teaching.ask(request.user, request.POST.get("head", ""), request.now, tasks.plan_teaching), done)
    return redirect("labels")


@room
@require_POST
def shipped_head(request: OfficeRequest) -> HttpResponse:
    """Go back to the built-in judge."""
    need(request, "labels.teach")
    done = gettext("The built-in judge is used again.")
    attempt(request, lambda: teaching.go_back(request.user, request.POST.get("head", ""), request.now), done)
    return redirect("labels")
