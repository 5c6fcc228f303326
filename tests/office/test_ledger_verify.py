"""Verifying the ledger: any single line that somebody with every right over the database changed, removed, put in or moved is found."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kentongan.errors import FileError, InputError
from kentongan.office.ledger import anchoring, checking, services
from kentongan.office.ledger.chain import Chained, digest
from kentongan.office.ledger.models import Anchor, Line, Link

NUMBERS = count(8_000_000)
AT = datetime(2026, 11, 22, 3, 4, 5, 6, tzinfo=UTC)
LINES = 12
TABLES = ("ledger_line", "ledger_link", "ledger_anchor")


def some_lines(office, lines=LINES):
    with transaction.atomic():
        for number in range(lines):
            services.write(
                "story.marked", office=office, actor=1 + number % 3, at=AT + timedelta(minutes=number), subject=f"story:{number}"
            )
    link_now()


def link_now():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def as_master():
    """Everything is allowed inside, and undone behind it: what somebody could do who owns the database server."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if not cursor.fetchone()[0]:
                pytest.skip("the user of DATABASE_URL does not own the server, so it cannot forge what the owner could")
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
            yield cursor
        transaction.set_rollback(True)


@pytest.fixture
def office(db):
    number = next(NUMBERS)
    some_lines(number)
    return number


CHANGES = {
    "office": "office + 1",
    "at": "at + interval '1 microsecond'",
    "actor": "actor + 1",
    "role": "'auditor'",
    "act": "'story.split'",
    "subject": "subject || ' '",
    "detail": "detail || ' '",
}
every = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PLACES = st.integers(1, LINES)


def place_of(cursor, office, seq):
    cursor.execute("SELECT line_id FROM ledger_link WHERE office = %s AND seq = %s", [office, seq])
    return cursor.fetchone()[0]


def test_an_untouched_chain_is_whole(office):
    checked = checking.check(office)
    assert (checked.lines, checked.finding, checked.last) == (LINES, None, AT + timedelta(minutes=LINES - 1))
    assert checked.hash == bytes(Link.objects.get(office=office, seq=LINES).hash)


@every
@given(seq=PLACES, column=st.sampled_from(sorted(CHANGES)))
def test_a_line_changed_in_any_column_is_named(office, seq, column):
    with as_master() as cursor:
        line = place_of(cursor, office, seq)
        cursor.execute(f"UPDATE ledger_line SET {column} = {CHANGES[column]} WHERE id = %s", [line])
        checked = checking.check(office)
    assert (checked.lines, checked.finding) == (seq - 1, checking.Finding("changed", seq, line))


@every
@given(seq=PLACES, column=st.sampled_from(["hash", "previous"]), byte=st.integers(0, 31))
def test_a_link_changed_in_any_byte_is_named(office, seq, column, byte):
    with as_master() as cursor:
        line = place_of(cursor, office, seq)
        cursor.execute(
            f"UPDATE ledger_link SET {column} = set_byte({column}, %s, get_byte({column}, %s) # 1) WHERE line_id = %s", [byte, byte, line]
        )
        checked = checking.check(office)
    assert (checked.lines, checked.finding.seq, checked.finding.line) == (seq - 1, seq, line)


@every
@given(seq=PLACES, tables=st.sampled_from([("ledger_line",), ("ledger_link",), ("ledger_link", "ledger_line")]))
def test_a_removed_line_is_named_the_last_one_too_where_an_anchor_knows_it(office, seq, tables):
    head = checking.Told(office, LINES, bytes(Link.objects.get(office=office, seq=LINES).hash))
    with as_master() as cursor:
        line = place_of(cursor, office, seq)
        for table in tables:
            cursor.execute(f"DELETE FROM {table} WHERE {'id' if table == 'ledger_line' else 'line_id'} = %s", [line])
        checked = checking.check(office, [head])
    assert (checked.lines, checked.finding is not None) == (seq - 1, True)
    if seq < LINES or tables == ("ledger_line",):
        assert (checked.finding.kind, checked.finding.seq) == ("removed", seq)
    else:
        assert checked.finding.kind in ({"inserted"} if tables == ("ledger_link",) else {"cut"})


@every
@given(seq=st.integers(1, LINES - 1), close=st.booleans())
def test_a_line_put_in_is_named_however_well_it_is_made(office, seq, close):
    """The forger moves what follows by one, and may hash the new line as if it belonged."""
    with as_master() as cursor:
        before = Link.objects.get(office=office, seq=seq)
        cursor.execute("UPDATE ledger_link SET seq = -seq - 1 WHERE office = %s AND seq > %s", [office, seq])
        cursor.execute("UPDATE ledger_link SET seq = -seq WHERE office = %s AND seq < 0", [office])
        new = Line.objects.create(office=office, at=AT, actor=9, act="story.merged")
        one = Chained(seq + 1, new.pk, office, AT, 9, "", "story.merged", "", "{}", bytes(before.hash), b"")
        hash_ = digest(one) if close else b"\1" * 32
        Link.objects.create(line=new, office=office, seq=seq + 1, previous=bytes(before.hash), hash=hash_)
        checked = checking.check(office)
    assert checked.finding is not None
    assert checked.lines == seq + close


