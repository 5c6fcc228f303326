"""Backup and restore: the real command, real databases, files that are damaged in every way, people who work meanwhile."""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.conninfo import make_conninfo

from kentongan.adapters import postgres
from kentongan.errors import FileError
from kentongan.office.administration import backup, backup_restore

PASSWORD = "sungai-bersih-2026"
DIGEST = re.compile(r"digest ([0-9a-f]{64})")


def articles(path, count, first=0):
    rows = (
        {"title": f"Banjir di kelurahan {n}", "text": f"Air naik {n}. Đường ngập \u2028 {n}.", "url": f"https://a.example/{n}",
         "outlet": "A", "time": f"2026-01-01T{n % 24:02}:00:00Z", "lang": "id"}
        for n in range(first, first + count)
    )  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def once_lived_in(lasting):
    """An installation with a person, a source, articles and a ledger."""
    lasting.run("people", "add", "ani", "--role", "administrator", "--password", PASSWORD, "--email", "ani@kota.example")
    lasting.run("sources", "add", "https://a.example/feed", "--name", "Antara")
    lasting.run("import", str(articles(lasting.data / "a.jsonl", 60)), "--quiet")
    return lasting


@pytest.fixture
def lived_in(once_lived_in, copy_of):
    """A copy of it, to be spoiled."""
    return copy_of(once_lived_in)


