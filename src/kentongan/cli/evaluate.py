"""`kentongan eval`: measure a part of the engine on a data set, in the agreed form."""

from __future__ import annotations

import importlib
import importlib.util
import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from kentongan.measure.form import Evaluation

TASKS: dict[str, tuple[str, str]] = {
    "stories": ("kentongan.measure.stories_eval:evaluate", "articles put into the right story"),
    "parallel": ("kentongan.measure.parallel_eval:evaluate", "sentences and their translations put into one story"),
    "duplicates": ("kentongan.measure.duplicates_eval:evaluate", "copies found and told from rewrites of other news"),
    "language": ("kentongan.measure.language_eval:evaluate", "languages told apart"),
    "pages": ("kentongan.measure.pages_eval:evaluate", "title, date and text read from HTML"),
    "names": ("kentongan.measure.names_eval:evaluate", "names of persons found"),
    "claims": ("kentongan.measure.claims_eval:evaluate", "the same claim found in other words and languages"),
    "evidence": ("kentongan.measure.evidence_eval:evaluate", "sentences that their sources carry, and what is let through"),
    "echo": ("kentongan.measure.echo_eval:evaluate", "articles that carry a publication, and how"),
    "feeds": ("kentongan.measure.feeds_eval:evaluate", "feed documents read, explained or not"),
    "forecast": ("kentongan.measure.forecast_eval:evaluate", "further reports of rising stories foretold"),
    "outbreaks": ("kentongan.measure.outbreaks_eval:evaluate", "outbreaks found in weekly counts, beside known detectors"),
    "tone": ("kentongan.measure.tone_eval:evaluate", "tone of texts told, and how honest its beliefs are"),
    "kinds": ("kentongan.measure.kinds_eval:evaluate", "kinds of invented sentences told, by cross-validation"),
    "privacy": ("kentongan.measure.privacy_eval:evaluate", "personal data hidden in generated texts"),
    "stream": ("kentongan.measure.stream_eval:evaluate", "events of a headline stream found, how soon, with how many signals"),
}


@click.command()
@click.argument("task", type=click.Choice(sorted(TASKS)))
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--pair", default="", metavar="ID-EN", help="The two languages of `parallel`.")
@click.option("--vectors", type=click.Path(path_type=Path), metavar="FILE", help="Keep the vectors of `stream` or `forecast` in this file.")
@click.option("--simulate", default=0, metavar="N", help="Instead of files, N series of each simulated scenario (`outbreaks`).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of words.")
def command(task: str, files: tuple[Path, ...], pair: str, vectors: Path | None, simulate: int, as_json: bool) -> None:
    """Measure TASK on FILES and print the figures with data set, size, commit and date."""
    evaluate = _measure(task)
    given: dict[str, object] = {"pair": pair or None, "vectors": vectors, "simulate": simulate or None}
    options = {name: value for name, value in given.items() if value is not None}
    began = time.monotonic()
    try:
        result = evaluate(list(files), **options)
    except TypeError as error:
        refused = next((name for name in options if f"'{name}'" in str(error)), None)
        if refused is None:
            raise
        raise click.UsageError(f"`{task}` takes no --{refused}.") from error
    seconds = time.monotonic() - began
    if as_json:
        click.echo(json.dumps(answer(task, files, result, seconds), ensure_ascii=False))
    else:
        click.echo(in_words(task, files, result, seconds))


def answer(task: str, files: Sequence[Path], result: Evaluation, seconds: float) -> dict[str, object]:
    """The agreed form of an answer."""
    return {"task": task, "files": [str(file) for file in files], "n": result.n, "seconds": round(seconds, 3), "metrics": result.metrics}


def in_words(task: str, files: Sequence[Path], result: Evaluation, seconds: float) -> str:
    """The same for a person: a figure a line, tables indented, then data set, size, commit and date."""
    lines = [f"{task}: {TASKS[task][1]}"]
    for name, value in result.metrics.items():
        if isinstance(value, Mapping):
            lines.append(f"  {name}")
            lines += [f"    {key:20s} {_shown(one)}" for key, one in value.items()]
        else:
            lines.append(f"  {name:22s} {_shown(value)}")
    names = ", ".join(file.name for file in files) or "generated"
    lines.append(f"  on {names}, n = {result.n:,}, {seconds:.1f} s, commit {_commit()}, {datetime.now(UTC):%Y-%m-%d}")
    return "\n".join(lines)


def _shown(value: object) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _measure(task: str) -> Callable[..., Evaluation]:
    module, _, name = TASKS[task][0].partition(":")
    if importlib.util.find_spec(module) is None:
        raise click.ClickException(f"The measure of `{task}` is not part of this version yet ({module} is missing).")
    found: Callable[..., Evaluation] = getattr(importlib.import_module(module), name)
    return found


def _commit() -> str:
    """The short commit of the working tree this program runs from, "unknown" where it is installed without one."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return done.stdout.strip() or "unknown"
