from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "kentongan.office.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kentongan.office.api import services
        from kentongan.office.people import signals

        signals.person_left.connect(services.person_left, dispatch_uid="tokens of who left")
