"""What a page says about itself: title, times, outlet, section, language, address. Not its text.

Observed: three places agree most of the time (JSON-LD, `meta` of Open Graph and its relatives, the visible head of the
article), and each is missing on some outlets. Method: the most explicit statement wins, in the order of the tables
below; a visible date line is used only when no markup names a time. Names of authors are never read.

Known failures: a template that stamps the time of rendering into `datePublished`; a title that the outlet rewrote for
search engines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

from kentongan.engine import addresses, dates, markup
from kentongan.engine.feed_items import short_language
from kentongan.engine.trees import Element, local_name, text_of

MAX_LD_BYTES = 1_000_000
MAX_LD_NODES = 2_000

_ARTICLE = ("article", "blogposting", "posting", "report", "liveblogposting")
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
_SECTION = (
    "article:section",
    "section",
    "parsely-section",
    "cxenseparse:recs:category",
    "dtk:namakanal",
    "content_category",
    "category",
)
_OUTLET = ("og:site_name", "application-name", "dc.publisher")
_SEPARATORS = re.compile(r"\s+(?:[|\u2013\u2014\u00b7\u2022\u00bb\u00ab]|-|::|//)\s+")
_DATE_CLASS = re.compile(
    r"date|time|waktu|tanggal|publish|posted|ngay|gio|jurnalis|meta|info|byline|read__time", re.IGNORECASE
)
_UPDATE_LABEL = re.compile(
    r"(?:diperbarui|diperbaharui|diupdate|update[ds]?|cap nhat|dikemaskini|modified)"
    r"\W{0,8}(?:lan cuoi|on|at|pada)?\W{0,3}$"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the markup of a page says; "" or None where it says nothing. `body` is the article's text as the markup
    carries it."""

    title: str
    published: datetime | None
    updated: datetime | None
    outlet: str
    section: str
    language: str | None
    url: str
    body: str
    standfirsts: tuple[str, ...]


def read(root: Element, *, url: str, default_offset: int | None = None) -> Facts:
    """The facts of a parsed page. `default_offset` is for times without zone; None: by the page's language
    (`zone_of`)."""
    meta = _meta(root)
    nodes = tuple(_linked_data(root))
    article = next((node for node in nodes if _is_article(node)), dict[str, Any]())
    language = short_language(
        root.get("lang") or _lang_attribute(root) or _text(article, "inLanguage") or meta.get("og:locale")
    )
    offset = zone_of(language) if default_offset is None else default_offset
    outlet = _outlet(meta, article, nodes)
    published, updated = _times(root, meta, article, offset)
    return Facts(
        title=_title(root, meta, article, outlet, url),
        published=published,
        updated=updated,
        outlet=outlet,
        section=_section(meta, article, nodes),
        language=language,
        url=_address(root, meta, url),
        body=_text(article, "articleBody"),
        standfirsts=tuple(
            markup.plain(text)
            for text in (
                meta.get("description"),
                meta.get("og:description"),
                meta.get("twitter:description"),
                _text(article, "description"),
            )
            if text
        ),
    )


def zone_of(language: str | None) -> int:
    """Minutes east of Greenwich where outlets of a language mostly sit; 0 where the language does not tell."""
    return {"id": 420, "jv": 420, "su": 420, "vi": 420, "ms": 480}.get(language or "", 0)


def _lang_attribute(root: Element) -> str:
    for name in ("{http://www.w3.org/XML/1998/namespace}lang", "xml:lang"):
        if root.get(name):
            return str(root.get(name))
    return next(
        (
            element.get("content") or ""
            for element in root.iter("meta")
            if (element.get("http-equiv") or "").lower() == "content-language"
        ),
        "",
    )


