"""Secrets at rest: sealed with a key that lies in the data folder, not in the database. A copy of the database alone opens nothing.

Fernet (AES-128-CBC and HMAC-SHA256, of the `cryptography` package) under a key derived from `secret_key` (HKDF, RFC 5869). Old keys listed
in `secret_key_old` (one a line) still open what they sealed; sealing always uses the newest.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from kentongan.errors import StateError

OLD_KEYS = "secret_key_old"


def seal(secrets: Mapping[str, str]) -> bytes:
    """The secrets as one sealed piece, for a BinaryField."""
    return _box().encrypt(json.dumps(dict(secrets), sort_keys=True).encode())


def opened(sealed: bytes) -> dict[str, str]:
    """What was sealed. Raises `StateError` where the key of this data folder does not fit."""
    try:
        found: dict[str, str] = json.loads(_box().decrypt(bytes(sealed)))
    except InvalidToken as error:
        raise StateError(
            "A stored secret cannot be opened with the key of this data folder: restore the folder's secret_key, or type the secret again."
        ) from error
    return found


def keyed_digests(text: str, what: str) -> list[str]:
    """By what a text that is not stored is known again (HMAC-SHA256, hex): with the newest key first, then with the old ones.

    `what` keeps digests of different things apart. A copy of the database alone cannot try texts.
    """
    return [hmac.new(_derived(word, f"kentongan digest of {what}"), text.encode(), "sha256").hexdigest() for word in _words()]


def _words() -> list[str]:
    folder: Path = settings.CONFIG.data
    old = folder / OLD_KEYS
    return [settings.SECRET_KEY, *(old.read_text(encoding="ascii").split() if old.is_file() else ())]


def _box() -> MultiFernet:
    return MultiFernet([Fernet(_key(word)) for word in _words()])


def _key(word: str) -> bytes:
    return base64.urlsafe_b64encode(_derived(word, "kentongan sealing"))


def _derived(word: str, info: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info.encode()).derive(word.encode())
