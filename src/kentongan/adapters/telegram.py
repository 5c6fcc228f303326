"""Telegram: the public preview page of a channel (`https://t.me/s/<channel>`), as anybody sees it in a browser without an account.

For the channels of institutions and outlets. Never read: groups, invitations (`+…`, `joinchat`), private chats (`/c/…`) and channels
that show no preview. Taken are the words of a message, its time and its number; not who signed it, whom it was forwarded from, what it
answers, nor how often it was seen.

The page lists some twenty messages, the newest last; `?after=<number>` lists those that follow. The cursor is the highest number read, so
a visit that stops at its limit loses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from kentongan.adapters.posts import Answers, heard, refused
from kentongan.engine import dates, markup
from kentongan.engine.feed_items import raw_item
from kentongan.engine.reasons import remark
from kentongan.engine.records import RawItem
from kentongan.engine.trees import Element, from_html, local_name, text_of
from kentongan.ports import Fetcher, FetchRequest, ReadRequest, SourceReading

SITE = "https://t.me"
PAGES = 10
_HOSTS = {"t.me", "telegram.me", "www.t.me"}
_CHANNEL = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_CLOSED = re.compile(r"^/(?:s/)?(?:\+|joinchat(?:/|$)|c/|addlist/|proxy|share/)|(?:^|/)[A-Za-z0-9_]+bot/?$", re.IGNORECASE)
_NUMBER = re.compile(r"[1-9][0-9]{0,11}")


def channel(address: str, site: str = SITE) -> tuple[str, str]:
    """The channel an address names, or "" and the reason why it is not read."""
    address = markup.squeezed(address)
    parts = urlsplit(address if "://" in address else f"https://t.me/{address[1:]}" if address.startswith("@") else f"https://{address}")
    if parts.scheme not in ("http", "https") or parts.netloc.lower() not in {*_HOSTS, urlsplit(site).netloc}:
        return "", remark("post.telegram_address")
    if _CLOSED.search(parts.path):
        return "", remark("post.telegram_closed")
    name = parts.path.removeprefix("/s/").strip("/").partition("/")[0]
    return (name, "") if _CHANNEL.fullmatch(name) else ("", remark("post.telegram_address"))


def refusal(address: str) -> str:
    """Why an address is not read; "" for one that is."""
    return channel(address)[1]


class TelegramReader:
    """`kentongan.ports.SourceReader` for one channel. Needs no credentials."""

    def __init__(self, site: str = SITE) -> None:
        self._site = site

    def read(self, request: ReadRequest, fetcher: Fetcher) -> SourceReading:
        """The messages since the cursor, at most `PAGES` pages; the first visit takes the newest page."""
        name, why = channel(request.address, self._site)
        if why:
            return refused(request, why)
        since = int(request.cursor) if _NUMBER.fullmatch(request.cursor) else 0
        answers = Answers()
        items: list[RawItem | None] = []
        problems: list[str] = []
        title, left = "", request.limit
        for number in range(PAGES):
            address = f"{self._site}/s/{name}{f'?after={since}' if since else ''}"
            outcome = fetcher.fetch(FetchRequest(address, accept="text/html"))
            if not answers.fine(outcome):
                break
            root, notes = from_html(outcome.body, outcome.headers.get("content-type", ""))
            if root is None or not _is_preview(root):
                answers.unfit(remark("feed.empty") if root is None else remark("post.telegram_preview"))
                break
            problems += notes
            title = title or _title(root)
            fresh = sorted(((place, one) for place, one in _messages(root, name) if place > since), key=lambda one: one[0])
            fresh = fresh[:left] if since else fresh[-left:]
            items += [_item(one, name, place) for place, one in fresh]
            left -= len(fresh)
            if not fresh or not since:
                since = fresh[-1][0] if fresh else since
                break
            since = fresh[-1][0]
            if number == PAGES - 1 or not left:
                problems.append(remark("post.more"))
                break
        return answers.given(items, problems, request, str(since) if since else request.cursor, kind="channel", title=title)


def _classes(element: Element) -> list[str]:
    return (element.get("class") or "").split()


def _is_preview(root: Element) -> bool:
    """Whether this is the page of a channel: it has a history, and those who read it are subscribers, not members of a group."""
    counters = (text_of(one).lower() for one in root.iter("div", "span") if "counter" in " ".join(_classes(one)))
    return any("tgme_channel_history" in _classes(one) for one in root.iter("section")) and not any("members" in one for one in counters)


def _title(root: Element) -> str:
    """What the channel calls itself: an institution's or outlet's name."""
    for one in root.iter("div"):
        if "tgme_channel_info_header_title" in _classes(one):
            return text_of(one)[:200]
    return ""


def _messages(root: Element, name: str) -> Iterator[tuple[int, Element]]:
    for one in root.iter("div"):
        whose, _, number = (one.get("data-post") or "").rpartition("/")
        classes = _classes(one)
        mine = "tgme_widget_message" in classes and "service_message" not in classes and whose.lower() == name.lower()
        if mine and _NUMBER.fullmatch(number):
            yield int(number), one


def _item(message: Element, name: str, number: int) -> RawItem | None:
    words = [one for one in message.iter("div") if _is_words(one)]
    times = [one.get("datetime") or "" for one in message.iter("time")]
    item = raw_item(
        base=SITE,
        entry_id=f"{name.lower()}/{number}",
        link=f"{SITE}/{name}/{number}",
        summary=markup.plain(" ".join(_words(one) for one in words)),
        published=dates.read(times[-1], default_offset=0) if times else None,
    )
    return heard(item, None, "")


def _is_words(element: Element) -> bool:
    """The words of a message itself, not those of the message it answers."""
    classes = _classes(element)
    mine = "js-message_text" in classes or "tgme_widget_message_poll_question" in classes
    return mine and not any("tgme_widget_message_reply" in _classes(one) for one in element.iterancestors())


def _words(element: Element) -> str:
    """The text inside, with a blank where a line ends."""
    pieces = [element.text or ""]
    for child in element.iterchildren():
        if local_name(child) not in ("script", "style"):
            pieces.append(" " if local_name(child) == "br" else _words(child))
        pieces.append(str(getattr(child, "tail", None) or ""))
    return "".join(pieces)
