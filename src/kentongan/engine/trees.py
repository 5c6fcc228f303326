"""HTML and XML bytes to trees, within limits that no document can break: the only door to lxml in feeds and pages.

libxml2 stops descending at 256 levels (`huge_tree` is off), so whoever walks a tree recursively is safe; entities are
not resolved, nothing is loaded from outside. The largest of 118 news pages measured has 5,529 tags and 1.7 MB.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Protocol, cast

from lxml import etree, html  # pyright: ignore[reportMissingTypeStubs, reportAttributeAccessIssue, reportUnknownVariableType]

from kentongan.engine import markup
from kentongan.engine.reasons import remark

MAX_HTML_BYTES = 8_000_000
MAX_HTML_TAGS = 60_000

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,9})|([0-9]{1,9}));")
_ETREE, _HTML = cast("Any", etree), cast("Any", html)

TreeError = cast("type[Exception]", _ETREE.LxmlError)
"""Whatever lxml raises of its own."""


class Element(Protocol):
    """The part of an lxml element that is used here. `tag` is a string except for comments and processing
    instructions."""

    tag: str
    text: str | None

    @property
    def attrib(self) -> Mapping[str, str]: ...

    def get(self, key: str, /) -> str | None: ...

    def iter(self, *tags: str) -> Iterator[Element]: ...

    def itertext(self) -> Iterator[str]: ...

    def iterchildren(self, *tags: str) -> Iterator[Element]: ...

    def iterdescendants(self) -> Iterator[Element]: ...

    def iterancestors(self) -> Iterator[Element]: ...

    def getparent(self) -> Element | None: ...

    def __len__(self) -> int: ...


def from_html(body: bytes, content_type: str = "") -> tuple[Element | None, tuple[str, ...]]:
    """The tree of a page and what was cut or replaced, in words; None where there is no element at all. Never
    raises."""
    problems: list[str] = []
    if len(body) > MAX_HTML_BYTES:
        problems.append(remark("page.long", mb=MAX_HTML_BYTES // 1_000_000))
        body = body[:MAX_HTML_BYTES]
    text, problem = markup.decoded(body, content_type)
    problems += [problem] * bool(problem)
    if text.count("<") > MAX_HTML_TAGS:
        problems.append(remark("page.tags", n=MAX_HTML_TAGS))
        text = "<".join(text.split("<", MAX_HTML_TAGS)[:MAX_HTML_TAGS])
    text = unicodedata.normalize("NFC", _CONTROLS.sub("", text))  # Windows-1258 writes Vietnamese tones as characters of their own
    if not text.strip():
        return None, (*problems, remark("page.empty"))
    parser = _HTML.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
        no_network=True,
        collect_ids=False,
        default_doctype=False,
    )
    try:
        root: Element = _HTML.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (TreeError, ValueError) as error:
        return None, (*problems, remark("page.failed", fault=str(error)[:200]))
    return root, tuple(problems)


def from_xml(body: bytes) -> tuple[Element | None, str]:
    """The root of an XML document as far as it can be recovered, and the first fault in words ("" for none). Never
    raises."""
    parser = _ETREE.XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, recover=True, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        text = _REFERENCE.sub(_storable, markup.decoded(body)[0])
        root: Element | None = _ETREE.fromstring(text.encode("utf-8", "replace"), parser)
    except (TreeError, ValueError) as error:
        return None, str(error)[:200]
    faults = list(parser.error_log)
    return root, str(faults[0].message)[:200] if faults else ""


def to_xml(root: str, children: Mapping[str, str], entries: list[dict[str, str]], *, namespaces: Mapping[str, str]) -> bytes:
    """An indented UTF-8 document `<root version="2.0"><head>children</head><body><outline …/>…</body></root>`."""
    top = _ETREE.Element(root, {"version": "2.0"}, nsmap=dict(namespaces))
    head = _ETREE.SubElement(top, "head")
    for name, text in children.items():
        _ETREE.SubElement(head, name).text = text
    body = _ETREE.SubElement(top, "body")
    for attributes in entries:
        _ETREE.SubElement(body, "outline", attributes)
    return cast("bytes", _ETREE.tostring(top, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _storable(reference: re.Match[str]) -> str:
    """A character reference, or "" for one that names no character: recovering, libxml2 takes `&#xD800;` for bytes that are no text."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return reference[0] if code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000 else ""


def text_of(element: Element) -> str:
    """All text inside an element, white space single."""
    return markup.squeezed("".join(element.itertext()))


def local_name(element: Element) -> str:
    """The name without its namespace, in lower case; "" for what is no element."""
    tag = cast("object", element.tag)
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
