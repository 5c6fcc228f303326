"""An office teaches the heads of kinds and tone by its labels: asked for, worked out by a job, used where clearly better, given back.

What is learned and how it is judged stands in `engine.teaching`. Here labels become its examples: the latest word of each person counts;
where people disagree the item is left out; a single word of the sample waits for the second. What is kept are numbers (`Teaching`); each
change is a line of the ledger in the same transaction. There is no operation of the API, and nothing leaves the office.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import numpy as np
from django.db import transaction
from django.utils.translation import gettext

from kentongan.engine import kinds, tone
from kentongan.engine.records import Language, SourceKind
from kentongan.engine.teaching import Change, Example, HeadName, Missing, Taught, digest_of, missing_among, missing_of, teach
from kentongan.engine.tone import Target
from kentongan.engine.vectors import FloatArray, unit
from kentongan.errors import InputError, RefusedError
from kentongan.office.listening import labels, taught, tones_reading
from kentongan.office.listening.labels_models import Label, Teaching
from kentongan.office.listening.meaning import Sent, vector_of
from kentongan.office.listening.models import Article
from kentongan.office.people.models import Office, User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record

MOST = 3_000
"""Items learned from at once, the newest: some ten seconds of one core."""
AGAIN = timedelta(minutes=10)
"""A wish that still waits after this was lost with its worker, and may be asked for again."""
SHOWN = 20
_READ = 200
AT_ODDS = "poor"
"""How far people agree where labels may not be learned from (`labels.Agreement.word`)."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A head with the question whose labels teach it, and the answers it can give."""

    head: HeadName
    what: Label.What
    classes: tuple[str, ...]


LESSONS: dict[str, Lesson] = {
    "kinds": Lesson("kinds", Label.What.KIND, kinds.KINDS),
    "tone": Lesson("tone", Label.What.TONE, tone.POLES),
}


# ---- what people say of an item ---------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Settled:
    """An item of which all who spoke say the same. `drawn`: by chance, and two said it without seeing each other."""

    article: int
    story: str
    said: str
    people: int
    drawn: bool
    toward: str = ""


@dataclass(slots=True)
class _Spoken:
    """What was said of one item: the latest word of each person, and the words given blind."""

    story: str
    words: dict[int, str] = field(default_factory=dict)
    blind: dict[int, str] = field(default_factory=dict)
    corrected: bool = False
    toward: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Heard:
    """The settled items a head can learn from, and how many it cannot: people disagree, or the answer is none of the head's."""

    settled: tuple[Settled, ...]
    split: int
    outside: int

    @property
    def drawn(self) -> int:
        """How many of them were drawn by chance."""
        return sum(one.drawn for one in self.settled)

    @property
    def missing(self) -> Missing:
        """What is missing before anything can be learned."""
        drawn = [one for one in self.settled if one.drawn]
        return missing_of(len(self.settled), len(drawn), len({one.said for one in drawn}), len({one.story for one in drawn}))


def get_heard(office: Office) -> dict[str, Heard]:
    """What the labels of an office say, by head. One query."""
    rows = Label.objects.filter(office=office, what__in=[lesson.what for lesson in LESSONS.values()]).exclude(article=None)
    rows = rows.order_by("at", "pk")
    spoken: dict[str, dict[int, _Spoken]] = defaultdict(dict)
    columns = ("what", "article_id", "article__membership__story_id", "by_id", "said", "sample_id", "toward")
    for what, article, story, by, said, sample, toward in rows.values_list(*columns):
        one = spoken[what].setdefault(cast(int, article), _Spoken(f"story:{story}" if story else f"item:{article}"))
        one.words[by] = said
        one.toward.add(toward)
        if sample is None:
            one.corrected = True
        else:
            one.blind[by] = said
    return {head: _heard(lesson, spoken[lesson.what]) for head, lesson in LESSONS.items()}


