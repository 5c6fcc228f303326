"""The copy of the newsroom that any web server can serve when the office cannot be reached: made and tried every night, so that it is
there and known to be whole before it is needed.

It lies in the data folder, `newsroom-copy/OFFICE`; the one of the night before stays until the new one is whole (`exporting`). A row says
when that was last so, and why the latest try failed.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from kentongan.errors import KentonganError
from kentongan.office.newsroom.exporting import Export
from kentongan.office.newsroom.models import NewsroomCopy
from kentongan.office.people import scope
from kentongan.office.people.models import Office

FOLDER = "newsroom-copy"
LONGEST_WHY = 300


def folder_of(office: Office) -> Path:
    """Where the copy of an office lies."""
    return Path(settings.CONFIG.data) / FOLDER / office.slug


def get_copy(office: Office) -> NewsroomCopy | None:
    """How the latest try went. One query."""
    return NewsroomCopy.objects.filter(office=office).first()


def make(office: Office, now: datetime) -> NewsroomCopy:
    """Make the copy anew and note that it is whole; what goes wrong is noted and raised again, and the former copy stays."""
    try:
        files = Export(office, folder_of(office)).run()
    except (KentonganError, OSError) as error:
        _note(office, tried=now, why=(str(error) or type(error).__name__)[:LONGEST_WHY])
        raise
    return _note(office, tried=now, whole=now, files=files, why="")


def _note(office: Office, **said: object) -> NewsroomCopy:
    with scope.scope(office.pk):
        return NewsroomCopy.objects.update_or_create(office=office, defaults=said)[0]
