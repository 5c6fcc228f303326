"""The demo's office, people, sources, places and watches, made before its first part starts. Django is set up by then."""

from __future__ import annotations

from datetime import UTC, datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from kentongan.demo import city as cities
from kentongan.demo.places import geojson
from kentongan.demo.sites import listing_pattern
from kentongan.demo.stage import APPROVER, PEOPLE, Stage
from kentongan.office import clock
from kentongan.office.listening import purposes, services, watches
from kentongan.office.listening.models import Source
from kentongan.office.people import places, places_reading, standing
from kentongan.office.people import services as people
from kentongan.office.people.models import Office, Place, Role, User
from kentongan.testing.outlet_sites import FEED_PATHS

FEWEST_CODES = 5
SOURCE_KIND = {"sitemap": "sitemap", "listing": "listing"}


def furnish(city: cities.City, stage: Stage) -> None:
    """Make the office, its people and its sources, where they are not there yet. A folder of an earlier version gets who is missing."""
    found = Office.objects.order_by("pk").first()
    office = found or people.create_office(f"Diskominfo {city.names['id']}", language="id", time_zone=str(city.zone))
    there = set(User.objects.values_list("username", flat=True))
    for name, role in PEOPLE:
        if name not in there:
            people.create_user(name, stage.password, office=office, role=role, email=f"{name}@{city.key}.example")
    if APPROVER not in there:
        _ask_for_a_factor(office, clock.now())
    if found is not None:
        return
    stand_under(office, city, clock.now())
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


def _ask_for_a_factor(office: Office, now: datetime) -> None:
    """Approvers of the office need a second factor from now on."""
    admin = User.objects.filter(office=office, role=Role.ADMINISTRATOR).order_by("pk").first()
    if admin is not None:
        people.require_factor(admin, {Role.APPROVER, *office.second_factor_roles}, office.version, now)
        office.refresh_from_db()


def codes() -> list[str]:
    """The recovery codes of the demo's approver that were not used yet; new ones by chance where fewer than `FEWEST_CODES` are left.

    For the demo alone, whose terminal says its passwords, too. The codes of its app nobody knows: whoever wants one sets up their own.
    """
    person = User.objects.get(username=APPROVER)
    if not Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        TOTP.activate(person, generate_totp_secret())
    left = RecoveryCodes.activate(person).get_unused_codes()
    if len(left) >= FEWEST_CODES:
        return left
    Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()
    return RecoveryCodes.activate(person).get_unused_codes()


def stand_under(office: Office, city: cities.City, now: datetime) -> None:
    """The city's places and agencies, whom the public may ask, and two watches under a purpose of the register."""
    places.bring_in(None, office, places_reading.read(geojson(city), f"{city.key}.geojson"), city.key, now)
    office.area = Place.objects.get(office=office, code=city.key)
    office.contact = office.contact or f"ppid@{city.key}.example"
    office.save(update_fields=["area", "contact"])
    admin = User.objects.filter(office=office, role=Role.ADMINISTRATOR).order_by("pk").first()
    if admin is None:
        return
    for agency in city.agencies:
        standing.make_agency(admin, agency.names["id"], agency.short, f"{agency.key}@{city.key}.example", now)
    day = purposes.today(office, now)
    why = "Mendengar sejak dini gangguan air dan banjir, agar warga segera mendapat penjelasan."
    basis = "Permenkominfo 4/2024; Perwali Muarasena 25/2017 (rekaan)"
    draft = purposes.Draft("watch", "Air dan banjir", why, basis, admin, day, day + purposes.FIRST_TERM)
    row = purposes.register(admin, draft, now)
    for name, query in (("Banjir", 'banjir OR ngập OR "air naik"'), ("Air PDAM keruh", "air keruh OR air mati OR PDAM")):
        watches.begin(admin, row, name, query, now)
