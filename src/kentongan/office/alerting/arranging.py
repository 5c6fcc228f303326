"""Who is told, and how: routes, addresses outside, one's own wishes and browsers. Every change is a line of the ledger.

Addresses of chat rooms and browsers are secrets (whoever knows one can write there): they are sealed, and only their host is shown.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, override

from kentongan.adapters import webpush
from kentongan.adapters.addresses_guard import AddressGuard, Refusal
from kentongan.adapters.push import SHORTEST_SECRET
from kentongan.engine.records import LEVELS
from kentongan.errors import InputError, RefusedError
from kentongan.office import sealing
from kentongan.office.alerting import silent
from kentongan.office.alerting.models import Address, AlertDelivery, Browser, Preference, PushKey, Route
from kentongan.office.listening.models import Silence, Source, Watch
from kentongan.office.listening.topics_used import used_by
from kentongan.office.people import versions
from kentongan.office.people.models import Agency, Office, Place, Role, User
from kentongan.office.people.permissions import READS, need
from kentongan.office.people.recording import record

MOST_ROUTES, MOST_ADDRESSES, MOST_BROWSERS = 50, 20, 10
LONGEST_WAIT_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class RouteDraft:
    """What a person says of a route. Numbers are of rows of their office."""

    name: str
    level: str = "high"
    topics: tuple[str, ...] = ()
    watches: tuple[int, ...] = ()
    place: int | None = None
    source_kind: str = ""
    silences: tuple[str, ...] = silent.FIRST
    roles: tuple[str, ...] = ()
    people: tuple[int, ...] = ()
    agency: int | None = None
    addresses: tuple[int, ...] = ()
    channels: tuple[str, ...] = ()
    quiet_from: time | None = None
    quiet_until: time | None = None
    wait_min: int | None = None
    paused: bool = False


FIRST = RouteDraft("", level="high", roles=(Role.OFFICER,), channels=(Route.Channel.MAIL, Route.Channel.PUSH))
"""What a new office begins with: officers on duty, from high on, in the list of alerts, by e-mail, and where they registered a browser."""


@transaction.atomic
def make_first_route(office: Office, now: datetime) -> Route:
    """The route of a new office."""
    with override(office.language):
        name = gettext("Officers on duty")
    route = Route.objects.create(
        office=office, name=name, level=FIRST.level, roles=list(FIRST.roles), channels=list(FIRST.channels), created=now
    )  # fmt: skip
    record(None, "route.made", route, now, level=route.level)
    return route


@transaction.atomic
def make_route(by: User, draft: RouteDraft, now: datetime) -> Route:
    """A route from now on. Raises `InputError` naming the field."""
    need(by, "routes.change")
    office = Office.objects.select_for_update().get(pk=by.office_id)
    if Route.objects.filter(office=office).count() >= MOST_ROUTES:
        raise RefusedError(gettext("There are %(n)s routes. Remove one first.") % {"n": MOST_ROUTES}, subject="name")
    route = Route.objects.create(office=office, by=by, created=now, **_checked(office, draft))
    record(by, "route.made", route, now, **_told(draft))
    return route


@transaction.atomic
def change_route(by: User, route: Route, draft: RouteDraft, version: int, now: datetime) -> Route:
    """Another choice of whom, what and how. Raises `ConflictError` where somebody else was quicker."""
    need(by, "routes.change", route)
    found = Route.objects.select_for_update().get(pk=route.pk)
    versions.same(found, version, {"name": found.name, "level": found.level})
    for name, value in _checked(found.office, draft).items():
        setattr(found, name, value)
    found.version += 1
    found.save()
    record(by, "route.changed", found, now, **_told(draft))
    return found


@transaction.atomic
def remove_route(by: User, route: Route, now: datetime) -> None:
    """Tell nobody by this route any more. What it told stays told."""
    need(by, "routes.change", route)
    found = Route.objects.select_for_update().get(pk=route.pk)
    record(by, "route.removed", found, now)
    found.delete()


def _told(draft: RouteDraft) -> dict[str, object]:
    """What the ledger keeps of a route: its choices, without its name."""
    kept = {name: value for name, value in asdict(draft).items() if value not in ((), None, "", False) and name != "name"}
    return {name: str(value) if isinstance(value, time) else value for name, value in kept.items()}


def _topics(office: Office) -> set[str]:
    """The topics of the office's list, and those that its routes have from a list before. Two queries."""
    stored = Route.objects.filter(office=office).exclude(topics=[]).values_list("topics", flat=True)
    return {*used_by(office.pk).topics("services"), *(topic for topics in stored for topic in topics)}


