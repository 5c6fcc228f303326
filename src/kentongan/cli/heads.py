"""`kentongan heads`: make the small trained heads anew from their data."""

from __future__ import annotations

import importlib
import os
import subprocess
from pathlib import Path

import click

from kentongan.engine import heads
from kentongan.office.supervisor import KENTONGAN

STEADY = {
    "OPENBLAS_CORETYPE": "Haswell",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
}
"""What sums are made with. Their last bit depends on the processor and on how many threads share them, and a training that ends before it
has settled makes much of a last bit: with two threads and with one, a tenth of the weights of the language head differed."""


@click.group()
def command() -> None:
    """Train the small heads again from their data."""


@command.command()
@click.argument("out", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), default="../shared/data", show_default=True)
@click.option("--only", metavar="NAME", default="", help="One head: centres, language, names, claims, kinds or tone.")
def train(out: Path | None, data: Path, only: str) -> None:
    """Train the heads on the sets under DATA and write them to OUT (the package itself when left out).

    Takes minutes. The same data give the same bytes, on processors of the same kind; for tone its card says how far.
    """
    if any(os.environ.get(name) != value for name, value in STEADY.items()):  # read when numpy is loaded, so for a process of its own
        where = [str(out)] if out else []
        command = [*KENTONGAN, "heads", "train", *where, "--data", str(data), *(["--only", only] if only else [])]
        raise SystemExit(subprocess.call(command, env=os.environ | STEADY))
    train_heads = importlib.import_module("kentongan.measure.train_heads")
    for path in train_heads.main(out or Path(heads.__file__).parent, data, only):
        click.echo(f"{path}  {path.stat().st_size / 1000:,.0f} KB")
