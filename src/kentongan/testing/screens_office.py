"""The invented office in which every screen of `kentongan.testing.screens` has something to show, and the people who look at them.

It is made in two parts, because the pages of the first run are there only until somebody can sign in. Both commit; nothing here is undone.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from kentongan.office.administration import jobs, services, transparency, wizard, wizard_pages
from kentongan.office.administration.models import Backup
from kentongan.office.alerting.models import Address, Route
from kentongan.office.api import services as programs
from kentongan.office.api.models import Delivery
from kentongan.office.desk.models import Issue
from kentongan.office.listening import briefing, levels, purposes, releases, retention
from kentongan.office.listening import services as listening
from kentongan.office.listening.claims_models import Claim
from kentongan.office.listening.marking import AGENCY
from kentongan.office.listening.models import Article, Signal, Source, TopicCount
from kentongan.office.people import holders, places, places_reading
from kentongan.office.people import services as people
from kentongan.office.people.models import Agency, Office, Place, User
from kentongan.testing import builders
from kentongan.testing.accuracy import furnish_accuracy
from kentongan.testing.builders import NOW
from kentongan.testing.claims import furnish_claims
from kentongan.testing.desk import (
    furnish_actions,
    furnish_asked,
    furnish_echo,
    furnish_issues,
    furnish_questions,
    furnish_statement,
    furnish_stopped,
    furnish_urgent,
    furnish_withdrawn,
)
from kentongan.testing.forecasts import furnish_forecasts
from kentongan.testing.held import furnish_held
from kentongan.testing.periods import furnish_periods
from kentongan.testing.readers import furnish_readers
from kentongan.testing.screens import FIRST
from kentongan.testing.teaching import furnish_teaching
from kentongan.testing.tones import furnish_spoken, furnish_tones
from kentongan.testing.watches import furnish_watches

SECRET = "a secret of sixteen and more"  # noqa: S105
PLACES = """code,level,name,parent
KM,city,Kota Muarasena,
KM.1,district,Sena Hulu,KM
KM.2,district,Sena Tengah,KM
KM.1.1,ward,Kampung Lentera,KM.1
KM.1.2,ward,Rawa Kenari,KM.1
KM.2.1,ward,Pelita Dalam,KM.2
"""
COUNTED = (("Rawa Kenari", 20), ("Pelita Dalam", 4), ("Kampung Lentera", 7))
"""Complaints of a month by place: one that may be told, two that are too few."""


@dataclass(frozen=True, slots=True)
class Furnished:
    """What stands in the braces of the screens' addresses, and the sessions of the people who look."""

    things: dict[str, Any]
    sessions: dict[str, str]


def furnish_first_run() -> Furnished:
    """An installation in which nobody can sign in yet: one browser is inside, and a new start has printed one more link."""
    office = people.first_office()
    wizard.prepare("the first word", NOW)
    wizard.enter("the first word", "a key")
    wizard.prepare("the second word", NOW)
    run = wizard.find("a key")
    assert run is not None, "somebody can sign in already"
    said = {"name": "Kota Muarasena", "country": "ID", "time_zone": "Asia/Jakarta", "language": office.language}
    wizard.describe_office(run, said, NOW)
    session = SessionStore()
    session[wizard_pages.KEY] = "a key"
    session.save()
    return Furnished({"word": "the second word"}, {FIRST: str(session.session_key)})


def furnish_screens() -> Furnished:
    """The office at work."""
    office, quiet = builders.make_office(), builders.make_office("Kota Sepi", "sepi")
    officer = builders.make_user(office, "sari", first_name="Sari", last_name="Wening")
    boss = builders.make_user(office, "ibu", "administrator", first_name="Ratna", last_name="Dewi")
    builders.furnish_people(office, boss, officer)
    others = [
        builders.make_user(office, "dewi", "approver", first_name="Dewi", last_name="Anggraini"),
        builders.make_user(quiet, "sepi"),
        builders.make_user(None, "tamu"),
        builders.make_user(office, "periksa", "auditor", first_name="Tri", last_name="Ayu"),
    ]
    things = _heard(office, officer, boss) | _registered(office, boss) | _connected(office, boss) | _doors(office, officer)
    keeper = User.objects.get(username="wayan")
    sessions = {person.username: _signed_in(person) for person in (officer, boss, keeper, User.objects.get(username="tanpa"), *others)}
    return Furnished(things, sessions | {"half": _half_way_in(keeper)})


