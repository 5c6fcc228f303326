"""What the public reads: publications of papers that are meant for everybody. Constant numbers of queries, inside the scope of the office.

A publication never goes away: withdrawn or corrected it stays readable with its mark.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.db.models import QuerySet

from kentongan.office.desk import statement_queries
from kentongan.office.desk.models import Publication, Sentence, Statement
from kentongan.office.people.models import Office

PAGE = 20
IN_FEED = 50
IN_SITEMAP = 10_000
LONGEST_WORDS = 100
LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Part:
    """Sentences that stand together because they say one kind of thing."""

    section: str
    sentences: list[str]


@dataclass(frozen=True, slots=True)
class Item:
    """A publication as the public reads it."""

    slug: str
    title: str
    kind: str
    language: str
    at: datetime
    parts: list[Part]
    next_update: datetime | None
    state: str
    wrong: str = ""
    """Of a correction: what was wrong before."""
    changed: datetime | None = None
    """When it was withdrawn or corrected; None while it holds."""
    heading: str = ""
    """Of a correction: what stands above what was wrong, in the language of the text."""
    origins: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many of its sentences a person wrote ("human"), the template gave, are quotations ("quote"), or AI had a part in ("ai")."""
    reviewed: bool = False
    """Whether a second person looked at every sentence."""

    @property
    def summary(self) -> str:
        """Its first sentences after the title, at most 300 characters."""
        text = " ".join(sentence for part in self.parts for sentence in part.sentences)
        return text if len(text) <= 300 else text[:300].rsplit(" ", 1)[0] + " …"


def get_public(office: Office, now: datetime) -> QuerySet[Publication]:
    """Everything the office published for everybody and holds back no more, the latest first. `since`: from when it could be read."""
    rows = statement_queries.readable(Publication.objects.filter(office=office, statement__kind__in=statement_queries.FOR_EVERYBODY), now)
    return rows.select_related("statement__issue", "version").order_by("-since", "-pk")


def get_page(office: Office, now: datetime, language: str, words: str, start: int) -> tuple[list[Item], bool]:
    """Twenty publications in a language ("": in all) whose text has the words, and whether there are more. Two queries."""
    rows = get_public(office, now)
    rows = rows.filter(language=language) if language else rows
    for word in words[:LONGEST_WORDS].split()[:8]:
        rows = rows.filter(version__text__icontains=word)
    found = [item_of(one) for one in rows.prefetch_related("version__sentences")[start : start + PAGE + 1]]
    return found[:PAGE], len(found) > PAGE


def get_latest(office: Office, now: datetime) -> list[Item]:
    """The latest publications. Two queries."""
    return [item_of(one) for one in get_public(office, now).prefetch_related("version__sentences")[:IN_FEED]]


def get_addresses(office: Office, now: datetime) -> list[tuple[str, datetime]]:
    """The last parts of all addresses and when each last changed. One query."""
    rows = get_public(office, now).values_list("slug", "since", "statement__moved")[:IN_SITEMAP]
    return [(slug, max(at, moved)) for slug, at, moved in rows]


def get_one(office: Office, now: datetime, slug: str) -> Publication | None:
    """One publication. Two queries."""
    return get_public(office, now).prefetch_related("version__sentences").filter(slug=slug).first()


def get_other_languages(one: Publication, now: datetime) -> list[Publication]:
    """The same kind of paper about the same matter in other languages, the latest of each. One query."""
    found = one.statement
    rows = Publication.objects.filter(office=one.office_id, statement__issue=found.issue_id, statement__kind=found.kind)
    rows = statement_queries.readable(rows, now).exclude(language=one.language).order_by("language", "-since").distinct("language")
    return list(rows)


def get_earlier(one: Publication, now: datetime) -> Publication | None:
    """What it corrects, where anybody could read that. One query where it corrects anything."""
    if not one.statement.corrects_id:
        return None
    rows = Publication.objects.filter(office=one.office_id, statement=one.statement.corrects_id)
    return statement_queries.readable(rows, now).select_related("version").first()


def get_newer(one: Publication) -> Publication | None:
    """What corrects it. One query where it was corrected."""
    if one.statement.state != Statement.State.CORRECTED:
        return None
    return Publication.objects.filter(office=one.office_id, statement__corrects=one.statement_id).first()


def get_false_claim(one: Publication) -> str:
    """The claim a clarification answers, in the words that were approved, where a named person found it false; else "". One query.

    Only of what holds: what was withdrawn or corrected reviews nothing any more. That somebody by name decided is held by the database.
    """
    found = one.statement
    if found.kind != Statement.Kind.CLARIFICATION or found.state != Statement.State.PUBLISHED:
        return ""
    said = [row.text for row in one.version.sentences.all() if row.section == "claim"]
    claim = statement_queries.get_claimed(found.issue) if said else None
    return " ".join(said) if claim is not None and claim.truth == "false" else ""


def get_languages(office: Office, now: datetime) -> dict[str, str]:
    """The languages there is something in, by their own names. One query."""
    there = set(get_public(office, now).order_by().values_list("language", flat=True).distinct())
    return {code: str(name) for code, name in Statement.Language.choices if code in there}


def shortened(first: str) -> str:
    """The first sentence of a text as its title, at most 120 characters."""
    return first if len(first) <= LONGEST_TITLE else first[:LONGEST_TITLE].rsplit(" ", 1)[0] + " …"


def item_of(one: Publication) -> Item:
    """A publication read with its version and sentences, as the public reads it: the first sentence is its title."""
    sentences: list[Sentence] = list(one.version.sentences.all())
    first = sentences[0].text if sentences else one.statement.get_kind_display()
    rest = sentences[1:] if len(first) <= LONGEST_TITLE else sentences
    title = shortened(first)
    parts = [Part(section, [row.text for row in rows]) for section, rows in groupby(rest, key=lambda row: row.section)]
    return Item(
        one.slug, title, one.statement.get_kind_display(), one.language, one.readable_from, parts,
        one.version.next_update, one.statement.state, one.statement.wrong,
        None if one.statement.state == Statement.State.PUBLISHED else one.statement.moved,
        one.statement.heading, origins_of(sentences), bool(sentences) and all(row.reviewer_id for row in sentences),
    )  # fmt: skip


def origins_of(sentences: Sequence[Sentence]) -> dict[str, int]:
    """How many sentences are from where; only what there is."""
    ai = {Sentence.Origin.AI_DRAFT, Sentence.Origin.AI_EDITED, Sentence.Origin.TRANSLATION}
    found = Counter("ai" if row.origin in ai else str(row.origin) for row in sentences)
    return {name: found[name] for name in ("human", "template", "quote", "ai") if found[name]}
