"""`kentongan screens`: a picture of every screen, from an invented office that is thrown away afterwards."""

from __future__ import annotations

import itertools
import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import click

from kentongan import config as settings_table
from kentongan.office.database import open_office

LANGUAGES = ("id", "vi", "en")
SCHEMES = ("light", "dark")
WIDTHS = {390: 844, 1440: 900}


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen: its name, where it is, who looks (empty: nobody signed in), an error page's own text, and what is pressed first."""

    name: str
    path: str
    who: str = "sari"
    html: str = ""
    press: str = ""


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("build/screens"), show_default=True, help="Where the pictures go.")
@click.option("--only", multiple=True, metavar="NAME", help="Only screens whose name begins so.")
@click.option("--language", "languages", multiple=True, type=click.Choice(LANGUAGES), help="Only these languages.")
@click.option("--width", "widths", multiple=True, type=click.Choice([str(w) for w in WIDTHS]), help="Only these widths.")
@click.option("--scheme", "schemes", multiple=True, type=click.Choice(SCHEMES), help="Only light or dark.")
def command(out: Path, only: tuple[str, ...], languages: tuple[str, ...], widths: tuple[str, ...], schemes: tuple[str, ...]) -> None:
    """A picture of every screen: 390 and 1440 px, light and dark, in three languages."""
    from kentongan.testing.browser import chromium

    if not chromium():
        raise click.ClickException(
            "There is no Chromium on this machine. Install it (Debian: apt-get install chromium) and run this again."
        )
    wanted = [
        (lang, int(width), scheme)
        for lang, width, scheme in itertools.product(languages or LANGUAGES, widths or map(str, WIDTHS), schemes or SCHEMES)
    ]
    with tempfile.TemporaryDirectory(prefix="kentongan-screens-") as folder:
        flags = {"data": folder, "clock_origin": "2025-11-27T00:30:00+00:00", "clock_speed": "0", "embedder": "hashed", "database_url": ""}
        with open_office(settings_table.load(flags)):
            screens, sessions = _furnished()
            chosen = [screen for screen in screens if not only or screen.name.startswith(only)]
            count = _photograph(out, chosen, sessions, wanted)
    click.echo(f"{count} pictures of {len(chosen)} screens in {out}")


