"""`kentongan heads`: make the small trained heads anew from their data."""

from __future__ import annotations

import importlib
from pathlib import Path

import click

from kentongan.engine import heads


@click.group()
def command() -> None:
    """Train the small heads again from their data."""


@command.command()
@click.argument("out", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), default="../shared/data", show_default=True)
@click.option("--only", metavar="NAME", default="", help="One head: centres, language, names, claims, kinds or tone.")
def train(out: Path | None, data: Path, only: str) -> None:
    """Train the heads on the sets under DATA and write them to OUT (the package itself when left out).

    Takes minutes. The same data give the same bytes; for tone its card says how far.
    """
    train_heads = importlib.import_module("kentongan.measure.train_heads")
    for path in train_heads.main(out or Path(heads.__file__).parent, data, only):
        click.echo(f"{path}  {path.stat().st_size / 1000:,.0f} KB")
