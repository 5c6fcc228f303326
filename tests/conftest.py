"""What every test stands on: settings of its own, a real PostgreSQL, a network that ends at this machine.

The database is the served one of `DATABASE_URL`, else an embedded server that is started when the first test needs it, shared by all
processes of `pytest -n`, and gone with the last. Its address is known before it runs, so tests that need no database never start it.
"""

from __future__ import annotations

import gc
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings

MADE_HERE = "KENTONGAN_TEST_DATA" not in os.environ
"""False in the workers of `pytest -n`, which inherit the folder."""


def _prepare_environment() -> Path:
    served = os.environ.get("DATABASE_URL") or os.environ.get("KENTONGAN_DATABASE_URL", "") if MADE_HERE else ""
    if MADE_HERE:
        os.environ["KENTONGAN_TEST_DATA"] = tempfile.mkdtemp(prefix="kentongan-tests-")
        os.environ["KENTONGAN_TEST_SERVED"] = served
    data = Path(os.environ["KENTONGAN_TEST_DATA"])
    served = os.environ["KENTONGAN_TEST_SERVED"]
    os.environ.setdefault("KENTONGAN_TEST_MIGRATED", f"migrated_{uuid.uuid4().hex[:12]}")
    for name in [name for name in os.environ if name.startswith("KENTONGAN_") and "_TEST_" not in name]:
        del os.environ[name]
    from kentongan.adapters.postgres import address

    (data / "static").mkdir(exist_ok=True)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="kentongan.office.settings",
        KENTONGAN_DATA=str(data),
        KENTONGAN_DATABASE_URL=served or address(data / "postgres"),
        KENTONGAN_CONTACT="tests@kentongan.example",
        KENTONGAN_ALLOW_HOSTS="127.0.0.1,localhost",
        KENTONGAN_ALLOWED_HOSTS="testserver",
        KENTONGAN_EMBEDDER="hashed",
        KENTONGAN_LOG_LEVEL="warning",
    )
    return data


hypothesis.settings.register_profile("kentongan", deadline=None)
hypothesis.settings.load_profile("kentongan")
"""An example may be slow where the machine is busy; what hangs is ended by the limit of each test."""
DATA = _prepare_environment()
assert settings.CONFIG.data == DATA  # read now, with these settings, so that pytest-django sets Django up
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
"""Passwords of tests are worth nothing; processes of their own hash as slowly as everywhere."""
_connect = socket.socket.connect


def _connect_here_only(self: socket.socket, where: Any) -> None:
    host = where[0] if isinstance(where, tuple) else ""
    here = self.family == socket.AF_UNIX or host.startswith("127.") or host in {"::1", "localhost"}
    if not here:
        raise RuntimeError(f"a test wanted to connect to {where!r}; tests stay on this machine")
    _connect(self, where)


socket.socket.connect = _connect_here_only  # type: ignore[method-assign,assignment]


_PROCESSES = frozenset({"installation", "lasting", "copy_of"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts processes of its own takes longest and goes first: the last file that a worker takes up is a short one."""
    items.sort(key=lambda item: item.path.parent.name not in {"cli", "demo"} and _PROCESSES.isdisjoint(getattr(item, "fixturenames", ())))


def pytest_collection_finish() -> None:
    """The tests themselves stay to the end: no garbage collection has to look through them, nor come as often as in a small program."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    from django.test import TransactionTestCase

    TransactionTestCase._fixture_teardown = _emptied


def _emptied(self: Any) -> None:
    """After a test that committed, the tables that hold rows lose them. Django's way makes every table, right and policy anew."""
    from django.db import connection

    with connection.cursor() as cursor:
        names = set(connection.introspection.django_table_names(only_existing=True, include_views=False))
        filled = _filled(cursor, names - {"django_content_type", "auth_permission"})
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if filled and cursor.fetchone() == (True,):
            emptied = "; ".join(f"DELETE FROM {name}" for name in filled)
            cursor.execute(f"SET session_replication_role = replica; {emptied}; SET session_replication_role = origin")
        elif filled:
            cursor.execute(f"TRUNCATE {', '.join(filled)} CASCADE")


def _filled(cursor: Any, names: Iterable[str]) -> list[str]:
    """Which of these tables hold a row."""
    cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in sorted(names)))
    return [name for (name,) in cursor.fetchall()]


