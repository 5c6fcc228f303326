"""Officers put right what the engine said of an item or a signal. Each word is a label; by itself it teaches nothing
(`teaching`), and it never leaves the office.

The engine's own word stays beside the person's, so that both can be counted. Merging and splitting stories is done by the engine's journal
(`services`); that two items are the same story, or not, is kept here as a label too. The public corrections of the office are another thing
(`administration`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import numpy as np
from django.db import transaction
from django.utils.translation import gettext

import kentongan
from kentongan.engine import tone
from kentongan.engine.kinds import KINDS, kind_of
from kentongan.engine.places import where_of
from kentongan.engine.records import Language, SourceKind
from kentongan.engine.topics import main_topic
from kentongan.engine.vectors import FloatArray, unit
from kentongan.errors import InputError
from kentongan.office.listening import gazetteers, taught, tones_reading, topics_used
from kentongan.office.listening.labels_models import Label, SampleItem
from kentongan.office.listening.models import Article, Signal
from kentongan.office.people.models import Office, Place, User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record

NONE = "none"
TONES = ("positive", "neutral", "negative", "mixed", "unclear")
OF_ITEMS = (Label.What.KIND, Label.What.TOPIC, Label.What.TONE, Label.What.PLACE)


@dataclass(frozen=True, slots=True)
class Said:
    """What the engine says of an item, as codes; empty where it says nothing."""

    kind: str
    topic: str
    tone: str
    place: str = ""
    """The code of the place it names first, or of one within that: of several the one the item most likely is about."""
    places: tuple[str, ...] = ()
    """The codes of all the places it names, that one first."""
    toward: str = ""
    """The mark of the agency or watch toward which the tone is, "" where it is of the item as a whole."""
    version: str = kentongan.__version__
    """Of the engine, with the rows of what the office's labels taught it."""

    def of(self, what: str) -> str:
        """Its word on one thing."""
        return str(getattr(self, what))


def said_by_engine(article: Article, now: datetime) -> Said:
    """The engine's word on an item, computed anew from what is stored, with what the office taught it. Five queries, a few more for an
    item that bears the mark of an agency or a watch: its tone is then toward the first of them, as it is counted."""
    used = taught.get_in_force(article.office_id)
    text = article.text or article.summary
    vector = np.asarray(article.embedding, dtype=np.float32) if article.embedding is not None else None
    language, source_kind = cast(Language, article.language), cast(SourceKind, article.source_kind)
    kinds = used["kinds"].correction if "kinds" in used else None
    kind = kind_of(article.title, text, vector, language, source_kind, kinds)
    mark, spoken = _tone(article, vector, taught.tone_head(used), now)
    topic = main_topic(article.title, text, topics_used.used_by(article.office_id))
    version = "".join([kentongan.__version__, *(f"+{head}{used[head].pk}" for head in sorted(used))])
    places = places_in(article)
    return Said(kind.kind, topic, spoken, places[0] if places else "", places, mark, version)


def _tone(article: Article, vector: FloatArray | None, head: tone.Head, now: datetime) -> tuple[str, str]:
    """The mark the tone is toward ("" for the item as a whole), and the tone."""
    found = tones_reading.toward(article, now)
    if found is not None:
        return found[0], tones_reading.tone_toward(article, found[1], unit(vector) if vector is not None else None, head)
    language, source_kind = cast(Language, article.language), cast(SourceKind, article.source_kind)
    whole = taught.whole_of(article.title, article.text or article.summary)
    return "", tone.tone_of(whole, vector, language, source_kind=source_kind, head=head).tone


def places_in(article: Article) -> tuple[str, ...]:
    """The codes of the places an item names: first the first, or the first within that ("Banjarbaru: … in Kec. Cempaka"), then the others.

    Found as the series of places find them. Two queries.
    """
    known = gazetteers.of(article.office_id)
    if known is None:
        return ()
    where = where_of(article.title, article.text or article.summary)
    found = known.gazetteer.places_in(where, public=article.source_kind == "public")
    within = [one for one in found if found[0] in known.gazetteer.path(one)[1:]]
    return tuple(known.codes[one] for one in dict.fromkeys((*within[:1], *found)))


