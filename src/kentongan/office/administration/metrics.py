"""Figures for Prometheus: counts of the whole installation, never of a person, an office, an outlet or an address.

The numbers of work come from the database at each reading; how long requests take is counted by the web processes, by the name of the route
(names are ours and few; addresses would be neither). Read with the word of `metrics_token`; without one only from this machine, and
only while no public address is set: behind a proxy everybody comes from this machine.
"""

from __future__ import annotations

import hmac
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from prometheus_client import CollectorRegistry, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from kentongan import __version__
from kentongan.config import Config
from kentongan.office.people import scope

LOG = logging.getLogger("kentongan.request")
HERE = frozenset({"127.0.0.1", "::1"})
REGISTRY = CollectorRegistry()
SECONDS = Histogram(
    "kentongan_request_seconds",
    "How long requests took, by route and outcome.",
    ["route", "outcome"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
GAUGES: tuple[tuple[str, str, str], ...] = (
    ("kentongan_articles_estimate", "Articles kept, as the database estimates.",
     "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'listening_article'::regclass"),
    ("kentongan_parked_jobs", "Work that cannot succeed as it is and waits for a person.",
     "SELECT count(*) FROM administration_parkedjob WHERE retried IS NULL"),
    ("kentongan_job_delay_seconds", "How late the job is that waits longest.",
     "SELECT coalesce(extract(epoch FROM now() - min(scheduled_at)), 0) FROM procrastinate_jobs "
     "WHERE status = 'todo' AND scheduled_at < now()"),
    ("kentongan_workers_alive", "Worker pools that gave a sign of life in the last 30 seconds.",
     "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 s'"),
    ("kentongan_listeners_alive", "Listeners that hold their office's lock.",
     "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 73002 AND granted AND "
     "database = (SELECT oid FROM pg_database WHERE datname = current_database())"),
    ("kentongan_listener_lag_entries", "Journal entries that no listener has read yet.",
     """SELECT coalesce(sum(last.seq - coalesce(s."offset", 0)), 0) FROM people_office o
     JOIN LATERAL (SELECT seq FROM listening_journalentry j WHERE j.office_id = o.id ORDER BY seq DESC LIMIT 1) last ON true
     LEFT JOIN listening_listenerstate s ON s.office_id = o.id"""),
    ("kentongan_silences", "Sources, kinds and jobs that should have spoken and did not.",
     "SELECT count(*) FROM listening_silence WHERE ended IS NULL"),
    ("kentongan_backup_age_seconds", "Since the last backup; absent where there is none.",
     "SELECT extract(epoch FROM now() - max(at)) FROM administration_backup WHERE digest <> '' HAVING count(*) > 0"),
    ("kentongan_database_bytes", "Size of the database.", "SELECT pg_database_size(current_database())"),
)  # fmt: skip
LABELLED: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("kentongan_sources", "Sources by the outcome of their last visit.", ("outcome",),
     "SELECT CASE WHEN paused THEN 'paused' WHEN outcome = '' THEN 'new' ELSE outcome END, count(*) FROM listening_source GROUP BY 1"),
    ("kentongan_visits_last_hour", "Visits of the last hour by outcome.", ("outcome",),
     """SELECT v.outcome, count(*) FROM listening_source s
     JOIN LATERAL (SELECT outcome FROM listening_visit WHERE source_id = s.id AND at > %(now)s - interval '1 hour') v ON true
     GROUP BY 1"""),
    ("kentongan_jobs", "Jobs by queue and state.", ("queue", "status"),
     "SELECT queue_name, status::text, count(*) FROM procrastinate_jobs GROUP BY 1, 2"),
)  # fmt: skip


class Numbers(Collector):
    """What the database says at this moment. `now` is the office's time."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Each figure one short query."""
        yield GaugeMetricFamily("kentongan_up", "1 while pages and database work.", 1)
        version = GaugeMetricFamily("kentongan_version", "The version that runs.", labels=["version"])
        version.add_metric([__version__], 1)
        yield version
        config: Config = settings.CONFIG
        yield GaugeMetricFamily("kentongan_disk_free_bytes", "Free space under the data folder.", shutil.disk_usage(config.data).free)
        with connection.cursor() as cursor:
            for name, sentence, query in GAUGES:
                cursor.execute(query)
                row = cursor.fetchone()
                if row is not None and row[0] is not None:
                    yield GaugeMetricFamily(name, sentence, float(row[0]))
            for name, sentence, labels, query in LABELLED:
                cursor.execute(query, {"now": self.now})
                family = GaugeMetricFamily(name, sentence, labels=labels)
                for *values, count in cursor.fetchall():
                    family.add_metric([str(value) for value in values], float(count))
                yield family


def may_read(request: HttpRequest, config: Config) -> bool:
    """Whether whoever asks may read the figures."""
    token = str(config["metrics_token"])
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {token}".encode())
    return request.META.get("REMOTE_ADDR") in HERE and not config["public_url"] and not config["https"]


@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures as Prometheus reads them."""
    if not may_read(request, settings.CONFIG):
        words = "Set metrics_token and send it: Authorization: Bearer …\n"
        return HttpResponse(words, status=401, content_type="text/plain; charset=utf-8", headers={"WWW-Authenticate": "Bearer"})
    numbers = CollectorRegistry(auto_describe=False)
    with scope.everything():
        numbers.register(Numbers(getattr(request, "now", datetime.now(UTC))))
        body = generate_latest(numbers) + generate_latest(_requests())
    return HttpResponse(body, content_type="text/plain; version=0.0.4; charset=utf-8")


def _requests() -> CollectorRegistry:
    """What this web process counted, or where there are several, what all of them did."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together)
    return together


class Timing:
    """Counts how long each answer took. The route's name is all that is kept of an address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - began
        match: Any = request.resolver_match
        route = (match.view_name if match is not None else "") or "none"
        SECONDS.labels(route, f"{response.status_code // 100}xx").observe(took)
        LOG.debug(
            "%s %s %s", request.method, route, response.status_code,
            extra={"route": route, "status": response.status_code, "ms": round(1000 * took, 1), "method": request.method},
        )  # fmt: skip
        return response
