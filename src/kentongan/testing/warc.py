"""Web archives as archivers write them, for tests: records packed one by one."""

from __future__ import annotations

import gzip
from collections.abc import Mapping


def record(block: bytes, *, version: str = "1.1", packed: bool = True, **fields: str) -> bytes:
    """One WARC record; `fields` with underscores for hyphens (`WARC_Type="response"`)."""
    named = {name.replace("_", "-"): value for name, value in fields.items()} | {"Content-Length": str(len(block))}
    head = f"WARC/{version}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in named.items()) + "\r\n"
    whole = head.encode() + block + b"\r\n\r\n"
    return gzip.compress(whole) if packed else whole


def response(
    url: str, body: bytes, *, status: str = "200 OK", content_type: str = "text/html; charset=utf-8", date: str = "2026-11-20T03:00:00Z",
    headers: Mapping[str, str] | None = None, version: str = "1.1", packed: bool = True,
) -> bytes:  # fmt: skip
    """The record of an HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    block = ("\r\n".join(lines) + "\r\n\r\n").encode() + body
    return record(
        block, version=version, packed=packed, WARC_Type="response", WARC_Target_URI=url, WARC_Date=date,
        Content_Type="application/http; msgtype=response",
    )  # fmt: skip


def page(title: str, text: str, *, published: str = "2026-11-20T08:00:00+07:00", outlet: str = "Kabar Tirta") -> bytes:
    """An article's page."""
    time = f'<meta property="article:published_time" content="{published}">' if published else ""
    paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n"))
    return (
        f'<html lang="id"><head><title>{title}</title><meta property="og:site_name" content="{outlet}">{time}'
        f"</head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    ).encode()