@every
@given(one=PLACES, two=PLACES, whole=st.booleans())
def test_two_lines_that_changed_places_are_found(office, one, two, whole):
    """Either the links are renumbered, or only their lines are exchanged."""
    if one == two:
        return
    with as_master() as cursor:
        first, second = place_of(cursor, office, one), place_of(cursor, office, two)
        if whole:
            cursor.execute("UPDATE ledger_link SET seq = -1 WHERE line_id = %s", [first])
            cursor.execute("UPDATE ledger_link SET seq = %s WHERE line_id = %s", [one, second])
            cursor.execute("UPDATE ledger_link SET seq = %s WHERE line_id = %s", [two, first])
        else:
            cursor.execute("UPDATE ledger_link SET line_id = -1 WHERE line_id = %s", [first])
            cursor.execute("UPDATE ledger_link SET line_id = %s WHERE line_id = %s", [first, second])
            cursor.execute("UPDATE ledger_link SET line_id = %s WHERE line_id = -1", [second])
        checked = checking.check(office)
    assert (checked.lines, checked.finding.kind, checked.finding.seq) == (min(one, two) - 1, "reordered", min(one, two))


def test_a_line_that_nobody_chained_is_found(office):
    with as_master():
        line = Line.objects.create(office=office, at=AT, act="story.merged")
        assert checking.check(office).finding == checking.Finding("inserted", 0, line.pk)


def test_a_chain_that_was_written_anew_is_shown_by_an_anchor_only(office):
    anchors = [checking.Told(*head) for head in anchoring.heads(office)]
    with as_master() as cursor:
        cursor.execute("UPDATE ledger_line SET subject = 'story:99' WHERE id = %s", [place_of(cursor, office, 5)])
        rewrite(cursor, office)
        assert checking.check(office).finding is None
        found = checking.check(office, anchors).finding
        assert (found.kind, found.seq) == ("rewritten", LINES)


def rewrite(cursor, office):
    previous = b"\0" * 32
    for link in Link.objects.filter(office=office).select_related("line").order_by("seq"):
        one = link.line
        said = Chained(link.seq, one.pk, office, one.at, one.actor, one.role, one.act, one.subject, one.detail, previous, b"")
        cursor.execute("UPDATE ledger_link SET previous = %s, hash = %s WHERE line_id = %s", [previous, digest(said), one.pk])
        previous = digest(said)


def test_an_end_that_was_cut_off_is_shown_by_an_anchor(office):
    anchors = [checking.Told(*head) for head in anchoring.heads(office)]
    with as_master() as cursor:
        first = place_of(cursor, office, 9)
        cursor.execute("DELETE FROM ledger_link WHERE office = %s AND seq >= 9", [office])
        cursor.execute("DELETE FROM ledger_line WHERE office = %s AND id >= %s", [office, first])
        assert checking.check(office).finding is None
        assert checking.check(office, anchors).finding == checking.Finding("cut", 9, 0)


def test_every_chain_is_verified_and_the_progress_told(office):
    other = next(NUMBERS)
    some_lines(other, 3)
    told = []
    checked = {one.office: one for one in checking.check_all(progress=lambda read, total: told.append((read, total)))}
    assert (checked[office].lines, checked[other].lines) == (LINES, 3)
    assert told[-1][0] == told[-1][1] >= LINES + 3
    assert [one.office for one in checking.check_all(office=other)] == [other]


def test_an_anchor_is_read_back_from_its_line_a_mail_and_a_file(office, tmp_path):
    ((_, seq, hash_),) = anchoring.heads(office)
    told = checking.Told(office, seq, hash_, datetime(2026, 11, 22, tzinfo=UTC))
    line = anchoring.written(told)
    assert anchoring.read(f"Dear all,\n> {line}\nbye") == [told]
    assert anchoring.read(line.replace("=", "=3D")[:76] + "=\n" + line.replace("=", "=3D")[76:]) == [told]
    file = tmp_path / "anchors"
    file.write_text(line)
    assert anchoring.read_file(file) == [told]
    file.write_bytes(b"\xff\x00 nothing")
    with pytest.raises(InputError, match="holds no anchor"):
        anchoring.read_file(file)
    with pytest.raises(FileError, match="cannot be read"):
        anchoring.read_file(tmp_path / "none")


@pytest.mark.django_db(transaction=True)
def test_a_verification_sees_one_moment_while_others_write():
    number = next(NUMBERS)
    with transaction.atomic():
        for _ in range(checking.PIECE + 10):
            services.write("story.marked", office=number, actor=1, at=AT)
    import threading

    def write_on():
        try:
            with transaction.atomic():
                services.write("story.merged", office=number, actor=1, at=AT)
        finally:
            connection.close()

    grown = []

    def step(read, total):
        if not grown:
            thread = threading.Thread(target=write_on)
            thread.start()
            thread.join(30)
            grown.append(total)

    (checked,) = checking.check_all(office=number, progress=step)
    assert grown == [checking.PIECE + 10]
    assert (checked.lines, checked.finding) == (checking.PIECE + 10, None)
    assert checking.check(number).lines == checking.PIECE + 11


def test_anchors_go_to_the_file_and_into_the_chain(office, tmp_path, monkeypatch):
    from django.conf import settings as django_settings

    config = django_settings.CONFIG
    place = tmp_path / "outside"
    values = {**config.values, "ledger_anchor_file": str(place), "ledger_anchor_mail": ()}
    monkeypatch.setattr(django_settings, "CONFIG", type(config)(values, config.origins))
    (row,) = anchoring.anchor(AT, office)
    link_now()
    assert (row.way, row.told, row.seq) == ("file", True, LINES)
    assert anchoring.read_file(place) == [checking.Told(office, LINES, bytes(row.hash), AT.replace(microsecond=0))]
    last = Line.objects.filter(office=office).first()
    assert (last.act, json.loads(last.detail)["hash"]) == ("ledger.anchored", bytes(row.hash).hex())
    assert checking.check_all(office=office)[0].anchors == 1
    values["ledger_anchor_file"] = str(tmp_path / "no" / "folder")
    (row,) = anchoring.anchor(AT, office)
    assert not row.told
    assert "No such file" in row.detail
    assert Anchor.objects.filter(office=office).count() == 2
