"""The first run by keyboard alone with a real mail server, under axe."""

from __future__ import annotations

import pytest
from aside import in_thread
from axe import AXE, problems_of
from screens import STILL

from kentongan.office.administration import wizard
from kentongan.office.administration.models import FirstRun
from kentongan.office.listening.models import Source
from kentongan.office.people import services as people
from kentongan.office.people.models import Office, User
from kentongan.office.wsgi import application
from kentongan.testing import builders
from kentongan.testing.browser import open_browser
from kentongan.testing.server import serve

WORD = "one-word-of-chance"


class Sink:
    def __init__(self):
        self.got = []

    async def handle_DATA(self, server, session, envelope):
        self.got.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


@pytest.fixture
def post(serve_mail):
    kept = Sink()
    kept.url = serve_mail(kept)
    return kept


@pytest.fixture
def quiet(transactional_db, settings):
    from django.db import connections

    settings.CLOCK = STILL
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    connections.databases["default"]["CONN_MAX_AGE"] = 0
    return settings


def window(browser, base, width=1440):
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce", base_url=base)
    context.add_cookies([{"name": "django_language", "value": "en", "url": base}])
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page


class Keys:
    """Only the keyboard: goes to a field by Tab and types."""

    def __init__(self, page):
        self.page = page

    def to(self, css):
        for _ in range(60):
            if self.page.evaluate("(css) => document.activeElement.matches(css)", css):
                return self
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {css} on {self.page.url}")

    def type(self, words):
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)
        return self

    def press(self, key):
        self.page.keyboard.press(key)
        return self

    def go_on(self, heading):
        self.to("form button.main").press("Enter")
        self.page.get_by_role("heading", name=heading, level=1).wait_for()


@pytest.mark.timeout(300)
def test_the_whole_first_run_by_keyboard_with_a_real_mail_server(quiet, post, tmp_path):
    if not AXE.is_file():
        pytest.skip("axe-core is not there: run tools/assets.py dev")
    quiet.EMAIL_BACKEND = "kentongan.office.mail.PortBackend"
    quiet.CONFIG = type(quiet.CONFIG)(dict(quiet.CONFIG.values) | {"mail_url": post.url, "contact": ""}, quiet.CONFIG.origins)
    people.first_office()
    assert wizard.prepare(WORD, builders.NOW)
    places = tmp_path / "places.csv"
    places.write_text("code,level,name,parent\n33.74,city,Kota Tirtaloka,\n", encoding="utf-8")
    with serve(application) as base, open_browser() as browser:
        page = window(browser, base, width=390)
        page.goto(f"/begin/{WORD}/")
        keys, wrong = Keys(page), {}

        def look(name):
            problems = problems_of(page, "en")
            if problems:
                wrong[name] = problems

        look("begin")
        keys.to("form.form button").press("Enter")
        page.get_by_role("heading", name="Which office is this?").wait_for()
        look("office")
        keys.to("#id_name").type("Diskominfo Tirtaloka").go_on("Who administers it?")
        look("account")
        keys.to("#id_first_name").type("Sri").to("#id_email").type("sri@tirtaloka.example")
        keys.to("#id_password").type("sungai bersih di pagi hari").go_on("Which districts and wards?")
        look("places")
        keys.to("#id_file")
        page.locator("#id_file").set_input_files(str(places))  # the system's own dialog is not the page's
        keys.go_on("Which sources to begin with?")
        look("sources")
        keys.to("input[name=packs]").press("Space").go_on("Does mail arrive?")
        look("mail")
        keys.go_on("Whom may an outlet ask?")
        look("contact")
        keys.to("#id_contact").type("humas@tirtaloka.example").go_on("Everything is said")
        look("end")
        keys.to("form[action$='end/'] button").press("Enter")
        page.locator("nav.rooms").wait_for()
        assert "Your office is ready" in page.locator(".said").inner_text()
        assert wrong == {}

        stranger = window(browser, base)
        assert stranger.goto(f"/begin/{WORD}/").status == 410
        assert stranger.goto("/begin/").status == 404
        assert page.goto("/begin/").status == 404

        def stored():
            office, person = Office.objects.get(), User.objects.get()
            return (
                office.name,
                office.ready,
                office.contact,
                person.email,
                Source.objects.exists(),
                FirstRun.objects.get().finished is not None,
            )

        assert in_thread(stored) == (
            "Diskominfo Tirtaloka", True, "humas@tirtaloka.example", "sri@tirtaloka.example", True, True,
        )  # fmt: skip
    ((to, text),) = post.got
    assert to == ["sri@tirtaloka.example"]
    assert "Diskominfo Tirtaloka" in text
