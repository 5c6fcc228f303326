from django.apps import AppConfig


class NewsroomConfig(AppConfig):
    name = "kentongan.office.newsroom"
    label = "newsroom"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kentongan.office.desk import answer_takers

        answer_takers.TAKERS.append(("kentongan.office.newsroom.bounces", "take"))
