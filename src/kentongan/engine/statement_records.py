"""Records of the papers an office speaks with, and everything that can be wrong with one. Pure data: `statement_rules` does the looking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from kentongan.engine.records import Level, Value

Kind = Literal[
    "holding", "press", "release", "clarification", "message_map", "qa", "faq", "social", "chat", "sms", "radio", "sitrep", "leader_note",
]  # fmt: skip
"""Holding statement, press statement, release, clarification, message map 27/9/3, questions and answers for spokespersons, answers for
everybody, post, chat message, SMS, radio script, situation report, note to the leader."""
KINDS: tuple[Kind, ...] = get_args(Kind)
Tongue = Literal["id", "vi", "en"]
TONGUES: tuple[Tongue, ...] = get_args(Tongue)
Section = Literal[
    "", "headline", "dateline", "greeting", "instruction", "known", "unknown", "assumed", "action", "care", "cause", "apology", "remedy",
    "record", "background", "quote", "next_update", "contact", "fact", "warning", "claim", "why", "message", "support", "question",
    "answer", "ask",
]  # fmt: skip
"""What a sentence is there for. "" where nobody said; then it is read from its words as far as that goes. `record` is what was done well
before (bolster), `ask` what the leader is to decide."""
SECTIONS: tuple[Section, ...] = get_args(Section)
Origin = Literal["human", "template", "quote", "ai_draft", "ai_draft_human_edited", "translation_ai"]
SaidAs = Literal["", "promise", "opinion"]
"""A promise or opinion of a named office has no source that could bear it out; "" states facts, or nothing that can be checked."""
SAID_AS: tuple[SaidAs, ...] = get_args(SaidAs)
ClaimStatus = Literal["unverified", "true", "partly", "false"]
Cluster = Literal["victim", "accidental", "preventable"]
CLUSTERS: tuple[Cluster, ...] = get_args(Cluster)
Weight = Literal["blocks", "warns"]


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a paper. `evidence`: ids of the facts and passages it points to. `said_as`: what a person marked it as."""

    id: str
    text: str
    section: Section = ""
    evidence: tuple[str, ...] = ()
    origin: Origin = "human"
    said_as: SaidAs = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """The claim a paper answers, what a person found about it and the evidence for that.

    `small`: how many outlets carry it, where an answer would reach more people than it has (`claims_spread.advice`); None where it would
    not, or where nobody knows.
    """

    text: str
    status: ClaimStatus = "unverified"
    evidence: tuple[str, ...] = ()
    small: int | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as it is looked at. `next_update` is aware and in the zone in which readers live; `contact` is the office's own address or
    number as it is given to the public; `speakers` are names of office holders who are meant to be named."""

    kind: Kind
    language: Tongue
    lines: tuple[Line, ...]
    level: Level = "low"
    next_update: datetime | None = None
    contact: str = ""
    speakers: tuple[str, ...] = ()
    claim: Claim | None = None

    def __post_init__(self) -> None:
        if self.next_update is not None and self.next_update.tzinfo is None:
            raise ValueError("Paper.next_update must be an aware time")
        if len({line.id for line in self.lines}) != len(self.lines):
            raise ValueError("two lines of a paper have the same id")

    @property
    def urgent(self) -> bool:
        """High and crisis: lives or safety may hang on it, so what to do comes first."""
        return self.level in {"high", "crisis"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `sentence` is the id of the line it is about, "" for the whole paper; `values` fill the sentence of SAID."""

    code: str
    weight: Weight
    sentence: str = ""
    values: Mapping[str, Value] = field(default_factory=dict[str, Value])


_WAYS_OUT = "Change the sentence, add evidence, or mark it as a promise or an opinion of a named office."
SAID: dict[str, str] = {
    "section.missing": "“{section}” is missing. Add a sentence that says it.",
    "section.order": "“{section}” stands in the wrong place. The order is: {order}.",
    "instruction.late": "What people should do must come first. Move it to the top.",
    "record.alone": "Only what was done well stands here. Say also what is known, what is being done or what people should do.",
    "update.missing": "The time of the next update is missing. Give one.",
    "update.past": "The time of the next update has passed. Give a later one.",
    "update.unsaid": "The text does not say when the next update comes. Add the sentence.",
    "update.differs": "The text gives another time for the next update than {time}. Make them the same.",
    "contact.missing": "The contact is missing. Give a number or address of the office.",
    "contact.unsaid": "The text does not give the contact {contact}. Add it.",
    "guess": "“{word}” is a guess. Say what is confirmed, or say that it is not known yet.",
    "blame": "“{word}” puts blame on somebody. Say what happened and what is done.",
    "accuser": "“{word}” attacks those who ask or pass something on. Answer the matter, not the people.",
    "name.victim": "“{name}” may be the name of somebody struck. Take it out.",
    "name.private": "“{name}” looks like the name of a private person. Take it out, or name the office the person holds.",
    "identifier": "“{found}” is personal data ({kind}). Take it out, or give the contact of the office.",
    "rumour.open": "“{word}” answers a rumour that nobody has checked. Say what is known, or have the claim checked first.",
    "claim.missing": "A clarification needs the claim it answers. Link it.",
    "claim.unchecked": "The claim is not checked false or partly false with evidence. A clarification may only answer one that is.",
    "claim.small": "Outlets that carry the claim: {outlets}. An answer now would reach more people than have heard it: watch it first.",
    "claim.repeated": "The claim is said again here. Say it once only, and briefly.",
    "claim.negated": "The claim is said again here in a negated form. Say what is so instead.",
    "claim.long": "The claim takes {words} words. Say it in {most} at most.",
    "map.messages": "A message map has {most} key messages; here are {found}.",
    "map.supports": "This message has {found} supporting facts; it needs {most}.",
    "map.words": "The key messages have {found} words together; {most} can be said and quoted whole.",
    "map.seconds": "The key messages take {found} seconds to say; {most} is the length that is broadcast.",
    "message.long": "This message has {found} words; {most} at most.",
    "answer.missing": "This question has no answer. Write one, or say that it is not known yet.",
    "answer.unsourced": "This answer has no source. Link a fact or a passage.",
    "fact.unsupported": "This sentence states something that can be checked ({what}) and points to no fact or passage.",
    "gate.not_supported": "What this sentence points to does not say “{part}”. " + _WAYS_OUT,
    "gate.contradicted": "What this sentence points to says something else than “{part}”. " + _WAYS_OUT,
    "sms.parts": "The message is sent in {found} parts; one part is cheaper and arrives whole.",
    "sms.long": "The message needs {found} parts; {most} at most. Shorten it.",
    "sms.letters": "The letters {letters} leave only {most} signs a part instead of {usual}.",
    "text.long": "The text has {found} characters; {most} at most.",
    "radio.seconds": "The script takes {found} seconds to read; {most} at most.",
    "sentence.long": "This sentence has {found} words; {most} are easier to read.",
    "text.hard": "The text is hard to read (index {found}, easy up to {most}). Use shorter sentences and words.",
    "text.empty": "The paper has no sentence.",
}  # fmt: skip
"""Every code of a finding with its sentence in English. The office says it in the reader's language."""