def _furnished() -> tuple[list[Screen], dict[str, str]]:
    """Fill the office; gives the screens and a session for each person."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from kentongan.office.listening import briefing, services
    from kentongan.testing import builders
    from kentongan.testing.accuracy import furnish_accuracy
    from kentongan.testing.claims import furnish_claims
    from kentongan.testing.forecasts import furnish_forecasts
    from kentongan.testing.held import furnish_held
    from kentongan.testing.teaching import furnish_teaching
    from kentongan.testing.tones import furnish_tones
    from kentongan.testing.watches import furnish_watches

    office = builders.make_office()
    officer = builders.make_user(office, "sari", first_name="Sari", last_name="Wening")
    quiet = builders.make_office("Kota Sepi", "sepi")
    boss = builders.make_user(office, "ibu", "administrator", first_name="Ratna", last_name="Dewi")
    builders.furnish_people(office, boss, officer)
    people = [officer, boss, builders.make_user(quiet, "sepi"), builders.make_user(None, "tamu")]
    stories = builders.furnish(office, officer)
    locked = builders.furnish_notices(office)
    furnish_claims(office, officer)
    furnish_forecasts(stories[0])
    furnish_held(stories[3:5])
    furnish_tones(office, officer)
    watched = furnish_watches(office, officer)
    alert = builders.furnish_alerts(office, boss)
    furnish_accuracy(office, officer)
    furnish_teaching(office, officer, boss)
    content = briefing.compose(office, briefing.last_visit(officer, builders.NOW, touch=False), builders.NOW, "id")
    signed = services.sign_briefing(officer, content, builders.NOW)
    sessions = {}
    for person in people:
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "kentongan.office.people.backends.OfficeBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        sessions[person.username] = str(session.session_key)
    return _screens(stories, signed.pk, officer.pk, locked.pk, alert.pk, watched.pk), sessions


def _screens(stories: list[Any], signed: int, officer: int, locked: int, alert: int, watched: int) -> list[Screen]:
    from django.template.loader import render_to_string

    from kentongan.office.listening.claims_models import Claim
    from kentongan.office.listening.events_models import RecordedEvent
    from kentongan.office.listening.models import Signal, Source
    from kentongan.office.outage import PAGE
    from kentongan.office.people.models import Agency

    claims = list(Claim.objects.order_by("first", "pk").values_list("pk", flat=True)[:3])
    event = RecordedEvent.objects.values_list("pk", flat=True)[0]
    agency = Agency.objects.order_by("name").values_list("pk", flat=True)[1]
    signal = Signal.objects.filter(story=stories[0]).values_list("pk", flat=True)[0]
    failing = Source.objects.filter(outcome="too_many_requests").values_list("pk", flat=True)[0]
    return [
        Screen("sign-in", "/accounts/login/", ""),
        Screen("password-reset", "/accounts/password/reset/", ""),
        Screen("briefing", "/"),
        Screen("briefing-empty", "/", "sepi"),
        Screen("briefing-send", "/briefing/send/"),
        Screen("briefing-signed-list", "/briefing/signed/"),
        Screen("briefing-signed", f"/briefing/signed/{signed}/"),
        Screen("stories", "/stories/"),
        Screen("stories-empty", "/stories/?level=crisis"),
        Screen("story", f"/stories/{stories[0].pk}/"),
        Screen("signals", "/signals/"),
        Screen("signals-held", "/signals/", press="#held ~ details summary"),
        Screen("signals-dismissed", "/signals/?state=dismissed"),
        Screen("signal", f"/signals/{signal}/"),
        Screen("alerts", "/alerts/?of=all"),
        Screen("alerts-empty", "/alerts/", "sepi"),
        Screen("alert", f"/alerts/{alert}/"),
        Screen("notifications", "/account/notifications/"),
        Screen("routes", "/office/routes/", "ibu"),
        Screen("route-new", "/office/routes/new/", "ibu"),
        Screen("address-new", "/office/routes/addresses/new/", "ibu"),
        Screen("accuracy", "/accuracy/"),
        Screen("accuracy-empty", "/accuracy/", "sepi"),
        Screen("accuracy-public", "/o/muarasena/transparency/", ""),
        Screen("event-new", "/accuracy/events/new/"),
        Screen("event", f"/accuracy/events/{event}/"),
        Screen("sources", "/sources/"),
        Screen("sources-empty", "/sources/", "sepi"),
        Screen("source", f"/sources/{failing}/"),
        Screen("source-kinds", "/sources/kinds/"),
        Screen("source-of-kind", "/sources/kinds/mastodon/"),
        Screen("source-key", f"/sources/{locked}/key/", "ibu"),
        Screen("source-locked", f"/sources/{locked}/", "ibu"),
        Screen("source-packs", "/sources/packs/"),
        Screen("source-pack", "/sources/packs/hazards/"),
        Screen("source-proposals", "/sources/proposals/"),
        Screen("warnings", "/warnings/"),
        Screen("warnings-empty", "/warnings/", "sepi"),
        Screen("fact-checks", "/checks/"),
        Screen("claims", "/claims/"),
        Screen("claims-empty", "/claims/", "sepi"),
        Screen("claim", f"/claims/{claims[0]}/"),
        Screen("claim-decided", f"/claims/{claims[2]}/"),
        Screen("questions", "/questions/"),
        Screen("labels", "/labels/", "ibu"),
        Screen("labels-empty", "/labels/", "sepi"),
        Screen("watches", "/watches/"),
        Screen("watches-empty", "/watches/", "sepi"),
        Screen("watch", f"/watches/{watched}/"),
        Screen("watch-new", "/watches/begin/"),
        Screen("watch-past", f"/watches/{watched}/change/", press="button[name=preview]"),
        Screen("tones", "/tones/"),
        Screen("tones-empty", "/tones/", "sepi"),
        Screen("tone", f"/tones/agencies/{agency}/"),
        Screen("search", "/search/"),
        Screen("search-results", "/search/?q=banjir+OR+air+-festival"),
        Screen("search-empty", "/search/?q=helikopter"),
        Screen("keys", "/keys/"),
        Screen("password", "/accounts/password/"),
        Screen("account", "/account/"),
        Screen("factors", "/account/factors/"),
        Screen("office", "/office/", "ibu"),
        Screen("people", "/office/people/", "ibu"),
        Screen("invite", "/office/people/invite/", "ibu"),
        Screen("person", f"/office/people/{officer}/", "ibu"),
        Screen("agencies", "/office/agencies/", "ibu"),
        Screen("roster", "/office/roster/", "ibu"),
        Screen("no-office", "/", "tamu"),
        Screen("error-404", "/nowhere/"),
        Screen("error-500", "/error-500", "", render_to_string("500.html")),
        Screen("error-503", "/error-503", "", PAGE),
    ]


def _answer(html: str) -> Callable[[Any], None]:
    """A route that answers with a page no view gives on request."""
    return lambda route: route.fulfill(body=html, content_type="text/html")


def _photograph(out: Path, screens: list[Screen], sessions: dict[str, str], wanted: list[tuple[str, int, str]]) -> int:
    from kentongan.office.wsgi import application
    from kentongan.testing.browser import open_browser, sign_in_cookie
    from kentongan.testing.server import serve

    logging.getLogger("waitress").setLevel(logging.ERROR)
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    with serve(application) as base, open_browser() as browser:
        for (language, width, scheme), who in itertools.product(wanted, dict.fromkeys(screen.who for screen in screens)):
            context = browser.new_context(
                viewport={"width": width, "height": WIDTHS[width]},
                color_scheme=cast(Any, scheme),
                reduced_motion="reduce",
                base_url=base,
            )
            context.add_cookies([{"name": "django_language", "value": language, "url": base}])
            if who:
                context.add_cookies([sign_in_cookie(sessions[who], base)])  # type: ignore[list-item]
            page = context.new_page()
            for screen in screens:
                if screen.who != who:
                    continue
                if screen.html:
                    page.route(f"**{screen.path}", _answer(screen.html))
                page.set_viewport_size({"width": width, "height": WIDTHS[width]})
                page.goto(screen.path)
                if screen.press:
                    page.locator(screen.press).click()
                    page.wait_for_load_state()
                page.set_viewport_size({"width": width, "height": max(WIDTHS[width], page.evaluate("document.body.scrollHeight"))})
                page.screenshot(path=out / f"{screen.name}.{language}.{width}.{scheme}.png")
                count += 1
            context.close()
    return count
