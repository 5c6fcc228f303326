"""How many parts an SMS is sent in: the alphabet of GSM 03.38 and what happens outside it.

Observed. A part carries 140 octets. In the default alphabet of GSM 03.38 (3GPP TS 23.038, §6.2.1) a sign takes seven bits, so 160 fit;
nine more signs and the euro take two places each (§6.2.1.1). One sign outside (`đ`, `ạ`, a curly quotation mark, an emoji) and the whole
message goes in UCS-2, of which 70 fit. A message of several parts gives six octets of each to the header that ties them (TS 23.040
§9.2.3.24.1): 153 or 67 are left, and a sign of two places is never cut in half.

Known failures. National language tables (TS 23.038 annex A) are not counted on: neither Indonesian nor Vietnamese has one. Some gateways
turn signs into others on their way; what they do is theirs.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
SEPTETS, SEPTETS_OF_MANY = 160, 153
UNITS, UNITS_OF_MANY = 70, 67


@dataclass(frozen=True, slots=True)
class Sms:
    """How a text is sent: alphabet, places it takes in it, parts, and the signs that forced UCS-2, each once in order."""

    alphabet: Literal["gsm", "ucs2"]
    places: int
    parts: int
    outside: tuple[str, ...]


def sms_of(text: str) -> Sms:
    """The parts of a text as it would be sent, composed (NFC) first: a letter and its mark apart would take two places."""
    text = unicodedata.normalize("NFC", text)
    outside = tuple(dict.fromkeys(sign for sign in text if sign not in BASIC and sign not in EXTENDED))
    if outside:
        sizes = [1 + (ord(sign) > 0xFFFF) for sign in text]
        return Sms("ucs2", sum(sizes), _parts(sizes, UNITS, UNITS_OF_MANY), outside)
    sizes = [1 + (sign in EXTENDED) for sign in text]
    return Sms("gsm", sum(sizes), _parts(sizes, SEPTETS, SEPTETS_OF_MANY), ())


def _parts(sizes: list[int], alone: int, of_many: int) -> int:
    if sum(sizes) <= alone:
        return 1 if sizes else 0
    parts, left = 1, of_many
    for size in sizes:
        if size > left:
            parts, left = parts + 1, of_many
        left -= size
    return parts
