from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AdministrationConfig(AppConfig):
    """The topmost room with tables: after its migrations every table exists, so that rows can be protected."""

    name = "kentongan.office.administration"
    label = "administration"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kentongan.office.people import scope

        post_migrate.connect(scope.protect, sender=self)
