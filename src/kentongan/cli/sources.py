"""`kentongan sources`: the places that are visited."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import click

from kentongan.cli.options import config_from, settings_options
from kentongan.engine import opml
from kentongan.errors import InputError
from kentongan.office.database import open_office

KINDS = ("feed", "sitemap", "listing")
SOURCE_KINDS = ("press", "official", "public")


@click.group()
def command() -> None:
    """List, add, check, import and export the sources that are visited."""


@command.command()
@click.argument("url")
@click.option("--name", default="", help="What it is called here; the host's name when not given.")
@click.option("--outlet", default="", help="The outlet it belongs to; the name when not given.")
@click.option("--kind", type=click.Choice(KINDS), default="feed", show_default=True)
@click.option("--source-kind", type=click.Choice(SOURCE_KINDS), default="press", show_default=True)
@click.option("--pattern", default="", help="For a listing page: which links are articles, for example /berita/*.")
@click.option("--language", default="", help="id, vi, en … where the feed does not say.")
@click.option("--area", default="", help="The area it writes about.")
@settings_options
def add(
    url: str, name: str, outlet: str, kind: str, source_kind: str, pattern: str, language: str, area: str,
    data: str | None, chosen: tuple[str, ...],
) -> None:  # fmt: skip
    """Visit URL from now on."""
    config = config_from(data, chosen)
    with open_office(config):
        from django.conf import settings

        from kentongan.office.listening import services
        from kentongan.office.listening.models import Source
        from kentongan.office.people.services import first_office

        name = name or (urlsplit(url).hostname or url)
        source = Source(
            office=first_office(time_zone=str(config["time_zone"])), url=url, name=name, outlet=outlet or name, kind=kind,
            source_kind=source_kind, pattern=pattern, language=language, area=area,
        )  # fmt: skip
        services.new_source(source, settings.CLOCK.now())
    click.echo(f"{name} is visited from now on.")


@command.command("list")
@settings_options
def list_sources(data: str | None, chosen: tuple[str, ...]) -> None:
    """Every source with its last outcome and next visit."""
    with open_office(config_from(data, chosen)):
        from kentongan.office.listening.models import Source

        for source in Source.objects.order_by("name"):
            state = f"paused: {source.paused_reason}" if source.paused else source.outcome or "not visited yet"
            due = source.next_visit.isoformat(timespec="seconds") if source.next_visit and not source.paused else "-"
            click.echo(f"{source.name}\t{source.url}\t{state}\tnext {due}")


@command.command()
@click.argument("name", required=False)
@settings_options
def check(name: str | None, data: str | None, chosen: tuple[str, ...]) -> None:
    """Ask every source (or the one called NAME) once and say what it answers. Stores nothing."""
    with open_office(config_from(data, chosen)):
        from django.conf import settings

        from kentongan.office import outside
        from kentongan.office.listening import collecting
        from kentongan.office.listening.models import Source

        sources = Source.objects.select_related("office").order_by("name")
        found = list(sources.filter(name=name) if name else sources)
        if name and not found:
            raise InputError(f"There is no source called “{name}”.", subject="name")
        try:
            for source in found:
                outcome, reading = collecting.look(source, outside.fetcher(), settings.CLOCK.now())
                said = f"{reading.kind}, {len(reading.items)} items" if reading is not None else outcome.detail
                click.echo(f"{source.name}\t{outcome.kind}\t{said}")
                for problem in reading.problems if reading is not None else ():
                    click.echo(f"    {problem}")
        finally:
            outside.close()


@command.command("import-opml")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@settings_options
def import_opml(file: Path, data: str | None, chosen: tuple[str, ...]) -> None:
    """Add the sources of an OPML FILE; those already there are left as they are."""
    outlines, problems = opml.read(file.read_bytes())
    config = config_from(data, chosen)
    with open_office(config):
        from django.conf import settings

        from kentongan.office.listening import adding, services
        from kentongan.office.listening.models import Source
        from kentongan.office.people.services import first_office

        office = first_office(time_zone=str(config["time_zone"]))
        known = set(Source.objects.filter(office=office).values_list("url", flat=True))
        fresh = [adding.source_from(office, outline) for outline in outlines if outline.url not in known]
        for source in fresh:
            services.new_source(source, settings.CLOCK.now())
    click.echo(f"{len(fresh)} added, {len(outlines) - len(fresh)} were there already.")
    for problem in problems:
        click.echo(problem, err=True)


@command.command("export-opml")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@settings_options
def export_opml(file: Path, data: str | None, chosen: tuple[str, ...]) -> None:
    """Write the sources to FILE as OPML."""
    config = config_from(data, chosen)
    with open_office(config):
        from kentongan.office.listening import adding
        from kentongan.office.people.services import first_office

        office = first_office(time_zone=str(config["time_zone"]))
        outlines = adding.outlines(office)
        file.write_bytes(opml.write(outlines, office.name))
    click.echo(f"{len(outlines)} sources written to {file}.")
