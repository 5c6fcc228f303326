"""Style sheets and scripts are named by what is in them: a browser keeps them for good and takes the new one when it is there."""

from __future__ import annotations

import gzip
import hashlib
import re
from contextlib import closing
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

from kentongan.office import files

pytestmark = pytest.mark.django_db  # the end of an answer looks after the connections
ROOM = Path(files.__file__).parent
APP = ROOM / "static/kentongan/app.css"


def asked(client, address, **headers):
    """(headers, body) of an address."""
    with closing(client.get(address, headers=headers)) as answer:
        return answer.headers, b"".join(answer.streaming_content)


def test_an_address_tells_the_content_of_its_file_and_is_kept_for_good(client):
    address = staticfiles_storage.url("kentongan/app.css")
    assert address == f"/static/kentongan/app.{hashlib.sha256(APP.read_bytes()).hexdigest()[:12]}.css"
    headers, body = asked(client, address)
    assert body == APP.read_bytes()
    assert "immutable" in headers["Cache-Control"]
    assert headers["Content-Type"].startswith("text/css")
    headers, body = asked(client, address, **{"accept-encoding": "gzip"})
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == APP.read_bytes()


def test_the_plain_address_stays_and_is_asked_for_again(client):
    headers, body = asked(client, "/static/kentongan/app.css")
    assert body == APP.read_bytes()
    assert "immutable" not in headers["Cache-Control"]


def test_an_address_of_older_content_is_not_there_any_more(client):
    assert client.get("/static/kentongan/app.000000000000.css").status_code == 404


@pytest.mark.parametrize("name", ["kentongan/nowhere.css", "kentongan/"])
def test_what_no_finder_knows_keeps_its_name(name):
    assert staticfiles_storage.url(name) == f"/static/{name}"


def test_every_style_sheet_and_script_of_a_page_has_such_a_name(client):
    page = client.get("/accounts/login/").content.decode()
    found = re.findall(r'(?:href|src)="/static/([\w./-]+\.(?:css|js))"', page)
    assert found
    for name in found:
        plain = re.sub(r"\.[0-9a-f]{12}(\.\w+)$", r"\1", name)
        assert plain != name
        assert finders.find(plain)
