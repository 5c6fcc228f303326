"""The only code that makes backups for the office: by hand and nightly, tried by restoring, kept so many, each in the ledger."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import zoneinfo
from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql
from psycopg.conninfo import make_conninfo

from kentongan.adapters import postgres
from kentongan.config import Config
from kentongan.errors import KentonganError
from kentongan.office.administration import backup, backup_restore, storage
from kentongan.office.administration.backup import Manifest, Progress
from kentongan.office.administration.models import Backup
from kentongan.office.ledger import services as ledger
from kentongan.office.people.models import Office
from kentongan.office.supervisor import KENTONGAN

PREFIX = "kentongan-"
SUFFIX = ".backup"
TRIAL_LONGEST_S = 3_600
NO_HOUR = 24


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made. `verified`: it was restored on trial and was the same; `outcome` says so in words."""

    path: Path
    size: int
    rows: int
    tables: int
    digest: str
    verified: bool
    outcome: str


def make(path: Path, now: datetime, *, trial: bool, progress: Progress | None = None) -> Made:
    """Make a backup, try it where asked, and keep both in the offices' lists and ledgers. Raises `FileError`."""
    manifest = backup.make(path, settings.CONFIG.data, now, progress)
    trouble = try_out(path) if trial else ""
    outcome = trouble or (
        f"Restored on trial and compared: the same, digest {manifest.digest[:16]}…" if trial else "Not restored on trial."
    )
    made = Made(
        path, path.stat().st_size, sum(one.rows for one in manifest.tables.values()), len(manifest.tables), manifest.digest,
        trial and not trouble, outcome,
    )  # fmt: skip
    _keep(made, now)
    return made


@transaction.atomic
def _keep(made: Made, now: datetime) -> None:
    """A row for each office. The file holds all of them: how much that is would tell each what the others hold."""
    told = {} if storage.has_others() else {"size": made.size, "rows": made.rows}
    for office in Office.objects.order_by("pk"):
        row = Backup.objects.create(
            office=office, at=now, file=str(made.path)[:1000], size=told.get("size", 0), digest=made.digest,
            verified=now if made.verified else None, outcome=made.outcome[:500],
        )  # fmt: skip
        detail = {"digest": made.digest, **told, "verified": made.verified}
        ledger.write("backup.made", office=office.pk, actor=None, at=now, subject=f"backup:{row.pk}", detail=detail)


def restore(path: Path, data: Path, now: datetime, *, replace: bool, progress: Progress | None = None) -> Manifest:
    """Put a backup back and say so in every office's ledger. Raises where file or database does not fit."""
    manifest = backup_restore.restore(path, data, replace=replace, progress=progress)
    with transaction.atomic():
        for office in Office.objects.order_by("pk"):
            detail = {"digest": manifest.digest, "of": manifest.at, "version": manifest.version}
            ledger.write("backup.restored", office=office.pk, actor=None, at=now, subject=f"office:{office.pk}", detail=detail)
    return manifest


_LACKING = "Not restored on trial: a new database lacks {}. Let whoever administers the server make it in the database template1."


def try_out(path: Path) -> str:
    """Restore a backup into a database made for it, in a process of its own; gives what went wrong, in words."""
    try:
        with _scratch() as url, tempfile.TemporaryDirectory(prefix="kentongan-trial-") as folder:
            lacking = [check.name for check in postgres.check(url) if not check.ok]
            return _LACKING.format(", ".join(lacking)) if lacking else _restored(path, url, folder)
    except psycopg.Error as error:
        return f"Not restored on trial: no database could be made for it ({' '.join(str(error).split())})."


def _restored(path: Path, url: str, folder: str) -> str:
    config: Config = settings.CONFIG
    environment = {**os.environ, **config.environment(), "KENTONGAN_DATA": folder, "KENTONGAN_DATABASE_URL": url}
    command = [*KENTONGAN, "restore", str(path.resolve()), "--quiet"]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TRIAL_LONGEST_S, cwd=folder, check=False)
    except subprocess.TimeoutExpired:
        return f"The trial took longer than {TRIAL_LONGEST_S} s and was stopped."
    said = " ".join((done.stderr or done.stdout).split())
    return "" if done.returncode == 0 else f"The trial failed: {said[-400:]}"


@contextlib.contextmanager
def _scratch() -> Generator[str]:
    """A database of its own on the same server, gone afterwards. Who may not make extensions finds those of `template1` in it."""
    name = f"kentongan_trial_{os.getpid()}"
    base = make_conninfo(str(settings.CONFIG["database_url"]), dbname=connection.settings_dict["NAME"])
    with psycopg.connect(base, autocommit=True) as session:
        row = session.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        template = "template0" if row and row[0] else "template1"
        session.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield make_conninfo(base, dbname=name)
        finally:
            session.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def folder() -> Path:
    """Where the nightly backups go."""
    config: Config = settings.CONFIG
    return Path(str(config["backup_folder"])).expanduser() if config["backup_folder"] else config.data / "backups"


def is_due(now: datetime) -> bool:
    """Whether the hour of the nightly backup has come and today's has not been made."""
    config: Config = settings.CONFIG
    local = now.astimezone(zoneinfo.ZoneInfo(str(config["time_zone"])))
    if int(config["backup_hour"]) == NO_HOUR or local.hour < int(config["backup_hour"]):
        return False
    return not (folder() / _name(local)).exists()


def nightly(now: datetime) -> Made | None:
    """The nightly backup where it is due: made, tried, and the oldest beyond `backup_keep` gone. A failure is kept as a row, too."""
    if not is_due(now):
        return None
    config: Config = settings.CONFIG
    path = folder() / _name(now.astimezone(zoneinfo.ZoneInfo(str(config["time_zone"]))))
    try:
        made = make(path, now, trial=True)
    except KentonganError as error:
        made = Made(path, 0, 0, 0, "", False, str(error))
        _keep(made, now)
        return made
    for old in sorted(folder().glob(f"{PREFIX}*{SUFFIX}"))[: -int(config["backup_keep"])]:
        old.unlink(missing_ok=True)
    return made


def _name(local: datetime) -> str:
    return f"{PREFIX}{local:%Y-%m-%d}{SUFFIX}"
