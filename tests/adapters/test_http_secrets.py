"""What is sent along with a request: a secret goes to the host it was given for, and what is posted is not sent on elsewhere."""

import logging
from collections.abc import Iterator

import pytest

from kentongan.adapters.http import FetchSettings, HttpFetcher
from kentongan.ports import FetchRequest, ReadRequest
from kentongan.testing.fake_site import Answer, Asked, FakeSite


class Door(FakeSite):
    """`/kept` answers; `/to` redirects to `target` with `status`."""

    target = "/kept"
    status = 302

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/to":
            return Answer(b"", self.status, {"Location": self.target})
        return Answer(asked.body or b"fine")


@pytest.fixture
def doors() -> Iterator[tuple[Door, Door]]:
    with Door() as one, Door() as other:
        yield one, other


@pytest.fixture(scope="module")
def fetcher() -> Iterator[HttpFetcher]:
    running = HttpFetcher(FetchSettings("desk@example.org", allow_hosts=frozenset({"127.0.0.1", ".localhost"})))
    yield running
    running.close()


def test_a_secret_is_sent_and_kept_through_a_redirect_on_the_same_host(doors, fetcher):
    one, _ = doors
    assert fetcher.fetch(FetchRequest(f"{one.url}/to", authorization="Bearer rahasia")).kind == "ok"
    assert [asked.headers.get("authorization") for asked in one.asked] == ["Bearer rahasia", "Bearer rahasia"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_secret_is_not_sent_to_another_host_or_port(doors, fetcher, status):
    one, other = doors
    one.status = status
    for target in (f"{other.url}/kept", f"http://lain.localhost:{other.port}/kept"):
        one.target = target
        assert fetcher.fetch(FetchRequest(f"{one.url}/to", authorization="Bearer rahasia")).kind == "ok"
    assert [asked.headers.get("authorization") for asked in other.asked] == [None, None]


def test_a_secret_that_went_out_of_the_house_does_not_come_back(doors, fetcher):
    one, other = doors
    one.target, other.target = f"{other.url}/to", f"{one.url}/kept"
    assert fetcher.fetch(FetchRequest(f"{one.url}/to", authorization="Bearer rahasia")).kind == "ok"
    assert [(asked.path, asked.headers.get("authorization")) for asked in one.asked] == [("/to", "Bearer rahasia"), ("/kept", None)]


@pytest.mark.parametrize("secret", ["Bearer a\r\nX-Evil: 1", "Bearer \x00", "Bearer é"])
def test_a_secret_that_is_no_header_is_not_sent(doors, fetcher, secret):
    one, _ = doors
    fetcher.fetch(FetchRequest(f"{one.url}/kept", authorization=secret))
    assert "authorization" not in one.asked[0].headers
    assert "x-evil" not in one.asked[0].headers


def test_a_body_is_posted_as_json(doors, fetcher):
    one, _ = doors
    outcome = fetcher.fetch(FetchRequest(f"{one.url}/kept", body=b'{"a": 1}'))
    assert outcome.body == b'{"a": 1}'
    (asked,) = one.asked
    assert (asked.method, asked.headers["content-type"]) == ("POST", "application/json")


@pytest.mark.parametrize("status", [307, 308])
def test_what_is_posted_goes_along_where_the_same_host_says_so(doors, fetcher, status):
    one, _ = doors
    one.status = status
    assert fetcher.fetch(FetchRequest(f"{one.url}/to", body=b"{}")).kind == "ok"
    assert [(asked.method, asked.body) for asked in one.asked] == [("POST", b"{}"), ("POST", b"{}")]


@pytest.mark.parametrize("status", [301, 302, 303])
def test_what_is_posted_is_not_sent_on_by_any_other_redirect(doors, fetcher, status):
    one, _ = doors
    one.status = status
    assert fetcher.fetch(FetchRequest(f"{one.url}/to", body=b"{}")).kind == "moved"
    assert len(one.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_what_is_posted_is_never_sent_to_another_host(doors, fetcher, status):
    one, other = doors
    one.status, one.target = status, f"{other.url}/kept"
    outcome = fetcher.fetch(FetchRequest(f"{one.url}/to", body=b'{"password": "x"}'))
    assert outcome.kind == "moved"
    assert outcome.detail
    assert other.asked == []


def test_secrets_stand_in_no_description_and_no_log(doors, fetcher, caplog):
    one, _ = doors
    request = FetchRequest(f"{one.url}/to", authorization="Bearer rahasia-sekali", body=b"sandi-sekali")
    with caplog.at_level(logging.DEBUG):
        outcome = fetcher.fetch(request)
    said = repr(request) + repr(outcome) + repr(ReadRequest("x", credentials={"password": "rahasia-sekali"})) + caplog.text
    assert "rahasia-sekali" not in said
    assert "sandi-sekali" not in said
