"""Hands mail to a server exactly once each, from a small process of its own (the carrier) that outlives whoever gave it the work.

Observed. A server takes a message over with its "250" after the final dot; whoever dies between the dot and the moment that is written down
does not know whether to send it again. SMTP has no question for it, and the wait for "250" is most of the time a message takes.

Method. The carrier holds the connection and the *journal*, a file with a line before each final dot and one after each answer, on the disk
(`fsync`) before anything else happens. Whoever gives work may be killed at any moment: the carrier finishes what it was given, writes down
what came of it, and ends. Both hold the journal's lock (`flock`), so whoever comes next waits for that end and reads the journal before
it gives anything out. What has no line after its dot is *unsure*.

Known limits. Unsure stays what was on its way when the carrier itself was killed, the machine lost its power, or the connection broke, in
the milliseconds between a dot and its answer: one message at most, as there is one connection. It is sent again with the same Message-ID,
as RFC 5321 (4.5.4.1, 6.1) asks; mailboxes that know a Message-ID again show it once. Not asking again would lose warnings instead. A "250"
is the server's word that it delivers; what comes back later by mail goes to the sender's address and is not read here.

Why not a batch written down before sending (loses or repeats the whole batch), nor two sessions with a common transaction: SMTP has none.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from kentongan.adapters.smtp import SmtpMailer
from kentongan.errors import MailError

Kind = Literal["sent", "later", "refused", "away", "unsure"]
KINDS: tuple[Kind, ...] = ("sent", "later", "refused", "away", "unsure")
MAILBOX_GONE = frozenset({521, 550, 551, 553, 556})
"""The mailbox does not exist or takes nothing. 552 (full) counts as passing (RFC 5321, 4.5.3.1.10), so does what a policy refuses."""
CLOSING = 421
SAID = 200
ENDS_WITHIN_S = 90.0
"""Longer than one message may take (`smtp.TIMEOUT_S` for each answer of a stuck server, and the answer is away after the first)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one message. *sent*: the server has it · *later*: this one not now · *refused*: this mailbox never · *away*: the server
    takes nothing just now · *unsure*: the dot was sent and no answer came."""

    kind: Kind
    code: int = 0
    said: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message as it is handed over. `key` names it in the journal: no space, nothing of a person."""

    key: str
    to: str
    data: bytes


def judged(code: int, said: str) -> Outcome:
    """What a server's answer about one message means."""
    said = " ".join(said.split())[:SAID]
    if code == CLOSING:
        return Outcome("away", code, said)
    if code in MAILBOX_GONE and not re.match(r"5\.7\.\d", said):
        return Outcome("refused", code, said)
    return Outcome("later", code, said)


class Journal:
    """The file in which a carrier writes what comes of its messages. One process and its carrier hold it at a time."""

    def __init__(self, file: int) -> None:
        self.file = file

    def note(self, line: str) -> None:
        """A line, on the disk when this returns."""
        os.write(self.file, f"{line}\n".encode())
        os.fsync(self.file)

    def outcomes(self) -> dict[str, Outcome]:
        """What came of every message whose dot was sent, by key; the last word counts."""
        size = os.fstat(self.file).st_size
        lines = os.pread(self.file, size, 0).decode("utf-8", "replace").split("\n")[:-1]
        found: dict[str, Outcome] = {}
        for line in lines:
            sign, _, rest = line.partition(" ")
            key, _, rest = rest.partition(" ")
            kind, _, rest = rest.partition(" ")
            code, _, said = rest.partition(" ")
            if sign == ">":
                found[key] = Outcome("unsure")
            elif sign == "=" and kind in KINDS and code.isdecimal():
                found[key] = Outcome(kind, int(code), said)
        return found

    def clear(self) -> None:
        """Forget what is settled."""
        os.ftruncate(self.file, 0)
        os.fsync(self.file)


@contextlib.contextmanager
def opened(path: Path) -> Generator[Journal | None]:
    """The journal of this path, locked; None while somebody else, or what they left behind, still holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield Journal(file)
    finally:
        os.close(file)


class Carrier:
    """A running carrier as whoever gives it work sees it. Its end is waited for in `close`, so that the journal is whole afterwards."""

    def __init__(self, url: str, sender: str, journal: Journal, a_second: float) -> None:
        command = [sys.executable, "-m", "kentongan.adapters.carrying"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, pass_fds=[journal.file]
        )
        self._write({"url": url, "sender": sender, "journal": journal.file, "a_second": a_second})

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    def hand(self, parcels: Iterable[Parcel]) -> int:
        """Give messages and wait until the carrier is through with them; what came of each stands in the journal. Gives how many it was
        through with: fewer where it died."""
        given = 0
        for parcel in parcels:
            if not self._write({"key": parcel.key, "to": parcel.to, "data": base64.b64encode(parcel.data).decode()}):
                break
            given += 1
        assert self._process.stdout is not None
        done = 0
        while done < given and self._process.stdout.readline():
            done += 1
        return done

    def close(self) -> None:
        """No more work: wait until it has ended, and end it where it hangs."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        try:
            self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _write(self, said: dict[str, object]) -> bool:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(said).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return False
        return True


