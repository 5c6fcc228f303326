"""Sources that may be added: starter packs, and outlets that articles name and nobody listens to yet."""

from __future__ import annotations

from collections import Counter

from ninja import Router, Status

from kentongan import packs
from kentongan.office.api import lists_schemas, schemas, shapes
from kentongan.office.api.entrance import door
from kentongan.office.api.scopes import READ, SOURCES
from kentongan.office.api.shapes import Shape, found, office_of
from kentongan.office.api.sources import purpose_of
from kentongan.office.api.stories import Pk
from kentongan.office.listening import lists, proposals, queries
from kentongan.office.listening.models import SourceProposal
from kentongan.office.people.requests import OfficeRequest

router = Router()
_ENTRY = ("name", "url", "kind", "source_kind", "language", "area", "evidence", "checked", "note")


def _known(request: OfficeRequest) -> set[str]:
    return {one.url for one in queries.get_sources(office_of(request))}


@router.get("/packs", **door("list_packs", READ, "sources.change", lists_schemas.PackList))
def list_packs(request: OfficeRequest) -> Shape:
    """Starter packs: how many sources each has, how many are here, and how well their addresses are known."""
    known = _known(request)
    rows = [
        {
            "name": one.name, "title": one.title, "country": one.country, "note": one.note, "sources": len(one.entries),
            "here": sum(entry.url in known for entry in one.entries), "evidence": dict(Counter(entry.evidence for entry in one.entries)),
        }
        for one in packs.get_packs()
    ]  # fmt: skip
    return {"rows": rows}


@router.get("/pack-sources", **door("list_pack_sources", READ, "sources.change", lists_schemas.PackSourcePage, 422))
def list_pack_sources(
    request: OfficeRequest, pack: lists_schemas.PackName = "", after: schemas.AfterNumber = 0, size: schemas.Size = 100
) -> Shape:
    """The sources of all packs, or of one, and which of them the office has."""
    chosen = (packs.get_pack(pack),) if pack else packs.get_packs()
    entries, known = [(one.name, entry) for one in chosen for entry in one.entries], _known(request)
    rows = [
        {"pack": name, "site_url": entry.site, "here": entry.url in known, **{one: getattr(entry, one) for one in _ENTRY}}
        for name, entry in entries[after : after + size]
    ]
    return {"rows": rows, "next": after + size if after + size < len(entries) else None}


@router.post("/packs/add", **door("add_pack_sources", SOURCES, "sources.change", lists_schemas.Added, 409, 422, status=201))
def add_pack_sources(request: OfficeRequest, wish: lists_schemas.PackIn) -> Status[Shape]:
    """Add chosen sources of a pack; what is here stays as it is, what may not be read is left out with the reason."""
    chosen, wanted = packs.get_pack(wish.pack), set(wish.urls)
    rows = [lists.of_pack(office_of(request), entry) for entry in chosen.entries if entry.url in wanted]
    purpose = purpose_of(request, wish.purpose) if wish.purpose is not None else None
    done = lists.add(request.user, rows, purpose, request.now, f"pack {chosen.name}")
    refused = [{"why": why, "sources": n} for why, n in done.refused]
    return Status(201, {"added": done.added, "there": done.there, "refused": refused})


def proposal(row: SourceProposal) -> Shape:
    """A proposed outlet."""
    plain = {name: getattr(row, name) for name in ("host", "times", "first", "state")}
    return {"id": row.pk, **plain, "example": shapes.article(row.example) if row.example is not None else None}


@router.get("/source-proposals", **door("list_source_proposals", READ, "listening.read", lists_schemas.ProposalPage, 422))
def list_source_proposals(
    request: OfficeRequest, state: lists_schemas.ProposalState = "new", after: schemas.AfterNumber = 0, size: schemas.Size = 30
) -> Shape:
    """Outlets that articles name and nobody listens to yet, or that were declined, in the order in which they were found."""
    return shapes.numbered(proposals.get_rows(office_of(request), state), after, size, proposal)


def _decided(request: OfficeRequest, pk: int, state: str) -> Shape:
    office = office_of(request)
    proposals.decide(request.user, found(proposals.get_proposal(office, pk)), state, request.now)
    return proposal(found(proposals.get_proposal(office, pk)))


@router.post(
    "/source-proposals/{pk}/decline", **door("decline_source_proposal", SOURCES, "sources.change", lists_schemas.Proposal, 404, 409, 422)
)
def decline_source_proposal(request: OfficeRequest, pk: Pk) -> Shape:
    """Not ours: it is not proposed again. One that is ours is accepted by adding its source; it is settled by itself then."""
    return _decided(request, pk, SourceProposal.State.DECLINED)


@router.post(
    "/source-proposals/{pk}/offer", **door("offer_source_proposal_again", SOURCES, "sources.change", lists_schemas.Proposal, 404, 409, 422)
)
def offer_source_proposal_again(request: OfficeRequest, pk: Pk) -> Shape:
    """Take a refusal back."""
    return _decided(request, pk, SourceProposal.State.NEW)
