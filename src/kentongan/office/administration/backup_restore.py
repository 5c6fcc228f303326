"""Puts back what a backup holds. The whole file is read and compared with its manifest before anything is touched.

The tables are made as they were (migrated to the backup's own migrations), filled in one transaction without triggers and secondary
indexes, compared again with the manifest, and only then brought to this version. What was there before is set aside in a schema of its own
and comes back where anything fails. Needs no superuser: the owner of the database may do all of it.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql
from psycopg.copy import QueuedLibpqWriter

from kentongan import __version__
from kentongan.errors import DatabaseError, FileError, RefusedError, StateError
from kentongan.office import migrating
from kentongan.office.administration import backup
from kentongan.office.administration.backup import FILES, FORM, Manifest, Member, Progress

ASIDE = "kentongan_before_restore"
MOST_MANIFEST = 20_000_000
MEMORY = "256MB"
"""For building the indexes anew, that of the vectors above all."""
LEAVING_S = 5.0
_LEDGER = ("ledger_line", "ledger_link", "ledger_anchor")


def read(path: Path, progress: Progress | None = None) -> Manifest:
    """The manifest of a backup of which every byte is as it was written. Raises `FileError` in words for everything else."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(path, archive)
            _compare(path, archive, manifest, progress)
            return manifest
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:  # the last: a member said to be encrypted, or packed unknown
        raise FileError(f"{path} is damaged or cut off, or is no backup of Kentongan ({error}). Nothing was changed.") from error
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}") from error


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    foreign = FileError(f"{path} is not a backup of Kentongan. Nothing was changed.", subject=str(path))
    try:
        info = archive.getinfo("manifest.json")
        said: Any = json.loads(archive.read(info)) if info.file_size < MOST_MANIFEST else None
    except (KeyError, ValueError) as error:
        raise foreign from error
    if not isinstance(said, dict) or said.get("kentongan") != "backup":
        raise foreign
    if not isinstance(said.get("form"), int) or said["form"] > FORM:
        raise FileError(f"{path} was made by a newer Kentongan ({said.get('version')}); this is {__version__}. Upgrade first.")
    try:
        manifest = Manifest(
            form=said["form"],
            version=str(said["version"]),
            at=str(said["at"]),
            migrations=tuple((str(app), str(name)) for app, name in said["migrations"]),
            tables={name: _member(one) for name, one in said["tables"].items()},
            files={name: _member(one) for name, one in said["files"].items() if name in FILES},
            sequences={name: (int(value), bool(called)) for name, (value, called) in said["sequences"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise foreign from error
    if manifest.digest != said.get("digest"):
        raise FileError(f"{path} is damaged: its manifest was changed. Nothing was changed here.", subject=str(path))
    return manifest


def _member(said: dict[str, Any]) -> Member:
    return Member(int(said["rows"]), int(said["bytes"]), str(said["sha256"]), tuple(str(name) for name in said["columns"]))


def _compare(path: Path, archive: zipfile.ZipFile, manifest: Manifest, progress: Progress | None) -> None:
    """Read every member to its end and compare its hash."""
    members = {f"tables/{name}": one for name, one in manifest.tables.items()}
    members |= {f"files/{name}": one for name, one in manifest.files.items()}
    total, done = sum(one.bytes for one in members.values()), 0
    for name, one in members.items():
        found = hashlib.sha256()
        left = one.bytes
        try:
            with archive.open(name) as member:
                while piece := member.read(min(backup.READ, left + 1)):
                    found.update(piece)
                    left -= len(piece)
                    if left < 0:
                        break
        except KeyError as error:
            raise FileError(f"{path} is damaged: {name} is missing. Nothing was changed.", subject=name) from error
        if left or found.hexdigest() != one.sha256:
            raise FileError(f"{path} is damaged: {name} is not what was written. Nothing was changed.", subject=name)
        done += one.bytes
        if progress is not None:
            progress(f"reading {name}", done, total)


def check_fits(manifest: Manifest) -> None:
    """Raise `FileError` where the backup knows migrations that this version does not."""
    known = set(MigrationExecutor(connection).loader.disk_migrations)
    unknown = sorted(set(manifest.migrations) - known)
    if unknown:
        app, name = unknown[0]
        raise FileError(
            f"The backup was made by a newer Kentongan ({manifest.version}, {app} {name}); this is {__version__}. Upgrade first. "
            "Nothing was changed."
        )


def is_empty(session: psycopg.Connection[Any]) -> bool:
    """Whether the database has no table of ours with a person or office in it."""
    return not backup.tables(session)


def restore(path: Path, data: Path, *, replace: bool, progress: Progress | None = None) -> Manifest:
    """Put everything back. `replace`: what is there now is dropped once all is well. Raises where the file or database does not fit."""
    manifest = read(path, progress)
    check_fits(manifest)
    with backup.own_session() as session:
        session.autocommit = True
        _put_back(session)
        there = not is_empty(session)
        if there and not replace:
            raise RefusedError("The database is not empty. Restore into an empty one, or say --replace to drop what it holds.")
        _need_alone(session)
        if there:
            _set_aside(session)
        try:
            _as_it_was(manifest)
            with session.transaction():
                _load(session, path, manifest, progress)
            _same(session, manifest, progress)
        except BaseException:
            connection.close()
            if there:
                _put_back(session)
            raise
        migrating.migrate()
        if there:
            session.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(ASIDE)))
    _put_files(path, manifest, data)
    return manifest


def _need_alone(session: psycopg.Connection[Any]) -> None:
    """Nobody else may work in the database meanwhile. A session that has just ended needs a moment to go."""
    connection.close()
    until = time.monotonic() + LEAVING_S
    while others := _others(session):
        if time.monotonic() > until:
            raise RefusedError(f"{others} other connections use the database: stop `kentongan run` and everything else first.")
        time.sleep(0.1)


def _others(session: psycopg.Connection[Any]) -> int:
    row = session.execute(
        """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'"""
    ).fetchone()
    return int(row[0]) if row else 0


def _set_aside(session: psycopg.Connection[Any]) -> None:
    try:
        with session.transaction():
            session.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(ASIDE)))
            _move(session, "public", ASIDE)
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseError(
            f"What is there cannot be set aside ({error.diag.message_primary}): let whoever administers the database make the user of "
            "DATABASE_URL its owner, or restore into an empty database."
        ) from error


