"""The bench of the newsroom: texts that everybody can read, and times that count from when a request was due."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client

from kentongan.measure import bench_newsroom
from kentongan.testing import builders


@pytest.mark.django_db
def test_what_the_bench_publishes_is_there_for_everybody() -> None:
    builders.make_user(builders.make_office(), "bench")
    texts = [bench_newsroom.TEXT, f"Kelurahan 1 mengungsi lebih dulu.\n{bench_newsroom.TEXT}"]
    home, slugs = bench_newsroom.published(texts)
    for slug, text in zip(slugs, texts, strict=True):
        body = Client().get(f"/{home}{slug}/").content.decode()
        assert all(line in body for line in text.split("\n"))


class Slow(BaseHTTPRequestHandler):
    """Answers with 200, every fortieth request late and every fiftieth with 404."""

    protocol_version = "HTTP/1.1"
    asked = 0
    turn = threading.Lock()

    def do_GET(self) -> None:
        with Slow.turn:
            Slow.asked += 1
            mine = Slow.asked
        time.sleep(0.2 if mine % 40 == 0 else 0)
        self.send_response(404 if mine % 50 == 0 else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is said."""


def test_requests_are_sent_at_their_times_and_a_late_answer_counts_as_late() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        begun = time.monotonic()
        took, missed = bench_newsroom.steadily(f"http://127.0.0.1:{server.server_address[1]}/", ["a", "b"], 50, 2.0)
        server.shutdown()
    assert len(took) == 100
    assert missed == 2
    assert time.monotonic() - begun > 2.5, "they were sent as fast as they were answered"
    assert sum(one >= 200 for one in took) >= 2
