"""Which addresses the fetcher may ask: the public internet, and private hosts only where an administrator named them.

A listening office fetches addresses that strangers wrote (links in feeds, redirects), so the fetcher is a door into
the office's own network. Three checks close it:

1. the address as written: http or https, no password in it, no host spelled as a number in a way browsers long ago
   gave up (2130706433, 0x7f.1, 0177.0.0.1, 127.1);
2. every address the name resolves to: one that is private, loopback, link-local, shared (CGNAT), multicast, reserved,
   an IPv4 address dressed as IPv6 (mapped, 6to4, Teredo, NAT64) or otherwise not global refuses the whole name;
3. the connection goes to exactly the addresses that were checked: the check sits in the connector's resolver, so a
   name that changes its answer between check and connect (DNS rebinding) has no second lookup to change.

A host allowed by name ("127.0.0.1", "localhost:8000", ".localhost" for all names under it) skips 2, but only where
the way to it began at a host allowed by name: a public page cannot redirect into a private host that is allowed for
its own feed.

Not covered: with a proxy from the environment the proxy resolves names, so 2 and 3 hold for written-out addresses only.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from kentongan.engine.outcomes import OutcomeKind

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port to addresses in text form. Raises OSError when the name is not known."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_MAX_URL = 4096

_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
)  # fmt: skip
"""IANA special-purpose registries (RFC 6890 and updates), written out because `is_global` changed meaning between
Python patch releases. All of IPv6 outside 2000::/3 is refused as well: that covers ::, ::1, mapped, NAT64, unique
local, link-local, multicast."""

_GLOBAL_V6 = ipaddress.ip_network("2000::/3")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an address may not be asked: an outcome kind and a sentence."""

    kind: OutcomeKind
    detail: str


class PrivateAddress(Exception):
    """A name resolved to an address that may not be asked. Not an OSError, so that the connector does not take it for
    a DNS fault."""


def is_public(address: str) -> bool:
    """Whether an address in text form belongs to the public internet. Anything that is not a plain address does not."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and (parsed.scope_id or parsed not in _GLOBAL_V6):
        return False
    return not any(parsed.version == network.version and parsed in network for network in _NEVER)


def numeric_host(host: str) -> _Address | None:
    """The address a host spells, also in the old forms inet_aton accepts (decimal, octal, hex, fewer than four
    parts)."""
    bare = host.strip("[]").rstrip(".")
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        pass
    if not bare or not all(part[:1].isdigit() for part in bare.split(".")):
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(bare))
    except (OSError, ValueError):
        return None


def host_key(url: URL) -> str:
    """The name under which connections to a host are counted: lower-case, without port and trailing dot."""
    return (url.raw_host or "").lower().rstrip(".")


class AddressGuard:
    """Judges addresses as written. `allow_hosts`: names of private hosts that may be asked, with or without a port."""

    def __init__(self, allow_hosts: Iterable[str] = ()) -> None:
        self._allowed = frozenset(name.strip().lower().rstrip(".") for name in allow_hosts if name.strip())

    def allows_by_name(self, host: str, port: int) -> bool:
        """Whether an administrator named this host (or host and port) as one that may be private."""
        name = host.strip("[]").lower().rstrip(".")
        forms = (name, f"{name}:{port}", f"[{name}]:{port}")
        return any(form in self._allowed for form in forms) or any(
            allowed.startswith(".") and (name.endswith(allowed) or f"{name}:{port}".endswith(allowed)) for allowed in self._allowed
        )

    def check(self, address: str, came_from_named: bool = True) -> URL | Refusal:
        """The address ready to be asked, or why not. `came_from_named`: whether the hop before it was a host allowed
        by name."""
        url = _parsed(address)
        if isinstance(url, Refusal):
            return url
        host, port = url.raw_host or "", url.port or 0
        if self.allows_by_name(host, port):
            if came_from_named:
                return url
            return Refusal("private_address", f"{host}:{port} may only be asked by its own address, not through a redirect")
        number = numeric_host(host)
        if number is None:
            return url
        if not is_public(str(number)):
            return Refusal("private_address", f"{host} is not on the public internet")
        if str(number) != host.strip("[]").lower():
            return Refusal("bad_address", f"{host} is an address in an unusual spelling")
        return url


def _parsed(address: str) -> URL | Refusal:
    if len(address) > _MAX_URL:
        return Refusal("bad_address", f"the address is longer than {_MAX_URL} characters")
    if any(ord(char) <= 32 or ord(char) == 127 or char == "\\" for char in address.strip()):
        return Refusal("bad_address", "the address contains blanks, control characters or a backslash")
    try:
        url = URL(address.strip())
        host, port = url.raw_host, url.port
    except ValueError as error:
        return Refusal("bad_address", f"not an address: {error}"[:200])
    if url.scheme not in ("http", "https"):
        return Refusal("bad_address", f"only http and https are asked, not {url.scheme[:20] or 'an address without a scheme'}")
    if not host or not port:
        return Refusal("bad_address", "the address names no host")
    if url.raw_user is not None or url.raw_password is not None:
        return Refusal("bad_address", "the address carries a user name or password")
    return url.with_fragment(None)


async def system_lookup(host: str, port: int) -> list[str]:
    """The machine's own resolver. Names under .localhost are the loopback address everywhere (RFC 6761), also where
    libc disagrees."""
    if host == "localhost" or host.endswith(".localhost"):
        return ["127.0.0.1"]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"{host[:80]} cannot be a host's name") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedResolver(AbstractResolver):
    """The connector's only resolver: looks a name up once, checks every answer, hands over exactly what was checked."""

    def __init__(self, guard: AddressGuard, lookup: Lookup = system_lookup, also_private: Iterable[str] = ()) -> None:
        self._guard = guard
        self._lookup = lookup
        self._also_private = frozenset(also_private)

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        """Checked addresses of `host`. Raises `PrivateAddress`, or OSError when the name is not known."""
        addresses = await self._lookup(host.rstrip(".") or host, port)
        if not addresses:
            raise OSError(f"{host} has no address")
        if not (self._guard.allows_by_name(host, port) or host in self._also_private):
            for address in addresses:
                if not is_public(address):
                    raise PrivateAddress(f"{host} leads to {address}, which is not on the public internet")
        return [self._result(host, address, port) for address in addresses]

    async def close(self) -> None:
        """Nothing is held open."""

    @staticmethod
    def _result(host: str, address: str, port: int) -> ResolveResult:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)
