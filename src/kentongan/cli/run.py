"""`kentongan run`: the whole installation under one supervisor."""

from __future__ import annotations

import logging
import secrets
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from urllib.error import URLError

import click

from kentongan.adapters.memory import give_back
from kentongan.cli.options import config_from, settings_options
from kentongan.config import Config
from kentongan.office.database import close_connections, open_office
from kentongan.office.supervisor import Part, Supervisor

ANSWER_WITHIN_S = 30.0


@click.command(context_settings={"max_content_width": 110})
@click.option("--port", type=int, default=None, help="The web server's port; 0 takes a free one.")
@settings_options
def command(port: int | None, data: str | None, chosen: tuple[str, ...]) -> None:
    """Start your own installation: database, web server, workers and listener. Stops cleanly with Ctrl-C."""
    sys.exit(run(config_from(data, chosen, web_port=port)))


def run(
    config: Config,
    *,
    extra: Sequence[Part] = (),
    prepare: Callable[[Config], None] | None = None,
    ready: Callable[[str], None] | None = None,
) -> int:
    """Start everything and block until it ends; gives the exit code.

    `prepare` is called once the database is migrated, before any part starts; `extra` parts run beside ours; `ready` is called with
    the web's address once all of it can be used, instead of printing it. `kentongan demo` is this function with its own three.
    """
    with open_office(config) as office:
        if prepare is not None:
            prepare(office.config)
        parts = [*extra, *parts_of(office.config)]
        word, settings = open_door(), office.config
        close_connections()
        give_back()
        supervisor = Supervisor(
            parts, office.database, teller(settings), lambda address: _ready(address, settings, word, ready or announce), listeners
        )
        return supervisor.run()


def parts_of(config: Config) -> list[Part]:
    """The parts of this installation: one web server, the workers, a listener for each office."""
    from kentongan.office.people.services import first_office

    first_office(time_zone=str(config["time_zone"]))
    workers = int(config["workers"])
    names = [("worker" if workers == 1 else f"worker {number}") for number in range(1, workers + 1)]
    return [
        Part("web", ("web",)),
        *(Part(name, ("worker",)) for name in names),
        *listeners(),
    ]


def listeners() -> list[Part]:
    """A listener for each office there is; none while the database is away."""
    from django.db import Error

    from kentongan.office.people.models import Office

    try:
        offices = list(Office.objects.order_by("pk").values_list("pk", "slug"))
    except Error:
        offices = []
    finally:
        close_connections()
    return [Part(f"listener of {slug}", ("listener", "--office", str(pk))) for pk, slug in offices]


def open_door() -> str:
    """The word of the first run's link where nobody can sign in yet; empty where somebody can."""
    from kentongan.office import clock
    from kentongan.office.administration import wizard

    word = secrets.token_urlsafe(32)
    return word if wizard.prepare(word, clock.now()) else ""


def _ready(address: str, config: Config, word: str, then: Callable[[str], None]) -> None:
    """Call `then` once the web answers."""
    until = time.monotonic() + ANSWER_WITHIN_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}health/", timeout=10):  # noqa: S310  our own server
                break
        except (URLError, OSError):
            time.sleep(0.2)
    if word:
        base = config.public_url if config["public_url"] else address.rstrip("/")
        say("Nobody can sign in yet. Set your office up in the browser; the link opens once, a new start prints a new one:")
        say(f"  {base}/begin/{word}/")
        say("Or, in another terminal: kentongan people add NAME --role administrator")
    then(address)


def announce(address: str) -> None:
    """The line other programs wait for."""
    click.echo(f"Ready: {address}")
    sys.stdout.flush()


def teller(config: Config) -> Callable[[str], None]:
    """How the supervisor speaks: to the person at the terminal, or where the log is JSON, into it."""
    return logging.getLogger("kentongan").warning if config["log_format"] == "json" else say


def say(words: str) -> None:
    """A line for the person at the terminal."""
    click.echo(words, err=True)
