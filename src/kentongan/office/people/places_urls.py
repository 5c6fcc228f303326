"""The addresses of the places."""

from __future__ import annotations

from django.urls import path

from kentongan.office.people import places_pages

urlpatterns = [
    path("places/", places_pages.place_list, name="places"),
    path("places/import/", places_pages.import_places, name="import_places"),
    path("places/<int:pk>/", places_pages.place, name="place"),
]
