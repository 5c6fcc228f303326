"""Who is told of what: from a publication to one letter for each reader, made once, in one transaction.

Readers are told of what becomes visible after they confirmed, where language, topic and place fit; what has no topic or place is for
everybody, and a place fits where one of the two lies within the other. A correction goes besides to everybody who was sent the wrong
version, whatever they read; a withdrawal to exactly those. What was corrected or withdrawn before its letters went out is not sent.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from kentongan.office.desk.models import Publication, Statement
from kentongan.office.newsroom import queries
from kentongan.office.newsroom.models import Letter, Mailing, Subscription
from kentongan.office.people import places
from kentongan.office.people.models import Office, Place
from kentongan.office.people.recording import record

AT_ONCE = 100
"""Publications looked at in one go."""
PIECE = 1_000


def begin_due(office: Office, now: datetime) -> int:
    """Make the letters of everything readers were not told of yet; gives how many letters."""
    return sum(begin(office, one, act, now) for act, rows in due(office, now) for one in rows[:AT_ONCE])


def due(office: Office, now: datetime) -> list[tuple[str, QuerySet[Publication]]]:
    """What readers were not told of yet, the oldest first."""
    acts = Mailing.Act
    public = queries.get_public(office, now).select_related("statement__issue__place", "version").order_by("since", "pk")
    gone = public.filter(statement__state=Statement.State.WITHDRAWN).filter(_told(acts.PUBLISHED))
    return [(acts.PUBLISHED, public.exclude(_told(acts.PUBLISHED))), (acts.WITHDRAWN, gone.exclude(_told(acts.WITHDRAWN)))]


def _told(act: str) -> Exists:
    return Exists(Mailing.objects.filter(publication=OuterRef("pk"), act=act))


@transaction.atomic
def begin(office: Office, one: Publication, act: str, now: datetime) -> int:
    """Make the letters of one publication, once; gives how many."""
    mailing, new = Mailing.objects.get_or_create(publication=one, act=act, defaults={"office": office, "at": now})
    if not new:
        return 0
    readers = _withdrawn(one) & _there(office) if act == Mailing.Act.WITHDRAWN else _published(office, one)
    Letter.objects.bulk_create(
        (Letter(office=office, mailing=mailing, reader=reader, at=now) for reader in sorted(readers)), batch_size=PIECE
    )
    if readers:
        record(None, "mailing.begun", mailing, now, publication=one.pk, what=act)
    return len(readers)


def _withdrawn(one: Publication) -> set[str]:
    """Who was sent what does not hold any more; what was not sent yet is not."""
    _drop(one)
    return _reached(one)


def _published(office: Office, one: Publication) -> set[str]:
    if one.statement.state != Statement.State.PUBLISHED:
        return set()
    wrong = Publication.objects.filter(statement=one.statement.corrects_id).first() if one.statement.corrects_id else None
    if wrong is None:
        return get_readers(office, one)
    reached = _reached(wrong, Letter.State.WAITING, Letter.State.DROPPED)
    _drop(wrong)
    return get_readers(office, one) | (reached & _there(office))


def get_readers(office: Office, one: Publication) -> set[str]:
    """Whose subscription fits a publication. Three queries at most."""
    issue = one.statement.issue
    rows = _confirmed(office).filter(Q(language="") | Q(language=one.language), confirmed__lte=one.not_before or one.at)
    if issue.topic:
        rows = rows.filter(Q(topics=[]) | Q(topics__contains=[issue.topic]))
    if issue.place is not None:
        rows = rows.filter(Q(place=None) | Q(place__in=related(office, issue.place)))
    return set(rows.values_list("reader", flat=True))


def related(office: Office, place: Place) -> set[int]:
    """A place, all above it and all within it, by number. Two queries."""
    paths = places.get_paths(office)
    above = set(paths.get(place.code, (place.code,)))
    codes = {code for code, path in paths.items() if place.code in path} | above
    return set(Place.objects.filter(office=office, code__in=codes).values_list("pk", flat=True))


def _confirmed(office: Office) -> QuerySet[Subscription]:
    return Subscription.objects.filter(office=office, state=Subscription.State.CONFIRMED)


def _there(office: Office) -> set[str]:
    return set(_confirmed(office).values_list("reader", flat=True))


def _reached(one: Publication, *besides: str) -> set[str]:
    """Who was sent a version, is being sent it or may have been, and whose letters are in these states besides."""
    rows = Letter.objects.filter(mailing__publication=one, mailing__act=Mailing.Act.PUBLISHED)
    rows = rows.filter(Q(state__in=(Letter.State.SENT, Letter.State.TAKEN, *besides)) | Q(unsure=True))
    return set(rows.values_list("reader", flat=True))


def _drop(one: Publication) -> None:
    """What was not sent yet of a version that does not hold is not sent."""
    rows = Letter.objects.filter(mailing__publication=one, mailing__act=Mailing.Act.PUBLISHED, state=Letter.State.WAITING)
    rows.update(state=Letter.State.DROPPED)
