"""Watches: what is looked for again and again, under a purpose of the register. Never a private person (`engine.query_names`).

Words (`engine.watching`), places of the office, and headlines like which it shall be (`engine.watching_meaning`). What it finds stands in
`watches_looking`. Before it is saved it is tried on the last 30 days: what finds more than a fifth of everything is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict, Unpack

import numpy as np
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from kentongan.engine import watching
from kentongan.engine.language import detect
from kentongan.engine.names import NameTagger, load_tagger
from kentongan.engine.query_names import judge
from kentongan.engine.vectors import shipped_centres
from kentongan.engine.watching import Unclear
from kentongan.engine.watching_meaning import FEWEST, Likeness, likeness
from kentongan.engine.watching_meaning import MOST as MOST_EXAMPLES
from kentongan.errors import InputError, RefusedError
from kentongan.office import outside
from kentongan.office.ledger import services as ledger
from kentongan.office.listening import ordinary, purposes, searched, watches_looking
from kentongan.office.listening.models import Article, Purpose, Watch
from kentongan.office.listening.watches_looking import FORTNIGHT, RECENT, SHOWN, Preview, Topic, WatchHit
from kentongan.office.listening.watches_models import WatchVersion
from kentongan.office.listening.watches_wording import said
from kentongan.office.people import holders
from kentongan.office.people.models import Office, Place, User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record

KINDS = (Purpose.Kind.WATCH, Purpose.Kind.ALERT)
MOST = 50
"""Running watches of one office: a list that somebody can still read."""
MOST_PLACES = 20
LONGEST_EXAMPLE = 300


@dataclass(frozen=True, slots=True)
class Draft:
    """A watch as somebody wrote it. `places` are codes; `wide` asks for the wider ring about the examples."""

    name: str
    query: str = ""
    places: Sequence[str] = ()
    examples: Sequence[str] = ()
    wide: bool = False


class More(TypedDict, total=False):
    """What a watch may look for besides words; see `Draft`."""

    places: Sequence[str]
    examples: Sequence[str]
    wide: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft that may be watched, with what it looks for."""

    draft: Draft
    topic: Topic
    like: Likeness | None = field(default=None)


def check(user: User, office: Office, draft: Draft, now: datetime, tagger: NameTagger | None = None) -> Checked:
    """Read a draft. Raises where it cannot be read or names a private person; the refusal is kept without the words."""
    draft = Draft(
        " ".join(draft.name.split())[:200],
        draft.query.strip(),
        tuple(dict.fromkeys(draft.places)),
        tuple(dict.fromkeys(" ".join(one.split())[:LONGEST_EXAMPLE] for one in draft.examples if one.strip())),
        draft.wide,
    )
    try:
        query = watching.parse(draft.query, narrowing=bool(draft.places or draft.examples))
        side_by_side = watching.groups(query)
    except Unclear as error:
        raise InputError(said(error), subject="query") from error
    if not draft.name:
        raise InputError(gettext("Give the watch a name."), subject="name")
    if draft.examples and not FEWEST <= len(draft.examples) <= MOST_EXAMPLES:
        told = {"few": FEWEST, "many": MOST_EXAMPLES}
        raise InputError(gettext("Give %(few)s to %(many)s headlines, one a line, or none.") % told, subject="examples")
    if len(draft.places) > MOST_PLACES:
        raise InputError(gettext("Choose at most %(n)s places; one above them holds them all.") % {"n": MOST_PLACES}, subject="places")
    if Place.objects.filter(office=office, code__in=draft.places).count() != len(draft.places):
        raise InputError(gettext("Choose places of your office's list."), subject="places")
    known, wards, things = holders.known_names(office, now), holders.place_names(office), ordinary.heard_by(office, now)
    fields = [("query", draft.query), *(("query", one) for one in side_by_side), ("name", draft.name)]
    for name, words in [*fields, *(("examples", one) for one in draft.examples)]:
        verdict = judge(words, tagger or load_tagger(), known, wards, things)
        if not verdict.allowed:
            _refuse(user, name, verdict.finding, now)
    like = _like(draft.examples)
    (placed,) = watches_looking.placed_of(office, [draft.places])
    least = (like.wider if draft.wide else like.close) if like is not None else 0.0
    return Checked(
        draft, Topic(query, placed, like.centre if like is not None else None, least, watches_looking.spoken(draft.examples)), like
    )


def centred() -> bool:
    """Whether vectors have to be centred: e5's, not those of the embedder of the tests."""
    return outside.embedder().name.startswith("e5")


