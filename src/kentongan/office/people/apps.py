from django.apps import AppConfig
from django.db.backends.signals import connection_created


class PeopleConfig(AppConfig):
    name = "kentongan.office.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kentongan.office.people import permissions, scope, signing_in

        permissions.register()
        signing_in.connect()
        connection_created.connect(scope.reconnected)
