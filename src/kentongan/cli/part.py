"""`kentongan part …`: one part of an installation; started by the supervisor, which has opened and migrated the database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kentongan.cli.options import config_from
from kentongan.office import database


@click.group()
def command() -> None:
    """Run one part of an installation (used by `run` and `demo`)."""


@command.command()
@click.option("--port", type=int, default=None)
def web(port: int | None) -> None:
    """The web server."""
    config = config_from(None, (), web_port=port)
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
def outlets(folder: Path) -> None:
    """The invented outlets of a demo."""
    from kentongan.demo.serving import serve

    serve(folder)
