"""OPML: the list of sources, in and out, so that an office can bring its list and take it away.

Standard attributes (`text`, `xmlUrl`, `htmlUrl`, `language`) are read from any program's file; what OPML has no word
for (`kind`, `area`, `source_kind`, `pattern`) stands in a namespace of our own, which others ignore. Reading: OPML 2.0
(opml.org/spec2.opml).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from kentongan.engine import addresses, markup
from kentongan.engine.reasons import Remark, remark
from kentongan.engine.trees import Element, from_xml, local_name, to_xml

MAX_BYTES = 8_000_000
MAX_OUTLINES = 10_000
NAMESPACE = "urn:kentongan:opml"


@dataclass(frozen=True, slots=True)
class Outline:
    """One source. `url` is absolute http(s); all else may be "". Words that XML cannot carry are gone, white space is
    single."""

    title: str
    url: str
    site: str = ""
    language: str = ""
    kind: str = ""
    area: str = ""
    source_kind: str = ""
    pattern: str = ""

    def __post_init__(self) -> None:
        if not self.url:
            raise ValueError("Outline.url must not be empty")
        for field in fields(self):
            object.__setattr__(self, field.name, markup.squeezed(getattr(self, field.name))[:2_000].strip())


def read(body: bytes) -> tuple[tuple[Outline, ...], tuple[str, ...]]:
    """The sources of an OPML file in its order, each address once, and in words what was left out. Never raises.

    Nested folders are flattened; a document type with entities is refused unread.
    """
    if len(body) > MAX_BYTES:
        return (), (remark("opml.long", mb=MAX_BYTES // 1_000_000),)
    if b"<!ENTITY" in body.replace(b"\0", b"").upper():
        return (), (remark("opml.entities"),)
    root, fault = from_xml(body)
    if root is None or local_name(root) != "opml":
        return (), (remark("opml.broken", fault=fault) if fault else remark("opml.other"),)
    problems: list[str] = [remark("feed.malformed", fault=fault)] if fault else []
    found, counts = _gathered(root)
    problems += [Remark(code, {"n": n, "limit": MAX_OUTLINES} if code == "opml.over" else {"n": n}) for code, n in counts.items() if n]
    return tuple(found.values()), tuple(problems)


def _gathered(root: Element) -> tuple[dict[str, Outline], dict[str, int]]:
    found: dict[str, Outline] = {}
    unusable = again = over = 0
    for element in root.iter("outline"):
        values = {_local(name): value for name, value in element.attrib.items()}
        if not values.get("xmlurl"):
            continue
        url = addresses.resolve(values["xmlurl"], "")
        if not url:
            unusable += 1
        elif url in found:
            again += 1
        elif len(found) >= MAX_OUTLINES:
            over += 1
        else:
            found[url] = _outline(values, url)
    return found, {
        "opml.address": unusable,
        "opml.again": again,
        "opml.over": over,
    }


def _outline(values: dict[str, str], url: str) -> Outline:
    return Outline(
        title=values.get("title") or values.get("text") or "",
        url=url,
        site=addresses.resolve(values.get("htmlurl", ""), ""),
        language=values.get("language", ""),
        kind=values.get("kind", ""),
        area=values.get("area", ""),
        source_kind=values.get("sourcekind", ""),
        pattern=values.get("pattern", ""),
    )


def _local(name: str | bytes) -> str:
    text = name if isinstance(name, str) else name.decode("utf-8", "replace")
    return text.rpartition("}")[2].lower() if text.startswith(f"{{{NAMESPACE}}}") or "}" not in text else text.lower()


def write(outlines: Iterable[Outline], title: str) -> bytes:
    """An OPML 2.0 file, UTF-8, one `outline` a source in the given order. `read(write(x, t))` gives `x` back."""
    entries: list[dict[str, str]] = []
    for outline in outlines:
        values = {"type": "rss", "text": outline.title, "title": outline.title, "xmlUrl": outline.url}
        extra = {"htmlUrl": outline.site, "language": outline.language}
        own = {"kind": outline.kind, "area": outline.area, "sourceKind": outline.source_kind, "pattern": outline.pattern}
        extra |= {f"{{{NAMESPACE}}}{name}": value for name, value in own.items()}
        entries.append(values | {name: value for name, value in extra.items() if value})
    return to_xml("opml", {"title": markup.squeezed(title)}, entries, namespaces={"k": NAMESPACE})
