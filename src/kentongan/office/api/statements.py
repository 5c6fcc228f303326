"""Statements as their pages show them: sentences with what they rest on and what is wrong with them, texts that never change, approval.

Read here, written in `statements_acts`. Nobody approves and nobody publishes by program: there is no operation for it, see there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, cast

from django.db.models import Q
from ninja import Router
from ninja.params.functions import Query

from kentongan.engine.evidence_gate import Held
from kentongan.engine.statement_records import Finding
from kentongan.engine.statement_templates import slots
from kentongan.office.api import schemas, shapes
from kentongan.office.api import statements_schemas as told
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import ISSUES
from kentongan.office.api.shapes import Shape, found
from kentongan.office.api.stories import Pk
from kentongan.office.desk import (
    evidence,
    queries,
    statement_approval,
    statement_checking,
    statement_deputies,
    statement_diff,
    statement_moves,
    statement_queries,
    statement_saying,
    statement_services,
    statement_verdicts,
)
from kentongan.office.desk.evidence import Passage
from kentongan.office.desk.models import Approval, ApprovalStep, Sentence, Statement, StatementVersion
from kentongan.office.desk.statement_words import history_of
from kentongan.office.people.models import User
from kentongan.office.people.requests import OfficeRequest

router = Router()
_PLAIN = ("kind", "language", "state", "level", "cluster", "signs", "next_update", "contact", "made", "wrong", "version")
_SENTENCE = ("key", "section", "text", "text_hash", "origin", "source", "evidence", "said_as", "said_by", "edit_ratio", "decided_at")


def statement(row: Statement) -> Shape:
    """A statement without its text."""
    plain = {name: getattr(row, name) for name in _PLAIN}
    return {**plain, "id": row.pk, "issue": row.issue_id, "since": row.moved, "begun_by": row.begun_by.shown, "corrects": row.corrects_id}


def statement_of(request: OfficeRequest, pk: int) -> Statement:
    """A statement whose issue the person may see; 404 for what they may not see, as for what does not exist."""
    return found(statement_queries.get_statement(request.user, pk))


def text_brief(row: StatementVersion) -> Shape:
    """A text by its number and hash."""
    return {"number": row.number, "text_hash": row.text_hash, "by": row.by.shown, "at": row.at}


def text(row: StatementVersion) -> Shape:
    """A text whole."""
    return {**text_brief(row), **{name: getattr(row, name) for name in ("text", "level", "next_update", "contact")}}


def sentence(row: Sentence) -> Shape:
    """A sentence without what is found about it."""
    return {**{name: getattr(row, name) for name in _SENTENCE}, "reviewer": shapes.name_of(row.reviewer)}


@router.get("/statements", **door("list_statements", ISSUES, "issues.read", told.StatementPage, 422))
def list_statements(
    request: OfficeRequest,
    issue: Annotated[schemas.Number | None, Query()] = None,
    state: told.StateName | None = None,
    after: schemas.After | None = None,
    size: schemas.Size = 30,
) -> Shape:
    """Statements, the latest begun first; of one issue with its parts, or of one state, where that is asked for."""
    rows = statement_queries.get_seen(request.user).select_related("begun_by")
    if issue is not None:
        rows = rows.filter(Q(issue=issue) | Q(issue__merged_into=issue))
    if state is not None:
        rows = rows.filter(state=state)
    return shapes.page(rows, "made", after, size, statement)


@router.get("/waiting-statements", **door("list_waiting_statements", ISSUES, "issues.read", told.Waiting))
def list_waiting_statements(request: OfficeRequest) -> Shape:
    """What waits for approval, what is due first first: at one's own desk, and at those of others."""
    mine, others = statement_queries.get_waiting(request.user)
    return {"mine": [_waiting(one) for one in mine], "others": [_waiting(one) for one in others]}


def _waiting(row: ApprovalStep) -> Shape:
    about = row.approval.statement
    return {
        "statement": about.pk, "kind": about.kind, "language": about.language, "issue": about.issue_id, "title": about.issue.title,
        "number": row.approval.version.number, "step": row.kind, "first": shapes.named(row.first), "person": shapes.named(row.person),
        "due": row.due,
    }  # fmt: skip


@router.get("/statements/{pk}", **door("get_statement", ISSUES, "issues.read", told.StatementDetail, 404, 422))
def get_statement(request: OfficeRequest, pk: Pk) -> Shape:
    """One statement: its sentences with what they rest on and what is wrong with them, its approval, its texts, what was done."""
    return detail(request, statement_of(request, pk))


def detail(request: OfficeRequest, row: Statement) -> Shape:
    """Everything its page shows. A constant number of queries."""
    last = statement_queries.get_last(row)
    sentences = statement_queries.sentences_of(last)
    checked = statement_checking.check(row, sentences, request.now)
    correction = statement_queries.get_correction(row)
    suggested = statement_services.suggestion_of(row.signs)
    return {
        "statement": statement(row),
        "last": text(last) if last is not None else None,
        "sentences": [_checked(one, checked) for one in sentences],
        "findings": _findings(checked.whole) if sentences else [],
        "blocking": len(checked.blocking) if sentences else 0,
        "acts": _acts(request.user, row, correction),
        "approval": _request(statement_approval.open_request(row)),
        "suggested": {"cluster": suggested.cluster, "reasons": statement_saying.reasons(suggested)},
        "texts": [text_brief(one) for one in statement_queries.get_versions(row)],
        "history": [{"at": one.at, "by": one.who, "sentence": one.words, "note": one.note} for one in history_of(row)],
        "published": row.state in statement_moves.SETTLED and statement_queries.is_published(row),
        "correction": correction.pk if correction is not None else None,
    }


