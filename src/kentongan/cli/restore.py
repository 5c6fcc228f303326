"""`kentongan restore`: put back what a backup file holds."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kentongan.cli.backup import show
from kentongan.cli.options import config_from, settings_options
from kentongan.office.database import open_office


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Drop what the database holds now, once the backup is back whole.")
@click.option("--yes", is_flag=True, help="Do not ask before replacing.")
@click.option("--check", is_flag=True, help="Only read FILE and say whether it is whole; changes nothing.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
@settings_options
def command(file: Path, replace: bool, yes: bool, check: bool, quiet: bool, data: str | None, chosen: tuple[str, ...]) -> None:
    """Put back everything FILE holds, into an empty database or, with --replace, in the place of what is there.

    FILE is read and compared from end to end before anything is touched; a damaged, cut, foreign or newer one is refused. A backup of an
    older version is brought to this one.
    """
    with open_office(config_from(data, chosen), migrate=False) as office:
        from kentongan.office import clock
        from kentongan.office.administration import backup_restore, backup_services

        bar = None if quiet or not sys.stderr.isatty() else show
        if check:
            manifest = backup_restore.read(file, bar)
            backup_restore.check_fits(manifest)
            click.echo(f"{file} is whole: made {manifest.at} by {manifest.version}, digest {manifest.digest}.")
            return
        if replace and not yes:
            click.confirm("What the database holds now will be gone. Go on?", abort=True, err=True)
        manifest = backup_services.restore(file, office.config.data, clock.now(), replace=replace, progress=bar)
    rows = sum(one.rows for one in manifest.tables.values())
    click.echo(f"Restored: {rows:,} rows in {len(manifest.tables)} tables as of {manifest.at}, digest {manifest.digest}, compared.")
