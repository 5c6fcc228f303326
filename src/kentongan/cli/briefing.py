"""`kentongan briefing`: the briefing at a moment, as text, JSON or PDF."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from kentongan.cli.options import config_from, settings_options
from kentongan.errors import InputError
from kentongan.office.database import open_office

DAY = timedelta(hours=24)


@click.command()
@click.option("--at", default=None, metavar="TIME", help="The moment, ISO 8601; local time where it names no zone. Now when not given.")
@click.option("--since", default=None, metavar="TIME", help="What changed after this; a day before when not given.")
@click.option("--format", "form", type=click.Choice(("text", "json", "pdf")), default="text", show_default=True)
@click.option("--language", type=click.Choice(("id", "vi", "en")), default=None, help="The office's when not given.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=None, help="Write to a file.")
@settings_options
def command(
    at: str | None, since: str | None, form: str, language: str | None, out: Path | None,
    data: str | None, chosen: tuple[str, ...],
) -> None:  # fmt: skip
    """Print the briefing as it stood at TIME. For a past time the journal is read again up to then, which takes a while."""
    config = config_from(data, chosen)
    if form == "pdf" and out is None and sys.stdout.isatty():
        raise InputError("A PDF is not for the screen: add --out FILE.", subject="--out")
    with open_office(config):
        from django.conf import settings

        from kentongan.office import outside
        from kentongan.office.listening import briefing, papers, past
        from kentongan.office.people.services import first_office

        office = first_office(time_zone=str(config["time_zone"]))
        tongue = language or (office.language if office.language in {"id", "vi", "en"} else "en")
        with papers.local_time(office.time_zone):
            moment = _moment(at, office.time_zone) if at else settings.CLOCK.now()
            begin = _moment(since, office.time_zone) if since else moment - DAY
            if past.is_past(office, moment):
                content = past.briefing_at(office, begin, moment, tongue, outside.embedder(), _tell)
            else:
                content = briefing.compose(office, begin, moment, tongue)
            made: bytes
            if form == "pdf":
                made = papers.briefing_pdf(content, tongue)
            elif form == "json":
                made = (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
            else:
                made = papers.briefing_text(content, tongue).encode()
    if out is not None:
        out.write_bytes(made)
    else:
        sys.stdout.buffer.write(made)


def _tell(read: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\rreading the journal again: {read:,} ")
        sys.stderr.flush()


def _moment(text: str, zone: str) -> datetime:
    """Aware, UTC. Raises `InputError`."""
    from zoneinfo import ZoneInfo

    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"“{text}” is not a moment such as 2025-11-27T07:30 or 2025-11-27T00:30Z.", subject="time") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