def allowed(office: Office, what: str) -> Sequence[str]:
    """The codes that may be said. One query for places or topics, none for the rest."""
    if what == Label.What.KIND:
        return (*KINDS, NONE)
    if what == Label.What.TOPIC:
        return (*topics_used.used_by(office.pk).topics("services"), NONE)
    if what == Label.What.TONE:
        return TONES
    if what == Label.What.PLACE:
        return (*Place.objects.filter(office=office, until=None).values_list("code", flat=True), NONE)
    return ("yes", "no")


@transaction.atomic
def correct(user: User, article: Article, what: str, said: str, now: datetime, sample: SampleItem | None = None) -> Label:
    """Say of an item what is right. The same person's later word takes the place of the earlier."""
    need(user, "listening.decide", article)
    if what not in OF_ITEMS or said not in allowed(article.office, what):
        raise InputError(gettext("Choose one of what is offered."), subject=what)
    word = said_by_engine(article, now)
    engine = word.of(what)
    found = {"what": what, "article": article, "by": user, "sample": sample}
    given = {"office_id": article.office_id, "engine": engine, "said": said, "version": word.version, "at": now}
    toward = word.toward if what == Label.What.TONE else ""
    label, _ = Label.objects.update_or_create(**found, defaults={**given, "toward": toward})
    detail = {"what": what, "engine": engine, "sample": sample is not None}
    record(user, "label.given", label, now, **detail if sample is not None else {**detail, "said": said})
    return label


@transaction.atomic
def say_useful(user: User, signal: Signal, said: str, now: datetime) -> Label:
    """Whether a signal was useful: "yes" or "no". Does not decide what becomes of it (`services.dismiss_signal`)."""
    need(user, "listening.decide", signal)
    if said not in allowed(signal.office, Label.What.USEFUL):
        raise InputError(gettext("Choose one of what is offered."), subject="useful")
    found = {"what": Label.What.USEFUL, "signal": signal, "by": user}
    given = {"office_id": signal.office_id, "engine": signal.level, "said": said, "version": kentongan.__version__, "at": now}
    label, _ = Label.objects.update_or_create(**found, defaults=given)
    record(user, "label.given", label, now, what="useful", engine=signal.level, said=said, sample=False)
    return label


def say_same(user: User, one: Article | None, other: Article | None, same: bool, now: datetime) -> Label | None:
    """Keep that two items are the same story, or not, where the engine had it the other way; None where no item stands for a story.

    Part of the act that says so: its line in the ledger stands for both.
    """
    if one is None or other is None or one.pk == other.pk:
        return None
    first, second = sorted((one, other), key=lambda item: item.pk)
    word, engine = ("yes", "no") if same else ("no", "yes")
    given = {"office_id": first.office_id, "engine": engine, "said": word, "version": kentongan.__version__, "at": now}
    label, _ = Label.objects.update_or_create(what=Label.What.SAME, article=first, other=second, by=user, defaults=given)
    return label


def get_labels(article: Article) -> dict[str, Label]:
    """The latest correction of an item for each thing; blind labels of the sample are not shown. One query."""
    rows = (
        Label.objects.filter(office_id=article.office_id, article=article, sample=None, other=None)
        .select_related("by")
        .order_by("at", "pk")
    )
    return {row.what: row for row in rows}


def get_useful(user: User, signal: Signal) -> str:
    """What the person said of a signal; "" for nothing yet. One query."""
    return Label.objects.filter(office_id=signal.office_id, signal=signal, by=user).values_list("said", flat=True).first() or ""


def get_article(office: Office, pk: int) -> Article | None:
    """An item of the office."""
    return Article.objects.filter(office=office, pk=pk).select_related("membership", "office").defer("search").first()