_OURS = """
WITH place AS (SELECT oid, nspname FROM pg_namespace WHERE nspname = %s),
     apart AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
SELECT 'ROUTINE', format('%%I.%%I(%%s)', nspname, proname, pg_get_function_identity_arguments(f.oid))
    FROM pg_proc f JOIN place p ON p.oid = pronamespace WHERE ('pg_proc'::regclass, f.oid) NOT IN (SELECT * FROM apart)
UNION ALL SELECT 'TABLE', format('%%I.%%I', nspname, relname)
    FROM pg_class c JOIN place p ON p.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND ('pg_class'::regclass, c.oid) NOT IN (SELECT * FROM apart)
UNION ALL SELECT 'SEQUENCE', format('%%I.%%I', nspname, relname)
    FROM pg_class c JOIN place p ON p.oid = relnamespace WHERE relkind = 'S' AND NOT EXISTS
    (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i', 'e'))
UNION ALL SELECT 'TYPE', format('%%I.%%I', nspname, typname)
    FROM pg_type t JOIN place p ON p.oid = typnamespace LEFT JOIN pg_class c ON c.oid = typrelid
    WHERE (typtype IN ('e', 'd') OR c.relkind = 'c') AND ('pg_type'::regclass, t.oid) NOT IN (SELECT * FROM apart)
UNION ALL SELECT 'TEXT SEARCH CONFIGURATION', format('%%I.%%I', nspname, cfgname)
    FROM pg_ts_config g JOIN place p ON p.oid = cfgnamespace WHERE ('pg_ts_config'::regclass, g.oid) NOT IN (SELECT * FROM apart)
ORDER BY 1, 2
"""
"""Kind and full name of everything of ours in a schema; by the letters a routine comes before the types its name speaks of. A sequence of
a column, an index and a trigger go with their table."""


def _move(session: psycopg.Connection[Any], old: str, new: str) -> None:
    """Move what is ours into another schema. The extensions stay: they may belong to whoever administers the server."""
    for kind, name in session.execute(_OURS, [old]).fetchall():
        session.execute(f'ALTER {kind} {name} SET SCHEMA "{new}"'.encode())


def _put_back(session: psycopg.Connection[Any]) -> None:
    """Bring back what an interrupted or failed restore had set aside."""
    row = session.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [ASIDE]).fetchone()
    if row is None:
        return
    with session.transaction():
        for kind, name in session.execute(_OURS, ["public"]).fetchall():
            session.execute(f"DROP {kind} IF EXISTS {name} CASCADE".encode())
        _move(session, ASIDE, "public")
        session.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(ASIDE)))


def _as_it_was(manifest: Manifest) -> None:
    """Make the tables of the backup's own version, empty."""
    executor = migrating.Executor(connection)
    executor.migrate([*_ends(executor, manifest.migrations)])
    connection.close()


