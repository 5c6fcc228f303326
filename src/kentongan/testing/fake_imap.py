"""A mail server on this machine that speaks as much IMAP as a reader needs, over TLS with a certificate of its own, and can misbehave."""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from pathlib import Path
from types import TracebackType
from typing import Self

from kentongan.adapters.loop_thread import LoopThread

_RANGE = re.compile(r"(\d+):(\d+|\*)")


class FakeImap:
    """Runs while its context is open, on 127.0.0.1 with the certificate and key of `tls`.

    `folders` hold letters by UID; `validity` is their UIDVALIDITY. `fault` names what it does wrong: mute, garbage, drip, endless-line,
    endless-lines, huge-literal, hangs-in-letter, closes-in-letter, http, no-search. `seen` are the commands it heard, passwords left out.
    `flagged` would hold the UIDs that were marked as read.
    """

    def __init__(self, tls: ssl.SSLContext, *, users: dict[str, str] | None = None, plain: bool = True, pause_s: float = 0.2) -> None:
        self.folders: dict[str, dict[int, bytes]] = {"INBOX": {}}
        self.validity = 7
        self.users = users or {"kota": "rahasia"}
        self.fault = ""
        self.seen: list[str] = []
        self.flagged: set[int] = set()
        self.port = 0
        self._plain = plain
        self._tls = tls
        self._pause_s = pause_s
        self._loop: LoopThread | None = None
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The address of the server, without a folder."""
        return f"imaps://mail.localhost:{self.port}"

    def __enter__(self) -> Self:
        self._loop = LoopThread("fake-imap")
        self._server = self._loop.submit(asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)).result()
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._loop and self._server:
            self._loop.submit(_stop(self._server)).result()
            self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Talk(self, reader, writer, self._plain, self._pause_s).run()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError, ssl.SSLError):
            pass  # the visitor left, or the server is being stopped
        finally:
            writer.close()


class _Talk:
    """One connection."""

    def __init__(self, server: FakeImap, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, plain: bool, pause_s: float) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._plain = plain
        self._pause_s = pause_s
        self._folder: dict[int, bytes] = {}

    async def run(self) -> None:
        """Greet and answer until the visitor leaves."""
        await self._greet()
        while line := await self._reader.readline():
            tag, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            word = rest.upper()
            self._server.seen.append("LOGIN …" if word.startswith("LOGIN") else rest)
            if word == "LOGOUT":
                await self._send("* BYE", f"{tag} OK bye")
                return
            await self._answer(tag, rest, word)

    async def _greet(self) -> None:
        fault = self._server.fault
        if fault == "mute":
            await asyncio.sleep(3600)
        if fault == "http":
            await self._send("HTTP/1.1 400 Bad Request", "", "<html>")
        if fault == "garbage":
            self._writer.write(bytes(range(256)) * 50 + b"\r\n")
        if fault == "drip":
            await self._flood(b"*", self._pause_s)
        if fault == "endless-line":
            await self._flood(b"a" * 65_536)
        await self._send("* OK [CAPABILITY IMAP4rev1" + (" AUTH=PLAIN] ready" if self._plain else "] ready"))

    async def _answer(self, tag: str, rest: str, word: str) -> None:
        if word == "CAPABILITY":
            await self._send("* CAPABILITY IMAP4rev1" + " AUTH=PLAIN" * self._plain, f"{tag} OK done")
        elif word.startswith("AUTHENTICATE PLAIN"):
            await self._send("+ ")
            _, user, password = base64.b64decode((await self._reader.readline()).strip()).decode().split("\0")
            await self._let_in(tag, user, password)
        elif word.startswith("LOGIN"):
            user, password = re.findall(r'"((?:[^"\\]|\\.)*)"', rest)
            await self._let_in(tag, re.sub(r"\\(.)", r"\1", user), re.sub(r"\\(.)", r"\1", password))
        elif word.startswith("EXAMINE"):
            await self._open(tag, rest.partition(" ")[2].strip('"'))
        elif word.startswith("UID SEARCH"):
            await self._search(tag, rest)
        elif word.startswith("UID FETCH"):
            await self._fetch(tag, rest)
        else:
            await self._send(f"{tag} BAD what?")

    async def _let_in(self, tag: str, user: str, password: str) -> None:
        fine = self._server.users.get(user) == password
        await self._send(f"{tag} OK welcome" if fine else f"{tag} NO [AUTHENTICATIONFAILED] no")

    async def _open(self, tag: str, name: str) -> None:
        if name not in self._server.folders:
            return await self._send(f"{tag} NO no such folder")
        self._folder = self._server.folders[name]
        if self._server.fault == "endless-lines":
            await self._flood(b"* 1 EXISTS\r\n" * 5000)
        return await self._send(
            f"* {len(self._folder)} EXISTS", f"* OK [UIDVALIDITY {self._server.validity}] UIDs valid", f"{tag} OK [READ-ONLY] done"
        )

    async def _search(self, tag: str, rest: str) -> None:
        """`UID n:*` names the last letter even where it lies before n (RFC 9051 §9)."""
        if self._server.fault == "no-search":
            return await self._send(f"{tag} NO not today")
        asked = _RANGE.search(rest)
        start = int(asked[1]) if asked else 1
        last = max(self._folder, default=0)
        found = [uid for uid in self._folder if uid >= min(start, last)]
        return await self._send("* SEARCH " + " ".join(map(str, sorted(found))), f"{tag} OK done")

    async def _fetch(self, tag: str, rest: str) -> None:
        asked = [int(uid) for uid in rest.split(" ")[2].split(",")]
        most = int((re.search(r"<0\.(\d+)>", rest) or ["", "1000000000"])[1])
        if "PEEK" not in rest.upper():
            self._server.flagged.update(asked)
        if self._server.fault == "huge-literal":
            self._writer.write(b"* 1 FETCH (UID 1 BODY[]<0> {999999999}\r\n" + b"x" * 65_536)
            await self._writer.drain()
            await asyncio.sleep(3600)
        for place, uid in enumerate(asked):
            if uid not in self._folder:
                continue
            letter = self._folder[uid][:most]
            before = f"* {place + 1} FETCH (UID {uid} BODY[]<0> {{{len(letter)}}}\r\n".encode()
            behind = b")\r\n"
            if uid % 2:  # both orders are allowed
                before, behind = before.replace(b"UID %d " % uid, b""), b" UID %d)\r\n" % uid
            if self._server.fault in ("hangs-in-letter", "closes-in-letter") and place == len(asked) - 1:
                self._writer.write(before + letter[: len(letter) // 2])
                await self._writer.drain()
                if self._server.fault == "closes-in-letter":
                    self._writer.close()
                    return
                await asyncio.sleep(3600)
            self._writer.write(before + letter + behind)
            await self._writer.drain()
        await self._send(f"{tag} OK done")

    async def _flood(self, data: bytes, pause_s: float = 0.001) -> None:
        """The same again and again until the visitor leaves. Writing over TLS does not fail then, so the end is looked for."""
        for _ in range(2000):
            if self._writer.is_closing():
                raise ConnectionResetError
            self._writer.write(data)
            await self._writer.drain()
            await asyncio.sleep(pause_s)

    async def _send(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()


def letter(
    subject: str, words: str, *, sender: str = "Warga Biasa <warga@surat.example>", date: str = "Sat, 21 Nov 2026 08:00:00 +0700",
    number: int = 0, **headers: str,
) -> bytes:  # fmt: skip
    """A plain letter. `headers` are further ones, with _ for -."""
    lines = [f"From: {sender}", f"Subject: {subject}", f"Date: {date}", "Content-Type: text/plain; charset=utf-8"]
    lines += [f"Message-ID: <{number}@surat.example>"] * bool(number)
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", words, ""]).encode()


def bounce(original: str, status: str = "5.1.1", *, headers_only: bool = True, number: int = 0) -> bytes:
    """A delivery report (RFC 3464) about a letter of ours with this Message-ID."""
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    lines = [
        "From: Mail Delivery System <MAILER-DAEMON@surat.example>", "Subject: Undelivered Mail Returned to Sender", "Return-Path: <>",
        "Auto-Submitted: auto-replied", *([f"Message-ID: <{number}@mailer.surat.example>"] if number else []), "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="bound"', "",
        "--bound", "Content-Type: text/plain", "", "This is the mail system. It could not be delivered.", "",
        "--bound", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; surat.example", "",
        "Final-Recipient: rfc822; warga@surat.example", "Action: failed", *([f"Status: {status}"] if status else []), "",
        "--bound", f"Content-Type: {kind}", "", "From: Kantor <humas@kota.example>", f"Message-ID: <{original}>", "Subject: Kabar", "",
        *([] if headers_only else ["Isi surat"]), "--bound--", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """The server's side of TLS with the files given."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def _stop(server: asyncio.Server) -> None:
    server.close()