def _like(examples: Sequence[str]) -> Likeness | None:
    if not examples:
        return None
    vectors = outside.embedder().embed(list(examples))
    if centred():
        centres = shipped_centres()
        vectors = np.stack([centres.centred(vector, detect(text)) for vector, text in zip(vectors, examples, strict=True)])
    found = likeness(vectors)
    if not found.alike:
        raise InputError(gettext("These headlines have too little in common. Give headlines of one matter."), subject="examples")
    return found


def _refuse(user: User, field_name: str, finding: str, now: datetime) -> None:
    """Keep that something was refused, never what; then raise."""
    with transaction.atomic():
        detail = {"field": field_name, "finding": finding}
        ledger.write("watch.refused", office=user.office_id, actor=user.pk, role=user.role, at=now, subject="watch", detail=detail)
    raise RefusedError(purposes.no_person(), subject=field_name)


def preview(user: User, office: Office, draft: Draft, now: datetime) -> Preview:
    """What a draft would have found in the last 30 days, and how often it would have called. It is a search and is kept as one."""
    need(user, "watches.change", office)
    checked = check(user, office, draft, now)
    seen = watches_looking.preview(office, checked.topic, now, centred())
    asked = checked.draft
    typed = " · ".join((asked.query, *asked.examples)).removeprefix(" · ")
    chosen = {"places": list(asked.places), "examples": len(asked.examples), "wide": asked.wide}
    searched.note(user, typed, chosen, seen.matched, now, way="watch")
    return seen


def begin(
    user: User, purpose: Purpose, name: str, query: str, now: datetime, tagger: NameTagger | None = None, **more: Unpack[More]
) -> Watch:
    """Look for this from now on. What names a private person or finds almost everything is refused."""
    need(user, "watches.change", purpose)
    if purpose.kind not in KINDS:
        raise InputError(gettext("Choose a purpose for watches from your office's register."), subject="purpose")
    purposes.need_running(purpose, now)
    checked = check(user, purpose.office, Draft(name, query, **more), now, tagger)
    _not_everything(purpose.office, checked, now)
    return _begin(user, purpose, checked, now)


def _not_everything(office: Office, checked: Checked, now: datetime) -> None:
    seen = watches_looking.preview(office, checked.topic, now, centred(), latest=False)
    if seen.too_wide:
        raise RefusedError(too_wide(seen), subject="query")


def too_wide(seen: Preview) -> str:
    """What is wrong with a watch that finds almost everything, and what to do."""
    told = {"matched": seen.percent, "most": round(100 * watches_looking.SHARE)}
    return (
        gettext(
            "This matches almost everything: %(matched)s %% of all items of the last 30 days (at most %(most)s %%). Add a word, put "
            "words in quotation marks, exclude something, or choose a smaller place."
        )
        % told
    )


@transaction.atomic
def _begin(user: User, purpose: Purpose, checked: Checked, now: datetime) -> Watch:
    Purpose.objects.select_for_update().get(pk=purpose.pk)
    running = Watch.objects.filter(office_id=purpose.office_id, ended=None)
    _not_twice(running, checked)
    if running.count() >= MOST:
        raise RefusedError(gettext("%(n)s watches run already. End one that is no longer needed.") % {"n": MOST}, subject="query")
    watch = Watch(office_id=purpose.office_id, purpose=purpose, created_by=user, created=now, seen_until=now)
    _write(watch, checked)
    _keep(user, watch, now)
    record(user, "watch.made", watch, now, purpose=purpose.pk, **_counts(watch))
    return watch


def _not_twice(running: QuerySet[Watch], checked: Checked) -> None:
    draft = checked.draft
    if running.filter(query__iexact=draft.query, places=list(draft.places), examples=list(draft.examples), wide=draft.wide).exists():
        raise InputError(gettext("These words are watched already."), subject="query")


def _write(watch: Watch, checked: Checked) -> None:
    draft, like = checked.draft, checked.like
    watch.name, watch.query, watch.wide = draft.name, draft.query, draft.wide
    watch.places, watch.examples = list(draft.places), list(draft.examples)
    watch.meaning = like.centre.tolist() if like is not None else None
    watch.close, watch.wider = (like.close, like.wider) if like is not None else (0.0, 0.0)
    watch.save()


def _keep(user: User, watch: Watch, now: datetime) -> None:
    WatchVersion.objects.create(
        office_id=watch.office_id, watch=watch, version=watch.version, name=watch.name, query=watch.query, places=watch.places,
        examples=watch.examples, wide=watch.wide, by=user, at=now,
    )  # fmt: skip


def _counts(watch: Watch) -> dict[str, object]:
    return {"places": len(watch.places), "examples": len(watch.examples)}


