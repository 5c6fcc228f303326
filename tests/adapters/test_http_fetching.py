"""The fetcher against a host that behaves: conditional requests, redirects, manners, threads, closing."""

import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from kentongan import __version__
from kentongan.adapters.http import FetchSettings, HttpFetcher, retry_after_s
from kentongan.ports import FetchRequest
from kentongan.testing.faults import FaultServer
from kentongan.testing.outlet_sites import OutletItem, OutletSite
from kentongan.testing.outlets import OutletServer

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def settings_for(*hosts, **changes):
    return FetchSettings("desk@example.org", allow_hosts=frozenset(hosts or {"127.0.0.1"}), **changes)


@pytest.fixture
def server():
    with FaultServer(pause_s=0.05) as running:
        yield running


@pytest.fixture
def open_fetcher():
    opened = []

    def make(settings=None, **parts):
        opened.append(HttpFetcher(settings or settings_for(), **parts))
        return opened[-1]

    yield make
    for fetcher in opened:
        fetcher.close()


@pytest.fixture
def outlet():
    items = tuple(OutletItem(f"berita/{n}", f"Judul {n}", "Air naik. " * 60, NOW - timedelta(hours=n)) for n in range(1, 31))
    with OutletServer([OutletSite("kabar", "Kabar Kota", "id", items, disallow=("arsip/",))], lambda: NOW) as running:
        yield running


def test_it_says_who_it_is_and_carries_no_cookies(server, open_fetcher):
    open_fetcher().fetch(FetchRequest(server.url_for("fine")))
    assert server.seen["user-agent"] == f"Kentongan/{__version__} (+desk@example.org)"
    assert server.seen["accept-encoding"] == "gzip, br"
    assert server.seen["connection"] == "close"
    assert "cookie" not in server.seen


@pytest.mark.parametrize("contact", ["", "desk@example.org\r\nX: 1", "bàn@example.org"])
def test_it_refuses_to_work_without_a_contact_hosts_can_read(contact):
    with pytest.raises(ValueError, match="contact"):
        FetchSettings(contact)


def test_an_unchanged_feed_is_not_sent_twice(outlet, open_fetcher):
    fetcher = open_fetcher()
    first = fetcher.fetch(FetchRequest(outlet.feed_url("kabar")))
    assert first.kind == "ok" and first.headers["etag"] and first.headers["last-modified"]
    by_tag = fetcher.fetch(FetchRequest(outlet.feed_url("kabar"), etag=first.headers["etag"]))
    by_date = fetcher.fetch(FetchRequest(outlet.feed_url("kabar"), last_modified=first.headers["last-modified"]))
    assert (by_tag.kind, by_date.kind) == ("not_modified", "not_modified")
    assert by_tag.body == b""


def test_a_new_item_makes_the_old_validators_worthless(outlet, open_fetcher):
    fetcher = open_fetcher()
    first = fetcher.fetch(FetchRequest(outlet.feed_url("kabar")))
    outlet.publish("kabar", OutletItem("berita/baru", "Tanggul jebol", "Warga mengungsi.", NOW))
    again = fetcher.fetch(FetchRequest(outlet.feed_url("kabar"), etag=first.headers["etag"], last_modified=first.headers["last-modified"]))
    assert again.kind == "ok" and b"Tanggul jebol" in again.body


def test_a_stored_validator_that_is_no_header_value_is_left_out(server, open_fetcher):
    outcome = open_fetcher().fetch(FetchRequest(server.url_for("fine"), etag='"a"\r\nX-Evil: 1', last_modified="ë"))
    assert outcome.kind == "ok"
    assert not {"if-none-match", "if-modified-since", "x-evil"} & server.seen.keys()


def test_redirects_lead_to_the_answer_and_a_permanent_way_is_remembered(server, open_fetcher):
    fetcher = open_fetcher()
    permanent = fetcher.fetch(FetchRequest(server.url_for("hops?n=2&status=301")))
    assert permanent.kind == "ok"
    assert permanent.url == permanent.permanent_url == server.url_for("fine")
    passing = fetcher.fetch(FetchRequest(server.url_for("hops?n=2&status=302")))
    assert (passing.kind, passing.url, passing.permanent_url) == ("ok", server.url_for("fine"), "")


def test_one_request_may_ask_for_less_than_the_setting_allows(server, open_fetcher):
    fetcher = open_fetcher()
    assert fetcher.fetch(FetchRequest(server.url_for("feed?n=100"), max_bytes=1000)).kind == "too_large"
    assert fetcher.fetch(FetchRequest(server.url_for("feed?n=100"))).kind == "ok"


def test_robots_txt_is_obeyed_and_asked_once(outlet, open_fetcher):
    fetcher = open_fetcher()
    refused = fetcher.fetch(FetchRequest(outlet.url_for("kabar", "arsip/2020")))
    assert refused.kind == "robots_disallow" and "robots.txt" in refused.detail
    for _ in range(3):
        assert fetcher.fetch(FetchRequest(outlet.feed_url("kabar"))).kind == "ok"
    assert outlet.hits["robots.txt"] == 1
    assert outlet.hits["kabar/arsip/2020"] == 0


def test_a_redirect_into_a_forbidden_path_is_refused_by_the_robots_of_its_host(server, open_fetcher):
    server.robots = b"User-agent: Kentongan\nDisallow: /hidden\n"
    outcome = open_fetcher().fetch(FetchRequest(server.url_for("to?url=/hidden")))
    assert outcome.kind == "robots_disallow"
    assert server.hits["hidden"] == 0


