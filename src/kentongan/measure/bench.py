"""`make bench`: every figure with its data set, size, commit and date. `make bench ARGS="headlines versus --size 2000"` takes some.

Prints one line a figure as it is measured and appends the same to `build/bench.jsonl`. Does not judge: the bars stand in
docs/reference/figures.md beside what was measured.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from kentongan.measure import (
    bench_alert,
    bench_desk,
    bench_echo,
    bench_engine,
    bench_evidence,
    bench_ledger,
    bench_newsroom,
    bench_office,
    bench_readers,
    bench_scale,
    bench_terms,
)

ROOT = Path(__file__).resolve().parents[3]
OUT = ROOT / "build" / "bench.jsonl"


@dataclass(frozen=True, slots=True)
class Measure:
    """A named measure: what it gives, from the data folder and a size (0: the measure's own)."""

    name: str
    sentence: str
    run: Callable[[Path, int], Iterator[tuple[str, float, str]]]


MEASURES: tuple[Measure, ...] = (
    Measure("headlines", "70,000 headlines with the model: rate, and the cost of an item late over early", bench_engine.headlines),
    Measure("articles", "articles a second from HTML to story, vectors included", bench_engine.articles),
    Measure("versus", "items a second against the pipeline assembled from known parts", bench_engine.versus),
    Measure("terms", "megabytes and milliseconds of watching 50,000 words and pairs", bench_terms.terms),
    Measure("screen", "seconds from publication, and from a feed's answer, to the story on the page", bench_office.screen),
    Measure("alert", "seconds from a stored item to the alert about it, by webhook and by mail", bench_alert.alert),
    Measure("memory", "megabytes resident, all processes together, demo city and headlines", bench_office.memory),
    Measure("scale", "milliseconds of the pages with 200,000 articles, one person and 20 at work", bench_scale.scale),
    Measure("sources", "seconds between the visits of 500 sources asked every minute, a tenth of them dead or slow", bench_scale.sources),
    Measure("backup", "seconds to back up and to restore 200,000 articles, identical", bench_scale.backup),
    Measure("desk", "milliseconds of the board, the closed, an issue and their API with 5,000 issues and 100,000 lines", bench_desk.desk),
    Measure("evidence", "seconds to judge a statement of 40 sentences against 200 passages", bench_evidence.evidence),
    Measure("echo", "articles a second held against publications, queries and memory with 200,000 articles; the page", bench_echo.echo),
    Measure("newsroom", "milliseconds of the public site at 200 requests a second; seconds until a text is there", bench_newsroom.newsroom),
    Measure("subscribers", "seconds until 5,000 readers are told by e-mail, a worker killed in the middle", bench_readers.subscribers),
    Measure("ledger", "lines a second of eight writers, and seconds to verify a million lines", bench_ledger.ledger),
)


def commit() -> str:
    """The short commit, with + where the tree has changes; "unknown" outside a checkout."""
    try:
        found = subprocess.run(["git", "describe", "--always", "--dirty=+"], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([m.name for m in MEASURES]))
@click.option("--data", type=click.Path(path_type=Path), default=ROOT.parent / "shared" / "data", help="The evaluation data.")
@click.option("--size", default=0, help="Items to measure on; 0 is the measure's own size.")
def main(names: tuple[str, ...], data: Path, size: int) -> None:
    """Measure and print; without NAMES all of it."""
    OUT.parent.mkdir(exist_ok=True)
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as the command itself does
    stamp = {"commit": commit(), "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"), "cores": os.cpu_count()}
    if not data.is_dir():
        click.echo(f"The evaluation data is not at {data}: measures that need it are left out.", err=True)
    for measure in MEASURES:
        if names and measure.name not in names:
            continue
        click.echo(f"· {measure.name}: {measure.sentence}", err=True)
        for what, value, about in measure.run(data, size):
            click.echo(f"{measure.name:10} {what:58} {value:10.3f}   {about}   {stamp['commit']} {stamp['date']}")
            with OUT.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"measure": measure.name, "what": what, "value": value, "about": about, **stamp}) + "\n")


if __name__ == "__main__":
    sys.exit(main())
