"""The embedded server as a real server: shared, stopped with its last user, mended after a kill; and the locks between processes."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pytest

from kentongan.adapters import postgres
from kentongan.errors import DatabaseError

QUICK = {"fsync": "off", "full_page_writes": "off"}


def server_pid(data):
    return int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(true, within_s=30):
    until = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


def ask(url, query="SELECT 1"):
    with psycopg.connect(url, connect_timeout=5) as connection:
        return connection.execute(query).fetchone()[0]


@pytest.fixture(scope="module")
def data():
    """One cluster for the tests of this file; making one takes seconds."""
    with tempfile.TemporaryDirectory(prefix="kentongan-data-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def test_it_serves_whoever_has_it_open_and_stops_with_the_last(data):
    first = postgres.open_database("", data, QUICK)
    second = postgres.open_database("", data, QUICK)
    pid = server_pid(data)
    assert first.embedded
    assert first.url == second.url
    first.close()
    time.sleep(1)
    assert ask(second.url) == 1
    second.close()
    wait_until(lambda: not alive(pid))


def test_it_listens_on_a_socket_only_and_lets_nobody_else_in(data):
    with postgres.open_database("", data, QUICK) as database:
        assert ask(database.url, "SHOW listen_addresses") == ""
        assert ask(database.url, "SHOW jit") == "off"
        assert (data / "postgres").stat().st_mode & 0o077 == 0


def test_what_was_committed_is_there_after_kill_9_of_everything(data):
    script = (
        "import sys, time, psycopg; from pathlib import Path; from kentongan.adapters import postgres\n"
        "db = postgres.open_database('', Path(sys.argv[1]))\n"
        "c = psycopg.connect(db.url, autocommit=True)\n"
        "c.execute('CREATE TABLE kept AS SELECT 7 AS n'); print('there', flush=True); time.sleep(600)\n"
    )
    user = subprocess.Popen([sys.executable, "-c", script, str(data)], stdout=subprocess.PIPE, text=True)
    with user:
        assert user.stdout.readline() == "there\n"
        pid = server_pid(data)
        keeper = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        for victim in (pid, keeper, user.pid):
            with contextlib.suppress(ProcessLookupError):  # a keeper whose server is gone may be faster
                os.kill(victim, signal.SIGKILL)
    assert (data / "postgres" / "postmaster.pid").exists()
    with postgres.open_database("", data, QUICK) as database:
        assert ask(database.url, "SELECT n FROM kept") == 7


def test_a_user_that_is_killed_leaves_no_server_behind(data):
    script = (
        "import sys, time; from pathlib import Path; from kentongan.adapters import postgres\n"
        "db = postgres.open_database('', Path(sys.argv[1])); print('open', flush=True); time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(data)], stdout=subprocess.PIPE, text=True) as user:
        assert user.stdout.readline() == "open\n"
        pid = server_pid(data)
        user.kill()
    wait_until(lambda: not alive(pid))


def test_a_number_that_now_belongs_to_another_process_is_not_taken_for_the_server(data):
    with postgres.open_database("", data, QUICK):
        pid = server_pid(data)
    wait_until(lambda: not alive(pid))
    file = data / "postgres" / "postmaster.pid"
    file.write_text(f"{os.getpid()}\n{data / 'postgres'}\n1\n5432\n{data / 'postgres'}\n\n1 1\nready\n")
    with postgres.open_database("", data, QUICK) as database:
        assert ask(database.url) == 1


def test_a_server_that_dies_is_started_again(data):
    with postgres.open_database("", data, QUICK) as database:
        assert not database.revive()
        pid = server_pid(data)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not alive(pid))
        assert database.revive()
        assert ask(database.url) == 1


def test_a_path_too_long_for_a_socket_gets_a_short_one_of_our_own(data_folder):
    deep = data_folder / ("x" * 60) / ("y" * 60)
    with postgres.open_database("", deep, QUICK) as database:
        assert ask(database.url) == 1
        folder = Path(ask(database.url, "SHOW unix_socket_directories"))
        assert folder != deep / "postgres"
        assert folder.stat().st_mode & 0o077 == 0
    wait_until(lambda: not folder.exists())


def test_a_folder_that_cannot_be_made_is_said_with_what_to_do(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError, match="KENTONGAN_DATA"):
        postgres.open_database("", tmp_path / "file" / "data")


def test_a_served_database_that_is_not_there_is_said_with_what_to_do():
    with pytest.raises(DatabaseError, match="DATABASE_URL") as caught:
        postgres.open_database("host=127.0.0.1 port=1 dbname=x password=y connect_timeout=1 user=nobody sslmode=wrong", Path())
    assert caught.value.permanent


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("connection failed: Connection refused", "Nothing listens at db.example:6432: start PostgreSQL there"),
        ("connection timeout expired", "db.example:6432 says nothing"),
        ("failed to resolve host 'db.example'", "No machine of the name in db.example:6432"),
        ('FATAL: password authentication failed for user "kota"', "check user and password"),
        ('FATAL: database "berita" does not exist', "CREATE DATABASE berita;"),
        ('FATAL: role "kota" does not exist', "no user “kota”"),
        ("something new", "Check DATABASE_URL"),
    ],
)
def test_why_a_served_database_does_not_answer_is_said_with_what_to_do_and_without_the_password(said, words):
    told = postgres._away("postgresql://kota:rahasia@db.example:6432/berita", said)
    assert words in told
    assert said in told
    assert "rahasia" not in told


def test_a_served_database_that_says_nothing_is_given_up_within_the_time_its_address_allows():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        began = time.monotonic()
        with pytest.raises(DatabaseError, match=f"127.0.0.1:{port} says nothing") as caught:
            postgres.open_database(f"postgresql://a:b@127.0.0.1:{port}/c?connect_timeout=2", Path())
    assert time.monotonic() - began < 8  # a limit on hanging; without the setting it is 5 s
    assert not caught.value.permanent


@pytest.mark.parametrize(("number", "ok"), [(14, False), (15, True), (18, True)])
def test_a_postgresql_that_is_too_old_is_said_with_what_to_do(number, ok):
    check = postgres._version(number)
    assert check.ok is ok
    assert ("15 or newer is needed: upgrade" in check.remedy) is not ok


def test_what_a_served_database_lacks_is_refused_with_every_remedy(monkeypatch):
    lacking = [postgres._version(13), postgres._extension("vector", (0, 7), ("0.5.0", "0.5.0"), True)]
    monkeypatch.setattr(postgres, "check", lambda url: lacking)
    with pytest.raises(DatabaseError, match=r"PostgreSQL 15 or newer.*Version 0\.7 or newer") as caught:
        postgres.need("postgresql://a@b/c")
    assert caught.value.permanent


def test_version_and_extensions_are_checked(data):
    with postgres.open_database("", data, QUICK) as database:
        assert [check.name for check in postgres.check(database.url)] == [
            "PostgreSQL version", "extension vector", "extension pg_trgm", "extension unaccent",
        ]  # fmt: skip
        assert all(check.ok for check in postgres.check(database.url))
        postgres.need(database.url)


@pytest.mark.parametrize(
    ("found", "may", "ok", "words"),
    [
        ((None, "0.5.1"), True, False, "0.7 or newer"),
        (("0.6.2", "0.6.2"), True, False, "ALTER EXTENSION vector UPDATE"),
        ((None, "0.7.0"), True, True, ""),
        (("0.8.2", "0.8.2"), False, True, ""),
        ((None, "0.8.2"), False, False, "CREATE EXTENSION vector"),
        (None, True, False, "postgresql-NN-pgvector"),
    ],
)
def test_an_extension_that_will_not_do_is_said_with_what_to_do(found, may, ok, words):
    check = postgres._extension("vector", (0, 7), found, may)
    assert check.ok is ok
    assert words in check.remedy
    assert bool(check.remedy) is not ok


def test_migrations_run_one_after_the_other(data):
    order = []

    def migrate(url, name):
        with postgres.migration_lock(url):
            order.append(f"{name} in")
            time.sleep(0.2)
            order.append(f"{name} out")

    with postgres.open_database("", data, QUICK) as database:
        threads = [threading.Thread(target=migrate, args=(database.url, name)) for name in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert order in (["a in", "a out", "b in", "b out"], ["b in", "b out", "a in", "a out"])


@pytest.fixture
def slots_url(data):
    with postgres.open_database("", data, QUICK) as database:
        with psycopg.connect(database.url, autocommit=True) as connection:
            connection.execute("CREATE UNLOGGED TABLE IF NOT EXISTS kentongan_host (host text PRIMARY KEY, next_start timestamptz)")
            connection.execute("TRUNCATE kentongan_host")
        yield database.url


def test_two_processes_together_hold_two_slots_of_a_host(slots_url):
    one, other = postgres.SharedHostSlots(slots_url), postgres.SharedHostSlots(slots_url)
    with one.hold("a.example", 1) as first, other.hold("a.example", 1) as second:
        assert first
        assert second
        with one.hold("a.example", 0.1) as third:
            assert not third
        with one.hold("b.example", 0.1) as elsewhere:
            assert elsewhere
    with other.hold("a.example", 0.1) as again, other.hold("a.example", 0.1) as both:
        assert again
        assert both
    one.close()
    other.close()


def test_the_slots_of_a_process_that_ends_are_free(slots_url):
    one, other = postgres.SharedHostSlots(slots_url, 1), postgres.SharedHostSlots(slots_url, 1)
    with one.hold("a.example", 1) as held:
        assert held
        one.close()
        with other.hold("a.example", 2) as free:
            assert free
    other.close()


def test_the_pause_of_a_host_is_kept_over_processes(slots_url):
    one, other = postgres.SharedHostSlots(slots_url), postgres.SharedHostSlots(slots_url)
    with one.hold("a.example", 1, spacing_s=0.6):
        started = time.monotonic()
    with other.hold("a.example", 5, spacing_s=0.6) as held:
        assert held
        assert time.monotonic() - started > 0.4
    with one.hold("a.example", 0.05, spacing_s=0.6) as too_soon:
        assert not too_soon
    one.close()
    other.close()


def test_slots_whose_session_was_ended_are_asked_for_in_a_new_one(slots_url):
    slots = postgres.SharedHostSlots(slots_url)
    with slots.hold("a.example", 1) as held:
        assert held
    with psycopg.connect(slots_url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    with slots.hold("a.example", 1) as again:
        assert again
    slots.close()


def test_slots_say_when_their_database_is_away():
    slots = postgres.SharedHostSlots("host=127.0.0.1 port=1 connect_timeout=1")
    with pytest.raises(DatabaseError), slots.hold("a.example", 0.1):
        raise AssertionError


def small_disk(folder):
    """A disk of 90 MB, where this machine lets us make one."""
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=90m", "tmpfs", str(folder)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"a small disk needs the right to mount: {made.stderr.decode().strip()}")
    return folder


def fill(file):
    with pytest.raises(OSError, match="No space left"), file.open("wb", buffering=0) as filler:
        while True:
            filler.write(b"\0" * 4096)


def test_a_full_disk_is_said_clearly_and_costs_nothing_that_was_committed(data_folder):
    disk = small_disk(data_folder / "disk")
    try:
        with postgres.open_database("", disk, {"wal_recycle": "off", "max_wal_size": "32MB", "min_wal_size": "32MB"}) as database:
            with psycopg.connect(database.url, autocommit=True) as connection:
                connection.execute("CREATE TABLE kept (n int, filling text)")
                connection.execute("INSERT INTO kept VALUES (1, 'there')")
                fill(disk / "filler")
                with pytest.raises(psycopg.Error, match=r"No space left|could not extend|server closed|terminat"):
                    connection.execute("INSERT INTO kept SELECT n, repeat(md5(n::text), 100) FROM generate_series(2, 20000) n")
            (disk / "filler").unlink()
            wait_until(lambda: database.revive() or True)
            wait_until(lambda: _answers(database.url))
            assert ask(database.url, "SELECT count(*) FROM kept WHERE filling = 'there'") == 1
            with psycopg.connect(database.url, autocommit=True) as connection:
                connection.execute("INSERT INTO kept VALUES (2, 'again')")
        pid = server_pid(disk) if (disk / "postgres" / "postmaster.pid").exists() else 0
        wait_until(lambda: not alive(pid))
        fill(disk / "filler")
        with pytest.raises(DatabaseError, match=r"disk is full|Is the disk full"):
            postgres.open_database("", disk, QUICK)
        (disk / "filler").unlink()
        with postgres.open_database("", disk, QUICK) as database:
            assert ask(database.url, "SELECT count(*) FROM kept WHERE filling IN ('there', 'again')") == 2
            pid = server_pid(disk)
        wait_until(lambda: not alive(pid))
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False, capture_output=True)


def _answers(url):
    try:
        return ask(url) == 1
    except psycopg.OperationalError:
        return False
