"""Who writes messages that are about no alert: functions of rooms above, which this one may not know. They go out like all others."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

if TYPE_CHECKING:
    from kentongan.office.alerting.messages import Message
    from kentongan.office.alerting.models import AlertDelivery

WRITERS: dict[str, tuple[str, str]] = {}
"""What a payload names under `of` → module and function, loaded when there is something to write. Rooms add theirs when they are ready."""


def write(row: AlertDelivery) -> Message:
    """The message of a delivery whose payload says `of`, in its language and the office's local time, as things stand now."""
    module, name = WRITERS[row.payload["of"]]
    with translation.override(row.language), timezone.override(ZoneInfo(row.office.time_zone)):
        made: Message = getattr(import_module(module), name)(row)
    return made
