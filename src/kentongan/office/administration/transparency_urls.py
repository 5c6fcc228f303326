"""The addresses of the public page."""

from __future__ import annotations

from django.urls import path

from kentongan.office.administration import transparency_pages

urlpatterns = [
    path("o/<slug:slug>/transparency/", transparency_pages.public, name="transparency"),
    path("o/<slug:slug>/transparency.json", transparency_pages.public_json, name="transparency_json"),
    path("transparency/", transparency_pages.own, name="own_transparency"),
]
