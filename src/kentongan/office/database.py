"""The office's database at start: opened before Django reads its settings, then migrated, by one process at a time.

A program that only looks after others (`kentongan run`) opens the database and leaves Django to its children: it keeps 30 megabytes
instead of 120.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Generator
from dataclasses import dataclass

import psycopg

from kentongan import config as settings_table
from kentongan.adapters import postgres
from kentongan.config import Config


@dataclass(frozen=True, slots=True)
class OpenOffice:
    """An open database and the settings that lead to it."""

    config: Config
    database: postgres.OpenDatabase


@contextlib.contextmanager
def open_database(config: Config) -> Generator[OpenOffice]:
    """Open the database and hand its address to children, by this process's environment. Raises `DatabaseError` with a remedy."""
    with postgres.open_database(str(config["database_url"]), config.data) as database:
        postgres.need(database.url)
        os.environ.update(config.environment())
        os.environ["KENTONGAN_DATA"] = str(config.data)
        os.environ["KENTONGAN_DATABASE_URL"] = database.url
        (config.data / "static").mkdir(exist_ok=True)
        yield OpenOffice(settings_table.load(), database)


@contextlib.contextmanager
def open_office(config: Config, *, migrate: bool = True) -> Generator[OpenOffice]:
    """`open_database`, then Django set up over it and every table brought to this version."""
    with open_database(config) as office:
        set_up()
        if migrate:
            migrate_all(office.database.url)
        yield office
        close_connections()


def offices(url: str) -> list[tuple[int, str]]:
    """Number and short name of every office; none while the database is away. Needs no Django."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.execute("SELECT id, slug FROM people_office ORDER BY id").fetchall()
    except psycopg.Error:
        return []


def set_up() -> None:
    """Set Django up; a second call does nothing. What is loaded stays, so no garbage is looked for in it, now or later."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kentongan.office.settings")
    gc.disable()
    try:
        django.setup()
    finally:
        gc.enable()
    gc.freeze()


def migrate_all(url: str) -> bool:
    """Bring every table to this version. Gives whether anything was to be done. Others wait meanwhile."""
    from kentongan.office import migrating

    if not migrating.is_pending():
        return False
    with postgres.migration_lock(url):
        if migrating.is_pending():
            migrating.migrate()
    return True


def close_connections() -> None:
    """Close this thread's connections, so that an embedded server can stop at once."""
    from django.db import connections

    connections.close_all()
