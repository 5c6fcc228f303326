"""`kentongan backup`: everything into one file, while all goes on."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kentongan.cli.options import config_from, settings_options
from kentongan.office.database import open_office


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--trial", is_flag=True, help="Restore it into a database made for the trial too, and compare.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
@settings_options
def command(file: Path, trial: bool, quiet: bool, data: str | None, chosen: tuple[str, ...]) -> None:
    """Write everything to FILE: the database as of one moment and the keys of the data folder.

    Everybody may go on working. FILE is there when it is whole; it holds secrets, so keep it as safe as the installation.
    """
    config = config_from(data, chosen)
    with open_office(config):
        from kentongan.office import clock
        from kentongan.office.administration import backup_services

        bar = None if quiet or not sys.stderr.isatty() else show
        made = backup_services.make(file, clock.now(), trial=trial, progress=bar)
    click.echo(f"{file}: {made.size / 1e6:,.1f} MB, {made.rows:,} rows in {made.tables} tables, digest {made.digest}.")
    if trial:
        click.echo(made.outcome)
        sys.exit(0 if made.verified else 1)


def show(what: str, done: int, total: int) -> None:
    """A bar on the terminal."""
    part = min(1.0, done / max(1, total))
    filled = "█" * round(30 * part)
    sys.stderr.write(f"\r{filled:░<30} {part:4.0%} {what[:45]:45}" + ("\n" if not what else ""))
    sys.stderr.flush()
