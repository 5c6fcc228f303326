"""What runs in each process of the office: the web server, a worker, a listener.

Each part stops on SIGTERM and when its parent is gone, tells the supervisor when it is ready, and outlives a database that is away:
the web answers 503, worker and listener try again.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection, connections
from django.template.loader import get_template
from django.template.utils import get_app_template_dirs
from django.urls import get_resolver
from django.utils import translation
from procrastinate.contrib.django import app

from kentongan.adapters.keeper import dies_with_parent
from kentongan.adapters.memory import give_back
from kentongan.config import Config
from kentongan.engine.names import load_tagger
from kentongan.office import outside
from kentongan.office.administration import jobs
from kentongan.office.listening import engine_settings, journal, listener, tasks
from kentongan.office.listening.heeding import Heed
from kentongan.office.people import scope
from kentongan.office.people import settings as office_settings
from kentongan.office.sharing import Hands, SharingServer
from kentongan.office.supervisor import HOPELESS, READY_FD, tell_ready, watch_parent

LOG = logging.getLogger("kentongan")
STANDS_BACK = 5
"""How nice background work is to the web server: where both want a processor, whoever waits for a page gets three quarters of it."""
LOOK_S = 1.0
"""The longest a listener sleeps without looking: a notification that was lost costs this much."""
AWAY_LONGEST_S = 5.0
_PROXY: dict[str, Any] = {
    "trusted_proxy": "127.0.0.1",
    "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
}
LOCK_WAIT_S = 2.0
GARBAGE = (20_000, 20, 50)
"""After how many new objects Python looks for circles among them (of its own accord 700): a page makes 100,000 and hardly any circle."""
PAGES = Path(__file__).parent
CHILDREN_S = 8.0
"""What a web process may take to finish before it is ended."""
ALERT_THREADS = {"alerts": 1, "rings": 2, "letters": 2}
"""Besides `worker_threads`: alerts wait for nothing else, two slow receivers do not keep an office from looking, nor a slow mail server
readers from being told of what is new."""
SPARE_THREADS = 4
"""For short calls besides the jobs. Left to itself the loop has fewer threads than jobs: processors and four."""
AFRESH = 75
"""The exit code of a part that asks to be started again."""


def run_web(config: Config) -> int:
    """Serve the pages until told to stop, by as many processes as are set; they share one listening socket."""
    try:
        door = socket.create_server(
            (str(config["web_host"]), int(config["web_port"])),
            family=socket.AF_INET6 if ":" in str(config["web_host"]) else socket.AF_INET,
            backlog=1024,
        )
    except OSError as error:
        LOG.error(
            "The web server cannot listen on %s port %s: %s. Choose another with KENTONGAN_WEB_PORT (0 takes a free one).",
            *(config["web_host"], config["web_port"], os.strerror(error.errno) if error.errno else error),
        )
        return HOPELESS
    address = f"http://{_shown_host(str(config['web_host']))}:{door.getsockname()[1]}/"
    processes = int(config["web_processes"])
    if processes == 1:
        return _serve(config, door, address, Hands(1), 0)
    with tempfile.TemporaryDirectory(prefix="kentongan-web-") as counts:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts  # before the pages are loaded: their figures are then counted together
        return _serve_by(processes, config, door, address)


def _serve(config: Config, door: socket.socket, address: str, hands: Hands, number: int) -> int:
    """Serve from this process, the `number`th of those that write into `hands`."""
    from kentongan.office.wsgi import application

    server = SharingServer(
        application,
        door,
        hands,
        number,
        threads=int(config["web_threads"]),
        ident="kentongan",
        clear_untrusted_proxy_headers=True,
        **(_PROXY if config["https"] else {}),
    )
    stop = _on_stop(lambda: None)
    threading.Thread(target=server.run, name="web", daemon=True).start()
    tell_ready(address)
    stop.wait()
    server.close()
    outside.close()
    return 0


def _serve_by(processes: int, config: Config, door: socket.socket, address: str) -> int:
    """Serve from processes of one's own that share what is loaded. One that dies ends all: the supervisor starts the part again."""
    _load_pages()
    connections.close_all()
    dies = dies_with_parent(signal.SIGTERM)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    hands = Hands(processes)
    children: set[int] = set()
    for number in range(processes):
        child = os.fork()
        if child == 0:
            if dies is not None:
                dies()
            if number:
                os.environ.pop(READY_FD, None)
            code = 1
            try:
                code = _serve(config, door, address, hands, number)
            finally:
                logging.shutdown()
                os._exit(code)
        children.add(child)
    os.environ.pop(READY_FD, None)
    door.close()
    return _watch_over(children)


