"""`kentongan people`: who may sign in."""

from __future__ import annotations

import click

from kentongan.cli.options import config_from, settings_options
from kentongan.office.database import open_office

ROLES = ("administrator", "officer", "reader")


@click.group()
def command() -> None:
    """Add and list the people who may sign in."""


@command.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="officer", show_default=True)
@click.option("--email", default="", help="For the briefing by mail and for a lost password.")
@click.option("--language", type=click.Choice(("", "id", "vi", "en")), default="", help="Empty: the office's.")
@click.password_option(help="Asked for when not given.")
@settings_options
def add(name: str, role: str, email: str, language: str, password: str, data: str | None, chosen: tuple[str, ...]) -> None:
    """Let NAME sign in."""
    config = config_from(data, chosen)
    with open_office(config):
        from kentongan.office.people import services

        office = services.first_office(time_zone=str(config["time_zone"]))
        services.create_user(name, password, office=office, role=role, email=email, language=language)
    click.echo(f"{name} may sign in as {role}.")


@command.command("list")
@settings_options
def list_people(data: str | None, chosen: tuple[str, ...]) -> None:
    """Who may sign in, and as what."""
    with open_office(config_from(data, chosen)):
        from kentongan.office.people.models import User

        for person in User.objects.select_related("office").order_by("username"):
            state = "" if person.is_active else " (switched off)"
            click.echo(f"{person.username}\t{person.role}\t{person.office or 'no office'}{state}")
