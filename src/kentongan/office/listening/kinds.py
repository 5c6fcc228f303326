"""The kinds of source a person may add: what each is, how its address looks, and why an address is refused, in the reader's language.

Which kinds there are, and what each reader refuses, is said once, in `adapters.sources.KINDS`. Here it becomes sentences and errors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlsplit

from django.utils.translation import gettext

from kentongan.adapters.sources import KINDS
from kentongan.engine.names import load_tagger
from kentongan.engine.query_names import judge
from kentongan.errors import InputError, RefusedError
from kentongan.office.listening import presenting, purposes
from kentongan.office.listening.models import Source

SIMPLE = ("feed", "sitemap", "listing")
"""What a site offers by itself: found by looking at its address, so nobody has to know the word."""
WORDS = ("mastodon", "bluesky")
"""Kinds whose address is words to look for: a private person's name is refused there as in a watch."""
WITH_PATTERN = ("listing", "warnings", "mediacloud")
_SECRET = re.compile(r"(?:^|[_-])(?:key|token|secret|password|passwd|pwd|auth|sig|signature|session)$|^(?:apikey|accesstoken|sid)$", re.I)


@dataclass(frozen=True, slots=True)
class KindCard:
    """One kind as it is offered: its name, a sentence, an address as an example, and whether it needs a password or key first."""

    kind: str
    name: str
    sentence: str
    example: str
    locked: bool


def get_cards() -> list[KindCard]:
    """Every kind but the simple ones, in the order of the table."""
    return [card_of(kind) for kind in KINDS if kind not in SIMPLE]


def card_of(kind: str) -> KindCard:
    """What is said of one kind. Raises `InputError` for one that has no reader."""
    entry = KINDS.get(kind)
    if entry is None:
        raise InputError(gettext("There is no such kind of source."), subject="kind")
    needs = any(field.required for field in entry.fields)
    return KindCard(kind, str(Source.Kind(kind).label), presenting.sentence({"code": entry.sentence}), entry.example, needs)


def tidy(kind: str, address: str) -> str:
    """An address as people type it; where the kind wants a web address, with a scheme."""
    address = address.strip()
    return f"https://{address}" if _is_web(kind) and address and "://" not in address else address


def check(source: Source) -> None:
    """Raise where a source of its kind may not have this address or this voice."""
    check_address(source.kind, source.url)
    voices = KINDS[source.kind].source_kinds
    if source.source_kind not in voices:
        allowed = ", ".join(str(presenting.SOURCE_KIND_WORDS[one]) for one in voices)
        raise InputError(gettext("Who speaks there can only be: %(allowed)s.") % {"allowed": allowed}, subject="source_kind")


def check_address(kind: str, address: str) -> None:
    """Raise where an address is not read: not of the kind's form, with a password in it, or a person's."""
    entry = KINDS.get(kind)
    if entry is None:
        raise InputError(gettext("There is no such kind of source."), subject="kind")
    parts = _parts(address)
    if parts is not None and (parts.username is not None or parts.password is not None):
        raise InputError(gettext("Leave user and password out of the address; they are given apart and stored sealed."), subject="url")
    if _is_web(kind) and (parts is None or parts.scheme not in {"http", "https"} or not parts.hostname):
        raise InputError(gettext("“%(url)s” is not a web address.") % {"url": address[:200]}, subject="url")
    why = entry.refusal(address)
    if why:
        raise RefusedError(presenting.remark(why), subject="url")
    if kind in WORDS and not judge(_words(address), load_tagger()).allowed:
        raise RefusedError(purposes.no_person(), subject="url")


def shown(address: str) -> str:
    """An address that may stand on a screen: what looks like a key or password in it is left out."""
    parts = _parts(address)
    if parts is None or not (parts.query or parts.username):
        return address
    hidden = address.replace(f"{parts.netloc}", parts.netloc.rpartition("@")[2], 1) if parts.username is not None else address
    for name, value in parse_qsl(parts.query, keep_blank_values=False):
        if _SECRET.search(name):
            hidden = re.sub(rf"([?&;]{re.escape(name)}=)[^&#]*", r"\1…", hidden) if value else hidden
    return hidden


def holds_secret(address: str) -> bool:
    """Whether `shown` leaves something out."""
    return shown(address) != address


def _is_web(kind: str) -> bool:
    """Kinds without a rule of their own are read from a web address."""
    return kind in KINDS and not KINDS[kind].refusal("")


def _parts(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _words(address: str) -> str:
    """The words of `#tag@host` or of a search; an address of a page says them in its last part."""
    words = urlsplit(address).path.rpartition("/")[2] if "://" in address else address.partition("@")[0]
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[#_·+]", " ", words)