def _heard(office: Office, officer: User, boss: User) -> dict[str, Any]:
    """What was heard, judged, told and signed."""
    stories = builders.furnish(office, officer)
    locked = builders.furnish_notices(office)
    furnish_claims(office, officer)
    furnish_forecasts(stories[0])
    furnish_held(stories[3:5])
    spoken, watch = furnish_tones(office, officer), furnish_watches(office, officer)
    alert = builders.furnish_alerts(office, boss)
    why = "Perumda sudah turun ke lapangan; hasil laboratorium ditunggu pukul 10"
    levels.set_level(officer, stories[1], "high", why, (levels.engine_of(stories[1]), 0), NOW)
    events = furnish_accuracy(office, officer)
    furnish_teaching(office, officer, boss)
    agency = Agency.objects.order_by("name")[1]
    told_of = furnish_spoken(office, AGENCY + agency.name)
    content = briefing.compose(office, briefing.last_visit(officer, NOW, touch=False), NOW, "id")
    claims = list(Claim.objects.order_by("first", "pk").values_list("pk", flat=True)[:3])
    numbers = furnish_issues(officer, list(User.objects.filter(office=office, username__in=["bayu", "ibu"])), stories)
    issue = Issue.objects.get(pk=numbers["issue"])
    return {
        "signed": listening.sign_briefing(officer, content, NOW).pk,
        "story": stories[0].pk,
        "by_hand": stories[1].pk,
        "item": Article.objects.filter(membership__story=stories[0]).order_by("pk").values_list("pk", flat=True)[0],
        "signal": Signal.objects.filter(story=stories[0]).values_list("pk", flat=True)[0],
        "alert": alert.pk,
        "statement": furnish_statement(officer, issue).pk,
        "urgent": furnish_urgent(officer, issue, alone=False).pk,
        "alone": (alone := furnish_urgent(officer, issue, alone=True)).pk,
        "news": alone.publication.slug,
        "confirming": furnish_readers(office, alone.publication),
        "asked": furnish_asked(officer, User.objects.get(username="dewi"), issue).pk,
        "withdrawn": furnish_withdrawn(officer, issue).pk,
        "echoed": furnish_echo(officer, User.objects.get(username="dewi"), issue, stories[0]).pk,
        "stopped": furnish_stopped(officer, User.objects.get(username="dewi"), issue).pk,
        **numbers,
        **furnish_questions(officer, issue),
        **furnish_actions(officer, issue),
        "route": Route.objects.filter(office=office).values_list("pk", flat=True)[0],
        "outside": Address.objects.filter(office=office).values_list("pk", flat=True)[0],
        "claim": claims[0],
        "claim_decided": claims[2],
        "agency": agency.pk,
        "told_of": told_of.pk,
        "event": events[0].pk,
        "failing": Source.objects.filter(outcome="too_many_requests").values_list("pk", flat=True)[0],
        "locked": locked.pk,
        "watch": watch.pk,
        "spoken": spoken.pk,
        "officer": officer.pk,
    }


