"""The end of an embargo. What was published with a moment before which nobody reads it is compared once more at that moment, with what was
approved: its text, what its sentences rest on, and every rule. Where nothing changed it is opened to everybody; else it is stopped.

Closed until opened: a publication that is held back appears by the row that says it was compared (`EmbargoEnd`), not by the clock alone.
Where background work stands still it appears late, and never unlooked at. What is stopped is withdrawn before anybody outside saw it;
whoever published it and whoever approved it are told. To be said after all it is begun again, as a draft with the same sentences that is
approved and published by name like any other.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from kentongan.engine.alignment import text_hash
from kentongan.errors import RefusedError
from kentongan.office.desk import evidence, statement_checking, statement_queries, statement_telling
from kentongan.office.desk.embargo_models import EmbargoEnd
from kentongan.office.desk.models import ApprovalStep, Publication, Sentence, Statement
from kentongan.office.desk.services import fit_to_clocks
from kentongan.office.desk.statement_approval import moved, next_state
from kentongan.office.desk.statement_recording import record
from kentongan.office.desk.statement_services import begin_like, held
from kentongan.office.people.models import Office, User

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Changed:
    """A sentence of what was stopped that rested on something changed or gone, with the numbers of the facts among it."""

    sentence: Sentence
    facts: tuple[int, ...]


def end_due(office: Office, now: datetime) -> tuple[int, int]:
    """End every embargo whose moment has come; gives how many were opened and how many stopped."""
    rows = Publication.objects.filter(office=office, not_before__lte=now, ending=None, statement__state=Statement.State.PUBLISHED)
    ends = [end(pk, now) for pk in rows.order_by("not_before", "pk").values_list("pk", flat=True)[:AT_ONCE]]
    stopped = sum(one.why != "" for one in ends if one is not None)
    return sum(one is not None for one in ends) - stopped, stopped


@transaction.atomic
def end(publication: int, now: datetime) -> EmbargoEnd | None:
    """Compare one again and open or stop it; None where that is done already, or it was withdrawn or corrected meanwhile."""
    rows = Statement.objects.select_for_update(of=("self",)).select_related("issue", "office")
    found = rows.filter(publication=publication).first()
    made = Publication.objects.select_related("version").get(pk=publication)
    if found is None or found.state != Statement.State.PUBLISHED or EmbargoEnd.objects.filter(publication=made).exists():
        return None
    why, changed = compare(found, made, now)
    row = EmbargoEnd.objects.create(office_id=made.office_id, publication=made, at=now, why=why, changed=changed)
    if not why:
        record(None, "statement.opened", found, now, number=made.version.number, text_hash=made.text_hash)
        fit_to_clocks(None, found.issue, now)
        return row
    moved(found, next_state(found, "withdraw"), now)
    record(None, "statement.stopped", found, now, number=made.version.number, text_hash=made.text_hash, why=why, changed=changed)
    fit_to_clocks(None, found.issue, now)
    statement_telling.tell_stopped(made, _concerned(found, made), now)
    return row


def compare(found: Statement, made: Publication, now: datetime) -> tuple[str, list[str]]:
    """Why what was published must not be opened now, and the ids of what changed; "" where it may. The statement is under a lock."""
    approved = statement_queries.get_approval(found)
    if approved is None or approved.version_id != made.version_id:
        return "text", []
    if len({approved.text_hash, made.text_hash, text_hash(made.version.text)}) > 1:
        return "text", []
    changed = evidence.changed(approved.evidence, evidence.get_passages(found.issue, approved.evidence, now))
    if changed:
        return "evidence", changed
    as_approved = copy(found)
    as_approved.state = Statement.State.APPROVED  # in what is settled the rules look for nothing
    checked = statement_checking.check(as_approved, statement_queries.sentences_of(made.version), now)
    return ("findings", []) if checked.blocking else ("", [])


def _concerned(found: Statement, made: Publication) -> list[User]:
    """Whoever published it and whoever approved it."""
    steps = ApprovalStep.objects.filter(approval=statement_queries.get_approval(found), kind=ApprovalStep.Kind.APPROVER).values_list(
        "by", flat=True
    )
    return list(User.objects.filter(pk__in={made.by_id, *(pk for pk in steps if pk)}).order_by("pk"))


def get_ending(made: Publication) -> EmbargoEnd | None:
    """How its embargo ended. One query where it had one."""
    return EmbargoEnd.objects.filter(publication=made).first() if made.not_before is not None else None


def get_changed(made: Publication, ending: EmbargoEnd) -> list[Changed]:
    """The sentences that rested on what had changed, in their order. The version is read with its sentences."""
    gone = set(ending.changed)
    return [
        Changed(one, tuple(dict.fromkeys(pk for pk, _version in evidence.facts_of(gone & set(one.evidence)))))
        for one in statement_queries.sentences_of(made.version) if gone & set(one.evidence)
    ]  # fmt: skip


@transaction.atomic
def begin_again(by: User, statement: Statement, now: datetime) -> Statement:
    """A draft with the sentences of what was stopped, once: what changed is looked at, then it is approved and published by name."""
    found, last = held(by, "statements.write", statement)
    made = Publication.objects.filter(statement=found).first()
    ending = get_ending(made) if made is not None else None
    if last is None or ending is None or not ending.why:
        raise RefusedError(gettext("Only what was stopped at the end of its embargo is begun again."), subject="state")
    if statement_queries.get_seen(by).filter(restarts=found).exists():
        raise RefusedError(gettext("This was begun again already."), subject="state")
    return begin_like(by, found, last, "restarts", now)
