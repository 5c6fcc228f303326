"""The newsroom as files: every link leads to a file, served from any path by any web server, and an earlier copy stays until the new one is
whole."""

from __future__ import annotations

import functools
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import urlopen
from xml.etree import ElementTree as Tree

import pytest
from readers import published, room

from kentongan.errors import FileError
from kentongan.office.newsroom import exporting
from kentongan.office.newsroom.exporting import Export
from kentongan.testing import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    found = room()
    texts = [f"Jauhi sungai di RW {n}." for n in range(22)]
    found.publications = [published(found, text, "en" if n % 11 == 5 else "id") for n, text in enumerate(texts)]
    return found


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing is said."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def walked(first: str) -> dict[str, str]:
    """Every page and file reached from one by links, with its text; fails where a link leads nowhere or outside."""
    waiting, found = [first], dict[str, str]()
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        try:
            with urlopen(address) as answer:
                found[address] = answer.read().decode()
        except HTTPError as error:
            raise AssertionError(f"{address} → {error.code}") from error
        if address.endswith((".html", "/")):
            links = re.findall(r'(?:href|src)="([^"]*)"', found[address])
            waiting += [urljoin(address, one).partition("#")[0] for one in links]
            assert all(not one.startswith(("/", "http", "?")) for one in links), address
    return found


def test_every_link_of_the_copy_leads_to_a_file_from_any_path(made, tmp_path) -> None:
    folder = tmp_path / "web" / "di" / "mana" / "saja"
    folder.parent.mkdir(parents=True)
    count = Export(made.desk.office, folder).run()
    with served(tmp_path / "web") as address:
        found = walked(f"{address}di/mana/saja/index.html")
    bodies = "\n".join(found.values())
    assert all(one.version.text in bodies for one in made.publications)
    assert {name.rsplit("/", 1)[1] for name in found} >= {
        "index.html",
        "list-en-0.html",
        "list-all-20.html",
        "feed.atom",
        "feed.rss",
        "feed.json",
    }
    assert count == len([one for one in folder.rglob("*") if one.is_file()])
    assert len(found) >= count - 1, "only the sitemap is linked from nowhere"
    assert "<form" not in bodies
    assert "subscribe" not in bodies


def test_feeds_and_sitemap_name_files_that_are_there(made, tmp_path) -> None:
    Export(made.desk.office, tmp_path / "a").run()
    Export(made.desk.office, tmp_path / "b", "https://salinan.example/kabar").run()
    told = json.loads((tmp_path / "a" / "feed.json").read_text())
    assert all((tmp_path / "a" / row["url"]).is_file() for row in told["items"])
    places = [one.text or "" for one in Tree.parse(tmp_path / "b" / "sitemap.xml").iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(places) == len(made.publications) + 1
    assert all((tmp_path / "b" / one.removeprefix("https://salinan.example/kabar/")).is_file() for one in places)
    atom = Tree.parse(tmp_path / "b" / "feed.atom").getroot()
    links = [one.get("href") or "" for one in atom.iter("{http://www.w3.org/2005/Atom}link")]
    assert len(links) > 20
    assert all(one.startswith("https://salinan.example/kabar/") for one in links)
    rss = Tree.parse(tmp_path / "b" / "feed.rss").getroot()
    places = [one.text or "" for one in rss.iter("link")] + [one.get("href") or "" for one in rss.iter("{http://www.w3.org/2005/Atom}link")]
    assert len(places) > 20
    assert all((tmp_path / "b" / one.removeprefix("https://salinan.example/kabar/")).is_file() for one in places)


def test_a_copy_from_before_there_was_rss_is_replaced(made, tmp_path) -> None:
    Export(made.desk.office, tmp_path / "a").run()
    (tmp_path / "a" / "feed.rss").unlink()
    Export(made.desk.office, tmp_path / "a").run()
    assert (tmp_path / "a" / "feed.rss").is_file()


def test_the_same_newsroom_gives_the_same_bytes_and_a_new_text_appears(made, tmp_path) -> None:
    folder = tmp_path / "web"
    Export(made.desk.office, folder).run()
    before = {one.name: one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    Export(made.desk.office, folder).run()
    assert {one.name: one.read_bytes() for one in folder.rglob("*") if one.is_file()} == before
    new = published(made, "Jangan lewat Jembatan Sena.")
    Export(made.desk.office, folder).run()
    assert (folder / f"{new.slug}.html").is_file()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["web"], "nothing is left beside it"


def test_whoever_is_killed_leaves_the_old_copy_and_the_next_run_goes_on(made, tmp_path, monkeypatch) -> None:
    folder = tmp_path / "web"
    Export(made.desk.office, folder).run()
    before = (folder / "index.html").read_bytes()
    published(made, "Jangan lewat Jembatan Sena.")
    broken = Export(made.desk.office, folder)
    fetched = broken._fetched

    def dies(address: str) -> bytes:
        if address.endswith("feed.json"):
            raise KeyboardInterrupt
        return fetched(address)

    broken._fetched = dies
    with pytest.raises(KeyboardInterrupt):
        broken.run()
    assert (folder / "index.html").read_bytes() == before
    folder.rename(folder.with_name(".web.old"))  # killed between the two renamings
    Export(made.desk.office, folder).run()
    assert b"Jembatan Sena" in (folder / "index.html").read_bytes()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["web"]


def test_what_is_no_export_is_never_replaced(made, tmp_path) -> None:
    (tmp_path / "rumah").mkdir()
    (tmp_path / "rumah" / "surat.txt").write_text("penting")
    with pytest.raises(FileError, match="not an export"):
        Export(made.desk.office, tmp_path / "rumah").run()
    assert (tmp_path / "rumah" / "surat.txt").read_text() == "penting"


def test_an_office_that_published_nothing_has_a_copy_too_and_nothing_of_others(made, tmp_path) -> None:
    other = builders.make_office("Kota Jauh", "jauh")
    Export(other, tmp_path / "web").run()
    bodies = "".join(one.read_text() for one in (tmp_path / "web").rglob("*") if one.suffix in {".html", ".json", ".atom"})
    assert "Kota Jauh" in bodies
    assert "Jauhi sungai" not in bodies
    assert exporting.is_ours(tmp_path / "web")
