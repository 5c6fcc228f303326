"""A letter's bytes to what an answer to one of ours needs: which of ours it is about, the words it adds, what kind of letter it is.

Observed. A program answers many letters, not a person: out of office, not deliverable, list robots. They say so in headers (RFC 3834) or
have an empty Return-Path (RFC 5321, 4.5.5); a delivery report has parts of its own (RFC 3464) and brings headers of what it is about. Of
what a person writes most is not theirs: programs put all of the letter that is answered below, marked with `>` or not at all.

Method. What stands above the first sign of an older letter counts, without what is marked as quoted: our own line with its mark, the line
that names who wrote when, a block of headers, a ruled line, the signature's two dashes. Answers between or below quoted lines stay, where
the quotation is marked. Of HTML, used only where there is no plain text, what readers do not see is dropped before.

Known limits. A program that neither marks what it quotes nor keeps our line nor names who wrote it leaves old words in the answer. White
letters on white ground are not known as hidden. Nothing here proves who wrote: `sender` is what the letter says.

Hostile input is the rule; nothing raises. Attachments are counted, never opened.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import cast

from kentongan.adapters import letters
from kentongan.engine import markup, trees

LONGEST = 20_000
"""Characters of a letter that are looked at."""
MOST_REFERENCES = 50
_ID = re.compile(r"<([^<>\s]{3,300})>")
_BREAKS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_QUOTED = re.compile(r"^\s*[>|]")
_WROTE = re.compile(r"\b(?:wrote|menulis|đã viết|schrieb|a écrit)\s*:\s*$", re.IGNORECASE)
_BEGINS = re.compile(r"^\s*(?:On|Pada|Vào|Am|Le|Ngày)\b.{0,300}$", re.IGNORECASE)
_RULED = re.compile(
    r"^\s*(?:-{2,}\s*(?:original message|forwarded message|pesan asli|pesan terusan|thư gốc|thư chuyển tiếp)|[_=]{10,}\s*$)", re.IGNORECASE
)
_FROM = re.compile(r"^\s*\*?(?:From|Dari|Từ|Von|De)\s?:\*?\s", re.IGNORECASE)
_HEADERS = re.compile(
    r"^\s*\*?(?:Sent|Date|To|Subject|Dikirim|Terkirim|Tanggal|Kepada|Subjek|Perihal|Đã gửi|Ngày|Tới|Đến|Chủ đề)\s?:", re.IGNORECASE
)
_SIGNED = re.compile(
    r"^\s*(?:--|—)\s*$|^\s*(?:Sent from my|Dikirim dari|Terkirim dari|Được gửi từ|Gửi từ|Get Outlook for|Dapatkan Outlook)\b", re.IGNORECASE
)
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d])|font-size\s*:\s*0(?![.\d])|mso-hide\s*:\s*all"
    r"|max-height\s*:\s*0(?![.\d])|color\s*:\s*transparent", re.IGNORECASE
)  # fmt: skip
_OLDER = re.compile(
    r"gmail_quote|gmail_signature|moz-cite-prefix|moz-signature|yahoo_quoted|protonmail_quote|tutanota_quote", re.IGNORECASE
)
_ENDS = frozenset({"divRplyFwdMsg", "appendonsend", "mail-editor-reference-message-container"})
"""Ids with which Outlook begins the older letter: everything behind is of it."""
_DROPPED = frozenset({"script", "style", "head", "title", "template", "blockquote", "noscript", "object", "svg"})
_BLOCKS = frozenset({"p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre"})
_PROGRAMS = frozenset({"bulk", "junk", "list", "auto_reply"})
_ROBOTS = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply|auto-?reply)[@+]", re.IGNORECASE)
_STATUS = re.compile(r"^\s*([245])\.(\d{1,3})\.(\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery report: `status` as in RFC 3463 ("5.1.1"; "" where it gives none), and the Message-ID of what was not delivered."""

    status: str
    original: str

    @property
    def permanent(self) -> bool:
        """Whether the same letter would fail again."""
        return self.status.startswith("5.")


