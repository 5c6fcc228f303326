"""The office's own sign-in: a real OpenID Connect provider on loopback tells who somebody is; whom we do not know stays outside."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.core.cache import cache

from kentongan.office.people.models import User
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of

pytestmark = pytest.mark.django_db
START = "/accounts/provider/office/"
SECRET = "a secret of the provider, long enough for its signature"


class Provider:
    """A provider that says what `says` holds."""

    def __init__(self) -> None:
        self.says: dict[str, Any] = {"sub": "7", "email": "sari@muarasena.example", "email_verified": True}
        self.asked: list[str] = []
        provider = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self._answer()

            def _answer(self) -> None:
                path = urlsplit(self.path).path
                provider.asked.append(path)
                body = json.dumps(provider.answer(path)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path: str) -> dict[str, Any]:
        if path.startswith("/.well-known/"):
            ends = {name: f"{self.url}/{name}" for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")}
            return {"issuer": self.url, **ends}
        if path == "/token_endpoint":
            told = {"iss": self.url, "aud": "kentongan", "exp": time.time() + 60, **self.says}
            return {"access_token": "x", "token_type": "Bearer", "id_token": jwt.encode(told, SECRET, "HS256")}
        return self.says


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    settings.CLOCK = STILL
    cache.clear()
    made = Provider()
    app = {"provider_id": "office", "name": "Kota", "client_id": "kentongan", "secret": "x", "settings": {"server_url": made.url}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def sari():
    return builders.make_user(builders.make_office(), "sari", "officer")


def come_back(client: Any, **changed: str) -> Any:
    """From our sign-in to the provider and back, as a browser goes."""
    gone = client.get(START)
    asked = parse_qs(urlsplit(gone["Location"]).query)
    assert gone["Location"].startswith("http://127.0.0.1:")
    assert asked["redirect_uri"] == ["http://testserver/accounts/provider/office/back/"]
    return client.get(f"{START}back/", {"code": "once", "state": asked["state"][0], **changed})


def test_somebody_we_know_is_signed_in(provider, sari):
    client = client_of(None)
    assert come_back(client)["Location"] == "/"
    assert client.get("/account/").status_code == 200
    assert "/token_endpoint" in provider.asked


@pytest.mark.parametrize(
    "says",
    [
        {"email": "penyusup@luar.example"},
        {"email": "sari@muarasena.example", "email_verified": False},
        {"email": ""},
    ],
)
def test_whoever_we_do_not_know_or_is_not_proven_stays_outside_and_gets_no_account(provider, sari, says):
    provider.says |= says
    client = client_of(None)
    come_back(client)
    assert client.get("/account/").status_code == 302
    assert User.objects.count() == 1


def test_an_address_that_two_offices_know_signs_in_to_neither(provider, sari):
    builders.make_user(builders.make_office("Kota Lain", "lain"), "lain", "officer")
    User.objects.filter(username="lain").update(email=sari.email)
    client = client_of(None)
    come_back(client)
    assert client.get("/account/").status_code == 302


def test_whoever_left_stays_outside(provider, sari):
    User.objects.filter(pk=sari.pk).update(is_active=False)
    client = client_of(None)
    come_back(client)
    assert client.get("/account/").status_code == 302


def test_a_forged_way_back_opens_nothing(provider, sari):
    client = client_of(None)
    assert come_back(client, state="forged").status_code in {200, 302, 401}
    assert client.get("/account/").status_code == 302
    assert "/token_endpoint" not in provider.asked


def test_the_sign_in_page_offers_it_only_where_there_is_one(provider, sari, settings):
    from dataclasses import replace

    assert "office&#x27;s account" not in client_of(None).get("/accounts/login/").content.decode()
    settings.CONFIG = replace(settings.CONFIG, values={**settings.CONFIG.values, "oidc_url": provider.url})
    assert START in client_of(None).get("/accounts/login/").content.decode()