def test_a_short_crawl_delay_is_waited_for(server, open_fetcher):
    server.robots = b"User-agent: *\nCrawl-delay: 0.4\n"
    fetcher = open_fetcher()
    started = time.monotonic()
    with ThreadPoolExecutor(3) as pool:
        kinds = [out.kind for out in pool.map(fetcher.fetch, [FetchRequest(server.url_for("fine"))] * 3)]
    assert kinds == ["ok"] * 3
    assert time.monotonic() - started >= 0.8


def test_a_long_crawl_delay_is_kept_in_full_and_nobody_sleeps_for_it(server, open_fetcher):
    server.robots = b"User-agent: *\nCrawl-delay: 3000\n"
    fetcher = open_fetcher()
    first, second = (fetcher.fetch(FetchRequest(server.url_for("fine"))) for _ in range(2))
    assert (first.kind, first.pause_s) == ("ok", 3000)
    assert (second.kind, second.pause_s) == ("busy", 3000)
    assert 2990 < second.retry_after_s <= 3000
    assert second.detail.code == "visit.pause"
    assert server.hits["fine"] == 1


def test_a_crawl_delay_of_a_week_is_kept_for_a_day_and_reported_as_wished(server, open_fetcher):
    server.robots = b"User-agent: *\nCrawl-delay: 604800\n"
    fetcher = open_fetcher()
    first, second = (fetcher.fetch(FetchRequest(server.url_for("fine"))) for _ in range(2))
    assert first.pause_s == second.pause_s == 604_800
    assert 86_000 < second.retry_after_s <= 86_400


def test_redirects_on_one_host_are_one_visit_to_it(server, open_fetcher):
    server.robots = b"User-agent: *\nCrawl-delay: 3000\n"
    outcome = open_fetcher().fetch(FetchRequest(server.url_for("to?url=/fine")))
    assert (outcome.kind, server.hits["fine"]) == ("ok", 1)


def test_many_threads_never_open_more_than_two_connections_to_a_host(server, open_fetcher):
    fetcher = open_fetcher()
    requests = [FetchRequest(server.url_for("fine?wait=0.01"))] * 60
    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(fetcher.fetch, requests))
    assert {outcome.kind for outcome in outcomes} == {"ok"}
    assert server.hits["fine"] == 60
    assert server.peak == 2


def test_who_waits_too_long_for_a_connection_is_told_busy_not_failed(server, open_fetcher):
    fetcher = open_fetcher(settings_for(per_host=1, slot_wait_s=0.05))
    fetcher.fetch(FetchRequest(server.url_for("fine")))
    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(fetcher.fetch, FetchRequest(server.url_for("fine?wait=1")))
        while server.hits["fine"] < 2:
            time.sleep(0.01)
        assert fetcher.fetch(FetchRequest(server.url_for("fine"))).kind == "busy"
        assert holder.result().kind == "ok"


def test_closing_breaks_off_what_still_runs_and_later_calls_are_told_so(server):
    fetcher = HttpFetcher(settings_for())
    fetcher.fetch(FetchRequest(server.url_for("fine")))
    found = []
    thread = threading.Thread(target=lambda: found.append(fetcher.fetch(FetchRequest(server.url_for("mute")))))
    thread.start()
    while not server.hits["mute"]:
        time.sleep(0.01)
    fetcher.close()
    thread.join(5)
    assert [outcome.kind for outcome in found] == ["interrupted"]
    assert fetcher.fetch(FetchRequest(server.url_for("fine"))).kind == "interrupted"
    fetcher.close()


def test_the_environments_proxy_is_ignored_unless_asked_for(server, open_fetcher, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
    settings = settings_for("127.0.0.1", "kabar.localhost", robots_off_hosts=frozenset({"kabar.localhost"}))
    direct = open_fetcher(settings)
    assert direct.fetch(FetchRequest("http://kabar.localhost:9/fine")).kind == "refused"
    proxied = open_fetcher(settings_for("nobody.example", robots_off_hosts=frozenset({"kabar.example"}), trust_proxy_env=True))
    assert proxied.fetch(FetchRequest("http://kabar.example/fine")).kind == "ok"
    assert proxied.fetch(FetchRequest("http://10.0.0.1/fine")).kind == "private_address"


@pytest.fixture
def certificate(tmp_path: Path):
    """A certificate nobody signed, for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "kabar.localhost")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("kabar.localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "host.pem"
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(key.private_bytes(*plain) + built.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_certificate_nobody_vouches_for_is_a_tls_failure_and_a_named_authority_mends_it(certificate, open_fetcher):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    off = {"robots_off_hosts": frozenset({"kabar.localhost", "127.0.0.1"})}
    with FaultServer(tls=context) as server:
        strict = open_fetcher(settings_for(".localhost", "127.0.0.1", **off))
        trusting = open_fetcher(settings_for(".localhost", "127.0.0.1", ca_file=str(certificate), **off))
        request = FetchRequest(f"https://kabar.localhost:{server.port}/fine")
        assert strict.fetch(request).kind == "tls_failure"
        assert trusting.fetch(request).kind == "ok"
        assert trusting.fetch(FetchRequest(server.url_for("fine"))).kind == "tls_failure", "the name must match as well"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("99999999999", 7 * 86_400.0),
        ("Sat, 21 Nov 2026 08:10:00 GMT", 600.0),
        ("Sat, 21 Nov 2026 07:00:00 GMT", 0.0),
        ("Sat, 99 Nov 2026 07:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value, seconds):
    assert retry_after_s(value, NOW) == seconds


@given(st.text(max_size=80))
def test_no_retry_after_value_harms(value):
    found = retry_after_s(value, NOW)
    assert found is None or 0 <= found <= 7 * 86_400
