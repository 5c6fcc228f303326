"""The office's own mailbox over IMAP: letters of citizens, or newsletters of outlets.

Address: `imaps://host/folder`, with `?newsletters` where only mailings of outlets are to be read. Always TLS. The folder is opened
read-only (EXAMINE) and letters are fetched by BODY.PEEK: nothing is marked, moved or deleted.

Of a letter are taken: subject, text, time. The sender becomes a voice (a keyed hash); name and address are never given on, and where they
stand in the letter itself, a mark stands instead. Of a newsletter (it has a List-Id or List-Unsubscribe) the domain of the sender is the
outlet. Attachments are not read.

The cursor is UIDVALIDITY and the highest UID read (RFC 9051 §2.3.1.1). A mailbox that was renumbered is read like a new one: its newest
`MOST` letters. A letter has no address on the web; its link is a name under `.invalid` (RFC 2606) that leads nowhere and says nothing.

The server is asked through the same guard as every host (private ones only by name, the checked address is the one connected to). It
gets `step_s` for each answer, `total_s` for the visit, `most_bytes` in all and `LONGEST_LINE` for a line, whatever it sends.
"""

from __future__ import annotations

import contextlib
import hashlib
import imaplib
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from kentongan.adapters import letters
from kentongan.adapters.addresses_guard import AddressGuard, is_public
from kentongan.adapters.posts import lengthy, refused
from kentongan.engine.feed_items import gathered
from kentongan.engine.outcomes import OutcomeKind
from kentongan.engine.reasons import remark
from kentongan.engine.records import FeedReading, RawItem
from kentongan.ports import Fetcher, FetchOutcome, ReadRequest, SourceReading

MOST = 200
"""Letters a visit."""
BATCH = 20
LONGEST_LETTER = 256 * 1024
LONGEST_LINE = 1_000_000
MOST_LINES = 20_000
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_CURSOR = re.compile(r"([0-9]{1,10}):([0-9]{1,10})")
_UID = re.compile(rb"\bUID (\d{1,10})\b")

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to addresses in text form. Raises OSError where the name is not known."""
Take = Callable[[bytes, str], None]
"""Takes one letter: its bytes and where it lies, "UIDVALIDITY:UID"."""


class _Broken(Exception):
    """The visit ends here: which outcome it is, and what was observed."""

    def __init__(self, kind: OutcomeKind, detail: str) -> None:
        super().__init__(detail)
        self.kind: OutcomeKind = kind
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where the letters are."""

    host: str
    port: int
    folder: str
    newsletters: bool


def mailbox(address: str) -> Mailbox | str:
    """The mailbox an address names, or the reason why it is not read."""
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname or "", parts.port or 993
    except ValueError:
        return remark("mail.address")
    if parts.scheme == "imap":
        return remark("mail.plain")
    folder = unquote(parts.path.removeprefix("/")) or "INBOX"
    fine = parts.scheme == "imaps" and _HOST.fullmatch(host) and folder.isprintable() and len(folder) <= 200
    if not fine or parts.username is not None or parts.query not in ("", "newsletters"):
        return remark("mail.address")
    return Mailbox(host, port, folder, parts.query == "newsletters")


def refusal(address: str) -> str:
    """Why an address is not read; "" for one that is."""
    found = mailbox(address)
    return found if isinstance(found, str) else ""


