"""What a sentence can rest on: passages of what was heard about the issue, and its facts. One place knows what an id of evidence is.

"article:PK" is an item of a story, a signal or a claim that is linked with the issue. "fact:PK@VERSION" is a fact of the issue's board at
one of its versions; it carries a sentence while it stands at that version and may be used (`usable`). What is kept no longer, was changed,
withdrawn, has expired or differs from another agency's figure carries none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from kentongan.engine.sentences import spans
from kentongan.office.desk import fact_queries
from kentongan.office.desk.facts_models import Fact
from kentongan.office.desk.models import Issue, IssueLink
from kentongan.office.listening.models import Article

MOST_OFFERED = 40
MOST_PER_SENTENCE = 10
_ID = re.compile(r"(article|fact):([1-9]\d{0,17})(?:@([1-9]\d{0,8}))?")


@dataclass(frozen=True, slots=True)
class Passage:
    """Something a sentence can rest on: its id, what it says in a line, who says so, when, where it can be read, a digest of what it says.

    `language` is empty for a fact: facts are in the language of the office. `says` is all that it says, one thing a line, for the gate.
    """

    id: str
    words: str
    source: str
    at: datetime
    url: str
    language: str
    digest: str
    says: str = ""


def get_offered(issue: Issue, parts: Collection[Issue], now: datetime) -> list[Passage]:
    """What sentences about an issue and its parts can rest on: what is known, then what was heard, the latest first. Three queries."""
    known = [one for one in get_facts(issue, now) if one.kind == Fact.Kind.KNOWN]
    return [*map(_passage, known), *_passages(about([issue, *parts]).order_by("-published", "pk")[:MOST_OFFERED])]


def get_passages(issue: Issue, ids: Collection[str], now: datetime) -> dict[str, Passage]:
    """Those of the ids that carry a sentence about the issue now, by id. Three queries at most."""
    articles = _numbers(ids, "article")
    there = _passages(Article.objects.filter(office=issue.office_id, pk__in=articles)) if articles else []
    facts = [_passage(one) for one in get_facts(issue, now)] if _numbers(ids, "fact") else []
    return {one.id: one for one in [*there, *facts] if one.id in ids}


def get_allowed(issue: Issue, parts: Collection[Issue], ids: Collection[str], now: datetime) -> set[str]:
    """Those of the ids that belong to these issues and may be used. Three queries at most."""
    articles = _numbers(ids, "article")
    heard = about([issue, *parts]).filter(pk__in=articles).values_list("pk", flat=True) if articles else ()
    facts = {_passage(one).id for one in get_facts(issue, now)} if _numbers(ids, "fact") else set()
    return {f"article:{pk}" for pk in heard} | (facts & set(ids))


def changed(before: Mapping[str, str], there: Mapping[str, Passage]) -> list[str]:
    """The ids, of digests as they were approved, that carry no sentence any more or say something else now. Pure."""
    return sorted(proof for proof, digest in before.items() if proof not in there or there[proof].digest != digest)


def facts_of(ids: Iterable[str]) -> list[tuple[int, int]]:
    """The facts among the ids, each with its version."""
    found = (_ID.fullmatch(one) for one in ids)
    return [(int(one[2]), int(one[3])) for one in found if one and one[1] == "fact" and one[3]]


def articles_of(ids: Iterable[str]) -> set[int]:
    """The numbers of the passages among the ids."""
    return _numbers(ids, "article")


def _numbers(ids: Iterable[str], kind: str) -> set[int]:
    return {int(found[2]) for one in ids if (found := _ID.fullmatch(one)) and found[1] == kind}


def about(issues: Collection[Issue]) -> QuerySet[Article]:
    """Items of what the issues are linked with: of stories, of stories of signals, and where claims were heard first."""
    links = IssueLink.objects.filter(issue__in=[one.pk for one in issues])
    stories = Q(membership__story__in=links.filter(kind="story").values("story"))
    moved = Q(membership__story__in=links.filter(kind="story").values("story__merged_into"))
    signals = Q(membership__story__in=links.filter(kind="signal").values("signal__story"))
    claims = Q(pk__in=links.filter(kind="claim").values("claim__article"))
    offices = {one.office_id for one in issues}
    return Article.objects.filter(stories | moved | signals | claims, office__in=offices)


def _passages(rows: Iterable[Article]) -> list[Passage]:
    return [
        Passage(
            f"article:{one.pk}", one.title, one.outlet, one.published, one.url, one.language, _digest(one.title, one.summary, one.text),
            _said(one.title, one.summary, one.text, one.outlet),
        )
        for one in rows
    ]  # fmt: skip


def _said(*lines: str) -> str:
    return "\n".join(filter(None, lines))


def get_facts(issue: Issue, now: datetime) -> list[Fact]:
    """The facts of an issue and its parts that may be used now, in the order in which they were added. Two queries."""
    return [one for one, ban in fact_queries.get_usable(issue, now).values() if ban is None]


def words_of(one: Fact) -> str:
    """A fact with its figure, as a sentence says it."""
    return f"{one.text} ({one.figure})" if one.figure else one.text


def get_told(issue: Issue, texts: Sequence[str], now: datetime) -> list[tuple[str, ...]]:
    """For each sentence the facts that it says word for word, whole or in one of their sentences, and nothing else: those carry it.
    Two queries.

    Nearly the same words may say something else, so they carry nothing until a person ties them.
    """
    known = [one for one in get_facts(issue, now) if one.kind == Fact.Kind.KNOWN]
    said = [({_plain(words) for words in (one.text, words_of(one), *_sentences(one.text))}, _passage(one).id) for one in known]
    return [tuple(pk for words, pk in said if _plain(text) in words)[:MOST_PER_SENTENCE] for text in texts]


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in spans(text)]


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".!?… ").casefold()


def _passage(one: Fact) -> Passage:
    who = str(one.agency) if one.agency is not None else one.source
    said = _digest(one.kind, one.text, one.about, one.figure, one.source, one.source_url, one.grade)
    figure = f"{one.about}: {one.figure}" if one.about else ""
    says = _said(words_of(one), figure, one.source, one.agency.name if one.agency is not None else "")
    return Passage(f"fact:{one.pk}@{one.version}", words_of(one), who, one.as_of, one.source_url, "", said, says)


def _digest(*said: str) -> str:
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
