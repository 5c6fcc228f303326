"""docs/reference/faults.md is acted out: every fault of a host is visited for real and its sentence read off the source's page."""

from __future__ import annotations

import html
import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from kentongan.adapters.http import HttpFetcher
from kentongan.office import outside
from kentongan.office.listening import collecting, presenting
from kentongan.office.listening.models import Source
from kentongan.testing import builders
from kentongan.testing.faults import FAULTS, FaultServer

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "faults.md"
ROW = re.compile(r"^\| [^|]+ \| (`[^|]+`) \| ([^|]+) \|$", re.M)
TABLE = {path: said for paths, said in ROW.findall(PAGE.read_text(encoding="utf-8")) for path in paths.strip("`").split("` `")}

HOLDING_UP = {path for path, kind in FAULTS.items() if kind in {"too_slow", "timeout"}}


def test_the_page_tells_of_every_fault_there_is():
    assert set(TABLE) == set(FAULTS)


@pytest.mark.parametrize("path", TABLE)
def test_every_fault_of_a_host_is_said_on_the_page_of_its_source(office, officer, client, path):
    client.force_login(officer, backend=settings.AUTHENTICATION_BACKENDS[0])
    limits = outside.fetch_settings(settings.CONFIG)
    if path in HOLDING_UP:
        limits = replace(limits, total_timeout_s=4, answer_timeout_s=1, slow_window_s=1)
    with FaultServer(pause_s=0.3) as faults:
        source = Source.objects.create(
            purpose=builders.purpose_of(office), office=office, name="Warta", outlet="Warta", url=faults.url_for(path)
        )
        with closing(HttpFetcher(replace(limits, allow_hosts=frozenset({f"127.0.0.1:{faults.port}"})))) as fetcher:
            kind = collecting.visit(source, fetcher, datetime.now(UTC), settings.CONFIG, None).visit.outcome
    for language in ("en", "id", "vi"):
        with translation.override(language):
            outcome = presenting.outcome(kind)
        client.cookies["django_language"] = language
        answer = client.get(f"/sources/{source.pk}/")
        said = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())
        assert outcome in said
        if language == "en":
            assert TABLE[path] in said
