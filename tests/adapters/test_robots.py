"""robots.txt is obeyed as RFC 9309 says, asked once, and a host that cannot be read is left alone for a while."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from yarl import URL

from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.adapters.robots import ROBOTS_BYTES, RobotsCache
from kentongan.ports import FetchOutcome, FetchRequest
from kentongan.testing.faults import FaultServer

PAGE = URL("http://kabar.example/berita/1")


class Host:
    """Plays the fetcher: gives the next answer, counts the asking, and carries a clock that is moved by hand."""

    def __init__(self, *answers: FetchOutcome) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.time = 0.0

    def __call__(self, address: str) -> FetchOutcome:
        self.asked.append(address)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]

    def cache(self, **keep: float) -> RobotsCache:
        return RobotsCache(self, "Kentongan", lambda: self.time, **keep)


def rules(text: str) -> FetchOutcome:
    return FetchOutcome("ok", "", 200, body=text.encode())


@pytest.mark.parametrize(
    ("text", "path", "refused"),
    [
        ("", "/berita/1", False),
        ("User-agent: *\nDisallow: /", "/berita/1", True),
        ("User-agent: *\nDisallow: /arsip/", "/berita/1", False),
        ("User-agent: *\nDisallow: /arsip/", "/arsip/1", True),
        ("User-agent: Kentongan\nDisallow: /\n\nUser-agent: *\nAllow: /", "/berita/1", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: kentongan\nAllow: /", "/berita/1", False),
        ("User-agent: OtherBot\nDisallow: /", "/berita/1", False),
        ("User-agent: *\nDisallow: /*?cetak=", "/berita/1?cetak=1", True),
        ("User-agent: *\nDisallow: /berita\nAllow: /berita/1", "/berita/1", False),
        ("\ufeffUser-agent: *\nDisallow: /", "/", True),
        ("<!doctype html><title>Not found</title>", "/berita/1", False),
    ],
)
def test_the_rules_of_a_host_are_obeyed(text, path, refused):
    permission = Host(rules(text)).cache().permission(URL("http://kabar.example" + path))
    assert permission.refusal == ("robots_disallow" if refused else None)


@pytest.mark.parametrize("kind", ["not_found", "gone", "forbidden", "unauthorized", "client_error", "redirect_loop", "too_many_redirects"])
def test_a_host_without_rules_allows_everything(kind):
    assert Host(FetchOutcome(kind, "")).cache().permission(PAGE).refusal is None


@pytest.mark.parametrize("kind", ["server_error", "too_many_requests", "bad_encoding", "protocol_error"])
def test_rules_that_cannot_be_read_keep_us_away_for_an_hour(kind):
    host = Host(FetchOutcome(kind, "", detail="broken"), rules(""))
    cache = host.cache()
    first = cache.permission(PAGE)
    assert first.refusal == "robots_unreadable" and "broken" in first.detail
    host.time = 3599
    assert cache.permission(PAGE).refusal == "robots_unreadable"
    host.time = 3600
    assert cache.permission(PAGE).refusal is None
    assert len(host.asked) == 2


@pytest.mark.parametrize("kind", ["dns_failure", "refused", "timeout", "tls_failure", "private_address"])
def test_a_host_that_cannot_be_reached_is_called_so_and_tried_again_after_a_minute(kind):
    host = Host(FetchOutcome(kind, ""), rules(""))
    cache = host.cache()
    assert cache.permission(PAGE).refusal == kind
    host.time = 60
    assert cache.permission(PAGE).refusal is None


def test_having_no_connection_free_is_not_remembered():
    host = Host(FetchOutcome("busy", ""), rules(""))
    cache = host.cache()
    assert cache.permission(PAGE).refusal == "busy"
    assert cache.permission(PAGE).refusal is None


def test_rules_are_asked_again_after_a_day_and_older_ones_hold_while_the_host_is_down():
    host = Host(rules("User-agent: *\nDisallow: /arsip/"), FetchOutcome("server_error", ""), rules(""))
    cache = host.cache()
    assert cache.permission(PAGE).refusal is None
    host.time = 86_400
    assert cache.permission(PAGE).refusal is None
    assert cache.permission(URL("http://kabar.example/arsip/1")).refusal == "robots_disallow"
    host.time += 3600
    assert cache.permission(URL("http://kabar.example/arsip/1")).refusal is None
    assert len(host.asked) == 3


def test_each_origin_has_rules_of_its_own():
    host = Host(rules(""))
    cache = host.cache()
    for address in (
        "http://kabar.example/1",
        "http://kabar.example:80/2",
        "https://kabar.example/",
        "http://kabar.example:81/",
    ):
        cache.permission(URL(address))
    assert host.asked == [
        "http://kabar.example/robots.txt",
        "https://kabar.example/robots.txt",
        "http://kabar.example:81/robots.txt",
    ]


def test_only_the_origins_used_last_are_remembered():
    host = Host(rules(""))
    cache = host.cache()
    for number in range(2_500):
        cache.permission(URL(f"http://h{number}.example/"))
        cache.permission(PAGE)
    assert host.asked.count("http://kabar.example/robots.txt") == 1
    assert len(cache._origins) == 2_000


@pytest.mark.parametrize(("line", "delay"), [("Crawl-delay: 7", 7.0), ("Crawl-delay: 0.5", 0.5), ("Crawl-delay: soon", 0.0), ("", 0.0)])
def test_the_pause_a_host_wishes_is_passed_on(line, delay):
    assert Host(rules(f"User-agent: *\nAllow: /\n{line}")).cache().permission(PAGE).delay_s == delay


def test_threads_that_want_the_same_host_wait_for_one_request():
    gate = threading.Event()
    host = Host(rules(""))

    def slow(address: str) -> FetchOutcome:
        gate.wait(5)
        return host(address)

    cache = RobotsCache(slow, "Kentongan", lambda: 0.0)
    with ThreadPoolExecutor(8) as pool:
        found = [pool.submit(cache.permission, PAGE) for _ in range(8)]
        gate.set()
        assert {future.result().refusal for future in found} == {None}
    assert len(host.asked) == 1


def test_of_a_longer_robots_txt_only_the_first_500_kib_count():
    with FaultServer() as server:
        filler = b"# " + b"x" * 1022 + b"\n"
        server.robots = b"User-agent: *\nDisallow: /early\n" + filler * (ROBOTS_BYTES // 1025 + 2) + b"Disallow: /late\n"
        fetcher = HttpFetcher(FetchSettings("desk@example.org", allow_hosts=frozenset({"127.0.0.1"})))
        assert fetcher.fetch(FetchRequest(server.url_for("early"))).kind == "robots_disallow"
        assert fetcher.fetch(FetchRequest(server.url_for("late"))).kind == "not_found"
        fetcher.close()


def test_a_host_whose_robots_txt_fails_is_not_asked_for_anything_else():
    with FaultServer(robots=b"", robots_status="503 Service Unavailable") as server:
        fetcher = HttpFetcher(FetchSettings("desk@example.org", allow_hosts=frozenset({"127.0.0.1"})))
        outcome = fetcher.fetch(FetchRequest(server.url_for("fine")))
        assert outcome.kind == "robots_unreadable"
        assert (server.hits["robots.txt"], server.hits["fine"]) == (1, 0)
        fetcher.close()
