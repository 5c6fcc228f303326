"""`kentongan backtest`: other settings tried on the stored past, side by side with those that hold. Nothing is stored."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from kentongan.cli.options import config_from, settings_options
from kentongan.engine import proof
from kentongan.errors import InputError
from kentongan.office.database import open_office

if TYPE_CHECKING:
    from kentongan.office.listening.backtest import Backtest, Run

USUAL = timedelta(days=28)
SHOWN = 30
STOPPED = 130


@click.command()
@click.option("--from", "since", default=None, metavar="TIME", help="First moment, ISO 8601; local time where it names no zone.")
@click.option("--to", "until", default=None, metavar="TIME", help="Last moment; now when not given.")
@click.option("--change", "changes", multiple=True, metavar='"NAME=VALUE …"', help="What would be set otherwise; may be given again.")
@click.option("--office", "slug", default="", metavar="SLUG", help="Which office; may stay out where there is only one.")
@click.option("--json", "as_json", is_flag=True, help="Everything, for programs.")
@settings_options
def command(
    since: str | None, until: str | None, changes: tuple[str, ...], slug: str, as_json: bool, data: str | None, chosen: tuple[str, ...]
) -> None:  # fmt: skip
    """Replay the stored past with the settings that hold and with a CHANGE, and print what would appear, vanish, come earlier or later.

    Nothing is stored. Ctrl-C stops it.
    """
    with open_office(config_from(data, chosen)):
        from django.conf import settings

        from kentongan.office import outside
        from kentongan.office.listening import backtest
        from kentongan.office.people import places, scope
        from kentongan.office.people.models import Office

        wanted = backtest.read_changes(changes)
        office = places.office_called(slug, Office.objects.order_by("pk"))
        end = _moment("--to", until, office.time_zone) if until else settings.CLOCK.now()
        begin = _moment("--from", since, office.time_zone) if since else end - USUAL
        try:
            with scope.scope(office.pk):
                test = backtest.run(office, begin, end, wanted, outside.embedder(), _tell)
        except KeyboardInterrupt:
            _show("\n")
            click.echo("Stopped. Nothing was stored or changed.", err=True)
            sys.exit(STOPPED)
        _show("\n")
        if as_json:
            click.echo(json.dumps(backtest.as_json(office, test), ensure_ascii=False, indent=1))
        else:
            click.echo("\n".join(lines(office.name, office.time_zone, test)))


def lines(name: str, zone: str, test: Backtest) -> list[str]:
    """The comparison as text: a table, what appears, what vanishes, and how to go on."""
    local = ZoneInfo(zone)
    span = f"{_at(test.since, local)} to {_at(test.until, local)} ({zone}, {test.days:.1f} days)"
    out = [f"{name}, {span}"]
    learned = test.learned / timedelta(days=1)
    if learned < 14:
        out.append(f"Only {learned:.1f} days of past lie before it: the engine knew no weekday yet, and other days would tell less.")
    runs = [test.before, *([test.after] if test.after is not None else [])]
    heads = ["as it is", *([" ".join(f"{name}={value}" for name, value in test.changes.items())] if test.after is not None else [])]
    out += ["", *_table(test, runs, heads)]
    difference = test.difference
    if difference is None:
        out += ["", 'Nothing was changed. Try: --change "alert_budget=5"; the names stand in docs/how-to/accuracy.md.']
        return out
    for title, found in (("Would appear", difference.appeared), ("Would vanish", difference.vanished)):
        out += ["", f"{title}: {len(found)}", *(_line(one, local) for one in found[:SHOWN])]
        if len(found) > SHOWN:
            out.append(f"  … and {len(found) - SHOWN} more (--json lists all)")
    shift = proof.delays(proof.hours(before.at, after.at) for before, after in difference.both if before.at != after.at)
    moved = f"; of those moved the middle is {shift.middle:+.1f} h" if shift.middle is not None else ""
    out += ["", f"Told either way: {len(difference.both)} ({difference.earlier} earlier, {difference.later} later{moved})"]
    lost = test.found(test.after).missed - test.found(test.before).missed if test.after is not None else frozenset[int]()
    out += [f"  no longer told: {event.what}" for event in test.events if event.pk in lost]
    return [*out, "", "Nothing was stored. " + _how(list(test.changes))]


def _how(names: Sequence[str]) -> str:
    if list(names) == ["alert_budget"]:
        return "To apply it: Office → Settings → alert_budget."
    return "Only alert_budget is set in the office (Office → Settings); the other names are the engine's own and change with a version."


def _table(test: Backtest, runs: Sequence[Run], heads: Sequence[str]) -> list[str]:
    """Rows of measures, a column for each run."""
    found = [test.found(run) for run in runs]
    few = any(one.recall.few for one in found)
    rows: list[tuple[str, list[str]]] = [
        ("", list(heads)),
        ("signals", [str(len(run.told)) for run in runs]),
        ("signals a day", [f"{len(run.told) / test.days:.2f}" for run in runs]),
        ("  of events told before", [str(run.again) for run in runs]),
        ("held back", [str(run.held) for run in runs]),
        ("recorded events told" + (" (few)" if few and found[0].recall.n else ""), [_of(one.recall) for one in found]),
        ("hours from event, middle", [_hours(one.delays.middle) for one in found]),
        ("hours from event, 9 in 10", [_hours(one.delays.p90) for one in found]),
    ]
    widths = [max(12, *(len(row[place]) for _, row in rows)) for place in range(len(runs))]
    return [f"{label:28}" + "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)) for label, row in rows]


def _of(share: proof.Share) -> str:
    interval = share.interval
    if interval is None:
        return "none recorded"
    return f"{share.k} of {share.n} ({100 * interval[0]:.0f}–{100 * interval[1]:.0f} %)"


def _hours(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _line(one: proof.Told, local: ZoneInfo) -> str:
    shown = one.titles[1] if len(one.titles) > 1 and one.titles[1].casefold() != one.subject.casefold() else ""
    return f"  {_at(one.at, local)}  {one.level:7} {one.subject[:90]}" + (f" – {shown[:80]}" if shown else "")


def _at(moment: datetime, local: ZoneInfo) -> str:
    return f"{moment.astimezone(local):%Y-%m-%d %H:%M}"


def _tell(read: int, total: int) -> None:
    _show(f"\rreading the journal again: {read:,} of {total:,} ")


def _show(words: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(words)
        sys.stderr.flush()


def _moment(option: str, text: str, zone: str) -> datetime:
    """Aware, UTC. Raises `InputError`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{option}: “{text}” is not a moment such as 2025-11-27 or 2025-11-27T07:30.", subject=option) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
