"""`kentongan doctor`: is everything there, and what to do where it is not."""

from __future__ import annotations

import json
import sys

import click

from kentongan.cli.options import config_from, settings_options
from kentongan.office import checkup


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@settings_options
def command(as_json: bool, data: str | None, chosen: tuple[str, ...]) -> None:
    """Check disk, database, clock, contact, mail and model, and say what to do about each. Ends with 1 where something is wrong."""
    config = config_from(data, chosen)
    wrong = 0
    rows: list[dict[str, object]] = []
    for check in checkup.look(config):
        wrong += not check.ok
        rows.append({"name": check.name, "ok": check.ok, "found": check.found, "remedy": check.remedy})
        if not as_json:
            click.echo(f"{'ok     ' if check.ok else 'PROBLEM'}  {check.name}: {check.found}")
            if check.remedy:
                click.echo(f"         → {check.remedy}")
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    sys.exit(1 if wrong else 0)