def change(user: User, watch: Watch, version: int, draft: Draft, now: datetime, tagger: NameTagger | None = None) -> Watch:
    """Look for something else under the same purpose. What it was stays readable in its versions."""
    need(user, "watches.change", watch)
    if not runs(watch, now):
        raise RefusedError(gettext("The watch has been ended before."), subject="watch")
    checked = check(user, watch.purpose.office, draft, now, tagger)
    _not_everything(watch.purpose.office, checked, now)
    with transaction.atomic():
        row = Watch.objects.select_for_update().get(pk=watch.pk)
        if row.version != version:
            late = gettext("Somebody else changed this while you wrote. Look at it again and repeat your change.")
            raise RefusedError(late, subject="version")
        _not_twice(Watch.objects.filter(office_id=watch.office_id, ended=None).exclude(pk=watch.pk), checked)
        row.version += 1
        _write(row, checked)
        _keep(user, row, now)
        record(user, "watch.changed", row, now, version=row.version, **_counts(row))
    return row


@transaction.atomic
def end(user: User, watch: Watch, now: datetime) -> None:
    """Look for these words no longer."""
    need(user, "watches.change", watch)
    if not Watch.objects.filter(pk=watch.pk, ended=None).update(ended=now):
        raise RefusedError(gettext("The watch has been ended before."), subject="watch")
    record(user, "watch.ended", watch, now, purpose=watch.purpose_id)


@transaction.atomic
def look_through(user: User, watch: Watch, now: datetime) -> None:
    """What matched until now has been seen."""
    need(user, "watches.change", watch)
    Watch.objects.filter(pk=watch.pk).update(seen_until=now)
    record(user, "watch.seen", watch, now)


@dataclass(frozen=True, slots=True)
class Matched:
    """A watch with how many items matched in RECENT and how many of them since somebody looked."""

    watch: Watch
    recent: int
    new: int


def get_watches(office: Office, now: datetime) -> list[Matched]:
    """Watches that run, with what matched. Two queries, however many watches there are; five where some have places."""
    rows = list(get_running(office, now).select_related("purpose", "created_by")[:MOST])
    if not rows:
        return []
    counts: dict[str, Count] = {}
    for row, topic in zip(rows, _topics(office, rows), strict=True):
        matched = watches_looking.condition(topic, centred())
        counts[f"recent_{row.pk}"] = Count("pk", filter=matched)
        counts[f"new_{row.pk}"] = Count("pk", filter=matched & Q(seen__gt=row.seen_until or row.created))
    n = Article.objects.filter(office=office, published__gte=now - RECENT).aggregate(**counts)
    return [Matched(row, n[f"recent_{row.pk}"], n[f"new_{row.pk}"]) for row in rows]


def get_running(office: Office, now: datetime) -> QuerySet[Watch]:
    """The watches that run: not ended, and their purpose neither."""
    return Watch.objects.filter(office=office, ended=None, purpose__ended=None, purpose__ends__gte=purposes.today(office, now))


def _topics(office: Office, rows: Sequence[Watch]) -> list[Topic]:
    placed = watches_looking.placed_of(office, [row.places for row in rows])
    return [watches_looking.topic_of(row, place) for row, place in zip(rows, placed, strict=True)]


def get_topics(office: Office, now: datetime) -> list[tuple[str, Topic]]:
    """The names of the watches that run and what each looks for. One query; three where some have places."""
    rows = list(get_running(office, now)[:MOST])
    return [(row.name, topic) for row, topic in zip(rows, _topics(office, rows), strict=True)]


def get_ended(office: Office) -> QuerySet[Watch]:
    """The last watches that were ended."""
    return Watch.objects.filter(office=office).exclude(ended=None).select_related("purpose").order_by("-ended", "-pk")[:20]


def get_watch(office: Office, pk: int) -> Watch | None:
    """One watch of the office."""
    return Watch.objects.filter(office=office, pk=pk).select_related("purpose__owner", "purpose__office", "created_by").first()


def get_versions(watch: Watch) -> QuerySet[WatchVersion]:
    """What the watch was, the latest first."""
    return WatchVersion.objects.filter(watch=watch).select_related("by")[:20]


def place_names(office: Office, codes: Sequence[str]) -> list[str]:
    """The names of places by code."""
    return list(Place.objects.filter(office=office, code__in=codes).values_list("name", flat=True)) if codes else []


def runs(watch: Watch, now: datetime) -> bool:
    """Whether these words are still looked for: nobody ended the watch, and its purpose holds."""
    return watch.ended is None and purposes.holds(watch.purpose, purposes.today(watch.purpose.office, now))


def get_hits(office: Office, watch: Watch, now: datetime) -> list[WatchHit]:
    """What matched in the last fortnight, the latest first; nothing where the watch does not run."""
    if not runs(watch, now):
        return []
    (topic,) = _topics(office, [watch])
    return watches_looking.hits_of(topic, watches_looking.matching(office, topic, now - FORTNIGHT, 4 * SHOWN, centred()), SHOWN)
