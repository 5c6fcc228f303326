"""A web service on this machine that a subclass plays: every request goes to `answer`, and `fault` turns the whole service faulty."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from kentongan.adapters.loop_thread import LoopThread
from kentongan.testing import faults


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def json_answer(value: Any, status: int = 200, **headers: str) -> Answer:
    """A value as JSON."""
    return Answer(json.dumps(value, ensure_ascii=False).encode(), status, {"Content-Type": "application/json", **headers})


class FakeSite:
    """Runs while its context is open. `asked` keeps every request but those for robots.txt.

    `fault` is a key of `kentongan.testing.faults.FAULTS` or another route there with its query; `body` is sent as it is where it is set;
    `after` answers that many requests well before either holds. `moved_to` sends every visitor there for good (308).
    """

    def __init__(self, *, pause_s: float = 0.2) -> None:
        self.fault = ""
        self.body: bytes | None = None
        self.after = 0
        self.moved_to = ""
        self.asked: list[Asked] = []
        self.port = 0
        self._pause_s = pause_s
        self._loop: LoopThread | None = None
        self._server: asyncio.Server | None = None

    def answer(self, asked: Asked) -> Answer:
        """What the service says. Played by the subclass."""
        return Answer(b"404", 404)

    @property
    def url(self) -> str:
        """The service's address, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._loop = LoopThread("fake-site")
        self._server = self._loop.submit(asyncio.start_server(self._serve, "127.0.0.1", 0)).result()
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._loop and self._server:
            self._loop.submit(_stop(self._server)).result()
            self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._respond(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # the visitor left, or the service is being stopped
        finally:
            writer.close()

    async def _respond(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:]) if name}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        parts = urlsplit(target)
        if parts.path == "/robots.txt":
            return await _send(writer, Answer(b"", 404))
        self.asked.append(Asked(method, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body))
        if self.moved_to:
            return await _send(writer, Answer(b"", 308, {"Location": f"{self.moved_to}{target}"}))
        if len(self.asked) > self.after:
            if self.fault:
                return await faults.play(self.fault, writer, self.url, pause_s=self._pause_s)
            if self.body is not None:
                return await _send(writer, Answer(self.body, headers={"Content-Type": "application/json"}))
        return await _send(writer, self.answer(self.asked[-1]))


async def _send(writer: asyncio.StreamWriter, answer: Answer) -> None:
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}", f"Content-Length: {len(answer.body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode() + answer.body)
    await writer.drain()


async def _stop(server: asyncio.Server) -> None:
    server.close()
