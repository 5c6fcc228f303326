"""Answers of the newsroom kept for a second in front of the framework: a link that a city shares must not take the office's pages down.

Only what everybody gets: GET without a session, no cookie set, status 200 or 404. A publication is to be read everywhere within two
seconds, so nothing is kept longer than KEPT_S.
"""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.http import parse_cookie

KEPT_S = 1.0
MOST = 200
LARGEST = 300_000
PATHS = re.compile(r"/o/[-\w]{1,100}/news/")
SEEN_BY = ("HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_HOST", "HTTP_ACCEPT")
"""What an answer differs by, besides its address and some cookies."""
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Answer = tuple[str, list[tuple[str, str]], bytes]


class Newsstand:
    """A WSGI application before another one, which is asked for a page of the newsroom once a second at most."""

    def __init__(self, inner: Application, session: str, cookies: Sequence[str], clock: Callable[[], float] = time.monotonic) -> None:
        """`session`: the cookie of somebody signed in; `cookies`: those an answer differs by."""
        self._inner, self._session, self._cookies, self._clock = inner, session, cookies, clock
        self._answers: OrderedDict[tuple[str, ...], tuple[float, Answer]] = OrderedDict()
        self._turn = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        key = self._key(environ)
        if key is None:
            return self._inner(environ, start_response)
        with self._turn:
            kept = self._answers.get(key)
        if kept is None or self._clock() - kept[0] >= KEPT_S:
            asked = self._clock()
            answer = self._asked(environ)
            if answer[0][:3] in {"200", "404"} and len(answer[2]) <= LARGEST and not _is_private(answer[1]):
                self._keep(key, asked, answer)
        else:
            answer = kept[1]
        start_response(answer[0], list(answer[1]))
        return [answer[2]]

    def _key(self, environ: dict[str, Any]) -> tuple[str, ...] | None:
        """What tells one answer from another; None for what is not everybody's."""
        path = str(environ.get("PATH_INFO", ""))
        if environ.get("REQUEST_METHOD") != "GET" or not PATHS.match(path) or "HTTP_AUTHORIZATION" in environ:
            return None
        cookies = parse_cookie(environ.get("HTTP_COOKIE", ""))
        if self._session in cookies:
            return None
        said = [cookies.get(name, "") for name in self._cookies]
        return (path, str(environ.get("QUERY_STRING", "")), *(str(environ.get(name, "")) for name in SEEN_BY), *said)

    def _asked(self, environ: dict[str, Any]) -> Answer:
        """The inner application's answer, whole."""
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[[bytes], None]:
            begun.append((status, headers))
            return lambda data: None

        pieces = self._inner(environ, start)
        try:
            body = b"".join(pieces)
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()
        return (*begun[-1], body)

    def _keep(self, key: tuple[str, ...], at: float, answer: Answer) -> None:
        with self._turn:
            self._answers[key] = (at, answer)
            self._answers.move_to_end(key)
            while len(self._answers) > MOST:
                self._answers.popitem(last=False)


def _is_private(headers: Iterable[tuple[str, str]]) -> bool:
    names = {name.lower(): value for name, value in headers}
    return "set-cookie" in names or "private" in names.get("cache-control", "")
