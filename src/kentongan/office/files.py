"""Style sheets and scripts, sent compressed. WhiteNoise sends a smaller twin of a file where there is one; the twins are made at start.

A twin is named by what is in it, so it is made once, is never stale, and two processes that make it at once write the same bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

KINDS = (".css", ".js", ".svg")
SMALLEST = 1024


class CompressedFiles(WhiteNoiseMiddleware):
    """WhiteNoise with twins for what text is worth compressing. Does not decide which files are served."""

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
