"""`kentongan settings`: every setting with its value, where it came from, and what it is for."""

from __future__ import annotations

import json
import shutil
import textwrap

import click

from kentongan.cli.options import config_from, settings_options
from kentongan.config import SETTINGS, Config, Setting, variable

HIDDEN = "(set, not shown)"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--markdown", is_flag=True, help="Print the table of the manual (docs/reference/settings.md).")
@settings_options
def command(as_json: bool, markdown: bool, data: str | None, chosen: tuple[str, ...]) -> None:
    """List every setting with its value and where it came from. Secrets are not shown."""
    if markdown:
        click.echo(table())
        return
    config = config_from(data, chosen)
    if as_json:
        rows = [
            {"name": s.name, "variable": variable(s.name), "value": shown(s, config), "origin": config.origins[s.name]} for s in SETTINGS
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    width = shutil.get_terminal_size((100, 24)).columns
    for setting in SETTINGS:
        click.echo(f"{variable(setting.name)} = {shown(setting, config) or '(empty)'}   [{config.origins[setting.name]}]")
        click.echo(textwrap.fill(setting.sentence, width, initial_indent="    ", subsequent_indent="    "))


def table() -> str:
    """Every setting as a row of the manual."""
    rows = ["| variable | default | what it is |", "|---|---|---|"]
    for setting in SETTINGS:
        default = setting.default if setting.kind != "switch" else ("on" if setting.default else "off")
        written = ",".join(default) if isinstance(default, tuple) else str(default)
        bounds = f" From {setting.low:g} to {setting.high:g}." if setting.low is not None and setting.high is not None else ""
        bounds += f" One of {', '.join(setting.allowed)}." if setting.allowed else ""
        bounds += " Secret: may also be read from a file." if setting.kind == "secret" else ""
        rows.append(f"| `{variable(setting.name)}` | {f'`{written}`' if written else ''} | {setting.sentence}{bounds} |")
    return "\n".join(rows)


def shown(setting: Setting, config: Config) -> str:
    """A value as text; a secret only says that it is there."""
    value = config[setting.name]
    if setting.kind == "secret":
        return HIDDEN if value else ""
    if setting.kind == "switch":
        return "on" if value else "off"
    return ",".join(value) if isinstance(value, tuple) else str(value)
