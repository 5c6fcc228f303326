"""Watches: words that are looked for again and again, under a purpose of the register. Never a private person (`engine.query_names`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from kentongan.engine.names import NameTagger, load_tagger
from kentongan.engine.query_names import judge
from kentongan.errors import InputError, RefusedError
from kentongan.office.ledger import services as ledger
from kentongan.office.listening import purposes
from kentongan.office.listening.models import Article, Purpose, Watch
from kentongan.office.listening.search import Hit, OfficeQuery, SearchFilter, search, wish_from
from kentongan.office.people.models import Office, User
from kentongan.office.people.permissions import need

KINDS = (Purpose.Kind.WATCH, Purpose.Kind.ALERT)
RECENT = timedelta(days=7)
MOST = 50
"""Running watches of one office: a list that somebody can still read."""


def begin(user: User, purpose: Purpose, name: str, query: str, now: datetime, tagger: NameTagger | None = None) -> Watch:
    """Look for these words from now on. A query or name that names a private person is refused, and the refusal is kept without it."""
    need(user, "watches.change", purpose)
    if purpose.kind not in KINDS:
        raise InputError(gettext("Choose a purpose for watches from your office's register."), subject="purpose")
    purposes.need_running(purpose, now)
    name, query = name.strip(), query.strip()
    if not name or not wish_from(query).wanted:
        raise InputError(gettext("Give the watch a name and at least one word to look for."), subject="query")
    for field, words in (("query", query), ("name", name)):
        verdict = judge(words, tagger or load_tagger())
        if not verdict.allowed:
            _refuse(user, field, verdict.finding, now)
    return _begin(user, purpose, name[:200], query[:500], now)


def _refuse(user: User, field: str, finding: str, now: datetime) -> None:
    """Keep that something was refused, never what; then raise."""
    with transaction.atomic():
        detail = {"field": field, "finding": finding}
        ledger.write("watch.refused", office=user.office_id, actor=user.pk, role=user.role, at=now, subject="watch", detail=detail)
    raise RefusedError(purposes.no_person(), subject=field)


@transaction.atomic
def _begin(user: User, purpose: Purpose, name: str, query: str, now: datetime) -> Watch:
    Purpose.objects.select_for_update().get(pk=purpose.pk)
    running = Watch.objects.filter(office_id=purpose.office_id, ended=None)
    if running.filter(query__iexact=query).exists():
        raise InputError(gettext("These words are watched already."), subject="query")
    if running.count() >= MOST:
        raise RefusedError(gettext("%(n)s watches run already. End one that is no longer needed.") % {"n": MOST}, subject="query")
    watch = Watch.objects.create(
        office_id=purpose.office_id, purpose=purpose, name=name, query=query, created_by=user, created=now, seen_until=now
    )
    _write("watch.made", user, watch, now, purpose=purpose.pk)
    return watch


@transaction.atomic
def end(user: User, watch: Watch, now: datetime) -> None:
    """Look for these words no longer."""
    need(user, "watches.change", watch)
    if not Watch.objects.filter(pk=watch.pk, ended=None).update(ended=now):
        raise RefusedError(gettext("The watch has been ended before."), subject="watch")
    _write("watch.ended", user, watch, now, purpose=watch.purpose_id)


@transaction.atomic
def look_through(user: User, watch: Watch, now: datetime) -> None:
    """What matched until now has been seen."""
    need(user, "watches.change", watch)
    Watch.objects.filter(pk=watch.pk).update(seen_until=now)


def _write(act: str, user: User, watch: Watch, now: datetime, **detail: object) -> None:
    ledger.write(act, office=watch.office_id, actor=user.pk, role=user.role, at=now, subject=f"watch:{watch.pk}", detail=detail)


@dataclass(frozen=True, slots=True)
class Matched:
    """A watch with how many items matched in RECENT and how many of them since somebody looked."""

    watch: Watch
    recent: int
    new: int


def get_watches(office: Office, now: datetime) -> list[Matched]:
    """Running watches with what matched. Two queries, however many watches there are."""
    rows = list(Watch.objects.filter(office=office, ended=None).select_related("purpose", "created_by")[:MOST])
    if not rows:
        return []
    counts: dict[str, Count] = {}
    for row in rows:
        matched = _matched(row.query)
        counts[f"recent_{row.pk}"] = Count("pk", filter=matched)
        counts[f"new_{row.pk}"] = Count("pk", filter=matched & Q(seen__gt=row.seen_until or row.created))
    found = Article.objects.filter(office=office, published__gte=now - RECENT).aggregate(**counts)
    return [Matched(row, found[f"recent_{row.pk}"], found[f"new_{row.pk}"]) for row in rows]


def _matched(query: str) -> Q:
    wish = wish_from(query)
    found = Q(search=OfficeQuery(wish.wanted))
    for words in wish.barred:
        found &= ~Q(search=OfficeQuery(words))
    return found


def get_ended(office: Office) -> QuerySet[Watch]:
    """The last watches that were ended."""
    return Watch.objects.filter(office=office).exclude(ended=None).select_related("purpose").order_by("-ended", "-pk")[:20]


def get_watch(office: Office, pk: int) -> Watch | None:
    """One watch of the office."""
    return Watch.objects.filter(office=office, pk=pk).select_related("purpose__owner", "purpose__office", "created_by").first()


def get_hits(office: Office, watch: Watch, now: datetime) -> list[Hit]:
    """What matched by words in the last fortnight, best first."""
    return search(office, watch.query, SearchFilter(span="fortnight"), None, now)
