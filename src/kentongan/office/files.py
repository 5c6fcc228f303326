"""Style sheets and scripts, sent compressed and named by what is in them, so that a browser keeps them for good.

WhiteNoise sends a smaller twin of a file where there is one; the twins are made at start.
A twin is named by what is in it, so it is made once, is never stale, and two processes that make it at once write the same bytes.
Nothing is collected: the names are made from the files where they lie. What a style sheet asks for (fonts) keeps its plain name and is
asked for again after a minute, which costs a "not modified".
"""

from __future__ import annotations

import gzip
import hashlib
import os
from functools import cache
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage, staticfiles_storage
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

KINDS = (".css", ".js", ".svg")
SMALLEST = 1024
MARK = 12
"""Hex digits of a file's digest in its address."""


class NamedByContent(StaticFilesStorage):
    """Addresses like `app.1f8c….css`. Files that no finder knows keep their names."""

    def url(self, name: str | None) -> str:
        """The address of a file."""
        return super().url(_marked(name) if name else "")


@cache
def _marked(name: str) -> str:
    found = str(finders.find(name) or "")
    if not found or not Path(found).is_file():
        return name
    stem, dot, ending = name.rpartition(".")
    mark = hashlib.sha256(Path(found).read_bytes()).hexdigest()[:MARK]
    return f"{stem}.{mark}.{ending}" if dot else name


class CompressedFiles(WhiteNoiseMiddleware):
    """WhiteNoise with twins for what text is worth compressing, and an address that lasts. Does not decide which files are served."""

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: Any = None) -> None:
        """The file under its plain name and under the one that tells its content."""
        super().add_file_to_dictionary(url, path, stat_cache=stat_cache)
        marked = staticfiles_storage.url(url.removeprefix(self.static_prefix))
        if url.startswith(self.static_prefix) and marked != url:
            self.files[marked] = self.get_static_file(path, marked, stat_cache)

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        """The file with its twin, where it has one."""
        made = twin(Path(path), settings.CONFIG.data / "compressed") if path.endswith(KINDS) else None
        if made is None:
            return super().get_static_file(path, url, stat_cache)
        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        return StaticFile(path, headers.items(), encodings={"gzip": str(made)})


def twin(path: Path, folder: Path) -> Path | None:
    """The compressed file of `path` in `folder`, made if need be; None for a file that is too small to gain."""
    body = path.read_bytes()
    if len(body) < SMALLEST:
        return None
    made = folder / f"{hashlib.sha256(body).hexdigest()[:32]}.gz"
    if not made.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{made.name}.{os.getpid()}"
        part.write_bytes(gzip.compress(body, 9, mtime=0))
        part.replace(made)
    return made
