"""When a page was published and updated: markup first, then the visible date line at the headline.

Observed: outlets of Indonesia and Vietnam print a line such as `Seorang Wartawan, Jurnalis-Rabu, 18 Juni 2025 |23:28
WIB` at the headline; half of them name the time in markup too. A visible line counts only when it is there for its date
(few letters besides), so that a date mentioned in the article is never taken for the article's own. Known failure: a
list of other articles, each with its date, directly under the headline of a page that names no time itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from kentongan.engine import dates
from kentongan.engine.trees import Element, local_name, text_of

_PUBLISHED = tuple(
    """
    article:published_time og:article:published_time og:published_time article:published datepublished dtk:publishdate
    content_publisheddate its_publication parsely-pub-date sailthru.date bt:pubdate cxenseparse:recs:publishtime
    dc.date.issued dcterms.created dcterms.issued dc.date dc.terms.date pubdate publishdate publish-date publish_date
    publication_date
    article.published article_date_original originalpublicationdate rnews:datepublished displaydate release_date
    citation_publication_date date
    """.split()  # noqa: SIM905  a list of words reads better than a column of quotes
)
_UPDATED = tuple(
    """
    article:modified_time og:updated_time og:modified_time datemodified article:modified lastmod last-modified
    dc.date.modified dcterms.modified article.updated rnews:datemodified revised
    """.split()  # noqa: SIM905
)
_DATE_CLASS = re.compile(r"date|time|waktu|tanggal|publish|posted|ngay|gio|jurnalis|journalist|meta|info|byline", re.IGNORECASE)
_UPDATE_CLASS = re.compile(r"updat|modif|diperbarui", re.IGNORECASE)
_UPDATE_LABEL = re.compile(
    r"(?:diperbarui|diperbaharui|diupdate|update[ds]?|cap nhat|dikemaskini|modified)"
    r"\W{0,8}(?:lan cuoi|on|at|pada)?\W{0,3}(?:[a-z']+(?: [a-z]+)?,? ?)?$"
)
_UNSEEN = frozenset(("", "html", "head", "meta", "link", "title", "script", "style", "noscript", "template"))
_AFTER, _BEFORE = 160, 40
"""Elements after and before the headline that are looked at."""


def read(root: Element, meta: Mapping[str, str], *, published: str, updated: str, offset: int) -> tuple[datetime | None, datetime | None]:
    """Published and updated, None where the page does not tell. `published` and `updated` are what JSON-LD says,
    `offset` is in minutes east of Greenwich for times without zone."""
    first = _first((published, *(meta.get(name, "") for name in _PUBLISHED), *_marked(root)), offset)
    last = _first((updated, *(meta.get(name, "") for name in _UPDATED)), offset)
    if first is None:
        first, seen = _visible(root, offset)
        last = last or seen
    return first, last if last != first else None


def _first(texts: Iterable[str], offset: int) -> datetime | None:
    for text in texts:
        moment = dates.read(text, default_offset=offset) if text and len(text) < 200 else None
        if moment is not None:
            return moment
    return None


def _marked(root: Element) -> Iterator[str]:
    for element in root.iter("time", "span", "div", "abbr"):
        named = (element.get("itemprop") or "").lower() == "datepublished"
        if named or (element.tag == "time" and "pubdate" in element.attrib):
            yield element.get("datetime") or element.get("content") or element.get("title") or text_of(element)


def _visible(root: Element, offset: int) -> tuple[datetime | None, datetime | None]:
    """Published and updated from the date lines around the headline."""
    published = updated = None
    left = _AFTER
    for line, is_update, spare in _head_lines(root):
        folded = dates.fold(line)
        for found in dates.dateline(line, default_offset=offset, spare=spare):
            if is_update or _UPDATE_LABEL.search(folded[: found.start]):
                updated = updated or found.at
            else:
                published = published or found.at
        left = min(left, 6) - 1 if published is not None else left  # the line about the update stands next to it
        if left <= 0 or (published is not None and updated is not None):
            break
    # "Diperbarui 18 Jun 2025" alone is the only time the page tells; the article is at least that old
    return (published, updated) if published is not None else (updated, updated)


def _head_lines(root: Element) -> Iterator[tuple[str, bool, int]]:
    """Texts around the first `h1`, likeliest first, whether their markup says that they are about an update, and how many letters
    besides the date they may have."""
    elements = [element for element in root.iter() if local_name(element) not in _UNSEEN]
    place = next((place for place, element in enumerate(elements) if element.tag == "h1"), 0)
    after, before = elements[place : place + _AFTER], elements[max(0, place - _BEFORE) : place][::-1]
    near = after[:30] + before + after[30:]
    timed = [element for element in near if element.tag == "time"]
    likely = [element for element in near if _DATE_CLASS.search(f"{element.get('class')} {element.get('id')}")]
    for place, element in enumerate((*timed, *likely, *near)):
        spare = 60 if place < len(timed) + len(likely) else 30
        is_update = bool(_UPDATE_CLASS.search(f"{element.get('class')}"))
        if element.tag == "time" and element.get("datetime"):
            yield element.get("datetime") or "", is_update, spare
        text = " ".join(element.itertext()) if len(element) <= 12 else (element.text or "")
        if 6 <= len(text.strip()) <= 160:
            yield text, is_update, spare