def readers(office: Office) -> list[User]:
    """Who may be told by name: the office's people who read what is heard."""
    return [one for one in User.objects.filter(office=office, is_active=True).order_by("first_name", "username") if one.roles & READS]


def _checked(office: Office, draft: RouteDraft) -> dict[str, Any]:
    """The fields of a route; every row it names is the office's own. Raises `InputError` naming the field."""
    name = " ".join(draft.name.split())[:100]
    if not name:
        raise InputError(gettext("Give it a name, so that everybody knows who is told."), subject="name")
    sets = (
        ("level", {draft.level}, set(LEVELS)),
        ("topics", set(draft.topics), _topics(office)),
        ("watches", set(draft.watches), set(Watch.objects.filter(office=office, pk__in=draft.watches).values_list("pk", flat=True))),
        ("silences", set(draft.silences), set(Silence.Kind.values)),
        ("source_kind", {draft.source_kind} - {""}, set(Source.SourceKind.values)),
        ("roles", set(draft.roles), set(READS)),
        ("channels", set(draft.channels), set(Route.Channel.values)),
        ("people", set(draft.people), {one.pk for one in readers(office)}),
        ("addresses", set(draft.addresses), set(Address.objects.filter(office=office).values_list("pk", flat=True))),
        ("place", {draft.place} - {None}, set(Place.objects.filter(office=office, pk=draft.place).values_list("pk", flat=True))),
        ("agency", {draft.agency} - {None}, set(Agency.objects.filter(office=office, pk=draft.agency).values_list("pk", flat=True))),
    )
    for field, given, allowed in sets:
        if given - allowed:
            raise InputError(gettext("Choose one of the list."), subject=field)
    if not (draft.roles or draft.people or draft.addresses or draft.agency):
        raise InputError(gettext("Choose at least one who is told: a role, a person, an agency or an address."), subject="roles")
    check_hours(draft.quiet_from, draft.quiet_until)
    if draft.wait_min is not None and not 1 <= draft.wait_min <= LONGEST_WAIT_MIN:
        raise InputError(gettext("From 1 minute to a day."), subject="wait_min")
    return {
        "name": name, "level": draft.level, "topics": sorted(set(draft.topics)), "watches": sorted(set(draft.watches)),
        "place_id": draft.place, "source_kind": draft.source_kind,
        "silences": [kind for kind in Silence.Kind.values if kind in draft.silences],
        "roles": sorted(set(draft.roles)), "people": sorted(set(draft.people)), "agency_id": draft.agency,
        "addresses": sorted(set(draft.addresses)), "channels": sorted(set(draft.channels)), "quiet_from": draft.quiet_from,
        "quiet_until": draft.quiet_until, "wait_min": draft.wait_min, "paused": draft.paused,
    }  # fmt: skip


def check_hours(start: time | None, end: time | None) -> None:
    """Quiet hours have both edges or none, and two different ones. Raises `InputError`."""
    if (start is None) != (end is None):
        raise InputError(gettext("Give both hours, or none."), subject="quiet_until")
    if start is not None and start == end:
        raise InputError(gettext("Quiet hours end at another hour than they begin."), subject="quiet_until")


# Addresses outside


@dataclass(frozen=True, slots=True)
class AddressDraft:
    """What a person says of an address outside. `url` and `token` empty: as they are."""

    kind: str
    name: str
    language: str
    url: str = ""
    token: str = ""


@transaction.atomic
def make_address(by: User, draft: AddressDraft, secret: str, now: datetime) -> Address:
    """An address that routes can name. A webhook is signed with `secret`; ntfy asks for a token of its own, if any."""
    need(by, "routes.change")
    office = Office.objects.select_for_update().get(pk=by.office_id)
    if Address.objects.filter(office=office).count() >= MOST_ADDRESSES:
        raise RefusedError(
            gettext("%(n)s addresses are told already. Remove one first.") % {"n": MOST_ADDRESSES}, subject="name"
        )  # fmt: skip
    if draft.kind not in Address.Kind.values:
        raise InputError(gettext("Choose one of the list."), subject="kind")
    address = Address(office=office, kind=draft.kind, by=by, created=now)
    _fill(address, draft, {"secret": _long(secret)} if draft.kind == Address.Kind.WEBHOOK else {})
    record(by, "address.made", address, now, kind=address.kind)
    return address


