"""Which crisis cluster an event may belong to, and which postures an answer may take: a suggestion with reasons, for a person to choose.

Observed. How much the public holds an organisation responsible decides what it has to say beyond what to do and what is known: little
where it is struck itself (victim), explanation where something failed (accidental), a full account, apology and remedy where it could
have been prevented. People judge harder where it happened before or was badly thought of (Coombs 2007).

Method. Signs that a person ticks, never a text that is read by a machine: each sign belongs to a cluster, the gravest wins, and an
earlier crisis or a poor reputation raises it by one. Every reason is given by its code.

Limits of the product. To inform and to care come always and first. Denial is offered only against a claim that was checked false with
evidence. Attacking the accuser and the scapegoat do not exist here. To remind of what was done well (bolster) is never offered alone.

Known failures. SCCT was built on firms and on news readers in the United States; for governments, and for Indonesia and Vietnam, it is
a rule of thumb. The clusters are not guilt: nothing here decides who is responsible.

Reading: Coombs 2007, "Protecting organization reputations during a crisis"; Coombs & Holladay 2002.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from kentongan.engine.statement_records import CLUSTERS, Claim, Cluster, Finding

Sign = Literal[
    "natural_hazard", "false_claim", "sabotage", "technical_failure", "service_outage", "honest_error", "warning_ignored", "rule_broken",
    "corruption", "neglected_upkeep",
]  # fmt: skip
SIGNS: tuple[Sign, ...] = get_args(Sign)
Posture = Literal["inform", "care", "explain", "fix", "account", "apologise", "compensate", "bolster", "deny"]
_OF: dict[Sign, Cluster] = {
    "natural_hazard": "victim", "false_claim": "victim", "sabotage": "victim",
    "technical_failure": "accidental", "service_outage": "accidental", "honest_error": "accidental",
    "warning_ignored": "preventable", "rule_broken": "preventable", "corruption": "preventable", "neglected_upkeep": "preventable",
}  # fmt: skip
_POSTURES: dict[Cluster, tuple[Posture, ...]] = {
    "victim": (),
    "accidental": ("explain", "fix"),
    "preventable": ("account", "apologise", "compensate"),
}
REASONS: dict[str, str] = {
    "natural_hazard": "A natural hazard struck.",
    "false_claim": "A false claim is going round.",
    "sabotage": "Somebody did damage from outside.",
    "technical_failure": "Something technical failed.",
    "service_outage": "A service stopped.",
    "honest_error": "Somebody made an honest mistake.",
    "warning_ignored": "There had been a warning that was not acted on.",
    "rule_broken": "A rule was broken.",
    "corruption": "Public money or power was misused.",
    "neglected_upkeep": "Upkeep was neglected.",
    "history": "The same happened before, so people hold us more responsible.",
    "reputation": "Trust was low before, so people hold us more responsible.",
    "none": "No sign was ticked; the mildest cluster stands until one is.",
}
"""Every reason of a suggestion, in English. The office says it in the reader's language."""
SAID: dict[str, str] = {
    "posture.deny": "Denial is only for a claim that was checked false with evidence.",
    "posture.bolster": "What was done well may stand beside other information, never alone.",
    "posture.inform": "What to do and what is known must be part of every answer.",
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A cluster, the codes of the reasons in the order of their weight, and whether history or reputation raised it."""

    cluster: Cluster
    reasons: tuple[str, ...]
    raised: bool = False


def suggest(signs: frozenset[Sign], *, history: bool = False, poor_reputation: bool = False) -> Suggestion:
    """The cluster that the signs speak for. A person chooses; this only says what speaks for what."""
    ordered = sorted(signs, key=lambda sign: (-CLUSTERS.index(_OF[sign]), SIGNS.index(sign)))
    base = max((CLUSTERS.index(_OF[sign]) for sign in signs), default=0)
    worse = [code for code, there in (("history", history), ("reputation", poor_reputation)) if there]
    raised = bool(worse) and base < len(CLUSTERS) - 1
    reasons = (*ordered, *worse) or ("none",)
    return Suggestion(CLUSTERS[base + raised], reasons, raised)


def postures(cluster: Cluster, claim: Claim | None = None) -> tuple[Posture, ...]:
    """The postures that are offered, in the order in which an answer takes them. Bolster comes last and is never the only one."""
    denial: tuple[Posture, ...] = ("deny",) if may_be_denied(claim) else ()
    return ("inform", "care", *denial, *_POSTURES[cluster], "bolster")


def refusals(chosen: frozenset[Posture], claim: Claim | None = None) -> tuple[Finding, ...]:
    """What is wrong with the postures a person chose."""
    found: list[Finding] = []
    if chosen == frozenset[Posture](("bolster",)):
        found.append(Finding("posture.bolster", "blocks"))
    elif "inform" not in chosen:
        found.append(Finding("posture.inform", "blocks"))
    if "deny" in chosen and not may_be_denied(claim):
        found.append(Finding("posture.deny", "blocks"))
    return tuple(found)


def may_be_denied(claim: Claim | None) -> bool:
    """Whether a claim was checked false, or partly false, with evidence."""
    return claim is not None and claim.status in {"false", "partly"} and bool(claim.evidence)