def _meta(root: Element) -> dict[str, str]:
    """The first non-empty value of every `meta` by name, property or itemprop, names in lower case."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        value = (element.get("content") or "").strip()
        if value:
            for key in ("property", "name", "itemprop"):
                name = (element.get(key) or "").strip().lower()
                if name:
                    found.setdefault(name, value[:4_000])
    return found


def _linked_data(root: Element) -> Iterator[dict[str, Any]]:
    """Every JSON-LD object with a type, outermost first, at most `MAX_LD_NODES`; broken JSON is passed over."""
    count = 0
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        text = (
            (script.text or "")
            .strip()
            .removeprefix("<!--")
            .removesuffix("-->")
            .removeprefix("//<![CDATA[")
            .removesuffix("//]]>")
        )
        if not text or len(text) > MAX_LD_BYTES:
            continue
        try:
            waiting: list[Any] = [json.loads(text.strip().rstrip(";"), strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting and count < MAX_LD_NODES:
            value = waiting.pop(0)
            count += 1
            if isinstance(value, dict):
                node = cast("dict[str, Any]", value)
                if "@type" in node:
                    yield node
                waiting += [
                    child
                    for name, child in node.items()
                    if name in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement")
                ]
            elif isinstance(value, list):
                waiting += cast("list[Any]", value)


def _types(node: dict[str, Any]) -> tuple[str, ...]:
    kind = node.get("@type")
    values = cast("list[Any]", kind) if isinstance(kind, list) else [kind]
    return tuple(value.lower() for value in values if isinstance(value, str))


def _is_article(node: dict[str, Any]) -> bool:
    return any(kind.rpartition("/")[2].endswith(_ARTICLE) for kind in _types(node))


def _text(node: dict[str, Any], name: str) -> str:
    """A JSON-LD value as text: a string, the first string of a list, or the name of an object."""
    value: Any = node.get(name)
    for _ in range(3):
        if isinstance(value, list):
            value = cast("list[Any]", value)[0] if value else ""
        if isinstance(value, dict):
            value = cast("dict[str, Any]", value).get("name", "")
    return value.encode("utf-8", "replace").decode().strip() if isinstance(value, str) else ""


def _outlet(meta: dict[str, str], article: dict[str, Any], nodes: Iterable[dict[str, Any]]) -> str:
    named = [meta.get("og:site_name", ""), _text(article, "publisher")]
    named += [_text(node, "name") for node in nodes if set(_types(node)) & {"newsmediaorganization", "website"}]
    named += [meta.get(name, "") for name in _OUTLET[1:]]
    return next((name for name in (markup.plain(value, limit=120) for value in named) if name), "")


def _section(meta: dict[str, str], article: dict[str, Any], nodes: Iterable[dict[str, Any]]) -> str:
    named = [_text(article, "articleSection"), *(meta.get(name, "") for name in _SECTION)]
    for node in nodes:
        if "breadcrumblist" in _types(node) and isinstance(node.get("itemListElement"), list):
            steps = [
                cast("dict[str, Any]", step)
                for step in cast("list[Any]", node["itemListElement"])
                if isinstance(step, dict)
            ]
            named += [_text(step, "name") or _text(step, "item") for step in steps[1:2]]
    return next((name for name in (markup.plain(value, limit=80) for value in named) if name and "://" not in name), "")


def _title(root: Element, meta: dict[str, str], article: dict[str, Any], outlet: str, url: str) -> str:
    """The headline as printed: an `h1` that the head of the page confirms, else the head's own words without the
    outlet's name."""
    page_title = next((text_of(element) for element in root.iter("title") if element.getparent() is not None), "")
    named = [
        markup.plain(meta.get("og:title", "")),
        markup.plain(_text(article, "headline")),
        markup.plain(meta.get("twitter:title", "")),
    ]
    heads = [text for text in (text_of(element) for element in root.iter("h1")) if 3 <= len(text) <= 400]
    for head in heads:
        if any(_same_words(head, said) for said in (*named, page_title) if said):
            return head
    told = next((said for said in named if said), "") or (
        heads[0] if len(heads) == 1 and not page_title else page_title
    )
    return without_outlet(told, outlet, url) or (heads[0] if heads else "")


def _same_words(head: str, said: str) -> bool:
    """Whether a printed headline is what the head of the page says, which may carry the outlet's name before or
    after."""
    first, second = _squashed(head), _squashed(said)
    return bool(first) and (
        first == second or (len(first) >= 12 and (second.startswith(first) or second.endswith(first)))
    )


