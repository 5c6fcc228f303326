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

from kentongan.engine import addresses, markup, page_times
from kentongan.engine.feed_items import short_language
from kentongan.engine.trees import Element, text_of

MAX_LD_BYTES = 1_000_000
MAX_LD_NODES = 2_000

_ARTICLE = ("article", "blogposting", "posting", "report", "liveblogposting")
_SECTION = (
    "article:section",
    "section",
    "parsely-section",
    "cxenseparse:recs:category",
    "dtk:namakanal",
    "content_category",
    "category",
)
_HOME = frozenset(("home", "beranda", "depan", "halaman depan", "trang chủ", "utama", "laman utama"))
_OUTLET = ("og:site_name", "application-name", "dc.publisher")
_SEPARATORS = re.compile(r"\s+(?:[|\u2013\u2014\u00b7\u2022\u00bb\u00ab]|-|::|//)\s+")


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
    bylines: tuple[str, ...]


def read(root: Element, *, url: str, default_offset: int | None = None) -> Facts:
    """The facts of a parsed page. `default_offset` is for times without zone; None: by the page's language
    (`zone_of`)."""
    meta = _meta(root)
    nodes = tuple(_linked_data(root))
    dated = next((node for node in nodes if "datePublished" in node), dict[str, Any]())
    article = next((node for node in nodes if _is_article(node)), dated)
    language = short_language(root.get("lang") or _lang_attribute(root) or _text(article, "inLanguage") or meta.get("og:locale"))
    offset = zone_of(language) if default_offset is None else default_offset
    outlet = _outlet(meta, article, nodes)
    published, updated = page_times.read(
        root, meta, published=_text(article, "datePublished") or _text(article, "dateCreated"), updated=_text(article, "dateModified"),
        offset=offset,
    )  # fmt: skip
    return Facts(
        title=_title(root, meta, article, outlet, url),
        published=published,
        updated=updated,
        outlet=outlet,
        section=_section(root, meta, article, nodes),
        language=language,
        url=_address(root, meta, url),
        body=_text(article, "articleBody"),
        bylines=_bylines(meta, article),
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
        (element.get("content") or "" for element in root.iter("meta") if (element.get("http-equiv") or "").lower() == "content-language"),
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
        text = (script.text or "").strip().removeprefix("<!--").removesuffix("-->").removeprefix("//<![CDATA[").removesuffix("//]]>")
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
                    child for name, child in node.items() if name in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement")
                ]
            elif isinstance(value, list):
                waiting += cast("list[Any]", value)


def _types(node: dict[str, Any]) -> tuple[str, ...]:
    kind = node.get("@type")
    values = cast("list[Any]", kind) if isinstance(kind, list) else [kind]
    return tuple(value.lower() for value in values if isinstance(value, str))


def _bylines(meta: dict[str, str], article: dict[str, Any]) -> tuple[str, ...]:
    """Names of the writers: read only so that lines which are a name can be left out of the text; they go no
    further."""
    said: Any = article.get("author")
    authors = cast("list[Any]", said) if isinstance(said, list) else [said]
    named = [_text({"author": author}, "author") for author in authors[:20]] + [meta.get("author", ""), meta.get("article:author", "")]
    return tuple(name for name in named if 3 <= len(name) <= 60 and "://" not in name)


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


def _section(root: Element, meta: dict[str, str], article: dict[str, Any], nodes: Iterable[dict[str, Any]]) -> str:
    named = [_text(article, "articleSection"), *(meta.get(name, "") for name in _SECTION)]
    for node in nodes:
        if "breadcrumblist" in _types(node) and isinstance(node.get("itemListElement"), list):
            steps = [cast("dict[str, Any]", step) for step in cast("list[Any]", node["itemListElement"]) if isinstance(step, dict)]
            named += [_text(step, "name") or _text(step, "item") for step in steps[1:2]]
    named += _breadcrumbs(root)
    return next((name for name in (markup.plain(value, limit=80) for value in named) if name and "://" not in name), "")


def _breadcrumbs(root: Element) -> list[str]:
    """The words of the first visible breadcrumb trail, without the home page and what is too long for a section."""
    for element in root.iter("ul", "ol", "nav", "div"):
        if "breadcrumb" in f"{element.get('class')} {element.get('id')} {element.get('aria-label')}".lower():
            steps = [text_of(anchor) for anchor in element.iter("a")]
            return [step for step in steps if 2 <= len(step) <= 30 and step.lower() not in _HOME]
    return []


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
    printed = heads[0] if len(heads) == 1 and len(heads[0]) >= 12 else ""
    told = next((said for said in named if said), "") or printed or page_title
    return without_outlet(told, outlet, url) or (heads[0] if heads else "")


def _same_words(head: str, said: str) -> bool:
    """Whether a printed headline is what the head of the page says, which may carry the outlet's name before or
    after."""
    first, second = _squashed(head), _squashed(said)
    return bool(first) and (first == second or (len(first) >= 12 and (second.startswith(first) or second.endswith(first))))


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
            last in (name, site, host) or (len(site) > 3 and last.startswith(site)) or (name != "" and (name in last or last in name))
        )
        if not (is_outlet or re.fullmatch(r"(?:halaman|page|trang) ?(?:\d{1,3}|all)", tail.lower())) or len(front) < 8:
            return title
        title = front


def _address(root: Element, meta: dict[str, str], url: str) -> str:
    """The address the page gives itself if it is on the same registered host and leads somewhere, else where it came
    from."""
    own = addresses.canonical(url)
    declared = [element.get("href") or "" for element in root.iter("link") if "canonical" in (element.get("rel") or "").lower().split()]
    for candidate in (*declared[:1], meta.get("og:url", "")):
        said = addresses.canonical(candidate, base=url) if candidate else ""
        if said and addresses.registered_host(said) == addresses.registered_host(own or said):
            if urlsplit(said).path == "/" and own and urlsplit(own).path != "/":
                continue
            return said
    return own or url
