"""Pages: HTML to the article's text and what the page says about itself.

Observed: trafilatura's fast mode finds the right block on nearly every news page, and then lets the headline, pointers
to other articles and the house's own words through. Method: its text (`fast=True`, no comments), then `page_lines`
drops what the page itself shows not to be the article; `page_facts` and `page_times` read title, times, outlet,
section, language and address from the same tree.

Measured on 91 pages of the article-extraction benchmark (4-gram F1, `kentongan eval pages`): this 0.981; trafilatura
alone, fast 0.967, fast with comments 0.956, favouring precision 0.950, favouring recall 0.966, full with fallbacks
0.962. The text that pages carry in JSON-LD was tried as a second opinion: 11 of 118 pages have it, it is cut short on
three of them, and trafilatura reads it already.

Known failures: captions and hover cards inside the article, "about us" paragraphs under press releases, articles over
several pages (only the page given is read), pages that build their text by script. Never raises; what went wrong is in
`problems`.
"""

from __future__ import annotations

import logging
from typing import Any, cast

import trafilatura

from kentongan.engine import addresses, page_facts, page_lines
from kentongan.engine.records import Page
from kentongan.engine.trees import Element, TreeError, from_html

# trafilatura warns about every page without text; here that is a value in `problems`, so only configured loggers hear it
logging.getLogger("trafilatura").addHandler(logging.NullHandler())

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
    marks = page_lines.marks_of(root, facts)
    try:
        document = trafilatura.bare_extraction(cast("Any", root), fast=True, include_comments=False)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError, TreeError) as error:
        return "", f"The text cannot be taken out of this page: {type(error).__name__}."
    text = getattr(document, "text", None) or ""
    if not text:
        return "", "No article text was found on this page."
    lines = page_lines.of_the_article(page_lines.parted(root, facts, text[:MAX_TEXT].splitlines()), marks=marks)
    lead = page_lines.lead_of(root, facts, text)
    if lead:
        lines.insert(0, lead)
    lines = page_lines.lead_first(root, facts, lines)
    return "\n".join(lines), ""
