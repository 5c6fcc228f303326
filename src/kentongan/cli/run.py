"""`kentongan run`: the whole installation under one supervisor."""

from __future__ import annotations

import logging.config
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.error import URLError

import click

from kentongan.adapters.keeper import dies_with_parent
from kentongan.cli.options import config_from, settings_options
from kentongan.config import Config
from kentongan.office.administration.logs import described
from kentongan.office.database import OpenOffice, offices, open_database
from kentongan.office.supervisor import KENTONGAN, Part, Supervisor

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
    city: Path | None = None,
    ready: Callable[[OpenOffice, str], None] | None = None,
) -> int:
    """Start everything and block until it ends; gives the exit code.

    `extra` parts run beside ours; `city` is the folder of a demo, furnished before any part starts; `ready` is called with the web's
    address once all of it can be used, instead of printing it. `kentongan demo` is this function with its own three. This process looks
    after the others as long as they run, so what needs Django is done by children.
    """
    with open_database(config) as office:
        logging.config.dictConfig(described(str(office.config["log_format"]), str(office.config["log_level"])))
        word = prepared(city)
        parts = [*extra, *parts_of(office)]
        supervisor = Supervisor(
            parts,
            office.database,
            teller(office.config),
            lambda address: _ready(address, office, word, ready or announce),
            lambda: listeners(office),
        )
        return supervisor.run()


def prepared(city: Path | None) -> str:
    """The word of the first run's link where nobody can sign in yet, else empty. Ends this process where it failed: that has said why."""
    command = [*KENTONGAN, "part", "ready", *(("--city", str(city)) if city is not None else ())]
    dies = dies_with_parent(signal.SIGTERM)
    made = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True, preexec_fn=dies)
    if made.returncode:
        sys.exit(made.returncode)
    return made.stdout.strip()


def parts_of(office: OpenOffice) -> list[Part]:
    """The parts of this installation: one web server, the workers, a listener for each office."""
    workers = int(office.config["workers"])
    names = [("worker" if workers == 1 else f"worker {number}") for number in range(1, workers + 1)]
    return [Part("web", ("web",)), *(Part(name, ("worker",)) for name in names), *listeners(office)]


def listeners(office: OpenOffice) -> list[Part]:
    """A listener for each office there is; none while the database is away."""
    return [Part(f"listener of {slug}", ("listener", "--office", str(pk))) for pk, slug in offices(office.database.url)]


def _ready(address: str, office: OpenOffice, word: str, then: Callable[[OpenOffice, str], None]) -> None:
    """Wait until the web at this address answers, say how to begin where there is a word, then hand over."""
    until = time.monotonic() + ANSWER_WITHIN_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}health/", timeout=10):  # noqa: S310  our own server
                break
        except (URLError, OSError):
            time.sleep(0.2)
    if word:
        base = office.config.public_url if office.config["public_url"] else address.rstrip("/")
        say("Nobody can sign in yet. Set your office up in the browser; the link opens once, a new start prints a new one:")
        say(f"  {base}/begin/{word}/")
        say("Or, in another terminal: kentongan people add NAME --role administrator")
    then(office, address)


def announce(office: OpenOffice, address: str) -> None:
    """The line other programs wait for."""
    click.echo(f"Ready: {address}")
    sys.stdout.flush()


def teller(config: Config) -> Callable[[str], None]:
    """How the supervisor speaks: to the person at the terminal, or where the log is JSON, into it."""
    return logging.getLogger("kentongan").warning if config["log_format"] == "json" else say


def say(words: str) -> None:
    """A line for the person at the terminal."""
    click.echo(words, err=True)
