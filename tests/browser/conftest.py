"""A real Chromium against the real pages on loopback. Skipped, with the reason, where there is no Chromium or no front-end file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kentongan.testing.browser import chromium

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/office"), str(ROOT / "tests/browser")]


def pytest_collection_modifyitems(items: list[Any]) -> None:
    reason = ""
    if not chromium():
        reason = "no Chromium on this machine (Debian: apt-get install chromium)"
    elif not (ROOT / "src/kentongan/office/static/vendor/htmx.min.js").is_file():
        reason = "the front-end files are not there: run tools/assets.py"
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


def watched(context: Any) -> Any:
    """A new window of the context; `page.problems` is the list of what went wrong in it."""
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.problems = []
    page.on("console", lambda said: page.problems.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    return page


class Pages:
    """The furnished office behind a real server, and browser windows of its people.

    A window collects every console error, page error and broken policy in `problems`.
    """

    def __init__(self, browser: Any, base: str, house: Any, sessions: dict[str, str]) -> None:
        self.browser, self.base, self.house, self.sessions = browser, base, house, sessions
        self.contexts: list[Any] = []

    def window(self, who: str = "sari", language: str = "en", width: int = 1440, scheme: str = "light", scripts: bool = True) -> Any:
        """A new window; `page.problems` is the list of what went wrong in it."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            base_url=self.base,
            java_script_enabled=scripts,
        )
        self.contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": self.base}])
        if who:
            context.add_cookies([{"name": "sessionid", "value": self.sessions[who], "url": self.base}])
        return watched(context)

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@contextmanager
def standing_still() -> Iterator[None]:
    """The clock of the furnished office, and pages on loopback."""
    from django.db import connections
    from django.test import override_settings
    from screens import STILL

    connections.databases["default"]["CONN_MAX_AGE"] = 0
    with override_settings(CLOCK=STILL, ALLOWED_HOSTS=["127.0.0.1"]):
        yield


@pytest.fixture
def house(transactional_db: None) -> Iterator[Any]:
    from screens import furnished

    with standing_still():
        yield furnished()


@pytest.fixture(scope="module")
def shared_house(committed: None) -> Iterator[Any]:
    """For a file whose tests leave each other enough: made once."""
    from aside import in_thread
    from screens import furnished

    with standing_still():
        yield in_thread(furnished)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for the file; every test has windows of its own.

    Playwright keeps an event loop in this thread, in which Django would refuse work with the database; none of ours is done by that loop.
    """
    from django.db import connections

    from kentongan.testing.browser import open_browser

    with pytest.MonkeyPatch.context() as patched, open_browser() as opened:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        yield opened
        connections.close_all()  # those of this loop: outside it this thread has others


@pytest.fixture
def pages_of(browser: Any, house: Any) -> Any:
    """Call it when the database work of the test is done."""
    from contextlib import ExitStack

    from aside import in_thread
    from screens import client_of

    from kentongan.office.wsgi import application
    from kentongan.testing.server import serve

    people = (house.officer, house.reader, house.stranger, house.administrator)
    sessions = in_thread(lambda: {person.username: client_of(person).cookies["sessionid"].value for person in people})
    with ExitStack() as stack:

        def start() -> Pages:
            opened = Pages(browser, base, house, sessions)
            stack.callback(opened.close)
            return opened

        base = stack.enter_context(serve(application))
        yield start


class Walk:
    """The office of all screens behind a server, and one window for each of those who look. The first run comes first, since it ends."""

    def __init__(self, browser: Any, base: str) -> None:
        self.browser, self.base = browser, base
        self.pages: dict[str, Any] = {}
        self.page: Any = None
        self.begun: Any = None
        self.office: Any = None

    def _office_of(self, screen: Any) -> Any:
        from aside import in_thread

        from kentongan.testing.screens import FIRST
        from kentongan.testing.screens_office import furnish_first_run, furnish_screens

        if screen.who == FIRST:
            self.begun = self.begun or in_thread(furnish_first_run)
            return self.begun
        self.office = self.office or in_thread(furnish_screens)
        return self.office

    def show(self, screen: Any, language: str, width: int, scheme: str) -> Any:
        """The window in which the screen is now; what it said meanwhile is in `problems`."""
        from kentongan.testing.browser import show_screen

        office = self._office_of(screen)
        page = self.pages.get(screen.who) or self._opened(screen.who, office)
        if self.page is not page and self.page is not None:
            self.page.goto("about:blank")  # a page that nobody looks at would go on asking what is new
        self.page = page
        page.context.add_cookies([{"name": "django_language", "value": language, "url": self.base}])
        self.turn(page, width, scheme)
        page.problems.clear()
        assert show_screen(page, screen, office.things) == screen.status
        return page

    def turn(self, page: Any, width: int, scheme: str) -> None:
        """The same page in another width and scheme."""
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)

    def _opened(self, who: str, office: Any) -> Any:
        context = self.browser.new_context(reduced_motion="reduce", base_url=self.base)
        if who:
            context.add_cookies([{"name": "sessionid", "value": office.sessions[who], "url": self.base}])
        self.pages[who] = watched(context)
        return self.pages[who]


@pytest.fixture(scope="module")
def walk(committed: None, browser: Any) -> Iterator[Walk]:
    """One office, one browser and one signing in for every screen of the list."""
    from kentongan.office.wsgi import application
    from kentongan.testing.server import serve

    with standing_still(), serve(application) as base:
        walking = Walk(browser, base)
        yield walking
        for page in walking.pages.values():
            page.context.close()
