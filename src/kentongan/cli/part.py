"""`kentongan part …`: one part of an installation; started by the supervisor, which has opened and migrated the database."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import click

from kentongan.cli.options import config_from
from kentongan.office import database


@click.group()
def command() -> None:
    """Run one part of an installation (used by `run` and `demo`)."""


@command.command()
@click.option("--city", type=click.Path(path_type=Path), default=None, help="The folder of a demo to furnish.")
def ready(city: Path | None) -> None:
    """Bring the database to this version and make what is missing. Says the word of the first run's door where that stands open."""
    config = config_from(None, ())
    with database.open_office(config):
        from kentongan.office import clock
        from kentongan.office.administration import wizard
        from kentongan.office.people.services import first_office

        if city is not None:
            from kentongan.demo import city as cities
            from kentongan.demo.furnishing import furnish
            from kentongan.demo.stage import stage_of

            furnish(cities.load(), stage_of(city))
        first_office(time_zone=str(config["time_zone"]))
        word = secrets.token_urlsafe(32)
        click.echo(word if wizard.prepare(word, clock.now()) else "")


@command.command()
@click.option("--port", type=int, default=None)
def web(port: int | None) -> None:
    """The web server."""
    config = config_from(None, (), web_port=port)
    if int(config["web_processes"]) > 1:
        os.environ.setdefault("OMP_NUM_THREADS", "1")  # the vector of a few words: two threads took as long and waited for each other
    database.set_up()
    from kentongan.office import parts

    sys.exit(parts.run_web(config))


@command.command()
def worker() -> None:
    """Background work."""
    config = config_from(None, ())
    database.set_up()
    from kentongan.office import parts

    sys.exit(parts.run_worker(config))


@command.command()
@click.option("--office", type=int, required=True)
def listener(office: int) -> None:
    """The listener of one office."""
    config = config_from(None, ())
    database.set_up()
    from kentongan.office import parts

    sys.exit(parts.run_listener(config, office))


@command.command()
@click.option("--folder", type=click.Path(path_type=Path), required=True)
def codes(folder: Path) -> None:
    """The recovery codes of a demo's approver that were not used yet. Refused where the folder is no demo's."""
    from kentongan.demo.stage import stage_of

    stage_of(folder)
    with database.open_office(config_from(str(folder), ())):
        from kentongan.demo import furnishing

        click.echo(" ".join(furnishing.codes()))


@command.command()
@click.option("--folder", type=click.Path(path_type=Path), required=True)
def outlets(folder: Path) -> None:
    """The invented outlets of a demo."""
    from kentongan.demo.serving import serve

    serve(folder)
