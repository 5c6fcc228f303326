"""Undo a Content-Encoding piece by piece, never making more than was asked for: a bomb is noticed while it is still
small.

Neither zlib nor brotli is ever allowed to produce an unbounded buffer. Only one coding is accepted at a time; a host
that stacks codings ("gzip, gzip") is refused, because no honest feed does it and each layer multiplies what a small
body can become.
"""

from __future__ import annotations

import zlib
from typing import Any, Protocol

import brotli  # pyright: ignore[reportMissingTypeStubs]

RATIO_FROM_BYTES = 256 * 1024
"""Below this size no ratio is judged: a short, very regular answer may compress a thousandfold without harm."""


class BadEncoding(Exception):
    """The body is not what its Content-Encoding says, or the coding is unknown."""


class TooMuch(Exception):
    """The body is larger than allowed, or grows suspiciously when unpacked. The message says which."""


_BrotliError: type[Exception] = brotli.error  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


class _Stage(Protocol):
    def feed(self, data: bytes, room: int) -> bytes: ...

    def more(self, room: int) -> bytes: ...

    def finished(self) -> bool: ...


class _Plain:
    def feed(self, data: bytes, room: int) -> bytes:
        return data

    def more(self, room: int) -> bytes:
        return b""

    def finished(self) -> bool:
        return True


class _Zlib:
    """gzip (also several members in a row) and deflate, with or without the zlib header that RFC 9110 asks for."""

    def __init__(self, gzip: bool) -> None:
        self._gzip = gzip
        self._inner: Any = zlib.decompressobj(wbits=31) if gzip else None
        self._waiting = b""

    def feed(self, data: bytes, room: int) -> bytes:
        self._waiting += data
        return self.more(room)

    def more(self, room: int) -> bytes:
        piece = b""
        while not piece and self._waiting and self._ready():
            piece = self._inner.decompress(self._waiting, room)
            self._waiting = self._inner.unused_data if self._inner.eof else self._inner.unconsumed_tail
        return piece

    def finished(self) -> bool:
        return self._inner is not None and self._inner.eof

    def _ready(self) -> bool:
        """Whether there is a stream to go on with; opens the first (deflate) or the next one (gzip)."""
        if self._inner is not None and not self._inner.eof:
            return True
        if len(self._waiting) < 2:
            return False
        if self._inner is None:
            zlib_header = self._waiting[0] & 0x0F == 8 and (self._waiting[0] * 256 + self._waiting[1]) % 31 == 0
            self._inner = zlib.decompressobj(wbits=15 if zlib_header else -15)
            return True
        if not (self._gzip and self._waiting.startswith(b"\x1f\x8b")):
            self._waiting = b""
            return False
        self._inner = zlib.decompressobj(wbits=31)
        return True


class _Brotli:
    def __init__(self) -> None:
        self._inner: Any = brotli.Decompressor()  # pyright: ignore[reportUnknownMemberType]

    def feed(self, data: bytes, room: int) -> bytes:
        return b"" if self._inner.is_finished() else self._inner.process(data, output_buffer_limit=room)

    def more(self, room: int) -> bytes:
        return b"" if self._inner.can_accept_more_data() else self._inner.process(b"", output_buffer_limit=room)

    def finished(self) -> bool:
        return self._inner.is_finished()


def _stage(coding: str) -> _Stage:
    if coding in ("", "identity"):
        return _Plain()
    if coding in ("gzip", "x-gzip"):
        return _Zlib(gzip=True)
    if coding == "deflate":
        return _Zlib(gzip=False)
    if coding == "br":
        return _Brotli()
    raise BadEncoding(f"the Content-Encoding {coding[:40]!r} was never asked for")


class BodyReader:
    """Collects a body, unpacking as it comes.

    `limit` counts bytes after unpacking; `cut` keeps the first `limit` bytes of a longer body instead of refusing it
    (robots.txt).
    """

    def __init__(self, content_encoding: str, limit: int, max_ratio: float, *, cut: bool = False) -> None:
        self._stage = _stage(content_encoding.strip().lower())
        self._limit = limit
        self._max_ratio = max_ratio
        self._cut = cut
        self._parts: list[bytes] = []
        self.taken = 0
        self.size = 0
        self.full = False

    def feed(self, data: bytes) -> None:
        """One piece off the wire. Raises `BadEncoding` or `TooMuch`; sets `full` when cut and nothing more is
        wanted."""
        self.taken += len(data)
        try:
            piece = self._stage.feed(data, self._room())
            while piece and not self.full:
                self._keep(piece)
                piece = b"" if self.full else self._stage.more(self._room())
        except (zlib.error, _BrotliError) as error:
            raise BadEncoding(f"the body is not what its Content-Encoding says ({error})") from error

    def body(self) -> bytes:
        """The whole body. Raises `BadEncoding` when the packed stream stops before its end."""
        if self.taken and not self.full and not self._stage.finished():
            raise BadEncoding("the packed body stops before its end")
        return b"".join(self._parts)

    def _room(self) -> int:
        return max(1, min(self._limit - self.size + 1, 1 << 20))

    def _keep(self, piece: bytes) -> None:
        self.size += len(piece)
        self._parts.append(piece)
        if self.size > self._limit:
            if not self._cut:
                raise TooMuch(f"the body is larger than {self._limit} bytes")
            self._parts[-1] = piece[: len(piece) - (self.size - self._limit)]
            self.size, self.full = self._limit, True
        if self.size > RATIO_FROM_BYTES and self.size > self._max_ratio * self.taken:
            raise TooMuch(f"{self.taken} packed bytes grew to more than {self.size}: a decompression bomb")
