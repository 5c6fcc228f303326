"""Bluesky: public posts that have the words or the hashtag, by `app.bsky.feed.searchPosts`.

Without credentials the public AppView is asked, which answers this search only at times (403 else) and never beyond its first page. With
the handle and an app password of the office's own account, `createSession` gives a token that lives for this one visit and is kept
nowhere. Never read: a person. A query that names a handle or a `did:`, or says `from:` or `mentions:`, is refused before anything is
asked. Posts of accounts with the label `!no-unauthenticated`, who ask not to be shown to everybody, are left out.

The search lists the newest first, by the earlier of the time the writer claims and the time the post arrived, so posts may come late.
The cursor is therefore a time and the keys of the posts read after it (at most `KEPT`, over at most `OVERLAP`): the next visit asks from
that time on and skips what it knows.

A post's own address names its author, by handle or by `did:`. Neither is kept: the id is a hash, the link leads to the search of that
day; see docs/decisions/0006.
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from kentongan.adapters.posts import JSON, Answers, field, heard, keeps_secrets, key_of, language_of, refused, rows, text
from kentongan.engine import dates, markup
from kentongan.engine.feed_items import raw_item
from kentongan.engine.reasons import remark
from kentongan.engine.records import RawItem
from kentongan.ports import Fetcher, FetchRequest, ReadRequest, SourceReading

APPVIEW = "https://public.api.bsky.app"
HOME = "https://bsky.social"
PAGE = 100
PAGES = 10
KEPT = 120
KEY = 12
OVERLAP = timedelta(minutes=15)
LONGEST_QUERY = 300
_OPERATOR = re.compile(r"(?<!\w)(?:from|mentions?|to|author|did|at)\s*:", re.IGNORECASE)
_HANDLE = re.compile(r"(?<!\S)@?[\w-]+(?:\.[\w-]+)+(?!\S)|(?<!\S)@\S+|bsky\.app/profile/", re.IGNORECASE)


def query(address: str) -> str:
    """The words an address asks for; raises nothing, see `refusal` for what may not be asked."""
    words = markup.squeezed(unicodedata.normalize("NFKC", address))
    if "://" not in words:
        return words
    parts = urlsplit(words)
    if (parts.hostname or "").removeprefix("www.") != "bsky.app":
        return ""
    if parts.path.startswith("/hashtag/"):
        return "#" + unquote(parts.path.removeprefix("/hashtag/").strip("/"))
    return markup.squeezed((parse_qs(parts.query).get("q") or [""])[0]) if parts.path.rstrip("/") == "/search" else ""


def refusal(address: str) -> str:
    """Why an address is not read; "" for one that is."""
    asked = query(address)
    words = unicodedata.normalize("NFKC", asked or markup.squeezed(address))
    bare = words.replace('"', " ").replace("'", " ").replace("(", " ").replace(")", " ")
    if _OPERATOR.search(bare) or _HANDLE.search(bare) or "/profile/" in bare:
        return remark("post.person")
    return "" if asked.strip("#") and len(asked) <= LONGEST_QUERY else remark("post.bluesky_address")


class BlueskyReader:
    """`kentongan.ports.SourceReader` for a search. Credentials, all or none: `identifier`, `app_password`; `server` where the office's
    account lives elsewhere than on bsky.social."""

    def __init__(self, appview: str = APPVIEW, home: str = HOME) -> None:
        self._appview = appview
        self._home = home

    def read(self, request: ReadRequest, fetcher: Fetcher) -> SourceReading:
        """The posts since the cursor, newest pages first, at most `PAGES`."""
        why = refusal(request.address)
        if why:
            return refused(request, why)
        answers = Answers()
        server, token = self._appview, ""
        if request.credentials.get("app_password"):
            server = (request.credentials.get("server", "").strip() or self._home).rstrip("/")
            if keeps_secrets(server):
                token = _token(answers, server, request, fetcher)
                if not token:
                    return answers.given((), (), request, request.cursor)
                answers = Answers()
        return _search(answers, server, token, request, fetcher)


def _token(answers: Answers, server: str, request: ReadRequest, fetcher: Fetcher) -> str:
    asked = {"identifier": request.credentials.get("identifier", "").strip(), "password": request.credentials["app_password"].strip()}
    address = f"{server}/xrpc/com.atproto.server.createSession"
    said = answers.value_of(fetcher.fetch(FetchRequest(address, accept=JSON, body=json.dumps(asked).encode())))
    token = text(said, "accessJwt")
    if said is not None and not token:
        answers.unfit(remark("post.no_token"))
    return token


def _search(answers: Answers, server: str, token: str, request: ReadRequest, fetcher: Fetcher) -> SourceReading:
    words = query(request.address)
    known = _Known(request.cursor)
    items: list[RawItem | None] = []
    problems: list[str] = []
    hidden, page, beyond = 0, "", False
    for _ in range(PAGES):
        asked = {"q": words, "sort": "latest", "limit": str(PAGE), **known.asked(), **({"cursor": page} if page else {})}
        address = f"{server}/xrpc/app.bsky.feed.searchPosts?{urlencode(asked)}"
        said = answers.value_of(fetcher.fetch(FetchRequest(address, accept=JSON, authorization=f"Bearer {token}" if token else "")))
        if said is not None and not isinstance(field(said, "posts"), list):
            answers.unfit(remark("post.no_list"))
        posts = rows(field(said, "posts"))
        fresh = [post for post in posts if known.is_new(text(post, "uri"), _stamp(post))]
        for post in fresh:
            if _is_for_everybody(post):
                items.append(_item(post, words, request))
            else:
                hidden += 1
        before, page = page, text(said, "cursor")
        known.listed_all = said is not None and not page
        beyond = bool(page) and page != before and bool(fresh) and len(items) < request.limit
        if not beyond:
            break
    problems += [remark("post.missed")] * (bool(request.cursor) and (beyond or len(items) > request.limit))
    problems += [remark("post.not_public", n=hidden)] * bool(hidden)
    # newest first: what a broken visit did not reach lies before what it read, so the next one begins where this one did
    return answers.given(items, problems, request, request.cursor if answers.broken else known.cursor())


class _Known:
    """What earlier visits read: a floor in time, and the keys of the posts read after it."""

    def __init__(self, cursor: str) -> None:
        floor, *keys = cursor.split(" ") if cursor else [""]
        self._floor = dates.read(floor, default_offset=0) if floor else None
        self._keys = dict.fromkeys(keys if self._floor else ())
        self._cursor = cursor if self._floor else ""
        self._met: dict[str, datetime] = {}
        self.listed_all = False
        """Whether the search listed all there is after the floor; else what it did not come to lies before what it listed."""

    def asked(self) -> dict[str, str]:
        """The parameter that leaves out what is older than the floor."""
        return {"since": _written(self._floor)} if self._floor else {}

    def is_new(self, uri: str, stamp: datetime | None) -> bool:
        """Whether a post was not read before; remembers it. A post without id or time is never new."""
        if not uri or stamp is None or (self._floor is not None and stamp <= self._floor):
            return False
        key = key_of(uri)[:KEY]
        again = key in self._keys or key in self._met
        self._met[key] = stamp
        return not again

    def cursor(self) -> str:
        """What the next visit needs to know."""
        if not self._met:
            return self._cursor
        late = sorted(self._met.items(), key=lambda one: (one[1], one[0]))
        floor = max(late[-1][1] - OVERLAP, self._floor or datetime.min.replace(tzinfo=UTC))
        if len(late) > KEPT:
            floor = max(floor, late[-KEPT - 1][1])
        older = [] if self.listed_all else [key for key in self._keys if key not in self._met]
        if len(older) + len(late) > KEPT:
            older, floor = [], max(floor, late[0][1])
        kept = [key for key, stamp in late[-KEPT:] if stamp > floor]
        return " ".join((_written(floor), *older, *kept))


def _written(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _stamp(post: object) -> datetime | None:
    """The time the search sorts by: when the post was written or when it arrived, whichever is earlier; to the millisecond."""
    times = (dates.read(text(post, *names), default_offset=0) for names in (("record", "createdAt"), ("indexedAt",)))
    known = [time for time in times if time is not None]
    return min(known).replace(microsecond=min(known).microsecond // 1000 * 1000) if known else None


def _is_for_everybody(post: object) -> bool:
    labels = [*rows(field(post, "labels")), *rows(field(field(post, "author"), "labels"))]
    return not any(text(label, "val") in ("!no-unauthenticated", "!hide", "!takedown") for label in labels)


def _item(post: object, words: str, request: ReadRequest) -> RawItem | None:
    stamp = _stamp(post)
    languages = rows(field(field(post, "record"), "langs"))
    key = key_of(text(post, "uri"))
    item = raw_item(
        base="https://bsky.app/",
        entry_id=f"bsky:{key}",
        link=_link(words, stamp, key),
        summary=text(post, "record", "text"),
        published=dates.read(text(post, "record", "createdAt"), default_offset=0) or stamp,
        language=language_of(languages[0]) if languages else None,
    )
    return heard(item, request.voice, text(post, "author", "did") or text(post, "author", "handle"))


def _link(words: str, stamp: datetime | None, key: str) -> str:
    """The search of the day the post is of. `post` tells two posts apart; bsky.app does not look at it."""
    day = f" since:{stamp:%Y-%m-%d} until:{stamp + timedelta(days=1):%Y-%m-%d}" if stamp else ""
    return f"https://bsky.app/search?q={quote(words + day, safe='')}&post={key}"
