"""`kentongan anchor-ledger`: tell the end of the ledger to a place outside, now instead of tonight."""

from __future__ import annotations

import sys

import click

from kentongan.cli.options import config_from, settings_options
from kentongan.office.database import open_office


@click.command()
@settings_options
def command(data: str | None, chosen: tuple[str, ...]) -> None:
    """Mail the end of every chain to `ledger_anchor_mail` and append it to `ledger_anchor_file`; print it too."""
    with open_office(config_from(data, chosen)):
        from kentongan.office import clock
        from kentongan.office.ledger import anchoring, checking

        rows = anchoring.anchor(clock.now())
    for office, seq, hash_, at in dict.fromkeys((row.office, row.seq, bytes(row.hash), row.at) for row in rows):
        click.echo(anchoring.written(checking.Told(office, seq, hash_, at)))
    for way, place, trouble in dict.fromkeys((row.way, row.place, row.detail) for row in rows):
        if trouble:
            click.echo(f"Not told by {way}: {trouble}", err=True)
        elif way != anchoring.HERE:
            click.echo(f"Told by {way}: {place}", err=True)
    if not rows:
        click.echo("The ledger is empty: there is nothing to tell yet.", err=True)
    sys.exit(1 if any(row.detail for row in rows) else 0)
