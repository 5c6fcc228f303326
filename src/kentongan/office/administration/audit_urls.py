"""The addresses of the record and of the backups."""

from __future__ import annotations

from django.urls import path, re_path

from kentongan.office.administration import audit_views

urlpatterns = [
    path("record/", audit_views.record, name="record"),
    re_path(r"^record/export\.(?P<form>csv|jsonl)$", audit_views.export_record, name="export_record"),
    path("record/verify/", audit_views.verify_record, name="verify_record"),
    path("backups/", audit_views.backups, name="backups"),
]
