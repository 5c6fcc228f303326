"""No spelling, name, redirect or changing answer of a resolver leads the fetcher into a private network."""

import asyncio
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from kentongan.adapters.addresses_guard import (
    AddressGuard,
    GuardedResolver,
    PrivateAddress,
    Refusal,
    host_key,
    is_public,
    numeric_host,
    system_lookup,
)
from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.ports import FetchRequest
from kentongan.testing.faults import FaultServer

PRIVATE = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.8.8.8", "169.254.169.254"),
    *(
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
    ),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
    *(
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
    ),
    *(
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2001::1",
    ),
    *("100::1", "3fff::1", "5f00::1", "", "localhost", "1.2.3", "not an address", "1.2.3.4 "),
]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "103.10.66.2",
    "172.15.0.1",
    "172.32.0.1",
    "192.169.0.1",
    "100.63.0.1",
    "2606:4700::1111",
    "2400:cb00::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_off_the_public_internet_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_public_internet_is_public(address):
    assert is_public(address)


@given(st.ip_addresses())
def test_nothing_python_calls_private_is_ever_public(address):
    if not address.is_global or address.is_multicast or address.is_loopback or address.is_link_local:
        assert not is_public(str(address))


_NETWORKS = [
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "100.64.0.0/10",
    "0.0.0.0/8",
]
PRIVATE_V4 = st.sampled_from(_NETWORKS).flatmap(lambda network: st.ip_addresses(v=4, network=network))


def _part(value: int, base: str) -> str:
    return {
        "dec": f"{value}",
        "oct": f"0{value:o}",
        "hex": f"0x{value:x}",
        "HEX": f"0X{value:X}",
        "long": f"00000{value:o}",
    }[base]


@st.composite
def spellings(draw, addresses):
    """An IPv4 address as inet_aton understands it: one to four parts, each in any base; or dressed as IPv6."""
    address = draw(addresses)
    number, bases = int(address), st.sampled_from(["dec", "oct", "hex", "HEX", "long"])
    form = draw(st.sampled_from(["1", "2", "3", "4", "mapped", "compatible", "nat64", "6to4"]))
    if form == "mapped":
        return f"[::ffff:{address}]"
    if form == "compatible":
        return f"[::{number >> 16:x}:{number & 0xFFFF:x}]"
    if form == "nat64":
        return f"[64:ff9b::{number >> 16:x}:{number & 0xFFFF:x}]"
    if form == "6to4":
        return f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::1]"
    parts = int(form)
    values = [(number >> (24 - 8 * place)) & 255 for place in range(parts - 1)] + [number & (2 ** (8 * (5 - parts)) - 1)]
    return ".".join(_part(value, draw(bases)) for value in values) + draw(st.sampled_from(["", "."]))


@given(spellings(PRIVATE_V4), st.sampled_from(["http", "https"]), st.sampled_from(["", ":80", ":8080"]))
def test_no_spelling_of_a_private_address_passes(host, scheme, port):
    verdict = AddressGuard().check(f"{scheme}://{host}{port}/feed")
    assert isinstance(verdict, Refusal) and verdict.kind in ("private_address", "bad_address"), verdict


@given(spellings(st.ip_addresses(v=4).filter(lambda address: is_public(str(address)))))
def test_a_public_address_passes_only_in_its_plain_spelling(host):
    verdict = AddressGuard().check(f"http://{host}/")
    plain = host == str(numeric_host(host))
    assert isinstance(verdict, URL) == plain


@given(st.text(max_size=60))
def test_no_text_makes_the_guard_fall_over(text):
    for address in (text, f"http://{text}/", f"http://kabar.example/{text}"):
        verdict = AddressGuard().check(address)
        assert isinstance(verdict, Refusal) or verdict.scheme in ("http", "https")


