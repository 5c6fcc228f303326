"""How lines are chained: the one form of a line that is hashed, here and in the trigger of migration 0001, byte for byte the same.

Observed: an ordered list of lines, and at times the last hash told to a place outside. Method: a hash chain (Haber and Stornetta, "How
to time-stamp a digital document", Journal of Cryptology 3, 1991): each hash covers the one before, so a line that is changed, removed, put
in or moved breaks the chain from there on. Known limit: somebody who owns the database server can rewrite the whole chain; only an anchor
outside shows it. Why not a signature on every line: the key would lie on the same machine. Why not a Merkle tree (as RFC 9162): proofs for
single lines are not needed, every reader of the record may read the whole chain.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

FIRST = b"\0" * 32
"""What the first line of a chain follows."""
_BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True)
class Chained:
    """A line with its place, as stored."""

    seq: int
    line: int
    office: int
    at: datetime
    actor: int
    role: str
    act: str
    subject: str
    detail: str
    previous: bytes
    hash: bytes


def form(one: Chained) -> str:
    """The text that is hashed. Times in UTC with microseconds."""
    at = one.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return _BETWEEN.join((str(one.office), str(one.seq), str(one.line), at, str(one.actor), one.role, one.act, one.subject, one.detail))


def digest(one: Chained) -> bytes:
    """SHA-256 over the previous hash and the line's form."""
    return hashlib.sha256(one.previous + form(one).encode()).digest()


def digest_of(
    previous: bytes, office: int, seq: int, line: int, at: str, actor: int, role: str, act: str, subject: str, detail: str
) -> bytes:
    """The same from the fields of the form, `at` as it is written there: a million of them in a few seconds."""
    text = f"{office}\x1f{seq}\x1f{line}\x1f{at}\x1f{actor}\x1f{role}\x1f{act}\x1f{subject}\x1f{detail}"
    return hashlib.sha256(b"%b%b" % (previous, text.encode())).digest()
