"""What the office decides about claims: whether one is so, what it says of a policy, and to watch it before anybody answers.

Nobody but a named officer with evidence says true, partly true or false, and only of what can be checked; the database refuses anything
else. Stance and truth are decided apart: a critical claim may be true. Every act leaves its line in the ledger, in its transaction.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext

from kentongan.engine import privacy
from kentongan.engine.claims import worth_of
from kentongan.engine.names import load_tagger
from kentongan.errors import InputError
from kentongan.office.listening.claims_models import Claim
from kentongan.office.people.models import User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record

CHECKED = (Claim.Truth.TRUE, Claim.Truth.PARTLY, Claim.Truth.FALSE)
LEAST_EVIDENCE = 10
LONGEST_EVIDENCE = 2_000
LONGEST_NOTE = 300
SOONEST, LATEST = timedelta(minutes=15), timedelta(days=14)


def decide(user: User, claim: Claim, truth: str, evidence: str, evidence_url: str, now: datetime) -> None:
    """Say whether a claim is so. Evidence is a sentence of what shows it, an address where it stands, or both.

    Raises where the person may not, the claim cannot be checked, or nothing shows it.
    """
    need(user, "claims.decide", claim)
    if truth not in Claim.Truth.values:
        raise InputError(gettext("Choose one of the truth statuses."), subject="truth")
    evidence, evidence_url = evidence.strip()[:LONGEST_EVIDENCE], evidence_url.strip()
    if evidence_url:
        need_address(evidence_url, "evidence_url", gettext("The evidence's address does not begin with http:// or https://."))
    if truth in CHECKED:
        if worth_of(claim.text, claim.language).against:  # type: ignore[arg-type]
            raise InputError(gettext("This sentence cannot be checked, so it cannot be called true or false."), subject="truth")
        if len(evidence) < LEAST_EVIDENCE and not evidence_url:
            raise InputError(gettext("Say what shows it, or give the address of the evidence."), subject="evidence")
    _decide(user, claim, truth, evidence, evidence_url, now)


def need_address(address: str, field: str, said: str) -> None:
    """Raise `InputError` at the field, in these words, for what is no address of the web."""
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError as error:
        raise InputError(said, subject=field) from error


@transaction.atomic
def _decide(user: User, claim: Claim, truth: str, evidence: str, evidence_url: str, now: datetime) -> None:
    row = Claim.objects.select_for_update().get(pk=claim.pk)
    before = row.truth
    open_again = truth == Claim.Truth.UNVERIFIED
    row.truth = truth
    row.evidence, row.evidence_url = ("", "") if open_again else (evidence, evidence_url)
    row.decided_by, row.decided_at = (None, None) if open_again else (user, now)
    row.save(update_fields=["truth", "evidence", "evidence_url", "decided_by", "decided_at"])
    hidden = privacy.hide(evidence, source_kind="public", names=load_tagger())
    record(user, "claim.decided", row, now, truth=truth, before=before, evidence=hidden.text, evidence_url=evidence_url)
    claim.refresh_from_db()


@transaction.atomic
def note_stance(user: User, claim: Claim, stance: str, now: datetime) -> None:
    """Say what the claim says of a policy; whether it is so is another matter."""
    need(user, "listening.decide", claim)
    if stance not in Claim.Stance.values:
        raise InputError(gettext("Choose one of the stances."), subject="stance")
    Claim.objects.filter(pk=claim.pk).update(stance=stance)
    record(user, "claim.stance_noted", claim, now, stance=stance)
    claim.refresh_from_db()


@transaction.atomic
def watch(user: User, claim: Claim, until: datetime, note: str, now: datetime) -> None:
    """Watch it and do not answer yet; at `until` it comes back on the briefing."""
    need(user, "listening.decide", claim)
    if not SOONEST <= until - now <= LATEST:
        raise InputError(gettext("Choose a time for looking again between 15 minutes and 14 days from now."), subject="until")
    Claim.objects.filter(pk=claim.pk).update(review_at=until, review_note=note.strip()[:LONGEST_NOTE], review_by=user)
    record(user, "claim.watched", claim, now, until=until.isoformat(), outlets=claim.outlets, items=claim.items)
    claim.refresh_from_db()


@transaction.atomic
def end_watch(user: User, claim: Claim, now: datetime) -> None:
    """Somebody has looked again."""
    need(user, "listening.decide", claim)
    if not Claim.objects.filter(pk=claim.pk, review_at__isnull=False).update(review_at=None, review_note="", review_by=None):
        raise InputError(gettext("This claim is not being watched."), subject="claim")
    record(user, "claim.reviewed", claim, now, outlets=claim.outlets, items=claim.items)
    claim.refresh_from_db()
