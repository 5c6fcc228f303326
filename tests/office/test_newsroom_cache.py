"""The newsroom's answers kept for a second: what everybody gets, never what is somebody's."""

from __future__ import annotations

import pytest

from kentongan.office.newsroom.cache import KEPT_S, MOST, Newsstand


class Inner:
    """An application that counts how often it was asked, and says so."""

    def __init__(self) -> None:
        self.asked = 0
        self.closed = 0
        self.status, self.headers = "200 OK", [("Content-Type", "text/plain")]

    def __call__(self, environ, start_response):
        self.asked += 1
        start_response(self.status, self.headers)
        return Body(self)

    def answer(self) -> bytes:
        return f"answer {self.asked}".encode()


class Body:
    """What a server closes when it has sent it."""

    def __init__(self, inner) -> None:
        self.inner = inner

    def __iter__(self):
        return iter([self.inner.answer()])

    def close(self) -> None:
        self.inner.closed += 1


@pytest.fixture
def inner() -> Inner:
    return Inner()


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def stand(inner, clock) -> Newsstand:
    return Newsstand(inner, "sessionid", ("language", "look"), lambda: clock[0])


def ask(stand, path="/o/kota/news/", method="GET", **more) -> tuple[str, bytes]:
    said: list[str] = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", **more}
    body = b"".join(stand(environ, lambda status, headers, exc_info=None: said.append(status)))
    return said[0], body


def test_an_answer_is_kept_for_a_second_and_no_longer(stand, inner, clock) -> None:
    assert [ask(stand)[1] for _ in range(3)] == [b"answer 1"] * 3
    clock[0] = KEPT_S
    assert ask(stand)[1] == b"answer 2"
    assert inner.closed == inner.asked == 2


@pytest.mark.parametrize(
    "more",
    [
        {"QUERY_STRING": "q=air"}, {"HTTP_ACCEPT_LANGUAGE": "vi"}, {"HTTP_COOKIE": "language=vi"}, {"HTTP_COOKIE": "look=dark"},
        {"HTTP_IF_NONE_MATCH": "x"}, {"HTTP_HOST": "lain.example"}, {"HTTP_ACCEPT_ENCODING": "gzip"}, {"path": "/o/lain/news/"},
    ],
)  # fmt: skip
def test_whatever_an_answer_differs_by_is_kept_apart(stand, more) -> None:
    assert ask(stand)[1] == b"answer 1"
    assert ask(stand, **more)[1] == b"answer 2"
    assert ask(stand)[1] == b"answer 1"


@pytest.mark.parametrize(
    "more",
    [
        {"HTTP_COOKIE": "sessionid=abc"}, {"HTTP_AUTHORIZATION": "Bearer x"}, {"method": "POST"}, {"method": "HEAD"}, {"path": "/issues/"},
        {"path": "/o/kota/transparency/"}, {"HTTP_COOKIE": 'sessionid="broken'},
    ],
)  # fmt: skip
def test_what_is_somebodys_is_never_kept(stand, more) -> None:
    assert ask(stand, **more)[1] == b"answer 1"
    assert ask(stand, **more)[1] == b"answer 2"


@pytest.mark.parametrize(
    ("status", "headers"),
    [("500 Broken", []), ("503 Away", []), ("200 OK", [("Set-Cookie", "a=b")]), ("200 OK", [("Cache-Control", "private, no-cache")])],
)
def test_faults_and_answers_with_a_cookie_are_not_kept(stand, inner, status, headers) -> None:
    inner.status, inner.headers = status, headers
    assert ask(stand)[1] == b"answer 1"
    assert ask(stand)[1] == b"answer 2"


def test_no_more_are_kept_than_so_many(stand, inner) -> None:
    for number in range(MOST + 50):
        ask(stand, QUERY_STRING=f"q={number}")
    assert len(stand._answers) == MOST
    ask(stand, QUERY_STRING="q=0")
    assert inner.asked == MOST + 51
