"""HTML bytes to a tree, within limits that no page can break."""

from __future__ import annotations

import re

from lxml import etree, html

from kentongan.engine import markup

MAX_BYTES = 8_000_000
MAX_TAGS = 200_000

_NULLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def parsed(body: bytes, content_type: str = "") -> tuple[html.HtmlElement | None, tuple[str, ...]]:
    """The tree of a page and what was cut or replaced, in words; None where there is no element at all. Never raises.

    libxml2 stops descending at 256 levels (`huge_tree` is off), so whoever walks the tree recursively is safe.
    """
    problems: list[str] = []
    if len(body) > MAX_BYTES:
        problems.append(f"The page is longer than {MAX_BYTES // 1_000_000} MB; only the beginning was read.")
        body = body[:MAX_BYTES]
    text, problem = markup.decoded(body, content_type)
    problems += [problem] * bool(problem)
    if text.count("<") > MAX_TAGS:
        problems.append(f"The page has more than {MAX_TAGS} tags; only the beginning was read.")
        text = "<".join(text.split("<", MAX_TAGS)[:MAX_TAGS])
    text = _NULLS.sub("", text)
    if not text.strip():
        return None, (*problems, "The page is empty.")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False, no_network=True, collect_ids=False, default_doctype=False)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        return None, (*problems, f"The page cannot be read: {str(error)[:200]}.")
    return root, tuple(problems)


def text_of(element: etree._Element) -> str:
    """All text inside an element, white space single."""
    return markup.squeezed("".join(text for text in element.itertext() if isinstance(text, str)))
