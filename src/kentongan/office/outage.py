"""A database that is away is said plainly, in every language at once, and not as an error of ours."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

LOG = logging.getLogger(__name__)
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Kentongan</title>
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="15"></head><body>
<h1>Kentongan</h1>
<p lang="id">Basis data sedang tidak terjangkau. Tidak ada yang hilang; halaman ini mencoba lagi setiap 15 detik.</p>
<p lang="vi">Cơ sở dữ liệu tạm thời không truy cập được. Không có gì bị mất; trang này tự thử lại sau mỗi 15 giây.</p>
<p lang="en">The database cannot be reached just now. Nothing is lost; this page tries again every 15 seconds.</p>
</body></html>"""


class Outage:
    """Answers 503 where the database does not answer. Every other error is left to Django."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as error:
            return self._away(error)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The same for what a view raised."""
        return self._away(error) if isinstance(error, OperationalError | InterfaceError) else None

    @staticmethod
    def _away(error: Exception) -> HttpResponse:
        LOG.warning("the database does not answer: %s", " ".join(str(error).split()))
        return HttpResponse(PAGE, status=503, headers={"Retry-After": "15", "Cache-Control": "no-store"})
