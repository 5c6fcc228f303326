"""Claims and questions: how far a claim went, whether it grows, what was decided and by what evidence; what people ask unanswered."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Router
from ninja.params.functions import Query

from kentongan.office.api import claims_schemas, shapes
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import DECIDE, READ
from kentongan.office.api.shapes import Shape, found, office_of
from kentongan.office.api.stories import Pk
from kentongan.office.listening import claims, claims_queries
from kentongan.office.listening.claims_models import Claim
from kentongan.office.listening.outputs import reason_json
from kentongan.office.people.requests import OfficeRequest

router = Router()
_CLAIM = (
    "text", "language", "first", "last", "outlets", "items", "topics", "stance", "truth", "evidence", "evidence_url", "decided_at",
    "review_at", "review_note",
)  # fmt: skip
State = Annotated[Literal["open", "due", "checked", "decided"], Query()]


def _claim(row: Claim) -> Shape:
    plain = {name: getattr(row, name) for name in _CLAIM}
    return {"id": row.pk, **plain, "why": shapes.reasons(row.why), "decided_by": shapes.name_of(row.decided_by)}


@router.get("/claims", **door("list_claims", READ, "listening.read", claims_schemas.ClaimList, 422))
def list_claims(request: OfficeRequest, state: State = "open") -> Shape:
    """Claims of a state, those carried by most outlets first where they are open."""
    return {"rows": [_claim(one.row) for one in claims_queries.get_claims(office_of(request), state, request.now)]}


@router.get("/claims/{pk}", **door("get_claim", READ, "listening.read", claims_schemas.ClaimDetail, 404, 422))
def get_claim(request: OfficeRequest, pk: Pk) -> Shape:
    """One claim: its path over outlets (public posts together, without a name), reach and growth, and the fact-checks about it."""
    row = found(claims_queries.get_claim(office_of(request), pk))
    detail = claims_queries.get_detail(row, request.now)
    told = detail.reach.spread
    return {
        "claim": _claim(row),
        "path": [
            {"outlet": one.outlet, "kind": one.source_kind, "first": one.first, "items": one.items, "copied": one.copied}
            for one in told.path
        ],
        "public_posts": told.public_posts,
        "recent": told.recent,
        "before": told.before,
        "not_yet_from_us": list(detail.reach.first_from_us),
        "advice": [shapes.reason(reason_json(one)) for one in detail.reach.advice],
        "items": [
            {"article": one.article_id, "outlet": one.article.outlet, "url": one.article.url, "at": one.at, "copy_of_another": one.copy}
            for one in detail.items
        ],
        "checks": [
            {
                "fact_check": one.check_row_id,
                "claim": one.check_row.claim,
                "rating": one.check_row.rating,
                "checker": one.check_row.checker,
                "url": one.check_row.url,
                "sure": one.sure,
            }
            for one in detail.checks
        ],
        "may_be_the_same": [one.pk for one in detail.like],
        "stories": [one.pk for one in detail.stories],
    }


def _row(request: OfficeRequest, pk: int) -> Claim:
    return found(claims_queries.get_claim(office_of(request), pk))


def _after(request: OfficeRequest, pk: int) -> Shape:
    return _claim(_row(request, pk))


@router.post("/claims/{pk}/decide", **door("decide_claim", DECIDE, "claims.decide", claims_schemas.Claim, 404, 409, 422))
def decide_claim(request: OfficeRequest, pk: Pk, decision: claims_schemas.TruthIn) -> Shape:
    """Say whether a claim is so, with what shows it, in one's own name; `unverified` takes it back."""
    claims.decide(request.user, _row(request, pk), decision.truth, decision.evidence, decision.evidence_url, request.now)
    return _after(request, pk)


@router.post("/claims/{pk}/stance", **door("note_claim_stance", DECIDE, "listening.decide", claims_schemas.Claim, 404, 409, 422))
def note_claim_stance(request: OfficeRequest, pk: Pk, decision: claims_schemas.StanceIn) -> Shape:
    """Say what a claim says of a policy; whether it is so is another matter."""
    claims.note_stance(request.user, _row(request, pk), decision.stance, request.now)
    return _after(request, pk)


@router.post("/claims/{pk}/watch", **door("watch_claim", DECIDE, "listening.decide", claims_schemas.Claim, 404, 409, 422))
def watch_claim(request: OfficeRequest, pk: Pk, decision: claims_schemas.ClaimWatchIn) -> Shape:
    """Do not answer yet; it comes back on the briefing at that moment."""
    claims.watch(request.user, _row(request, pk), decision.until, decision.note, request.now)
    return _after(request, pk)


@router.post("/claims/{pk}/watch/end", **door("end_claim_watch", DECIDE, "listening.decide", claims_schemas.Claim, 404, 409, 422))
def end_claim_watch(request: OfficeRequest, pk: Pk) -> Shape:
    """Somebody has looked again."""
    claims.end_watch(request.user, _row(request, pk), request.now)
    return _after(request, pk)


@router.get("/questions", **door("list_questions", READ, "listening.read", claims_schemas.QuestionTopics))
def list_questions(request: OfficeRequest) -> Shape:
    """What people asked in the last days, by topic, each question once with the official page that may answer it."""
    topics = claims_queries.get_questions(office_of(request), request.now)
    return {
        "rows": [
            {"topic": topic.name, "unanswered": topic.voids, "questions": [_question(one) for one in topic.groups]} for topic in topics
        ]
    }


def _question(group: claims_queries.Group) -> Shape:
    answer = group.first.answer
    return {
        "id": group.first.pk,
        "text": group.first.text,
        "language": group.first.language,
        "outlets": group.outlets,
        "posts": group.posts,
        "since": group.since,
        "last": group.last,
        "answer": {"article": answer.pk, "title": answer.title, "outlet": answer.outlet, "url": answer.url} if answer is not None else None,
    }
