"""A real Chromium for browser tests and pictures: where it is, and how it is started so that it stays at home."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Generator
from typing import Any

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str:
    """The path of a Chromium on this machine; empty where there is none."""
    for name in (os.environ.get("KENTONGAN_CHROMIUM", ""), *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    return ""


@contextlib.contextmanager
def open_browser() -> Generator[Browser]:
    """A started Chromium. Database work in the same thread must be done before or after, since Playwright runs an event loop in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def sign_in_cookie(session_key: str, base: str) -> dict[str, Any]:
    """The cookie that makes a browser context signed in."""
    return {"name": "sessionid", "value": session_key, "url": base}
