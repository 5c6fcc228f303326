"""`kentongan demo`: the invented city, collected by the real fetcher from a real local server."""

from __future__ import annotations

import shutil
import sys
import threading
import time
import webbrowser
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kentongan.cli.run import announce, run, say
from kentongan.config import load as load_settings
from kentongan.demo import city as cities
from kentongan.demo import stage as stages
from kentongan.demo.sites import listing_pattern
from kentongan.demo.stage import Stage
from kentongan.errors import InputError
from kentongan.office.supervisor import Part

if TYPE_CHECKING:
    from kentongan.office.people.models import Office

READY_WITHIN_S = 280.0
SOURCE_KIND = {"sitemap": "sitemap", "listing": "listing"}


@click.command(context_settings={"max_content_width": 110})
@click.option("--port", default=8601, show_default=True, help="The port of the pages; 0 takes a free one.")
@click.option("--speed", default=30.0, show_default=True, help="How many times faster than life the morning unfolds.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--data", default=".demo", show_default=True, metavar="DIR", help="The demo's folder; kept, so the next start goes on.")
@click.option("--fresh", is_flag=True, help="Forget the folder and begin the morning again.")
def command(port: int, speed: float, no_browser: bool, data: str, fresh: bool) -> None:
    """Start an invented city and collect it before your eyes. Stops with Ctrl-C."""
    folder = Path(data).resolve()
    if fresh:
        forget(folder)
    city = cities.load()
    stage = stages.stage(folder, city, speed, datetime.now(UTC))
    stages.remember(folder, stage)
    config = load_settings({**stages.settings(stage), "data": str(folder), "web_port": str(port)})
    words = (sys.executable, "-c", "from kentongan.cli.main import main; main()", "part", "outlets", "--folder", str(folder))
    say(f"· Starting {city.names['en']}, an invented city with {len(city.outlets)} outlets (folder: {folder})")
    outlets = Part("outlets", command=words)
    sys.exit(run(config, extra=[outlets], prepare=lambda _: furnish(city, stage), ready=_when_ready(stage, browser=not no_browser)))


def forget(folder: Path) -> None:
    """Remove a demo's folder. Raises `InputError` where it is something else's."""
    if folder.exists() and any(folder.iterdir()) and not (folder / stages.FILE).is_file():
        raise InputError(f"{folder} is not a demo's folder; nothing was removed.", subject="data")
    shutil.rmtree(folder, ignore_errors=True)


def furnish(city: cities.City, stage: Stage) -> None:
    """Make the office, its people and its sources, where they are not there yet."""
    from django.conf import settings

    from kentongan.office.listening import services
    from kentongan.office.listening.models import Source
    from kentongan.office.people import services as people
    from kentongan.office.people.models import Office
    from kentongan.testing.outlet_sites import FEED_PATHS

    if Office.objects.exists():
        return
    office = people.create_office(f"Diskominfo {city.names['id']}", language="id", time_zone=str(city.zone))
    for name, role in stages.PEOPLE:
        people.create_user(name, stage.password, office=office, role=role, email=f"{name}@{city.key}.example")
    stand_under(office, city, settings.CLOCK.now())
    places = {city.key: city.names["id"], **{place.key: place.names["id"] for place in city.places}}
    for outlet in city.outlets:
        source = Source(
            office=office,
            name=outlet.name,
            outlet=outlet.name,
            url=f"http://127.0.0.1:{stage.port}/{outlet.key}/{FEED_PATHS[outlet.feed]}",
            site_url=outlet.home,
            kind=SOURCE_KIND.get(outlet.feed, "feed"),
            source_kind=outlet.source_kind,
            pattern=listing_pattern(outlet) if outlet.feed == "listing" else "",
            language=outlet.language,
            area=places[outlet.area],
        )
        services.new_source(source, datetime.now(UTC))


def stand_under(office: Office, city: cities.City, now: datetime) -> None:
    """The city's places, whom the public may ask, and two watches under a purpose of the register."""
    from kentongan.demo.places import geojson
    from kentongan.office.listening import purposes, watches
    from kentongan.office.people import places, places_reading
    from kentongan.office.people.models import Place, Role, User

    places.bring_in(None, office, places_reading.read(geojson(city), f"{city.key}.geojson"), city.key, now)
    office.area = Place.objects.get(office=office, code=city.key)
    office.contact = office.contact or f"ppid@{city.key}.example"
    office.save(update_fields=["area", "contact"])
    admin = User.objects.filter(office=office, role=Role.ADMINISTRATOR).order_by("pk").first()
    if admin is None:
        return
    day = purposes.today(office, now)
    why = "Mendengar sejak dini gangguan air dan banjir, agar warga segera mendapat penjelasan."
    basis = "Permenkominfo 4/2024; Perwali Muarasena 25/2017 (rekaan)"
    draft = purposes.Draft("watch", "Air dan banjir", why, basis, admin, day, day + purposes.FIRST_TERM)
    row = purposes.register(admin, draft, now)
    for name, query in (("Banjir", 'banjir OR ngập OR "air naik"'), ("Air PDAM keruh", "air keruh OR air mati OR PDAM")):
        watches.begin(admin, row, name, query, now)


def _when_ready(stage: Stage, *, browser: bool) -> Callable[[str], None]:
    """What to do once the parts live: wait beside the supervisor until the first briefing can be read, then say so."""

    def ready(address: str) -> None:
        threading.Thread(target=_announce, args=(address, stage, browser), name="ready", daemon=True).start()

    return ready


def _announce(address: str, stage: Stage, browser: bool) -> None:
    from kentongan.office.database import close_connections
    from kentongan.office.people.models import User
    from kentongan.office.people.one_time import link_for

    say("· Collecting fourteen days of the city")
    _wait_for_history()
    link = link_for(User.objects.get(username="petugas"), address)
    close_connections()
    for name, role in stages.PEOPLE:
        say(f"  sign in as {name:10} password {stage.password}   ({role})")
    announce(address)
    if browser:
        webbrowser.open(link)


def _wait_for_history() -> None:
    """Until every source was read once and the listener stands at the end of the journal, or `READY_WITHIN_S` are over."""
    from django.db.models import Max

    from kentongan.office.listening.models import Article, JournalEntry, ListenerState, Source

    until = time.monotonic() + READY_WITHIN_S
    shown = 0
    while time.monotonic() < until:
        articles = Article.objects.count()
        if articles >= shown + 100:
            shown = articles
            say(f"  {articles} articles collected")
        last = JournalEntry.objects.aggregate(last=Max("seq"))["last"]
        heard = ListenerState.objects.filter(offset__gte=last or 1).exists()
        if heard and not Source.objects.filter(backfilled=False, paused=False).exists():
            waiting = Article.objects.filter(journal=None).exists()
            if not waiting:
                return
        time.sleep(0.5)
    say("  Some sources have not answered yet; the briefing shows which.")
