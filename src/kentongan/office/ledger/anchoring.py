"""Anchors: the end of every chain told to a place outside (mail, a file on another machine), and read back from there.

An anchor is one line of text, so that it survives mail, paper and copying by hand:

    kentongan-ledger office=3 seq=1207 at=2026-11-22T03:00:00+00:00 hash=9f…(64 digits)

What is told is not secret: the hash says nothing about what happened.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from kentongan.config import Config
from kentongan.errors import FileError, InputError, KentonganError
from kentongan.office import mail
from kentongan.office.ledger import services
from kentongan.office.ledger.checking import Told
from kentongan.office.ledger.models import Anchor

HERE = "here"
MOST_BYTES = 50_000_000
_LINE = re.compile(r"kentongan-ledger\s+office=(\d{1,18})\s+seq=(\d{1,18})\s+at=(\S{10,40})\s+hash=([0-9a-f]{64})")


def heads(office: int | None = None) -> list[tuple[int, int, bytes]]:
    """Where every chain (or one office's) ends now: office, place, hash."""
    where, values = ("", []) if office is None else (" WHERE office = %s", [office])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT ON (office) office, seq, hash FROM ledger_link{where} ORDER BY office, seq DESC", values)  # noqa: S608
        return [(row[0], row[1], bytes(row[2])) for row in cursor.fetchall()]


def written(one: Told) -> str:
    """An anchor as its line of text."""
    at = one.at.isoformat(timespec="seconds") if one.at else "unknown---"
    return f"kentongan-ledger office={one.office} seq={one.seq} at={at} hash={one.hash.hex()}"


def read(text: str) -> list[Told]:
    """Every anchor in a text, such as a saved mail; lines that are none are left out, and so are mail's soft breaks."""
    found: list[Told] = []
    for office, seq, at, hash_ in _LINE.findall(text.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=")):
        try:
            moment: datetime | None = datetime.fromisoformat(at)
        except ValueError:
            moment = None
        found.append(Told(int(office), int(seq), bytes.fromhex(hash_), moment))
    return found


def read_file(path: Path) -> list[Told]:
    """The anchors of a file. Raises `FileError` where it cannot be read, `InputError` where it holds none."""
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES).decode(errors="replace")
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}", subject=str(path)) from error
    found = read(text)
    if not found:
        raise InputError(f"{path} holds no anchor. An anchor is a line that begins with “kentongan-ledger office=…”.", subject=str(path))
    return found


def anchor(now: datetime, office: int | None = None) -> list[Anchor]:
    """Tell the ends of the chains to every place the settings name, and keep what was told. One line in each chain says so.

    A place that cannot be reached is kept as such (`told` false, with the reason) and tried again the next time: the others are told.
    Without any place the anchors are kept here only, which shows a chain that was cut, but not one that was rewritten together with them.
    """
    config: Config = settings.CONFIG
    told = [Told(of, seq, hash_, now) for of, seq, hash_ in heads(office)]
    if not told:
        return []
    ways = [(HERE, "", "")]
    if config["ledger_anchor_file"]:
        ways.append(("file", str(config["ledger_anchor_file"]), _to_file(Path(str(config["ledger_anchor_file"])), told)))
    if config["ledger_anchor_mail"]:
        ways += [("mail", address, _to_mail(address, told)) for address in config["ledger_anchor_mail"]]
    return _keep(told, ways[1:] or ways, now)


@transaction.atomic
def _keep(told: Sequence[Told], ways: Iterable[tuple[str, str, str]], now: datetime) -> list[Anchor]:
    rows = [
        Anchor(office=one.office, seq=one.seq, hash=one.hash, at=now, way=way, place=place[:300], told=not trouble, detail=trouble[:300])
        for one in told
        for way, place, trouble in ways
    ]
    Anchor.objects.bulk_create(rows)
    for row in rows:
        detail = {"seq": row.seq, "hash": bytes(row.hash).hex(), "way": row.way, "told": row.told}
        services.write("ledger.anchored", office=row.office, actor=None, at=now, subject=f"anchor:{row.pk}", detail=detail)
    return rows


def _to_file(path: Path, told: Iterable[Told]) -> str:
    """Append the anchors and wait for the disk; gives what went wrong, in words."""
    try:
        with path.expanduser().open("a", encoding="utf-8") as file:
            file.writelines(f"{written(one)}\n" for one in told)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return f"{path} cannot be written: {error.strerror}"
    return ""


def _to_mail(address: str, told: Sequence[Told]) -> str:
    """Mail the anchors; gives what went wrong, in words."""
    lines = "\n".join(written(one) for one in told)
    text = f"{lines}\n\nKeep this mail: `kentongan verify-ledger --anchor FILE` compares the record with it.\n"
    try:
        mail.mailer().send([address], f"Kentongan ledger {told[0].at:%Y-%m-%d}", text, "", {})
    except KentonganError as error:
        return str(error)
    return ""
