"""Mastodon: the public timeline of a hashtag, or the public local timeline of a server.

Read through the public API (docs.joinmastodon.org/methods/timelines), with a token only where a server asks for one. Never read: the
timeline of a person. An address that names one is refused here, before anything is asked.

What a person said is not public for a machine, is left out: posts that are not `public`, boosts of what is marked sensitive, and posts of
accounts that set `noindex`. Of the account only a keyed hash is given on.

The cursor is the highest id read. Coming back, `min_id` asks for the posts right after it, oldest pages first, so a visit that stops at
its limit loses nothing: the next one goes on. Known gap: a post that reaches a server late gets an id of its own time and may lie below
the cursor; it is not read.

The link of a post is `https://host/statuses/<id>`, which the server's own pages open and which does not name the author; see
docs/decisions/0006.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode, urlsplit

from kentongan.adapters.posts import JSON, Answers, field, heard, keeps_secrets, language_of, refused, text, without_mentions
from kentongan.engine import addresses, dates, markup
from kentongan.engine.feed_items import raw_item
from kentongan.engine.reasons import remark
from kentongan.engine.records import RawItem
from kentongan.ports import Fetcher, FetchRequest, ReadRequest, SourceReading

PAGE = 40
PAGES = 10
"""Pages a visit: 400 posts."""
FIRST_PAGES = 3
"""Pages of the first visit, from the newest back."""

_ID = re.compile(r"[0-9A-Za-z]{1,40}")
_TAG = re.compile(r"[^\W_][\w·]{0,99}|_[\w·]{1,99}")
_SHORT = re.compile(r"#(?P<tag>[^@\s]+)@(?P<host>[^@\s/]+)")
_PERSON = re.compile(r"^/(?:web/)?(?:@|users/|accounts/|u/)|^@?[\w.-]+@[\w.-]+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Timeline:
    """A public timeline: the server (`https://host`) and the hashtag, "" for the local timeline."""

    server: str
    tag: str

    def page(self, **parameters: str) -> str:
        """The address of one page of it."""
        asked = urlencode({"limit": PAGE, **({} if self.tag else {"local": "true"}), **parameters})
        place = f"tag/{quote(self.tag, safe='')}" if self.tag else "public"
        return f"{self.server}/api/v1/timelines/{place}?{asked}"


def timeline(address: str) -> Timeline | str:
    """The timeline an address names, or the reason why it is not read."""
    address = markup.squeezed(address)
    short = _SHORT.fullmatch(address)
    if short:
        return _timeline(f"https://{short['host']}", short["tag"])
    parts = urlsplit(address) if "://" in address else None
    if _PERSON.search(unquote(parts.path) if parts else address):
        return remark("post.person")
    if parts is None or not addresses.host_of(address) or parts.username is not None:
        return remark("post.mastodon_address")
    server, path = f"{parts.scheme}://{parts.netloc}", unquote(parts.path).rstrip("/")
    if path in ("/public/local", "/web/public/local"):
        return Timeline(server, "")
    kind, _, tag = path.removeprefix("/web").removeprefix("/").partition("/")
    return _timeline(server, tag) if kind == "tags" else remark("post.mastodon_address")


def _timeline(server: str, tag: str) -> Timeline | str:
    known = _TAG.fullmatch(tag) and addresses.host_of(server)
    return Timeline(server, tag) if known else remark("post.mastodon_address")


def refusal(address: str) -> str:
    """Why an address is not read; "" for one that is."""
    found = timeline(address)
    return found if isinstance(found, str) else ""


class MastodonReader:
    """`kentongan.ports.SourceReader` for one public timeline. Credentials: `token`, where a server wants one."""

    def read(self, request: ReadRequest, fetcher: Fetcher) -> SourceReading:
        """The posts since the cursor, at most `PAGES` pages; the first visit takes the newest `FIRST_PAGES`."""
        place = timeline(request.address)
        if isinstance(place, str):
            return refused(request, place)
        since = request.cursor if _ID.fullmatch(request.cursor) else ""
        visit = _Visit(place, request)
        if since:
            highest = _forward(visit, fetcher, since, request.limit)
        else:
            highest = _newest(visit, fetcher, request.limit)
        return visit.given(highest or request.cursor)


def _forward(visit: _Visit, fetcher: Fetcher, since: str, limit: int) -> str:
    """Read on from an id, oldest first; gives the highest id read."""
    left = limit
    for _ in range(PAGES):
        posts = visit.page(fetcher, min_id=since)
        fresh = sorted((post for post in posts if _order(post[0]) > _order(since)), key=lambda post: _order(post[0]))[:left]
        left -= visit.take(fresh)
        since = fresh[-1][0] if fresh else since
        if len(posts) < PAGE or not fresh:
            return since
    visit.problems.append(remark("post.more"))
    return since


def _newest(visit: _Visit, fetcher: Fetcher, limit: int) -> str:
    """Read back from the newest; gives the highest id read."""
    left, lowest, highest = limit, "", ""
    for _ in range(FIRST_PAGES):
        posts = visit.page(fetcher, **({"max_id": lowest} if lowest else {}))
        fresh = sorted((post for post in posts if not lowest or _order(post[0]) < _order(lowest)), key=lambda post: _order(post[0]))
        fresh = fresh[len(fresh) - left :] if len(fresh) > left else fresh
        left -= visit.take(fresh)
        highest = highest or (fresh[-1][0] if fresh else "")
        lowest = fresh[0][0] if fresh else lowest
        if len(posts) < PAGE or not fresh or not left:
            break
    return highest


class _Visit:
    """One visit to a timeline: its pages, and what was read of them so far."""

    def __init__(self, place: Timeline, request: ReadRequest) -> None:
        self.problems: list[str] = []
        self._place = place
        self._request = request
        self._answers = Answers()
        self._items: list[RawItem | None] = []
        self._hidden = 0

    def page(self, fetcher: Fetcher, **parameters: str) -> list[tuple[str, object]]:
        """The posts of one page by their ids; empty where it could not be read."""
        token = self._request.credentials.get("token", "").strip() if keeps_secrets(self._place.server) else ""
        asked = FetchRequest(self._place.page(**parameters), accept=JSON, authorization=f"Bearer {token}" if token else "")
        posts = self._answers.rows_of(fetcher.fetch(asked))
        known = [(text(post, "id"), post) for post in posts]
        self._items += [None for name, _ in known if not _ID.fullmatch(name)]
        return [(name, post) for name, post in known if _ID.fullmatch(name)]

    def take(self, posts: list[tuple[str, object]]) -> int:
        """Read posts; gives how many were looked at."""
        for _, post in posts:
            if _is_for_everybody(post):
                self._items.append(self._item(post))
            else:
                self._hidden += 1
        return len(posts)

    def given(self, cursor: str) -> SourceReading:
        """What the visit gave."""
        if self._hidden:
            self.problems.append(remark("post.not_public", n=self._hidden))
        return self._answers.given(self._items, self.problems, self._request, cursor)

    def _item(self, post: object) -> RawItem | None:
        said = field(post, "reblog") or post
        known = text(said, "id")
        if not _ID.fullmatch(known):
            return None
        server, account = self._place.server, text(said, "account", "acct")
        host = addresses.host_of(server)
        item = raw_item(
            base=server,
            entry_id=f"{host}/{known}",
            link=f"{server}/statuses/{known}",
            summary=without_mentions(f"{text(said, 'spoiler_text')} {text(said, 'content')}"),
            published=dates.read(text(said, "created_at"), default_offset=0),
            updated=dates.read(text(said, "edited_at"), default_offset=0),
            language=language_of(field(said, "language")),
        )
        who = f"{account}@{host}" if account and "@" not in account else account
        return heard(item, self._request.voice, who)


def _order(known: str) -> tuple[int, str]:
    """Ids grow with time: numbers by value, the letters of other software by place."""
    return len(known), known


def _is_for_everybody(post: object) -> bool:
    boosted = field(post, "reblog")
    if boosted is not None and field(boosted, "sensitive") is not False:
        return False
    both = [post] if boosted is None else [post, boosted]
    return all(field(one, "visibility") == "public" and field(field(one, "account"), "noindex") is not True for one in both)
