"""`kentongan newsroom`: the public site as files, for any web server."""

from __future__ import annotations

from pathlib import Path

import click

from kentongan.cli.options import config_from, settings_options
from kentongan.errors import InputError
from kentongan.office.database import open_office


@click.group()
def command() -> None:
    """Write the public site of an office as files that any web server serves."""


@command.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--office", "slug", default="", metavar="SLUG", help="The office, by the short name in its addresses.")
@click.option("--address", default="", metavar="URL", help="Where the copy will stand, for feeds and sitemap.")
@settings_options
def export(folder: Path, slug: str, address: str, data: str | None, chosen: tuple[str, ...]) -> None:
    """Write the whole newsroom into FOLDER: pages, feeds, sitemap, styles. What an earlier run left there is replaced at the end."""
    if address and not address.startswith(("http://", "https://")):
        raise InputError("--address is a full address, such as https://kota.example/kabar/.", subject="address")
    with open_office(config_from(data, chosen)):
        from kentongan.office.newsroom.exporting import Export
        from kentongan.office.people.models import Office
        from kentongan.office.people.places import office_called

        office = office_called(slug, Office.objects.order_by("slug"))
        count = Export(office, folder.absolute(), address).run()
    click.echo(f"{count} files of {office.name} are in {folder}. Any web server can serve the folder, from any path.")