@pytest.mark.parametrize("host", ["１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "0x7f.1", "017700000001", "2130706433", "127.1"])
def test_lookalike_digits_and_old_spellings_do_not_reach_loopback(host):
    assert isinstance(AddressGuard().check(f"http://{host}/"), Refusal)


def test_a_named_host_passes_with_and_without_its_port():
    guard = AddressGuard(["127.0.0.1", "intranet.kota:8080", ".localhost", "[::1]:81"])
    for address in (
        "http://127.0.0.1:5/",
        "http://intranet.kota:8080/",
        "http://kabar.localhost:99/",
        "http://[::1]:81/",
    ):
        assert isinstance(guard.check(address), URL), address
    assert guard.allows_by_name("INTRANET.kota.", 8080)
    assert not guard.allows_by_name("intranet.kota", 80)
    assert not guard.allows_by_name("localhost.evil.example", 80)
    assert not guard.allows_by_name("127.0.0.10", 80)
    assert isinstance(guard.check("http://127.0.0.2/"), Refusal)
    assert isinstance(guard.check("http://[::1]:82/"), Refusal)


def test_a_public_page_cannot_redirect_into_a_private_host_that_is_allowed_for_itself():
    guard = AddressGuard(["127.0.0.1:8000"])
    assert isinstance(guard.check("http://127.0.0.1:8000/", came_from_named=True), URL)
    verdict = guard.check("http://127.0.0.1:8000/", came_from_named=False)
    assert isinstance(verdict, Refusal) and verdict.kind == "private_address"


def test_connections_are_counted_by_host_whatever_the_spelling():
    assert host_key(URL("http://Kabar.Example:80/")) == host_key(URL("https://kabar.example./x")) == "kabar.example"


def resolver_of(answers, allow=()):
    async def lookup(host, port):
        return answers

    return GuardedResolver(AddressGuard(allow), lookup)


def test_one_private_answer_among_public_ones_refuses_the_name():
    with pytest.raises(PrivateAddress, match=r"10\.0\.0\.1"):
        asyncio.run(resolver_of(["8.8.8.8", "10.0.0.1"]).resolve("kabar.example", 80))


def test_the_connector_gets_exactly_the_checked_addresses():
    found = asyncio.run(resolver_of(["8.8.8.8", "2606:4700::1111"]).resolve("kabar.example", 443))
    assert [(entry["host"], entry["port"], entry["hostname"]) for entry in found] == [
        ("8.8.8.8", 443, "kabar.example"),
        ("2606:4700::1111", 443, "kabar.example"),
    ]


def test_a_name_without_an_address_is_not_known():
    with pytest.raises(OSError, match="no address"):
        asyncio.run(resolver_of([]).resolve("kabar.example", 80))


def test_names_under_localhost_are_loopback_without_asking_anyone():
    assert asyncio.run(system_lookup("kabar.localhost", 80)) == ["127.0.0.1"]


class ChangingLookup:
    """A resolver of an attacker: the first answers are public, later ones point inside."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host, port):
        self.asked += 1
        return [self.answers[min(self.asked, len(self.answers)) - 1]]


def test_a_name_that_changes_to_loopback_never_reaches_it():
    """DNS rebinding: a connection makes one lookup, and that one is checked; the next connection looks up and checks
    again."""
    lookup = ChangingLookup("127.0.0.1")
    with FaultServer() as server:
        fetcher = HttpFetcher(FetchSettings("desk@example.org", robots_off_hosts=frozenset({"kabar.example"})), lookup=lookup)
        outcome = fetcher.fetch(FetchRequest(f"http://kabar.example:{server.port}/fine"))
        assert outcome.kind == "private_address" and "127.0.0.1" in outcome.detail
        assert lookup.asked == 1
        assert not server.hits
        fetcher.close()


def test_a_public_answer_now_does_not_vouch_for_the_next_connection():
    guard = AddressGuard()
    lookup = ChangingLookup("8.8.8.8", "127.0.0.1")
    resolver = GuardedResolver(guard, lookup)
    assert asyncio.run(resolver.resolve("kabar.example", 80))[0]["host"] == "8.8.8.8"
    with pytest.raises(PrivateAddress):
        asyncio.run(resolver.resolve("kabar.example", 80))


def test_a_redirect_to_a_name_that_leads_inside_is_refused():
    async def lookup(host, port):
        return ["127.0.0.1"]

    with FaultServer() as server:
        allowed = frozenset({f"127.0.0.1:{server.port}"})
        fetcher = HttpFetcher(FetchSettings("desk@example.org", allow_hosts=allowed), lookup=lookup)
        url = server.url_for(f"to?url=http://inside.example:{server.port}/fine")
        outcome = fetcher.fetch(FetchRequest(url))
        assert outcome.kind == "private_address"
        assert "127.0.0.1" in outcome.detail
        assert server.hits["fine"] == 0
        fetcher.close()


LOOPBACK = spellings(st.ip_addresses(v=4, network="127.0.0.0/30"))
DRESSED = st.sampled_from(["localhost", "LOCALHOST.", "kabar.localhost", "127.0.0.1.", "[::]", "[::1]", "0", "0.0.0.0"])


@given(LOOPBACK | DRESSED, st.sampled_from(["301", "302", "303", "307", "308"]), st.integers(0, 2))
@settings(max_examples=150, deadline=None)
def test_no_redirect_reaches_a_neighbour_on_this_machine(two_servers, host, status, hops):
    """A real neighbour listens on another port; whatever the spelling of the redirect, it is never knocked at."""
    server, neighbour, fetcher = two_servers
    target = f"http://{host}:{neighbour.port}/fine"
    for _ in range(hops):
        target = server.url_for(f"to?status={status}&url={quote(target, safe='')}")
    outcome = fetcher.fetch(FetchRequest(server.url_for(f"to?status={status}&url={quote(target, safe='')}")))
    assert outcome.kind in ("private_address", "bad_address"), outcome
    assert not neighbour.hits and not neighbour.peak


@pytest.fixture(scope="module")
def two_servers():
    with FaultServer() as server, FaultServer() as neighbour:
        fetcher = HttpFetcher(FetchSettings("desk@example.org", allow_hosts=frozenset({f"127.0.0.1:{server.port}"})))
        yield server, neighbour, fetcher
        fetcher.close()
