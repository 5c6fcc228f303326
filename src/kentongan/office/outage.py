"""A database that is away, or whose disk is full, is said plainly, in every language at once, and not as an error of ours."""

from __future__ import annotations

import logging
from collections.abc import Callable

import psycopg
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

LOG = logging.getLogger(__name__)
MARK = (
    '<svg width="22" height="28" viewBox="0 0 22 28" aria-hidden="true"><path fill="currentColor" d="M7 3a4 4 0 0 1 8 0h-2a2 2 0 0 0-4 0z'
    'M6 4h10a5 5 0 0 1 5 5v14a5 5 0 0 1-5 5H6a5 5 0 0 1-5-5V9a5 5 0 0 1 5-5zm4 5v13h2V9z"/></svg>'
)
FRAME = f"""<!doctype html>
<html lang="id" data-look="system"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kentongan</title><meta http-equiv="refresh" content="15"><link rel="stylesheet" href="/static/vendor/fonts.css">
<link rel="stylesheet" href="/static/kentongan/tokens.css"><link rel="stylesheet" href="/static/kentongan/app.css"></head>
<body class="gated"><main class="gate"><h1 class="brand">{MARK}Kentongan</h1><div class="tongues">
{{said}}</div></main></body></html>"""
PAGE = FRAME.format(
    said="""<p lang="id"><b>Basis data sedang tidak terjangkau.</b> Tidak ada yang hilang. Halaman ini mencoba lagi setiap 15 detik.</p>
<p lang="vi"><b>Tạm thời không kết nối được cơ sở dữ liệu.</b> Không có gì bị mất. Trang này tự thử lại sau mỗi 15 giây.</p>
<p lang="en"><b>The database cannot be reached just now.</b> Nothing is lost. This page tries again every 15 seconds.</p>
"""
)
FULL_PAGE = FRAME.format(
    said="""<p lang="id"><b>Ruang penyimpanan basis data penuh.</b> Yang sudah tersimpan tetap aman.
Mintalah administrator mengosongkan ruang; halaman ini mencoba lagi setiap 15 detik.</p>
<p lang="vi"><b>Ổ đĩa của cơ sở dữ liệu đã đầy.</b> Dữ liệu đã lưu vẫn an toàn.
Hãy nhờ quản trị viên giải phóng dung lượng; trang này tự thử lại sau mỗi 15 giây.</p>
<p lang="en"><b>The disk of the database is full.</b> What was stored is safe.
Ask the administrator to free some space; this page tries again every 15 seconds.</p>
"""
)


def is_full(error: BaseException) -> bool:
    """Whether the database refused because its disk is full; while connecting only its words say so."""
    return isinstance(error.__cause__, psycopg.errors.DiskFull) or "No space left on device" in str(error)


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
        full = is_full(error)
        LOG.warning("%s: %s", "the disk of the database is full" if full else "the database does not answer", " ".join(str(error).split()))
        return HttpResponse(FULL_PAGE if full else PAGE, status=503, headers={"Retry-After": "15", "Cache-Control": "no-store"})
