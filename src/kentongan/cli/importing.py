"""`kentongan import`: a file of articles into the database. Stop it whenever; the same command goes on."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kentongan.cli.options import config_from, settings_options
from kentongan.config import Config
from kentongan.errors import DatabaseError
from kentongan.office.database import open_office

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kentongan.adapters.postgres import OpenDatabase
    from kentongan.office.listening.importing import Progress

AWAY_LONGEST_S = 300.0
AGAIN_S = 2.0


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--quiet", is_flag=True, help="No progress bar.")
@settings_options
def command(file: Path, quiet: bool, data: str | None, chosen: tuple[str, ...]) -> None:
    """Read FILE into the database: JSON Lines {title, text?, url, outlet, time, lang?}, a CSV table with such columns, or a WARC archive.

    Each gzipped or not.
    It can be stopped at any time (Ctrl-C) and goes on where it was; lines that were read before are not read again.
    """
    config = config_from(data, chosen)
    with open_office(config) as office:
        try:
            _import(config, office.database, file, quiet)
        except KeyboardInterrupt:
            click.echo("\nStopped; nothing is lost. The same command goes on.", err=True)
            sys.exit(130)


def _import(config: Config, database: OpenDatabase, file: Path, quiet: bool) -> None:
    """Import, over an outage or a full disk of at most `AWAY_LONGEST_S`; each trouble is said once."""
    from django.db import InterfaceError, OperationalError, connection

    away, said = 0.0, ""
    while True:
        try:
            _once(config, file, quiet, again=away > 0)
            return
        except (OperationalError, InterfaceError) as error:
            connection.close()
            trouble = _trouble(error, database)
            if away >= AWAY_LONGEST_S:
                raise DatabaseError(f"{trouble} It did not get better in {away:.0f} s; the same command goes on later.") from error
            if trouble != said:
                click.echo(f"\n{trouble} Trying again every {AGAIN_S:.0f} s.", err=True)
                said = trouble
            away += AGAIN_S
            time.sleep(AGAIN_S)


def _trouble(error: Exception, database: OpenDatabase) -> str:
    """What is wrong with the database, in words. An embedded server that has died is started again; one that cannot start says why."""
    from kentongan.office.outage import is_full

    if is_full(error):
        return "The disk of the database is full: free some space. Nothing is lost."
    try:
        database.revive()
    except DatabaseError as reason:
        return str(reason)
    return "The database does not answer."


def _once(config: Config, file: Path, quiet: bool, *, again: bool) -> None:
    from kentongan.office.people import scope
    from kentongan.office.people.services import first_office

    office = first_office(time_zone=str(config["time_zone"]))
    with scope.scope(office.pk):
        _into(office.pk, config, file, quiet, again=again)


def _into(office: int, config: Config, file: Path, quiet: bool, *, again: bool) -> None:
    """Import into an office, seeing only its rows."""
    from django.conf import settings

    from kentongan.office import outside
    from kentongan.office.listening import engine_settings, importing, listener

    now = settings.CLOCK.now()
    run = importing.begin(office, file, now)
    if run.lines and not again:
        click.echo(f"Going on after line {run.lines:,}.", err=True)
    own = listener.take_lock(office)
    mine = None
    if own:
        mine = listener.Listener(office, outside.embedder(), engine_settings.of(office), int(config["snapshot_entries"]))
        mine.open()
    try:
        last = _watch(importing.import_file(run, file, now, mine), quiet)
        while not own and (left := importing.waiting(office)):
            _show(quiet, f"\rthe running listener has {left:,} entries to read   ")
            time.sleep(1.0)
    finally:
        if own:
            listener.give_lock_back(office)
    run.refresh_from_db()
    _show(quiet, "\n")
    if last:
        click.echo(last, err=True)
    click.echo(f"{run.lines:,} lines read: {run.articles:,} articles kept, {run.skipped:,} left out.")
    for reason, n in sorted(run.left_out.items(), key=lambda one: (-one[1], one[0])):
        click.echo(f"  {n:,} {reason}")


def _watch(progress: Iterator[Progress], quiet: bool) -> str:
    """Show the progress; gives the last problem in words."""
    started, read, problem, before = time.monotonic(), 0, "", 0
    for one in progress:
        problem = one.problem or problem
        read += max(0, before - one.waiting)
        before = one.waiting
        rate = read / max(0.001, time.monotonic() - started)
        _show(quiet, f"\r{one.lines:>9,} lines  {one.articles:>9,} articles  {one.waiting:>6,} to read  {rate:6.0f} a second ")
    return problem


def _show(quiet: bool, words: str) -> None:
    if not quiet and sys.stderr.isatty():
        sys.stderr.write(words)
        sys.stderr.flush()
