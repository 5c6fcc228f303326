"""The bytes of a letter to what may be read of it: subject, text, time; and of its sender only what is needed for a moment.

Hostile input is the rule: headers in broken encodings, character sets that do not exist, a thousand parts, base64 that is none. Nothing
raises; what cannot be read is absent. Parsing is by the standard library's `compat32` policy, which records defects instead of raising.

The sender's name and address, where they stand in subject or text, are replaced by marks; what is quoted of earlier letters and what
stands below the signature line is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr

from kentongan.engine import dates, markup
from kentongan.engine.feed_items import MAX_SUMMARY, MAX_TITLE
from kentongan.engine.privacy import mark_text

MOST_PARTS = 200
MOST_NESTED = 50
"""Parts within parts. The parser's time is quadratic in them: 3,000 of them in 150 KB took 1.8 s."""
_LONGEST_HEADER = 10_000
_LONGEST_SENDER = 500
_QUOTED = re.compile(r"^\s*(?:>|-{2,}\s*(?:original message|forwarded message|pesan asli|thư gốc))", re.IGNORECASE)
_WROTE = re.compile(r"^.{0,300}\b(?:wrote|menulis|đã viết)\s*:\s*$", re.IGNORECASE)
_NESTED = re.compile(rb"content-type:\s{0,20}(?:multipart|message)/", re.IGNORECASE)
_SHORTEST_NAME = 3
GARBAGE = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What parser and parts raise for letters that are none."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What may be read of a letter. `sender` (address, lower case) and `domain` are for the caller's next step only, never to be stored."""

    message_id: str
    subject: str
    text: str
    sent: datetime | None
    sender: str
    domain: str
    newsletter: bool
    automatic: bool


def read(raw: bytes, *, default_offset: int) -> Letter | None:
    """A letter; None for bytes without subject and words, and for one that is nested beyond sense."""
    message = parsed(raw)
    if message is None:
        return None
    try:
        plain = _text(message)
    except GARBAGE:
        return None
    name, address = sender_of(message)
    subject = markup.plain(_hidden(header(message, "Subject"), name, address), limit=MAX_TITLE)
    words = markup.squeezed(_hidden(plain, name, address))[:MAX_SUMMARY]
    if not (subject or words):
        return None
    return Letter(
        message_id=markup.squeezed(header(message, "Message-ID"))[:1000],
        subject=subject,
        text=words,
        sent=dates.read(header(message, "Date"), default_offset=default_offset),
        sender=address,
        domain=address.rpartition("@")[2],
        newsletter=any(header(message, one) for one in ("List-Id", "List-Unsubscribe")),
        automatic=header(message, "Auto-Submitted").strip().lower() not in ("", "no"),
    )


def parsed(raw: bytes) -> Message | None:
    """The bytes as a message; None for one that is nested beyond sense, and for rare garbage that the parser itself trips over."""
    if len(_NESTED.findall(raw)) > MOST_NESTED:
        return None
    try:
        return message_from_bytes(raw)
    except GARBAGE:
        return None


def sender_of(message: Message) -> tuple[str, str]:
    """Name and address (lower case), each "" where it cannot be read."""
    try:
        name, address = parseaddr(header(message, "From")[:_LONGEST_SENDER])
    except (ValueError, IndexError, TypeError, RecursionError):
        return "", ""
    return name, address.strip().casefold() if "@" in address else ""


def header(message: Message, name: str) -> str:
    """A header decoded (RFC 2047), on one line; "" for none."""
    value = str(message.get(name, ""))[:_LONGEST_HEADER]
    try:
        pieces = [decoded(part, charset or "") if isinstance(part, bytes) else part for part, charset in decode_header(value)]
    except (HeaderParseError, ValueError, LookupError):
        pieces = [value]
    return markup.squeezed("".join(pieces).encode("utf-8", "replace").decode())


def _text(message: Message) -> str:
    """The words of a letter: its first text part, else its first HTML part as plain text."""
    html = ""
    for part in parts(message):
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html") or part.get_content_disposition() == "attachment":
            continue
        body = part.get_payload(decode=True)
        words = decoded(body, part.get_content_charset("")) if isinstance(body, bytes) else ""
        if kind == "text/plain" and words.strip():
            return _own_words(words)
        html = html or words
    return markup.plain(html, limit=MAX_SUMMARY)


def parts(message: Message) -> Iterator[Message]:
    """The parts that hold something themselves, `MOST_PARTS` of all at most."""
    for number, part in enumerate(message.walk()):
        if number >= MOST_PARTS:
            return
        if not part.is_multipart():
            yield part


def decoded(body: bytes, charset: str) -> str:
    """Bytes as text, whatever character set they claim."""
    if charset:
        try:
            return body.decode(charset)
        except (UnicodeError, LookupError, ValueError):
            pass  # a character set that is not there, or not true
    return markup.decoded(body)[0]


def _own_words(words: str) -> str:
    """A letter's own words: without what it quotes, and without its signature."""
    kept: list[str] = []
    for line in words.replace("\r\n", "\n").split("\n"):
        if line.rstrip("\r") in ("-- ", "--"):
            break
        if _WROTE.match(line):
            continue
        if not _QUOTED.match(line):
            kept.append(line)
    return "\n".join(kept)


def _hidden(words: str, name: str, address: str) -> str:
    """Words without the sender's name and address."""
    if address:
        words = re.sub(re.escape(address), mark_text("email"), words, flags=re.IGNORECASE)
    name = markup.squeezed(name)
    if len(name) >= _SHORTEST_NAME:
        words = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", mark_text("name"), words, flags=re.IGNORECASE)
    return words