@transaction.atomic
def change_address(by: User, address: Address, draft: AddressDraft, version: int, now: datetime) -> Address:
    """Another name, language, address or token; what is left empty stays as it is."""
    found = _locked(by, address)
    versions.same(found, version, {"name": found.name, "host": found.host})
    found.version += 1
    _fill(found, draft, sealing.opened(found.sealed))
    record(by, "address.changed", found, now, url=bool(draft.url), token=bool(draft.token))
    return found


def _fill(address: Address, draft: AddressDraft, secrets: dict[str, str]) -> None:
    name = " ".join(draft.name.split())[:100]
    if not name:
        raise InputError(gettext("Give it a name, so that everybody knows who is told."), subject="name")
    if draft.language not in dict(settings.LANGUAGES):
        raise InputError(gettext("Choose one of the list."), subject="language")
    if draft.url or not secrets.get("url"):
        secrets = secrets | {"url": guarded(draft.url, "url")}
    if draft.token:
        if not (draft.token.isascii() and draft.token.isprintable() and len(draft.token) <= 300):
            raise InputError(gettext("This is no token."), subject="token")
        secrets = secrets | {"token": draft.token}
    address.name, address.language, address.host = name, draft.language, urlsplit(secrets["url"]).netloc[:300]
    address.sealed = sealing.seal(secrets)
    address.save()


def guarded(url: str, field: str) -> str:
    """An address outside that may be asked. Raises `InputError`."""
    judged = AddressGuard(settings.CONFIG["allow_hosts"]).check(url)
    if isinstance(judged, Refusal) or len(url) > 1000:
        detail = judged.detail if isinstance(judged, Refusal) else ""
        said = gettext("This address may not be told: give a public one that begins with https://.")
        raise InputError(f"{said} {detail}".strip(), subject=field)
    return str(judged)


def _long(secret: str) -> str:
    if len(secret.encode()) < SHORTEST_SECRET:
        raise InputError(gettext("The secret must have at least %(n)s characters.") % {"n": SHORTEST_SECRET}, subject="secret")
    return secret


@transaction.atomic
def renew_secret(by: User, address: Address, secret: str, now: datetime) -> None:
    """Sign with another secret from now on; for webhooks."""
    found = _locked(by, address)
    if found.kind != Address.Kind.WEBHOOK:
        raise RefusedError(gettext("Only a webhook is signed with a secret."), subject="kind")
    found.sealed = sealing.seal(sealing.opened(found.sealed) | {"secret": _long(secret)})
    found.save(update_fields=["sealed"])
    record(by, "address.changed", found, now, secret="renewed")  # noqa: S106


@transaction.atomic
def remove_address(by: User, address: Address, now: datetime) -> None:
    """Tell this address nothing any more; routes that named it name it no more."""
    found = _locked(by, address)
    record(by, "address.removed", found, now)
    for route in Route.objects.select_for_update().filter(office=found.office, addresses__contains=[found.pk]):
        route.addresses = [one for one in route.addresses if one != found.pk]
        route.version += 1
        route.save(update_fields=["addresses", "version"])
    found.delete()


@transaction.atomic
def test_address(by: User, address: Address, now: datetime) -> AlertDelivery:
    """A message that says nothing but that it is a test."""
    found = _locked(by, address)
    row = AlertDelivery.objects.create(
        office=found.office, key=f"alert-test-a{found.pk}-{int(now.timestamp())}-{_next(found.office_id)}", channel=found.kind,
        address=found, language=found.language, news="test", payload={"test": True}, at=now,
    )  # fmt: skip
    record(by, "address.changed", found, now, test=row.pk)
    return row


def _next(office: int) -> int:
    """Makes the keys of two tests in one second different."""
    return AlertDelivery.objects.filter(office=office, news="test").count()


def _locked(by: User, address: Address) -> Address:
    need(by, "routes.change", address)
    return Address.objects.select_for_update().get(pk=address.pk)


