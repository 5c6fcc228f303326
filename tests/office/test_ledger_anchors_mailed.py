"""Anchors that leave the machine: mailed over real SMTP, appended to a file, and read back from what arrived."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from kentongan.errors import FileError, InputError
from kentongan.office.ledger import anchoring, checking, services, tasks
from kentongan.office.ledger.models import Anchor, Line

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 3, 11, tzinfo=UTC)
OFFICE = 7_400_001


class Sink:
    """A mail server that keeps what it is given, and takes nothing for an address that begins with “penuh”."""

    def __init__(self):
        self.got = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("penuh"):
            return "552 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.got.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"


@pytest.fixture
def post(settings, serve_mail):
    """`post(address, …)` sets the addresses; `post.got` is what arrived."""
    kept = Sink()
    said = {"mail_url": serve_mail(kept), "ledger_anchor_mail": ("auditor@luar.example",)}
    settings.CONFIG = replace(settings.CONFIG, values={**settings.CONFIG.values, **said})
    return kept


def with_settings(settings, **values):
    settings.CONFIG = replace(settings.CONFIG, values={**settings.CONFIG.values, **values})


def lines(office=OFFICE, n=3):
    with transaction.atomic():
        for number in range(n):
            services.write("story.marked", office=office, actor=1, at=NOW, subject=f"story:{number}")
    link()


def link():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def forge():
    """What somebody with every right over the database would do: write the chain anew, links and all."""
    with connection.cursor() as cursor:
        for table in ("ledger_line", "ledger_link", "ledger_anchor"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for table in ("ledger_anchor", "ledger_link", "ledger_line"):
            cursor.execute(f"DELETE FROM {table}")
        for table in ("ledger_line", "ledger_link", "ledger_anchor"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    lines(n=9)


def test_the_saved_mail_convicts_a_chain_that_was_written_anew_where_the_database_alone_cannot(post, tmp_path):
    lines()
    (row,) = anchoring.anchor(NOW, OFFICE)
    link()
    assert (row.way, row.place, row.told, row.detail) == ("mail", "auditor@luar.example", True, "")
    ((to, content),) = post.got
    assert to == ["auditor@luar.example"]
    saved = tmp_path / "surat.eml"
    saved.write_bytes(content)
    anchors = anchoring.read_file(saved)
    assert [(one.office, one.seq, one.at) for one in anchors] == [(OFFICE, 3, NOW)]
    assert checking.check(OFFICE, anchors).finding is None
    forge()
    assert checking.check(OFFICE).finding is None, "alone it looks whole"
    found = checking.check(OFFICE, anchors).finding
    assert (found.kind, found.seq) == ("rewritten", 3)


def test_the_mail_holds_one_line_for_each_chain_and_nothing_of_what_was_done(post):
    lines()
    lines(OFFICE + 1, 5)
    anchoring.anchor(NOW)
    ((_, content),) = post.got
    message = email.message_from_bytes(content, policy=email.policy.default)
    text = message.get_content()
    ours = [line for line in text.splitlines() if re.search(rf"office=({OFFICE}|{OFFICE + 1}) ", line)]
    assert [re.search(r"office=(\d+) seq=(\d+)", line).groups() for line in ours] == [(str(OFFICE), "3"), (str(OFFICE + 1), "5")]
    assert message["Subject"] == "Kentongan ledger 2026-11-22"
    assert "story" not in text
    assert "kentongan verify-ledger --anchor FILE" in text


def test_one_address_that_takes_nothing_is_kept_with_its_reason_and_the_others_are_told(post, settings, tmp_path):
    outside = tmp_path / "anchors"
    with_settings(settings, ledger_anchor_mail=("penuh@luar.example", "auditor@luar.example"), ledger_anchor_file=str(outside))
    lines()
    rows = {row.place: row for row in anchoring.anchor(NOW, OFFICE)}
    assert {place: row.told for place, row in rows.items()} == {
        str(outside): True, "penuh@luar.example": False, "auditor@luar.example": True,
    }  # fmt: skip
    assert "penuh@luar.example" in rows["penuh@luar.example"].detail
    assert [to for to, _ in post.got] == [["auditor@luar.example"]]
    assert outside.read_text(encoding="utf-8") == anchoring.written(anchoring.read_file(outside)[0]) + "\n"
    told = Line.objects.filter(office=OFFICE, act="ledger.anchored")
    assert sorted('"told":true' in line.detail for line in told) == [False, True, True]


def test_the_file_grows_by_what_is_new_and_keeps_what_was_told(settings, tmp_path):
    outside = tmp_path / "anchors"
    with_settings(settings, ledger_anchor_file=str(outside))
    lines()
    anchoring.anchor(NOW, OFFICE)
    link()
    lines(n=2)
    anchoring.anchor(NOW, OFFICE)
    assert [one.seq for one in anchoring.read_file(outside)] == [3, 6], "the line about the first anchor is in the chain as well"


def test_without_a_place_outside_it_is_kept_here_and_said_so(settings):
    with_settings(settings, ledger_anchor_file="", ledger_anchor_mail=())
    lines()
    (row,) = anchoring.anchor(NOW, OFFICE)
    assert (row.way, row.told) == (anchoring.HERE, True)
    assert Anchor.objects.filter(office=OFFICE).count() == 1
    assert anchoring.anchor(NOW, OFFICE + 9) == [], "a chain that is not there has no end"


def test_the_nightly_job_says_in_the_log_what_was_not_told(settings, tmp_path, caplog):
    with_settings(settings, ledger_anchor_mail=("auditor@luar.example",), mail_url="", ledger_anchor_file=str(tmp_path / "no" / "anchors"))
    lines()
    tasks.anchor_ledger(0)
    assert "cannot be written: No such file or directory" in caplog.text
    assert "No mail server is set. Set KENTONGAN_MAIL_URL" in caplog.text


@pytest.mark.parametrize("soft", [False, True])
def test_an_anchor_is_read_back_from_a_mail_that_was_broken_and_quoted_on_the_way(soft):
    one = checking.Told(OFFICE, 12, bytes(range(32)), NOW)
    line = anchoring.written(one)
    if soft:
        line = line.replace("=", "=3D")
        line = "=\r\n".join(line[at : at + 60] for at in range(0, len(line), 60))
    assert anchoring.read(f"> Yth. auditor,\r\n> {line}\r\n-- \r\nhash=00") == [one]


def test_a_file_without_an_anchor_or_that_is_not_there_is_refused_in_words(tmp_path):
    (tmp_path / "surat").write_text("Selamat pagi.\n")
    with pytest.raises(InputError, match=r"holds no anchor\. An anchor is a line that begins with"):
        anchoring.read_file(tmp_path / "surat")
    with pytest.raises(FileError, match="cannot be read: No such file"):
        anchoring.read_file(tmp_path / "hilang")
