"""Database work beside Playwright, whose event loop runs in the thread of the tests."""

from __future__ import annotations

import threading


def in_thread(do):
    """What `do` gives; it has a connection of its own, so what it writes is there for the pages."""
    from django.db import connections

    said = []

    def run():
        try:
            said.append(do())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return said[0]