@dataclass(slots=True)
class _Hand:
    """The carrier's own side: one connection, opened when it is needed."""

    mailer: SmtpMailer
    sender: str
    journal: Journal
    pause_s: float
    line: smtplib.SMTP | None = None
    away: Outcome | None = None
    last: float = 0.0

    def hand(self, parcel: Parcel) -> Outcome:
        """One message. Once the server is away it stays so for this carrier's life: whoever gives work decides when to try again."""
        if self.away is not None:
            return self.away
        time.sleep(max(0.0, self.last + self.pause_s - time.monotonic()))
        self.last = time.monotonic()
        came = self._try(parcel) or self._try(parcel)  # a server may have closed a connection that was quiet
        if came is None or came.kind == "away":
            self.away = came or Outcome("away", 0, "the connection was closed")
            return self.away
        return came

    def _try(self, parcel: Parcel) -> Outcome | None:
        """None where the connection was gone before the dot."""
        try:
            self.line = self.line or self._open()
        except (OSError, smtplib.SMTPException, MailError) as error:
            return Outcome("away", 0, " ".join(str(error).split())[:SAID])
        dotted = False
        try:
            early = self._offer(self.line, parcel)
            if early is not None:
                return early
            self.journal.note(f"> {parcel.key}")
            dotted = True
            self.line.send(b".\r\n")
            code, said = self.line.getreply()
        except (OSError, smtplib.SMTPException):
            self._drop()
            return Outcome("unsure") if dotted else None
        return Outcome("sent", code) if code == 250 else judged(code, said.decode("utf-8", "replace"))

    def _open(self) -> smtplib.SMTP:
        """A connection on which a text and its dot go out at once: held back (Nagle) each letter waited 40 ms for an acknowledgement."""
        line = self.mailer.session()
        if line.sock is not None:
            line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line

    def _offer(self, line: smtplib.SMTP, parcel: Parcel) -> Outcome | None:
        """Everything up to the dot; what came where the server stopped it before."""
        code, said = line.mail(self.sender)
        if code != 250:
            self._drop()
            return Outcome("away", code, said.decode("utf-8", "replace")[:SAID])
        code, said = line.rcpt(parcel.to)
        if code not in {250, 251}:
            return self._stopped(line, code, said)
        line.putcmd("data")
        code, said = line.getreply()
        if code != 354:
            return self._stopped(line, code, said)
        body = re.sub(rb"\r?\n", b"\r\n", parcel.data)
        body = re.sub(rb"(?m)^\.", b"..", body)
        line.send(body if body.endswith(b"\r\n") else body + b"\r\n")
        return None

    def _stopped(self, line: smtplib.SMTP, code: int, said: bytes) -> Outcome:
        if code == CLOSING:
            self._drop()
        else:
            line.rset()
        return judged(code, said.decode("utf-8", "replace"))

    def _drop(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None

    def close(self) -> None:
        """Say goodbye."""
        if self.line is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.line.quit()


def carry(given: IO[bytes], told: IO[bytes]) -> None:
    """The carrier's life: a line of settings, then a message a line, until nobody gives any more. A line cut off is none."""
    head = json.loads(given.readline())
    hand = _Hand(SmtpMailer(head["url"], head["sender"]), _bare(head["sender"]), Journal(head["journal"]), 1 / head["a_second"])
    for line in given:
        if not line.endswith(b"\n"):
            break
        said = json.loads(line)
        came = hand.hand(Parcel(said["key"], said["to"], base64.b64decode(said["data"])))
        hand.journal.note(f"= {said['key']} {came.kind} {came.code} {came.said}")
        with contextlib.suppress(BrokenPipeError):
            told.write(b".\n")
            told.flush()
    hand.close()


def _bare(sender: str) -> str:
    """The address of a sender with or without a name."""
    return sender.rpartition("<")[2].rstrip(">").strip()


def main() -> None:
    """The carrier as a process. A signal to stop is for whoever gives the work: it ends when its input does."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    carry(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
