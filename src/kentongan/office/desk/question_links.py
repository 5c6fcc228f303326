"""One-time links to a question: their word, which is kept nowhere, and how one is found again.

The word is an HMAC of the link's nonce under the installation's secret key, so that a reminder can name the same link again; the database
holds nonce and digest, and a copy of it alone opens nothing.

An answer by e-mail names the same link by a second, shorter word of the same nonce. It stands in the subject and the Message-ID of what was
mailed, where mail programs bring it back; it opens no page.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from kentongan.office.desk import question_moves
from kentongan.office.desk.question_models import AgencyQuestion, AnswerLink
from kentongan.office.people.inviting import digest_of
from kentongan.office.people.models import User

SALT, REPLY_SALT = "kentongan.desk.answer", "kentongan.desk.reply"
REPLY_BYTES = 10
"""80 bits: sixteen letters and figures that no mail program breaks or changes."""
TAG = re.compile(r"\[KT-([a-z2-7]{16})\]", re.IGNORECASE)
"""How the word stands in a subject and above the line."""
IN_ID = re.compile(r"\.([a-z2-7]{16})@", re.IGNORECASE)
"""How it stands in a Message-ID."""
MOST = 20
"""Links to one question."""


def make(question: AgencyQuestion, person: User | None, now: datetime, *, handed: bool = False) -> AnswerLink:
    """A new link to a question, for this person or whoever is given it. For the services of this room."""
    nonce = secrets.token_urlsafe(32)
    return AnswerLink.objects.create(
        office_id=question.office_id, question=question, person=person, nonce=nonce, digest=digest_of(_word(nonce)), at=now,
        handed=handed, expires=question_moves.link_until(question.due),
    )  # fmt: skip


def word_of(link: AnswerLink) -> str:
    """What its address ends with. Where the installation has another secret by now, the link opens with the new word."""
    word = _word(link.nonce)
    if digest_of(word) != link.digest:
        link.digest = digest_of(word)
        link.save(update_fields=["digest"])
    return word


def address_of(link: AnswerLink) -> str:
    """Its full address, where people type it: never at the host a request happens to name."""
    return f"{settings.CONFIG.public_url}{reverse('answer_link', args=[word_of(link)])}"


def find(word: str) -> AnswerLink | None:
    """The link a word belongs to, whatever became of it. Only for whoever holds the word. One query."""
    rows = AnswerLink.objects.select_related("question__agency", "office")
    return rows.filter(digest=digest_of(word)).first()


def reply_word_of(link: AnswerLink) -> str:
    """The word by which an answer by e-mail names it."""
    word = base64.b32encode(_made(REPLY_SALT, link.nonce)[:REPLY_BYTES]).decode().lower()
    if digest_of(word) != link.reply_digest:
        link.reply_digest = digest_of(word)
        link.save(update_fields=["reply_digest"])
    return word


def tag_of(word: str) -> str:
    """How that word is written where people see it."""
    return f"[KT-{word}]"


def words_in(subject: str, named: Iterable[str]) -> list[str]:
    """The words a letter names: by the letters it answers, the nearest first, then in its subject. Pure."""
    found = [match[1] for one in named for match in IN_ID.finditer(f"{one}")] + [match[1] for match in TAG.finditer(subject)]
    return list(dict.fromkeys(word.lower() for word in found))[:MOST]


def find_by_reply(words: Iterable[str]) -> AnswerLink | None:
    """The link the first known of these words belongs to, whatever became of it. One query."""
    digests = [digest_of(word) for word in words]
    rows = AnswerLink.objects.select_related("question").filter(reply_digest__in=digests) if digests else []
    known = {one.reply_digest: one for one in rows}
    return next((known[one] for one in digests if one in known), None)


def refusal_words(code: question_moves.Refusal) -> str:
    """Why it takes no answer, for whoever holds the link; "" where it does."""
    match code:
        case "":
            return ""
        case "used":
            return gettext("This link was used: the answer has arrived. Each link takes one answer. There is nothing left to do.")
        case "answered":
            return gettext("This question has been answered already, by a colleague or by another link. There is nothing left to do.")
        case "withdrawn":
            return gettext("This question was withdrawn. Nobody waits for an answer any more.")
        case "old":
            return gettext("This link is too old to take an answer. Ask whoever sent it to you for a new one.")
        case _:
            return gettext("This link is not complete or not ours. Copy it whole from the message.")


def _word(nonce: str) -> str:
    return base64.urlsafe_b64encode(_made(SALT, nonce)).decode().rstrip("=")


def _made(salt: str, nonce: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"{salt}:{nonce}".encode(), "sha256")
