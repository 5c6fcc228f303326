"""Outlets that our articles name and nobody listens to yet: proposals for new sources ("also covered by …").

Observed. A report says where it took its words from: a link to the other outlet in the text, a credit in Indonesian (`dikutip dari
Kompas.com`, `melansir detikcom`, `sumber: antaranews.com`) or Vietnamese (`theo VnExpress`, `Nguồn: tuoitre.vn`), or the address of the
article itself, where it came through a list of addresses. Method: hosts of such links and of names that are spelled like a host, under
which an owner registers names; a host that is a source already, a network of people or a service (search, shortener, file store) is no
proposal. Only what stands after a word of credit counts among names without an address; a name alone is not turned into a host.

Known failures: an outlet that is only named (`kata Harian Kita`) is not found; a link in an advertisement counts like any other. So a
proposal needs to be seen in several articles of several outlets before it says much; the count is given, and a person decides.
Persons are never proposed: neither profiles nor channels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kentongan.engine import addresses
from kentongan.engine.records import Article

MAX_TEXT = 200_000
_LINK = re.compile(r"https?://[^\s<>\"'()\[\]{}⟦⟧]{4,400}", re.IGNORECASE)
_CREDIT = re.compile(
    r"\b(?:dikutip|dilansir|disadur|mengutip|melansir|menukil|sumber|laporan|theo|nguồn|dẫn|source|quoting|according to)\b"
    r"(?:\s+(?:dari|laman|situs|media|oleh|kembali|báo|trang|tờ|lại|từ|nguồn|from|the)\b)*\s*:?\s*((?:[a-z0-9-]{1,60}\.){1,4}[a-z]{2,10})\b",
    re.IGNORECASE,
)
_ENDINGS = frozenset(
    ("com", "id", "vn", "net", "org", "co", "news", "info", "asia", "my", "sg", "au", "uk", "press", "tv", "online", "media")
)
"""Endings a credited host may have: a sentence without a space after its full stop looks like a host too."""
_NO_OUTLETS = frozenset(
    ("facebook.com", "fb.com", "fb.watch", "x.com", "twitter.com", "t.co", "instagram.com", "tiktok.com", "threads.net", "threads.com",
     "youtube.com", "youtu.be", "t.me", "telegram.me", "telegram.org", "whatsapp.com", "wa.me", "zalo.me", "zaloapp.com", "linkedin.com",
     "reddit.com", "bsky.app", "pinterest.com", "google.com", "goo.gl", "google.co.id", "google.com.vn", "bing.com", "bit.ly", "s.id",
     "tinyurl.com", "linktr.ee", "wikipedia.org", "wikimedia.org", "archive.org", "apple.com", "microsoft.com", "amazonaws.com",
     "cloudfront.net", "googleusercontent.com", "gstatic.com", "blogspot.com", "wordpress.com", "substack.com", "medium.com",
     "github.io", "netlify.app", "pages.dev", "web.app", "doubleclick.net",
     "w3.org", "schema.org", "feedburner.com")
)  # fmt: skip
"""Networks and blogs of people, search, shorteners and stores: no outlets."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A host that may be an outlet worth listening to: named by `articles` of `outlets` distinct outlets, first by `example`."""

    host: str
    articles: int
    outlets: int
    example: str
    address: str
    """An address there that was linked to; "" where only its name stood."""


def propose(
    articles: Iterable[Article], known: Iterable[str], *, least_articles: int = 2, limit: int = 50, links: Iterable[tuple[str, str]] = ()
) -> tuple[Proposal, ...]:
    """The hosts named in `articles` that are not among `known` (addresses of sources and their sites), the most often named first.

    `links` are further (article address, link) pairs, for links that the text does not show. Each article counts once for a host. Hosts
    named in fewer than `least_articles` articles are left out.
    """
    listened = {addresses.registered_host(address) for address in known}
    found: dict[str, _Named] = {}
    by_url: dict[str, Article] = {}
    for article in articles:
        by_url[article.url] = article
        own = addresses.registered_host(article.url)
        if own and _may_be(own, listened):
            _name(found, own, article, article.url)
        for host, address in _hosts(article.text[:MAX_TEXT]).items():
            if host != own and _may_be(host, listened):
                _name(found, host, article, address)
    for url, link in links:
        article, host = by_url.get(url), addresses.registered_host(link)
        if article is not None and host and host != addresses.registered_host(url) and _may_be(host, listened):
            _name(found, host, article, addresses.canonical(link))
    chosen = [
        Proposal(host, len(named.articles), len(named.outlets), named.example, named.address)
        for host, named in found.items()
        if len(named.articles) >= least_articles
    ]
    return tuple(sorted(chosen, key=lambda one: (-one.outlets, -one.articles, one.host))[:limit])


@dataclass(slots=True)
class _Named:
    articles: set[str]
    outlets: set[str]
    example: str
    address: str


def _name(found: dict[str, _Named], host: str, article: Article, address: str) -> None:
    named = found.setdefault(host, _Named(set(), set(), article.url, address))
    named.articles.add(article.id)
    named.outlets.add(article.outlet)
    named.address = named.address or address


def _may_be(host: str, listened: set[str]) -> bool:
    labels = host.split(".")
    parents = {".".join(labels[n:]) for n in range(len(labels) - 1)}
    return len(labels) > 1 and host not in listened and not parents & _NO_OUTLETS and not host.replace(".", "").isdigit()


def _hosts(text: str) -> dict[str, str]:
    """Registered hosts a text links to or credits, each with an address there or ""."""
    found: dict[str, str] = {}
    for match in _LINK.finditer(text):
        address = addresses.canonical(match[0].rstrip(".,;:!?"))
        host = addresses.registered_host(address)
        if host and not found.get(host):
            found[host] = address
    for match in _CREDIT.finditer(text):
        name = match[1].lower().rstrip(".")
        host = addresses.registered_host(f"https://{name}/")
        if host and name.rpartition(".")[2] in _ENDINGS:
            found.setdefault(host, "")
    return found