def _ends(executor: MigrationExecutor, applied: Iterable[tuple[str, str]]) -> list[tuple[str, str | None]]:
    """The last applied migrations of each app."""
    known = set(applied)
    graph = executor.loader.graph
    replaced = {one for one in known if one not in graph.nodes}
    inner = {parent.key for one in known - replaced for parent in graph.node_map[one].parents if parent.key[0] == one[0]}
    return [(app, name) for app, name in sorted(known - replaced - inner)]


def _load(session: psycopg.Connection[Any], path: Path, manifest: Manifest, progress: Progress | None) -> None:
    _set_for_filling(session)
    there = backup.tables(session)
    if set(there) != set(manifest.tables):
        odd = sorted(set(there) ^ set(manifest.tables))
        raise StateError(f"The backup's tables do not fit its migrations: {', '.join(odd[:5])}. Nothing was changed.")
    for name in there:
        session.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier("public", name)))
    session.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(sql.Identifier("public", name) for name in there)))
    later = _without_indexes(session)
    total, done = sum(one.bytes for one in manifest.tables.values()), 0
    with zipfile.ZipFile(path) as archive:
        for name, one in manifest.tables.items():
            if progress is not None:
                progress(name, done, total)
            _copy_in(session, archive, name, one)
            done += one.bytes
    for name, (value, called) in manifest.sequences.items():
        session.execute("SELECT setval(to_regclass('public.' || quote_ident(%s)), %s, %s)", [name, value, called])
    for statement in later:
        if progress is not None:
            progress(f"indexes: {statement[:50]}…", done, total)
        session.execute(statement.encode())
    for name in there:
        session.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier("public", name)))
    for name, trigger in zip(_LEDGER, ("line_stays", "link_stays", "anchor_stays"), strict=True):
        if name in there:
            session.execute(sql.SQL("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}").format(sql.Identifier(name), sql.Identifier(trigger)))


def _set_for_filling(session: psycopg.Connection[Any]) -> None:
    """Settings of this transaction: memory and processes for building indexes, no more of them than there are processors."""
    workers = max(0, (os.cpu_count() or 1) - 1)
    session.execute(
        "SELECT set_config('maintenance_work_mem', %s, true), set_config('max_parallel_maintenance_workers', %s, true)",
        [MEMORY, str(workers)],
    )


def _without_indexes(session: psycopg.Connection[Any]) -> Sequence[str]:
    """Drop what filling would only slow down; gives the statements that make it anew."""
    keys = session.execute(
        """SELECT c.conname, c.conrelid::regclass::text, pg_get_constraintdef(c.oid) FROM pg_constraint c
        JOIN pg_namespace n ON n.oid = c.connamespace WHERE n.nspname = 'public' AND c.contype = 'f' ORDER BY 2, 1"""
    ).fetchall()
    indexes = session.execute(
        """SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT i.indisprimary
        AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1"""
    ).fetchall()
    for name, table, _ in keys:
        session.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'.encode())
    for name, _ in indexes:
        session.execute(f"DROP INDEX {name}".encode())
    made = [str(text) for _, text in indexes]
    return [*made, *(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {text}' for name, table, text in keys)]


def _copy_in(session: psycopg.Connection[Any], archive: zipfile.ZipFile, name: str, one: Member) -> None:
    if backup.columns(session, name) != one.columns:
        raise StateError(f"The backup's columns of {name} do not fit its migrations. Nothing was changed.")
    query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary, FREEZE)").format(
        sql.Identifier("public", name), sql.SQL(", ").join(map(sql.Identifier, one.columns))
    )
    with archive.open(f"tables/{name}") as member, session.cursor() as cursor, cursor.copy(query, writer=QueuedLibpqWriter(cursor)) as copy:
        while piece := member.read(backup.READ):
            copy.write(piece)


def _same(session: psycopg.Connection[Any], manifest: Manifest, progress: Progress | None) -> None:
    """Compare what was stored with what was saved. Raises `StateError`."""
    total, done = sum(one.bytes for one in manifest.tables.values()), 0
    for name, one in manifest.tables.items():
        found = backup.copy_out(session, name, one.columns, None, lambda read: None)
        if (found.rows, found.sha256) != (one.rows, one.sha256):
            raise StateError(f"After restoring, {name} is not what was saved ({found.rows} rows of {one.rows}). What was there is kept.")
        done += one.bytes
        if progress is not None:
            progress(f"comparing {name}", done, total)


def _put_files(path: Path, manifest: Manifest, data: Path) -> None:
    """The keys, readable by their owner only; one that is there and differs is kept beside."""
    with zipfile.ZipFile(path) as archive:
        for name in manifest.files:
            body, place = archive.read(f"files/{name}"), data / name
            if place.is_file() and place.read_bytes() != body:
                place.replace(data / f"{name}.before-restore")
            part = data / f"{name}.part"
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(body)
            part.replace(place)