@pytest.fixture
def second_folder():
    with tempfile.TemporaryDirectory(prefix="kentongan-data-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def test_everything_comes_back_the_same_and_the_ledger_stays_whole(lived_in, other_fresh_url, second_folder):
    file = lived_in.data / "all.backup"
    said = lived_in.run("backup", str(file), "--trial")
    digest = DIGEST.search(said)[1]
    assert "Restored on trial and compared: the same" in said
    assert file.stat().st_mode & 0o777 == 0o600
    assert not list(lived_in.data.glob(".*.part"))

    other = type(lived_in)(second_folder, other_fresh_url)
    assert digest in other.run("restore", str(file))
    for table in ("listening_article", "people_user", "listening_membership", "listening_listenerstate"):
        assert lived_in.ask(f"SELECT * FROM {table} ORDER BY 1") == other.ask(f"SELECT * FROM {table} ORDER BY 1"), table
    assert (second_folder / "secret_key").read_bytes() == (lived_in.data / "secret_key").read_bytes()
    assert "✓" in other.run("verify-ledger")
    assert other.ask("SELECT act FROM ledger_line ORDER BY id DESC LIMIT 1") == [("backup.restored",)]
    assert other.ask("SELECT count(*) FROM pg_indexes") == lived_in.ask("SELECT count(*) FROM pg_indexes")
    assert other.ask("SELECT count(*) FROM pg_policies") == lived_in.ask("SELECT count(*) FROM pg_policies")
    triggers = "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
    assert other.ask(triggers) == lived_in.ask(triggers)
    keys = "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2, 3"
    assert other.ask(keys) == lived_in.ask(keys)
    # and it goes on: new rows, new lines, the rest of an import
    assert "5 articles kept" in other.run("import", str(articles(second_folder / "b.jsonl", 5, first=60)), "--quiet")
    assert "✓" in other.run("verify-ledger")


@pytest.mark.soak
def test_the_documented_user_of_a_served_database_who_is_no_superuser_backs_up_tries_and_restores(installation, second_folder):
    with postgres.open_database("", second_folder) as server, psycopg.connect(server.url, autocommit=True) as admin:
        for line in (
            "CREATE ROLE kentongan LOGIN PASSWORD 'x' CREATEDB",
            "CREATE DATABASE office OWNER kentongan TEMPLATE template0",
            "CREATE ROLE kentongan_office NOLOGIN",
            "GRANT kentongan_office TO kentongan",
        ):
            admin.execute(line)
        office = installation(url=make_conninfo(server.url, dbname="office", user="kentongan", password="x"))
        said = office.run("migrate", expect=1)
        assert "Let whoever administers the database run in it: CREATE EXTENSION vector;" in said
        assert "Traceback" not in said
        make_vector(server.url, "office")
        office.run("import", str(articles(office.data / "a.jsonl", 20)), "--quiet")
        file = office.data / "all.backup"
        said = office.run("backup", str(file), "--trial", expect=1)
        assert "a new database lacks extension vector. Let whoever administers the server make it in the database template1." in said
        make_vector(server.url, "template1")
        said = office.run("backup", str(file), "--trial")
        assert "Restored on trial and compared: the same" in said
        owners = "SELECT extname, extowner::regrole::text FROM pg_extension ORDER BY 1"
        before = office.ask(owners)
        assert DIGEST.search(said)[1] in office.run("restore", str(file), "--replace", "--yes")
        assert office.ask("SELECT count(*) FROM listening_article") == [(20,)]
        assert office.ask(owners) == before
        assert office.ask("SELECT count(*) FROM pg_namespace WHERE nspname = 'kentongan_before_restore'") == [(0,)]


def make_vector(url, name):
    with psycopg.connect(make_conninfo(url, dbname=name), autocommit=True) as admin:
        admin.execute("CREATE EXTENSION vector")


def test_what_is_there_is_replaced_when_asked_for_and_comes_back_where_that_fails(lived_in):
    file = lived_in.data / "all.backup"
    lived_in.run("backup", str(file))
    lived_in.run("people", "add", "budi", "--role", "officer", "--password", PASSWORD)
    assert "not empty" in lived_in.run("restore", str(file), expect=1)
    people = "SELECT username FROM people_user ORDER BY 1"
    assert lived_in.ask(people) == [("ani",), ("budi",)]
    # the manifest is in order, the table is not what its migrations make: seen only in the middle of the work
    wrong = rewritten(file, lived_in.data / "wrong.backup", lambda said: said["tables"]["people_user"]["columns"].reverse())
    assert "do not fit its migrations" in lived_in.run("restore", str(wrong), "--replace", "--yes", expect=1)
    assert lived_in.ask(people) == [("ani",), ("budi",)]
    assert lived_in.ask("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'kentongan%'") == []
    with psycopg.connect(lived_in.url) as guest:
        guest.execute("SELECT 1")
        assert "stop `kentongan run`" in lived_in.run("restore", str(file), "--replace", "--yes", expect=1)
    lived_in.run("restore", str(file), "--replace", "--yes")
    assert lived_in.ask(people) == [("ani",)]
    assert "✓" in lived_in.run("verify-ledger")
    assert lived_in.ask("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'kentongan%'") == []


def test_a_restore_that_was_killed_in_the_middle_is_undone_by_the_next(lived_in):
    file = lived_in.data / "all.backup"
    lived_in.run("backup", str(file))
    with psycopg.connect(lived_in.url, autocommit=True) as session:
        backup_restore._set_aside(session)
        assert backup.tables(session) == {}
    assert "not empty" in lived_in.run("restore", str(file), expect=1)
    assert lived_in.ask("SELECT username FROM people_user") == [("ani",)]


def rewritten(file, to, change):
    """The same backup with another manifest that vouches for itself."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "manifest.json":
                said = json.loads(body)
                change(said)
                body = json.dumps(said).encode()
            new.writestr(name, body)
    return to


def test_a_damaged_cut_foreign_or_newer_file_is_refused_before_anything_is_touched(lived_in, tmp_path):
    file = lived_in.data / "all.backup"
    lived_in.run("backup", str(file))
    whole = file.read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "foreign").write_bytes(b"%PDF-1.7 a report")
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("hello.txt", "hello")
    rewritten(file, tmp_path / "newer", lambda said: said.update(form=99, version="9.0"))
    rewritten(file, tmp_path / "changed", lambda said: said["tables"]["people_user"].update(rows=7))
    locked = bytearray(whole)
    locked[whole.rindex(b"PK\x01\x02") + 8] ^= 1  # a member said to be encrypted
    (tmp_path / "locked").write_bytes(locked)
    packed = bytearray(whole)
    packed[whole.rindex(b"PK\x01\x02") + 10] ^= 64  # packed in a way nobody knows
    (tmp_path / "packed").write_bytes(packed)
    for name, word in {
        "locked": "damaged or cut off", "packed": "damaged or cut off",
        "cut": "damaged or cut off", "empty": "damaged or cut off", "foreign": "no backup", "zip": "not a backup of Kentongan",
        "newer": r"newer Kentongan \(9.0\)", "changed": "manifest was changed", "missing": "cannot be read",
    }.items():  # fmt: skip
        with pytest.raises(FileError, match=word):
            backup_restore.read(tmp_path / name)
    assert "damaged or cut off" in lived_in.run("restore", str(tmp_path / "cut"), "--replace", "--yes", expect=1)
    assert "is whole" in lived_in.run("restore", str(file), "--check")
    rewritten(file, tmp_path / "unknown", lambda said: said["migrations"].append(["people", "0099_wings"]))
    assert "people 0099_wings" in lived_in.run("restore", str(tmp_path / "unknown"), "--replace", "--yes", expect=1)
    assert lived_in.ask("SELECT username FROM people_user") == [("ani",)]

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(place=st.integers(0, len(whole) - 1), bit=st.integers(0, 7))
    def any_byte_that_changed_is_noticed_or_harmless(place, bit):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << bit
        (tmp_path / "damaged").write_bytes(damaged)
        try:
            found = backup_restore.read(tmp_path / "damaged")
        except FileError:
            return
        assert found == intact  # a time stamp or attribute of the archive that nobody reads

    intact = backup_restore.read(file)
    any_byte_that_changed_is_noticed_or_harmless()


@pytest.mark.soak
def test_a_backup_while_importing_holds_one_moment(installation, data_folder, other_fresh_url, second_folder):
    one = installation()
    one.run("people", "add", "ani", "--role", "administrator", "--password", PASSWORD)
    going = one.start("import", str(articles(data_folder / "long.jsonl", 1_500)), "--quiet")
    until = time.monotonic() + 90
    while going.poll() is None and time.monotonic() < until:
        if one.ask("SELECT count(*) FROM listening_article")[0][0] > 300:
            break
        time.sleep(0.1)
    file = data_folder / "meanwhile.backup"
    one.run("backup", str(file))
    assert going.poll() is None, "the import ended before the backup: make it longer"
    going.wait(110)
    other = type(one)(second_folder, other_fresh_url)
    other.run("restore", str(file))
    kept, lines = other.ask("SELECT count(*), (SELECT max(lines) FROM listening_importrun) FROM listening_article")[0]
    assert 300 < kept < 1_500
    assert kept == lines
    assert other.ask("SELECT count(*) FROM listening_journalentry WHERE article_id IS NOT NULL") == [(kept,)]
    assert f"{1_500:,} lines read" in other.run("import", str(data_folder / "long.jsonl"), "--quiet")
    assert other.ask("SELECT count(*) FROM listening_article") == one.ask("SELECT count(*) FROM listening_article") == [(1_500,)]


@pytest.mark.django_db(transaction=True)
def test_a_disk_that_is_full_leaves_no_half_file(tmp_path, monkeypatch):
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    monkeypatch.setattr(backup, "_private", lambda path: os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb", buffering=0))
    with pytest.raises(FileError, match=r"cannot be written: .*Free some space"):
        backup.make(tmp_path / "x.backup", tmp_path, datetime(2026, 1, 1, tzinfo=UTC))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_the_nightly_backup_is_made_once_tried_and_the_oldest_go(office, tmp_path, monkeypatch):
    from django.conf import settings as django_settings

    from kentongan.office.administration import backup_services
    from kentongan.office.administration.models import Backup
    from kentongan.office.ledger.models import Line

    config = django_settings.CONFIG
    values = {**config.values, "backup_folder": str(tmp_path), "backup_hour": 2, "backup_keep": 2, "time_zone": "Asia/Jakarta"}
    monkeypatch.setattr(django_settings, "CONFIG", type(config)(values, config.origins))
    two = datetime(2026, 3, 1, 19, 0, tzinfo=UTC)  # 02:00 in Jakarta
    assert not backup_services.is_due(two - timedelta(minutes=1))
    for day in ("2026-02-27", "2026-02-28"):
        (tmp_path / f"kentongan-{day}.backup").write_bytes(b"old")
    (tmp_path / "mine.txt").write_bytes(b"kept")
    made = backup_services.nightly(two)
    assert made is not None
    assert made.verified, made.outcome
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kentongan-2026-02-28.backup", "kentongan-2026-03-02.backup", "mine.txt"]
    assert backup_services.nightly(two + timedelta(hours=3)) is None
    row = Backup.objects.get(office=office)
    assert (row.digest, row.verified, row.size) == (made.digest, two, made.size)
    (line,) = Line.objects.filter(office=office.pk, act="backup.made")
    assert set(json.loads(line.detail)) == {"digest", "size", "rows", "verified"}
    values["backup_folder"] = str(tmp_path / "mine.txt")
    failed = backup_services.nightly(two + timedelta(days=1))
    assert not failed.verified
    assert "cannot be written" in Backup.objects.filter(office=office).first().outcome
    values["backup_hour"] = 24
    assert not backup_services.is_due(two + timedelta(days=5))


@pytest.mark.django_db
def test_of_a_backup_of_several_offices_none_learns_how_much_the_others_hold(office, other_office, tmp_path):
    from kentongan.office.administration import backup_services
    from kentongan.office.administration.models import Backup
    from kentongan.office.ledger.models import Line

    at = datetime(2026, 3, 1, tzinfo=UTC)
    made = backup_services.Made(tmp_path / "x.backup", 2_500_000, 41_000, 70, "d" * 64, True, "Restored on trial and compared: the same.")
    backup_services._keep(made, at)
    assert list(Backup.objects.order_by("office").values_list("office", "size")) == [(office.pk, 0), (other_office.pk, 0)]
    for line in Line.objects.filter(act="backup.made"):
        assert json.loads(line.detail) == {"digest": "d" * 64, "verified": True}
