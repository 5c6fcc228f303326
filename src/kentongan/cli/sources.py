"""`kentongan sources`: the places that are visited."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import click

from kentongan.adapters.looking import AT_ONCE, Asked, Looked, look_at_all, summary
from kentongan.adapters.sources import KINDS as READERS
from kentongan.adapters.sources import ReaderSetup
from kentongan.cli.options import config_from, settings_options
from kentongan.config import Config
from kentongan.engine import opml
from kentongan.errors import InputError
from kentongan.office.database import open_office
from kentongan.packs import Evidence, Pack, get_pack, get_packs
from kentongan.ports import ReadRequest

KINDS = tuple(READERS)
SOURCE_KINDS = ("press", "official", "public")
REASONS_SHOWN = 5


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
@click.option("--pack", "pack_name", default="", metavar="PACK", help="Ask the sources of a starter pack instead of the office's own.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.option("--at-once", type=click.IntRange(1, 32), default=AT_ONCE, show_default=True, help="How many hosts are asked at a time.")
@settings_options
def check(name: str | None, pack_name: str, as_json: bool, at_once: int, data: str | None, chosen: tuple[str, ...]) -> None:
    """Ask every source (or the one called NAME) once and say which answer. Stores and changes nothing.

    Ends with 1 where a source does not answer.
    """
    pack = get_pack(pack_name) if pack_name else None
    config = config_from(data, chosen)
    with open_office(config):
        from kentongan.office import outside

        asked = _asked_of_pack(pack, name, config) if pack else _asked_of_office(name, config)
        setup = ReaderSetup(frozenset(config["allow_hosts"]), str(config["ca_file"]))
        looked: list[Looked] = []
        try:
            for one in look_at_all(asked, outside.fetcher(), setup, at_once=at_once):
                looked.append(one)
                _progress(len(looked), len(asked), quiet=as_json)
        finally:
            outside.close()
    looked.sort(key=lambda one: (one.answers, one.name.casefold()))
    click.echo(_as_json(looked, pack) if as_json else _as_lines(looked))
    if not all(one.answers for one in looked):
        sys.exit(1)


def _asked_of_pack(pack: Pack, name: str | None, config: Config) -> list[Asked]:
    from django.conf import settings

    from kentongan.office.listening import collecting

    offset = collecting.zone_offset(str(config["time_zone"]), settings.CLOCK.now())
    found = [entry for entry in pack.entries if not name or entry.name == name]
    if not found:
        raise InputError(f"There is no source called “{name}” in the pack {pack.name}.", subject="name")
    return [Asked(entry.name, entry.kind, ReadRequest(entry.url, pattern=entry.pattern, default_offset=offset)) for entry in found]


def _asked_of_office(name: str | None, config: Config) -> list[Asked]:
    """The sources that have a reader; those that are sent to us (push, files) cannot be asked."""
    from django.conf import settings

    from kentongan.office.listening import collecting, credentials
    from kentongan.office.listening.models import Source

    sources = Source.objects.order_by("name", "pk")
    found = list(sources.filter(name=name) if name else sources)
    if name and not found:
        raise InputError(f"There is no source called “{name}”.", subject="name")
    offset = collecting.zone_offset(str(config["time_zone"]), settings.CLOCK.now())
    return [
        Asked(
            source.name,
            source.kind,
            ReadRequest(source.url, pattern=source.pattern, credentials=credentials.of(source), default_offset=offset),
        )
        for source in found
        if source.kind in READERS
    ]


def _progress(done: int, of: int, *, quiet: bool) -> None:
    if not quiet and sys.stderr.isatty():
        sys.stderr.write(f"\r{done:>5,} of {of:,} asked " + ("\n" if done == of else ""))
        sys.stderr.flush()


def _as_lines(looked: list[Looked]) -> str:
    lines: list[str] = []
    for one in looked:
        said = f"{one.kind}, {one.items} items" + (f", {one.notices} notices" if one.notices else "") if one.answers else one.detail
        lines.append(f"{one.name}\t{one.outcome}\t{said}")
        lines += [f"    {problem}" for problem in one.problems]
    counts = ", ".join(f"{kind} {number}" for kind, number in summary(looked).items())
    answering = sum(one.answers for one in looked)
    return "\n".join([*lines, f"{answering} of {len(looked)} sources answer" + (f" ({counts})." if counts else ".")])


def _as_json(looked: list[Looked], pack: Pack | None) -> str:
    evidence = {entry.url: entry.evidence for entry in pack.entries} if pack else {}
    rows = [asdict(one) | ({"evidence": evidence[one.address]} if one.address in evidence else {}) for one in looked]
    answering = sum(one.answers for one in looked)
    return json.dumps(
        {"asked": len(looked), "answering": answering, "outcomes": summary(looked), "sources": rows}, ensure_ascii=False, indent=1
    )  # fmt: skip


@command.command()
def packs() -> None:
    """List the starter packs: public sources to begin with, and how well their addresses are known."""
    for pack in get_packs():
        counts = Counter(entry.evidence for entry in pack.entries)
        known = ", ".join(f"{evidence} {counts[evidence]}" for evidence in get_args(Evidence) if counts[evidence])
        click.echo(f"{pack.name}\t{pack.country}\t{len(pack.entries)} sources\t{pack.title}")
        click.echo(f"    {pack.note}\n    Addresses: {known}.")


@command.command("add-pack")
@click.argument("name")
@settings_options
def add_pack(name: str, data: str | None, chosen: tuple[str, ...]) -> None:
    """Visit the sources of the starter pack NAME from now on; those already there are left as they are."""
    pack = get_pack(name)
    config = config_from(data, chosen)
    with open_office(config):
        from django.conf import settings

        from kentongan.office.listening import lists
        from kentongan.office.people.services import first_office

        office = first_office(time_zone=str(config["time_zone"]))
        rows = [lists.of_pack(office, entry) for entry in pack.entries]
        done = lists.add_all(rows, None, settings.CLOCK.now(), f"pack {pack.name}")
    click.echo(f"{done.added} added, {done.there} were there already. {pack.note}")
    _say_refused(done.refused)
    click.echo(f"Ask them once with: kentongan sources check --pack {name}", err=True)


@command.command("import-opml")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@settings_options
def import_opml(file: Path, data: str | None, chosen: tuple[str, ...]) -> None:
    """Add the sources of an OPML FILE; those already there are left as they are."""
    outlines, problems = opml.read(file.read_bytes())
    config = config_from(data, chosen)
    with open_office(config):
        from django.conf import settings

        from kentongan.office.listening import lists
        from kentongan.office.people.services import first_office

        office = first_office(time_zone=str(config["time_zone"]))
        done = lists.add_all(lists.of_outlines(office, outlines), None, settings.CLOCK.now(), "opml")
    click.echo(f"{done.added} added, {done.there} were there already.")
    _say_refused(done.refused)
    for problem in problems:
        click.echo(problem, err=True)


def _say_refused(refused: Sequence[tuple[str, int]]) -> None:
    """Why entries of a list were left out, the most frequent reasons first."""
    for why, n in refused[:REASONS_SHOWN]:
        click.echo(f"left out ({n}): {why}", err=True)
    rest = sum(n for _, n in refused[REASONS_SHOWN:])
    if rest:
        click.echo(f"left out for other reasons: {rest}", err=True)


@command.command("export-opml")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@settings_options
def export_opml(file: Path, data: str | None, chosen: tuple[str, ...]) -> None:
    """Write the sources to FILE as OPML."""
    config = config_from(data, chosen)
    with open_office(config):
        from django.conf import settings

        from kentongan.office.listening import adding, services
        from kentongan.office.people.services import first_office

        office = first_office(time_zone=str(config["time_zone"]))
        outlines = adding.outlines(office)
        services.note_export(office, "sources.opml", settings.CLOCK.now(), rows=len(outlines))
        file.write_bytes(opml.write(outlines, office.name))
    click.echo(f"{len(outlines)} sources written to {file}.")
