"""`kentongan verify-ledger`: is the record of what was done still the one that was written?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kentongan.cli.options import config_from, settings_options
from kentongan.errors import InputError
from kentongan.office.database import open_office

if TYPE_CHECKING:
    from kentongan.office.ledger.checking import Checked, Finding

WRONG = 2
"""Told apart from 1, a command that could not do its work."""


@click.command()
@click.option("--office", default=None, metavar="SLUG", help="Only this office's chain, by the short name in its addresses.")
@click.option("--anchor", "anchors", multiple=True, type=click.Path(path_type=Path), help="A file or saved mail with anchors; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
@settings_options
def command(office: str | None, anchors: tuple[Path, ...], as_json: bool, quiet: bool, data: str | None, chosen: tuple[str, ...]) -> None:
    """Verify every chain of the ledger, and name the first line that is wrong and how.

    Ends with 0 where all is well, with 2 where a line was changed, removed, put in or moved, or the end was cut off. Others may go on
    working meanwhile.
    """
    with open_office(config_from(data, chosen), migrate=False):
        from django.db import connection

        from kentongan.office.ledger import anchoring, checking

        if "ledger_line" not in connection.introspection.table_names():
            raise InputError("This database has no ledger yet: `kentongan migrate` brings it to this version.", subject="database")
        told = [one for path in anchors for one in anchoring.read_file(path)]
        number = None if office is None else _office(office)
        bar = None if quiet or as_json or not sys.stderr.isatty() else _progress
        checked = checking.check_all(told, number, bar)
        names = _names()
    wrong = [one for one in checked if one.finding is not None]
    if as_json:
        click.echo(json.dumps([_plain(one, names) for one in checked], ensure_ascii=False, indent=1))
    else:
        for one in checked:
            click.echo(_sentence(one, names))
        if not checked:
            click.echo("The ledger is empty.")
    sys.exit(WRONG if wrong else 0)


def _office(slug: str) -> int:
    from kentongan.office.people.models import Office

    number = Office.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if number is None:
        known = ", ".join(Office.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise InputError(f"There is no office “{slug}”. The offices are: {known}.", subject="office")
    return number


def _names() -> dict[int, str]:
    from kentongan.office.people.models import Office

    return {0: "installation", **dict(Office.objects.values_list("pk", "slug"))}


def _progress(read: int, total: int) -> None:
    part = min(1.0, read / max(1, total))
    bar = "█" * round(30 * part)
    sys.stderr.write(f"\r{bar:░<30} {read:>11,} of {total:,} lines " + ("\n" if read >= total else ""))
    sys.stderr.flush()


def _sentence(one: Checked, names: dict[int, str]) -> str:
    name = names.get(one.office, f"office {one.office}")
    if one.finding is None:
        beside = f", {one.anchors} anchors met" if one.anchors else ", no anchor to compare with"
        return f"✓ {name}: {one.lines:,} lines follow each other{beside}. The last hash is {one.hash.hex()}."
    return f"✗ {name}: {words(one.finding)} The {one.lines:,} lines before it are whole."


def words(found: Finding) -> str:
    """What is wrong, in one sentence."""
    line = f"line {found.line} (place {found.seq:,})" if found.seq else f"line {found.line}"
    return {
        "changed": f"{line} was changed after it was written.",
        "removed": f"the line of place {found.seq:,} was removed.",
        "inserted": f"{line} was put in later: it does not belong to the chain.",
        "reordered": f"{line} was moved here from another place.",
        "cut": f"the end was cut off: an anchor knows more, but place {found.seq:,} is empty.",
        "rewritten": f"{line} is not the one an anchor vouches for: the chain was written anew.",
    }[found.kind]


def _plain(one: Checked, names: dict[int, str]) -> dict[str, object]:
    found = one.finding
    return {
        "office": names.get(one.office, str(one.office)),
        "lines": one.lines,
        "hash": one.hash.hex(),
        "last": one.last.isoformat() if one.last else None,
        "anchors": one.anchors,
        "ok": found is None,
        "finding": None if found is None else {"kind": found.kind, "place": found.seq, "line": found.line, "words": words(found)},
    }
