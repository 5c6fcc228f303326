from typing import Any

from django.apps import AppConfig


def _person_left(**said: Any) -> None:
    """What follows is loaded when somebody leaves: most commands never get there."""
    from kentongan.office.api import services

    services.person_left(**said)


class ApiConfig(AppConfig):
    name = "kentongan.office.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kentongan.office.people import signals

        signals.person_left.connect(_person_left, dispatch_uid="tokens of who left")
