"""The newsroom as a folder of files that any web server serves from any path: for when the office itself cannot be reached (a dark site).

Every page is asked of the office's own pages (without search, subscription and whatever else needs an answer) and followed from link to
link; addresses become names of files beside each other. All files lie in one folder, styles in `static/`. The folder is written beside the
one that is there and takes its place when it is whole: whoever is killed meanwhile leaves the old one as it was, and the next run cleans
up.

Known limits. Swapping is two renamings: for the moment between them (microseconds) the name leads nowhere; where a run is killed in
it, the next one puts the old folder back first. Feeds and sitemap need full addresses where the copy is found by machines: `address`.
"""

from __future__ import annotations

import html
import json
import re
import shutil
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest

from kentongan.errors import FileError, StateError
from kentongan.office.newsroom.views import STILL
from kentongan.office.people.models import Office

LINK = re.compile(r'(?P<before>(?:href|src)=")(?P<to>[^"]*)(?P<after>")')
MARKED = re.compile(r"\.[0-9a-f]{12}(\.\w+)$")
JSON_FEED = "feed.json"
FEEDS = ("feed.atom", "feed.rss", JSON_FEED, "sitemap.xml")
OURS = {"feed.atom", JSON_FEED, "sitemap.xml"}
"""By these an earlier export is known, one of before there was RSS as well."""
FIRST = "index.html"


class Export:
    """One run: what is still to be fetched, and what is written."""

    def __init__(self, office: Office, folder: Path, address: str = "") -> None:
        """`address`: where the copy will stand, for feeds and sitemap; "" for addresses relative to the folder."""
        self.office, self.folder = office, folder
        self.address = address.rstrip("/") + "/" if address else ""
        self.home = f"/o/{office.slug}/news/"
        self._handler = BaseHandler()  # without the signals of a request, at whose end the database's connection may be closed
        self._handler.load_middleware()
        self._waiting: list[str] = [self.home, *(f"{self.home}{name}" for name in FEEDS)]
        self._names: dict[str, str] = {}

    def run(self) -> int:
        """Write the folder and put it in its place; gives how many files. Raises `FileError` where something else is there, `StateError`
        where a page cannot be made."""
        new, old = (self.folder.with_name(f".{self.folder.name}.{what}") for what in ("new", "old"))
        if old.is_dir() and not self.folder.exists():
            old.rename(self.folder)
        if self.folder.exists() and not is_ours(self.folder):
            raise FileError(f"{self.folder} is not an export of a newsroom. Name another folder, or empty it.", subject=str(self.folder))
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)
        new.mkdir(parents=True)
        for path in self._pages():
            name = self.name_of(path) or FIRST
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(self._rewritten(path, self._fetched(path)))
        need_whole(new)
        if self.folder.exists():
            self.folder.rename(old)
        new.rename(self.folder)
        shutil.rmtree(old, ignore_errors=True)
        return len(self._names)

    def _pages(self) -> Any:
        while self._waiting:
            path = self._waiting.pop(0)
            name = self.name_of(path)
            if name is not None and name not in self._names:
                self._names[name] = path
                yield path

    def name_of(self, address: str) -> str | None:
        """The file an address of the office is in; None for what is not part of the copy."""
        parts = urlsplit(address)
        if parts.path.startswith("/static/"):
            return parts.path[1:] if ".." not in parts.path else None
        if not parts.path.startswith(self.home):
            return None
        rest = parts.path.removeprefix(self.home).strip("/")
        if rest:
            return rest if rest in FEEDS else f"{rest}.html" if "/" not in rest else None
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        language, start = asked.get("language", ""), asked.get("start", "0")
        return FIRST if not language and start == "0" else f"list-{language or 'all'}-{start}.html"

    def _fetched(self, address: str) -> bytes:
        """What the office answers to a stranger who reads its own language. Raises `StateError`."""
        parts = urlsplit(address)
        if parts.path.startswith("/static/"):
            return _styles(parts.path.removeprefix("/static/"))
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET", "PATH_INFO": parts.path, "QUERY_STRING": parts.query, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "127.0.0.1", "HTTP_ACCEPT_LANGUAGE": self.office.language,
            "REMOTE_ADDR": "127.0.0.1", "wsgi.input": BytesIO(), "wsgi.url_scheme": "http", STILL: True,
        }  # fmt: skip
        answer = self._handler.get_response(WSGIRequest(environ))
        if answer.status_code != 200:
            raise StateError(f"The page {address} could not be made ({answer.status_code}).", subject=address)
        return bytes(answer.content)

    def _rewritten(self, path: str, body: bytes) -> bytes:
        name = self.name_of(path) or FIRST
        if name.endswith(".html"):
            return LINK.sub(lambda found: self._link(found, path), body.decode()).encode()
        if name == JSON_FEED:
            return self._json(_feed(body)).encode()
        if name == "feed.atom":
            return LINK.sub(lambda found: self._link(found, path), body.decode()).encode()
        if name == "feed.rss":
            text = LINK.sub(lambda found: self._link(found, path), body.decode())
            return re.sub(r"<link>([^<]*)</link>", lambda found: f"<link>{self._whole(html.unescape(found[1]))}</link>", text).encode()
        if name == "sitemap.xml":
            return re.sub(r"<loc>([^<]*)</loc>", lambda found: f"<loc>{self._whole(found[1])}</loc>", body.decode()).encode()
        return body

    def _link(self, found: re.Match[str], path: str) -> str:
        """A link as it stands in the copy; what is followed is fetched, too."""
        to = html.unescape(found["to"]).removeprefix(settings.CONFIG.public_url)
        if to.startswith("?"):
            to = urlsplit(path).path + to
        name = self.name_of(to)
        if name is None:
            return found[0]
        self._waiting.append(to)
        where = self.address + name if path.endswith((".atom", ".rss")) else f"./{name}"
        return f"{found['before']}{where}{found['after']}"

    def _whole(self, address: str) -> str:
        name = self.name_of(address.removeprefix(settings.CONFIG.public_url))
        return self.address + (name or FIRST)

    def _json(self, feed: dict[str, Any]) -> str:
        for row in feed["items"]:
            row["url"] = self._whole(row["url"])
        feed["home_page_url"], feed["feed_url"] = self._whole(feed["home_page_url"]), self._whole(feed["feed_url"])
        return json.dumps(feed, ensure_ascii=False)


