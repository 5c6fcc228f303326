"""Which mailbox answers arrive in: named by an administrator, its user and password sealed, tested with a button, read in the background.

A visit reads without marking or deleting anything (`adapters.imap`). Each letter is taken in a transaction of its own that moves the
cursor: a worker that is killed between two of them repeats none and passes none over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext

from kentongan.adapters import imap, replies
from kentongan.engine.outcomes import NATURE
from kentongan.engine.reasons import Remark
from kentongan.errors import InputError, RefusedError, StateError
from kentongan.office import outside, sealing
from kentongan.office.desk import answer_mail, answer_takers, question_links
from kentongan.office.desk.answer_mail_models import AnswerMailbox
from kentongan.office.listening import presenting
from kentongan.office.people import versions
from kentongan.office.people.models import Office, User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record

LONGEST, LONGEST_SECRET = 300, 1_000


@dataclass(frozen=True, slots=True)
class MailboxDraft:
    """What an administrator types. An empty `password` keeps the one that is sealed."""

    email: str
    address: str
    user: str
    password: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a visit: its outcome in the words of `engine.outcomes`, letters that were taken, and whether more wait."""

    outcome: str
    taken: int = 0
    more: bool = False


def get_mailbox(office: int) -> AnswerMailbox | None:
    """The office's mailbox for answers. One query."""
    return AnswerMailbox.objects.filter(office=office).select_related("set_by").first()


def stored_of(box: AnswerMailbox) -> dict[str, str]:
    """What stands there now and is no secret; the user is empty where the key of this data folder does not fit."""
    return {"email": box.email, "address": box.address, "user": _opened(box).get("user", "")}


@transaction.atomic
def set_mailbox(by: User, draft: MailboxDraft, version: int, now: datetime) -> AnswerMailbox:
    """Name the mailbox, or change it. One with another address is read from its beginning."""
    office = Office.objects.select_for_update().get(pk=by.office_id)
    need(by, "credentials.change", office)
    box = AnswerMailbox.objects.filter(office=office).first() or AnswerMailbox(office=office, version=0, set_at=now)
    versions.same(box, version, stored_of(box) if box.pk else {})
    known = _opened(box) if box.pk and box.address == draft.address.strip() else {}
    draft = MailboxDraft(draft.email.strip(), draft.address.strip(), draft.user.strip(), draft.password or known.get("password", ""))
    _need_sound(draft)
    if box.address != draft.address:
        box.cursor = ""
    box.email, box.address = draft.email, draft.address
    box.sealed = sealing.seal({"user": draft.user, "password": draft.password})
    box.set_by, box.set_at, box.outcome, box.visited, box.failing, box.version = by, now, "", None, None, box.version + 1
    box.save()
    record(by, "mailbox.set", box, now)
    return box


def _need_sound(draft: MailboxDraft) -> None:
    try:
        validate_email(draft.email)
    except ValidationError as error:
        raise InputError(gettext("Give the e-mail address to which answers are written."), subject="email") from error
    if len(draft.email) > 200:
        raise InputError(gettext("Give the e-mail address to which answers are written."), subject="email")
    wrong = imap.refusal(draft.address)
    if wrong or len(draft.address) > LONGEST or "?" in draft.address:
        said = presenting.remark(wrong) if isinstance(wrong, Remark) else gettext("Write imaps://host/folder.")
        raise InputError(said, subject="address")
    for name in ("user", "password"):
        value = getattr(draft, name)
        if not value:
            raise InputError(gettext("This field is needed to read the mailbox."), subject=name)
        if len(value) > LONGEST_SECRET or not value.isprintable():
            raise InputError(gettext("That is no name or password of a mailbox."), subject=name)


@transaction.atomic
def remove_mailbox(by: User, now: datetime) -> None:
    """Forget the mailbox and its password. What came of it stays with its questions."""
    box = AnswerMailbox.objects.select_for_update().filter(office=by.office_id).first()
    if box is None:
        raise RefusedError(gettext("No mailbox is named."), subject="mailbox")
    need(by, "credentials.change", box)
    record(by, "mailbox.removed", box, now)
    box.delete()


def try_mailbox(by: User, now: datetime) -> str:
    """Open the mailbox once, take nothing, and say what came of it, in words."""
    box = get_mailbox(by.office_id or 0)
    if box is None:
        raise RefusedError(gettext("No mailbox is named."), subject="mailbox")
    need(by, "credentials.change", box)
    visited = outside.mailbox().visit(box.address, _opened(box), box.cursor, lambda raw, place: None, most=1)
    with transaction.atomic():
        AnswerMailbox.objects.filter(pk=box.pk, version=box.version).update(outcome=visited.outcome.kind, visited=now)
        record(by, "mailbox.tested", box, now, outcome=visited.outcome.kind)
    said = presenting.outcome(visited.outcome.kind)
    if isinstance(visited.outcome.detail, Remark):
        said = f"{said} {presenting.remark(visited.outcome.detail)}"
    if NATURE[visited.outcome.kind] != "fine":
        raise RefusedError(said, subject="mailbox")
    return said


def visit(office: Office, clock: Callable[[], datetime]) -> Seen | None:
    """Read what is new, in the office's scope and outside any transaction; None where no mailbox is named."""
    box = get_mailbox(office.pk)
    if box is None:
        return None
    came: list[tuple[str, replies.Reply | None]] = []
    take = lambda raw, place: came.append((place, replies.read(raw, question_links.TAG)))  # noqa: E731
    visited = outside.mailbox().visit(box.address, _opened(box), box.cursor, take)
    taken = sum(take_one(box, place, letter, clock()) for place, letter in came)
    now = clock()
    fine = NATURE[visited.outcome.kind] == "fine"
    changes = {"outcome": visited.outcome.kind, "visited": now, "failing": None if fine else box.failing or now}
    if fine and not came:
        changes["cursor"] = visited.cursor
    AnswerMailbox.objects.filter(pk=box.pk, version=box.version).update(**changes)
    return Seen(visited.outcome.kind, taken, visited.more)


@transaction.atomic
def take_one(box: AnswerMailbox, place: str, letter: replies.Reply | None, now: datetime) -> bool:
    """Take one letter and remember that it was; False for one that was taken before, or where somebody changed the mailbox meanwhile."""
    rows = AnswerMailbox.objects.select_for_update(of=("self",)).select_related("office")
    held = rows.filter(pk=box.pk, version=box.version).first()
    if held is None or not _comes_after(place, held.cursor):
        return False
    claimed = letter is not None and answer_takers.take(held.office, letter, now)
    if not claimed and box.cursor:  # what lay there before the first visit is not counted
        answer_mail.count(held.office, "unreadable" if letter is None else "automatic" if letter.automatic else "unknown", now)
    held.cursor = place
    held.save(update_fields=["cursor"])
    return True


def _comes_after(place: str, cursor: str) -> bool:
    """Whether a letter lies behind what was taken; in a mailbox that was numbered anew each does."""
    validity, _, number = place.partition(":")
    before, _, last = cursor.partition(":")
    return validity != before or int(number) > int(last or 0)


def _opened(box: AnswerMailbox) -> Mapping[str, str]:
    try:
        return sealing.opened(bytes(box.sealed))
    except StateError:
        return {}
