"""`kentongan places`: bring in districts and wards from a file."""

from __future__ import annotations

from pathlib import Path

import click

from kentongan.cli.options import config_from, settings_options
from kentongan.office.database import open_office


@click.group()
def command() -> None:
    """Bring in and list the places of an office."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--office", default="", metavar="SLUG", help="Which office; may stay out where there is only one.")
@click.option("--look", is_flag=True, help="Only say what would change.")
@settings_options
def bring_in(file: Path, office: str, look: bool, data: str | None, chosen: tuple[str, ...]) -> None:
    """Bring in the places of FILE (CSV or GeoJSON, see docs/how-to/places.md), whole or not at all."""
    with open_office(config_from(data, chosen)):
        from django.conf import settings

        from kentongan.office.people import places, places_reading, scope
        from kentongan.office.people.models import Office

        found = places.office_called(office, Office.objects.order_by("pk"))
        rows = places_reading.read(file.read_bytes(), file.name, found.country)
        with scope.scope(found.pk):
            if look:
                made = places.plan(found, rows, file.name)
            else:
                made = places.bring_in(None, found, rows, file.name, settings.CLOCK.now())
    said = ", ".join(f"{count} {word}" for word, count in made.counts().items())
    click.echo(f"{file.name}: {said}.{' Nothing was changed.' if look else ''}")


@command.command("list")
@click.option("--office", default="", metavar="SLUG", help="Which office; may stay out where there is only one.")
@settings_options
def list_places(office: str, data: str | None, chosen: tuple[str, ...]) -> None:
    """Every place with its code, level and dates."""
    with open_office(config_from(data, chosen)):
        from kentongan.office.people import places
        from kentongan.office.people.models import Office, Place

        found = places.office_called(office, Office.objects.order_by("pk"))
        for place in Place.objects.filter(office=found).order_by("code").defer("shape"):
            dates = f"\t{place.since or ''}–{place.until or ''}" if place.since or place.until else ""
            click.echo(f"{place.code}\t{place.level}\t{place.name}{dates}")
