"""Outlets that our articles name and nobody listens to yet ("also covered by …"): found by the engine, decided by a person.

Which hosts are worth a proposal is `engine.proposals`' judgement; a host that somebody declined is not proposed again, and one that became
a source is settled. Nothing of a proposed host is asked before a person looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from kentongan.engine import addresses
from kentongan.engine.proposals import propose
from kentongan.errors import InputError
from kentongan.office.ledger import services as ledger
from kentongan.office.listening import stored
from kentongan.office.listening.models import Article, Source, SourceProposal, Story
from kentongan.office.people.models import Office, User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record

LOOKED_BACK = timedelta(days=7)
MOST_READ = 5_000
"""The newest articles that are read for names of outlets: some seconds of work, once an hour."""
READ_AT_ONCE = 500
OFFERED = 20
"""Proposals that are looked for in a story."""
MEMBERS = 40
SHOWN = 3
State = SourceProposal.State


def look(office: Office, now: datetime) -> int:
    """Find proposals in the articles of the last days; gives how many are new. The periodic job calls it."""
    rows = Article.objects.filter(office=office, published__gt=now - LOOKED_BACK, published__lte=now).exclude(text="")
    rows = rows.defer("embedding", "search", "summary").order_by("-published")[:MOST_READ]
    known = [address for pair in Source.objects.filter(office=office).values_list("url", "site_url") for address in pair if address]
    found = propose((stored.article_of(row) for row in rows.iterator(READ_AT_ONCE)), known)
    with transaction.atomic():
        standing = {row.host: row for row in SourceProposal.objects.filter(office=office)}
        examples = dict(Article.objects.filter(office=office, url__in=[one.example for one in found]).values_list("url", "pk"))
        fresh = [
            SourceProposal(office=office, host=one.host, example_id=examples.get(one.example), times=one.articles, first=now)
            for one in found
            if one.host not in standing
        ]
        SourceProposal.objects.bulk_create(fresh, ignore_conflicts=True)
        changed = [row for one in found if (row := standing.get(one.host)) is not None and row.times != one.articles]
        times = {one.host: one.articles for one in found}
        for row in changed:
            row.times = times[row.host]
        SourceProposal.objects.bulk_update(changed, ["times"])
        _settle(office, {addresses.registered_host(address) for address in known})
        if fresh:
            ledger.write("source.proposed", office=office.pk, actor=None, at=now, detail={"n": len(fresh)})
    return len(fresh)


def _settle(office: Office, hosts: set[str]) -> None:
    """What became a source is no proposal any more."""
    SourceProposal.objects.filter(office=office, state=State.NEW, host__in=hosts - {""}).update(state=State.ADDED)


def settle(source: Source) -> None:
    """The same for a source that was just added."""
    hosts = {addresses.registered_host(address) for address in (source.url, source.site_url) if address}
    _settle(source.office, hosts)


@transaction.atomic
def decide(user: User, proposal: SourceProposal, state: str, now: datetime) -> None:
    """Decline a proposal ("not ours"), or take that back."""
    need(user, "sources.change", proposal)
    if state not in {State.NEW, State.DECLINED}:
        raise InputError(gettext("A proposal is declined, or that is taken back."), subject="state")
    SourceProposal.objects.filter(pk=proposal.pk).exclude(state=State.ADDED).update(state=state)
    act = "proposal.declined" if state == State.DECLINED else "proposal.reopened"
    record(user, act, proposal, now)


@dataclass(frozen=True, slots=True)
class Listed:
    """The proposals of an office: what waits for somebody, and what was declined last."""

    new: Sequence[SourceProposal]
    declined: Sequence[SourceProposal]


def get_proposals(office: Office, size: int = 50) -> Listed:
    """The most often named first. Two queries."""
    new, declined = get_rows(office, State.NEW), get_rows(office, State.DECLINED)
    return Listed(list(new[:size]), list(declined.order_by("host")[:size]))


def get_rows(office: Office, state: str) -> QuerySet[SourceProposal]:
    """The office's proposals of a state, each with an article that names it."""
    rows = SourceProposal.objects.filter(office=office, state=state).select_related("example")
    return rows.defer("example__embedding", "example__search", "example__text")


def get_proposal(office: Office, pk: int) -> SourceProposal | None:
    """One proposal of the office."""
    rows = SourceProposal.objects.filter(office=office, pk=pk).select_related("example")
    return rows.defer("example__embedding", "example__search", "example__text").first()


def count_new(office: Office) -> int:
    """How many wait for somebody. One query."""
    return SourceProposal.objects.filter(office=office, state=State.NEW).count()


# By the story's rows, not along all articles by number: hence `+ 0`.
_NAMED = """
WITH told AS MATERIALIZED (
  SELECT lower(string_agg(a.text, ' ')) AS words FROM (
    SELECT article_id FROM listening_membership WHERE story_id = %(story)s AND copy_kind = 'original'
    ORDER BY article_id + 0 LIMIT %(members)s
  ) m JOIN listening_article a ON a.id = m.article_id
), waiting AS (
  SELECT id, host, times FROM listening_sourceproposal WHERE office_id = %(office)s AND state = 'new'
  ORDER BY times DESC, host LIMIT %(offered)s
)
SELECT waiting.id FROM waiting, told WHERE strpos(told.words, waiting.host) > 0 ORDER BY waiting.times DESC, waiting.host LIMIT %(shown)s
"""


def in_story(story: Story) -> list[SourceProposal]:
    """Proposed hosts that the story's first items name. Two queries; one where nothing is proposed."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"story": story.pk, "office": story.office_id, "members": MEMBERS, "offered": OFFERED, "shown": SHOWN})
        found = [pk for (pk,) in cursor.fetchall()]
    return list(SourceProposal.objects.filter(pk__in=found)) if found else []
