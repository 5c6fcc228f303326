"""Adding many sources at once: a starter pack, a list from another program. One transaction and a dozen queries, however long the list.

What is there already stays as it is; an entry that may not be read is left out and counted with its reason, and the rest is added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from kentongan.engine import opml
from kentongan.errors import InputError, RefusedError
from kentongan.office.ledger import services as ledger
from kentongan.office.listening import kinds, purposes
from kentongan.office.listening.adding import source_from
from kentongan.office.listening.models import Purpose, Source
from kentongan.office.people.models import Office, User
from kentongan.office.people.permissions import need
from kentongan.packs import PackEntry

BETWEEN = timedelta(milliseconds=200)
"""First visits of a long list begin one after the other, so that what is there already is not kept waiting."""
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Added:
    """What came of a list: how many were added and were there before, and why others were left out, each reason with how many."""

    added: int
    there: int
    refused: tuple[tuple[str, int], ...] = ()


def of_pack(office: Office, entry: PackEntry) -> Source:
    """A source as a starter pack describes it, not yet saved."""
    return Source(
        office=office,
        name=entry.name[:200],
        outlet=entry.name[:200],
        url=entry.url,
        site_url=entry.site,
        kind=entry.kind,
        source_kind=entry.source_kind,
        language=entry.language[:10],
        area=entry.area[:200],
        pattern=entry.pattern[:300],
    )


def of_outlines(office: Office, outlines: Sequence[opml.Outline]) -> list[Source]:
    """The sources of an OPML file, not yet saved."""
    return [source_from(office, outline) for outline in outlines]


def add(user: User, sources: Sequence[Source], purpose: Purpose | None, now: datetime, origin: str) -> Added:
    """Add a list as somebody who may; `origin` says in the ledger where it came from."""
    need(user, "sources.change")
    for one in sources:
        need(user, "sources.change", one)
    return add_all(sources, purpose, now, origin, user)


@transaction.atomic
def add_all(sources: Sequence[Source], purpose: Purpose | None, now: datetime, origin: str, user: User | None = None) -> Added:
    """Store the sources of one office that it does not have; the sweep plans their first visits. Raises where no purpose runs."""
    if not sources:
        return Added(0, 0)
    office = sources[0].office
    purpose = purpose or purposes.first_for(office, now)
    purposes.need_running(purpose, now)
    known = set(Source.objects.filter(office=office).values_list("url", flat=True))
    fresh: dict[str, Source] = {}
    refused: Counter[str] = Counter()
    there = 0
    for one in sources:
        if one.url in known or one.url in fresh:
            there += 1
            continue
        why = _refusal(one, purpose, now)
        if why:
            refused[why] += 1
            continue
        one.outlet, one.next_visit = one.outlet or one.name, now + BETWEEN * len(fresh)
        fresh[one.url] = one
    made = Source.objects.bulk_create(fresh.values(), batch_size=BATCH)
    if made:
        actor, role = (user.pk, user.role) if user is not None else (None, "")
        detail = {"from": origin, "n": len(made), "first": made[0].pk, "last": made[-1].pk, "purpose": purpose.pk}
        subject = f"source:{made[0].pk}" if len(made) == 1 else ""
        ledger.write("source.added", office=office.pk, actor=actor, role=role, at=now, subject=subject, detail=detail)
    return Added(len(made), there, tuple(refused.most_common()))


def _refusal(source: Source, purpose: Purpose, now: datetime) -> str:
    """Why a source is left out; "" where it is added."""
    source.purpose = purpose
    try:
        kinds.check(source)
        purposes.check_source(source, now)
    except (InputError, RefusedError) as error:
        return str(error)
    return ""
