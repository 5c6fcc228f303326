"""A web server on this machine that gives files by their path, with ETags, so that a reader meets real HTTP."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class ServedFile:
    """One file, or the answer in its place where `status` is not 200."""

    body: bytes
    content_type: str = "application/xml"
    status: int = 200


class FileServer:
    """Serves `files` while its context is open; they may be changed while it runs. A path that is not there answers 404."""

    def __init__(self, files: dict[str, ServedFile] | None = None) -> None:
        self.files: dict[str, ServedFile] = dict(files or {})
        self.hits: Counter[str] = Counter()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="file-server", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._server and self._thread:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(timeout=10)

    def put(self, path: str, body: bytes | str, content_type: str = "application/xml", status: int = 200) -> str:
        """Serve a file from now on; gives its address."""
        self.files[path.lstrip("/")] = ServedFile(body.encode() if isinstance(body, str) else body, content_type, status)
        return self.url_for(path)

    def url_for(self, path: str) -> str:
        """The address of a path, whether something is there or not. The server must be open."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_port}/{path.lstrip('/')}"


def _handler_of(server: FileServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0].lstrip("/")
            server.hits[path] += 1
            file = server.files.get(path)
            etag = f'"{hashlib.sha256(file.body).hexdigest()[:16]}"' if file else ""
            if file is None:
                self._give(404, b"", "text/plain", "")
            elif file.status == 200 and self.headers.get("If-None-Match") == etag:
                self._give(304, b"", "", etag)
            else:
                self._give(file.status, file.body, file.content_type, etag if file.status == 200 else "")

        def _give(self, status: int, body: bytes, content_type: str, etag: str) -> None:
            self.send_response(status)
            for name, value in (("Content-Type", content_type), ("ETag", etag)):
                if value:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Tests are quiet."""

    return Handler
