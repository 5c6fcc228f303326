"""Every fault of a host comes out under its name, in bounded time, and harms nobody else. Real sockets throughout."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.engine.outcomes import NATURE
from kentongan.engine.reasons import SENTENCES
from kentongan.ports import FetchRequest
from kentongan.testing.faults import FAULTS, FaultServer

QUICK = {"total_timeout_s": 6.0, "connect_timeout_s": 1.0, "answer_timeout_s": 2.0, "slow_window_s": 1.5}


@pytest.fixture(scope="module")
def server():
    with FaultServer() as running:
        yield running


@pytest.fixture(scope="module")
def fetcher(server):
    settings = FetchSettings("desk@example.org", allow_hosts=frozenset({f"127.0.0.1:{server.port}"}), **QUICK)
    running = HttpFetcher(settings)
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
    settings = FetchSettings(
        "desk@example.org", allow_hosts=frozenset({"127.0.0.1", ".localhost"}), **{**QUICK, "slow_window_s": 4.0}
    )
    fetcher = HttpFetcher(settings)
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


def test_a_closed_port_is_refused(server):
    settings = FetchSettings(
        "desk@example.org", allow_hosts=frozenset({"127.0.0.1"}), robots_off_hosts=frozenset({"127.0.0.1"}), **QUICK
    )
    fetcher = HttpFetcher(settings)
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
