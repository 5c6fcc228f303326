"""XML that is read whole or not at all: for warnings, where half a document would say something its author did not.

Document types, entities and outside references are refused (defusedxml), so are documents longer or deeper than the limits. Feeds are
read by `kentongan.engine.feeds`, which recovers what it can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, cast

import defusedxml.ElementTree as defused  # pyright: ignore[reportMissingTypeStubs]
from defusedxml.common import DefusedXmlException  # pyright: ignore[reportMissingTypeStubs]

from kentongan.engine import markup
from kentongan.engine.reasons import remark

MAX_DEPTH = 60
_DEFUSED = cast("Any", defused)


class Node(Protocol):
    """The part of an ElementTree element that is used here."""

    tag: str
    text: str | None

    @property
    def attrib(self) -> Mapping[str, str]: ...

    def __iter__(self) -> Iterator[Node]: ...

    def iter(self) -> Iterator[Node]: ...


def root_of(body: bytes, *, limit: int) -> tuple[Node | None, str]:
    """The root element, or None and why, as a sentence. Never raises."""
    if len(body) > limit:
        return None, remark("xml.long", n=limit)
    if _too_deep(body):
        return None, remark("feed.deep", n=MAX_DEPTH)
    try:
        root: Node = _DEFUSED.fromstring(markup.as_utf8(body), forbid_dtd=True)
    except DefusedXmlException:
        return None, remark("xml.entities")
    except (_DEFUSED.ParseError, ValueError, LookupError) as error:
        return None, remark("xml.broken", fault=" ".join(str(error).split())[:160])
    return root, ""


def name_of(node: Node) -> str:
    """The name without its namespace, in lower case."""
    return str(node.tag).rpartition("}")[2].lower()


def children(node: Node, name: str) -> Iterator[Node]:
    """The children of that name, whatever their namespace."""
    return (child for child in node if name_of(child) == name)


def text(node: Node, name: str, *, limit: int = 4_000) -> str:
    """The text of the first child of that name as plain text, "" where there is none."""
    first = next(children(node, name), None)
    return markup.plain(first.text or "", limit=limit) if first is not None else ""


def _too_deep(body: bytes) -> bool:
    """A cheap count; an angle bracket in a text or comment only makes it stricter by one level."""
    depth = 0
    at = body.find(b"<")
    while at >= 0:
        after = body[at + 1 : at + 2]
        end = body.find(b">", at)
        if end < 0:
            return False
        if after == b"/":
            depth -= 1
        elif after not in (b"!", b"?") and body[end - 1 : end] != b"/":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        at = body.find(b"<", end)
    return False
