"""Every address of the office, room by room."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def health(request: HttpRequest) -> HttpResponse:
    """Answers `ok` when pages and database work; for the supervisor and for outside watchers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    path("health/", health, name="health"),
    path("", include("kentongan.office.people.urls")),
    path("", include("kentongan.office.people.places_urls")),
    path("", include("kentongan.office.api.urls")),
    path("", include("kentongan.office.administration.audit_urls")),
    path("", include("kentongan.office.administration.urls")),
    path("", include("kentongan.office.desk.urls")),
    path("", include("kentongan.office.alerting.urls")),
    path("", include("kentongan.office.listening.urls")),
    path("", include("kentongan.office.administration.transparency_urls")),
    path("", include("kentongan.office.newsroom.urls")),
]
