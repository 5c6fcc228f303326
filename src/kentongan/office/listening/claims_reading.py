"""Reads items for claims and questions, a few a minute, beside the listener and never in its way.

Read are the items of stories that have a level above watch or a signal: press and public posts; official pages claim nothing here, they
answer. Originals are read first and in order of time, so that the first publisher is the first; a copy carries the claims of
its original. Each item is read once (`ClaimReading`), in the transaction that writes what was found, so a run that is broken off leaves
nothing half done. Sentences are embedded before it begins.

Does not decide whether a claim is true, and joins only what is surely the same (`engine.claims_groups`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from kentongan.engine import claims as worth
from kentongan.engine import claims_groups as grouping
from kentongan.engine import pipeline, voids
from kentongan.engine.claims import Claimed
from kentongan.engine.claims_facts import facts_of
from kentongan.engine.claims_match import Likeness, Side, likeness, usual
from kentongan.engine.harm import harm_of
from kentongan.engine.kinds import asks_something
from kentongan.engine.language import detect
from kentongan.engine.records import LEVELS
from kentongan.engine.topics import Lists, topics_of
from kentongan.engine.vectors import DIMENSION, Centres, Embedder, FloatArray, clean, prior_centres, unit
from kentongan.office.listening import topics_used
from kentongan.office.listening.claims_models import CheckVector, Claim, ClaimCheck, ClaimReading, ClaimSighting, Question
from kentongan.office.listening.meaning import Sent, vector_of
from kentongan.office.listening.models import Article, FactCheck, Membership, Signal, Source
from kentongan.office.listening.outputs import reason_json
from kentongan.office.listening.stored import article_of
from kentongan.office.people.models import Office

BATCH = 40
"""Items read in one run; with three claims each some seconds of one core."""
CLAIMS_AN_ITEM = 3
LOOKED_BACK = timedelta(days=7)
"""Stories told since then, and questions asked since then, are looked at."""
ANSWERED_BACK = timedelta(days=60)
ANSWERED_EVERY = 10
"""Minutes after which official pages are looked through again, for pages are published after the question too."""
MOST_PAGES, MOST_HEADS, MOST_CHECKS, NEW_CHECKS = 1_000, 300, 3_000, 40
NEAREST_CHECKS = 3
PUBLIC, OFFICIAL = Source.SourceKind.PUBLIC, Source.SourceKind.OFFICIAL


@dataclass(frozen=True, slots=True)
class Read:
    """What a run did."""

    items: int
    claims: int
    questions: int


@dataclass(slots=True)
class _Found:
    """What stands in the items of one run, with the vectors of all sentences (unit, not centred)."""

    claims: list[tuple[Article, Claimed]] = field(default_factory=list)
    asked: list[tuple[Article, str]] = field(default_factory=list)
    checks: list[FactCheck] = field(default_factory=list)
    vectors: dict[str, FloatArray] = field(default_factory=dict)


def read(office: Office, embedder: Embedder, now: datetime) -> Read:
    """Read the items that are due. The periodic job calls it, one run at a time for an office."""
    members = list(_due(office, now)[:BATCH])
    found = _found(office, members)
    sentences = dict.fromkeys([one.text for _, one in found.claims] + [text for _, text in found.asked] + _claimed(found.checks))
    if sentences:
        found.vectors = dict(zip(sentences, map(_rounded, embedder.embed([clean(text) for text in sentences])), strict=True))
    centres = centres_for(embedder)
    with transaction.atomic():
        claims = _write_claims(office, found, centres)
        _write_copies(office, [member for member in members if member.copy_kind != "original"])
        _match_checks(office, found, claims, centres)
        questions = _write_questions(office, found, centres, now)
        if questions or now.minute % ANSWERED_EVERY == 0:
            _answer(office, centres, now)
        ClaimReading.objects.bulk_create(
            (ClaimReading(office=office, article_id=member.article_id, at=now) for member in members), ignore_conflicts=True
        )
    return Read(len(members), len(claims), questions)


def centres_for(embedder: Embedder) -> Centres:
    """The shipped centres for e5; none for an embedder whose vectors stand around zero already."""
    if embedder.name.startswith("e5"):
        return prior_centres()
    return Centres({"other": np.zeros(DIMENSION, dtype=np.float32), "id": np.zeros(DIMENSION, dtype=np.float32)})


def _rounded(vector: FloatArray) -> FloatArray:
    """At half precision, as it is stored: what is compared today and tomorrow is the same."""
    return unit(pipeline.rounded(vector))


def _due(office: Office, now: datetime) -> QuerySet[Membership]:
    """Members of stories worth it that have not been read, originals first, the oldest first."""
    signalled = Signal.objects.filter(office=office, story=OuterRef("story"))
    rows = Membership.objects.filter(office=office, story__merged_into=None, story__last__gt=now - LOOKED_BACK, article__published__lte=now)
    rows = rows.filter(Q(story__level__in=LEVELS[1:]) | Exists(signalled)).exclude(article__source_kind=OFFICIAL)
    rows = rows.filter(~Exists(ClaimReading.objects.filter(article=OuterRef("article"))))
    first = Case(When(copy_kind="original", then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = rows.select_related("article").defer("article__embedding", "article__search", "article__summary", "reasons")
    return rows.order_by(first, "article__published", "article_id")


def _found(office: Office, members: Sequence[Membership]) -> _Found:
    found, lists = _Found(), topics_used.used_by(office.pk)
    for member in members:
        if member.copy_kind != "original":
            continue
        article = article_of(member.article)
        found.claims += [(member.article, one) for one in worth.claims_in(article, CLAIMS_AN_ITEM, lists)]
        asked = asks_something(article.title, article.text, article.source_kind)
        if asked:
            found.asked.append((member.article, asked[:1000]))
    fresh = FactCheck.objects.filter(office=office, meaning=None).order_by("-seen", "pk")
    found.checks = list(fresh[:NEW_CHECKS])
    return found


def _claimed(checks: Iterable[FactCheck]) -> list[str]:
    return [check.claim for check in checks]


# ---- claims -----------------------------------------------------------------------------------------------------------------
def _state(office: Office, centres: Centres, until: datetime) -> grouping.State:
    """The claims of the last days as the engine compares them."""
    rules = grouping.Settings()
    rows = ClaimSighting.objects.filter(office=office, claim__last__gt=until - timedelta(days=rules.keep_days)).exclude(vector=None)
    told = rows.order_by("-claim__last", "claim_id", "at", "pk").values_list(
        "claim_id", "telling", "article__language", "claim__last", Sent("vector")
    )
    known = [(claim, grouping.Said(text, language, at, unit(vector_of(sent)))) for claim, text, language, at, sent in told[: rules.most]]
    newest = Claim.objects.filter(office=office).order_by("-pk").values_list("pk", flat=True).first() or 0
    return grouping.start(centres, known, newest + 1)


def _write_claims(office: Office, found: _Found, centres: Centres) -> dict[int, tuple[Claim, FloatArray]]:
    """Group the sentences and write claims and sightings; gives the claims that are new, with their vectors."""
    if not found.claims:
        return {}
    ordered = sorted(found.claims, key=lambda pair: (pair[0].published, pair[0].pk, pair[1].place))
    state = _state(office, centres, ordered[-1][0].published)
    lists, fresh = topics_used.used_by(office.pk), dict[int, tuple[Claim, FloatArray]]()
    seen: list[tuple[int, ClaimSighting]] = []
    for article, one in ordered:
        vector = found.vectors[one.text]
        said = grouping.Said(one.text, one.language, article.published, vector)
        state, joined = grouping.step(state, said)
        if joined.new:
            fresh[joined.claim] = (_claim(office, article, one, joined, lists), vector)
        sighting = ClaimSighting(
            office=office,
            article=article,
            at=article.published,
            start=one.start,
            end=one.end,
            reasons=[reason_json(reason) for reason in joined.reasons],
            telling=one.text if joined.telling else "",
            vector=vector.tolist() if joined.telling else None,
        )
        seen.append((joined.claim, sighting))
    rows = Claim.objects.bulk_create([claim for claim, _ in fresh.values()])
    numbers = dict(zip(fresh, (row.pk for row in rows), strict=True))
    _point_likes(rows, numbers)
    for claim, sighting in seen:
        sighting.claim_id = numbers.get(claim, claim)
    ClaimSighting.objects.bulk_create([sighting for _, sighting in seen], ignore_conflicts=True)
    recount(office, {sighting.claim_id for _, sighting in seen})
    return {claim.pk: (claim, vector) for claim, vector in fresh.values()}


def _claim(office: Office, article: Article, one: Claimed, joined: grouping.Joined, lists: Lists) -> Claim:
    return Claim(
        office=office,
        text=one.text,
        language=one.language,
        article=article,
        worth=one.worth.score,
        why=[reason_json(reason) for reason in one.worth.reasons],
        topics=list(topics_of(one.text, lists=lists)[:2]),
        harm=harm_of(one.text).level,
        first=article.published,
        last=article.published,
        like=[[number, score] for number, score in joined.suggested],
    )


def _point_likes(rows: Sequence[Claim], numbers: Mapping[int, int]) -> None:
    """Claims that may be the same were named by the run's own numbers where they are new."""
    changed = [row for row in rows if any(number in numbers for number, _ in row.like)]
    for row in changed:
        row.like = [[numbers.get(number, number), score] for number, score in row.like]
    if changed:
        Claim.objects.bulk_update(changed, ["like"])


