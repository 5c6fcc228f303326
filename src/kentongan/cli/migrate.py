"""`kentongan migrate`: bring the database to this version without starting anything."""

from __future__ import annotations

import click

from kentongan.cli.options import config_from, settings_options
from kentongan.office.database import migrate_all, open_office


@click.command()
@settings_options
def command(data: str | None, chosen: tuple[str, ...]) -> None:
    """Bring the database to this version. `run` does it by itself at start."""
    with open_office(config_from(data, chosen), migrate=False) as office:
        done = migrate_all(office.database.url)
    click.echo("The database was brought to this version." if done else "The database is of this version already.")
