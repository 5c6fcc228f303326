"""YouTube on this machine: the feed of a channel and the channel's page that names it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from kentongan.testing.fake_site import Answer, Asked, FakeSite

CHANNEL = "UC0123456789abcdefghijkl"


@dataclass(frozen=True, slots=True)
class Video:
    """One video as its feed tells it."""

    key: str
    title: str
    description: str
    published: str = "2026-11-21T08:00:00+00:00"
    author: str = "Kabar Kota"


class FakeYouTube(FakeSite):
    """`videos` of the channel `CHANNEL`, whose page is `/@kabarkota`; `page` replaces that page."""

    def __init__(self) -> None:
        super().__init__()
        self.videos: list[Video] = []
        self.page = ""

    def answer(self, asked: Asked) -> Answer:
        """The feed or the page."""
        if asked.path == "/feeds/videos.xml":
            if asked.query.get("channel_id") != CHANNEL:
                return Answer(b"not found", 404)
            return Answer(self._feed().encode(), headers={"Content-Type": "text/xml; charset=UTF-8"})
        if asked.path.startswith("/@"):
            link = f'<link rel="alternate" type="application/rss+xml" title="RSS" href="{self.url}/feeds/videos.xml?channel_id={CHANNEL}">'
            page = self.page or f"<!doctype html><html><head><title>Kabar Kota</title>{link}</head><body></body></html>"
            return Answer(page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
        return Answer(b"not found", 404)

    def _feed(self) -> str:
        entries = "".join(
            f"<entry><id>yt:video:{one.key}</id><yt:videoId>{one.key}</yt:videoId><yt:channelId>{CHANNEL}</yt:channelId>"
            f'<title>{escape(one.title)}</title><link rel="alternate" href="https://www.youtube.com/watch?v={one.key}"/>'
            f"<author><name>{escape(one.author)}</name><uri>https://www.youtube.com/channel/{CHANNEL}</uri></author>"
            f"<published>{one.published}</published><updated>{one.published}</updated><media:group><media:title>{escape(one.title)}"
            f"</media:title><media:description>{escape(one.description)}</media:description></media:group></entry>"
            for one in self.videos
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?><feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" '
            'xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom">'
            f"<id>yt:channel:{CHANNEL}</id><title>Kabar Kota</title><author><name>Kabar Kota</name></author>{entries}</feed>"
        )