_RECOUNT = """
UPDATE listening_claim c SET first = n.first, last = n.last, outlets = n.outlets, items = n.items FROM (
  SELECT s.claim_id, min(s.at) AS first, max(s.at) AS last, count(*) AS items,
         count(DISTINCT a.outlet) FILTER (WHERE a.source_kind <> 'public') AS outlets
  FROM listening_claimsighting s JOIN listening_article a ON a.id = s.article_id WHERE s.claim_id = ANY(%s) GROUP BY s.claim_id
) n WHERE c.id = n.claim_id AND c.office_id = %s
"""


def recount(office: Office, claims: Iterable[int]) -> None:
    """Bring the figures of these claims up to their sightings."""
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, [sorted(claims), office.pk])


_COPIES = """
INSERT INTO listening_claimsighting (office_id, claim_id, article_id, at, start, "end", copy, reasons, telling)
SELECT s.office_id, s.claim_id, c.article_id, c.published, s.start, s."end", true, '[{"code": "story.copy", "values": {}}]'::jsonb, ''
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS c(article_id, original_id, published)
JOIN listening_claimsighting s ON s.article_id = c.original_id AND NOT s.copy
ON CONFLICT DO NOTHING RETURNING claim_id
"""


def _write_copies(office: Office, members: Sequence[Membership]) -> None:
    """A copy carries the claims of its original."""
    copies = [(member.article_id, member.original_id, member.article.published) for member in members if member.original_id]
    if not copies:
        return
    with connection.cursor() as cursor:
        cursor.execute(_COPIES, [list(column) for column in zip(*copies, strict=True)])
        touched = {claim for (claim,) in cursor.fetchall()}
    recount(office, touched)