def _heard(lesson: Lesson, spoken: Mapping[int, _Spoken]) -> Heard:
    settled, split, outside = [], 0, 0
    for article, one in spoken.items():
        said, *others = set(one.words.values())
        two = len(one.blind) >= labels.RATERS
        if others or len(one.toward) > 1:
            split += 1
        elif said not in lesson.classes:
            outside += 1
        elif two or one.corrected:
            settled.append(Settled(article, one.story, said, len(one.words), two and set(one.blind.values()) == {said}, *one.toward))
    return Heard(tuple(settled), split, outside)


# ---- asking -----------------------------------------------------------------------------------------------------------------
@transaction.atomic
def ask(user: User, head: str, now: datetime, plan: Callable[[Teaching], object]) -> Teaching:
    """Let a head be taught by what is labelled; `plan` plans the job. Refused while that is worked out, and of labels few or at odds."""
    need(user, "labels.teach")
    lesson = LESSONS.get(head)
    if lesson is None:
        raise InputError(gettext("Choose one of what is offered."), subject="head")
    office = Office.objects.select_for_update().get(pk=user.office_id)
    waiting = Teaching.objects.filter(office=office, head=head, state=Teaching.State.WAITING).first()
    if waiting is not None and waiting.asked_at > now - AGAIN:
        raise RefusedError(gettext("This is being worked out already."), subject="head")
    heard = get_heard(office)[head]
    if heard.missing.anything:
        raise RefusedError(gettext("There are too few labels to learn from. What is missing stands on the page."), subject="head")
    if any(one.what == lesson.what and one.word == AT_ODDS for one in labels.get_agreement(office)):
        raise RefusedError(gettext("Two people agree too little here: agree on the question first."), subject="head")
    row = waiting or Teaching(office=office, head=head)
    row.asked_by, row.asked_at = user, now
    row.save()
    record(user, "head.asked", row, now, head=head, items=len(heard.settled))
    plan(row)
    return row


@transaction.atomic
def go_back(user: User, head: str, now: datetime) -> None:
    """Use the built-in judge again. What was learned stays readable in its row."""
    need(user, "labels.teach")
    row = Teaching.objects.select_for_update().filter(office_id=user.office_id, head=head, state=Teaching.State.ACTIVE).first()
    if row is None:
        raise RefusedError(gettext("The built-in judge is used already."), subject="head")
    row.state, row.ended_by, row.ended_at = Teaching.State.ENDED, user, now
    row.save(update_fields=["state", "ended_by", "ended_at"])
    record(user, "head.returned", row, now, head=head)


# ---- working it out ---------------------------------------------------------------------------------------------------------
def run(office: Office, pk: int, now: datetime, meaning: bool = False) -> None:
    """Learn, judge, keep the result. Does nothing where it was done before. `meaning`: whether stored vectors are those of the heads."""
    row = Teaching.objects.filter(office=office, pk=pk, state=Teaching.State.WAITING).first()
    if row is None:
        return
    lesson = LESSONS[row.head]
    settled = sorted(get_heard(office)[row.head].settled, key=lambda one: one.article)[-MOST:]
    targets = tones_reading.targets_of(office, now).by_mark if any(one.toward for one in settled) else {}
    examples = list(_examples(office, lesson, {one.article: one for one in settled}, targets, meaning))
    found = None if missing_among(examples).anything else teach(examples, len(lesson.classes))
    _keep(office, pk, examples, len(settled), found, now)


@transaction.atomic
def _keep(office: Office, pk: int, examples: Sequence[Example], settled: int, found: Taught | None, now: datetime) -> None:
    """Write the result and what follows from it; the latest judgement holds, so an older correction goes with one that is not better."""
    row = Teaching.objects.select_for_update().filter(office=office, pk=pk, state=Teaching.State.WAITING).first()
    if row is None:
        return
    row.at, row.digest = now, digest_of(LESSONS[row.head].head)
    row.items, row.drawn, row.left_out = len(examples), sum(one.drawn for one in examples), settled - len(examples)
    row.state = Teaching.State.FEW
    if found is not None:
        used = Teaching.objects.filter(office=office, head=row.head, state=Teaching.State.ACTIVE)
        used.update(state=Teaching.State.REPLACED, ended_at=now)
        row.state = Teaching.State.ACTIVE if found.better else Teaching.State.KEPT
        row.weights = {"shift": found.correction.shift, "mix": found.correction.mix}
        row.figures = {"verdict": found.verdict, "by_shares": round(found.by_shares, 4)}
        row.figures |= {name: _numbers(change) for name, change in (("loss", found.loss), ("f1", found.f1))}
    row.save()
    record(None, "head.taught", row, now, head=row.head, result=row.state, items=row.items, drawn=row.drawn)