def _load_pages() -> None:
    """Load what pages are made with, which Python would otherwise load at the first page of each process (70 MB in each)."""
    from kentongan.office import wsgi  # noqa: F401

    get_resolver().url_patterns  # noqa: B018  the modules of every page
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Issues")
    for folder in get_app_template_dirs("templates"):
        if Path(folder).is_relative_to(PAGES):
            for page in Path(folder).rglob("*.html"):
                get_template(str(page.relative_to(folder)))
    load_tagger()
    outside.embedder().embed(["banjir"])


def _watch_over(children: set[int]) -> int:
    """Wait until told to stop (0) or until a child has died (its code)."""
    stop = _on_stop(lambda: None)
    code = 0
    while not stop.wait(0.2) and not code:
        done, status = os.waitpid(-1, os.WNOHANG)
        if done:
            children.discard(done)
            code = abs(os.waitstatus_to_exitcode(status)) or 1
    for child in children:
        os.kill(child, signal.SIGTERM)
    until = time.monotonic() + CHILDREN_S
    for child in children:
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            if time.monotonic() > until:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.05)
    return code


def _shown_host(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::", ""} else f"[{host}]" if ":" in host else host  # noqa: S104


def _stand_back() -> None:
    """Give way to the web server. Once: a listener that begins anew is the same process."""
    if os.getpriority(os.PRIO_PROCESS, 0) == os.getpriority(os.PRIO_PROCESS, os.getppid()):
        os.nice(STANDS_BACK)


def run_worker(config: Config) -> int:
    """Do background jobs until told to stop: visits, visits that need patience, pages and the rest, each with threads of its own."""
    _stand_back()
    app.perform_import_paths()
    try:
        return asyncio.run(_work(config))
    finally:
        outside.close()


async def _work(config: Config) -> int:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    watch_parent(lambda: _set_from_thread(loop, stopping))
    url = str(config["database_url"])
    while not stopping.is_set() and not await _answers(url):
        await asyncio.sleep(LOOK_S)
    if stopping.is_set():
        return 0
    await asyncio.to_thread(_mend)
    worker = app.with_connector(app.connector.get_worker_connector())
    shares = _shares(int(config["worker_threads"]))
    loop.set_default_executor(ThreadPoolExecutor(sum(shares.values()) + SPARE_THREADS, thread_name_prefix="job"))
    async with worker.open_async():
        pools = [asyncio.create_task(worker.run_worker_async(**_pool([queue], share))) for queue, share in shares.items()]
        lost = asyncio.create_task(_until_lost(url))
        stop = asyncio.create_task(stopping.wait())
        tell_ready()
        await asyncio.wait([stop, lost, *pools], return_when=asyncio.FIRST_COMPLETED)
        if not stopping.is_set():
            await _start_afresh(url, stopping)
        lost.cancel()
        for pool in pools:
            pool.cancel()
        await asyncio.gather(*pools, lost, return_exceptions=True)
    return 0


def _shares(threads: int) -> dict[str, int]:
    """How many jobs of each queue are done at the same time: none can take the threads of another, each has at least one."""
    shares = {"pages": max(1, threads // 4), "patient": max(1, threads // 4), "default": max(1, threads // 8)}
    return {"visits": max(1, threads - sum(shares.values())), **shares, **ALERT_THREADS}


def _mend() -> None:
    """Take up what a worker before this one left."""
    tasks.retry_stalled()
    tasks.plan_due()
    close_old_connections()


async def _answers(url: str) -> bool:
    try:
        async with asyncio.timeout(5), await psycopg.AsyncConnection.connect(url) as connection:
            await connection.execute("SELECT 1")
        return True
    except (OSError, psycopg.Error):
        return False


async def _until_lost(url: str) -> None:
    """Ends when the database does not answer any more."""
    while await _answers(url):
        await asyncio.sleep(2 * LOOK_S)


async def _start_afresh(url: str, stopping: asyncio.Event) -> None:
    """After an outage the library's pools wait for minutes or forever: once the database is back this process ends at once.

    The supervisor starts it again; jobs that were interrupted have committed nothing and are done again by the sweep.
    """
    LOG.warning("the worker lost the database; it starts afresh when it is back")
    while not stopping.is_set() and not await _answers(url):
        await asyncio.sleep(LOOK_S)
    logging.shutdown()
    os._exit(0 if stopping.is_set() else AFRESH)


def _set_from_thread(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    loop.call_soon_threadsafe(event.set)


def _pool(queues: list[str], concurrency: int) -> dict[str, Any]:
    return {
        "queues": queues,
        "concurrency": concurrency,
        "fetch_job_polling_interval": 1.0,
        "shutdown_graceful_timeout": 10.0,
        "install_signal_handlers": False,
        "delete_jobs": "successful",
        "update_heartbeat_interval": 5.0,
        "name": queues[0],
        "task_middleware": [jobs.parking],
    }


def run_listener(config: Config, office: int) -> int:
    """Listen for one office until told to stop."""
    _stand_back()
    stop = _on_stop(lambda: None)
    wait = 1.0
    while not stop.is_set():
        try:
            if _listen(config, office, stop):
                _begin_anew()
            return 0
        except (OperationalError, InterfaceError, psycopg.OperationalError) as error:
            LOG.warning("the listener lost the database (%s); trying again in %.0f s", " ".join(str(error).split()), wait)
            connection.close()
            stop.wait(wait)
            wait = min(AWAY_LONGEST_S, wait * 2)
    return 0


def _begin_anew() -> NoReturn:
    """Become the same command again: a process of the same number, with nothing of this one's memory."""
    LOG.info("the listener begins anew, to give back memory")
    connections.close_all()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  the command this process was started with


def _listen(config: Config, office: int, stop: threading.Event) -> bool:
    close_old_connections()
    with scope.scope(office):  # from here on this process sees no row of another office, over every new connection
        return _listen_inside(config, office, stop)


def _listen_inside(config: Config, office: int, stop: threading.Event) -> bool:
    """Until told to stop. True where the process should begin anew, from the state it has just saved."""
    while not listener.take_lock(office):
        tell_ready()
        if stop.wait(LOCK_WAIT_S):
            return False
    heed, mine = _opened(config, office)
    tell_ready()
    with psycopg.connect(str(config["database_url"]), autocommit=True) as ears:
        ears.execute(f'LISTEN "{journal.CHANNEL}"')
        while not stop.is_set():
            if mine.grown:
                return True
            if heed.wants_anew(mine):
                mine.state = None  # its memory is wanted
                heed, mine = _opened(config, office)
            if not _turn(mine):
                for _ in ears.notifies(timeout=LOOK_S, stop_after=1):
                    pass
    mine.save()
    return False


def _opened(config: Config, office: int) -> tuple[Heed, listener.Listener]:
    """A listener by the settings as they are now, and what says when it must be opened anew."""
    heed = Heed(office)
    mine = listener.Listener(office, outside.embedder(), engine_settings.of(office), int(config["snapshot_entries"]))
    mine.open()
    give_back()
    return heed, mine


_ticked = 0.0


def _turn(mine: listener.Listener) -> int:
    """One look: let what waits into the journal, read a batch, tell the time when nothing is left. Gives what was read."""
    global _ticked  # noqa: PLW0603  real time since the last tick, for a demo whose clock runs fast
    now = settings.CLOCK.now()
    config = office_settings.of(mine.office)
    if not listener.held(mine.office, float(config["hold_first_s"])):
        journal.append_waiting(mine.office)
    read = mine.step(now)
    if not read and time.monotonic() - _ticked > 2.0 and listener.tick_due(mine.office, now, float(config["tick_minutes"])):
        _ticked = time.monotonic()
        listener.append_tick(mine.office, now)
        return 1
    return read


def _on_stop(do: Callable[[], None]) -> threading.Event:
    """An event that is set on SIGTERM, SIGINT and when the parent is gone."""
    stop = threading.Event()

    def asked(number: int = 0, frame: object = None) -> None:
        stop.set()
        do()

    signal.signal(signal.SIGTERM, asked)
    signal.signal(signal.SIGINT, asked)
    watch_parent(asked)
    return stop
