"""Every kind of source, in one literal table: how it is read, how its address looks, which credentials it takes.

A kind to add is a file beside this one, an entry here, a sentence `source.<kind>` in `kentongan.engine.reasons` and a case in
`tests/adapters/test_source_contract.py`. The limits of `docs/explanation/limits.md` are kept here first: no kind reads one person's
timeline, a closed group or what stands behind a log-in wall, and there is no setting for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kentongan.adapters import bluesky, imap, mastodon, telegram, youtube
from kentongan.adapters.addresses_guard import AddressGuard
from kentongan.adapters.bluesky import BlueskyReader
from kentongan.adapters.complaints import ComplaintsReader
from kentongan.adapters.factchecks import FactCheckReader
from kentongan.adapters.feed_source import FeedSourceReader
from kentongan.adapters.hazards import HazardReader
from kentongan.adapters.imap import ImapReader
from kentongan.adapters.mastodon import MastodonReader
from kentongan.adapters.mediacloud import MediaCloudReader
from kentongan.adapters.telegram import TelegramReader
from kentongan.adapters.youtube import YouTubeReader
from kentongan.engine.records import SourceKind
from kentongan.ports import SourceReader

EVERY: tuple[SourceKind, ...] = ("press", "official", "public")


@dataclass(frozen=True, slots=True)
class ReaderSetup:
    """What an installation gives its readers: the private hosts it named and, where it has one, a file of certificates to trust."""

    allow_hosts: frozenset[str] = frozenset()
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One field of a source's credentials. A `secret` one is stored encrypted and never shown again."""

    name: str
    secret: bool = True
    required: bool = False


def _nothing(address: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class SourceKindEntry:
    """One kind of source.

    `source_kinds` are the kinds of voice it may be given, the usual one first. `refusal` says before anything is asked why an address
    may not be read ("" for one that may); the reader refuses it again. `sentence` is a code of `kentongan.engine.reasons`.
    """

    make: Callable[[ReaderSetup], SourceReader]
    example: str
    sentence: str
    source_kinds: tuple[SourceKind, ...] = EVERY
    fields: tuple[CredentialField, ...] = ()
    refusal: Callable[[str], str] = _nothing
    pages: bool = True
    """Whether the page an item links to is worth asking for; False where the item is all there is."""
    remembers: bool = False
    """Whether the cursor leaves out what was read: then all that a visit gives is new, which says nothing about items missed."""


KINDS: Mapping[str, SourceKindEntry] = {
    "feed": SourceKindEntry(lambda setup: FeedSourceReader("feed"), "https://kabar.example/rss.xml", "source.feed"),
    "sitemap": SourceKindEntry(lambda setup: FeedSourceReader("sitemap"), "https://kabar.example/news-sitemap.xml", "source.sitemap"),
    "listing": SourceKindEntry(lambda setup: FeedSourceReader("listing"), "https://kota.example/berita", "source.listing"),
    "mastodon": SourceKindEntry(
        lambda setup: MastodonReader(),
        "#banjir@mastodon.social",
        "source.mastodon",
        source_kinds=("public",),
        fields=(CredentialField("token"),),
        refusal=mastodon.refusal,
        pages=False,
        remembers=True,
    ),
    "bluesky": SourceKindEntry(
        lambda setup: BlueskyReader(),
        "#banjir",
        "source.bluesky",
        source_kinds=("public",),
        fields=(CredentialField("identifier", secret=False), CredentialField("app_password"), CredentialField("server", secret=False)),
        refusal=bluesky.refusal,
        pages=False,
        remembers=True,
    ),
    "youtube": SourceKindEntry(
        lambda setup: YouTubeReader(),
        "https://www.youtube.com/channel/UC0123456789abcdefghijkl",
        "source.youtube",
        source_kinds=("press", "official"),
        refusal=youtube.refusal,
        pages=False,
    ),
    "telegram": SourceKindEntry(
        lambda setup: TelegramReader(),
        "https://t.me/s/infokota",
        "source.telegram",
        source_kinds=("press", "official"),
        refusal=telegram.refusal,
        pages=False,
        remembers=True,
    ),
    "imap": SourceKindEntry(
        lambda setup: ImapReader(AddressGuard(setup.allow_hosts), ca_file=setup.ca_file),
        "imaps://mail.kota.example/INBOX",
        "source.imap",
        source_kinds=("public", "press", "official"),
        fields=(CredentialField("user", secret=False, required=True), CredentialField("password", required=True)),
        refusal=imap.refusal,
        pages=False,
        remembers=True,
    ),
    "warnings": SourceKindEntry(
        lambda setup: HazardReader(),
        "https://cuaca.example/alerts/nowcast/id",
        "source.warnings",
        source_kinds=("official",),
        pages=False,
        remembers=True,
    ),
    "checks": SourceKindEntry(
        lambda setup: FactCheckReader(),
        "https://cekfakta.example/feed",
        "source.checks",
        source_kinds=("press", "official"),
        remembers=True,
    ),
    "mediacloud": SourceKindEntry(
        lambda setup: MediaCloudReader(),
        "https://awan.example/mc-{date}.rss.gz#2026-11-01",
        "source.mediacloud",
        source_kinds=("press",),
        remembers=True,
    ),
    "complaints": SourceKindEntry(
        lambda setup: ComplaintsReader(), "https://lapor.kota.example/ekspor.csv", "source.complaints", source_kinds=("official",)
    ),
}
