"""The doors of this process: one fetcher and one embedder, made at first use from the settings."""

from __future__ import annotations

import threading

from django.conf import settings

from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.adapters.postgres import SharedHostSlots
from kentongan.config import Config
from kentongan.engine.vectors import Embedder
from kentongan.office.listening.embedding import embedder_from
from kentongan.ports import Fetcher

_made: dict[str, object] = {}
_turn = threading.Lock()


def fetcher() -> Fetcher:
    """Asks hosts. Where there are several worker processes, its connections a host are counted over all of them."""
    with _turn:
        made = _made.get("fetcher")
        if not isinstance(made, HttpFetcher):
            config: Config = settings.CONFIG
            slots = SharedHostSlots(str(config["database_url"])) if int(config["workers"]) > 1 else None
            made = _made["fetcher"] = HttpFetcher(fetch_settings(config), slots=slots)
        return made


def embedder() -> Embedder:
    """Turns texts into vectors; the model is opened at its first text."""
    with _turn:
        if "embedder" not in _made:
            _made["embedder"] = embedder_from(settings.CONFIG)
        made: Embedder = _made["embedder"]  # type: ignore[assignment]
        return made


def close() -> None:
    """Close what was opened; what is asked for later is made again."""
    with _turn:
        made = _made.pop("fetcher", None)
        _made.clear()
    if isinstance(made, HttpFetcher):
        made.close()


def fetch_settings(config: Config) -> FetchSettings:
    """How outlets are asked, as the settings say. Without a contact the installation's own address stands in."""
    return FetchSettings(
        contact=str(config["contact"]) or config.public_url,
        max_bytes=int(float(config["fetch_max_mb"]) * 1_000_000),
        total_timeout_s=float(config["fetch_timeout_s"]),
        allow_hosts=frozenset(config["allow_hosts"]),
        trust_proxy_env=bool(config["fetch_proxy_env"]),
    )