@dataclass(frozen=True, slots=True)
class Reply:
    """What may be read of a letter. `mark` knows the same letter again. `sender` is for comparing only, never to be stored.

    `named` are Message-IDs of letters it answers, the nearest first. `text` is empty for what has no words of its own; `cut` where they
    were more than are read.
    """

    mark: str
    subject: str
    named: tuple[str, ...]
    sender: str
    text: str
    cut: bool = False
    automatic: bool = False
    attachments: int = 0
    bounce: Bounce | None = None


def read(raw: bytes, ours: re.Pattern[str]) -> Reply | None:
    """A letter; None for bytes that are none. `ours` is how a line of ours is known: everything from there on is older."""
    message = letters.parsed(raw)
    if message is None:
        return None
    try:
        return _read(message, raw, ours)
    except letters.GARBAGE:
        return None


def _read(message: Message, raw: bytes, ours: re.Pattern[str]) -> Reply:
    own = letters.header(message, "Message-ID")
    sender = letters.sender_of(message)[1]
    bounce = _bounce(message)
    words, attachments = _words(message, ours)
    named = [*_ids(message, "In-Reply-To"), *reversed(_ids(message, "References"))]
    return Reply(
        mark=hashlib.sha256(own.encode("utf-8", "replace") if own else raw).hexdigest(),
        subject=letters.header(message, "Subject")[:1_000],
        named=tuple(dict.fromkeys(([bounce.original] if bounce and bounce.original else []) + named)),
        sender=sender,
        text=words[:LONGEST],
        cut=len(words) > LONGEST or len(raw) >= LARGEST,
        automatic=bounce is not None or _automatic(message, sender),
        attachments=attachments,
        bounce=bounce,
    )


LARGEST = 256 * 1024
"""Bytes of a letter that are fetched; a longer one was cut."""


def _ids(message: Message, name: str) -> list[str]:
    return _ID.findall(letters.header(message, name))[-MOST_REFERENCES:]


def _automatic(message: Message, sender: str) -> bool:
    """Whether a program wrote it, or it says so."""
    said = letters.header(message, "Auto-Submitted").strip().lower()
    path = letters.header(message, "Return-Path").strip()
    precedence = letters.header(message, "Precedence").strip().lower()
    told = any(letters.header(message, one) for one in ("X-Autoreply", "X-Autorespond", "List-Id", "List-Unsubscribe", "Feedback-ID"))
    return said not in ("", "no") or path == "<>" or precedence in _PROGRAMS or told or bool(_ROBOTS.match(sender))


def _bounce(message: Message) -> Bounce | None:
    """What a delivery report says; None for any other letter. Of several receivers the worst counts."""
    if message.get_content_type() != "multipart/report" or str(message.get_param("report-type", "")).lower() != "delivery-status":
        return None
    status, original = "", ""
    for number, part in enumerate(message.walk()):
        if number >= letters.MOST_PARTS:
            break
        if found := _STATUS.match(letters.header(part, "Status")):
            status = max(status, ".".join(found.groups()))
        if part is not message and not original and _of_original(part):
            original = next(iter(_ID.findall(_original_id(part))), "")
    return Bounce(status, original)


def _of_original(part: Message) -> bool:
    return part.get_content_type() in ("message/rfc822", "message/rfc822-headers", "text/rfc822-headers", "message/global-headers")


def _original_id(part: Message) -> str:
    """The Message-ID that stands in a part with the headers of the letter that was not delivered."""
    inner = part.get_payload()
    if isinstance(inner, list) and inner and isinstance(inner[0], Message):
        return letters.header(cast("Message", inner[0]), "Message-ID")
    body = part.get_payload(decode=True)
    text = letters.decoded(body, "") if isinstance(body, bytes) else ""
    found = re.search(r"^Message-ID:\s*(<[^<>\s]{3,300}>)", text[:LONGEST], re.IGNORECASE | re.MULTILINE)
    return found[1] if found else ""


