"""What each kind of paper must have, in one table: sections, their order, lengths. Limits are house rules from the practice of crisis
communication (docs/reference/statements.md says which), not measurements, except the lengths of an SMS, which are a standard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kentongan.engine.statement_records import Kind, Section, Tongue

MAP_MESSAGES, MAP_SUPPORTS, MAP_SECONDS = 3, 3, 9
MAP_WORDS: Mapping[Tongue, int] = {"id": 27, "vi": 36, "en": 27}
MESSAGE_WORDS: Mapping[Tongue, int] = {"id": 30, "vi": 40, "en": 30}
"""Vietnamese writes syllables apart: a third more of them say as much. Set by hand."""
CLAIM_WORDS: Mapping[Tongue, int] = {"id": 20, "vi": 27, "en": 20}
SENTENCE_WORDS: Mapping[Tongue, int] = {"id": 25, "vi": 35, "en": 25}
PACE: Mapping[Tongue, float] = {"id": 130.0, "vi": 200.0, "en": 150.0}
"""Words (in Vietnamese syllables) a minute at which a script is read aloud calmly. Set by hand; the caller may give its own."""
HARD: Mapping[Tongue, tuple[int, float]] = {"id": (8, 55.0), "en": (6, 55.0)}
"""From how many letters on a word is long, and the LIX above which a text is hard. Not for Vietnamese, whose syllables are all short."""
SMS_PARTS = 3


@dataclass(frozen=True, slots=True)
class Demands:
    """`needs`: sections that must be there; `urgent`: those that must be there also at level high or crisis; `order`: sections that keep
    this order; `first`: what to do comes first when it is urgent; `update`, `contact`: must be given ("always", "urgent" or "never")."""

    needs: tuple[Section, ...]
    urgent: tuple[Section, ...] = ()
    order: tuple[Section, ...] = ()
    first: bool = True
    update: str = "urgent"
    contact: str = "always"
    longest: int = 0
    """Characters of the whole text, 0 for no limit."""
    seconds: int = 0


DEMANDS: Mapping[Kind, Demands] = {
    "holding": Demands(("dateline", "known", "action", "care", "instruction", "next_update", "contact"), update="always", longest=1_500),
    "press": Demands(("known", "action", "contact"), ("instruction", "next_update"), longest=4_000),
    "release": Demands(("headline", "dateline", "known", "contact"), ("instruction",), longest=6_000),
    "clarification": Demands(
        ("fact", "warning", "claim", "why", "contact"), order=("fact", "warning", "claim", "why", "fact"), first=False, longest=2_500
    ),
    "message_map": Demands(("message", "support"), first=False, update="never", contact="never"),
    "qa": Demands(("question", "answer"), first=False, update="never", contact="never"),
    "faq": Demands(("question", "answer"), first=False, update="never"),
    "social": Demands(("known",), ("instruction",), longest=500),
    "chat": Demands(("known",), ("instruction", "next_update"), longest=1_000),
    "sms": Demands((), ("instruction",), update="never", contact="never"),
    "radio": Demands(("known", "instruction", "contact"), ("next_update",), seconds=60),
    "sitrep": Demands(("known", "unknown", "action", "next_update"), first=False, update="always", contact="never"),
    "leader_note": Demands(("known", "unknown", "action", "ask"), first=False, update="never", contact="never", longest=2_500),
}
