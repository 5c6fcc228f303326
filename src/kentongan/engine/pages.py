"""Pages: HTML to the article's text and what the page says about itself.

The text is trafilatura's (`fast=True`, no comments); see `page_facts` for title and times. Never raises; what went
wrong is in `problems`.
"""

from __future__ import annotations

from typing import Any, cast

import trafilatura

from kentongan.engine import addresses, page_facts, page_lines
from kentongan.engine.records import Page
from kentongan.engine.trees import Element, TreeError, from_html

MAX_TEXT = 200_000
"""Characters of text kept."""


def extract(body: bytes, *, url: str, content_type: str = "", default_offset: int | None = None) -> Page:
    """What a page says; always a Page, with problems in words where something could not be read.

    `url` is where the page came from; the page's own address (`rel=canonical`) replaces it when it is on the same
    registered host. `default_offset` (minutes east of Greenwich) is for times that name no zone; None: by the language
    of the page.
    """
    root, problems = from_html(body, content_type)
    if root is None:
        return Page(addresses.canonical(url) or url, "", "", None, None, "", "", None, problems)
    facts = page_facts.read(root, url=url, default_offset=default_offset)
    text, problem = _text(root, facts)
    if problem:
        problems = (*problems, problem)
    return Page(
        url=facts.url, title=facts.title, text=text, published=facts.published, updated=facts.updated,
        outlet=facts.outlet, section=facts.section, language=facts.language, problems=problems,
    )  # fmt: skip


def _text(root: Element, facts: page_facts.Facts) -> tuple[str, str]:
    marks = page_lines.marks_of(root, facts.standfirsts)
    try:
        document = trafilatura.bare_extraction(cast("Any", root), fast=True, include_comments=False)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError, TreeError) as error:
        return "", f"The text cannot be taken out of this page: {type(error).__name__}."
    text = getattr(document, "text", None) or ""
    if not text:
        return "", "No article text was found on this page."
    lines = page_lines.of_the_article(text[:MAX_TEXT].splitlines(), title=facts.title, marks=marks)
    return "\n".join(lines), ""
