"""The doors of this process: one fetcher and one embedder, made at first use from the settings."""

from __future__ import annotations

import threading

from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from kentongan.adapters.addresses_guard import AddressGuard
from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.adapters.imap import ImapReader
from kentongan.adapters.postgres import SharedHostSlots
from kentongan.adapters.sources import KINDS, ReaderSetup
from kentongan.config import Config
from kentongan.engine.vectors import Embedder
from kentongan.office.listening.embedding import embedder_from
from kentongan.office.people import settings as office_settings
from kentongan.ports import Fetcher, SourceReader

_made: dict[str, object] = {}
_turn = threading.Lock()


def fetcher() -> Fetcher:
    """Asks hosts. Its connections a host are counted over web and workers together: an officer's look at an address is one of the two."""
    with _turn:
        made = _made.get("fetcher")
        if not isinstance(made, HttpFetcher):
            config: Config = settings.CONFIG
            slots = _made["slots"] = SharedHostSlots(make_conninfo(str(config["database_url"]), dbname=connection.settings_dict["NAME"]))
            made = _made["fetcher"] = HttpFetcher(fetch_settings(config, office_settings.contact()), slots=slots)
        return made


def embedder() -> Embedder:
    """Turns texts into vectors; the model is opened at its first text."""
    with _turn:
        if "embedder" not in _made:
            _made["embedder"] = embedder_from(settings.CONFIG)
        made: Embedder = _made["embedder"]  # type: ignore[assignment]
        return made


def reader(kind: str) -> SourceReader:
    """Reads one kind of source."""
    config: Config = settings.CONFIG
    return KINDS[kind].make(ReaderSetup(frozenset(config["allow_hosts"]), str(config["ca_file"])))


def mailbox() -> ImapReader:
    """Reads letters of a mailbox one by one."""
    config: Config = settings.CONFIG
    return ImapReader(AddressGuard(frozenset(config["allow_hosts"])), ca_file=str(config["ca_file"]))


def close() -> None:
    """Close what was opened; what is asked for later is made again."""
    with _turn:
        made, slots = _made.get("fetcher"), _made.get("slots")
        _made.clear()
    if isinstance(made, HttpFetcher):
        made.close()
    if isinstance(slots, SharedHostSlots):
        slots.close()


def fetch_settings(config: Config, contact: str = "") -> FetchSettings:
    """How outlets are asked, as the settings say. Without a contact the installation's own address stands in."""
    return FetchSettings(
        contact=contact or str(config["contact"]) or config.public_url,
        max_bytes=int(float(config["fetch_max_mb"]) * 1_000_000),
        total_timeout_s=float(config["fetch_timeout_s"]),
        allow_hosts=frozenset(config["allow_hosts"]),
        trust_proxy_env=bool(config["fetch_proxy_env"]),
    )