def _numbers(change: Change) -> list[float]:
    return [round(one, 4) for one in (change.before, change.after, change.low, change.high)]


def _examples(
    office: Office, lesson: Lesson, settled: Mapping[int, Settled], targets: Mapping[str, Target], meaning: bool
) -> Iterator[Example]:
    """The items as the built-in judge sees them; what a rule around it decides, or is toward what lives no more, is left out."""
    rows = Article.objects.filter(office=office, pk__in=list(settled)).order_by("pk")
    rows = rows.only("title", "text", "summary", "language", "source_kind")
    if meaning:
        rows = rows.annotate(sent=Sent("embedding"))
    for row in rows.iterator(chunk_size=200):
        sent = getattr(row, "sent", None)
        one = settled[row.pk]
        if one.toward and one.toward not in targets:
            continue
        seen = _seen(lesson, row, unit(vector_of(sent)) if sent is not None else None, targets.get(one.toward))
        said = lesson.classes.index(one.said)
        if seen is not None and seen[1][said]:
            scores, possible = seen
            yield Example(f"{row.pk:012}", one.story, tuple(scores), said, tuple(possible), min(1.0, one.people / 2), one.drawn)


def _seen(lesson: Lesson, row: Article, vector: FloatArray | None, target: Target | None) -> tuple[list[float], list[bool]] | None:
    text = row.text or row.summary
    language, kind = cast(Language, row.language), cast(SourceKind, row.source_kind)
    if lesson.head == "kinds":
        scores, possible = kinds.read(row.title, text, vector, language, kind)
        return scores.tolist(), [one in possible for one in kinds.KINDS]
    said = taught.whole_of(row.title, text) if target is None else tones_reading.said_of(row.title, text)
    found = tone.scores_of(said, vector, language, kind, target)
    return None if found is None else (np.asarray(found).tolist(), [True] * len(tone.POLES))


# ---- reading ----------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Board:
    """How a head stands in an office: what is labelled, what is used, what is being worked out."""

    head: str
    heard: Heard
    at_odds: bool
    """Two people agree too little to learn from."""
    used: Teaching | None
    rests: bool
    """What was learned belongs to a built-in judge that was renewed since."""
    waiting: Teaching | None
    lost: bool
    """It has waited so long that it may be asked for again."""

    @property
    def ready(self) -> bool:
        """Whether it may be taught."""
        return not self.heard.missing.anything and not self.at_odds and (self.waiting is None or self.lost)


def get_boards(office: Office, agreement: Sequence[labels.Agreement], now: datetime) -> tuple[list[Board], list[Teaching]]:
    """Each head, and the latest wishes with what came of them. Two queries."""
    rows: list[Any] = list(Teaching.objects.filter(office=office).select_related("asked_by", "ended_by")[:_READ])
    heard, boards = get_heard(office), []
    for head, lesson in LESSONS.items():
        own = {row.state: row for row in reversed(rows) if row.head == head}
        used, waiting = own.get(Teaching.State.ACTIVE), own.get(Teaching.State.WAITING)
        at_odds = any(one.what == lesson.what and one.word == AT_ODDS for one in agreement)
        rests, lost = used is not None and not taught.fits(used), waiting is not None and waiting.asked_at <= now - AGAIN
        boards.append(Board(head, heard[head], at_odds, used, rests, waiting, lost))
    return boards, [row for row in rows if row.state != Teaching.State.WAITING][:SHOWN]