def _checked(row: Sentence, checked: statement_checking.Checked) -> Shape:
    there = checked.passages
    rests = [_passage(there[one]) if one in there else _gone(one) for one in row.evidence]
    held = checked.held.get(row.key)
    return {**sentence(row), "rests": rests, "findings": _findings(checked.of(row.key)), "held": _held(held, there) if held else None}


def _held(held: Held, there: Mapping[str, Passage]) -> Shape:
    judged = held.judgement
    return {
        "verdict": judged.verdict,
        "abstains": judged.abstains,
        "reasons": [{"code": one.code, "values": dict(one.values), "sentence": statement_verdicts.why(one)} for one in judged.reasons],
        "parts": list(held.parts),
        "places": [{"id": one.source, "text": there[one.source].says[one.start : one.end]} for one in held.places if one.source in there],
    }


def _passage(row: Passage) -> Shape:
    return {"id": row.id, "there": True, "words": row.words, "source": row.source, "at": row.at, "url": row.url}


def _gone(proof: str) -> Shape:
    return {"id": proof, "there": False, "words": "", "source": "", "at": None, "url": ""}


def _findings(rows: Sequence[Finding]) -> list[Shape]:
    return [{"code": one.code, "weight": one.weight, "values": dict(one.values), "sentence": statement_saying.said(one)} for one in rows]


def _acts(person: User, row: Statement, correction: Statement | None) -> list[str]:
    """What the person can do with it by program."""
    if not person.may("statements.write"):
        return []
    may = {
        "write": statement_moves.may_be_written(row.state),
        "ask": (row.state, "ask") in statement_moves.LEGAL,
        "take_back": (row.state, "take_back") in statement_moves.LEGAL,
        "withdraw": row.state != Statement.State.PUBLISHED and (row.state, "withdraw") in statement_moves.LEGAL,
        "correct": row.state == Statement.State.PUBLISHED and correction is None,
    }
    return [name for name, can in may.items() if can]


def _request(row: Approval | None) -> Shape | None:
    if row is None:
        return None
    steps = [
        {
            "step": one.kind, "first": shapes.named(one.first), "person": shapes.named(one.person), "due": one.due,
            "decision": one.decision, "by": shapes.name_of(one.by), "at": one.at, "stuck": statement_saying.lost(one),
        }
        for one in row.steps.all()
    ]  # fmt: skip
    return {
        "number": row.version.number, "text_hash": row.text_hash, "in_order": row.in_order, "by": row.by.shown, "at": row.at,
        "steps": steps,
    }  # fmt: skip


@router.get("/statements/{pk}/version", **door("get_statement_version", ISSUES, "issues.read", told.StatementVersion, 404, 422))
def get_statement_version(request: OfficeRequest, pk: Pk, number: Annotated[told.Nth | None, Query()] = None) -> Shape:
    """One of its texts, the last where no number is given, and what it changed of the one before."""
    row = statement_of(request, pk)
    version = found(statement_queries.get_last(row) if number is None else statement_queries.get_version(row, number))
    before = statement_queries.get_version(row, version.number - 1)
    changes = statement_diff.between(statement_queries.formers_of(before), statement_queries.formers_of(version))
    return {
        "text": text(version),
        "sentences": [sentence(one) for one in statement_queries.sentences_of(version)],
        "changes": [
            {"kind": one.kind, "key": one.key, "pieces": [{"mark": piece.mark, "text": piece.text} for piece in one.pieces]}
            for one in changes
        ],
    }


@router.get("/statements/{pk}/evidence", **door("list_statement_evidence", ISSUES, "statements.write", told.StatementEvidence, 404, 422))
def list_statement_evidence(request: OfficeRequest, pk: Pk) -> Shape:
    """What its sentences can rest on: known facts that may be used, and the latest of what was heard about the issue."""
    row = statement_of(request, pk)
    return {"rows": [_passage(one) for one in evidence.get_offered(row.issue, queries.get_parts(row.issue), request.now)]}


@router.get("/statements/{pk}/template", **door("get_statement_template", ISSUES, "statements.write", told.StatementTemplate, 404, 422))
def get_statement_template(request: OfficeRequest, pk: Pk) -> Shape:
    """What its template asks for, needed slots first, in its own language."""
    row = statement_of(request, pk)
    needed, known = set(statement_services.template_of(row).needed), slots()
    return {
        "rows": [
            {"slot": slot, "name": name, "kind": known[slot].kind, "sample": known[slot].sample[row.language], "needed": slot in needed}
            for slot, name in statement_services.slot_names(row).items()
        ]
    }


@router.get("/statements/{pk}/people", **door("list_statement_people", ISSUES, "statements.write", told.StatementPeople, 404, 422))
def list_statement_people(request: OfficeRequest, pk: Pk) -> Shape:
    """Who can be asked for which step of its approval."""
    row = statement_of(request, pk)
    able = {str(kind): statement_deputies.get_able(row, kind) for kind in statement_moves.STEPS}
    return cast(Shape, {kind: [shapes.named(one) for one in people] for kind, people in able.items()})