def _registered(office: Office, boss: User) -> dict[str, Any]:
    """The register and what stands under it: places, what was deleted and told, a correction."""
    places.bring_in(None, office, places_reading.read(PLACES.encode(), "places.csv"), "places.csv", NOW)
    holders.add(boss, "Arya Lintang", "Wali Kota", date(2030, 2, 20), NOW)
    draft = purposes.Draft("watch", "Banjir", "Mendengar banjir.", "Perwali 9/2025", boss, date(2025, 11, 1), date(2025, 12, 1))
    purpose = purposes.register(boss, draft, NOW)
    at = datetime(2025, 10, 3, tzinfo=UTC)
    TopicCount.objects.bulk_create(TopicCount(office=office, topic="Air", place=place, start=at, end=at, count=n) for place, n in COUNTED)
    releases.release_due(office, NOW)
    furnish_periods(office)
    retention.run(office, NOW, retention.keep_for(office))
    transparency.add_correction(boss, date(2025, 11, 20), "Kami menulis 12 RT.", "Yang benar 21 RT.", NOW)
    return {"purpose": purpose.pk, "place": Place.objects.get(office=office, code="KM.1.2").pk}


def _connected(office: Office, boss: User) -> dict[str, Any]:
    """Programs of others, a setting of the office's own, work that was parked, backups."""
    draft = programs.HookDraft("Ruang kendali", "https://kendali.example/masuk", ("signal.raised",))
    hook = programs.make_hook(boss, draft, SECRET, NOW)
    Delivery.objects.create(office=office, hook=hook, event="signal.raised", at=NOW, state="given_up", tries=8, status=500, detail="x")
    programs.add_push_source(boss, "Dinas Air", "official", SECRET, NOW)
    programs.make_token(boss, "Papan", ["read", "decide"], NOW + programs.LONGEST_LIFE, SECRET, NOW)
    services.change_setting(boss, "keep_item_days", "90", 0, NOW)
    jobs.park(office.pk, "visit_source", {"source_id": 1, "office": office.pk}, "RefusedError: the purpose has ended", NOW)
    for days, outcome in ((1, "Restored on trial and compared: the same, digest 5f1c0a7e33b2d9f4…"), (2, "Not restored on trial.")):
        at = NOW - timedelta(days=days)
        file, verified = f"kentongan-{at:%Y-%m-%d}.backup", at if days == 1 else None
        Backup.objects.create(office=office, at=at, file=file, size=48_300_000, digest="5f1c" * 16, verified=verified, outcome=outcome)
    return {"hook": hook.pk}


def _doors(office: Office, officer: User) -> dict[str, Any]:
    """Somebody with every second factor, somebody without a password, a new password's link."""
    keeper = builders.make_user(office, "wayan", first_name="Wayan", last_name="Laut")
    TOTP.activate(keeper, generate_totp_secret())
    RecoveryCodes.activate(keeper)
    factor = WebAuthn.add(keeper, "Telepon", _passkey()).instance
    without = builders.make_user(office, "tanpa")
    without.set_unusable_password()
    without.save(update_fields=["password"])
    reset = f"{user_pk_to_url_str(officer)}-{default_token_generator.make_token(officer)}"
    return {"factor": factor.pk, "reset": reset, "invitation": builders.INVITED}


def _passkey() -> dict[str, Any]:
    """What a browser would have said of a new passkey; nobody holds its other half."""
    public = ES256.from_cryptography_key(ec.derive_private_key(7, ec.SECP256R1()).public_key())
    known = AttestedCredentialData.create(bytes(16), b"invented passkey", public)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    told = AuthenticatorData.create(hashlib.sha256(b"127.0.0.1").digest(), flags, 0, known)
    client = CollectedClientData.create(CollectedClientData.TYPE.CREATE, b"a challenge", "http://127.0.0.1")
    answer = {"clientDataJSON": client, "attestationObject": AttestationObject.create("none", told, {})}
    number = websafe_encode(known.credential_id)
    response = {name: websafe_encode(value) for name, value in answer.items()}
    return {"id": number, "rawId": number, "type": "public-key", "response": response}


def _signed_in(person: User) -> str:
    """A session in which the password was said a moment ago, and will have been for a day."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "kentongan.office.people.backends.OfficeBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() + 86_400, "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return str(session.session_key)


def _half_way_in(person: User) -> str:
    """A session in which the password was right and the second factor is asked for."""
    client = Client(headers={"host": "127.0.0.1"})
    client.post("/accounts/login/", {"login": person.username, "password": builders.PASSWORD})
    return client.cookies["sessionid"].value
