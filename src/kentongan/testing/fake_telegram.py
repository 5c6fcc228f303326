"""Telegram's preview pages on this machine: a channel's history in pages of twenty, a group without one."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from kentongan.testing.fake_site import Answer, Asked, FakeSite

PAGE = 20


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `author` signs it, is whom it was forwarded from and whom it answers."""

    number: int
    words: str
    at: str = "2026-11-21T08:00:00+00:00"
    author: str = ""
    service: bool = False


class FakeTelegram(FakeSite):
    """`messages` of the channel `infokota`; `grupwarga` is a group and shows no preview."""

    def __init__(self, *, page: int = PAGE) -> None:
        super().__init__()
        self.messages: list[Message] = []
        self.longest = page

    def answer(self, asked: Asked) -> Answer:
        """The preview of the channel, or the plain page everything else has."""
        if asked.path.lower() == "/s/infokota":
            return _page(self._history(asked))
        if asked.path.startswith("/s/"):
            return Answer(b"", 302, {"Location": asked.path.removeprefix("/s")})
        counter = '<div class="tgme_page_extra">125 members</div>' if asked.path == "/grupwarga" else ""
        return _page(f'<div class="tgme_page"><div class="tgme_page_title">Nama</div>{counter}</div>')

    def _history(self, asked: Asked) -> str:
        after, before = int(asked.query.get("after", "0")), int(asked.query.get("before", str(10**15)))
        fits = sorted((one for one in self.messages if after < one.number < before), key=lambda one: one.number)
        shown = fits[: self.longest] if after else fits[-self.longest :]
        head = '<div class="tgme_channel_info_header_title"><span dir="auto">Info Kota</span></div>'
        count = '<div class="tgme_channel_info_counter"><span class="counter_type">subscribers</span></div>'
        history = "".join(map(_message, shown))
        return (
            f'<header><div class="tgme_header_info">{head}{count}</div></header><main class="tgme_main">'
            f'<section class="tgme_channel_history js-message_history">{history}</section></main>'
        )


def _page(body: str) -> Answer:
    text = f"<!doctype html><html><head><title>Telegram</title></head><body>{body}</body></html>"
    return Answer(text.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def _message(one: Message) -> str:
    name = escape(one.author)
    from_whom = (
        '<div class="tgme_widget_message_forwarded_from">Forwarded from '
        f'<span class="tgme_widget_message_forwarded_from_name">{name}</span></div>'
    )
    answers = (
        '<a class="tgme_widget_message_reply" href="https://t.me/infokota/1"><div class="tgme_widget_message_author">'
        f'<span class="tgme_widget_message_author_name">{name}</span></div>'
        f'<div class="tgme_widget_message_text js-message_text js-message_reply_text">kata {name}</div></a>'
    )
    signed = f'<span class="tgme_widget_message_from_author">{name}</span>'
    words = "<br/>".join(escape(line) for line in one.words.split("\n"))
    service = " service_message" if one.service else ""
    return (
        f'<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message{service} js-widget_message" '
        f'data-post="infokota/{one.number}"><div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author">'
        '<a class="tgme_widget_message_owner_name" href="https://t.me/infokota"><span dir="auto">Info Kota</span></a></div>'
        f'{(from_whom + answers) if one.author else ""}<div class="tgme_widget_message_text js-message_text" dir="auto">{words}</div>'
        f'<div class="tgme_widget_message_footer"><span class="tgme_widget_message_meta">{signed if one.author else ""}'
        f'<a class="tgme_widget_message_date" href="https://t.me/infokota/{one.number}"><time datetime="{one.at}" class="time">08:00</time>'
        "</a></span></div></div></div></div>"
    )
