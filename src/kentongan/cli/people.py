"""`kentongan people`: who may sign in. Whoever sits at the terminal may do everything here; the ledger says it was done there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kentongan.cli.options import config_from, settings_options
from kentongan.config import Config
from kentongan.errors import InputError
from kentongan.office.database import open_office

if TYPE_CHECKING:
    from kentongan.office.people.models import Office, User

ROLES = (
    "administrator", "officer", "analyst", "owner", "drafter", "legal", "approver", "spokesperson", "press", "reporter", "leader",
    "auditor", "reader",
)  # fmt: skip
_OFFICE = click.option("--office", "slug", default="", help="Which office, by its short name; empty: the first.")


@click.group()
def command() -> None:
    """Add, list and change the people who may sign in."""


@command.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="officer", show_default=True)
@click.option("--also", multiple=True, type=click.Choice(ROLES), help="A further role; may be given several times.")
@click.option("--email", default="", help="For the briefing by mail and for a lost password.")
@click.option("--language", type=click.Choice(("", "id", "vi", "en")), default="", help="Empty: the office's.")
@click.password_option(help="Asked for when not given.")
@_OFFICE
@settings_options
def add(
    name: str,
    role: str,
    also: tuple[str, ...],
    email: str,
    language: str,
    password: str,
    slug: str,
    data: str | None,
    chosen: tuple[str, ...],
) -> None:
    """Let NAME sign in."""
    config = config_from(data, chosen)
    with open_office(config):
        from kentongan.office.people import services

        office = _office(config, slug)
        services.create_user(name, password, office=office, role=role, more_roles=also, email=email, language=language)
    click.echo(f"{name} may sign in as {', '.join((role, *also))}.")


@command.command("list")
@settings_options
def list_people(data: str | None, chosen: tuple[str, ...]) -> None:
    """Who may sign in, and as what."""
    with open_office(config_from(data, chosen)):
        from kentongan.office.people.models import User

        for person in User.objects.select_related("office").order_by("username"):
            state = "" if person.is_active else " (has left)"
            roles = ", ".join((person.role, *person.more_roles))
            click.echo(f"{person.username}\t{roles}\t{person.office or 'no office'}{state}")


@command.command()
@click.argument("name")
@click.argument("roles", nargs=-1, required=True, type=click.Choice(ROLES))
@settings_options
def roles(name: str, roles: tuple[str, ...], data: str | None, chosen: tuple[str, ...]) -> None:
    """Give NAME exactly these ROLES, the main one first."""
    with open_office(config_from(data, chosen)):
        from kentongan.office import clock
        from kentongan.office.people import services

        person = _person(name)
        changes = {"role": roles[0], "more_roles": list(roles[1:])}
        services.change_person(None, person, changes, person.version, clock.now())
    click.echo(f"{name} is {', '.join(roles)}.")


@command.command()
@click.argument("name")
@settings_options
def leave(name: str, data: str | None, chosen: tuple[str, ...]) -> None:
    """NAME leaves: every session, key and deputy ends at once. Their work stays theirs."""
    with open_office(config_from(data, chosen)):
        from kentongan.office import clock
        from kentongan.office.people import services

        services.leave(None, _person(name), clock.now())
    click.echo(f"{name} has left.")


@command.command("forget-factors")
@click.argument("name")
@click.option("--why", type=click.Choice(["lost", "broken", "codes"]), default="lost", show_default=True, help="What the record says.")
@settings_options
def forget_factors(name: str, why: str, data: str | None, chosen: tuple[str, ...]) -> None:
    """Take the second factors of NAME away, for a lost phone without recovery codes. All sessions of NAME end."""
    with open_office(config_from(data, chosen)):
        from kentongan.office import clock
        from kentongan.office.people import services

        services.forget_factors(None, _person(name), why, clock.now())
    click.echo(f"{name} signs in with the password alone, and sets a new second factor up where the role needs one.")


@command.command()
@click.argument("name")
@settings_options
def link(name: str, data: str | None, chosen: tuple[str, ...]) -> None:
    """Print a link that signs NAME in once, within ten minutes."""
    config = config_from(data, chosen)
    with open_office(config):
        from kentongan.office.people.one_time import link_for

        click.echo(link_for(_person(name), config.public_url))


def _person(name: str) -> User:
    from kentongan.office.people.models import User

    person = User.objects.filter(username=name).first()
    if person is None:
        raise InputError(f"There is nobody called “{name}”. `kentongan people list` shows everybody.", subject="name")
    return person


def _office(config: Config, slug: str) -> Office:
    from kentongan.office.people import services
    from kentongan.office.people.models import Office

    if not slug:
        return services.first_office(time_zone=str(config["time_zone"]))
    office = Office.objects.filter(slug=slug).first()
    if office is None:
        known = ", ".join(Office.objects.order_by("slug").values_list("slug", flat=True))
        raise InputError(f"There is no office “{slug}”. There are: {known}.", subject="office")
    return office
