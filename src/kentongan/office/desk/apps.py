from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "kentongan.office.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kentongan.office.alerting import writers

        writers.WRITERS["question"] = ("kentongan.office.desk.telling", "question_message")
        writers.WRITERS["approval"] = ("kentongan.office.desk.statement_telling", "approval_message")
