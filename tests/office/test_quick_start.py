"""A command is there soon: what it does not need is not loaded, and what follows other rooms' news follows all the same."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from procrastinate.contrib.django import app

from kentongan.office.alerting.models import Route
from kentongan.office.api import services as programs
from kentongan.office.people import services
from kentongan.testing import builders

HEAVY = ("aiohttp", "trafilatura", "typst", "sklearn", "kentongan.engine.pipeline", "kentongan.office.listening.tasks")


def test_a_start_loads_no_network_no_reader_of_pages_and_no_engine():
    code = f"import sys; from kentongan.office import database; database.set_up(); print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_whoever_does_the_work_knows_every_kind_of_it():
    app.perform_import_paths()
    rooms = {task.func.__module__.split(".")[2] for task in app.tasks.values() if task.func.__module__.startswith("kentongan.office.")}
    assert rooms == {"ledger", "listening", "alerting", "desk", "newsroom", "api", "administration"}


@pytest.mark.django_db
def test_a_new_office_has_its_route_and_who_leaves_has_no_token():
    now = datetime(2025, 11, 27, tzinfo=UTC)
    office = services.create_office("Kota Tirtaloka")
    assert Route.objects.filter(office=office).exists()
    boss, person = builders.make_user(office, "ibu", "administrator"), builders.make_user(office, "sari")
    token = programs.make_token(person, "alat", ["read"], now.replace(year=2026), "rahasia", now)
    services.leave(boss, person, now)
    token.refresh_from_db()
    assert token.revoked == now