def _styles(name: str) -> bytes:
    """A file of styles or marks, by the name that tells its content (`office.files`)."""
    found = finders.find(MARKED.sub(r"\1", name))
    if not found:
        raise StateError(f"The file {name} is not there.", subject=name)
    return Path(str(found)).read_bytes()


def need_whole(folder: Path) -> None:
    """Look at a copy as whoever serves it would: raises `StateError` where a page leads to a file that is not there, or a feed cannot be
    read."""
    for page in sorted(folder.glob("*.html")):
        for found in LINK.finditer(page.read_text(encoding="utf-8")):
            to = html.unescape(found["to"]).partition("#")[0]
            if to.startswith("./") and not (folder / to).is_file():
                raise StateError(f"{page.name} leads to {to}, which is not in the copy.", subject=to)
    for name in (FIRST, *FEEDS):
        if not (folder / name).is_file():
            raise StateError(f"{name} is not in the copy.", subject=name)
    _feed((folder / JSON_FEED).read_bytes())


def _feed(body: bytes) -> dict[str, Any]:
    """The JSON feed as it is read. Raises `StateError` where it is broken."""
    try:
        told = json.loads(body)
    except ValueError as error:
        raise StateError(f"{JSON_FEED} cannot be read: {error}", subject=JSON_FEED) from error
    if not isinstance(told, dict) or not isinstance(told.get("items"), list):
        raise StateError(f"{JSON_FEED} holds no list.", subject=JSON_FEED)
    return told


def is_ours(folder: Path) -> bool:
    """Whether a folder is empty or an earlier export: nothing else is ever replaced."""
    names = {one.name for one in folder.iterdir()} if folder.is_dir() else {"a file"}
    return not names or {FIRST, *OURS} <= names
