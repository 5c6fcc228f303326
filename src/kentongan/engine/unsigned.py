"""The address of a public post, without who wrote it.

Observed. The usual address of a post names its author: `https://host/@name/123`, `x.com/name/status/1`, `name.blogspot.com/…`,
`?author=name`. Stored beside every post it is an author column in all but name: one query by the beginning of the address holds a person's
posts together (docs/decisions/0006). The readers of Mastodon and Bluesky give no such address; a feed, a push and a file give any.

Method. An address stays where nothing in it can be an author. Its host is the source's own, which somebody chose and which is stored beside
the post anyway, or names a site and not a part of it. Every part of its path is a word of how sites are built, a number, a headline of at
least four words, the post's own name after a word that says so (`/t/…`, `/notice/…`), or stands in the source's own address; every
parameter is a number. Where a service has another address of the same post
without the author (`_FORMS`), it is that. All else becomes the front door of the host with a hash of the address, which tells two posts
apart and says nothing else.

Why not a list of what names a person. Every service builds its addresses otherwise, and what the list lacks would be stored beside every
post. A link that leads only to the site is the lesser loss: the words of the post are there to look for.

Known failures. A number may be an account's number. A headline may have a name in it. Who registers a host of their own (`name.example`)
is named by it. A hash of a public address is found again by whoever has all public posts anyway; it joins no two posts of one person.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import SplitResult, urlsplit

from kentongan.engine import addresses

HASH_DIGITS = 24


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SITES = _words("www m mobile old new id en vi forum forums community komunitas diskusi news berita social sosial mastodon")
"""Labels before the registered name that name a part of a site."""
_WORDS = _words(
    """
    web i t p r s c id en vi index statuses status notice notes objects post posts topic topics thread threads forum forums showthread
    viewtopic viewforum questions question comments comment permalink watch shorts reel reels video videos photo photos embed story
    stories tag tags hashtag search archive archives blog news article articles artikel berita read baca detail laporan lapor aduan
    pengaduan keluhan pertanyaan warga kota daerah nasional opini surat-pembaca forum-warga diskusi komunitas topik utas tin-tuc bai-viet
    cau-hoi hoi-dap chu-de dien-dan phan-anh y-kien ban-doc khu-pho thao-luan page amp ref-id
    """
)
"""Words of how sites are built, in paths."""
_LEADS = _words(
    """
    t topic topics thread threads topik utas chu-de question questions statuses status notice notes objects p reel shorts tag tags hashtag
    """
)
"""After these words comes the name of the post or of its topic."""
_NUMBERS = re.compile(r"\d+(?:[._-]\d+)*")
_MADE = re.compile(r"[0-9a-f]{16,}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_HEADLINE = re.compile(r"(?:[0-9a-z]|%[0-9a-f]{2})+(?:[-_](?:[0-9a-z]|%[0-9a-f]{2})+){3,}", re.IGNORECASE)
_ENDING = re.compile(r"\.(?:html?|php|aspx?|jsp|amp)$", re.IGNORECASE)

_PERSONS = re.compile(
    r"^/(?:web/|accounts?/)?(?:[@~]|(?:users?|profiles?|profil|u|author|penulis|tac-gia|people|members?|anggota|akun)/[^/])", re.IGNORECASE
)
_SIGNED = re.compile(r"(?:^|&)(?:author|user|username|uid|u|profile|account|member|by)=[^&]", re.IGNORECASE)
_TOLD = re.compile(rf"post=[0-9a-f]{{{HASH_DIGITS}}}")
"""What tells two posts apart whose address is not kept."""
_VIDEO = re.compile(r"v=[\w-]{11}")
_NETWORKS = _words(
    """
    x.com twitter.com facebook.com fb.com instagram.com tiktok.com threads.net threads.com linkedin.com bsky.app
    pinterest.com quora.com reddit.com kaskus.co.id zalo.me vk.com
    """
)
"""Where everybody writes under a name of their own, and a headline begins with it."""
_NAMELESS = re.compile(r"/(?:i/status/\d+|(?:p|reel)/[\w-]+/?|t/[\w-]+|comments/\w+)")
"""All that may stay of an address there."""
_BLOGS = ("blogspot.com", "wordpress.com", "substack.com", "medium.com", "tumblr.com", "github.io", "livejournal.com", "blog.com")
"""Where the label before the name is a person's."""
_X = frozenset({"x.com", "twitter.com"})
_FORMS = (
    (None, re.compile(r"^/(?:web/)?@[^/]+/(\d+)/?$"), "/statuses/{}"),
    (None, re.compile(r"^/users/[^/]+/statuses/(\d+)(?:/activity)?/?$"), "/statuses/{}"),
    (_X, re.compile(r"^/[^/]+/status(?:es)?/(\d+)(?:/.*)?$"), "/i/status/{}"),
    (frozenset({"instagram.com"}), re.compile(r"^/[^/]+/((?:p|reel)/[\w-]+)/?$"), "/{}/"),
    (frozenset({"threads.net", "threads.com"}), re.compile(r"^/@[^/]+/post/([\w-]+)/?$"), "/t/{}"),
    (frozenset({"reddit.com"}), re.compile(r"^/(?:r|user|u)/[^/]+/comments/(\w+)(?:/.*)?$"), "/comments/{}"),
)
"""The same post without its author: the registered name of the host (None: any), the path, and what it becomes."""


