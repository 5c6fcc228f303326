"""A real Chromium for browser tests and pictures: where it is, and how it is started so that it stays at home."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Generator, Mapping
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from kentongan.testing.screens import Screen

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


_SEND = """([path, sent]) => {
  const form = document.createElement("form");
  Object.assign(form, {method: "post", action: path});
  form.append(document.querySelector("[name=csrfmiddlewaretoken]").cloneNode());
  for (const [name, value] of Object.entries(sent)) form.append(Object.assign(document.createElement("textarea"), {name, value}));
  document.body.append(form);
  form.submit();
}"""


def show_screen(page: Page, screen: Screen, things: Mapping[str, Any]) -> int:
    """Bring a screen up in a page; gives the status of the answer."""
    address = screen.address(things)
    if screen.made:
        page.route(f"**{address}", lambda route: route.fulfill(body=_made(screen.made), content_type="text/html"))
    if screen.sent is None:
        answer = page.goto(address)
    else:
        page.goto("/keys/")  # the lightest page that carries the word against forgery
        with page.expect_navigation() as coming:
            page.evaluate(_SEND, [address, screen.sent])
        answer = coming.value
    assert answer is not None, address
    if screen.press:
        page.locator(screen.press).click()
        page.wait_for_load_state()
    return answer.status


def _made(name: str) -> str:
    from django.template.loader import render_to_string

    from kentongan.office.outage import PAGE

    return PAGE if name == "outage" else render_to_string(name)
