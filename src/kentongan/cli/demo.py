"""`kentongan demo`: the invented city, collected by the real fetcher from a real local server."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
import psycopg

from kentongan.cli.run import announce, run, say
from kentongan.config import load as load_settings
from kentongan.demo import city as cities
from kentongan.demo import stage as stages
from kentongan.demo.stage import Stage
from kentongan.errors import InputError
from kentongan.office.database import OpenOffice
from kentongan.office.supervisor import KENTONGAN, Part

READY_WITHIN_S = 280.0


@click.command(context_settings={"max_content_width": 110})
@click.option("--port", default=8601, show_default=True, help="The port of the pages; 0 takes a free one.")
@click.option("--speed", default=30.0, show_default=True, help="How many times faster than life the morning unfolds.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--data", default=".demo", show_default=True, metavar="DIR", help="The demo's folder; kept, so the next start goes on.")
@click.option("--fresh", is_flag=True, help="Forget the folder and begin the morning again.")
def command(port: int, speed: float, no_browser: bool, data: str, fresh: bool) -> None:
    """Start an invented city and collect it before your eyes. Stops with Ctrl-C."""
    folder = Path(data).resolve()
    if fresh:
        forget(folder)
    city = cities.load()
    stage = stages.stage(folder, city, speed, datetime.now(UTC))
    stages.remember(folder, stage)
    config = load_settings({**stages.settings(stage), "data": str(folder), "web_port": str(port)})
    words = (*KENTONGAN, "part", "outlets", "--folder", str(folder))
    say(f"· Starting {city.names['en']}, an invented city with {len(city.outlets)} outlets (folder: {folder})")
    outlets = Part("outlets", command=words)
    sys.exit(run(config, extra=[outlets], city=folder, ready=_when_ready(folder, stage, browser=not no_browser)))


def forget(folder: Path) -> None:
    """Remove a demo's folder. Raises `InputError` where it is something else's."""
    if folder.exists() and any(folder.iterdir()) and not (folder / stages.FILE).is_file():
        raise InputError(f"{folder} is not a demo's folder; nothing was removed.", subject="data")
    shutil.rmtree(folder, ignore_errors=True)


def _when_ready(folder: Path, stage: Stage, *, browser: bool) -> Callable[[OpenOffice, str], None]:
    """What to do once the parts live: wait beside the supervisor until the first briefing can be read, then say so."""

    def ready(office: OpenOffice, address: str) -> None:
        threading.Thread(target=_announce, args=(office, address, folder, stage, browser), name="ready", daemon=True).start()

    return ready


def _announce(office: OpenOffice, address: str, folder: Path, stage: Stage, browser: bool) -> None:
    say("· Collecting fourteen days of the city")
    codes = _said_by("part", "codes", "--folder", str(folder))
    _wait_for_history(office.database.url)
    for name, role in stages.PEOPLE:
        say(f"  sign in as {name:10} password {stage.password}   ({role})")
    if codes:
        say(f"  second factor of {stages.APPROVER}, each code once: {codes}")
    announce(office, address)
    if browser:
        webbrowser.open(_said_by("people", "link", "petugas", "--set", f"public_url={address.rstrip('/')}") or address)


def _said_by(*words: str) -> str:
    """What a command of ours says; this process holds no Django."""
    return subprocess.run([*KENTONGAN, *words], check=False, stdout=subprocess.PIPE, text=True).stdout.strip()


_HISTORY = """
    SELECT (SELECT count(*) FROM listening_article),
        EXISTS (SELECT FROM listening_listenerstate WHERE "offset" >= coalesce((SELECT max(seq) FROM listening_journalentry), 1))
        AND NOT EXISTS (SELECT FROM listening_source WHERE NOT backfilled AND NOT paused)
        AND NOT EXISTS (SELECT FROM listening_article a WHERE NOT EXISTS (SELECT FROM listening_journalentry WHERE article_id = a.id))
"""
"""The articles collected, and whether every source was read once and the listener stands at the end of the journal."""


def _wait_for_history(url: str) -> None:
    """Until the history is there, or `READY_WITHIN_S` are over."""
    until = time.monotonic() + READY_WITHIN_S
    shown = 0
    with psycopg.connect(url, autocommit=True) as connection:
        while time.monotonic() < until:
            [(articles, done)] = connection.execute(_HISTORY).fetchall()
            if articles >= shown + 100:
                shown = articles
                say(f"  {articles} articles collected")
            if done:
                return
            time.sleep(0.5)
    say("  Some sources have not answered yet; the briefing shows which.")