def system_resolve(host: str, port: int) -> list[str]:
    """The machine's own resolver. Names under .localhost are the loopback address (RFC 6761)."""
    if host == "localhost" or host.endswith(".localhost"):
        return ["127.0.0.1"]
    return list(dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


@dataclass(frozen=True, slots=True)
class Visited:
    """What came of a visit: where the next one begins, whether more waits, how many letters were there before the first one."""

    outcome: FetchOutcome
    cursor: str
    more: bool = False
    older: int = 0


@dataclass(frozen=True, slots=True)
class ImapLimits:
    """How long a server may take and how much it may send."""

    step_s: float = 20.0
    total_s: float = 120.0
    most_bytes: int = 64 * 1024 * 1024


class ImapReader:
    """`kentongan.ports.SourceReader` for one mailbox. Credentials: `user`, `password`. Does not use the fetcher."""

    def __init__(
        self, guard: AddressGuard, *, ca_file: str = "", limits: ImapLimits | None = None, resolve: Resolve = system_resolve
    ) -> None:
        self._guard = guard
        self._ca_file = ca_file
        self._limits = limits or ImapLimits()
        self._resolve = resolve

    def read(self, request: ReadRequest, fetcher: Fetcher) -> SourceReading:
        """The letters since the cursor, at most `MOST`; the first visit takes the newest."""
        box = mailbox(request.address)
        if isinstance(box, str):
            return refused(request, box)
        taken = _Items(box, request)
        return taken.given(self.visit(request.address, request.credentials, request.cursor, taken.take, min(MOST, request.limit)))

    def visit(self, address: str, credentials: Mapping[str, str], cursor: str, take: Take, most: int = MOST) -> Visited:
        """Give each letter since the cursor to `take`, as bytes and as "UIDVALIDITY:UID", in order. What was given before a fault stays
        given, and the cursor stands behind it."""
        box = mailbox(address)
        if isinstance(box, str):
            return Visited(FetchOutcome("bad_address", address, detail=box), cursor)
        if not (credentials.get("user") and credentials.get("password")):
            return Visited(FetchOutcome("unauthorized", address, detail=remark("mail.credentials")), cursor)
        started = time.monotonic()
        visit = _Visit(box, credentials, cursor, take, most)
        outcome = FetchOutcome("ok", address)
        try:
            with self._session(box, started + self._limits.total_s) as session:
                visit.run(session)
        except _FAULTS as error:
            kind, detail = _kind_of(error)
            outcome = FetchOutcome(kind, address, detail=detail)
        outcome = replace(outcome, elapsed_s=time.monotonic() - started, headers={"content-length": str(visit.size)})
        return Visited(outcome, visit.cursor, visit.more, visit.older)

    def _session(self, box: Mailbox, until: float) -> _Session:
        return _Session(box, self._connected(box, until), until, self._limits)

    def _connected(self, box: Mailbox, until: float) -> ssl.SSLSocket:
        """A TLS connection to an address that was checked. Raises `_Broken`, OSError or ssl.SSLError."""
        named = self._guard.allows_by_name(box.host, box.port)
        judged = self._guard.check(f"https://{box.host}:{box.port}/")
        if not hasattr(judged, "raw_host"):
            raise _Broken(judged.kind, judged.detail)  # type: ignore[union-attr]
        try:
            addresses = self._resolve(box.host, box.port)
        except (OSError, UnicodeError) as error:
            raise _Broken("dns_failure", str(error)) from error
        for address in addresses:
            if not named and not is_public(address):
                raise _Broken("private_address", f"{box.host} leads to {address}, which is not on the public internet")
        context = ssl.create_default_context(cafile=self._ca_file or None)
        last: OSError = OSError(f"{box.host} has no address")
        for address in addresses:
            wait = min(self._limits.step_s, until - time.monotonic())
            try:
                plain = socket.create_connection((address, box.port), timeout=max(wait, 0.1))
            except TimeoutError as error:
                last = error
            except OSError as error:
                last = _refused(error)
            else:
                return _wrapped(plain, context, box.host)
        raise last


def _refused(error: OSError) -> OSError:
    return ConnectionRefusedError(error.errno, str(error))


def _wrapped(plain: socket.socket, context: ssl.SSLContext, host: str) -> ssl.SSLSocket:
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


class _Session(imaplib.IMAP4):
    """An IMAP session over a socket that is already connected, whose every answer is bounded in time and size.

    imaplib waits for each piece by itself, so a server that sends one byte a second would hold it for ever; here the end of the visit is
    in sight of every read.
    """

    def __init__(self, box: Mailbox, connected: ssl.SSLSocket, until: float, limits: ImapLimits) -> None:
        self._connected = connected
        self._until = until
        self._limits = limits
        self._taken = self._lines = 0
        self._buffer = bytearray()
        try:
            super().__init__(box.host, box.port)
        except BaseException:
            connected.close()
            raise

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        """Use the connection that was made."""
        self.host, self.port, self.sock = host, port, self._connected

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes. A literal longer than was asked for is refused."""
        if size > LONGEST_LETTER + 4096:
            raise _Broken("too_large", remark("visit.announced", bytes=size, limit=LONGEST_LETTER))
        while len(self._buffer) < size:
            self._more()
        return self._cut(size)

    def readline(self) -> bytes:
        """One line with its end."""
        at = 0
        while (end := self._buffer.find(b"\n", at)) < 0:
            at = len(self._buffer)
            if at > LONGEST_LINE:
                raise _Broken("too_large", remark("mail.large"))
            self._more()
        self._lines += 1
        if self._lines > MOST_LINES:
            raise _Broken("too_large", remark("mail.large"))
        return self._cut(end + 1)

    def send(self, data: Any) -> None:
        """Send within the time of one step."""
        self._connected.settimeout(self._patience())
        self._connected.sendall(data)

    def shutdown(self) -> None:
        """Close the connection, whatever state it is in."""
        self._connected.close()

    def __exit__(self, *what: object) -> None:
        """Say goodbye without waiting for an answer, and close."""
        with contextlib.suppress(OSError, _Broken):
            self.send(b"Z LOGOUT\r\n")
        self.shutdown()

    def _cut(self, size: int) -> bytes:
        given = bytes(self._buffer[:size])
        del self._buffer[:size]
        return given

    def _patience(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise _Broken("too_slow", remark("visit.slow", bytes=self._taken, seconds=self._limits.total_s))
        return min(left, self._limits.step_s)

    def _more(self) -> None:
        patience = self._patience()
        self._connected.settimeout(patience)
        try:
            piece = self._connected.recv(65_536)
        except TimeoutError:
            self._patience()  # where all the time is gone, that is what is said
            raise
        if not piece:
            raise _Broken("interrupted", remark("mail.closed"))
        self._taken += len(piece)
        if self._taken > self._limits.most_bytes:
            raise _Broken("too_large", remark("mail.large"))
        self._buffer += piece


class _Visit:
    """One visit: how far it came, and what it left."""

    def __init__(self, box: Mailbox, credentials: Mapping[str, str], cursor: str, take: Take, most: int) -> None:
        self._box = box
        self._credentials = credentials
        self._keep = take
        self._most = most
        self._validity = 0
        self.cursor = cursor
        self.more = False
        self.older = self.size = 0

    def run(self, session: _Session) -> None:
        """Sign in, open the folder, read what is new in batches. Raises what `_kind_of` names."""
        _sign_in(session, self._credentials["user"], self._credentials["password"])
        _said(session.select(_folder(self._box.folder), readonly=True))
        validity = _number(session.response("UIDVALIDITY")[1])
        known = _CURSOR.fullmatch(self.cursor)
        begun = known is not None and int(known[1]) == validity
        since = int(known[2]) if known is not None and begun else 0
        self._validity = validity
        found = b" ".join(one for one in _said(session.uid("SEARCH", f"UID {since + 1}:*")) if isinstance(one, bytes))
        new = sorted({uid for uid in map(int, (word for word in found.split() if word.isdigit() and len(word) <= 10)) if uid > since})
        if not begun and len(new) > self._most:
            self.older, new = len(new) - self._most, new[-self._most :]
        self.more, new = len(new) > self._most, new[: self._most]
        if not new and not begun:
            self.cursor = f"{validity}:0"
        for start in range(0, len(new), BATCH):
            batch = new[start : start + BATCH]
            self._take(session, batch)
            self.cursor = f"{validity}:{batch[-1]}"

    def _take(self, session: _Session, batch: list[int]) -> None:
        wanted = ",".join(map(str, batch))
        answer = _said(session.uid("FETCH", wanted, f"(UID BODY.PEEK[]<0.{LONGEST_LETTER}>)"))
        met: dict[int, bytes] = {}
        for uid, letter in _fetched(answer):
            if uid in batch and uid not in met:
                met[uid] = letter
        for uid in sorted(met):
            self.size += len(met[uid])
            self._keep(met[uid], f"{self._validity}:{uid}")


class _Items:
    """Letters as what sources give."""

    def __init__(self, box: Mailbox, request: ReadRequest) -> None:
        self._box = box
        self._request = request
        self._items: list[RawItem | None] = []
        self._counts = {"mail.older": 0, "mail.automatic": 0, "mail.not_newsletter": 0, "mail.unreadable": 0, "mail.cut": 0}

    def take(self, raw: bytes, place: str) -> None:
        """One letter of the visit."""
        self._items.append(self._item(raw, place))

    def _item(self, raw: bytes, place: str) -> RawItem | None:
        letter = letters.read(raw, default_offset=self._request.default_offset)
        self._counts["mail.cut"] += len(raw) >= LONGEST_LETTER
        why = "mail.unreadable" if letter is None else ""
        if letter is not None and self._box.newsletters and not letter.newsletter:
            why = "mail.not_newsletter"
        elif letter is not None and not self._box.newsletters and letter.automatic:
            why = "mail.automatic"
        if letter is None or why:
            self._counts[why] += 1
            return None
        identity = letter.message_id or f"{self._request.address}|{place}"
        key = hashlib.sha256(f"mail:{identity}".encode("utf-8", "replace")).hexdigest()[:32]
        voice = self._request.voice
        item = RawItem(
            entry_id=f"mail:{key}",
            link=f"https://mail.invalid/{key}",
            title=letter.subject,
            summary=letter.text,
            content="",
            published=letter.sent,
            updated=None,
            language=None,
            voice=voice(letter.sender) if voice is not None and letter.sender and not self._box.newsletters else "",
            outlet=letter.domain if self._box.newsletters else "",
        )
        return lengthy(item)

    def given(self, visited: Visited) -> SourceReading:
        """What the visit gave. What was read before a fault is given with it, and the cursor stands behind it."""
        outcome, self._counts["mail.older"] = visited.outcome, visited.older
        if outcome.kind != "ok" and not self._items:
            return SourceReading(outcome, None, self._request.cursor)
        problems: list[str] = [remark(code, n=count) for code, count in self._counts.items() if count]
        problems += [remark("mail.more")] * visited.more
        if outcome.kind != "ok":
            problems.append(remark("post.stopped", outcome=outcome.kind))
            outcome = replace(outcome, kind="ok", detail="")
        kept, left_out = gathered((one for one in self._items if one is not None), self._request.limit)
        return SourceReading(outcome, FeedReading("mailbox", "", "", None, kept, (*problems, *left_out)), visited.cursor)


def _sign_in(session: _Session, user: str, password: str) -> None:
    """By SASL PLAIN where the server offers it (any characters), else by LOGIN. Raises `_Broken` "unauthorized" where it says no."""
    if not (user.isprintable() and password.isprintable()):
        raise _Broken("unauthorized", remark("mail.characters"))
    try:
        if "AUTH=PLAIN" in session.capabilities:
            session.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
        elif user.isascii() and password.isascii():
            session.login(_quoted(user), password)
        else:
            raise _Broken("unauthorized", remark("mail.characters"))
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise _Broken("unauthorized", remark("mail.sign_in")) from error


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _folder(name: str) -> str:
    """A folder's name as IMAP writes it: quoted, letters beyond ASCII in modified UTF-7 (RFC 3501 §5.1.3)."""
    pieces: list[str] = []
    for part in re.split(r"([^\x20-\x7e]+)", name):
        if part and not part.isascii():
            pieces.append("&" + part.encode("utf-7").decode().removeprefix("+").removesuffix("-").replace("/", ",") + "-")
        else:
            pieces.append(part.replace("&", "&-"))
    return _quoted("".join(pieces))


def _said(answer: tuple[str, Any]) -> list[object]:
    """The data of an answer. Raises `_Broken` where the server said no."""
    kind, data = answer[0], cast("list[object]", answer[1])
    if kind != "OK":
        raise _Broken("not_found", remark("mail.folder"))
    return data


def _number(data: list[object]) -> int:
    first = data[0] if data else None
    return int(first) if isinstance(first, bytes) and first.isdigit() and len(first) <= 10 else 0


def _fetched(answer: list[object]) -> Iterator[tuple[int, bytes]]:
    """UID and letter of each part of a FETCH answer; the UID may stand before the letter or behind it."""
    for place, said in enumerate(answer):
        part = cast("tuple[object, ...]", said) if isinstance(said, tuple) else ()
        if not (len(part) >= 2 and isinstance(part[0], bytes) and isinstance(part[1], bytes)):
            continue
        after = answer[place + 1] if place + 1 < len(answer) else b""
        found = _UID.search(part[0]) or (_UID.search(after) if isinstance(after, bytes) else None)
        if found:
            yield int(found[1]), part[1]


_FAULTS = (_Broken, imaplib.IMAP4.error, OSError, ValueError, IndexError, KeyError, TypeError, AttributeError)
"""What a hostile server can bring imaplib to raise, beside its own errors."""


def _kind_of(error: Exception) -> tuple[OutcomeKind, str]:
    """What a visit that broke off is called, and what was observed."""
    if isinstance(error, _Broken):
        return error.kind, error.detail
    said = " ".join(str(error).split())[:300]
    if isinstance(error, TimeoutError):
        return "timeout", said or "timed out"
    if isinstance(error, ssl.SSLError):
        return "tls_failure", said
    if isinstance(error, ConnectionRefusedError):
        return "refused", said
    if isinstance(error, OSError):
        return "interrupted", said
    return "protocol_error", remark("mail.no_imap")
