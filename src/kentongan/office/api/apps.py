from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "kentongan.office.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kentongan.office.people import signals

        follow = signals.later("kentongan.office.api.services", "person_left")
        signals.person_left.connect(follow, weak=False, dispatch_uid="tokens of who left")
