"""One file that holds everything: each table as of one moment, the keys of the data folder, and a manifest that vouches for all of it.

A ZIP: `tables/<name>` is PostgreSQL's binary COPY of the table in the order of its key, `files/<name>` a file of the data folder, and
`manifest.json`, written last, tells form, version, migrations, and for each member rows, bytes and SHA-256. One REPEATABLE READ snapshot is
read, so nobody waits and an import that goes on meanwhile is in the backup up to one moment. The digest of a backup is the hash over all
members' hashes: equal digests, equal content. Does not decide where backups go or how many are kept (`backup_services`).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import psycopg
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from kentongan import __version__
from kentongan.errors import FileError

if TYPE_CHECKING:
    from typing_extensions import Buffer

FORM = 1
FILES = ("secret_key", "secret_key_old")
"""What the data folder holds besides the database and what is made anew."""
LEFT_OUT = ("django_migrations", "kentongan_cache", "desk_presence")
"""The manifest names the migrations; counts of rate limits are worth nothing later; who has an issue open is known for a minute."""
LEVEL = 1
"""zlib's quickest: a backup is made every night, and its disk is cheap."""
Progress = Callable[[str, int, int], None]
"""Called with the member's name, the bytes done and the bytes there are about."""
READ = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """A table or file in the backup."""

    rows: int
    bytes: int
    sha256: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the backup says of itself."""

    form: int
    version: str
    at: str
    migrations: tuple[tuple[str, str], ...]
    tables: Mapping[str, Member]
    files: Mapping[str, Member]
    sequences: Mapping[str, tuple[int, bool]] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 over every table and file with its hash."""
        lines = [f"{name} {one.rows} {one.sha256}\n" for name, one in sorted({**self.tables, **self.files}.items())]
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def written(self) -> bytes:
        return json.dumps({"kentongan": "backup", **asdict(self), "digest": self.digest}, indent=1, sort_keys=True).encode()


class Hashing:
    """Passes bytes on and hashes and counts them."""

    def __init__(self, to: IO[bytes] | None = None) -> None:
        self._to = to
        self._hash = hashlib.sha256()
        self.bytes = 0

    def write(self, data: Buffer) -> None:
        self._hash.update(data)
        self.bytes += memoryview(data).nbytes
        if self._to is not None:
            self._to.write(data)

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def make(path: Path, data: Path, now: datetime, progress: Progress | None = None) -> Manifest:
    """Write everything to `path`, whole or not at all. Raises `FileError` where the disk does not take it."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with own_session() as session, _private(part) as file:
            manifest = _write(file, session, data, now, progress)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise FileError(
            f"The backup {path} cannot be written: {error.strerror or error}. Free some space or choose another place."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return manifest


@contextlib.contextmanager
def own_session() -> Generator[psycopg.Connection[Any]]:
    """A session of its own to Django's database, so that the snapshot ends with the backup and not with a request."""
    parameters = connection.get_connection_params()
    known = {name: value for name, value in parameters.items() if name not in {"cursor_factory", "context", "prepare_threshold"}}
    with psycopg.connect(**known) as session:
        yield session


def _private(path: Path) -> IO[bytes]:
    """A new file only its owner reads: the keys are in it."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _write(file: IO[bytes], session: psycopg.Connection[Any], data: Path, now: datetime, progress: Progress | None) -> Manifest:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL, allowZip64=True) as archive:
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        sizes = tables(session)
        total, done = sum(sizes.values()), 0
        stored: dict[str, Member] = {}
        for name, size in sizes.items():
            with archive.open(f"tables/{name}", "w", force_zip64=True) as member:

                def step(read: int, before: int = done, size: int = size, name: str = name) -> None:
                    if progress is not None:
                        progress(name, before + min(read, size), total)

                stored[name] = copy_out(session, name, columns(session, name), member, step)
            done += size
        files = dict(_files(archive, data))
        applied = tuple(sorted(MigrationRecorder(connections["default"]).applied_migrations()))
        manifest = Manifest(FORM, __version__, now.isoformat(), applied, stored, files, sequences(session))
        archive.writestr("manifest.json", manifest.written())
    if progress is not None:
        progress("", total, total)
    return manifest


def tables(session: psycopg.Connection[Any]) -> dict[str, int]:
    """Every table of ours with its size on disk; none that an extension brought."""
    rows = session.execute(
        """SELECT c.relname, pg_table_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT c.relname = ANY(%s)
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY c.relname""",
        [list(LEFT_OUT)],
    ).fetchall()
    return {str(name): int(size) for name, size in rows}


def columns(session: psycopg.Connection[Any], table: str) -> tuple[str, ...]:
    """The columns that are stored, in their order."""
    rows = session.execute(
        """SELECT a.attname FROM pg_attribute a WHERE a.attrelid = to_regclass('public.' || quote_ident(%s)) AND a.attnum > 0
        AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attname""",
        [table],
    ).fetchall()
    return tuple(str(row[0]) for row in rows)


def copy_out(
    session: psycopg.Connection[Any], table: str, names: tuple[str, ...], to: IO[bytes] | None, step: Callable[[int], None]
) -> Member:
    """Copy a table out in the order of its key, hashed; `to` None: only hash."""
    key = _key(session, table) or names
    query = sql.SQL("COPY (SELECT {names} FROM {table} ORDER BY {key}) TO STDOUT (FORMAT binary)").format(
        names=sql.SQL(", ").join(map(sql.Identifier, names)),
        table=sql.Identifier("public", table),
        key=sql.SQL(", ").join(map(sql.Identifier, key)),
    )
    out = Hashing(to)
    with session.cursor() as cursor:
        with cursor.copy(query) as copy:
            for number, piece in enumerate(copy):
                out.write(piece)
                if number % 1_000 == 0:
                    step(out.bytes)
        rows = max(0, cursor.rowcount)
    return Member(rows, out.bytes, out.hexdigest(), names)


def _key(session: psycopg.Connection[Any], table: str) -> tuple[str, ...]:
    rows = session.execute(
        """SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
        WHERE i.indrelid = to_regclass('public.' || quote_ident(%s)) AND i.indisprimary ORDER BY a.attnum""",
        [table],
    ).fetchall()
    return tuple(str(row[0]) for row in rows)


def sequences(session: psycopg.Connection[Any]) -> dict[str, tuple[int, bool]]:
    """Where every counter stands; read after the tables, so never behind them."""
    names = session.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1").fetchall()
    stand: dict[str, tuple[int, bool]] = {}
    for (name,) in names:
        row = session.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier("public", name))).fetchone()
        if row is not None:
            stand[str(name)] = (int(row[0]), bool(row[1]))
    return stand


def _files(archive: zipfile.ZipFile, data: Path) -> Iterator[tuple[str, Member]]:
    for name in FILES:
        path = data / name
        if path.is_file():
            body = path.read_bytes()
            archive.writestr(f"files/{name}", body)
            yield name, Member(0, len(body), hashlib.sha256(body).hexdigest())
