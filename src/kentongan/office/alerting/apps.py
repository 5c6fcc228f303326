from collections.abc import Callable
from typing import Any

from django.apps import AppConfig


def _later(name: str) -> Callable[..., None]:
    """What follows is loaded when there is something to follow: most commands never get there."""

    def follow(**said: Any) -> None:
        from kentongan.office.alerting import following

        getattr(following, name)(**said)

    return follow


class AlertingConfig(AppConfig):
    name = "kentongan.office.alerting"
    label = "alerting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kentongan.office.listening import heard
        from kentongan.office.people import signals

        heard.signals_moved.connect(_later("signals_moved"), weak=False, dispatch_uid="alerts of what moved")
        heard.signal_decided.connect(_later("signal_decided"), weak=False, dispatch_uid="alerts of what was decided")
        signals.office_made.connect(_later("office_made"), weak=False, dispatch_uid="the first route of an office")
        signals.person_left.connect(_later("person_left"), weak=False, dispatch_uid="browsers of who left")