# One's own wishes


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a person wants to be told."""

    mail: bool = True
    push: bool = True
    quiet_from: time | None = None
    quiet_until: time | None = None


@transaction.atomic
def change_wishes(by: User, wishes: Wishes, now: datetime) -> Preference:
    """By which channels one is told, and when not. In a crisis one is told at any hour."""
    need(by, "listening.read")
    check_hours(wishes.quiet_from, wishes.quiet_until)
    row, _ = Preference.objects.update_or_create(person=by, defaults={"office_id": by.office_id, **asdict(wishes)})
    record(by, "wishes.changed", by, now, mail=wishes.mail, push=wishes.push, quiet=wishes.quiet_from is not None)
    return row


@transaction.atomic
def push_key(office: Office) -> str:
    """The public key browsers are to ask for; made at the first question. It opens nothing until one registers."""
    found = PushKey.objects.filter(office=office).first()
    if found is None:
        key = ec.generate_private_key(ec.SECP256R1())
        public, sealed = webpush.b64(webpush.public_bytes(key)), sealing.seal({"key": webpush.private_text(key)})
        found, _ = PushKey.objects.get_or_create(office=office, defaults={"public": public, "sealed": sealed})
    return found.public


@dataclass(frozen=True, slots=True)
class BrowserDraft:
    """What a browser says of itself when it is registered."""

    endpoint: str
    p256dh: str
    auth: str
    name: str = ""


@transaction.atomic
def register_browser(by: User, draft: BrowserDraft, now: datetime) -> Browser:
    """Alerts are shown by this browser from now on. One that was registered before, also by somebody else here, is theirs from now on."""
    need(by, "listening.read")
    office = Office.objects.select_for_update().get(pk=by.office_id)
    endpoint = guarded(draft.endpoint, "endpoint")
    webpush.public_key(webpush.unb64(draft.p256dh, "p256dh"))
    if len(webpush.unb64(draft.auth, "auth")) != webpush.SECRET:
        raise InputError(gettext("This browser did not say how it can be reached. Try it again."), subject="auth")
    if Browser.objects.filter(person=by).count() >= MOST_BROWSERS:
        raise RefusedError(gettext("You have %(n)s browsers. Remove one first.") % {"n": MOST_BROWSERS}, subject="endpoint")
    sealed = sealing.seal({"endpoint": endpoint, "p256dh": draft.p256dh, "auth": draft.auth})
    digest = hashlib.sha256(endpoint.encode()).hexdigest()
    given = {"person": by, "name": " ".join(draft.name.split())[:100], "sealed": sealed, "created": now, "reached": None}
    browser, _ = Browser.objects.update_or_create(office=office, digest=digest, defaults=given)
    record(by, "browser.registered", browser, now)
    return browser


@transaction.atomic
def forget_browser(by: User, browser: Browser, now: datetime) -> None:
    """One's own browser shows no alerts any more."""
    need(by, "listening.read", browser)
    if browser.person_id != by.pk:
        raise RefusedError(gettext("This is somebody else's browser."), subject="browser")
    record(by, "browser.removed", browser, now)
    browser.delete()


@transaction.atomic
def test_me(by: User, now: datetime) -> list[AlertDelivery]:
    """A test by every channel one has chosen: mail and each browser."""
    need(by, "listening.read")
    wish = Preference.objects.filter(person=by).first() or Preference(mail=True, push=True)
    office = Office.objects.select_for_update().get(pk=by.office_id)
    language, stem = by.language or office.language, f"alert-test-p{by.pk}-{int(now.timestamp())}-{_next(office.pk)}"
    rows: list[AlertDelivery] = []
    given = {"office": office, "person": by, "language": language, "news": "test", "payload": {"test": True}, "at": now}
    if wish.mail and by.email and settings.CONFIG["mail_url"]:
        rows.append(AlertDelivery(channel="mail", key=f"{stem}-mail", **given))
    for browser in Browser.objects.filter(person=by) if wish.push else ():
        rows.append(AlertDelivery(channel="push", key=f"{stem}-b{browser.pk}", browser=browser, **given))
    if not rows:
        raise RefusedError(gettext("Nothing to test: no mail server is set, and no browser of yours is registered."), subject="channels")
    made = AlertDelivery.objects.bulk_create(rows)
    record(by, "wishes.tested", by, now, channels=len(made))
    return made


@transaction.atomic
def forget_browsers_of(person: User, now: datetime) -> None:
    """Whoever leaves is told nothing any more."""
    if Browser.objects.filter(person=person).delete()[0]:
        record(None, "browser.removed", person, now)