def _words(message: Message, ours: re.Pattern[str]) -> tuple[str, int]:
    """The words a letter adds, and how many attachments it has. The first text counts, the first HTML where there is none."""
    plain, html, attachments = "", "", 0
    for part in _own_parts(message):
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html") or part.get_content_disposition() == "attachment" or part.get_filename():
            attachments += _is_attachment(part, kind)
            continue
        body = part.get_payload(decode=True)
        said = letters.decoded(body, part.get_content_charset("")) if isinstance(body, bytes) else ""
        if kind == "text/plain":
            plain = plain or said
        else:
            html = html or said
    text = plain if plain.strip() else seen_text(html)
    return own_words(text[: 4 * LONGEST], ours), attachments


def _own_parts(message: Message) -> Iterator[Message]:
    """The parts of a letter itself, not those of letters in it; `letters.MOST_PARTS` at most."""
    waiting, looked = [message], 0
    while waiting and looked < letters.MOST_PARTS:
        part, looked = waiting.pop(), looked + 1
        inner = cast("object", part.get_payload())
        if part.get_content_maintype() == "multipart":
            held = cast("list[object]", inner) if isinstance(inner, list) else []
            waiting += [one for one in reversed(held) if isinstance(one, Message)]
        else:
            yield part


def _is_attachment(part: Message, kind: str) -> bool:
    """Pictures inside the text (a logo below a name) and signatures of the letter are none."""
    inside = part.get_content_maintype() == "image" and part.get_content_disposition() != "attachment"
    return not (inside or kind in ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"))


def seen_text(html: str) -> str:
    """The text of HTML that readers see, without older letters, a line for each block."""
    if not html.strip():
        return ""
    root, _problems = trees.from_html(html[: 8 * LONGEST].encode("utf-8", "replace"))
    pieces: list[str] = []
    if root is not None:
        _gather(root, pieces)
    return "".join(pieces)


def _gather(element: trees.Element, pieces: list[str]) -> bool:
    """Add what is seen of an element; True where an older letter begins, behind which nothing counts. At most 256 levels deep."""
    if element.get("id") in _ENDS:
        return True
    tag = element.tag
    hidden = element.get("hidden") is not None or _UNSEEN.search(element.get("style") or "")
    if tag in _DROPPED or hidden or _OLDER.search(element.get("class") or ""):
        return False
    pieces.append(("\n" if tag in _BLOCKS else "") + (element.text or ""))
    for child in element.iterchildren():
        if _gather(child, pieces):
            return True
        pieces.append(getattr(child, "tail", None) or "")
    if tag in _BLOCKS and tag != "br":
        pieces.append("\n")
    return False


def own_words(text: str, ours: re.Pattern[str]) -> str:
    """What somebody wrote themselves in answer to a letter, line by line, without tags. Pure."""
    lines = _BREAKS.sub("\n", text).split("\n")
    kept: list[str] = []
    for place, line in enumerate(lines):
        if _QUOTED.match(line):
            continue
        if _WROTE.search(line[-400:]) and re.search(r"[\d@]", line):
            if kept and _BEGINS.match(kept[-1]) and re.search(r"\d", kept[-1]) and "@" in line and not _BEGINS.match(line):
                kept.pop()  # the line that names the letter was broken in two
            if _quotes_next(lines, place):
                continue
            break
        if _SIGNED.match(line) or _RULED.match(line) or ours.search(line) or _header_block(lines, place):
            break
        kept.append(line)
    return "\n".join(found for line in kept if (found := markup.plain(line, limit=LONGEST)))


def _quotes_next(lines: list[str], place: int) -> bool:
    """Whether what follows is marked as quoted, so that words of their own may stand below."""
    after = next((line for line in lines[place + 1 :] if line.strip()), "")
    return bool(_QUOTED.match(after))


def _header_block(lines: list[str], place: int) -> bool:
    return bool(_FROM.match(lines[place])) and sum(bool(_HEADERS.match(line)) for line in lines[place + 1 : place + 6]) >= 2