# ---- fact-checks ------------------------------------------------------------------------------------------------------------
def _match_checks(office: Office, found: _Found, fresh: Mapping[int, tuple[Claim, FloatArray]], centres: Centres) -> None:
    """New claims against all fact-checks, new fact-checks against the claims of the last days."""
    CheckVector.objects.bulk_create(
        [CheckVector(office=office, check_row=check, vector=found.vectors[check.claim].tolist()) for check in found.checks],
        ignore_conflicts=True,
    )
    if not fresh and not found.checks:
        return
    rows = CheckVector.objects.filter(office=office).select_related("check_row").order_by("-check_row__seen", "pk")
    stored = rows.annotate(sent=Sent("vector"))[:MOST_CHECKS]
    checks = [(row.check_row, _side(row.check_row.claim, row.check_row.language, unit(vector_of(row.sent)), centres)) for row in stored]
    if not checks:
        return
    new = {check.pk for check in found.checks}
    claims = [(claim.pk, _side(claim.text, claim.language, vector, centres)) for claim, vector in fresh.values()]
    made = _pairs(office, claims, checks)
    if new:
        standing = [(pk, side) for pk, side in _standing(office, centres) if pk not in fresh]
        made += _pairs(office, standing, [(check, side) for check, side in checks if check.pk in new])
    ClaimCheck.objects.bulk_create(made, ignore_conflicts=True)


def _standing(office: Office, centres: Centres) -> list[tuple[int, Side]]:
    rows = ClaimSighting.objects.filter(office=office).exclude(vector=None).order_by("-claim__last", "claim_id", "at")
    told = rows.values_list("claim_id", "telling", "article__language", Sent("vector"))[:MOST_CHECKS]
    return [(claim, _side(text, language, unit(vector_of(sent)), centres)) for claim, text, language, sent in told]


