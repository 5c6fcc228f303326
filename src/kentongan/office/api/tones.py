"""How agencies and watches are spoken of: the figures of the page, no item and no person."""

from __future__ import annotations

from ninja import Router

from kentongan.engine.tone_shares import Said, Share
from kentongan.office.api import tones_schemas
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import READ
from kentongan.office.api.shapes import Shape, office_of
from kentongan.office.listening import tones_queries
from kentongan.office.people.requests import OfficeRequest

router = Router()


@router.get("/tones", **door("list_tones", READ, "listening.read", tones_schemas.ToneList))
def list_tones(request: OfficeRequest) -> Shape:
    """How agencies and watches were spoken of in the last four whole weeks, by name, with n and intervals; nothing of fewer than ten."""
    overview = tones_queries.get_overview(office_of(request), request.now)
    rows = [
        {
            "kind": row.target.kind,
            "id": row.target.pk,
            "name": row.target.name,
            "judged": not row.target.refused,
            "press": _said(row.press),
            "public_posts": _said(row.public),
        }
        for row in overview.rows
    ]
    return {"first": overview.first, "last": overview.last, "rows": rows}


def _said(said: Said) -> Shape:
    parts = [{"tones": list(part.tones), "n": part.count} for part in said.parts]
    return {"n": said.n, "parts": parts, "negative": _share(said.negative), "positive": _share(said.positive)}


def _share(share: Share | None) -> Shape | None:
    if share is None:
        return None
    return {"n": share.count, "of": share.of, "share": round(share.share, 4), "low": round(share.low, 4), "high": round(share.high, 4)}
