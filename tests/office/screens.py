"""What the tests of the screens share: a furnished office at a time that stands still, and clients of four people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.test import Client
from django.test.client import ClientHandler
from kept import kept

from kentongan.adapters.clock import ShiftedClock
from kentongan.testing import builders

STILL = ShiftedClock(builders.NOW, builders.NOW, 0)


@dataclass(frozen=True)
class House:
    """Two offices: `ours` is furnished and has an officer and a reader; the stranger works in the other one."""

    ours: Any
    theirs: Any
    officer: Any
    reader: Any
    stranger: Any
    homeless: Any
    stories: list[Any]
    administrator: Any = None


def furnished() -> House:
    return kept(_furnished)


def _furnished() -> House:
    ours, theirs = builders.make_office(), builders.make_office("Kota Lain", "lain")
    officer = builders.make_user(ours, "sari")
    reader, stranger = builders.make_user(ours, "budi", "reader"), builders.make_user(theirs, "tamu")
    stories = builders.furnish(ours, officer)
    administrator = builders.make_user(ours, "ibu", "administrator")
    return House(ours, theirs, officer, reader, stranger, builders.make_user(None, "baru"), stories, administrator)


@cache
def handler() -> ClientHandler:
    """What answers all clients: to look through the static files for each took half as long as an answer."""
    handler = ClientHandler(enforce_csrf_checks=False)
    handler.load_middleware()
    return handler


def client_of(person: Any, language: str = "en", **given: Any) -> Client:
    client = Client(**given)
    client.handler = handler()
    if person is not None:
        client.force_login(person)
    client.cookies["django_language"] = language
    return client
