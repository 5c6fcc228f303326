"""Publications as the desk keeps them: which text went out, by whom, when, and what became of it. Read only.

What everybody reads stands in the newsroom, without a token: `newsroom` is the address of its JSON feed.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from ninja import Router
from ninja.params.functions import Query

from kentongan.office.api import publications_schemas as told
from kentongan.office.api import schemas, shapes
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import ISSUES
from kentongan.office.api.shapes import Shape, found, office_of
from kentongan.office.api.statements import sentence, statement_of, text_brief
from kentongan.office.api.stories import Pk
from kentongan.office.desk import given_out, statement_publishing, statement_queries
from kentongan.office.desk.models import Publication, Statement
from kentongan.office.desk.statement_queries import FOR_EVERYBODY
from kentongan.office.newsroom import counting
from kentongan.office.people.models import Office
from kentongan.office.people.requests import OfficeRequest

router = Router()
_OWN = ("text_hash", "language", "at", "not_before", "review_due", "review", "reviewed_at")


def publication(office: Office, row: Publication) -> Shape:
    """A publication without its text; `address` where everybody reads it."""
    about = row.statement
    ending = getattr(row, "ending", None)
    stopped = ending.at if ending is not None and ending.why else None
    public = about.kind in FOR_EVERYBODY and stopped is None
    return {
        **{name: getattr(row, name) for name in _OWN},
        "stopped": stopped,
        "statement": about.pk,
        "issue": about.issue_id,
        "kind": about.kind,
        "number": row.version.number,
        "by": row.by.shown,
        "reviewed_by": shapes.name_of(row.reviewed_by),
        "state": about.state,
        "since": about.moved,
        "corrects": about.corrects_id,
        "wrong": about.wrong,
        "address": f"{settings.CONFIG.public_url}{reverse('news_item', args=[office.slug, row.slug])}" if public else None,
    }


@router.get("/publications", **door("list_publications", ISSUES, "issues.read", told.PublicationPage, 422))
def list_publications(
    request: OfficeRequest,
    issue: Annotated[schemas.Number | None, Query()] = None,
    after: schemas.After | None = None,
    size: schemas.Size = 30,
) -> Shape:
    """What was published, corrections among it, the latest first; of one issue with its parts where that is asked for."""
    office, rows = office_of(request), statement_queries.get_published(request.user)
    if issue is not None:
        rows = rows.filter(Q(statement__issue=issue) | Q(statement__issue__merged_into=issue))
    page = shapes.page(rows, "at", after, size, lambda row: publication(office, row))
    return {**page, "newsroom": f"{settings.CONFIG.public_url}{reverse('news_json', args=[office.slug])}"}


@router.get("/publications/{pk}", **door("get_publication", ISSUES, "issues.read", told.PublicationDetail, 404, 422))
def get_publication(request: OfficeRequest, pk: Pk) -> Shape:
    """The publication of a statement, by its number: the text that went out, its mark, what corrects it, and every text there was."""
    row = statement_of(request, pk)
    made = found(statement_queries.get_publication(row))
    version = found(statement_queries.get_version(row, made.version.number))
    correction = statement_queries.get_correction(row) if row.state == Statement.State.CORRECTED else None
    return {
        "publication": publication(office_of(request), made),
        "text": version.text,
        "sentences": [sentence(one) for one in statement_queries.sentences_of(version)],
        "mark": statement_publishing.mark_of(made),
        "corrected_by": correction.pk if correction is not None else None,
        "texts": [text_brief(one) for one in statement_queries.get_versions(row)],
        "given_out": [{"channel": one.channel, "name": one.name, "by": one.by.shown, "at": one.at} for one in given_out.get_of(row)],
    }


@router.get("/news-readers", **door("get_news_readers", ISSUES, "issues.read", told.NewsReaders))
def get_news_readers(request: OfficeRequest) -> Shape:
    """How many read the newsroom by e-mail and what became of the latest mailings: counts of ten or more, never who."""
    office = office_of(request)
    counts, mailings = counting.get_counts(office), counting.get_mailings(office)
    return {
        "readers": counts.readers,
        "all_topics": counts.all_topics,
        "topics": [{"topic": name, "readers": n} for name, n in counts.topics],
        "mailings": [{**asdict(one), "statement": one.publication} for one in mailings],
    }
