"""`kentongan offices`: the offices of this installation. Each sees only its own; the terminal is where one is made."""

from __future__ import annotations

import click

from kentongan.cli.options import config_from, settings_options
from kentongan.office.database import open_office


@click.group()
def command() -> None:
    """Make and list the offices of this installation."""


@command.command()
@click.argument("name")
@click.option("--language", type=click.Choice(("id", "vi", "en")), default="id", show_default=True)
@click.option("--country", type=click.Choice(("ID", "VN")), default="ID", show_default=True)
@click.option("--time-zone", default="", help="Such as Asia/Makassar; empty: the setting time_zone.")
@settings_options
def add(name: str, language: str, country: str, time_zone: str, data: str | None, chosen: tuple[str, ...]) -> None:
    """Make the office NAME. A running installation begins to listen for it within seconds."""
    config = config_from(data, chosen)
    with open_office(config):
        from kentongan.office.people import services

        office = services.create_office(name, language=language, country=country, time_zone=time_zone or str(config["time_zone"]))
    click.echo(f"{office.name} is there. Let somebody in: kentongan people add NAME --role administrator --office {office.slug}")


@command.command("list")
@settings_options
def show(data: str | None, chosen: tuple[str, ...]) -> None:
    """Every office: short name, name, language, people."""
    with open_office(config_from(data, chosen)):
        from django.db.models import Count, Q

        from kentongan.office.people.models import Office

        for office in Office.objects.annotate(n=Count("people", filter=Q(people__is_active=True))).order_by("slug"):
            click.echo(f"{office.slug:30} {office.name:40} {office.language}  {office.n} people")