def _side(text: str, language: str, raw: FloatArray, centres: Centres) -> Side:
    spoken: Any = language or detect(text)
    return Side(facts_of(text, spoken), centres.centred(raw, spoken))


def _pairs(office: Office, claims: Sequence[tuple[int, Side]], checks: Sequence[tuple[FactCheck, Side]]) -> list[ClaimCheck]:
    """What is at least suggested, each claim with the nearest checks only."""
    if not checks:
        return []
    rows = np.stack([side.centred for _, side in checks])
    made: dict[tuple[int, int], ClaimCheck] = {}
    for claim, side in claims:
        cosines = rows @ side.centred
        nearest = np.argsort(-cosines, kind="stable")[: NEAREST_CHECKS + 4].tolist()
        for number in nearest[:NEAREST_CHECKS]:
            check, facing = checks[number]
            others = [checks[other][1].centred for other in nearest if other != number]
            like = _like(side, facing, others)
            if like.suggest and (claim, check.pk) not in made:
                made[claim, check.pk] = ClaimCheck(
                    office=office, claim_id=claim, check_row=check, score=round(like.score, 4), sure=like.sure
                )
    return list(made.values())


def _like(side: Side, facing: Side, others: Sequence[FloatArray]) -> Likeness:
    return likeness(Side(side.facts, side.centred, usual(side.centred, others)), facing)


# ---- questions --------------------------------------------------------------------------------------------------------------
def _write_questions(office: Office, found: _Found, centres: Centres, now: datetime) -> int:
    """Keep what was asked, each with the first question of its group."""
    if not found.asked:
        return 0
    standing = Question.objects.filter(office=office, head=None, at__gt=now - LOOKED_BACK).order_by("-at", "pk")
    rows = standing.select_related("article").defer("article__embedding", "article__search", "article__text", "article__summary")
    heads = [(row, _asked(row, row.article, unit(vector_of(row.sent)), centres)) for row in rows.annotate(sent=Sent("vector"))[:MOST_HEADS]]
    known = [(one, wants) for (row, one) in heads for wants in (row.wants,)]
    owners = [row for row, _ in heads]
    lists, kept = topics_used.used_by(office.pk), 0
    for article, text in sorted(found.asked, key=lambda pair: (pair[0].published, pair[0].pk)):
        vector = found.vectors[text]
        topics = topics_of(text, lists=lists) or topics_of(article.title, lists=lists)
        row = Question(office=office, article=article, text=text, language=article.language, topics=list(topics[:2]), at=article.published)
        row.wants, row.vector = voids.wants(text), vector.tolist()
        one = _asked(row, article, vector, centres)
        place = voids.place(one, known)
        row.head = owners[place] if place >= 0 else None
        if Question.objects.filter(article=article).exists():
            continue
        row.save()
        kept += 1
        if place < 0:
            known.append((one, row.wants))
            owners.append(row)
    return kept


def _asked(row: Question, article: Article, raw: FloatArray, centres: Centres) -> voids.Asked:
    language: Any = row.language
    kind: Any = article.source_kind
    return voids.Asked(str(row.pk), row.text, language, article.outlet, kind, row.at, centres.centred(raw, language), tuple(row.topics))


def _answer(office: Office, centres: Centres, now: datetime) -> None:
    """Look again for the official page that answers each question of the last days."""
    heads = list(Question.objects.filter(office=office, head=None, at__gt=now - LOOKED_BACK).annotate(sent=Sent("vector"))[:MOST_HEADS])
    if not heads:
        return
    rows = Article.objects.filter(office=office, source_kind=OFFICIAL, published__gt=now - ANSWERED_BACK, published__lte=now)
    stored = rows.exclude(embedding=None).order_by("-published", "pk").values_list("pk", "title", "text", "language", Sent("embedding"))
    pages = [
        voids.page_of(str(pk), f"{title}. {text[:600]}", language, centres.centred(unit(vector_of(sent)), language))
        for pk, title, text, language, sent in stored[:MOST_PAGES]
    ]
    changed = []
    for head in heads:
        language: Any = head.language
        answer = voids.answer_for(head.text, language, centres.centred(unit(vector_of(head.sent)), language), pages)
        page, score = (int(answer.page), round(answer.score, 4)) if answer else (None, None)
        if head.answer_id != page:
            head.answer_id, head.answer_score = page, score
            changed.append(head)
    Question.objects.bulk_update(changed, ["answer", "answer_score"])
