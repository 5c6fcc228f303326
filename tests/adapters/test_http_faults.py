"""Every fault of a host comes out under its name, in bounded time, and harms nobody else. Real sockets throughout."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.adapters.addresses_guard import system_lookup
from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.engine.outcomes import NATURE
from kentongan.engine.reasons import SENTENCES
from kentongan.ports import FetchRequest
from kentongan.testing.faults import FAULTS, FaultServer, bomb

QUICK = {"total_timeout_s": 6.0, "connect_timeout_s": 1.0, "answer_timeout_s": 2.0, "slow_window_s": 1.5}


@pytest.fixture(scope="module")
def server():
    for coding in ("gzip", "br", "deflate"):
        bomb(coding, 32)  # packed before anybody waits for it
    with FaultServer() as running:
        yield running


@pytest.fixture(scope="module")
def fetcher(server):
    limits = FetchSettings("desk@example.org", allow_hosts=frozenset({f"127.0.0.1:{server.port}"}), **QUICK)
    running = HttpFetcher(limits)
    yield running
    running.close()


@pytest.mark.parametrize("path", FAULTS)
def test_each_fault_has_its_named_outcome(server, fetcher, path):
    outcome = fetcher.fetch(FetchRequest(server.url_for(path)))
    assert outcome.kind == FAULTS[path], outcome.detail
    assert bool(outcome.body) == (outcome.kind == "ok")
    assert outcome.kind == "ok" or outcome.detail
    assert outcome.elapsed_s < QUICK["total_timeout_s"] + 2


def test_every_outcome_has_a_nature_and_a_sentence():
    for kind in NATURE:
        assert SENTENCES[f"fetch.{kind}"].endswith(".")


def test_a_host_that_drips_does_not_hold_up_the_others(server):
    limits = FetchSettings("desk@example.org", allow_hosts=frozenset({"127.0.0.1", ".localhost"}), **{**QUICK, "slow_window_s": 4.0})
    fetcher = HttpFetcher(limits)
    dripping = [f"http://slow{n}.localhost:{server.port}/one-byte-a-second" for n in range(8)]
    with ThreadPoolExecutor(9) as pool:
        slow = [pool.submit(fetcher.fetch, FetchRequest(url)) for url in dripping]
        while server.hits["one-byte-a-second"] < len(dripping):
            time.sleep(0.01)
        for _ in range(20):
            assert fetcher.fetch(FetchRequest(server.url_for("fine"))).kind == "ok"
        assert not any(future.done() for future in slow)
        assert {future.result().kind for future in slow} == {"too_slow"}
    fetcher.close()


def test_a_storm_of_all_faults_at_once_leaves_every_outcome_as_it_is(server):
    """Each fault under a host name of its own and healthy hosts in between, forty at a time."""
    limits = FetchSettings("desk@example.org", allow_hosts=frozenset({".localhost"}), **{**QUICK, "total_timeout_s": 20.0})
    fetcher = HttpFetcher(limits)
    fast = [path for path, kind in FAULTS.items() if kind not in ("too_slow", "timeout") and "bomb" not in path]
    asked = [path for path in fast for path in (path, "fine")]
    urls = [f"http://h{place}.localhost:{server.port}/{path}" for place, path in enumerate(asked)]
    with ThreadPoolExecutor(40) as pool:
        outcomes = pool.map(fetcher.fetch, map(FetchRequest, urls))
        wrong = {path: outcome for path, outcome in zip(asked, outcomes, strict=True) if outcome.kind != FAULTS.get(path, "ok")}
    fetcher.close()
    assert wrong == {}


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
PIECES = [
    *(
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 200\r\n",
        b"HTTP/1.1 999 ?\r\n",
        b"HTTP/1.1 301 Moved\r\n",
        b"HTTP/1.1 103 Early\r\n\r\n",
    ),
    *(
        b"Content-Length: 5\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Encoding: br\r\n",
    ),
    *(
        b"Transfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n",
        b"Location: http://[\r\n",
        b"Location: \xff\xfe\r\n",
    ),
    *(
        b"Location: //\r\n",
        b"Retry-After: \x00\r\n",
        b"ETag: \xc3\xa9\r\n",
        b": no name\r\n",
        b" folded\r\n",
        b"\r\n",
        b"5\r\nhello\r\n",
    ),
    *(
        b"0\r\n\r\n",
        b"hello",
        b"\x1f\x8b\x08\x00",
        b"\x00\xff\n",
        b"<rss/>",
        b"Content-Encoding: gzip\r\n",
        b"Date: x\r\n",
    ),
]


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=40), max_size=12).map(b"".join), st.booleans())
@settings(max_examples=200, deadline=None)
def test_no_bytes_a_host_can_send_make_the_fetcher_raise(server, fetcher, answer, with_head):
    server.raw = HEAD + answer if with_head else answer
    outcome = fetcher.fetch(FetchRequest(server.url_for("raw")))
    assert outcome.kind in NATURE
    assert outcome.kind == "ok" or outcome.body == b""
    told = f"{outcome.url}{outcome.detail}{outcome.headers}".encode()
    assert b"\x00" not in told, "what is told about a fetch can be stored"


def test_retry_after_reaches_the_outcome(server, fetcher):
    assert fetcher.fetch(FetchRequest(server.url_for("status?code=429&retry=120"))).retry_after_s == 120
    assert fetcher.fetch(FetchRequest(server.url_for("status?code=503&retry=nonsense"))).retry_after_s is None
    assert fetcher.fetch(FetchRequest(server.url_for("status?code=500"))).retry_after_s is None


def test_a_name_nobody_knows_is_a_dns_failure():
    async def unknown(host, port):
        raise OSError("no such name")

    other = HttpFetcher(FetchSettings("desk@example.org", **QUICK), lookup=unknown)
    outcome = other.fetch(FetchRequest("http://kabar.invalid/feed"))
    assert (outcome.kind, outcome.status) == ("dns_failure", 0)
    other.close()


@pytest.mark.parametrize("host", ["a" * 64 + ".invalid", "kabar..invalid", "x" * 250 + ".invalid", "xn--zzzzzz-.invalid"])
def test_a_name_that_cannot_exist_is_a_dns_failure_or_no_address(fetcher, host):
    assert fetcher.fetch(FetchRequest(f"http://{host}/feed")).kind in ("dns_failure", "bad_address")


def test_names_that_are_slow_to_resolve_do_not_hold_up_the_others(server):
    gate = threading.Event()

    async def lookup(host, port):
        patience = 20 if host.startswith("slow") else 0
        await asyncio.get_running_loop().run_in_executor(None, gate.wait, patience)
        return await system_lookup("localhost", port)

    slow = [f"slow{n}.localhost" for n in range(12)]
    limits = FetchSettings("desk@example.org", allow_hosts=frozenset({".localhost"}), **QUICK)
    fetcher = HttpFetcher(limits, lookup=lookup)
    with ThreadPoolExecutor(12) as pool:
        waiting = [pool.submit(fetcher.fetch, FetchRequest(f"http://{name}:{server.port}/fine")) for name in slow]
        assert fetcher.fetch(FetchRequest(f"http://kabar.localhost:{server.port}/fine")).kind == "ok"
        assert not any(future.done() and future.result().kind == "ok" for future in waiting)
        gate.set()
        assert {future.result().kind for future in waiting} <= {"ok", "timeout"}
    fetcher.close()


def test_a_closed_port_is_refused(server):
    limits = FetchSettings("desk@example.org", allow_hosts=frozenset({"127.0.0.1"}), robots_off_hosts=frozenset({"127.0.0.1"}), **QUICK)
    fetcher = HttpFetcher(limits)
    with FaultServer() as short_lived:
        url = short_lived.url_for("fine")
    assert fetcher.fetch(FetchRequest(url)).kind == "refused"
    fetcher.close()


@pytest.mark.parametrize(
    "address",
    [
        *("", "   ", "kabar.example", "http://", "http:///feed", "//kabar.example/feed", "http://[::1", "http://a b/"),
        *(
            "javascript:1",
            "http://kabar.example:99999/",
            "http://user:secret@kabar.example/",
            "gopher://kabar.example/",
        ),
        *("http://kabar.example/\r\nX-Evil: 1", "http://\\@127.0.0.1/", "http://" + "a" * 5000),
    ],
)
def test_what_is_no_address_is_never_asked(fetcher, address):
    assert fetcher.fetch(FetchRequest(address)).kind == "bad_address"