def _squashed(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def without_outlet(title: str, outlet: str, url: str) -> str:
    """`Banjir di Kota - Halaman all - Outlet.com` → `Banjir di Kota`: parts at the end that name the outlet, its host
    or a page number."""
    site = _squashed(addresses.registered_host(url).partition(".")[0])
    host = _squashed(addresses.host_of(url))
    while True:
        marks = list(_SEPARATORS.finditer(title))
        if not marks:
            return title
        front, tail = title[: marks[-1].start()], title[marks[-1].end() :]
        last = _squashed(tail)
        name = _squashed(outlet)
        is_outlet = bool(last) and (
            last in (name, site, host)
            or (len(site) > 3 and last.startswith(site))
            or (name != "" and (name in last or last in name))
        )
        if not (is_outlet or re.fullmatch(r"(?:halaman|page|trang) ?(?:\d{1,3}|all)", tail.lower())) or len(front) < 8:
            return title
        title = front


def _times(
    root: Element, meta: dict[str, str], article: dict[str, Any], offset: int
) -> tuple[datetime | None, datetime | None]:
    published = _first(
        (_text(article, "datePublished"), _text(article, "dateCreated"), *(meta.get(name, "") for name in _PUBLISHED)),
        offset,
    )
    updated = _first((_text(article, "dateModified"), *(meta.get(name, "") for name in _UPDATED)), offset)
    if published is None:
        published = _first(_marked(root, "datepublished"), offset)
    if published is None:
        seen, seen_updated = _visible(root, offset)
        published, updated = seen, updated or seen_updated
    return published, updated if updated != published else None


def _first(texts: Iterable[str], offset: int) -> datetime | None:
    for text in texts:
        moment = dates.read(text, default_offset=offset) if text and len(text) < 200 else None
        if moment is not None:
            return moment
    return None


def _marked(root: Element, name: str) -> Iterator[str]:
    for element in root.iter("time", "span", "div", "abbr"):
        marked = (element.get("itemprop") or "").lower()
        if marked == name or (element.tag == "time" and "pubdate" in element.attrib):
            yield element.get("datetime") or element.get("content") or element.get("title") or text_of(element)


def _visible(root: Element, offset: int) -> tuple[datetime | None, datetime | None]:
    """Published and updated from the short lines around the headline: at most 40 elements before it and 120 after."""
    lines = list(_head_lines(root))
    published = updated = None
    for line in lines:
        folded = dates.fold(line)
        for found in dates.find(line, default_offset=offset):
            before = _labelled(folded[: found.start])
            if _UPDATE_LABEL.search(before):
                updated = updated or found.at
            else:
                published = published or found.at
        if published is not None:
            break
    # "Diperbarui 18 Jun 2025" alone: the only time the page tells; the article is at least that old
    return (published, updated) if published is not None else (updated, updated)


def _labelled(before: str) -> str:
    """The words before a date without its weekday, so that the label stands at the end."""
    return re.sub(r"(?:[a-z']+ ?[a-z]*,? ?)$", "", before) if not _UPDATE_LABEL.search(before) else before


def _head_lines(root: Element) -> Iterator[str]:
    elements = [element for element in root.iter() if local_name(element)]
    heads = [place for place, element in enumerate(elements) if element.tag == "h1"]
    place = heads[0] if heads else 0
    around = elements[place : place + 160] + list(reversed(elements[max(0, place - 40) : place]))
    likely = [
        element
        for element in around
        if element.tag == "time" or _DATE_CLASS.search(f"{element.get('class')} {element.get('id')}")
    ]
    for element in (*likely, *around):
        if element.tag == "time" and element.get("datetime"):
            yield element.get("datetime") or ""
        text = " ".join(element.itertext()) if len(element) <= 12 else (element.text or "")
        if 6 <= len(text.strip()) <= 160 and any(character.isdigit() for character in text):
            yield text


def _address(root: Element, meta: dict[str, str], url: str) -> str:
    """The address the page gives itself if it is on the same registered host and leads somewhere, else where it came
    from."""
    own = addresses.canonical(url)
    declared = [
        element.get("href") or ""
        for element in root.iter("link")
        if "canonical" in (element.get("rel") or "").lower().split()
    ]
    for candidate in (*declared[:1], meta.get("og:url", "")):
        said = addresses.canonical(candidate, base=url) if candidate else ""
        if said and addresses.registered_host(said) == addresses.registered_host(own or said):
            if urlsplit(said).path == "/" and own and urlsplit(own).path != "/":
                continue
            return said
    return own or url
