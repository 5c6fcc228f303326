"""The addresses of the record and of the backups."""

from __future__ import annotations

from django.urls import path

from kentongan.office.administration import audit_views

urlpatterns = [
    path("record/", audit_views.record, name="record"),
    path("record/export.csv", audit_views.export_record, {"form": "csv"}, name="export_record_csv"),
    path("record/export.json", audit_views.export_record, {"form": "json"}, name="export_record_json"),
    path("record/export.jsonl", audit_views.export_record, {"form": "jsonl"}, name="export_record_jsonl"),
    path("record/published/", audit_views.published_record, name="published_record"),
    path("record/published/<int:pk>/", audit_views.reconstruction, name="reconstruction"),
    path("record/published/<int:pk>/versions/<int:number>/", audit_views.reconstruction_version, name="reconstruction_version"),
    path("record/published/<int:pk>/export.csv", audit_views.export_reconstruction, {"form": "csv"}, name="export_reconstruction_csv"),
    path("record/published/<int:pk>/export.json", audit_views.export_reconstruction, {"form": "json"}, name="export_reconstruction_json"),
    path("record/verify/", audit_views.verify_record, name="verify_record"),
    path("backups/", audit_views.backups, name="backups"),
]
