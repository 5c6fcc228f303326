"""The real pages on loopback: the WSGI application in waitress threads of this process."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Generator
from typing import Any

from django.db import connections
from waitress.server import create_server


def _closing(application: Callable[..., Any]) -> Callable[..., Any]:
    """Close the thread's database connections after each answer, so that a test database can be dropped."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        try:
            return application(environ, start_response)
        finally:
            connections.close_all()

    return answer


@contextlib.contextmanager
def serve(application: Callable[..., Any], threads: int = 8) -> Generator[str]:
    """Serve until the block ends; gives the address without a slash at the end."""
    server = create_server(_closing(application), host="127.0.0.1", port=0, threads=threads)
    thread = threading.Thread(target=server.run, name="pages", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.socket.getsockname()[1]}"  # type: ignore[union-attr]
    finally:
        server.close()
        thread.join(timeout=10)
        server.task_dispatcher.shutdown()  # an answer half made still has the database
