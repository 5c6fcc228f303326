"""What an office's labels added to the heads, where it is used: read by whatever asks a head. Does not teach (`teaching`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from kentongan.engine import tone
from kentongan.engine.teaching import Correction, HeadName, digest_of
from kentongan.office.listening.labels_models import Teaching


@dataclass(frozen=True, slots=True)
class InForce:
    """A correction that is used, and the row it was learned in."""

    pk: int
    correction: Correction


def get_in_force(office: int) -> dict[HeadName, InForce]:
    """The corrections an office uses, by head. One learned beside another built-in judge than today's rests. One query."""
    rows = Teaching.objects.filter(office=office, state=Teaching.State.ACTIVE).order_by("pk")
    return {cast(HeadName, row.head): InForce(row.pk, correction_of(row.weights)) for row in rows if fits(row)}


def fits(row: Teaching) -> bool:
    """Whether the built-in judge is still the one it was learned beside."""
    return row.digest == digest_of(cast(HeadName, row.head))


def correction_of(weights: Mapping[str, Any]) -> Correction:
    """A correction from its stored numbers."""
    return Correction(tuple(weights["shift"]), tuple(map(tuple, weights.get("mix", ()))))


def whole_of(title: str, text: str) -> str:
    """What the head of tone is asked of an item as a whole, and is taught by."""
    return f"{title}. {text}" if text else title


def tone_head(used: Mapping[HeadName, InForce]) -> tone.Head:
    """The built-in judge of tone with what the office added."""
    head = tone.shipped_head()
    return replace(head, taught=used["tone"].correction) if "tone" in used else head
