"""Figures for Prometheus and the log: what they hold, who may read, and that planted personal data comes through neither."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from kentongan.office.administration import jobs, logs, metrics
from kentongan.testing import builders

sys.path.insert(0, str(Path(__file__).parent))
from screens import STILL, client_of, furnished

PLANTED = {
    "an e-mail address": ("no mail for budi.santoso@warga.example", "budi"),
    "a telephone number": ("call 0812-3456-7890 now", "3456"),
    "an identity number": ("NIK 3374010101900001 refused", "3374010101900001"),
    "a query": ("GET /search/?q=nama+warga&since=2 failed", "warga"),
    "a password in an address": ("cannot open postgresql://kentongan:rahasia@db/x", "rahasia"),
    "a bearer token": ("Authorization: Bearer abc.DEF-123456789", "DEF"),
    "a session": ("Cookie: sessionid=k3j2h4k5j6h7k8; csrftoken=zzz999", "k3j2h4"),
    "a one-time link": ("POST /enter/WyIxIiwgIjIwMjYi:1abc:def/ 500", "WyIx"),
    "an invitation": ("/invitation/jhKJHkjh87KJHkjh987/ was opened", "jhKJH"),
    "the link of the first run": ("/begin/aB3dE5fG7hJ9kL1mN3pQ5/ was opened", "aB3dE5"),
    "a secret setting": ("mail_password='sangat rahasia'", "sangat"),
    "a long key": ("seed 4f3c2b1a4f3c2b1a4f3c2b1a4f3c2b1a4f3c2b1a", "4f3c2b1a"),
}


def record(message, *values, exc_info=None, **extra):
    made = logging.LogRecord("kentongan.test", logging.WARNING, "x.py", 1, message, values, exc_info)
    made.__dict__.update(extra)
    return made


@pytest.mark.parametrize("what", sorted(PLANTED))
@pytest.mark.parametrize("form", [logs.CleanLines("%(levelname)s %(message)s"), logs.JsonLines()], ids=["text", "json"])
def test_what_names_a_person_or_lets_one_in_is_hidden_wherever_it_stands(what, form):
    text, secret = PLANTED[what]
    try:
        raise ValueError(text)
    except ValueError:
        trace = sys.exc_info()
    for one in (record(text), record("it failed: %s", text), record("it failed", exc_info=trace), record("x", route=text)):
        assert secret not in form.format(one)


def test_a_json_entry_is_one_line_with_time_level_and_the_errors_kind():
    try:
        raise KeyError("a\nb")
    except KeyError:
        line = logs.JsonLines().format(record("two\nlines", exc_info=sys.exc_info(), route="story", status=200, ms=12.5))
    assert "\n" not in line
    entry = json.loads(line)
    assert (entry["level"], entry["logger"], entry["message"]) == ("warning", "kentongan.test", "two\nlines")
    assert (entry["error"], entry["route"], entry["status"], entry["ms"]) == ("KeyError", "story", 200, 12.5)
    assert entry["time"].endswith("+00:00")


@given(st.text(max_size=200))
def test_every_message_is_one_line_of_json_and_cleaning_again_changes_nothing_that_matters(text):
    line = logs.JsonLines().format(record("%s", text))
    assert isinstance(json.loads(line), dict)
    assert len(line.splitlines()) <= 1 + sum(text.count(c) for c in "\x85\u2028\u2029\x1c\x1d\x1e\x0b\x0c")


@given(st.emails())
def test_no_address_comes_through(address):
    if re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", address):
        assert address not in logs.cleaned(f"no mail for {address}")


def test_plain_words_and_numbers_of_work_stay():
    said = "listener of office 3 stopped after 120 s (killed by SIGKILL); job 81234 is parked; 14,220 articles"
    assert logs.cleaned(said) == said


def test_an_endless_message_is_cut():
    assert len(logs.cleaned("x" * 1_000_000)) < 2 * logs.LONGEST


def test_the_real_log_of_a_process_is_json_where_it_is_asked_for(tmp_path):
    code = (
        "import logging, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'kentongan.office.settings'\n"
        "import django; django.setup(); logging.getLogger('kentongan').warning('no mail for %s', 'budi@warga.example')"
    )
    env = {
        "PATH": "/usr/bin:/bin",
        "KENTONGAN_DATA": str(tmp_path),
        "KENTONGAN_LOG_FORMAT": "json",
        "KENTONGAN_DATABASE_URL": "host=/nowhere",
    }
    said = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=True).stderr
    entry = json.loads(said.splitlines()[-1])
    assert (entry["level"], entry["message"]) == ("warning", "no mail for ⟦email⟧")


# Figures


@pytest.fixture
def house(db, settings):
    settings.CLOCK = STILL
    return furnished()


def figures(client=None, **headers):
    answer = (client or Client()).get(reverse("metrics"), **headers)
    assert answer.status_code == 200
    body = answer.content.decode()
    return body, {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }


def test_the_figures_say_what_works_and_what_waits(house):
    jobs.park(house.ours.pk, "visit_source", {"office": house.ours.pk}, "x", builders.NOW)
    client_of(house.officer).get(reverse("stories"))
    _, said = figures()
    assert said["kentongan_up",] == 1
    assert said["kentongan_parked_jobs",] == 1
    assert said["kentongan_workers_alive",] == 0
    assert said["kentongan_sources", "ok"] >= 1
    assert said["kentongan_visits_last_hour", "ok"] >= 1
    assert said["kentongan_database_bytes",] > 1e6
    assert said["kentongan_request_seconds_count", "2xx", "stories"] >= 1


def test_the_figures_name_no_office_no_outlet_no_person_and_no_address(house):
    client = client_of(house.officer)
    for address in ("/search/?q=warga+bernama+Budi", "/nowhere/budi@warga.example/", f"/stories/{house.stories[0].pk}/"):
        client.get(address)
    body, said = figures()
    for secret in ("Muarasena", "muarasena", "Budi", "budi", "sari", "Sena Petang", "warga", "stories/"):
        assert secret not in body
    routes = {label for name, *labels in said if name == "kentongan_request_seconds_count" for label in labels}
    assert routes >= {"search", "none", "story"}


def test_the_number_of_figures_does_not_grow_with_addresses(house):
    client = client_of(house.officer)
    client.get("/nowhere/")
    before = len(figures()[1])
    for n in range(20):
        client.get(f"/nowhere/{n}/")
        client.get(f"/stories/{10**6 + n}/")
    assert len(figures()[1]) <= before + 15


def test_the_figures_take_as_many_questions_for_few_as_for_many(house, count_queries):
    with count_queries() as few:
        figures()
    for n in range(10):
        builders.make_source(house.ours, f"Warta {n}")
    with count_queries() as many:
        figures()
    assert len(few) == len(many) <= len(metrics.GAUGES) + len(metrics.LABELLED) + 4


@pytest.mark.django_db
def test_from_elsewhere_behind_a_proxy_or_with_a_wrong_word_they_are_not_read(settings):
    def status(**headers):
        return Client().get(reverse("metrics"), **headers).status_code

    plain = settings.CONFIG

    def config(**values):
        settings.CONFIG = type(plain)(dict(plain.values) | values, plain.origins)

    assert status(REMOTE_ADDR="10.0.0.9") == 401
    assert status(REMOTE_ADDR="127.0.0.1") == 200
    config(public_url="https://kentongan.kota.example")
    assert status(REMOTE_ADDR="127.0.0.1") == 401
    config(public_url="https://kentongan.kota.example", metrics_token="satu-kata-panjang")
    assert status(REMOTE_ADDR="127.0.0.1") == 401
    for wrong in ("", "Bearer", "Bearer satu-kata", "bearer satu-kata-panjang", "Bearer satu-kata-panjang ", "Bearer kätze"):
        assert status(HTTP_AUTHORIZATION=wrong) == 401
    assert status(HTTP_AUTHORIZATION="Bearer satu-kata-panjang", REMOTE_ADDR="10.0.0.9") == 200


def test_in_json_the_supervisor_speaks_into_the_log_and_only_the_link_of_the_first_run_is_plain(installation):
    place = installation(log_format="json", workers="2")
    process = place.start("run", "--port", "0")
    place.line(process, "Ready: ")
    worker = place.ask("SELECT count(*) FROM procrastinate_workers")
    assert worker[0][0] >= 2
    found = next(pid for pid, words in children(process.pid).items() if "part worker" in words)
    os.kill(found, signal.SIGKILL)
    entry = json.loads(place.line(process, "killed by SIGKILL"))
    assert (entry["level"], entry["logger"]) == ("warning", "kentongan")
    plain = [line for line in place.said(process).splitlines() if not line.startswith(("{", "Ready: "))]
    assert len(plain) == 3
    assert "/begin/" in plain[1]


def children(pid):
    """Command lines of the processes below `pid`, by number."""
    listed = subprocess.run(["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    return {int(one): words for one, parent, words in rows if int(parent) == pid}
