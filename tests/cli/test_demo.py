"""`kentongan demo` as a newcomer runs it: real server, real fetcher, real database, real pages; ended by Ctrl-C."""

import os
import re
import signal
import subprocess
import sys
import time
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

COMMAND = [sys.executable, "-c", "from kentongan.cli.main import main; main()", "demo", "--no-browser", "--port", "0"]
WITHIN_S = 240


def _start(folder, *words):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("KENTONGAN_", "DATABASE_URL"))}
    return subprocess.Popen(
        [*COMMAND, "--data", str(folder), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def _address(demo):
    line = demo.stdout.readline()
    found = re.fullmatch(r"Ready: (http://127\.0\.0\.1:\d+/)\n", line)
    assert found, (line, demo.stderr.read() if demo.poll() is not None else "")
    return found[1]


def _end(demo):
    demo.send_signal(signal.SIGINT)
    _, said = demo.communicate(timeout=60)
    return demo.returncode, said


class Visitor:
    """A browser without pictures: cookies and forms."""

    def __init__(self, address):
        self.address = address
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path):
        with self._opener.open(self.address + path.lstrip("/"), timeout=30) as answer:
            return answer.read().decode()

    def sign_in(self, name, password):
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get("accounts/login/"))[1]
        form = urlencode({"login": name, "password": password, "csrfmiddlewaretoken": token}).encode()
        with self._opener.open(self.address + "accounts/login/", form, timeout=30) as answer:
            return answer.read().decode()


@pytest.mark.timeout(WITHIN_S + 120)
def test_it_opens_on_a_briefing_that_leads_with_the_flood_and_goes_on_after_a_stop(tmp_path):
    folder = tmp_path / "demo"
    demo = _start(folder, "--speed", "30")
    try:
        visitor = Visitor(_address(demo))
        page = visitor.sign_in("petugas", _password(folder))
        assert re.search(r"<h1[^>]*>[^<]*(banjir|Banjir|[Tt]anggul|SIAGA 1)", page), page[:3000]
        story_list = visitor.get("stories/")
        assert "KTP" in story_list or "KTP" in visitor.get("stories/?page=2")
    finally:
        code, said = _end(demo)
    assert code == 0
    assert "Traceback" not in said
    assert re.search(r"second factor of penyetuju, each code once: (\d{8} ){9}\d{8}\n", said)
    began = time.monotonic()
    again = _start(folder)
    try:
        visitor = Visitor(_address(again))
        assert time.monotonic() - began < WITHIN_S
        assert "anggul" in visitor.sign_in("petugas", _password(folder))
    finally:
        code, said = _end(again)
    assert code == 0


def _password(folder):
    return re.search(r'"password": "([^"]+)"', (folder / "demo.json").read_text())[1]
