"""Correcting what was published: a new statement takes its place and says what was wrong; the old one stays readable with its mark.

A correction is written, approved and published like any other statement; the moment it is published the old one is corrected, in the
same transaction, so that never both hold. A correction is corrected by a further one.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from kentongan.engine.alignment import text_hash
from kentongan.errors import InputError, RefusedError
from kentongan.office.desk import moves, statement_checking, statement_queries, statement_saying
from kentongan.office.desk.models import Statement
from kentongan.office.desk.statement_pasting import cleaned_line
from kentongan.office.desk.statement_recording import record
from kentongan.office.desk.statement_services import begin_like, held
from kentongan.office.listening import purposes
from kentongan.office.people.models import User

LONGEST_WRONG = 500


@transaction.atomic
def begin_correction(by: User, statement: Statement, wrong: str, now: datetime) -> Statement:
    """A draft with the same sentences that is to take the place of what is published; `wrong` is what everybody reads of it."""
    found, last = held(by, "statements.write", statement)
    if found.state != Statement.State.PUBLISHED or last is None:
        raise RefusedError(gettext("Only what is published is corrected."), subject="state")
    wrong = cleaned_line(wrong, gettext("What was wrong"), "wrong", longest=LONGEST_WRONG)
    if len(wrong) < moves.LEAST_EVIDENCE:
        raise InputError(gettext("Say what was wrong and what is right, as everybody will read it."), subject="wrong")
    purposes.need_no_identifiers(wrong, "wrong")
    if statement_queries.get_correction(found) is not None:
        raise RefusedError(gettext("A correction of this is in the making already."), subject="state")
    blocking = [statement_saying.said(one) for one in statement_checking.check_wrong(found, wrong, now) if one.weight == "blocks"]
    if blocking:
        raise InputError(gettext("What was wrong: %(what)s") % {"what": " ".join(dict.fromkeys(blocking))}, subject="wrong")
    return begin_like(by, found, last, "corrects", now, wrong)


def digest_of_wrong(found: Statement) -> dict[str, object]:
    """For the lines about approving and publishing it: the digest of what it says was wrong, which nothing changes once it is begun."""
    return {"wrong_hash": text_hash(found.wrong)} if found.corrects_id is not None else {}


def mark_corrected(by: User, made: Statement, now: datetime) -> None:
    """For the service that publishes: what `made` takes the place of does not hold any more. In the caller's transaction."""
    if made.corrects_id is None:
        return
    old = statement_queries.get_seen(by).select_for_update(of=("self",)).get(pk=made.corrects_id)
    if old.state != Statement.State.PUBLISHED:
        raise RefusedError(gettext("What this corrects is not published any more, so it was not published."), subject="corrects")
    old.state, old.moved, old.version = Statement.State.CORRECTED, now, old.version + 1
    old.save(update_fields=["state", "moved", "version"])
    record(by, "statement.corrected", old, now, "", correction=made.pk)
