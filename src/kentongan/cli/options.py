"""Options every command that needs the settings shares: `--data DIR` and `--set NAME=VALUE`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from kentongan import config as settings_table
from kentongan.config import Config

Command = TypeVar("Command", bound=Callable[..., Any])


def settings_options(function: Command) -> Command:
    """Adds the options; the command receives `data` and `chosen`, for `config_from`."""
    function = click.option("--data", default=None, metavar="DIR", help="The folder that holds everything.")(function)
    return click.option(
        "--set", "chosen", multiple=True, metavar="NAME=VALUE", help="Set one setting for this run; `kentongan settings` lists them."
    )(function)


def config_from(data: str | None, chosen: tuple[str, ...], **flags: str | int | None) -> Config:
    """The settings with the command line's own on top. Raises `SettingError`, or click's error for a wrong form."""
    named: dict[str, str] = {}
    for one in chosen:
        name, found, value = one.partition("=")
        if not found:
            raise click.BadParameter(f"“{one}” must be NAME=VALUE.", param_hint="--set")
        named[name.strip()] = value
    if data is not None:
        named["data"] = data
    named.update({name: str(value) for name, value in flags.items() if value is not None})
    return settings_table.load(named)
