"""Publication: the record that a named person published a version, and the review of what one person published alone in an emergency.

What is published is what was approved: hash and evidence are compared in the same transaction, and where anything changed in between
nothing is published and the reason is said. What shows a publication to the public is not here.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext

from kentongan.engine.alignment import text_hash
from kentongan.errors import InputError, RefusedError
from kentongan.office.desk import (
    evidence,
    statement_checking,
    statement_moves,
    statement_queries,
    statement_saying,
    statement_tasks,
    statement_telling,
)  # fmt: skip
from kentongan.office.desk.models import Approval, Publication, Sentence, Statement, StatementVersion
from kentongan.office.desk.services import answered
from kentongan.office.desk.statement_approval import Sight, StaleError, moved, need_factor, need_sound, next_state
from kentongan.office.desk.statement_correcting import digest_of_wrong, mark_corrected
from kentongan.office.desk.statement_deputies import get_able, get_writers
from kentongan.office.desk.statement_pasting import why
from kentongan.office.desk.statement_recording import record
from kentongan.office.desk.statement_services import end_requests, held
from kentongan.office.listening import presenting
from kentongan.office.people.models import User

LONGEST_SLUG = 80
HELD_BACK_AT_MOST = timedelta(days=30)
LOCK_ADDRESSES = 73_007
"""Held while a publication gets its address: two that begin alike and go out at once get one each."""


@transaction.atomic
def publish(by: User, statement: Statement, sight: Sight, now: datetime, not_before: datetime | None = None) -> Publication:
    """Publish what was approved, exactly that, by name; held back from everybody outside until `not_before`, when it is compared again."""
    found, last = held(by, "statements.publish", statement)
    state = next_state(found, "publish")
    last = _need_seen(last, sight)
    approved = statement_queries.get_approval(found)
    if approved is None or approved.version_id != last.pk or text_hash(last.text) != approved.text_hash:
        raise RefusedError(gettext("This is not the text that was approved, so it was not published."), subject="version")
    _need_same_evidence(found, last, approved, now)
    need_sound(found, last, now)
    _need_fit(found, not_before, now)
    made = _bring_out(by, found, last, state, None, now, not_before)
    if not_before is not None:
        statement_tasks.plan_end(made, now)
    until = not_before.isoformat() if not_before else None
    said: dict[str, object] = {"number": last.number, "text_hash": last.text_hash, "not_before": until, **digest_of_wrong(found)}
    record(by, "statement.published", found, now, "", **said)
    return made


@transaction.atomic
def publish_in_emergency(by: User, statement: Statement, reason: str, sight: Sight, now: datetime) -> Publication:
    """One person publishes alone what people should do, with a reason. Somebody else reviews it within a day."""
    found, last = held(by, "statements.publish", statement)
    state = next_state(found, "emergency")
    last = _need_seen(last, sight)
    sentences = statement_queries.sentences_of(last)
    if not statement_moves.may_go_out_alone([one.section for one in sentences]):
        said = gettext(
            "Alone you publish only what people should do: every sentence must be an instruction, the next update or the contact."
        )
        raise RefusedError(said, subject="section")
    checked = statement_checking.check(found, sentences, now)
    wrong = [statement_saying.said(one) for one in checked.blocking if one.code not in statement_moves.NOT_IN_EMERGENCY]
    if wrong:
        raise RefusedError(gettext("It cannot be published: %(what)s") % {"what": " ".join(wrong[:3])}, subject="findings")
    need_no_overdue(found.office_id, now)
    reason = why(reason, "reason")
    end_requests(found, Approval.Outcome.OVER, now)
    made = _bring_out(by, found, last, state, now + statement_moves.REVIEW_WITHIN, now)
    record(by, "statement.published_alone", found, now, reason, number=last.number, text_hash=last.text_hash, **digest_of_wrong(found))
    reviewers = [one for one in get_able(found, "approver") if one.pk != by.pk]
    statement_telling.tell_reviewers(made, reviewers, now)
    return made


@transaction.atomic
def review(by: User, statement: Statement, outcome: str, note: str, now: datetime) -> Publication:
    """Somebody else says of what one person published alone whether it is sound, with a reason."""
    found, _last = held(by, "statements.approve", statement)
    made = Publication.objects.select_for_update().filter(statement=found, review="", review_due__isnull=False).first()
    if made is None:
        raise RefusedError(gettext("There is nothing to review here any more."), subject="state")
    if not statement_moves.ROLES["approver"] & (by.roles | by.standing_in):
        raise RefusedError(gettext("Your role does not allow this. Ask an administrator of your office."), subject="review")
    if by.pk == made.by_id or by.pk in get_writers(found):
        raise RefusedError(gettext("You wrote or published it, so somebody else reviews it."), subject="review")
    need_factor(by, found, "approver")
    if outcome not in {Publication.Review.SOUND, Publication.Review.WRONG}:
        raise InputError(gettext("Choose whether it is sound."), subject="outcome")
    note = why(note, "note")
    made.review, made.reviewed_by, made.reviewed_at = outcome, by, now
    made.save(update_fields=["review", "reviewed_by", "reviewed_at"])
    Sentence.objects.filter(version=made.version_id, reviewer=None).update(reviewer=by, decided_at=now)
    record(by, "statement.reviewed", found, now, note, outcome=outcome)
    return made


def need_no_overdue(office: int, now: datetime) -> None:
    """Refuse where what somebody published alone is not reviewed in time: nobody of the office does so again until it is."""
    if Publication.objects.select_for_update().filter(office=office, review="", review_due__lt=now).exists():
        said = gettext(
            "An emergency publication of your office is overdue for review. Until it is reviewed nobody publishes another alone."
        )
        raise RefusedError(said, subject="review")


def slug_of(found: Statement, last: StatementVersion, now: datetime) -> str:
    """The last part of its address: the day and the first words, never twice in an office."""
    first = last.text.split("\n")[0].replace("đ", "d").replace("Đ", "D")
    words = slugify("".join(sign for sign in unicodedata.normalize("NFKD", first) if not unicodedata.combining(sign)))
    day = now.astimezone(statement_queries.zone_of(found)).date().isoformat()
    base = re.sub(r"-+$", "", f"{day}-{words or found.kind.replace('_', '-')}"[:LONGEST_SLUG])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_ADDRESSES, found.office_id])
    taken = set(Publication.objects.filter(office=found.office_id, slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


def _need_seen(last: StatementVersion | None, sight: Sight) -> StatementVersion:
    if last is None or (last.number, last.text_hash) != (sight.number, sight.text_hash):
        raise StaleError(gettext("It was changed since you opened it, so nothing was decided. Look at it as it stands."), subject="version")
    return last


def _need_same_evidence(found: Statement, last: StatementVersion, approved: Approval, now: datetime) -> None:
    """Refuse where what a sentence rests on has changed or is gone since it was approved, and say which sentence."""
    wrong = set(evidence.changed(approved.evidence, evidence.get_passages(found.issue, approved.evidence, now)))
    for one in statement_queries.sentences_of(last):
        if wrong & set(one.evidence):
            said = gettext("Not published: what “%(sentence)s” rests on has changed or is gone since it was approved. Look at it again.")
            raise RefusedError(said % {"sentence": one.text[:120]}, subject="evidence")


def _need_fit(found: Statement, not_before: datetime | None, now: datetime) -> None:
    """Refuse a moment until which this cannot be held back."""
    if not_before is None:
        return
    if not now < not_before <= now + HELD_BACK_AT_MOST:
        raise InputError(gettext("Hold it back until a moment ahead, within 30 days."), subject="not_before")
    if found.corrects_id is not None:
        raise RefusedError(gettext("A correction is never held back: what is wrong stands there until then."), subject="not_before")
    if found.next_update is not None and found.next_update <= not_before:
        raise RefusedError(gettext("The next update it promises would be over by then. Change one of the two."), subject="not_before")


def _bring_out(
    by: User, found: Statement, last: StatementVersion, state: str, due: datetime | None, now: datetime,
    not_before: datetime | None = None,
) -> Publication:  # fmt: skip
    """What is published, and all that this changes: its state, what it takes the place of, what is due of its issue."""
    made = Publication.objects.create(
        office_id=found.office_id, statement=found, version=last, text_hash=last.text_hash, language=found.language,
        slug=slug_of(found, last, not_before or now), at=now, by=by, review_due=due, not_before=not_before,
    )  # fmt: skip
    moved(found, state, now)
    mark_corrected(by, found, now)
    if found.kind in statement_queries.FOR_EVERYBODY:
        answered(by, found.issue, last.next_update, now)
    return made


def mark_of(made: Publication) -> str:
    """What everybody must read with it: that it was withdrawn or corrected and when, or what it corrects; else empty."""
    found = made.statement
    if found.state == Statement.State.WITHDRAWN and made.stopped:
        return gettext("Stopped at the end of its embargo: something it rests on had changed. Nobody outside read it.")
    if found.state == Statement.State.WITHDRAWN:
        return gettext("Withdrawn: this does not hold any more.")
    if found.state == Statement.State.CORRECTED:
        correction = statement_queries.get_correction(found)
        values = {"when": presenting.day_and_hour(found.moved), "wrong": correction.wrong if correction is not None else ""}
        return gettext("Corrected on %(when)s, this does not hold any more: %(wrong)s") % values
    if found.corrects is not None:
        return gettext("Corrects what was published on %(when)s: %(wrong)s") % {
            "when": presenting.day_and_hour(found.corrects.publication.readable_from),
            "wrong": found.wrong,
        }
    return ""


def plain_text(made: Publication) -> str:
    """What was published as plain text: the text, then by which office and when, and what it is now."""
    found = made.statement
    lines = [made.version.text, "", f"{found.office.name}, {presenting.day_and_hour(made.readable_from)}"]
    lines = [*filter(None, [mark_of(made)]), *([""] if mark_of(made) else []), *lines]
    return "\n".join(lines) + "\n"
