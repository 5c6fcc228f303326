"""How often one address of the network may ask for letters. Nothing of it is kept but a keyed digest, for an hour."""

from __future__ import annotations

import ipaddress
from datetime import datetime

from django.core.cache import cache
from django.http import HttpRequest

from kentongan.office import sealing

AN_HOUR = 20
HOUR_S = 3_600
IPV6_ONE_HOUSE = 64


def spend(request: HttpRequest, now: datetime) -> bool:
    """Count one try; False where there were too many in this hour."""
    key = sealing.keyed_digests(f"{_house(request)} {now:%Y-%m-%d %H}", "asking")[0]
    cache.add(key, 0, HOUR_S)
    try:
        return cache.incr(key) <= AN_HOUR
    except ValueError:  # it ran out in between
        return True


def _house(request: HttpRequest) -> str:
    """The address that asks; of IPv6 the part that a household has."""
    said = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return said
    return str(ipaddress.ip_network(f"{address}/{IPV6_ONE_HOUSE}", strict=False)) if address.version == 6 else said
