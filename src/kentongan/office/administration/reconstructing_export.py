"""A publication put together again as programs and files have it: everything the auditor's page shows, without a name.

People are numbers and roles. Drafts leave as keys and digests alone: what was never published stays in the office. A file is one document
or the table of its lines, and the record keeps its SHA-256.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import transaction

from kentongan.errors import InputError
from kentongan.office.administration import audit_services
from kentongan.office.administration.reconstructing import Reconstruction, Said
from kentongan.office.administration.reconstructing_drafts import Draft
from kentongan.office.desk.facts_models import FactVersion
from kentongan.office.desk.models import Publication
from kentongan.office.ledger.queries import LineFilter, Row
from kentongan.office.people.models import User

Shape = dict[str, Any]
_LINE = ("id", "seq", "at", "actor", "role", "act", "sentence", "subject")
_SENTENCE = ("key", "section", "text", "text_hash", "origin", "source", "evidence", "said_as", "said_by")
_FACT = ("version", "kind", "text", "about", "figure", "grade", "source", "source_url", "as_of", "withdrawn")
_DRAFT = ("number", "at", "by", "role", "cluster", "new", "changed", "gone")


def line_shape(row: Row) -> Shape:
    """A line with its place in the chain."""
    detail: Any = json.loads(row.detail)
    plain = {name: getattr(row, name) for name in _LINE}
    return {**plain, "detail": detail if isinstance(detail, dict) else {}, "previous": row.previous.hex(), "hash": row.hash.hex()}


def published_shape(row: Publication) -> Shape:
    """A publication by number and hash."""
    about = row.statement
    return {
        "statement": about.pk, "issue": about.issue_id, "kind": about.kind, "language": row.language, "state": about.state, "at": row.at,
        "by": row.by_id, "text_hash": row.text_hash, "review_due": row.review_due, "reviewed_at": row.reviewed_at,
    }  # fmt: skip


def shape_of(found: Reconstruction) -> Shape:
    """The whole of it, as the API gives it."""
    return {
        "publication": published_shape(found.made),
        "whole": found.whole,
        "wrong": found.wrong,
        "checks": [{"sentence": one.words, "ok": one.ok} for one in found.checks],
        "sentences": [_sentence(one) for one in found.sentences],
        "facts": [_fact(one) for one in found.facts] if found.open_to_all else [],
        "versions": [_draft(one) for one in found.drafts.rows],
        "lines": [line_shape(row) for row in found.lines],
        "runs": [line_shape(row) for row in found.runs],
    }


def _sentence(one: Said) -> Shape:
    plain = {name: getattr(one.sentence, name) for name in _SENTENCE}
    wrote = one.draft
    return {
        **plain, "rests": one.rests, "reviewer": one.sentence.reviewer_id, "written_in": wrote.number if wrote else None,
        "written_by": wrote.by if wrote else None,
    }  # fmt: skip


def _fact(one: FactVersion) -> Shape:
    plain = {name: getattr(one, name) for name in _FACT}
    newest: int = one.newest  # type: ignore[attr-defined]
    return {"fact": one.fact_id, **plain, "agency": one.agency.name if one.agency else "", "newest": newest}


def _draft(one: Draft) -> Shape:
    return {name: getattr(one, name) for name in _DRAFT}


@transaction.atomic
def exported(by: User, found: Reconstruction, form: str, now: datetime) -> bytes:
    """The file: "json" is the whole of it as one document, "csv" the table of its lines. The record's line of it has the digest."""
    if form == "json":
        body = (json.dumps(shape_of(found), ensure_ascii=False, indent=1, default=_text) + "\n").encode()
    elif form == "csv":
        body = audit_services.table_of(sorted({row.seq: row for row in (*found.lines, *found.runs)}.values(), key=lambda row: row.seq))
    else:
        raise InputError(form, subject="form")
    about = LineFilter(subject=f"statement:{found.made.statement_id}")
    audit_services.begin_export(by, form, about, now, hashlib.sha256(body).hexdigest())
    return body


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
