"""The copy of the newsroom that is made and tried every night: whole or not there, and the page of the condition says which."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

sys.path.insert(0, str(Path(__file__).parent))
from desk import NOW
from procrastinate.contrib.django.models import ProcrastinateJob
from readers import published, room
from screens import STILL, client_of

from kentongan.config import Config
from kentongan.errors import FileError, StateError
from kentongan.office.administration import storage
from kentongan.office.administration.jobs import TASKS
from kentongan.office.newsroom import copying, exporting, tasks
from kentongan.office.newsroom.models import NewsroomCopy
from kentongan.office.people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(settings, tmp_path):
    settings.CLOCK = STILL
    settings.CONFIG = Config({**settings.CONFIG.values, "data": tmp_path}, settings.CONFIG.origins)
    found = room()
    published(found, "Jauhi tepi sungai.")
    return found


def finding(office, now=NOW):
    with translation.override("en"):
        return next(one for one in storage.look(office, now, datetime.now(UTC)) if one.title == "Copy of the newsroom")


def test_every_night_each_office_gets_its_copy_in_the_data_folder(made, tmp_path) -> None:
    other = made.desk.guest.office
    tasks.copy_newsrooms(timestamp=0)
    tasks.copy_newsrooms(timestamp=1)
    jobs = ProcrastinateJob.objects.filter(task_name="copy_newsroom").order_by("id")
    assert [one.args["office"] for one in jobs] == sorted((made.desk.office.pk, other.pk)), "what waits already is not planned again"
    for one in jobs:
        tasks.copy_newsroom(**one.args)
    for office in (made.desk.office, other):
        folder = tmp_path / "newsroom-copy" / office.slug
        row = NewsroomCopy.objects.get(office=office)
        assert (row.whole, row.tried, row.why) == (NOW, NOW, "")
        assert row.files == len([one for one in folder.rglob("*") if one.is_file()])
    assert b"Jauhi tepi sungai." in b"".join(one.read_bytes() for one in copying.folder_of(made.desk.office).glob("*.html"))
    assert {"copy_newsrooms", "copy_newsroom"} <= set(TASKS)


def test_a_copy_that_cannot_be_made_leaves_the_former_one_and_says_why(made) -> None:
    office, folder = made.desk.office, copying.folder_of(made.desk.office)
    copying.make(office, NOW)
    before = (folder / "index.html").read_bytes()
    (folder / "surat.txt").write_text("penting")
    (folder / "feed.atom").unlink()
    with pytest.raises(FileError):
        copying.make(office, NOW + timedelta(days=1))
    row = copying.get_copy(office)
    assert (row.whole, row.tried) == (NOW, NOW + timedelta(days=1))
    assert "is not an export" in row.why
    assert (folder / "index.html").read_bytes() == before and (folder / "surat.txt").is_file()
    said = finding(office, NOW + timedelta(days=1))
    assert not said.ok and "The latest try failed" in said.said and said.remedy


def test_a_page_that_leads_nowhere_never_takes_the_place_of_a_whole_copy(made, monkeypatch) -> None:
    office, folder = made.desk.office, copying.folder_of(made.desk.office)
    copying.make(office, NOW)
    monkeypatch.setattr(exporting.Export, "_link", lambda self, found, path: found["before"] + "./tiada.html" + found["after"])
    with pytest.raises(StateError, match=r"tiada\.html"):
        copying.make(office, NOW + timedelta(days=1))
    assert "tiada" not in (folder / "index.html").read_text()
    assert copying.get_copy(office).whole == NOW


@pytest.mark.parametrize("broken", [b"{", b"\xff", b"[]", b"null", b"{}", b'{"items": 1}'])
def test_a_broken_feed_is_said_by_its_name(made, broken) -> None:
    copying.make(made.desk.office, NOW)
    folder = copying.folder_of(made.desk.office)
    (folder / "feed.json").write_bytes(broken)
    with pytest.raises(StateError, match=r"feed\.json") as error:
        exporting.need_whole(folder)
    assert error.value.subject == "feed.json"


def test_a_feed_that_comes_broken_from_the_office_leaves_the_former_copy_and_says_so(made, monkeypatch) -> None:
    office, fetched = made.desk.office, exporting.Export._fetched
    copying.make(office, NOW)
    monkeypatch.setattr(exporting.Export, "_fetched", lambda self, path: b"{" if path.endswith("feed.json") else fetched(self, path))
    with pytest.raises(StateError, match=r"feed\.json"):
        copying.make(office, NOW + timedelta(days=1))
    row = copying.get_copy(office)
    assert row.whole == NOW and row.why.startswith("feed.json")


@pytest.mark.parametrize("lacks", ["feed.rss", "feed.json", "sitemap.xml", "index.html"])
def test_a_copy_without_one_of_its_files_is_not_whole(made, lacks) -> None:
    copying.make(made.desk.office, NOW)
    folder = copying.folder_of(made.desk.office)
    exporting.need_whole(folder)
    (folder / lacks).unlink()
    with pytest.raises(StateError):
        exporting.need_whole(folder)


def test_the_page_of_the_condition_says_when_it_was_last_whole(made) -> None:
    office = made.desk.office
    assert finding(office).ok and "not been made yet" in finding(office).said
    copying.make(office, NOW)
    today = finding(office, NOW + timedelta(hours=26))
    assert today.ok and f"newsroom-copy/{office.slug}" in today.said
    late = finding(office, NOW + timedelta(days=3))
    assert not late.ok and "Background work" in late.remedy
    client = client_of(made.desk.boss)
    client.cookies["django_language"] = "en"
    assert "It was last whole" in client.get(reverse("condition")).content.decode()


def test_that_no_copy_was_ever_made_is_well_only_for_the_first_nights(made) -> None:
    office = made.desk.office
    for hours, well in ((49, True), (51, False)):
        User.objects.filter(office=office).update(date_joined=datetime.now(UTC) - timedelta(hours=hours))
        assert finding(office).ok is well
    said = finding(office)
    assert "No copy has been made yet" in said.said and "Background work" in said.remedy
    copying.make(office, NOW)
    assert finding(office).ok


def test_a_row_says_that_it_is_whole_or_why_not(made) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        NewsroomCopy.objects.create(office=made.desk.office, tried=NOW, whole=None, why="")