def pytest_unconfigure() -> None:
    if MADE_HERE:
        _drop_migrated()
        until = time.monotonic() + 20
        while (DATA / "postgres" / "postmaster.pid").exists() and time.monotonic() < until:
            time.sleep(0.1)
        shutil.rmtree(DATA, ignore_errors=True)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The address of a database on the server all tests share; the server runs while the session does."""
    from kentongan.adapters import postgres

    quick = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "plan_cache_mode": "force_custom_plan"}
    # plans as the tables are now: a reference checked by a plan made while its table was empty read all that tests had rolled back since
    with postgres.open_database(os.environ["KENTONGAN_TEST_SERVED"], DATA, quick) as database:
        yield database.url


@pytest.fixture(scope="session")
def migrated(server_url: str) -> str:
    """The name of a database of this version with nothing in it. To copy it takes a fraction of what its migrations took.

    It is made by `kentongan migrate`, once for all processes of `pytest -n`; nobody connects to it afterwards.
    """
    import psycopg
    from psycopg import sql

    name = os.environ["KENTONGAN_TEST_MIGRATED"]
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            unfinished = f"{name}_unfinished"
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(unfinished)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
            with tempfile.TemporaryDirectory() as folder:
                making = Installation(Path(folder), _address_of(server_url, unfinished))
                process = making.start("migrate")
                assert process.wait() == 0, making.said(process)
            connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(name)))
    return name


def _drop_migrated() -> None:
    """A served database server outlives the tests: the copy's original does not stay on it."""
    served = os.environ["KENTONGAN_TEST_SERVED"]
    if served:
        import psycopg
        from psycopg import sql

        with psycopg.connect(served, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(os.environ["KENTONGAN_TEST_MIGRATED"])))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(migrated: str, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The server runs before Django makes its test database on it, as a copy."""
    from django.db import connections

    connections["default"].settings_dict["TEST"]["TEMPLATE"] = migrated


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, server_url: str) -> Iterator[None]:
    """Who is still connected when the last test has ended (a thread on its way out) does not keep the test database from going."""
    import psycopg
    from django.db import connections

    yield
    connections.close_all()
    name = connections["default"].settings_dict["NAME"]
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


@pytest.fixture
def ready_url(server_url: str, migrated: str) -> Iterator[str]:
    """The address of a database of one's own that has every table of this version and no row."""
    with fresh_database(server_url, migrated) as url:
        yield url


@pytest.fixture
def other_ready_url(server_url: str, migrated: str) -> Iterator[str]:
    """One more, to compare with."""
    with fresh_database(server_url, migrated) as url:
        yield url


@pytest.fixture
def fresh_url(server_url: str) -> Iterator[str]:
    """The address of an empty database of one's own, for tests of whole processes."""
    with fresh_database(server_url) as url:
        yield url


@pytest.fixture
def other_fresh_url(server_url: str) -> Iterator[str]:
    """One more, to compare with."""
    with fresh_database(server_url) as url:
        yield url


@contextmanager
def fresh_database(server_url: str, copied: str = "template1") -> Iterator[str]:
    import psycopg
    from psycopg import sql

    name = f"fresh_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(copied)))
        yield _address_of(server_url, name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _address_of(server_url: str, name: str) -> str:
    """The address of another database of the same server."""
    from psycopg.conninfo import conninfo_to_dict

    parts = {key: value for key, value in conninfo_to_dict(server_url).items() if value is not None} | {"dbname": name}
    return " ".join(f"{key}='{value}'" for key, value in parts.items())


UNMANAGED = ("ledger_line", "ledger_link", "ledger_anchor", "procrastinate_jobs", "procrastinate_periodic_defers")


@pytest.fixture(autouse=True)
def nothing_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    """The next test finds no language of this one, nor, where this one committed, its rows in tables that Django does not empty."""
    yield
    from django.utils import translation

    translation.deactivate()
    marker = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames or (marker is not None and marker.kwargs.get("transaction")):
        with request.getfixturevalue("django_db_blocker").unblock():
            _emptied_unmanaged()


def _emptied_unmanaged() -> None:
    """The ledger and the queue lose their rows, which their triggers otherwise keep."""
    from django.db import connection

    with connection.cursor() as cursor:
        if not _filled(cursor, UNMANAGED):
            return
        cursor.execute(
            """SELECT tgrelid::regclass::text, quote_ident(tgname), CASE tgenabled WHEN 'A' THEN 'ALWAYS ' ELSE '' END FROM pg_trigger
            WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgrelid::regclass::text = ANY(%s)""",
            [list(UNMANAGED)],
        )
        triggers = cursor.fetchall()
        for table, name, _ in triggers:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        cursor.execute(f"TRUNCATE {', '.join(UNMANAGED)} CASCADE")
        for table, name, always in triggers:
            cursor.execute(f"ALTER TABLE {table} ENABLE {always}TRIGGER {name}")


@pytest.fixture(scope="module")
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The tests of a file share what is committed; after the last of them it is gone."""
    from django.db import connection

    with django_db_blocker.unblock():
        yield
        _emptied(None)
        _emptied_unmanaged()
        connection.close()


@pytest.fixture(scope="module")
def serve_mail() -> Iterator[Callable[[Any], str]]:
    """`serve_mail(handler)` starts a real SMTP server that gives what it is sent to the handler of aiosmtpd; gives its address."""
    from aiosmtpd.controller import Controller

    running: list[Controller] = []

    def serve(handler: Any) -> str:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        controller = Controller(handler, hostname="127.0.0.1", port=port)
        controller.start()
        running.append(controller)
        return f"smtp://127.0.0.1:{port}"

    yield serve
    for controller in running:
        controller.stop()


@pytest.fixture(scope="session")
def mail_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of mail.localhost, signed by itself, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.localhost")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("mail.localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("mail") / "host.pem"
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(key.private_bytes(*plain) + built.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def now() -> datetime:
    return datetime(2025, 11, 27, 0, 30, tzinfo=UTC)


@pytest.fixture
def office(db: None) -> Any:
    from kentongan.office.people import services

    return services.create_office("Kota Tirtaloka")


@pytest.fixture
def other_office(db: None) -> Any:
    from kentongan.office.people import services

    return services.create_office("Kota Lain")


def _person(name: str, role: str, office: Any) -> Any:
    from kentongan.office.people.models import User

    return User.objects.create(username=name, email=f"{name}@kota.example", role=role, office=office, password="!")


@pytest.fixture
def admin(office: Any) -> Any:
    """The head of the office, who registers purposes."""
    return _person("kepala", "administrator", office)


@pytest.fixture
def purpose(admin: Any) -> Any:
    """A purpose under which something may be watched."""
    from kentongan.office.listening import purposes
    from kentongan.testing import builders

    draft = purposes.Draft("watch", "Air bersih", "Mendengar.", "Perwali 25/2017", admin, date(2025, 11, 1), date(2026, 11, 1))
    return purposes.register(admin, draft, builders.NOW)


@pytest.fixture
def officer(office: Any) -> Any:
    return _person("petugas", "officer", office)


@pytest.fixture
def reader(office: Any) -> Any:
    return _person("pembaca", "reader", office)


@pytest.fixture
def administrator(office: Any) -> Any:
    return _person("admin", "administrator", office)


@pytest.fixture
def stranger(other_office: Any) -> Any:
    """An officer of another office."""
    return _person("tamu", "officer", other_office)


@pytest.fixture
def count_queries(db: None) -> Callable[[], AbstractContextManager[list[str]]]:
    """`with count_queries() as said:` … `len(said)` is the number of queries, `said` their text."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    @contextmanager
    def counting() -> Iterator[list[str]]:
        said: list[str] = []
        with CaptureQueriesContext(connection) as captured:
            yield said
            said += [query["sql"] for query in captured.captured_queries]

    return counting


class Installation:
    """Real processes of one's own: a data folder, a database, and the command started as a person would."""

    def __init__(self, data: Path, url: str, **settings: str) -> None:
        self.data = data
        self.url = url
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("KENTONGAN_", "DJANGO_"))}
        given = {"data": str(data), "database_url": url, "contact": "tests@kentongan.example", "embedder": "hashed", "web_processes": "1"}
        given |= settings
        self.env |= {f"KENTONGAN_{name.upper()}": value for name, value in given.items()}
        self.running: dict[subprocess.Popen[bytes], Path] = {}

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """A running `kentongan …`; ended with the test at the latest. What it says goes to a file: a full pipe would stop it."""
        command = [sys.executable, "-c", "from kentongan.cli.main import main; main()", *words]
        log = self.data / f"said-{len(self.running)}"
        with log.open("wb") as file:
            process = subprocess.Popen(command, env=self.env, stdout=file, stderr=file, cwd=self.data)
        self.running[process] = log
        return process

    def said(self, process: subprocess.Popen[bytes]) -> str:
        """Everything a process has said so far."""
        return self.running[process].read_text(errors="replace")

    def run(self, *words: str, expect: int | None = 0) -> str:
        """What a `kentongan …` says until it ends."""
        process = self.start(*words)
        process.wait(250)
        assert expect is None or process.returncode == expect, self.said(process)
        return self.said(process)

    def line(self, process: subprocess.Popen[bytes], word: str, within_s: float = 100) -> str:
        """The first line that has `word`; fails with everything that was said instead."""
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            ended = process.poll() is not None
            for line in self.said(process).splitlines():
                if word in line:
                    return line
            if ended:
                break
            time.sleep(0.1)
        raise AssertionError(f"no line with “{word}” came, but:\n{self.said(process)}")

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the installation's database."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    def close(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """A folder for an embedded server. Not `tmp_path`: another pytest may close its parent to the server's user at any time."""
    with tempfile.TemporaryDirectory(prefix="kentongan-data-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def installation(data_folder: Path, ready_url: str) -> Iterator[Callable[..., Installation]]:
    """`installation(setting="value")` gives a fresh installation on a migrated database of its own; `url=fresh_url` on an empty one."""
    made: list[Installation] = []

    def make(**settings: str) -> Installation:
        made.append(Installation(data_folder, **({"url": ready_url} | settings)))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="module")
def lasting(server_url: str, migrated: str) -> Iterator[Installation]:
    """One installation for all tests of a file: to be looked at or copied, not to be spoiled."""
    made_here = tempfile.TemporaryDirectory(prefix="kentongan-data-", ignore_cleanup_errors=True)
    with made_here as folder, fresh_database(server_url, migrated) as url:
        one = Installation(Path(folder), url)
        yield one
        one.close()


@pytest.fixture
def copy_of(data_folder: Path, server_url: str) -> Iterator[Callable[[Installation], Installation]]:
    """`copy_of(installation)` gives another with the same files and rows, once nobody is connected to the first."""
    from psycopg.conninfo import conninfo_to_dict

    with ExitStack() as open_here:

        def copied(one: Installation) -> Installation:
            shutil.copytree(one.data, data_folder, dirs_exist_ok=True)
            url = open_here.enter_context(fresh_database(server_url, str(conninfo_to_dict(one.url)["dbname"])))
            made = Installation(data_folder, url)
            open_here.callback(made.close)
            return made

        yield copied
