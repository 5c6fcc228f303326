"""What a sentence can rest on: passages of what was heard about the issue, and later its facts. One place knows what an id of evidence is.

"article:PK" is an item of a story, a signal or a claim that is linked with the issue. "fact:PK@VERSION" is a fact of the issue's board at
one of its versions; `_facts` is the place where they will be read. What is kept no longer carries no sentence.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from kentongan.office.desk.models import Issue, IssueLink
from kentongan.office.listening.models import Article

MOST_OFFERED = 40
MOST_PER_SENTENCE = 10
_ID = re.compile(r"(article|fact):([1-9]\d{0,17})(?:@([1-9]\d{0,8}))?")


@dataclass(frozen=True, slots=True)
class Passage:
    """Something a sentence can rest on: its id, what it says, who says so, when, where it can be read, and a digest of what it says."""

    id: str
    words: str
    source: str
    at: datetime
    url: str
    language: str
    digest: str


def get_offered(issues: Collection[Issue]) -> list[Passage]:
    """What sentences about these issues can rest on, the latest first. Two queries."""
    return [*_facts(issues), *_passages(_about(issues).order_by("-published", "pk")[:MOST_OFFERED])]


def get_passages(office: int, ids: Iterable[str]) -> dict[str, Passage]:
    """Those of the ids that there are still, by id. One query."""
    numbers = {int(found[2]) for one in ids if (found := _ID.fullmatch(one)) and found[1] == "article"}
    return {one.id: one for one in _passages(Article.objects.filter(office=office, pk__in=numbers))} if numbers else {}


def get_allowed(issues: Collection[Issue], ids: Collection[str]) -> set[str]:
    """Those of the ids that belong to these issues. One query."""
    numbers = {int(found[2]) for one in ids if (found := _ID.fullmatch(one)) and found[1] == "article"}
    return {f"article:{pk}" for pk in _about(issues).filter(pk__in=numbers).values_list("pk", flat=True)} if numbers else set()


def _about(issues: Collection[Issue]) -> QuerySet[Article]:
    """Items of what the issues are linked with."""
    links = IssueLink.objects.filter(issue__in=[one.pk for one in issues])
    stories = Q(membership__story__in=links.filter(kind="story").values("story"))
    moved = Q(membership__story__in=links.filter(kind="story").values("story__merged_into"))
    signals = Q(membership__story__in=links.filter(kind="signal").values("signal__story"))
    claims = Q(pk__in=links.filter(kind="claim").values("claim__article"))
    offices = {one.office_id for one in issues}
    return Article.objects.filter(stories | moved | signals | claims, office__in=offices)


def _passages(rows: Iterable[Article]) -> list[Passage]:
    return [
        Passage(f"article:{one.pk}", one.title, one.outlet, one.published, one.url, one.language, _digest(one.title, one.summary, one.text))
        for one in rows
    ]


def _facts(issues: Collection[Issue]) -> list[Passage]:
    """The facts of the issues' boards: none until there is a board."""
    del issues
    return []


def _digest(*said: str) -> str:
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