def of_post(url: str, source: str = "") -> str:
    """The address under which a public post may be stored. `url` is canonical, else it is left as it is; `source` is the
    address of what it was read from."""
    if not addresses.host_of(url):
        return url
    parts, own = urlsplit(url), urlsplit(addresses.canonical(source))
    other = _other_form(parts)
    if other or _is_told(parts):
        return other or url
    if _network(parts):
        neutral = bool(_NAMELESS.fullmatch(parts.path)) and not parts.query
    else:
        neutral = _is_neutral_host(parts, own) and _is_neutral_path(parts, own)
    return url if neutral else _front_door(url, parts, own)


def of_claim(url: str) -> str:
    """The address of something a fact-checker looked at: as it is, but without the author where it is a person's post."""
    return of_post(url) if is_persons(url) or _other_form(urlsplit(url)) else url


def is_persons(url: str) -> bool:
    """Whether an address is, or lies below, what one person writes: an account, a profile, a page of an author."""
    if not addresses.host_of(url):
        return False
    parts = urlsplit(url)
    if _PERSONS.search(parts.path) or _SIGNED.search(parts.query):
        return True
    first = parts.path.strip("/").partition("/")[0].lower()
    return _network(parts) and bool(first) and first not in _WORDS and not _ENDING.search(first)


def _other_form(parts: SplitResult) -> str:
    name = addresses.registered_host(f"https://{parts.netloc}/")
    for hosts, path, form in _FORMS:
        match = path.match(parts.path) if name in (hosts or {name} - _NETWORKS) else None
        if match:
            return f"{parts.scheme}://{parts.netloc}{form.format(match[1])}"
    return ""


def _is_told(parts: SplitResult) -> bool:
    """Whether it is an address as it leaves this module or the reader of Bluesky, or that of a video."""
    name, last = addresses.registered_host(f"https://{parts.netloc}/"), parts.query.rpartition("&")[2]
    if name == "youtube.com" and parts.path == "/watch":
        return bool(_VIDEO.fullmatch(parts.query))
    door = parts.path == "/" and last == parts.query
    return (door or (name == "bsky.app" and parts.path == "/search")) and bool(_TOLD.fullmatch(last))


def _network(parts: SplitResult) -> bool:
    return addresses.registered_host(f"https://{parts.netloc}/") in _NETWORKS


def _is_neutral_host(parts: SplitResult, own: SplitResult) -> bool:
    if parts.netloc == own.netloc:
        return True
    host = (parts.hostname or "").lower()
    if any(host.endswith(f".{blog}") for blog in _BLOGS):
        return host.split(".")[0] in _SITES
    rest = host.removesuffix(addresses.registered_host(f"https://{parts.netloc}/")).strip(".")
    return all(label in _SITES for label in rest.split(".") if label)


def _is_neutral_path(parts: SplitResult, own: SplitResult) -> bool:
    if _PERSONS.search(parts.path) or _SIGNED.search(parts.query):
        return False
    known = {one.lower() for one in own.path.split("/")} if parts.netloc == own.netloc else set[str]()
    segments = [_ENDING.sub("", one).lower() for one in parts.path.split("/") if one]
    told = [pair.partition("=")[2] for pair in parts.query.split("&") if pair] if parts.query != own.query else []
    after = ["", *segments]
    neutral = (_is_neutral(one) or one in known or before in _LEADS for before, one in zip(after, segments, strict=False))
    return all(neutral) and all(_NUMBERS.fullmatch(one) for one in told)


def _is_neutral(segment: str) -> bool:
    return bool(segment in _WORDS or _NUMBERS.fullmatch(segment) or _MADE.fullmatch(segment) or _HEADLINE.fullmatch(segment))


def _front_door(url: str, parts: SplitResult, own: SplitResult) -> str:
    """The first page of the site, with what tells this post from others."""
    host = parts.netloc
    if host != own.netloc:
        name = (parts.hostname or "").lower()
        host = next((blog for blog in _BLOGS if name.endswith(f".{blog}")), addresses.registered_host(f"https://{host}/"))
        host = f"[{host}]" if ":" in host else host
    digest = hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:HASH_DIGITS]
    return f"{parts.scheme}://{host}/?post={digest}"
