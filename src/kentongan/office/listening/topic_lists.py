"""The office's own list of topics: checked, saved and taken back. What is in force is read by `topics_used`.

A list is never changed: each saving is a row with its number, so that what was in force when can be read again. What a text is about
hangs on the list, so the engine's settings hold it (`engine_settings`): a list with other words lets the journal be read again, another
name alone does not. One line of the ledger for each saving and taking back, in the same transaction; it says how much was written, never
what.

A topic is a matter, never a person. Numbers, addresses and handles of people are refused. What only looks like the name of a person
("ngân sách" does, to a tagger) is shown with its line, and an administrator says that it is none; the ledger keeps that this was said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from kentongan.engine.identifiers import find_identifiers
from kentongan.engine.names import load_tagger
from kentongan.engine.query_names import judge
from kentongan.engine.topics import KINDS, Lists, shipped_lists
from kentongan.engine.topics_reading import Unfit, lines_of, lists_from
from kentongan.errors import InputError, RefusedError
from kentongan.office.ledger import services as ledger
from kentongan.office.listening import journal, topics_wording
from kentongan.office.listening.topics_models import TopicList
from kentongan.office.listening.topics_used import counts_of, used_by
from kentongan.office.people import holders
from kentongan.office.people.models import Office, User
from kentongan.office.people.permissions import need
from kentongan.office.people.recording import record
from kentongan.office.people.versions import ConflictError

MOST_NEW = 500
"""New phrases that are looked at for names of people at one time: some seconds."""


# ---- what may stand there ---------------------------------------------------------------------------------------------------
class ListError(InputError):
    """A list that does not keep the form: why and what to do in the reader's language, and the line (0: of the whole)."""

    def __init__(self, error: Unfit) -> None:
        super().__init__(topics_wording.said(error), subject="text")
        self.line = error.line


@dataclass(frozen=True, slots=True)
class Doubt:
    """A word that looks like the name of a person, and its line."""

    word: str
    line: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A list that keeps the form, and what of its new words looks like somebody's name."""

    lists: Lists
    doubts: tuple[Doubt, ...]


def check(user: User, office: Office, text: str, now: datetime) -> Checked:
    """Whether a list may be saved. Raises `ListError`, `RefusedError` for the number or address of a person.

    Words of the program's list, and of the list in force, were looked at before.
    """
    need(user, "topics.change", office)
    try:
        lists, lines = lists_from(text), lines_of(text)
    except Unfit as error:
        raise ListError(error) from error
    known = _words_of(shipped_lists()) | _words_of(used_by(office.pk))
    new = {word: line for word, line in lines.items() if word not in known}
    for word, line in new.items():
        if next(iter(find_identifiers(word)), None) is not None:
            _refuse(user, now)
            said = gettext("Line %(line)s holds the number or address of a person. A topic is a matter, never a person: take it out.")
            raise RefusedError(said % {"line": line}, subject="text")
    asked = {word: line for word, line in new.items() if len(word.split()) > 1}
    if len(asked) > MOST_NEW:
        said = gettext("More than %(most)s new phrases at once. Bring them in in several steps.")
        raise InputError(said % {"most": MOST_NEW}, subject="text")
    stands, wards = (holders.known_names(office, now), holders.place_names(office)) if asked else ([], [])
    tagger = load_tagger() if asked else None
    found = [Doubt(word, line) for word, line in asked.items() if tagger and not judge(word, tagger, stands, wards).allowed]
    return Checked(lists, tuple(found))


def _words_of(lists: Lists) -> set[str]:
    spoken = {word for kind in KINDS for languages in lists.words(kind).values() for words in languages.values() for word in words}
    return spoken.union(*lists.hidden.values(), *(names.values() for names in lists.names.values()))


def _refuse(user: User, now: datetime) -> None:
    """Keep that something was refused, never what."""
    with transaction.atomic():
        ledger.write("topics.refused", office=user.office_id, actor=user.pk, role=user.role, at=now, subject="topics", detail={})


# ---- changes ----------------------------------------------------------------------------------------------------------------
def save(user: User, text: str, seen: int, now: datetime, *, no_person: bool = False) -> TopicList:
    """Find topics by this list from now on. `seen` is the number of what was in force when it was written (0: the program's list).

    `no_person`: the person says that none of the doubtful words is anybody's name. Raises as `check`, and `ConflictError` where somebody
    else was quicker.
    """
    need(user, "topics.change")
    text = text.replace("\r\n", "\n")
    checked = check(user, Office.objects.get(pk=user.office_id), text, now)
    if checked.doubts and not no_person:
        said = gettext("Some words look like names of people, “%(word)s” in line %(line)s among them. Take them out, or say that none is.")
        raise InputError(said % {"word": checked.doubts[0].word, "line": checked.doubts[0].line}, subject="no_person")
    with transaction.atomic():
        office = Office.objects.select_for_update().get(pk=user.office_id)
        before = _held(office, seen)
        if before is not None and before.text == text:
            raise InputError(gettext("This is the list that counts already."), subject="text")
        _end(before, user, now)
        topics, words = counts_of(checked.lists)
        number = (TopicList.objects.filter(office=office).values_list("number", flat=True).first() or 0) + 1
        made = TopicList.objects.create(office=office, number=number, text=text, topics=topics, words=words, by=user, at=now)
        record(user, "topics.saved", made, now, number=number, topics=topics, words=words, said_no_person=len(checked.doubts))
        journal.wake(office.pk)
    return made


@transaction.atomic
def take_back(user: User, seen: int, now: datetime) -> None:
    """Let the list that comes with the program count again. The own one stays readable under its number."""
    need(user, "topics.change")
    office = Office.objects.select_for_update().get(pk=user.office_id)
    before = _held(office, seen)
    if before is None:
        raise InputError(gettext("The built-in list counts already."), subject="version")
    _end(before, user, now)
    record(user, "topics.taken_back", before, now, number=before.number)
    journal.wake(office.pk)


def _held(office: Office, seen: int) -> TopicList | None:
    """The list in force, under the office's lock. Raises where it is not the one that was seen."""
    row = TopicList.objects.filter(office=office, ended_at=None).first()
    number = row.number if row is not None else 0
    if number != seen:
        raise ConflictError(subject=f"topics:{number}", stored={"number": number}, version=number)
    return row


def _end(row: TopicList | None, user: User, now: datetime) -> None:
    if row is not None:
        row.ended_by, row.ended_at = user, now
        row.save(update_fields=["ended_by", "ended_at"])
