"""The office's database at start: opened before Django reads its settings, then migrated, by one process at a time."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Generator
from dataclasses import dataclass

from kentongan import config as settings_table
from kentongan.adapters import postgres
from kentongan.config import Config


@dataclass(frozen=True, slots=True)
class OpenOffice:
    """A set-up Django over an open, migrated database."""

    config: Config
    database: postgres.OpenDatabase


@contextlib.contextmanager
def open_office(config: Config, *, migrate: bool = True) -> Generator[OpenOffice]:
    """Open the database, hand its address to Django and to children, set Django up, migrate.

    Changes this process's environment. Raises `DatabaseError` with a remedy.
    """
    with postgres.open_database(str(config["database_url"]), config.data) as database:
        postgres.need(database.url)
        os.environ.update(config.environment())
        os.environ["KENTONGAN_DATA"] = str(config.data)
        os.environ["KENTONGAN_DATABASE_URL"] = database.url
        (config.data / "static").mkdir(exist_ok=True)
        set_up()
        if migrate:
            migrate_all(database.url)
        yield OpenOffice(settings_table.load(), database)
        close_connections()


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
